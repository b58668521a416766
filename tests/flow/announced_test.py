#!/usr/bin/python3
"""camt.052 and camt.054 beside camt.053: they warn early and never book. Whatever the order in which the files of a day come,
and however often, the end is that of the camt.053 alone."""
import csv
import glob
import itertools
import os
import re
import sqlite3

from lib import orders, place, tap, world
from lib.instance import NUMBERS, OWNER, Instance, section

from bank import camt
from bank.clock import Clock

CMB = dict(number=NUMBERS['cmb'], name=OWNER)
DAY = '2026-11-02'
WIRES = orders.wires(3)


def line(number, amount, order=None, name=None, day=DAY):
    """A wire that names an order, or an ordinary line."""
    account = order['bank_account'] if order else dict(name=name or '某某公司', number='410000000001')
    return dict(id=number, day=day, time='10:00:00', amount=amount, name=account['name'], other=account['number'],
                remark=order['order_no'] if order else '货款', reference=None, returns=None)


def fen(order):
    return round(float(order['payment']['amount']) * 100)


LINES = [line(1, fen(WIRES[0]), WIRES[0]), line(2, fen(WIRES[1]), WIRES[1]), line(3, 50000), line(4, 50000), line(5, -1200)]


def ledger(lines, day=DAY, opening=10000):
    moment = Clock(os.path.join(place.scratch('clock'), 'clock')).now()
    return camt.write('camt.053.001.08', CMB, day, day, opening, lines, 1, moment).decode()


def as_message(text, number, root, statement):
    """The same lines as another message of the family; without balances."""
    text = re.sub('<Bal>.*</Bal>', '', text).replace('camt.053.', f'camt.{number}.').replace('BkToCstmrStmt>', root + '>')
    return text.replace('<Stmt>', f'<{statement}>').replace('</Stmt>', f'</{statement}>')


def interim(lines):
    return as_message(ledger(lines), '052', 'BkToCstmrAcctRpt', 'Rpt')


def advice(lines):
    return as_message(ledger(lines), '054', 'BkToCstmrDbtCdtNtfctn', 'Ntfctn')


def bare(text):
    """Without the bank's references: then only day, amount and direction can tell."""
    return re.sub('<(AcctSvcrRef|Refs)>.*?</\\1>', '', text)


def make_instance(name):
    instance = Instance(os.path.join(place.scratch(name), 'home'))
    instance.configure(section('yifen', '', settle=0),
                       section('account', 'cmb', number=NUMBERS['cmb'], name=OWNER, bank='cmb', statements='folder'))
    path = orders.write(os.path.join(os.path.dirname(instance.home), 'orders.jsonl'), WIRES)
    instance.must('order', 'import', path)
    instance.role('intake')
    return instance


def drop(instance, name, text):
    with open(instance.path('inbox', name), 'w', encoding='utf-8') as file:
        file.write(text)
    instance.role('intake')


def answer(instance, name):
    found = sorted(glob.glob(instance.path('results', 'cmb', f'*-{name}*.结果.csv')))
    with open(found[-1], encoding='utf-8-sig', newline='') as file:
        return list(csv.DictReader(file))


def state(instance):
    """Everything that money and people hang on."""
    entries = [(e['booking_date'], e['amount'], e['direction'], e.get('bank_reference'), e['disposition'], str(e.get('orders')))
               for e in instance.entries()]
    paid = {no: (row['payment'], row['review'], row.get('settled')) for no, row in instance.orders().items()}
    # "deadline" comes with the day, not with a file
    cases = sorted((c['reason'], c['subject']) for c in
                   instance.query("SELECT * FROM review_case WHERE state = 'open' AND reason <> 'deadline'"))
    statements = instance.query('SELECT DISTINCT account, source, kind, entries, credits, debits, proof FROM statement')
    return sorted(entries), paid, cases, statements, instance.yifen('statement', 'gaps').returncode


