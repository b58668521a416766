-- Schema 2. Which kind a statement is of, and where the fields of a line stood in its file.

ALTER TABLE statement ADD COLUMN kind TEXT NOT NULL DEFAULT 'ledger' CHECK (kind IN ('ledger','interim','advice'));
ALTER TABLE statement ADD COLUMN format TEXT; -- 'camt.053.001.08'; NULL: it came before schema 2

CREATE TABLE origin (            -- rules/origin.h; few, since lines of one file share theirs
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  text TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE entry ADD COLUMN origin_id INTEGER REFERENCES origin; -- NULL: the file did not say, or it came before schema 2
