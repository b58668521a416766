#!/usr/bin/python3
"""yifen order: import line by line, list, show, and what is done for applicants by hand."""
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import orders, place, tap  # noqa: E402
from lib.canary import derive  # noqa: E402
from lib.instance import Instance  # noqa: E402

if place.missing('yifen'):
    tap.skip_all('yifen is not built')

home = place.scratch('order')
yifen = Instance(os.path.join(home, 'i'))
made = orders.online(2) + orders.wires(3)
ONLINE, WIRE = made[0]['order_no'], made[2]['order_no']


def run(*arguments):
    done = yifen.yifen('order', *arguments)
    return done.returncode, done.stdout, done.stderr


def import_lines(name, *lines):
    path = os.path.join(home, name)
    with open(path, 'wb') as file:
        file.write(b'\n'.join(lines) + b'\n')
    return run('import', path)


def line(order):
    return json.dumps(order, ensure_ascii=False).encode()


def test_import():
    path = orders.write(os.path.join(home, 'orders.jsonl'), made)
    code, out, err = run('import', path)
    tap.equal((code, err), (0, ''), 'good orders are imported')
    tap.has(out, '新增 5 单', 'and counted')
    code, out, _ = run('import', path)
    tap.equal(code, 0, 'again is no news')
    tap.has(out, '没有变化 5 单', 'and says so')


def test_bad_lines():
    unknown = dict(orders.order(50), appplicant={})
    missing = orders.order(51)
    del missing['handler']['mobile']
    good = orders.order(52)
    code, out, err = import_lines('bad.jsonl', b'\xef\xbb\xbf' + line(unknown), b'', b'{"order_no":', line(good) + b'\r', line(missing),
                                  b'[]', b'\xff\xfe', b'x' * 70000)
    tap.equal(code, 1, 'bad lines are refused')
    tap.has(out, '新增 1 单，更改 0 单，没有变化 0 单，拒绝 6 单', 'each by itself')
    said = err.splitlines()
    tap.equal(len(said), 6, 'in one sentence each')
    for place_, parts in enumerate((('第 1 行', 'appplicant', 'applicant'), ('第 3 行', 'JSON'), ('第 5 行', 'handler.mobile'), ('第 6 行',),
                                    ('第 7 行',), ('第 8 行', '65536'))):
        tap.ok(all(part in said[place_] for part in parts), f'line {parts[0]} is named', said[place_])
    tap.equal(run('import', os.path.join(home, 'absent'))[0], 1, 'a file that is not there is refused')
    tap.equal(run('import')[0], 2, 'no file is a wrong call')


def test_list():
    rows = yifen.objects('order', 'list')
    tap.equal(len(rows), 6, 'list --json shows each order')
    tap.equal({row['status_text'] for row in rows if row['method'] != 'wire'}, {'金融认证中'}, 'paid online: being verified')
    tap.equal(len(yifen.objects('order', 'list', '--status', '待缴费')), 4, 'by its Chinese word')
    tap.equal(len(yifen.objects('order', 'list', '--status', 'unpaid')), 4, 'by its machine word')
    tap.equal(run('list', '--status', 'nonsense')[0], 2, 'a status that is none is a wrong call')
    code, out, _ = run('show', WIRE)
    tap.ok(code == 0 and '待缴费' in out and made[2]['applicant']['name'] in out, 'show is for people', out)
    code, _, err = run('show', 'NONE')
    tap.ok(code == 1 and 'NONE' in err, 'an unknown order is named', err)


def plant(order_no):
    """What `pay` would have made. Gives the code."""
    db = sqlite3.connect(yifen.path('store.db'))
    key = db.execute('SELECT id FROM purchase WHERE order_no = ?', (order_no,)).fetchone()[0]
    row = db.execute("INSERT INTO verification (purchase_id, round, state, account_name, account_number, account_bank, expires_on, changed_at)"
                     " VALUES (?, 1, 'awaiting_code', 'a', 'b', 'c', '2099-01-01', 0)", (key,))
    db.execute("INSERT INTO transfer (reference, purpose, purchase_id, verification_id, account, amount, currency, payee_name, "
               "payee_account, payee_bank, state, created_at, changed_at) VALUES ('YTEST', 'verification', ?, ?, 'icbc', 1, 'CNY', 'a', 'b', "
               "'c', 'booked', 0, 0)", (key, row.lastrowid))
    db.commit()
    db.close()
    with open(yifen.path('keys', 'code.key'), encoding='ascii') as file:
        return derive(bytes.fromhex(file.read().strip()), 'YTEST', 1)


