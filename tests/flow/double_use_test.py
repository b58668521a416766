#!/usr/bin/python3
"""A credit is never used twice, whoever tries: statements of SQL that a program with a bug could make, many processes at once on the
store, and many people who settle one case at the same moment."""
import multiprocessing
import os
import sqlite3
import subprocess
import sys

from lib import place, tap
from lib import orders as hall
from lib import samples

sys.path.insert(0, os.path.join(place.ROOT, 'tests', 'match'))
import months  # noqa: E402

WORKERS = 6
CREDITS = 25
PAYS = 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (?, ?, ?, ?, 1, ?, 0)'


def make_instance():
    """CREDITS wires of strangers, as many orders of the same price that none of them pays, and one wire for one of two equal orders."""
    instance = samples.make_instance('double')
    month = months.Month('double')
    for _ in range(CREDITS):
        month.wire(month.company(), 735, 4, bank='icbc')
        month.order(month.company(), day=1, price=735)
    twins = month.company()
    both = [month.order(twins, day=1, price=735) for _ in range(2)]
    month.wire(twins, 735, 4, bank='icbc')
    instance.must('order', 'import', hall.write(instance.path('orders.jsonl'), [{k: v for k, v in o.items() if k != 'day'} for o in month.orders]))
    with open(instance.path('icbc.csv'), 'wb') as file:
        file.write(months.icbc(month.lines).encode('gb18030'))
    instance.must('statement', 'import', instance.path('icbc.csv'))
    instance.role('intake')
    return instance, [one['order_no'] for one in both]


def connect(path):
    db = sqlite3.connect(path, timeout=60, isolation_level=None)
    db.execute('PRAGMA foreign_keys = ON')
    return db


def settle_all(path, worker):
    """Every credit to every order, as fast as it goes; how often it was allowed."""
    db, allowed = connect(path), 0
    entries = [row[0] for row in db.execute("SELECT id FROM entry WHERE disposition = 'pending' ORDER BY id")][:-1]
    purchases = [row[0] for row in db.execute('SELECT id FROM purchase ORDER BY id LIMIT ?', (CREDITS,))]
    for k, entry in enumerate(entries):
        for purchase in purchases[(k + worker) % len(purchases):][:3]:
            try:
                db.execute(PAYS, (entry, purchase, 73500, 'race', f'worker {worker}'))
                allowed += 1
            except sqlite3.IntegrityError:
                pass
    return allowed


