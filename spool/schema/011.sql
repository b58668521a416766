-- Schema 11. What one person decided that a second one must decide alike (spool/second.h); rows stay.
CREATE TABLE second_person (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES review_case,
  decision TEXT NOT NULL,        -- "settle ORDER=AMOUNT ...", "consent ORDER=AMOUNT", orders in rising order
  by TEXT NOT NULL,              -- audit actor
  uid INTEGER NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (case_id, decision, uid)
) STRICT;
