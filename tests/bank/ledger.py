"""The bank's own books, in SQLite: what really happened to the money. Nothing here removes duplicates for anybody."""
import json
import sqlite3

SCHEMA = '''
CREATE TABLE IF NOT EXISTS account (number TEXT PRIMARY KEY, name TEXT, layout TEXT, opening INTEGER, serial_prefix TEXT);
CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, day TEXT, time TEXT, amount INTEGER,
  name TEXT, other TEXT, bank TEXT, remark TEXT, reference TEXT, message TEXT, sha256 TEXT, kind TEXT, reason TEXT, returns INTEGER);
CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT, sha256 TEXT, message TEXT, at TEXT, verdict TEXT);
CREATE TABLE IF NOT EXISTS due (id INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT, what TEXT, detail TEXT);
CREATE TABLE IF NOT EXISTS rule (id INTEGER PRIMARY KEY AUTOINCREMENT, detail TEXT, times INTEGER);
CREATE TABLE IF NOT EXISTS sequence (account TEXT PRIMARY KEY, number INTEGER);
'''


class Ledger:
    """amount: fen, positive into the account, negative out of it."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, timeout=20, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sequence'").fetchone():
            self.db.execute('PRAGMA journal_mode = WAL')
            self.db.executescript(SCHEMA)

    def begin(self):
        self.db.execute('BEGIN IMMEDIATE')

    def commit(self):
        self.db.execute('COMMIT')

    def rows(self, sql, *values):
        return [dict(row) for row in self.db.execute(sql, values)]

    def run(self, sql, *values):
        return self.db.execute(sql, values).lastrowid

    def add_account(self, number, name, layout, opening):
        self.run('INSERT INTO account VALUES (?, ?, ?, ?, ?)', number, name, layout, opening, number[-4:])

    def accounts(self):
        return self.rows('SELECT * FROM account ORDER BY number')

    def account(self, number):
        found = self.rows('SELECT * FROM account WHERE number = ?', number)
        return found[0] if found else None

    def add_line(self, **line):
        names = ', '.join(line)
        return self.run(f"INSERT INTO line ({names}) VALUES ({', '.join('?' * len(line))})", *line.values())

    def lines(self, account=None, first=None, last=None):
        return self.rows('SELECT * FROM line WHERE account = coalesce(?, account) AND day >= coalesce(?, day) '
                         'AND day <= coalesce(?, day) ORDER BY day, id', account, first, last)

    def balance_before(self, account, day):
        opening = self.account(account)['opening']
        return opening + self.rows('SELECT coalesce(sum(amount), 0) AS s FROM line WHERE account = ? AND day < ?',
                                   account, day)[0]['s']

    def next_number(self, account):
        self.run('INSERT INTO sequence VALUES (?, 1) ON CONFLICT (account) DO UPDATE SET number = number + 1', account)
        return self.rows('SELECT number FROM sequence WHERE account = ?', account)[0]['number']

    def add_due(self, day, what, **detail):
        self.run('INSERT INTO due (day, what, detail) VALUES (?, ?, ?)', day, what, json.dumps(detail))

    def take_due(self, day):
        due = self.rows('SELECT * FROM due WHERE day <= ? ORDER BY day, id', day)
        self.run('DELETE FROM due WHERE day <= ?', day)
        return [(row['what'], json.loads(row['detail'])) for row in due]
