#!/usr/bin/python3
"""rules.conf through the programs: read, refused, in force; the history replayed under other rules, untouched."""
import json
import os
import pty
import sqlite3
import subprocess

from lib import orders, place, tap
from lib.instance import NUMBERS, OWNER, Instance, section
from bank.teller import Bank

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')

CMB = NUMBERS['cmb']
STRICT = '# 附言没有单号的，一律由人审核\n[规则 number]\n单号 = 一个\n付款人 = 本单位\n金额 = 相等\n处理 = 入账\n'
UNSAFE = '[pass number]\nnumber = one\npayer = self, stranger\namount = exact\nthen = settle\n'

home = place.scratch('rules')
bank = Bank(os.path.join(home, 'bank'))
bank.ledger.add_account(CMB, OWNER, 'camt.053.001.08', 10000000)
bank.clock.move_to_day(bank.clock.today().replace(year=2026, month=11, day=2), 10)
yifen = Instance(os.path.join(home, 'i'), clock=bank.clock.path)
yifen.configure(section('yifen', None, settle=0), section('account', 'cmb', number=CMB, name=OWNER, bank='cmb', statements='folder'))
made = orders.wires(5, submitted='2026-11-02T09:30:00+08:00')


def pay(order, remark):
    account = order['bank_account']
    bank.wire(CMB, round(float(order['payment']['amount']) * 100), account['name'], account['number'], remark)


def statement(name):
    yifen.must('statement', 'import', bank.statement(CMB, '2026-11-02', str(bank.clock.today()), name=name))
    yifen.role('intake')


def dump():
    with sqlite3.connect(f"file:{yifen.path('store.db')}?mode=ro", uri=True) as db:
        return list(db.iterdump())


def replay(*arguments):
    done = yifen.yifen('match', 'replay', *arguments)
    return done.returncode, done.stdout, done.stderr


def rules(text):
    path = yifen.path('rules.conf')
    if text is None:
        os.unlink(path)
    else:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    return yifen.yifen('config', 'check')


def line_of(order):
    return [line for line in yifen.entries() if line.get('counterparty_name') == order['bank_account']['name']][-1]


def test_printed():
    printed = yifen.must('match', 'rules')
    tap.has(printed, '[规则 payer_amount]', 'the built-in rules print as a file')
    done = rules(printed)
    tap.equal(done.returncode, 0, 'which is a good rules.conf')
    tap.has(done.stdout, 'rules.conf', 'and config check says so')
    again = yifen.must('match', 'rules')
    tap.equal(again.split('\n', 1)[1], printed.split('\n', 1)[1], 'it means the same')
    rules(None)
    first = yifen.objects('match', 'rules')[0]
    tap.equal((first['pass'], first['number'], first['then'], first['builtin']), ('number', 'one', 'settle', True), 'and prints as JSON')


def test_refused():
    done = rules(UNSAFE)
    tap.equal(done.returncode, 100, 'a third party that settles by itself is refused')
    tap.has(done.stderr, 'rules.conf', 'with the file')
    tap.has(done.stderr, '第 3 行', 'the line')
    tap.has(done.stderr, '第三方', 'and the reason')
    tap.equal(yifen.yifen('entries').returncode, 100, 'and nothing runs under such rules')
    english = yifen.yifen('config', 'check', LC_ALL='en_US.UTF-8')
    tap.has(english.stderr, 'line 3', 'in English too')
    rules(None)


def accept_one():
    case = [case for case in yifen.cases() if case['reason'] == 'application' and case['orders'][0]['order_no'] == made[0]['order_no']]
    yifen.must('case', 'accept', str(case[0]['id']))


