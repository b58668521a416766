-- Schema 14. What handlers are told, by mail and short message.

CREATE TABLE telling (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,            -- tell_word
  subject_key TEXT NOT NULL,     -- one a kind and key
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  language TEXT,                 -- NULL: as configured
  facts TEXT NOT NULL,           -- JSON object of texts (rules/tell.h)
  created_at INTEGER NOT NULL,
  UNIQUE (kind, subject_key)
) STRICT;
CREATE INDEX telling_purchase ON telling (purchase_id);

CREATE TABLE sms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject_key TEXT NOT NULL UNIQUE, -- 'telling:ID' or 'pin:KEY'
  telling_id INTEGER REFERENCES telling, -- NULL: a PIN
  purchase_id INTEGER NOT NULL REFERENCES purchase,
  mobile TEXT NOT NULL,
  box BLOB,                      -- a PIN, sealed to notify until its fate is known
  ticket TEXT NOT NULL UNIQUE,   -- random: what the gateway calls it, and the right to report about it
  state TEXT NOT NULL,           -- life_sms
  lost INTEGER NOT NULL DEFAULT 0, -- times that nobody knew whether it left
  gateway_id TEXT,               -- what the gateway calls it
  error TEXT,                    -- the gateway's last word
  sent_at INTEGER,               -- last handed to the gateway
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_mobile ON sms (mobile, sent_at);
CREATE INDEX sms_waiting ON sms (changed_at) WHERE state IN ('sent','unknown');
