"""Statements whose truth is known: an instance for them, and whether each line stands where the truth wants it."""
import csv
import os
import random

from . import place
from .instance import NUMBERS, Instance, section

OWNER = '深圳市电子商务安全证书管理有限公司'
NAMES = {number: name for name, number in NUMBERS.items()}


def make_instance(name):
    instance = Instance(os.path.join(place.scratch(name), 'home'))
    instance.configure(section('yifen', '', settle=0),
                       *(section('account', bank, number=NUMBERS[bank], name=OWNER, bank=bank, statements='folder')
                         for bank in NUMBERS))
    return instance


def identity(row):
    """What lines are compared by: the remarks of debits are masked in the store."""
    return (row['account'], row['booking_date'], row['amount'], row['direction'], row.get('counterparty_account') or '',
            row.get('bank_reference') or '', (row.get('remark') or '') if row['direction'] == 'credit' else '')


def read_truth(folder):
    with open(os.path.join(folder, 'truth.tsv'), encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))
    truth = {}
    for row in rows:
        truth.setdefault(identity(row), []).append(row)
    return truth, len(rows)


def right(truth, entry):
    """Does the line stand where this row of the truth wants it?"""
    if entry['disposition'] not in truth['disposition'].split('|'):
        return False
    return entry['disposition'] != 'settled' or paid(entry) == sorted(filter(None, truth['orders'].split(',')))


def paid(entry):
    return sorted(order['order_no'] for order in entry['orders'])


def judge(truth, entries):
    """(right, wrong settlements, surplus lines, what is not right); equal lines are paired off in the truth's favour."""
    good, wrong, surplus, bad = 0, [], [], []
    left = {key: list(rows) for key, rows in truth.items()}
    for entry in entries:
        rows = left.get(identity(entry), [])
        if not rows:
            surplus.append(entry)
            continue
        row = next((row for row in rows if right(row, entry)), rows[0])
        rows.remove(row)
        if right(row, entry):
            good += 1
        else:
            bad.append(f"{row['class']}: want {row['disposition']} {row['orders']}, got {entry['disposition']} "
                       f"{paid(entry)} {entry.get('reason')} ({entry['id']}: {entry.get('counterparty_name')}; {entry.get('remark')})")
            if entry['disposition'] == 'settled':
                wrong.append(bad[-1])
    return good, wrong, surplus + [row for rows in left.values() for row in rows], bad


def end_state(instance):
    """What must not depend on the order in which things came: no ids, no times."""
    entries = sorted((identity(e), e['disposition'], e.get('reason') or '', paid(e)) for e in instance.entries())
    orders = sorted((r['order_no'], r['payment'], r['proof'], r['review'])
                    for r in instance.query('SELECT order_no, payment, proof, review FROM purchase'))
    cases = sorted((r['reason'], r['lines'] or '') for r in instance.query(
        """SELECT c.reason, (SELECT group_concat(x) FROM (SELECT e.booking_on || '/' || e.amount || '/' ||
             coalesce(e.counterparty_account, '') AS x FROM case_entry l JOIN entry e ON e.id = l.entry_id
             WHERE l.case_id = c.id ORDER BY x)) AS lines
           FROM review_case c WHERE c.state = 'open'"""))
    return entries, orders, cases


def bring(instance, folder, seed):
    """All orders and statements of a folder, in some order of files, orders before, between or after."""
    steps = [('statement', os.path.join(folder, 'statements', name))
             for name in sorted(os.listdir(os.path.join(folder, 'statements')))]
    steps.append(('order', os.path.join(folder, 'orders.jsonl')))
    if seed:
        random.Random(seed).shuffle(steps)
    else:
        steps.reverse()
    batch = []
    for what, path in steps + [('end', '')]:
        if what == 'statement':
            batch.append(path)
            continue
        if batch:
            instance.must('statement', 'import', *batch)
            batch = []
        if what == 'order':
            instance.must('order', 'import', path)
    instance.role('intake')


def difference(first, second):
    lines = []
    for a, b in zip(first, second):
        lines += [f'- {x}' for x in a if x not in b] + [f'+ {x}' for x in b if x not in a]
    return '\n'.join(lines[:40])
