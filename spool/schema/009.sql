-- Schema 9. What a line has paid and given back, and what an order was paid, are the sums of the rows that say so, whoever
-- writes; and the money of a stored line never changes.

CREATE INDEX refund_entry ON refund (entry_id) WHERE entry_id IS NOT NULL;

CREATE TRIGGER entry_used BEFORE UPDATE OF allocated, refunded ON entry WHEN
  NEW.allocated <> (SELECT coalesce(sum(amount), 0) FROM allocation WHERE entry_id = NEW.id) OR
  NEW.refunded <> (SELECT coalesce(sum(amount), 0) FROM refund WHERE entry_id = NEW.id AND
    state IN ('approved','refunded','rejected','returned'))
BEGIN SELECT RAISE(ABORT, 'what a line has paid is the sum of its allocations and refunds'); END;
CREATE TRIGGER entry_money BEFORE UPDATE OF id, account, booking_on, identity, amount, currency, direction ON entry
BEGIN SELECT RAISE(ABORT, 'the money of a line never changes'); END;
CREATE TRIGGER entry_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'lines are kept'); END;
CREATE TRIGGER entry_again BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'lines are kept'); END;

CREATE TRIGGER purchase_settled BEFORE UPDATE OF purchase_id, settled, refunded ON purchase_money WHEN
  NEW.purchase_id <> OLD.purchase_id OR
  NEW.settled <> (SELECT coalesce(sum(amount), 0) FROM allocation WHERE purchase_id = NEW.purchase_id) OR
  NEW.refunded <> (SELECT coalesce(sum(amount), 0) FROM refund WHERE purchase_id = NEW.purchase_id AND entry_id IS NULL AND
    state IN ('approved','refunded','rejected','returned'))
BEGIN SELECT RAISE(ABORT, 'what an order was paid and gave back is the sum of its rows'); END;
CREATE TRIGGER purchase_money_new BEFORE INSERT ON purchase_money WHEN
  NEW.settled <> (SELECT coalesce(sum(amount), 0) FROM allocation WHERE purchase_id = NEW.purchase_id)
BEGIN SELECT RAISE(ABORT, 'what an order was paid is the sum of its allocations'); END;
CREATE TRIGGER purchase_money_kept BEFORE DELETE ON purchase_money BEGIN SELECT RAISE(ABORT, 'what an order was paid is kept'); END;

CREATE TRIGGER allocation_agrees BEFORE INSERT ON allocation WHEN NOT EXISTS (
  SELECT 1 FROM entry e JOIN purchase p ON p.id = NEW.purchase_id WHERE e.id = NEW.entry_id AND e.direction = 'credit' AND e.currency = p.currency)
BEGIN SELECT RAISE(ABORT, 'a credit pays orders of its currency'); END;
