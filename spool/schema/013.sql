-- Schema 13. E-invoices: asked for when an order is accepted, handed over as files for the accountant.

CREATE TABLE invoice_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,           -- its name is made of both (spool/invoices.h)
  written_at INTEGER             -- NULL: it may not be there yet, and is written again with the same lines
) STRICT;

CREATE TABLE invoice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  kind TEXT NOT NULL CHECK (kind IN ('blue','red')),
  state TEXT NOT NULL,           -- life_invoice
  title TEXT NOT NULL, tax_number TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0), -- of the order, tax included; of a red one too
  carriage INTEGER NOT NULL CHECK (carriage >= 0), -- part of it
  currency TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  file_id INTEGER REFERENCES invoice_file,
  number TEXT UNIQUE, link TEXT, -- once issued
  changed_at INTEGER NOT NULL,
  UNIQUE (purchase_id, kind)
) STRICT;
CREATE INDEX invoice_due ON invoice (asked_at) WHERE state = 'due';
CREATE INDEX invoice_file_id ON invoice (file_id);