def check_race(instance):
    path = instance.path('store.db')
    with multiprocessing.Pool(WORKERS) as pool:
        allowed = sum(pool.starmap(settle_all, [(path, worker) for worker in range(WORKERS)]))
        pool.close()
        pool.join()  # what "with" does instead kills them, and then sometimes waits for ever
    rows = instance.query('SELECT entry_id, purchase_id, amount FROM allocation WHERE rule = ?', 'race')
    tap.equal(len(rows), allowed, 'what was allowed is stored')
    tap.ok(allowed > CREDITS // 2, 'the race settled something', allowed)
    tap.equal(len({row['entry_id'] for row in rows}), len(rows), 'no credit pays twice')
    tap.equal(len({row['purchase_id'] for row in rows}), len(rows), 'no order is paid twice')
    tap.equal(instance.query('SELECT count(*) AS n FROM entry e WHERE allocated <> (SELECT coalesce(sum(amount), 0) FROM allocation WHERE entry_id = e.id)'),
              [dict(n=0)], 'and every line knows what it paid')


# Each tries to use the credit :used once more, or to make that possible. Another line and order stand by: :free, :order.
FORBIDDEN = {
    'a second order for the whole of it': 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:used, :order, 73500, "x", 1, "x", 0)',
    'a second order for a fen of it': 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:used, :order, 1, "x", 1, "x", 0)',
    'the same order once more': 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:used, :paid, 1, "x", 1, "x", 0)',
    'a paid order by another credit': 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:free, :paid, 73500, "x", 1, "x", 0)',
    'the allocation replaced': 'INSERT OR REPLACE INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:used, :paid, 1, "x", 1, "x", 0)',
    'less than nothing': 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:free, :order, -1, "x", 1, "x", 0)',
    'more than there is': 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:free, :order, 73501, "x", 1, "x", 0)',
    'an order that is not there': 'INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (:free, 99999, 1, "x", 1, "x", 0)',
    'an allocation changed': 'UPDATE allocation SET amount = 1 WHERE entry_id = :used',
    'an allocation moved': 'UPDATE allocation SET purchase_id = :order WHERE entry_id = :used',
    'what the line paid forgotten': 'UPDATE entry SET allocated = 0 WHERE id = :used',
    'more money on the line': 'UPDATE entry SET amount = 2 * amount WHERE id = :used',
    'the line turned round': 'UPDATE entry SET direction = "debit" WHERE id = :free',
    'the line deleted': 'DELETE FROM entry WHERE id = :free',
    'the line stored once more': 'INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, disposition) '
                                 'SELECT account, identity, statement_id, line, booking_on, amount, currency, direction, "pending" FROM entry WHERE id = :used',
    'the line replaced': 'REPLACE INTO entry (id, account, identity, statement_id, line, booking_on, amount, currency, direction, disposition) '
                         'SELECT id, account, identity, statement_id, line, booking_on, amount, currency, direction, "pending" FROM entry WHERE id = :used',
    'what the order got forgotten': 'UPDATE purchase_money SET settled = 0 WHERE purchase_id = :paid',
    'the order\'s account replaced': 'REPLACE INTO purchase_money (purchase_id, price) VALUES (:paid, 73500)',
    'the order\'s account deleted': 'DELETE FROM purchase_money WHERE purchase_id = :paid',
    'money that pays an order waived': 'INSERT INTO waiver (purchase_id, entry_id, case_id, amount, by, at) VALUES (:paid, :used, 1, 1, "x", 0)',
    'the price of a paid order waived': 'INSERT INTO waiver (purchase_id, case_id, amount, by, at) VALUES (:paid, 1, 1, "x", 0)',
    'a whole price waived': 'INSERT INTO waiver (purchase_id, case_id, amount, by, at) VALUES (:order, 1, 73500, "x", 0)',
    'a price made lower': 'UPDATE purchase_money SET waived = 73499 WHERE purchase_id = :order',
    'a refund of money that pays an order': 'UPDATE entry SET refunded = amount WHERE id = :used',
}


def check_statements(instance):
    db = connect(instance.path('store.db'))
    used, paid = db.execute('SELECT entry_id, purchase_id FROM allocation ORDER BY id LIMIT 1').fetchone()
    free = db.execute("SELECT id FROM entry WHERE allocated = 0 AND direction = 'credit' ORDER BY id DESC").fetchone()[0]
    order = db.execute('SELECT purchase_id FROM purchase_money WHERE settled = 0').fetchone()[0]
    before = list(db.iterdump())
    for what, sql in FORBIDDEN.items():
        try:
            db.execute(sql.replace('"', "'"), dict(used=used, paid=paid, free=free, order=order))
            tap.ok(False, f'refused: {what}', sql)
        except sqlite3.IntegrityError:
            tap.ok(True, f'refused: {what}')
    tap.ok(list(db.iterdump()) == before, 'and nothing has changed')


def check_people(instance, both):
    """WORKERS people settle one case at the same moment, for the one order or the other."""
    case = next(case for case in instance.cases() if case['reason'] == 'ambiguous')
    tried = [subprocess.Popen([place.program('yifen'), '-c', instance.conf, 'case', 'settle', str(case['id']), f'{both[k % 2]}=735.00'],
                              env=instance.env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for k in range(WORKERS)]
    said = [one.communicate(timeout=120)[0] for one in tried]
    codes = [one.returncode for one in tried]
    tap.equal(codes.count(0), 1, 'of many who settle one case at once one succeeds')
    tap.ok(all(code in (0, 1) for code in codes), 'the others are refused', list(zip(codes, said)))
    rows = instance.query("SELECT amount FROM allocation a JOIN purchase p ON p.id = a.purchase_id WHERE p.order_no IN (?, ?)", *both)
    tap.equal(rows, [dict(amount=73500)], 'and the credit pays one order')


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('the programs are not built')
    instance, both = make_instance()
    check_people(instance, both)
    check_race(instance)
    check_statements(instance)
    tap.done()


main()
