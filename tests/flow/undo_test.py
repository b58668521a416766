#!/usr/bin/python3
"""Consent to another payer, for one order; and what was settled taken back, through the programs."""
import json
import os

from lib import orders, place, tap
from bank.teller import Bank
from lib.instance import NUMBERS, OWNER, Instance, section

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')

CMB = NUMBERS['cmb']
BOSS, BOSS_ACCOUNT = '王小明', '6222000000000001'


class Desk:
    """A Yifen, its bank, and orders. The programs run by hand: no daemon."""

    def __init__(self):
        self.home = place.scratch('undo')
        self.bank = Bank(os.path.join(self.home, 'bank'))
        self.bank.ledger.add_account(CMB, OWNER, 'camt.053.001.08', 10000000)
        self.bank.clock.move_to_day(self.bank.clock.today().replace(year=2026, month=11, day=2), 10)
        self.yifen = Instance(os.path.join(self.home, 'i'), clock=self.bank.clock.path)
        self.yifen.configure(section('yifen', None, settle=0),
                             section('account', 'cmb', number=CMB, name=OWNER, bank='cmb', statements='folder'))
        self.made = orders.wires(7, submitted='2026-11-02T09:30:00+08:00')
        self.made[6] = dict(self.made[5], order_no=self.made[6]['order_no'], payment=dict(self.made[5]['payment'], amount='999.00'))
        self.yifen.must('order', 'import', orders.write(os.path.join(self.home, 'orders.jsonl'), self.made))

    def pay(self, order, name=None, other=None, more=0, remark=None):
        self.bank.wire(CMB, round(float(order['payment']['amount']) * 100) + more, name or order['applicant']['name'],
                       other or order['bank_account']['number'], order['order_no'] if remark is None else remark)

    def statement(self, name=None):
        self.yifen.must('statement', 'import', self.bank.statement(CMB, '2026-11-02', '2026-11-02', name=name))
        self.yifen.role('intake')

    def run(self, *arguments):
        done = self.yifen.yifen('case', *map(str, arguments))
        return done.returncode, done.stdout, done.stderr

    def case(self, reason, order):
        found = [case['id'] for case in self.yifen.cases() if case['reason'] == reason
                 and any(one['order_no'] == order['order_no'] for one in case['orders'])]
        return found[0] if len(found) == 1 else f'{len(found)} cases {reason}'

    def order(self, order):
        shown = self.yifen.objects('order', 'show', order['order_no'])[0]
        return shown['payment'], shown['proof'], shown['review']

    def entries(self, order):
        return [(one['disposition'], [paid['order_no'] for paid in one.get('orders', [])]) for one in self.yifen.entries()
                if order['order_no'] in one.get('remark', '')]

    def undo(self, number, reason='认错了'):
        code, out, err = self.run('undo', number, '--reason', reason, '--json')
        return code, json.loads(out) if out else err


def test_consent(desk, made):
    desk.pay(made[0], BOSS, BOSS_ACCOUNT)
    desk.pay(made[1], BOSS, BOSS_ACCOUNT)
    desk.pay(made[2])
    desk.pay(made[3])
    desk.statement()
    number = desk.case('third_party', made[0])
    tap.ok('consent' in desk.yifen.objects('case', 'show', str(number))[0]['actions'], 'consent is offered')
    tap.equal(desk.run('consent', number)[0], 2, 'not without a reason')
    tap.equal(desk.run('consent', number, '--reason', '法人代付，有委托书')[0], 0, 'consent')
    tap.equal(desk.order(made[0]), ('received', 'none', 'waiting'), 'it pays the order and proves nothing')
    tap.equal(desk.order(made[1])[0], 'unpaid', 'another order of the same payer waits as before')
    other = desk.case('third_party', made[1])
    tap.ok('法人代付' not in desk.run('show', other)[1], 'which has learnt nothing')
    out = desk.run('show', number)[1]
    tap.ok(BOSS in out and '只限这一单' in out and '法人代付，有委托书' in out, 'the consent names payer, order, who and why', out)
    tap.equal(desk.run('consent', desk.case('application', made[2]), '--reason', 'x')[0], 1, 'an applicant that pays itself needs none')
    tap.equal(desk.run('consent', number, '--reason', 'x')[0], 1, 'once')


def test_undo_consent(desk, made):
    number = desk.case('third_party', made[1])
    desk.run('consent', number, '--reason', '误点')
    code, answer = desk.undo(number)
    tap.equal((code, answer['result'], answer['reopened']), (0, 'undone', ['payment']), 'a settlement is taken back')
    tap.equal((desk.order(made[1])[0], desk.entries(made[1])), ('unpaid', [('review', [])]), 'the order is open, the line waits')
    tap.equal(desk.case('undone', made[1]), answer['case'], 'in a case of its own')
    desk.statement('again.xml')
    tap.equal((desk.order(made[1])[0], desk.entries(made[1])), ('unpaid', [('review', [])]), 'and stays so when statements come')
    tap.equal(desk.undo(number)[0], 1, 'nothing is left to take back')
    price = made[1]['payment']['amount']
    tap.equal(desk.run('settle', answer['case'], f"{made[1]['order_no']}={price}")[0], 0, 'settled again by hand')
    tap.equal(desk.order(made[1])[0], 'received', 'it pays')


