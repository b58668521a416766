-- Schema 15. Waivers: what a person lets go. Of an order, what its price still lacked (entry_id NULL), or of a credit, what came
-- over a price and stays with us. Counted like allocations and refunds, so that no money is used twice, whoever writes.

ALTER TABLE purchase_money ADD COLUMN waived INTEGER NOT NULL DEFAULT 0 CHECK (waived >= 0 AND (waived = 0 OR waived < price) AND settled + waived <= price);
ALTER TABLE entry ADD COLUMN waived INTEGER NOT NULL DEFAULT 0 CHECK (waived >= 0 AND allocated + refunded + waived <= amount);

CREATE TABLE waiver (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  entry_id INTEGER REFERENCES entry,
  case_id INTEGER NOT NULL REFERENCES review_case,
  amount INTEGER NOT NULL CHECK (amount > 0),
  text TEXT,                     -- why
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  undone_at INTEGER              -- the settlement was taken back, or the price is another
) STRICT;
CREATE INDEX waiver_purchase ON waiver (purchase_id);
CREATE INDEX waiver_entry ON waiver (entry_id) WHERE entry_id IS NOT NULL;
CREATE TRIGGER waiver_added AFTER INSERT ON waiver WHEN NEW.undone_at IS NULL BEGIN
  UPDATE purchase_money SET waived = waived + NEW.amount WHERE purchase_id = NEW.purchase_id AND NEW.entry_id IS NULL;
  UPDATE entry SET waived = waived + NEW.amount WHERE id = NEW.entry_id;
END;
CREATE TRIGGER waiver_undone AFTER UPDATE OF undone_at ON waiver WHEN OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL BEGIN
  UPDATE purchase_money SET waived = waived - NEW.amount WHERE purchase_id = NEW.purchase_id AND NEW.entry_id IS NULL;
  UPDATE entry SET waived = waived - NEW.amount WHERE id = NEW.entry_id;
END;
CREATE TRIGGER waiver_fixed BEFORE UPDATE ON waiver WHEN OLD.undone_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.purchase_id <> OLD.purchase_id OR
  NEW.entry_id IS NOT OLD.entry_id OR NEW.case_id <> OLD.case_id OR NEW.amount <> OLD.amount OR NEW.text IS NOT OLD.text OR NEW.by <> OLD.by OR NEW.at <> OLD.at
BEGIN SELECT RAISE(ABORT, 'a waiver is taken back, never changed'); END;
CREATE TRIGGER waiver_kept BEFORE DELETE ON waiver BEGIN SELECT RAISE(ABORT, 'waivers are kept'); END;
CREATE TRIGGER purchase_waived BEFORE UPDATE OF waived ON purchase_money WHEN
  NEW.waived <> (SELECT coalesce(sum(amount), 0) FROM waiver WHERE purchase_id = NEW.purchase_id AND entry_id IS NULL AND undone_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'what an order was let off is the sum of its rows'); END;
CREATE TRIGGER entry_waived BEFORE UPDATE OF waived ON entry WHEN
  NEW.waived <> (SELECT coalesce(sum(amount), 0) FROM waiver WHERE entry_id = NEW.id AND undone_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'what a line was let off is the sum of its rows'); END;
