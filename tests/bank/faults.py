"""What the bank does wrong, and when. A rule is a JSON object:

  {"do": "reject_name"}    refuses the transfer, the applicant's reason (name and account do not agree)
  {"do": "reject_account"} refuses, the applicant's reason (account closed)
  {"do": "reject_funds"}   refuses, our reason (balance too low)
  {"do": "reject_authorisation"}  refuses, our reason (nobody of ours has authorised it)
  {"do": "astray"}         books it, answers, and it never arrives on the payee's account at this bank
  {"do": "bounce", "days": 2}  books it, and gives it back so many days later: 退票; "reason": "AC04 账户已销户"; "tell": true
                               says so in a status file too (RTND), "line": false only there
  {"do": "undo", "days": 1}    books it, and undoes its own booking so many days later: 冲账
  {"do": "silent"}         neither does it nor ever answers
  {"do": "mute"}           does it and never answers
  {"do": "delay", "days": 1}   does it, answers so many days later
  {"do": "cut"}            does it, but the answer file is cut off in the middle (whole message)

and says whom it is for: "account" (payee's number), "name", "reference" or "any": true; "times" (default: always).
Of a whole message:

  {"do": "refuse", "message": true}   does nothing of it and says so once, for all (our reason: format)

How the bank answers messages at all (a habit; it writes no status files then):

  {"acknowledges": "names"}    a file NAME.ack, or NAME.err where it refuses, among its answers
  {"acknowledges": "renames"}  our file stays in in/ as NAME.done, or NAME.bad
  {"acknowledges": "never"}    not a word: only its statements tell

Of the statements at a day's end, "statements" being our account's number:

  {"do": "repeat", "statements": NUMBER}               writes the day's file twice, under two names
  {"do": "overlap", "statements": NUMBER, "days": 2}   shows so many days again before the day
  {"do": "withhold", "statements": NUMBER}             keeps it back until it is asked to hand it over"""
import json


def add(ledger, rule):
    ledger.run('INSERT INTO rule (detail, times) VALUES (?, ?)', json.dumps(rule), rule.get('times', -1))


def clear(ledger):
    ledger.run('DELETE FROM rule')


def _fits(rule, payment):
    return rule.get('any') or any(rule.get(key) and rule[key] == payment[value]
                                  for key, value in (('account', 'account'), ('name', 'name'), ('reference', 'end_to_end')))


def _take(ledger, fits):
    """The first rule that fits, or None; one use of it is spent."""
    for row in ledger.rows('SELECT * FROM rule WHERE times <> 0 ORDER BY id'):
        rule = json.loads(row['detail'])
        if fits(rule):
            if row['times'] > 0:
                ledger.run('UPDATE rule SET times = times - 1 WHERE id = ?', row['id'])
            return rule
    return None


def find(ledger, payment):
    return _take(ledger, lambda rule: _fits(rule, payment))


def find_for_message(ledger):
    return _take(ledger, lambda rule: rule.get('message'))


def habit(ledger):
    return next((rule['acknowledges'] for rule in (json.loads(row['detail']) for row in ledger.rows('SELECT * FROM rule ORDER BY id DESC'))
                 if 'acknowledges' in rule), None)


def find_for_statements(ledger, number):
    return _take(ledger, lambda rule: rule.get('statements') == number)
