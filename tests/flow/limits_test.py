#!/usr/bin/python3
"""What is judged before a fen is sent: whose account it is, who else used it, how many rounds a day, and holds at every step. All cmb,
over one real SFTP server."""
import datetime
import os

from lib import orders, place, tap
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


class Bench:
    def __init__(self):
        self.world = World(place.scratch('limits'), layouts=LAYOUTS, pays=('cmb',))
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.made = 0

    def orders(self, count, change=None):
        """So many new orders, paid online, handed in."""
        made = orders.online(count, start=self.made + 1)
        self.made += count
        for order in made:
            if change:
                change(order)
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), made))
        return made

    def states(self, order):
        return [row['state'] for row in self.yifen.transfers() if row['order_no'] == order['order_no']]

    def case(self, reason):
        return [case for case in self.yifen.cases() if case['reason'] == reason]

    def shown(self, order):
        return self.yifen.objects('order', 'show', order['order_no'])[0]

    def payments(self, number):
        return len(self.bank.ledger.rows("SELECT 1 FROM line WHERE other = ? AND kind = 'payment'", number))


def holder(name):
    def change(order):
        order['bank_account']['name'] = name
    return change


def check_holder(bench):
    """Another holder than the applicant: nothing is sent until a person says so."""
    order, = bench.orders(1, holder('深圳市别家科技有限公司'))
    bench.world.turn()
    cases = bench.case('holder_differs')
    tap.equal((bench.states(order), len(cases)), ([], 1), 'an account of another name is not paid, people are asked')
    text = bench.yifen.must('case', 'show', str(cases[0]['id']))
    tap.ok('深圳市别家科技有限公司' in text and order['applicant']['name'] in text and 'case accept' in text, 'the card names both', text)
    tap.equal(bench.yifen.yifen('case', 'close', str(cases[0]['id']), '--reason', '算了').returncode, 1, 'it cannot just be closed')
    tap.equal(bench.yifen.yifen('order', 'resend', order['order_no'], '--reason', '催').returncode, 1, 'nor asked for again meanwhile')
    bench.world.turn()
    tap.equal((bench.states(order), bench.shown(order)['status']), ([], 'verifying'), 'it waits, and the applicant is told to')
    bench.yifen.must('case', 'accept', str(cases[0]['id']), '--reason', '工商更名，见变更通知书')
    bench.world.turn()
    tap.equal((bench.states(order), bench.case('holder_differs')), (['accepted'], []), 'accepted, the round goes out')
    tap.equal(bench.payments(order['bank_account']['number']), 1, 'once')


def check_refuse(bench):
    order, = bench.orders(1, holder('张三'))
    bench.world.turn()
    bench.yifen.must('case', 'refuse', str(bench.case('holder_differs')[0]['id']), '--reason', '个人账户')
    bench.world.turn()
    shown = bench.shown(order)
    tap.equal((bench.states(order), shown['verification'], shown['field'], shown['next']),
              ([], 'failed', 'bank_account.name', 'correct_account'), 'refused, the round has failed and names the field')
    bench.yifen.must('order', 'account', order['order_no'], '--name', order['applicant']['name'], '--number', '4400112233445566', '--bank',
                     '招商银行')
    bench.world.turn()
    tap.equal(bench.states(order), ['accepted'], 'the right account is paid')


def check_corrected(bench):
    """New details while people decide: the question is gone, and no round is used up."""
    order, = bench.orders(1, holder('李四'))
    bench.world.turn()
    bench.yifen.must('order', 'account', order['order_no'], '--name', order['applicant']['name'], '--number', '4400112233445577', '--bank',
                     '招商银行')
    tap.equal(bench.case('holder_differs'), [], 'the case closes itself')
    bench.world.turn()
    rounds = bench.yifen.query('SELECT counted, state FROM verification v JOIN purchase p ON p.id = v.purchase_id WHERE order_no = ? '
                               'ORDER BY round', order['order_no'])
    tap.equal([row['counted'] for row in rounds], [0, 1], 'only the round that was paid counts')
    tap.equal(bench.states(order), ['accepted'], 'and it is paid')


def check_sole_trader(bench):
    def trader(order):
        order['applicant']['uscc'] = '92' + order['applicant']['uscc'][2:]
        order['applicant']['name'] = order['applicant']['name'].replace('有限公司', '商行')
        order['bank_account']['name'] = f"{order['applicant']['name']}（{order['legal_representative']['name']}）"
    order, = bench.orders(1, trader)
    bench.world.turn()
    tap.equal(bench.states(order), ['accepted'], "a sole trader's account may bear the owner's name behind its own")


