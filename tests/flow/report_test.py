#!/usr/bin/python3
"""The daily report and yifen status say what the store holds, counted here a second time; every word is one for people."""
import datetime
import json
import os
import re
import sqlite3
import subprocess

from lib import orders, place, tap, workbook
from lib.instance import NUMBERS, OWNER, Instance, section
from bank.teller import Bank

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')

SAMPLES_OWNER = '深圳市电子商务安全证书管理有限公司'
TABLES = dict(order='purchase', entry='entry', transfer='transfer', verification='verification', batch='batch', file='file',
              message='message', case='review_case', job='job')


class Calendar:
    """Chinese working days, told by the project's own data but counted here."""

    def __init__(self):
        self.days = {}
        with open(os.path.join(place.ROOT, 'rules', 'data', 'holidays-cn.tsv'), encoding='utf-8') as file:
            for line in list(file)[1:]:
                day, kind = line.split('\t')[:2]
                self.days[day] = kind == 'workday'

    def works(self, day):
        return self.days.get(str(day), day.isoweekday() < 6)

    def between(self, after, last):
        """Working days after `after` up to and with `last`."""
        return sum(self.works(after + datetime.timedelta(days=i)) for i in range(1, (last - after).days + 1))


def money(fen):
    return f'{fen // 100}.{fen % 100:02d}'


def invented():
    """Wires well and badly paid over a holiday, two transfers whose fate is unknown, a balance that does not join."""
    home = place.scratch('report')
    bank = Bank(os.path.join(home, 'bank'))
    for name in ('cmb', 'abc'):
        bank.ledger.add_account(NUMBERS[name], OWNER, 'camt.053.001.08', 5000000)
    bank.clock.move_to_day(bank.clock.today().replace(year=2026, month=9, day=29), 10)
    yifen = Instance(os.path.join(home, 'i'), clock=bank.clock.path)
    yifen.configure(section('yifen', None, settle=0),
                    *(section('account', name, number=NUMBERS[name], name=OWNER, bank=name, statements='folder') for name in NUMBERS))
    made = orders.wires(6, submitted='2026-09-29T09:30:00+08:00') + orders.online(4, submitted='2026-09-29T09:30:00+08:00')
    yifen.must('order', 'import', orders.write(os.path.join(home, 'orders.jsonl'), made))
    for number, order in enumerate(made[:6]):
        account = order['bank_account']
        more = (0, 0, 500, -500, 0, 0)[number]
        bank.wire(NUMBERS['cmb' if number % 2 else 'abc'], round(float(order['payment']['amount']) * 100) + more,
                  '张三' if number == 4 else account['name'], account['number'], order['order_no'])
    bank.wire(NUMBERS['cmb'], -123456, '水电公司', '4000000000001', '电费')
    bank.wire(NUMBERS['cmb'], 777700, OWNER, NUMBERS['abc'], '调拨')
    for name in ('cmb', 'abc'):
        yifen.must('statement', 'import', bank.statement(NUMBERS[name], '2026-09-29', '2026-09-29'))
    yifen.role('intake')
    db = sqlite3.connect(yifen.path('store.db'))
    for number, (order, state) in enumerate(zip(made[6:], ('sending', 'awaiting_code', 'locked', 'due'))):
        row = db.execute("INSERT INTO verification (purchase_id, round, state, account_name, account_number, account_bank, changed_at) "
                         "SELECT id, 1, ?, 'a', 'b', 'c', 0 FROM purchase WHERE order_no = ?", (state, order['order_no']))
        db.execute("INSERT INTO transfer (reference, purpose, purchase_id, verification_id, account, amount, currency, payee_name, "
                   "payee_account, payee_bank, state, created_at, changed_at) SELECT ?, 'verification', id, ?, 'icbc', 1, 'CNY', 'a', 'b', 'c', "
                   "?, 0, ? FROM purchase WHERE order_no = ?",
                   (f'YTEST{number}', row.lastrowid, 'unknown' if number < 2 else 'booked', 1789000000000000 + number, order['order_no']))
    db.commit()
    db.close()
    return yifen, bank


def samples():
    folder = place.shared('samples', 'small')
    if folder is None:
        return None
    yifen = Instance(os.path.join(place.scratch('report-samples'), 'i'))
    yifen.configure(section('yifen', None, settle=0),
                    *(section('account', name, number=NUMBERS[name], name=SAMPLES_OWNER, bank=name, statements='folder') for name in NUMBERS))
    for name in ('orders.jsonl', 'orders-online.jsonl'):
        yifen.must('order', 'import', os.path.join(folder, name))
    yifen.must('statement', 'import', *(os.path.join(folder, 'statements', name) for name in os.listdir(os.path.join(folder, 'statements'))))
    yifen.role('intake')
    return yifen


