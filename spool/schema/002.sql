-- Schema 2. Which kind a statement is of, and where the fields of a line stood in its file.

ALTER TABLE statement ADD COLUMN kind TEXT NOT NULL DEFAULT 'ledger' CHECK (kind IN ('ledger','interim','advice'));
ALTER TABLE statement ADD COLUMN format TEXT; -- 'camt.053.001.08'; NULL: it came before schema 2

CREATE TABLE origin (            -- rules/origin.h; few, since lines of one file share theirs
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  text TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE entry ADD COLUMN origin_id INTEGER REFERENCES origin; -- NULL: the file did not say, or it came before schema 2

CREATE TABLE announced (         -- a line that a camt.052, camt.054 or receipt shows before the ledger: it warns and never books
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,         -- section
  identity TEXT NOT NULL,        -- spool/entries.h; by the bank's reference alone where there is one
  file_id INTEGER NOT NULL REFERENCES file, -- that showed it first
  line INTEGER NOT NULL,
  booking_on TEXT,               -- NULL: the bank did not say
  received_on TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('credit','debit')),
  bank_reference TEXT, entry_reference TEXT, end_to_end_id TEXT,
  purchase_id INTEGER REFERENCES purchase, -- the open order that it names
  transfer_id INTEGER REFERENCES transfer, -- ours, that it shows coming back
  state TEXT NOT NULL CHECK (state IN ('waiting','booked','missing')), -- missing: its day is proven without it
  entry_id INTEGER REFERENCES entry -- the line that booked it
) STRICT;
CREATE UNIQUE INDEX announced_identity ON announced (account, coalesce(booking_on, ''), identity);
CREATE INDEX announced_open ON announced (account) WHERE state <> 'booked';
CREATE INDEX announced_purchase ON announced (purchase_id) WHERE purchase_id IS NOT NULL;

-- A held file's case is about the file from now on, not about its account and day.
UPDATE review_case SET
  subject = 'file:' || json_extract(card, '$.file'),
  card = json_object('held', json_object(
    'file', json_extract(card, '$.file'),
    'name', (SELECT name FROM file WHERE id = json_extract(card, '$.file')),
    'mismatches', json_array(json_object(
      'reason', (SELECT reason FROM file WHERE id = json_extract(card, '$.file')),
      'statement', CAST(json_extract(card, '$.facts.field') AS INTEGER),
      'counted', json_extract(card, '$.facts.value'),
      'claimed', json_extract(card, '$.facts.expected')))))
WHERE reason = 'balance_mismatch' AND state = 'open' AND json_extract(card, '$.file') IS NOT NULL;