def check_shared(bench):
    """Many companies, one account; one company, many accounts."""
    first, = bench.orders(1)
    bench.world.turn()
    number = first['bank_account']['number']

    def same_account(order):
        order['bank_account'] = dict(first['bank_account'], name=order['applicant']['name'])
    second, = bench.orders(1, same_account)
    bench.world.turn()
    cases = bench.case('account_shared')
    tap.equal((bench.states(second), bench.payments(number)), ([], 1), 'a second company at the same account is not paid')
    text = bench.yifen.must('case', 'show', str(cases[0]['id']))
    tap.ok(first['order_no'] in text and first['applicant']['name'] in text, 'the card names the other order', text)

    def same_company(order):
        order['applicant'] = dict(first['applicant'])
        order['bank_account']['name'] = first['applicant']['name']
    many = bench.orders(3, same_company)
    bench.world.turn()
    tap.equal([bench.states(order) for order in many], [['accepted'], ['accepted'], []], 'a fourth account of one company is not paid')
    tap.equal([case['orders'][0]['order_no'] for case in bench.case('accounts_many')], [many[2]['order_no']], 'people are asked')
    bench.yifen.must('case', 'accept', str(bench.case('accounts_many')[0]['id']), '--reason', '集团多账户，已核对')
    bench.world.turn()
    tap.equal(bench.states(many[2]), ['accepted'], 'accepted, it is')


def check_a_day(bench):
    """Two rounds a day to one account, also when they were planned on different days and held back."""
    def same(order):
        order['applicant'].update(name='深圳市同一家软件有限公司', uscc=bench.company)
        order['bank_account'] = dict(name='深圳市同一家软件有限公司', number='4600112233445588', bank='招商银行')
    bench.company = orders.order(7777)['applicant']['uscc']
    bench.yifen.must('pay', 'hold', '--reason', '演练')
    bench.orders(2, same)
    bench.yifen.role('pay')
    bench.bank.close_day()
    bench.orders(2, same)
    bench.yifen.role('pay')
    tap.equal(len(bench.yifen.query("SELECT 1 FROM transfer WHERE payee_account = '4600112233445588'")), 4, 'planned on two days, held back')
    bench.yifen.must('pay', 'release')
    bench.world.turn()
    bench.world.turn()
    tap.equal(bench.payments('4600112233445588'), 2, 'two leave on one day')
    bench.bank.close_day()
    bench.world.turn()
    tap.equal(bench.payments('4600112233445588'), 4, 'the others on the next')


def check_expected(bench):
    """When the fen is expected: by the bank's cut-off and the working days."""
    with open(os.path.join(place.ROOT, 'parsers', 'profiles', 'cmb.conf'), encoding='utf-8') as built_in:
        text = built_in.read().replace('\n[payment]\n', '\n[payment]\ncut_off = 16:30\n')
    with open(bench.yifen.path('profiles', 'cmb.conf'), 'w', encoding='utf-8') as file:
        file.write(text)
    while bench.bank.clock.today().isoweekday() != 5:
        bench.bank.close_day()
    friday = bench.bank.clock.today()
    monday = str(friday + datetime.timedelta(days=3))
    bench.bank.clock.move_to_day(friday, 10)
    early, = bench.orders(1)
    bench.yifen.role('pay')
    shown = bench.shown(early)
    tap.equal((shown['fen_expected_on'], shown['fen_expected_text']), (str(friday), '预计今天到账'), 'before the cut-off: today')
    bench.bank.clock.move_to_day(friday, 17)
    late, = bench.orders(1)
    bench.yifen.role('pay')
    tap.equal((bench.shown(late)['fen_expected_on'], bench.shown(late)['fen_expected_text']), (monday, f'预计 {monday} 到账'),
              'after it on a Friday: on Monday')
    tap.ok(f'预计 {monday} 到账' in bench.yifen.must('order', 'show', late['order_no']), 'order show says so')
    bench.yifen.must('pay', 'hold', 'cmb', '--reason', '演练')
    held, = bench.orders(1)
    bench.yifen.role('pay')
    tap.ok('fen_expected_on' not in bench.shown(held) and '暂停' in bench.shown(held)['fen_expected_text'], 'on hold nothing is promised')
    bench.yifen.must('pay', 'release', 'cmb')
    bench.bank.clock.move_to_day(friday + datetime.timedelta(days=4), 9)
    tap.ok('正在核对' in bench.shown(late)['fen_expected_text'], 'past that day it is late, and says so', bench.shown(late))
    os.unlink(bench.yifen.path('profiles', 'cmb.conf'))


def main():
    or_skip()
    bench = Bench()
    for check in (check_holder, check_refuse, check_corrected, check_sole_trader, check_shared, check_a_day, check_expected):
        check(bench)
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