def check_money(yifen, report, name):
    rows = yifen.query("SELECT * FROM entry WHERE direction = 'credit' AND coalesce(reason, '') <> 'own_account' ORDER BY booking_on, id")
    told = report['money']
    tap.equal(told['credits'], len(rows), f'{name}: so many credits came')
    tap.equal(told['credit_sum'], [dict(currency='CNY', amount=money(sum(row['amount'] for row in rows)))], f'{name}: of this sum')
    want = {}
    for row in rows:
        count, total = want.get(row['disposition'], (0, 0))
        want[row['disposition']] = (count + 1, total + row['amount'])
    tap.equal({one['disposition']: (one['count'], one['amount']) for one in told['dispositions']},
              {word: (count, money(total)) for word, (count, total) in want.items()}, f'{name}: what became of them')
    paid = [(row['amount'], yifen.query('SELECT p.order_no, a.amount FROM allocation a JOIN purchase p ON p.id = a.purchase_id WHERE '
                                        'a.entry_id = ? ORDER BY 1', row['id'])) for row in rows if row['disposition'] != 'explained']
    tap.equal([(one['amount'], [(order['order_no'], order['amount']) for order in one['orders']]) for one in told['entries']],
              [(money(amount), [(order['order_no'], money(order['amount'])) for order in list_]) for amount, list_ in paid],
              f'{name}: each line and what it pays')


def check_cases(yifen, report, name):
    calendar = Calendar()
    today = datetime.date.fromisoformat(report['date'])
    rows = {row['id']: row for row in yifen.query("SELECT * FROM review_case WHERE state = 'open'")}
    tap.equal({case['id']: (case['reason'], case.get('due_on')) for case in report['cases']},
              {key: (row['reason'], row['due_on']) for key, row in rows.items()}, f'{name}: the open cases with reason and due day')
    bad = []
    for case in report['cases']:
        due = datetime.date.fromisoformat(case['due_on'])
        want = calendar.between(today, due) if due >= today else None
        if case.get('workdays_left') != want or case['overdue'] != (due < today):
            bad.append((case['id'], case['due_on'], case.get('workdays_left'), want))
    tap.equal(bad, [], f'{name}: and how many working days are left')
    todo = report['todo']
    tap.equal((todo['application'], todo['other_cases'], todo['overdue'], todo['due_today']),
              (sum(row['reason'] == 'application' for row in rows.values()), sum(row['reason'] != 'application' for row in rows.values()),
               sum(row['due_on'] < report['date'] for row in rows.values()), sum(row['due_on'] == report['date'] for row in rows.values())),
              f'{name}: counted')


def check_rest(yifen, report, name):
    tap.equal(report['verifications'], {row['state']: row['n'] for row in yifen.query('SELECT state, count(*) AS n FROM verification GROUP BY 1')},
              f'{name}: verifications by state')
    tap.equal([one['reference'] for one in report['unknown']],
              [row['reference'] for row in yifen.query("SELECT reference FROM transfer WHERE state = 'unknown' ORDER BY changed_at")],
              f'{name}: transfers whose fate is unknown')
    tap.equal(len(report['files']), yifen.query('SELECT count(*) AS n FROM file')[0]['n'], f'{name}: the files')
    bad = []
    for one in report['balances']:
        rows = yifen.query('SELECT * FROM statement WHERE account = ? ORDER BY to_on, id', one['account'])
        last = rows[-1]
        fits = last['opening'] is not None and last['opening'] + last['credits'] - last['debits'] == last['closing']
        sums = {side: yifen.query('SELECT coalesce(sum(amount), 0) AS s FROM entry WHERE account = ? AND direction = ? AND booking_on BETWEEN ? AND ?',
                                  one['account'], side, last['from_on'], last['to_on'])[0]['s'] for side in ('credit', 'debit')}
        got = (one['proof'] == 'balance', one['credits'], one['debits'])
        if got != (fits, money(sums['credit']), money(sums['debit'])):
            bad.append((one, sums, fits))
    tap.equal((bad, sorted(one['account'] for one in report['balances'])),
              ([], [row['account'] for row in yifen.query('SELECT DISTINCT account FROM statement ORDER BY 1')]),
              f'{name}: the balance of each account is proven from its lines')
    audit = yifen.query('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1')[0]
    tap.equal(report['audit'], dict(rows=audit['id'], head=audit['hash'].hex()), f'{name}: the head of the audit chain')


def check_status(yifen, name):
    told = yifen.objects('status')[0]
    bad = [(kind, told.get(kind, {}).get('total', 0)) for kind, table in TABLES.items()
           if told.get(kind, {}).get('total', 0) != yifen.query(f'SELECT count(*) AS n FROM {table}')[0]['n']
           or sum(count for state, count in told.get(kind, {}).items() if state != 'total') != told.get(kind, {}).get('total', 0)]
    tap.equal(bad, [], f'{name}: status adds up every row of every kind')
    text = yifen.must('status')
    tap.equal(re.findall('[A-Za-z_]+', text), [], f'{name}: status speaks no machine words')


def check_text(yifen, name):
    text = yifen.must('report')
    plain = '\n'.join(line for line in text.splitlines() if not line.startswith(('- 文件：', '办理：')))
    plain = re.sub('出处：“[^”]*”', '', plain)
    words = set(re.findall('[a-z]+_[a-z_]+', plain)) | set(re.findall(r'\b[a-z]{4,}\b', plain)) - set(NUMBERS)
    tap.equal(words, set(), f'{name}: the report speaks no machine words')
    page = yifen.must('report', '--format', 'html')
    tap.ok(page.startswith('<!DOCTYPE html>') and page.rstrip().endswith('</html>'), f'{name}: as a page too')


