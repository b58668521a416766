-- Schema 6. Acknowledgements: names of files by which a bank said that it has a message, or refuses it whole.

CREATE TABLE acknowledgement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id INTEGER NOT NULL REFERENCES batch,
  taken INTEGER NOT NULL CHECK (taken IN (0, 1)), -- 0: refused
  name TEXT NOT NULL,            -- the first file that said so
  seen_at INTEGER NOT NULL,
  UNIQUE (batch_id, taken)
) STRICT;
