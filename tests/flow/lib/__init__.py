"""What flow tests, the crash harness and the demo share: the programs, real servers on loopback, the bank, invented orders."""
