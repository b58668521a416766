-- Schema 3. What is wrong with the account that a round failed for, rounds that our own bank undid, alarms.

ALTER TABLE verification ADD COLUMN cause TEXT; -- rules/policy.h; NULL: not known, or it failed before schema 3
CREATE INDEX transfer_reversed ON transfer (id) WHERE state = 'returned' AND reason_class = 'ours';
ALTER TABLE transfer ADD COLUMN alarmed_at INTEGER; -- people were mailed that its fate is unknown
