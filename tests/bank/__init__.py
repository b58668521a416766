"""A bank that misbehaves: reads pain.001, keeps its own ledger, answers pain.002, writes statements, moves the clock."""
