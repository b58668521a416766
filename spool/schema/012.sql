-- Schema 12. Files that were uploaded as receipts; what they claim may be read from them.

CREATE TABLE receipt_file (      -- our copy lies under archive/receipts/SHA256.KIND before there is a row
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  sha256 TEXT NOT NULL,
  kind TEXT NOT NULL,            -- 'jpg' 'png' 'bmp' 'gif' 'pdf' 'xml' 'ofd', by content
  size INTEGER NOT NULL,
  reason TEXT, facts TEXT,       -- a voucher that could not be read: why; NULL while it waits, or when it was
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (purchase_id, sha256)
) STRICT;
CREATE INDEX receipt_file_sha256 ON receipt_file (sha256);

ALTER TABLE receipt ADD COLUMN file_id INTEGER REFERENCES receipt_file;
CREATE INDEX receipt_number ON receipt (number);
CREATE INDEX review_case_subject ON review_case (subject);