def test_undo_own(desk, made):
    """What matching settled by itself does not come back by itself."""
    number = desk.case('application', made[2])
    code, answer = desk.undo(number, '重复提交，款项应属另一单')
    tap.equal((code, answer['reopened']), (0, ['payment', 'proof']), 'what matching settled is taken back')
    tap.equal((desk.order(made[2]), desk.entries(made[2])), (('unpaid', 'none', 'waiting'), [('review', [])]), 'proof and review with it')
    out = desk.run('show', answer['case'])[1]
    tap.ok('入账已撤销' in out and '重复提交' in out and f'原审核案 {number}' in out, 'the new case says why', out)
    desk.yifen.must('order', 'import', orders.write(os.path.join(desk.home, 'orders.jsonl'), desk.made))
    desk.pay(made[2], more=1)
    desk.statement('more.xml')
    tap.equal(desk.entries(made[2])[0], ('review', []), 'nor when more of the same payer comes')
    tap.equal(desk.run('close', answer['case'], '--reason', '另行退还')[0], 0, 'a person says what becomes of it')
    tap.equal(desk.entries(made[2])[0][0], 'explained', 'and that stands')


def test_undo_accepted(desk, made):
    number = desk.case('application', made[3])
    desk.run('accept', number)
    code, answer = desk.undo(number)
    tap.equal((code, answer['reopened']), (0, ['payment', 'proof', 'review']), 'an acceptance falls with its money')
    tap.equal(desk.order(made[3]), ('unpaid', 'none', 'waiting'), 'the order is open again')


def test_combined(desk, made):
    desk.bank.wire(CMB, round(float(made[5]['payment']['amount']) * 100) + 99900, made[5]['applicant']['name'], made[5]['bank_account']['number'],
                   f"{made[5]['order_no']} {made[6]['order_no']}")
    desk.statement('sum.xml')
    tap.equal([desk.order(made[i])[0] for i in (5, 6)], ['received', 'received'], 'one wire pays two orders')
    code, answer = desk.undo(desk.case('application', made[6]))
    tap.equal((code, desk.order(made[6])[0], desk.order(made[5])), (0, 'unpaid', ('received', 'wire', 'open')), 'one is taken back, the other stands')
    desk.yifen.must('order', 'import', orders.write(os.path.join(desk.home, 'orders.jsonl'), desk.made))
    desk.pay(made[5])
    desk.statement('later.xml')
    tap.equal((desk.order(made[6])[0], desk.order(made[5])[0]), ('unpaid', 'received'), 'and both stay so')
    rest = desk.yifen.query('SELECT amount - allocated AS rest FROM entry WHERE allocated > 0 AND allocated < amount')
    tap.equal([row['rest'] for row in rest], [99900], 'the money is free again')


def test_too_late(desk, made):
    desk.pay(made[4])
    desk.statement('late.xml')
    number = desk.case('application', made[4])
    db = desk.yifen
    entry = next(one['id'] for one in db.entries() if made[4]['order_no'] in one.get('remark', ''))
    db.configure(section('yifen', None, settle=0), section('channel', 'out', kind='folder', upload=os.path.join(desk.home, 'up'),
                                                          answers=os.path.join(desk.home, 'answers')),
                 section('account', 'cmb', number=CMB, name=OWNER, bank='cmb', statements='folder', payments='out', pays='refund'))
    asked = desk.run('refund', number, f"{entry}={made[4]['payment']['amount']}", '--name', made[4]['applicant']['name'], '--number',
                     made[4]['bank_account']['number'], '--bank', '招商银行', '--reason', '不办了')
    tap.equal(asked[0], 0, 'a refund is asked for')
    code, answer = desk.undo(number)
    tap.equal((code, answer['result'], answer['against']), (1, 'too_late', 'refunding'), 'where money goes back it is too late')
    tap.equal((desk.order(made[4])[0], desk.entries(made[4])[0]), ('received', ('settled', [made[4]['order_no']])), 'nothing is taken back')
    tap.ok('正在退费' in desk.run('show', answer['case'])[1], 'a case says what stands against it')


def main():
    desk = Desk()
    for test in (test_consent, test_undo_consent, test_undo_own, test_undo_accepted, test_combined, test_too_late):
        test(desk, desk.made)
    desk.yifen.must('audit', 'verify')
    tap.done()


main()
