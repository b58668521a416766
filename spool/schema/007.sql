-- Schema 7. Cases: to whom they are assigned, notes, notices of their clock, fields to correct; the review's clock that stops
-- while the applicant must act.

ALTER TABLE review_case ADD COLUMN assignee TEXT;
ALTER TABLE review_case ADD COLUMN noticed INTEGER NOT NULL DEFAULT 0; -- of 50, 80, 100 %: the last that people were mailed about
ALTER TABLE review_case ADD COLUMN fields TEXT; -- sent back: what to correct, JSON array of names

CREATE TABLE case_note (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES review_case,
  text TEXT NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX case_note_case ON case_note (case_id);

ALTER TABLE purchase ADD COLUMN clock_left INTEGER; -- working days that were left when it was sent back; NULL: it never was
ALTER TABLE purchase ADD COLUMN clock_stopped_at INTEGER;