def doubled(instance):
    """Orders or lines that are used twice or beyond their amount."""
    return instance.query('SELECT entry_id FROM allocation GROUP BY entry_id HAVING count(*) > 1 UNION ALL '
                          'SELECT purchase_id FROM allocation GROUP BY purchase_id HAVING count(*) > 1 UNION ALL '
                          'SELECT purchase_id FROM purchase_money WHERE settled > price')


def test_orders_of_arrival(label, change, *names):
    texts = {'052a.xml': interim(LINES[:2]), '052b.xml': interim(LINES), '053.xml': ledger(LINES), '054.xml': advice(LINES[:4])}
    files = {name: change(texts[name]) for name in names}
    alone = make_instance('alone')
    drop(alone, '053.xml', files['053.xml'])
    want = state(alone)
    tap.equal((len(want[0]), sorted(row[0] for row in want[1].values())), (5, ['received', 'received', 'unpaid']),
              f'{label}: camt.053 alone books five lines and pays two orders')
    wrong, twice, waiting = [], [], set()
    arrivals = [arrival for arrival in itertools.permutations(files)
                if '052a.xml' not in arrival or arrival.index('052a.xml') < arrival.index('052b.xml')]  # one day's reports come in turn
    for number, arrival in enumerate(arrivals):
        instance = make_instance(f'arrival{number}')
        for name in arrival:
            drop(instance, name, files[name])
            twice += doubled(instance)
        if state(instance) != want:
            wrong.append((arrival, state(instance)))
        waiting.update(row['state'] for row in instance.query('SELECT state FROM announced'))
        if number % 6 == 0:  # again: as known content, and as other bytes
            for name in reversed(arrival):
                drop(instance, name, files[name])
                drop(instance, 'again-' + name, files[name] + '\n')
            twice += doubled(instance)
            if state(instance) != want:
                wrong.append((arrival, 'twice', state(instance)))
    tap.equal(wrong, [], f'{label}: {len(arrivals)} orders of arrival end as camt.053 alone')
    tap.equal(twice, [], f'{label}: no line and no order is settled twice')
    tap.equal(waiting, {'booked'}, f'{label}: every announced line is known as booked')


def test_warning():
    instance = make_instance('warning')
    drop(instance, '054.xml', advice(LINES))
    number = WIRES[0]['order_no']
    order = instance.objects('order', 'show', number)[0]
    tap.equal((order['payment'], order.get('announced')), ('unpaid', WIRES[0]['payment']['amount']),
              'an advice that names an order announces its money, and pays nothing')
    tap.equal(instance.entries(), [], 'no line is stored')
    rows = answer(instance, '054.xml')
    tap.equal([(row['去向'], row['业务单号']) for row in rows[:3]], [('预告', number), ('预告', WIRES[1]['order_no']), ('预告', '')],
              'its result file shows every line as announced, and for which order')
    tap.has(instance.must('statement', 'list'), '只作预告', 'the list of files says that nothing was booked')
    tap.equal(instance.objects('status')[0]['announced'], {'total': 5, 'waiting': 5}, 'the status adds them up')
    drop(instance, '053.xml', ledger(LINES))
    order = instance.objects('order', 'show', number)[0]
    tap.equal((order['payment'], order.get('announced')), ('received', None), 'the statement pays, and the announcement is over')
    drop(instance, '052.xml', interim(LINES))
    tap.equal({row['说明'] for row in answer(instance, '052.xml')}, {'对账单已经入账，不重复入账'},
              'a report that comes late is told to be booked already')


def test_missing():
    instance = make_instance('missing')
    drop(instance, '052.xml', interim(LINES))
    drop(instance, '053.xml', ledger(LINES[:4]))
    cases = [c for c in instance.objects('case', 'list') if c['reason'] == 'statement_conflict']
    tap.equal([c['subject'] for c in cases], [f'announced:cmb:{DAY}'],
              'what a report announced and the proven statement of its day does not show is a case')
    drop(instance, '053b.xml', ledger(LINES))
    tap.equal([c['subject'] for c in instance.objects('case', 'list') if c['reason'] == 'statement_conflict'], [],
              'which closes itself when a later statement shows it')


