-- Schema 5. Refunds 退费: money of one credit that goes back to whom it came from, or of an order that was paid online and
-- that the hall gives back.

CREATE TABLE refund (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  entry_id INTEGER REFERENCES entry, -- the credit; NULL: paid online
  case_id INTEGER NOT NULL REFERENCES review_case, -- where it was asked for
  previous_id INTEGER REFERENCES refund, -- the refund that it pays anew
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  payee_name TEXT, payee_account TEXT, payee_bank TEXT, payee_cnaps TEXT, -- NULL: paid online
  state TEXT NOT NULL,           -- life_refund
  text TEXT NOT NULL,            -- why
  detail TEXT,                   -- why it was refused, or what the hall reported
  requested_by TEXT NOT NULL, requested_uid INTEGER NOT NULL, requested_at INTEGER NOT NULL,
  approved_by TEXT, approved_uid INTEGER, approved_at INTEGER,
  changed_at INTEGER NOT NULL,
  CHECK ((approved_by IS NULL) = (approved_uid IS NULL)),
  CHECK (approved_by <> requested_by AND approved_uid <> requested_uid), -- two people
  CHECK (state IN ('requested','refused') OR approved_by IS NOT NULL)
) STRICT;
CREATE INDEX refund_case ON refund (case_id);
CREATE INDEX refund_purchase ON refund (purchase_id);
CREATE UNIQUE INDEX refund_asked ON refund (entry_id) WHERE state = 'requested' AND entry_id IS NOT NULL;
CREATE UNIQUE INDEX refund_previous ON refund (previous_id) WHERE previous_id IS NOT NULL AND state <> 'refused';

-- What is approved is taken from the credit (entry.refunded with its CHECK), or from the order's price, for as long as it
-- is not given up or replaced; so no money goes back twice, whoever writes.
ALTER TABLE purchase_money ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= price);
CREATE TRIGGER refund_added AFTER INSERT ON refund WHEN NEW.state IN ('approved','refunded','rejected','returned') BEGIN
  UPDATE entry SET refunded = refunded + NEW.amount WHERE id = NEW.entry_id;
  UPDATE purchase_money SET refunded = refunded + NEW.amount WHERE purchase_id = NEW.purchase_id AND NEW.entry_id IS NULL;
END;
CREATE TRIGGER refund_moved AFTER UPDATE OF state ON refund
WHEN (NEW.state IN ('approved','refunded','rejected','returned')) <> (OLD.state IN ('approved','refunded','rejected','returned')) BEGIN
  UPDATE entry SET refunded = refunded + iif(NEW.state IN ('approved','refunded','rejected','returned'), NEW.amount, -NEW.amount)
    WHERE id = NEW.entry_id;
  UPDATE purchase_money SET refunded = refunded + iif(NEW.state IN ('approved','refunded','rejected','returned'), NEW.amount, -NEW.amount)
    WHERE purchase_id = NEW.purchase_id AND NEW.entry_id IS NULL;
END;
CREATE TRIGGER refund_fixed BEFORE UPDATE OF purchase_id, entry_id, previous_id, amount, currency, payee_name, payee_account, requested_by, requested_uid ON refund
BEGIN SELECT RAISE(ABORT, 'what a refund is about never changes'); END;
CREATE TRIGGER refund_kept BEFORE DELETE ON refund BEGIN SELECT RAISE(ABORT, 'refunds are kept'); END;

ALTER TABLE transfer ADD COLUMN refund_id INTEGER REFERENCES refund;
CREATE UNIQUE INDEX transfer_refund ON transfer (refund_id) WHERE refund_id IS NOT NULL; -- one refund, one transfer, for ever
CREATE TRIGGER transfer_refund_agrees BEFORE INSERT ON transfer WHEN NEW.purpose = 'refund' AND NOT EXISTS (
  SELECT 1 FROM refund r JOIN entry e ON e.id = r.entry_id WHERE r.id = NEW.refund_id AND r.state = 'approved' AND
  r.amount = NEW.amount AND r.currency = NEW.currency AND r.payee_name = NEW.payee_name AND
  r.payee_account = NEW.payee_account AND e.account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'a refund goes out as it was approved, from the account that received the money'); END;