def test_replay():
    path = os.path.join(home, 'strict.conf')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(STRICT)
    before = dump()
    code, out, err = replay()
    tap.equal((code, err), (0, ''), 'the history replays')
    tap.has(out, '0 笔不同', 'under the same rules without a difference')
    code, out, _ = replay('--rules', path, '--json')
    changed = [json.loads(line) for line in out.splitlines()]
    tap.equal([(one['id'], one['was']['disposition'], one['now']['disposition'], one['now']['reason']) for one in changed],
              [(line_of(made[n])['id'], 'settled', 'review', 'ambiguous') for n in (0, 1)],
              'under others only what they change, also where the order was accepted')
    code, out, _ = replay('--rules', path)
    tap.has(out, '2 笔不同', 'people read it too')
    tap.has(out, made[1]['order_no'], 'with the order')
    tap.equal(replay('--rules', os.path.join(home, 'none.conf'))[0], 1, 'a file that is not there is an error')
    tap.equal(dump(), before, 'the store is as it was')


def test_progress():
    try:
        ours, theirs = pty.openpty()
    except OSError:
        tap.skip('a terminal sees the progress', 'there are no terminals here')
        return
    done = subprocess.run([place.program('yifen'), '-c', yifen.path('yifen.conf'), 'match', 'replay'], env=yifen.env(), stderr=theirs,
                          stdout=subprocess.PIPE, check=False)
    os.close(theirs)
    tap.has(os.read(ours, 10000).decode(), '已重算', 'a terminal sees the progress')
    tap.has(done.stdout.decode(), '没有作任何改动', 'and the end')


def test_explain():
    line = line_of(made[2])
    card = yifen.objects('match', 'explain', str(line['id']))[0]
    hit = card['hits'][0]
    tap.equal((hit['field'], hit['position'], hit['text']), ('remark', 1, made[2]['order_no']), 'the number has its place in the text')
    tap.equal((card['rule'], card['candidates'][0]['grade'], card['candidates'][0].get('against')), ('number', 'equal', None), 'rule and grade')
    said = yifen.must('match', 'explain', str(line['id']))
    tap.has(said, f"附言第 1 字起“{made[2]['order_no']}”", 'people read it')
    tap.has(said, f"选中 {made[2]['order_no']}", 'and what was chosen')


def test_case_card():
    pay(dict(made[1], bank_account=dict(made[1]['bank_account'], name=made[1]['bank_account']['name'].replace('深圳市', '深圳市 '))),
        f"货款 {made[2]['order_no']}")
    statement('third.xml')
    case = [one for one in yifen.cases() if one['reason'] == 'contradiction'][0]
    said = yifen.must('case', 'show', str(case['id']))
    tap.has(said, f"附言第 4 字起“{made[2]['order_no']}”", 'a case shows the same card')
    tap.has(said, '户名格式不同，实质相同（空格）', 'with what was normalised')
    tap.has(said, '附言写了别的业务单号', 'and what speaks against a candidate')


def test_in_force():
    tap.equal(rules(STRICT).returncode, 0, 'stricter rules are good')
    pay(made[3], '')
    pay(made[4], made[4]['order_no'])
    statement('second.xml')
    tap.equal(line_of(made[3])['disposition'], 'review', 'a wire without a number goes to a person now')
    tap.equal(line_of(made[4])['disposition'], 'settled', 'one with a number still settles')
    tap.equal(line_of(made[0])['disposition'], 'settled', 'what was accepted stays')
    printed = yifen.must('match', 'rules')
    tap.has(printed, '# [规则 foreign_number]', 'the built-in cases stand behind the file')
    tap.ok('payer_amount' not in printed, 'but none of its settlements')


def main():
    yifen.must('order', 'import', orders.write(os.path.join(home, 'orders.jsonl'), made))
    yifen.role('intake')
    pay(made[0], '')
    pay(made[1], '证书费')
    pay(made[2], made[2]['order_no'])
    statement('first.xml')
    test_printed()
    test_refused()
    accept_one()
    test_replay()
    test_progress()
    test_explain()
    test_in_force()
    test_case_card()
    tap.done()


main()