def code_json(order_no, typed):
    code, out, _ = run('code', order_no, typed, '--json')
    return code, json.loads(out)


def test_code():
    tap.equal(code_json(ONLINE, '123456'), (1, {'order_no': ONLINE, 'result': 'not_due', 'tries_left': 0}), 'no fen, no code')
    tap.equal(code_json('NONE', '123456')[1]['result'], 'not_due', 'an unknown order answers the same')
    code = plant(ONLINE)
    tap.equal(code_json(ONLINE, '12 34'), (1, {'order_no': ONLINE, 'result': 'malformed', 'tries_left': 3}), 'malformed costs no try')
    wrong = f'{(int(code) + 1) % 1000000:06d}'
    tap.equal(code_json(ONLINE, wrong), (1, {'order_no': ONLINE, 'result': 'wrong', 'tries_left': 2}), 'wrong costs one')
    answer, out, err = run('code', ONLINE, code)
    tap.ok(answer == 0 and '认证成功' in out and err == '', 'right verifies', (out, err))
    tap.equal(yifen.objects('order', 'show', ONLINE)[0]['status'], 'reviewing', 'and goes to review')


def test_by_hand():
    code, _, err = run('resend', ONLINE, '--reason', '没收到')
    tap.ok(code == 1 and ONLINE in err, 'no new round for what is proven', err)
    tap.equal(run('resend', WIRE)[0], 2, 'a new round needs a reason')
    tap.equal(run('account', WIRE, '--name', made[2]['applicant']['name'], '--number', '4000 0212 1920 0012', '--bank', '中国工商银行')[0], 0,
              'an unpaid order takes another account')
    tap.equal(yifen.objects('order', 'show', WIRE)[0]['revision'], 2, 'as a new revision')
    code, _, err = run('account', WIRE, '--name', 'x', '--number', '12', '--bank', 'y')
    tap.ok(code == 1 and 'bank_account.name' in err, 'by the rules of orders', err)
    receipt = ['--number', 'E1', '--amount', '1048.00', '--paid-on', '2026-11-02', '--payer-name', '某某', '--payer-account', '400002121920']
    tap.equal(run('receipt', WIRE, *receipt)[0], 0, 'a receipt is kept')
    tap.equal(yifen.objects('order', 'show', WIRE)[0]['payment'], 'claimed', 'as a claim')
    code, _, err = run('receipt', WIRE, *receipt, os.path.join(home, 'scan.jpg'))
    tap.ok(code != 0 and 'scan.jpg' in err, 'a picture that is not there is told', err)
    code, _, err = run('receipt', ONLINE, *receipt)
    tap.ok(code == 1 and ONLINE in err, 'not for what is paid online', err)
    other = made[3]['order_no']
    tap.equal(run('withdraw', other)[0], 0, 'an unpaid order is withdrawn')
    tap.equal(yifen.objects('order', 'show', other)[0]['status_text'], '已关闭', 'and closed')
    tap.equal(run('withdraw', ONLINE)[0], 1, 'a paid one is not')
    tap.equal(run('nonsense')[0], 2, 'what is no command is a wrong call')


def test_samples():
    for folder, want in (('small', 60), ('month', 466)):
        if not place.shared('samples', folder):
            tap.skip(f'samples/{folder}', 'shared/ is absent')
            continue
        own = Instance(os.path.join(home, folder))
        for name in ('orders.jsonl', 'orders-online.jsonl'):
            own.must('order', 'import', place.shared('samples', folder, name))
        tap.equal(len(own.objects('order', 'list')), want, f'samples/{folder}: every line is an order')


for test in (test_import, test_bad_lines, test_list, test_code, test_by_hand, test_samples):
    test()
tap.done()
