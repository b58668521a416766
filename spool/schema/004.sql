-- Schema 4. When the fen is expected; who sends: how many times messages were let go, so that an older copy of the store is known.

ALTER TABLE transfer ADD COLUMN expected_on TEXT; -- NULL: cannot be known, or it came before this schema
ALTER TABLE instance ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0; -- spool/instance.h

CREATE INDEX purchase_uscc ON purchase (uscc);