def test_month():
    """A ledger that proves no day never denies a line; a month later a person is asked all the same."""
    instance = make_instance('month')
    drop(instance, '052.xml', interim(LINES[:1]))
    with sqlite3.connect(instance.path('store.db')) as store:
        store.execute("UPDATE announced SET received_on = '2026-09-20', booking_on = '2026-09-20'")
    drop(instance, '053.xml', ledger(LINES[2:3]))
    tap.equal([c['subject'] for c in instance.objects('case', 'list') if c['reason'] == 'statement_conflict'], ['announced:cmb:2026-09-20'],
              'what no statement has shown for a month is a case')


def test_no_balances():
    """A report's own balances and gaps are nobody's business."""
    instance = make_instance('balances')
    odd = ledger(LINES[:1], opening=77700).replace('camt.053.', 'camt.052.').replace('BkToCstmrStmt>', 'BkToCstmrAcctRpt>')
    odd = odd.replace('<Stmt>', '<Rpt>').replace('</Stmt>', '</Rpt>').replace('CLBD', 'ITBD')
    drop(instance, '052.xml', odd)
    drop(instance, '053.xml', ledger(LINES))
    tap.equal((instance.yifen('statement', 'gaps').returncode, len(instance.query('SELECT * FROM statement'))), (0, 1),
              'a report is no link of the chain of balances')


def test_returned_fen():
    """A fen that comes back is seen in a camt.054 before the day ends: its order is not accepted meanwhile."""
    why = world.why_not()
    if why:
        tap.skip('a returned fen in a camt.054', why)
        return
    here = world.World(place.scratch('returned'), pays=('cmb',))
    order = orders.online(1)[0]
    try:
        path = orders.write(here.yifen.path('orders.jsonl'), [order])
        here.misbehave(do='bounce', days=2, account=order['bank_account']['number'], times=1)
        here.yifen.must('order', 'import', path)
        here.turn()
        here.next_day()
        here.turn()
        here.yifen.must('order', 'code', order['order_no'], here.code(order))
        here.yifen.role('intake')
        application = [c for c in here.yifen.cases() if c['reason'] == 'application']
        tap.equal(len(application), 1, 'a verified order waits for its reviewer')
        here.next_day()
        back = here.bank.ledger.rows("SELECT * FROM line WHERE kind = 'return'")
        path = here.yifen.path('054.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(advice(back))
        here.yifen.must('statement', 'import', path)
        subject = f"transfer:{here.yifen.transfers()[0]['reference']}"
        announced = [c for c in here.yifen.cases() if c['reason'] == 'return_announced']
        tap.equal([c['subject'] for c in announced], [subject], 'then an advice shows its fen coming back: a case at once')
        tap.equal([c['reason'] for c in here.yifen.cases() if c['reason'] == 'application'], [], 'and the review waits')
        tap.equal(here.yifen.transfer_states(), {'booked': 1}, 'the transfer itself stands until the ledger shows it')
        here.next_day()
        here.turn()
        reasons = {c['reason'] for c in here.yifen.cases()}
        tap.equal((here.yifen.transfer_states(), 'return_announced' in reasons, 'returned_after_verified' in reasons),
                  ({'returned': 1}, False, True), 'the statement returns it, and the early warning is over')
        path = here.yifen.path('052.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(interim(back))
        here.yifen.must('statement', 'import', path)
        tap.equal([c for c in here.yifen.cases() if c['reason'] == 'return_announced'], [], 'a report that comes late warns no more')
    finally:
        here.close()


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('not built')
    test_orders_of_arrival('with references', lambda text: text, '052a.xml', '052b.xml', '053.xml', '054.xml')
    test_orders_of_arrival('without references', bare, '052b.xml', '053.xml', '054.xml')
    test_warning()
    test_missing()
    test_month()
    test_no_balances()
    test_returned_fen()
    tap.done()


main()