def test_words():
    """Every state of every life cycle has a word for people."""
    with open(os.path.join(place.ROOT, 'daemon', 'words.h'), encoding='utf-8') as file:
        words = set(re.findall(r'^WORD\("([^"]+)"', file.read(), re.M))
    with open(os.path.join(place.ROOT, 'docs', 'states.md'), encoding='utf-8') as file:
        parts = re.split('^## ', file.read(), flags=re.M)[1:]
    missing = []
    for part in parts:
        cycle = part.splitlines()[0].strip()
        states = [cell.strip() for cell in part.splitlines()[2].split('|')[2:-1]]
        missing += [f'{cycle}.{state}' for state in states if f'{cycle}.{state}' not in words and state not in words]
    tap.equal((missing, len(parts)), ([], 12), 'every state has a word')


def test_options(yifen):
    day = yifen.must('report', '--date', '2026-09-28', '--format', 'json')
    tap.equal(json.loads(day)['money']['credits'], 0, 'a day before nothing came')
    for arguments in (('--date', '2026-02-30'), ('--date',), ('--format', 'pdf'), ('--format',), ('x',)):
        tap.equal(yifen.yifen('report', *arguments).returncode, 2, f"report {' '.join(arguments)} is a wrong call")
    done = yifen.yifen('report', '--mail')
    tap.ok(done.returncode == 100 and 'reviewers' in done.stderr, 'no mail without reviewers', done.stderr)


def test_gap(yifen, bank):
    """A day whose statement never came: the next one does not join, and the report says so."""
    bank.clock.move_to_day(bank.clock.today().replace(month=10, day=9), 10)
    bank.wire(NUMBERS['cmb'], 1000, '路人', '4000000000000077', '')
    bank.clock.move_to_day(bank.clock.today().replace(month=10, day=10), 10)
    bank.wire(NUMBERS['cmb'], 2000, '路人', '4000000000000077', '')
    yifen.must('statement', 'import', bank.statement(NUMBERS['cmb'], '2026-10-10', '2026-10-10'))
    report = json.loads(yifen.must('report', '--format', 'json'))
    breaks = {one['account']: one['breaks'] for one in report['balances']}
    tap.ok(breaks['cmb'] >= 1 and breaks['abc'] == 0, 'a broken chain is told', breaks)
    text = yifen.must('report')
    tap.ok('不衔接' in text and '对账单有缺口' in text, 'and asked about', text)
    told = [line for line in text.split('■ 对账单缺口')[1].split('■')[0].splitlines() if '缺什么' in line]
    tap.ok(len(told) == len(report['gaps']) == sum(breaks.values()) and '2026-10-10' in told[0], 'each gap is a line of its section', told)
    check_cases(yifen, report, 'later')


def digits(amount):
    """As a spreadsheet's file writes the number."""
    return amount.rstrip('0').rstrip('.') if '.' in amount else amount


def check_workbook(yifen, report, name):
    """The sheets hold the rows of the report, each in its type."""
    path = os.path.join(place.scratch('xlsx'), 'report.xlsx')
    with open(path, 'wb') as file:
        subprocess.run([place.program('yifen'), '-c', yifen.conf, 'report', '--format', 'xlsx'], env=yifen.env(), stdout=file, check=True)
    with open(path, 'rb') as file:
        sheets = workbook.read(file.read())
    money = sheets['到账与用途'].columns()
    tap.equal(list(zip(map(str, money['记账日期']), money['金额'])),
              [(one['date'], digits(one['amount'])) for one in report['money']['entries']], f'{name}: the workbook has each credit with its day and amount')
    tap.equal({type(value).__name__ for value in money['金额']} | {type(value).__name__ for value in money['记账日期']}, {'Number', 'date'},
              f'{name}: as numbers and dates')
    cases = [row for sheet in ('今天需要您处理', '其他待处理的审核案') for row in zip(*(sheets[sheet].columns()[key] for key in ('案号', '到期日')))]
    tap.equal(sorted(cases), sorted((str(one['id']), datetime.date.fromisoformat(one['due_on'])) for one in report['cases']),
              f'{name}: and each case')
    tap.equal([value or '' for value in sheets['余额核对'].columns()['期末']], [digits(one.get('closing', '')) for one in report['balances']],
              f'{name}: and the balances')


def check_all(yifen, name):
    report = json.loads(yifen.must('report', '--format', 'json'))
    check_workbook(yifen, report, name)
    check_money(yifen, report, name)
    check_cases(yifen, report, name)
    check_rest(yifen, report, name)
    check_status(yifen, name)
    check_text(yifen, name)


def main():
    test_words()
    yifen, bank = invented()
    check_all(yifen, 'invented')
    test_options(yifen)
    test_gap(yifen, bank)
    other = samples()
    if other is None:
        tap.skip('samples/small', 'shared/ is absent')
    else:
        check_all(other, 'samples/small')
    tap.done()


main()
