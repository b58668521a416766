-- Schema 16. Documentary proof: two people have seen, on paper, that the applicant controls an account that cannot receive money.

CREATE TABLE document_proof (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  revision INTEGER NOT NULL,     -- of the order, as they saw it
  by TEXT NOT NULL,              -- audit actor
  uid INTEGER NOT NULL,
  text TEXT NOT NULL,            -- what they have seen
  at INTEGER NOT NULL,
  UNIQUE (purchase_id, revision, uid),
  UNIQUE (purchase_id, revision, by)
) STRICT;
CREATE TRIGGER document_proof_fixed BEFORE UPDATE ON document_proof BEGIN SELECT RAISE(ABORT, 'what people have seen is kept as they said it'); END;
CREATE TRIGGER document_proof_kept BEFORE DELETE ON document_proof BEGIN SELECT RAISE(ABORT, 'what people have seen is kept as they said it'); END;
CREATE TRIGGER document_proof_two BEFORE UPDATE OF proof ON purchase WHEN NEW.proof = 'documents' AND OLD.proof <> 'documents' AND
  (SELECT count(*) FROM document_proof WHERE purchase_id = NEW.id AND revision = NEW.revision) < 2
BEGIN SELECT RAISE(ABORT, 'documents prove when two people have seen them'); END;
