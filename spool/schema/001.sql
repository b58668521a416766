-- Schema 1. *_at: microseconds UTC. *_on: YYYY-MM-DD. Amounts: minor units. Texts that come from our own debits are
-- stored with six-digit runs masked; the originals lie sealed for pay.

CREATE TABLE instance (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,            -- random, made by init
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE purchase (          -- the order 业务单; ORDER is a word of SQL
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  order_no TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  applicant_name TEXT NOT NULL,
  applicant_key TEXT NOT NULL,   -- name_key() of the name
  uscc TEXT NOT NULL,
  account_name TEXT NOT NULL,
  account_number TEXT NOT NULL,  -- digits (and letters) only
  account_bank TEXT NOT NULL,
  account_cnaps TEXT,
  method TEXT NOT NULL CHECK (method IN ('wire','alipay','wechat')),
  price INTEGER NOT NULL CHECK (price > 0),
  currency TEXT NOT NULL,
  payment TEXT NOT NULL,         -- life_payment
  proof TEXT NOT NULL,           -- life_proof
  review TEXT NOT NULL,          -- life_review
  warnings TEXT,
  due_on TEXT,                   -- last day of the review clock, NULL while it does not run or cannot be known
  body TEXT NOT NULL             -- the application as JSON
) STRICT;
CREATE INDEX purchase_open_name ON purchase (applicant_key) WHERE review <> 'closed';
CREATE INDEX purchase_open_account ON purchase (account_number) WHERE review <> 'closed';

CREATE TABLE purchase_revision (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (purchase_id, revision)
) STRICT;

CREATE TABLE purchase_money (    -- narrow: one order is never settled beyond its price
  purchase_id INTEGER PRIMARY KEY REFERENCES purchase,
  price INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0,
  CHECK (settled >= 0 AND settled <= price)
) STRICT;

CREATE TABLE verification (      -- one round of proof by fen and code
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  round INTEGER NOT NULL,
  state TEXT NOT NULL,           -- life_verification
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  counted INTEGER NOT NULL DEFAULT 1, -- 0: a round the applicant did not cause
  account_name TEXT NOT NULL, account_number TEXT NOT NULL, account_bank TEXT NOT NULL, account_cnaps TEXT,
  field TEXT,                    -- what the applicant must correct, when failed
  settled_on TEXT,               -- first settlement evidence
  expires_on TEXT,               -- last day (24:00) on which the code counts
  changed_at INTEGER NOT NULL,
  UNIQUE (purchase_id, round)
) STRICT;
CREATE INDEX verification_expiry ON verification (expires_on) WHERE state = 'awaiting_code';

CREATE TABLE batch (             -- one message to a bank: exact bytes, sealed until every fate is known
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,         -- configuration section of the paying account
  channel TEXT NOT NULL,
  file_name TEXT NOT NULL,
  state TEXT NOT NULL,           -- life_batch
  transfers INTEGER NOT NULL,
  total INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB,                   -- NULL once wiped
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_open ON batch (id) WHERE state IN ('sealed','uploading','releasing');
CREATE INDEX batch_created ON batch (created_at);

CREATE TABLE transfer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reference TEXT NOT NULL UNIQUE CHECK (length(reference) BETWEEN 1 AND 20),
  purpose TEXT NOT NULL CHECK (purpose IN ('verification','refund')),
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  verification_id INTEGER UNIQUE REFERENCES verification, -- one round, one transfer, for ever
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
  due_at INTEGER,                -- when to look again (planned: when to send)
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX transfer_open ON transfer (id) WHERE state IN ('planned','sending','accepted','unknown');
CREATE INDEX transfer_planned ON transfer (id) WHERE state = 'planned';
CREATE INDEX transfer_unknown ON transfer (id) WHERE state = 'unknown';
CREATE INDEX transfer_refused ON transfer (id) WHERE state = 'rejected' AND reason_class = 'ours';
CREATE INDEX transfer_purchase ON transfer (purchase_id);
CREATE INDEX transfer_created ON transfer (created_at);
CREATE INDEX transfer_payee ON transfer (payee_account);
CREATE INDEX transfer_batch ON transfer (batch_id);

CREATE TABLE evidence (          -- what was learnt of a transfer, from where; kept for ever
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  transfer_id INTEGER NOT NULL REFERENCES transfer,
  event TEXT NOT NULL,           -- life_transfer event
  verdict TEXT NOT NULL,
  source TEXT NOT NULL,          -- 'channel', 'file:ID', 'entry:ID', 'person:NAME'
  detail TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_transfer ON evidence (transfer_id);

CREATE TABLE file (              -- every file that came, once
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL,          -- 'inbox:USER', 'inbox/ACCOUNT:USER', 'channel:NAME', 'person:NAME'
  account TEXT,                  -- section, when origin names one
  kind TEXT,                     -- 'statement' 'status'; NULL while unknown
  name TEXT NOT NULL,            -- as it came, for people only; never a path
  path TEXT NOT NULL,            -- ours, relative to the state folder
  size INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  state TEXT NOT NULL,           -- life_file
  reason TEXT,                   -- reason word, when rejected or held
  facts TEXT,                    -- JSON object of the error's facts
  entries INTEGER, added INTEGER,
  profile TEXT,
  result TEXT,                   -- path of its result file
  received_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX file_sha256 ON file (sha256);
CREATE INDEX file_answer ON file (path) WHERE kind = 'status';

CREATE TABLE remote_file (       -- what a channel's folders showed when it was fetched, so that it is fetched once
  channel TEXT NOT NULL,
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,        -- seconds, the bank's clock
  file_id INTEGER NOT NULL REFERENCES file,
  PRIMARY KEY (channel, folder, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file_id INTEGER NOT NULL REFERENCES file,
  number INTEGER NOT NULL,
  account TEXT NOT NULL,         -- section
  currency TEXT NOT NULL,
  bank_id TEXT, sequence TEXT, page INTEGER NOT NULL, last_page INTEGER NOT NULL,
  from_on TEXT, to_on TEXT,
  opening INTEGER, closing INTEGER, derived INTEGER NOT NULL DEFAULT 0,
  source TEXT NOT NULL,          -- booking source: 'camt.053', 'csv'
  entries INTEGER NOT NULL,
  credits INTEGER NOT NULL, debits INTEGER NOT NULL, -- sums of booked lines
  proof TEXT NOT NULL CHECK (proof IN ('balance','totals','none')),
  superseded_by INTEGER REFERENCES statement,
  UNIQUE (file_id, number)
) STRICT;
CREATE INDEX statement_account ON statement (account, from_on);

CREATE TABLE entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,         -- section
  identity TEXT NOT NULL,        -- day/serial or day/hash/occurrence, see spool/entries.h
  statement_id INTEGER NOT NULL REFERENCES statement,
  line INTEGER NOT NULL,
  place INTEGER NOT NULL DEFAULT 0, -- among the lines of its day in its file
  booking_on TEXT NOT NULL,
  value_on TEXT,
  time TEXT,
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('credit','debit')),
  reversal INTEGER NOT NULL DEFAULT 0,
  return_reason TEXT,
  bank_reference TEXT, entry_reference TEXT, batch_index INTEGER, transactions INTEGER,
  end_to_end_id TEXT,
  counterparty_name TEXT, counterparty_account TEXT, counterparty_bank TEXT,
  remark TEXT, purpose TEXT, summary TEXT,
  balance INTEGER,
  payer_key TEXT,                -- name_key() of the counterparty; NULL: the line is none that matching judges
  payer_account TEXT,            -- account_normal() of the counterparty's account
  disposition TEXT NOT NULL CHECK (disposition IN ('settled','review','explained','own_transfer','returned','pending')),
  reason TEXT,                   -- case reason or rule that explains it
  allocated INTEGER NOT NULL DEFAULT 0,
  refunded INTEGER NOT NULL DEFAULT 0,
  transfer_id INTEGER REFERENCES transfer,
  sealed BLOB,                   -- original texts of our own debit, for pay; NULL once tied or explained
  CHECK (allocated >= 0 AND refunded >= 0 AND allocated + refunded <= amount),
  CHECK (allocated = 0 OR direction = 'credit'),
  UNIQUE (account, booking_on, identity)
) STRICT;
CREATE INDEX entry_payer ON entry (payer_key) WHERE payer_key IS NOT NULL;
CREATE INDEX entry_payer_account ON entry (payer_account) WHERE payer_key IS NOT NULL;
CREATE INDEX entry_disposition ON entry (disposition, id) WHERE disposition IN ('pending','review');

CREATE TABLE tie (               -- pay's verdict on a line that looks like one of our transfers; intake turns it into a disposition
  entry_id INTEGER PRIMARY KEY REFERENCES entry,
  kind TEXT NOT NULL CHECK (kind IN ('debit','return','sent_back','ordinary','unknown_debit','unknown_return')),
  transfer_id INTEGER REFERENCES transfer,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE allocation (        -- settle: part of a credit pays an order
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_id INTEGER NOT NULL REFERENCES entry,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  amount INTEGER NOT NULL CHECK (amount > 0),
  rule TEXT NOT NULL,            -- pass that decided, or 'person'
  proves INTEGER NOT NULL,       -- 1: payer is the applicant itself
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (entry_id, purchase_id)
) STRICT;
CREATE INDEX allocation_purchase ON allocation (purchase_id);
CREATE TRIGGER allocation_added AFTER INSERT ON allocation BEGIN
  UPDATE entry SET allocated = allocated + NEW.amount WHERE id = NEW.entry_id;
  UPDATE purchase_money SET settled = settled + NEW.amount WHERE purchase_id = NEW.purchase_id;
END;
CREATE TRIGGER allocation_removed AFTER DELETE ON allocation BEGIN
  UPDATE entry SET allocated = allocated - OLD.amount WHERE id = OLD.entry_id;
  UPDATE purchase_money SET settled = settled - OLD.amount WHERE purchase_id = OLD.purchase_id;
END;
CREATE TRIGGER allocation_fixed BEFORE UPDATE ON allocation BEGIN SELECT RAISE(ABORT, 'allocations are added or removed'); END;

CREATE TABLE entry_number (      -- what might be an order's number in the texts of a line that matching judges
  number TEXT NOT NULL,
  entry_id INTEGER NOT NULL REFERENCES entry,
  PRIMARY KEY (number, entry_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (           -- 汇款凭据: a claim to have wired
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  number TEXT NOT NULL,
  amount INTEGER NOT NULL,
  currency TEXT NOT NULL,
  paid_on TEXT NOT NULL,
  payer_name TEXT NOT NULL, payer_account TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (purchase_id, number)
) STRICT;

CREATE TABLE review_case (       -- 审核案
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reason TEXT NOT NULL,
  subject TEXT NOT NULL,         -- what it is about, e.g. 'order:NO:REVISION', 'entry:ID', 'account:SECTION:DAY'; one open case a reason and subject
  state TEXT NOT NULL,           -- life_case
  card TEXT NOT NULL,            -- JSON: evidence, candidates, what disqualified each; no code, no full ID number
  opened_at INTEGER NOT NULL,
  due_on TEXT,                   -- Chinese working days; NULL past the loaded calendar
  decision TEXT, decided_by TEXT, decided_at INTEGER, text TEXT
) STRICT;
CREATE UNIQUE INDEX review_case_open ON review_case (reason, subject) WHERE state = 'open';
CREATE TABLE case_purchase (case_id INTEGER NOT NULL REFERENCES review_case, purchase_id INTEGER NOT NULL REFERENCES purchase,
  PRIMARY KEY (case_id, purchase_id)) STRICT, WITHOUT ROWID;
CREATE INDEX case_purchase_purchase ON case_purchase (purchase_id);
CREATE TABLE case_entry (case_id INTEGER NOT NULL REFERENCES review_case, entry_id INTEGER NOT NULL REFERENCES entry,
  PRIMARY KEY (case_id, entry_id)) STRICT, WITHOUT ROWID;
CREATE INDEX case_entry_entry ON case_entry (entry_id);

CREATE TABLE message (           -- the outbox: mail
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,            -- 'report'
  subject_key TEXT NOT NULL,     -- 'report:2026-11-22'; one message a kind and key
  message_id TEXT NOT NULL UNIQUE,
  recipients TEXT NOT NULL,      -- addresses joined by ', '
  body BLOB NOT NULL,            -- the whole RFC 5322 message
  state TEXT NOT NULL,           -- life_message
  error TEXT,                    -- why the server refused it, or some of its recipients
  covers_entry INTEGER NOT NULL, -- a report: the newest entry and audit row that it has seen; the next begins behind them
  covers_audit INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (kind, subject_key)
) STRICT;

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due','running','failed')), -- done jobs are deleted
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  error TEXT,
  again INTEGER NOT NULL DEFAULT 0, -- asked for once more while running
  UNIQUE (role, kind, subject)
) STRICT;
CREATE INDEX job_due ON job (role, state, due_at);

CREATE TABLE hold (              -- `yifen pay hold`: no new sends from an account; '*' is all
  account TEXT PRIMARY KEY,
  reason TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (             -- append-only; hash = SHA-256 over previous hash, all columns, and the digest of the details
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail_digest BLOB NOT NULL,   -- SHA-256(salt || detail)
  hash BLOB NOT NULL
) STRICT;
CREATE TABLE audit_detail (      -- stands apart so that retention may wipe it
  audit_id INTEGER PRIMARY KEY REFERENCES audit,
  salt BLOB NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
