-- Schema 8. Routes: a paying account with its channel, as far as they decide where money instructions go. One that was never
-- proven by a fen to our own second account is held. Its fen is a transfer of no order, so that transfer and tie are made anew
-- (the connection that migrates has foreign keys off, and checks them before it commits).

CREATE TABLE transfer_new (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reference TEXT NOT NULL UNIQUE CHECK (length(reference) BETWEEN 1 AND 20),
  purpose TEXT NOT NULL CHECK (purpose IN ('verification','refund','proof')),
  purchase_id INTEGER REFERENCES purchase, -- NULL: the proof of a route, which is no order's
  verification_id INTEGER UNIQUE REFERENCES verification, -- one round, one transfer, for ever
  refund_id INTEGER REFERENCES refund,
  account TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  payee_name TEXT NOT NULL, payee_account TEXT NOT NULL, payee_bank TEXT NOT NULL, payee_cnaps TEXT,
  state TEXT NOT NULL,           -- life_transfer
  batch_id INTEGER REFERENCES batch,
  bank_status TEXT,              -- last answer: ISO status code
  bank_reason TEXT,              -- ISO or proprietary reason code
  reason_class TEXT CHECK (reason_class IN ('applicant','ours','duplicate')),
  bank_reference TEXT,
  debit_entry_id INTEGER UNIQUE REFERENCES entry,
  return_entry_id INTEGER UNIQUE REFERENCES entry,
  expected_on TEXT,              -- NULL: cannot be known, or it came before schema 4
  due_at INTEGER,                -- when to look again (planned: when to send)
  alarmed_at INTEGER,            -- people were mailed that its fate is unknown
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  CHECK ((purpose = 'proof') = (purchase_id IS NULL))
) STRICT;
INSERT INTO transfer_new (id, reference, purpose, purchase_id, verification_id, refund_id, account, amount, currency, payee_name, payee_account,
  payee_bank, payee_cnaps, state, batch_id, bank_status, bank_reason, reason_class, bank_reference, debit_entry_id,
  return_entry_id, expected_on, due_at, alarmed_at, created_at, changed_at)
  SELECT id, reference, purpose, purchase_id, verification_id, refund_id, account, amount, currency, payee_name, payee_account,
  payee_bank, payee_cnaps, state, batch_id, bank_status, bank_reason, reason_class, bank_reference, debit_entry_id,
  return_entry_id, expected_on, due_at, alarmed_at, created_at, changed_at FROM transfer;
DROP TABLE transfer;
ALTER TABLE transfer_new RENAME TO transfer;
CREATE INDEX transfer_open ON transfer (id) WHERE state IN ('planned','sending','accepted','unknown');
CREATE INDEX transfer_planned ON transfer (id) WHERE state = 'planned';
CREATE INDEX transfer_unknown ON transfer (id) WHERE state = 'unknown';
CREATE INDEX transfer_refused ON transfer (id) WHERE state = 'rejected' AND reason_class = 'ours';
CREATE INDEX transfer_reversed ON transfer (id) WHERE state = 'returned' AND reason_class = 'ours';
CREATE INDEX transfer_purchase ON transfer (purchase_id);
CREATE INDEX transfer_created ON transfer (created_at);
CREATE INDEX transfer_payee ON transfer (payee_account);
CREATE INDEX transfer_batch ON transfer (batch_id);
CREATE UNIQUE INDEX transfer_refund ON transfer (refund_id) WHERE refund_id IS NOT NULL; -- one refund, one transfer, for ever
CREATE TRIGGER transfer_refund_agrees BEFORE INSERT ON transfer WHEN NEW.purpose = 'refund' AND NOT EXISTS (
  SELECT 1 FROM refund r JOIN entry e ON e.id = r.entry_id WHERE r.id = NEW.refund_id AND r.state = 'approved' AND
  r.amount = NEW.amount AND r.currency = NEW.currency AND r.payee_name = NEW.payee_name AND
  r.payee_account = NEW.payee_account AND e.account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'a refund goes out as it was approved, from the account that received the money'); END;

CREATE TABLE tie_new (           -- pay's verdict on a line that looks like one of our transfers; intake turns it into a disposition
  entry_id INTEGER PRIMARY KEY REFERENCES entry,
  kind TEXT NOT NULL CHECK (kind IN ('debit','return','arrived','sent_back','ordinary','unknown_debit','unknown_return')),
  transfer_id INTEGER REFERENCES transfer,
  at INTEGER NOT NULL
) STRICT;
INSERT INTO tie_new (entry_id, kind, transfer_id, at) SELECT entry_id, kind, transfer_id, at FROM tie;
DROP TABLE tie;
ALTER TABLE tie_new RENAME TO tie;

CREATE TABLE route (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,         -- section of the paying account
  channel TEXT NOT NULL,
  fingerprint TEXT,              -- daemon/route.h; NULL: paid before this schema, with the configuration that pay meets next
  present INTEGER NOT NULL DEFAULT 0, -- 1: of the configuration that pay last met
  transfer_id INTEGER UNIQUE REFERENCES transfer, -- its latest proof
  credit_entry_id INTEGER UNIQUE REFERENCES entry, -- that transfer's arrival on our second account
  proven_at INTEGER,             -- NULL: held
  UNIQUE (account, fingerprint)
) STRICT;
CREATE UNIQUE INDEX route_present ON route (account) WHERE present = 1;
INSERT INTO route (account, channel, proven_at) SELECT DISTINCT b.account, b.channel, b.created_at FROM batch b
  JOIN (SELECT max(batch_id) AS id FROM transfer WHERE debit_entry_id IS NOT NULL GROUP BY account) l ON l.id = b.id;
