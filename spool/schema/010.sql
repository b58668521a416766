-- Schema 10. Consent: a person lets this payer pay this one order; it says nothing about any other.

CREATE TABLE consent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  case_id INTEGER NOT NULL REFERENCES review_case,
  payer_name TEXT NOT NULL,
  payer_account TEXT,            -- NULL: the line showed none
  text TEXT NOT NULL,            -- why
  by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_purchase ON consent (purchase_id);
CREATE TRIGGER consent_fixed BEFORE UPDATE ON consent BEGIN SELECT RAISE(ABORT, 'consents are kept as they were given'); END;
CREATE TRIGGER consent_kept BEFORE DELETE ON consent BEGIN SELECT RAISE(ABORT, 'consents are kept as they were given'); END;
