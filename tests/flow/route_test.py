#!/usr/bin/python3
"""A paying channel that is new or changed: one fen to our own second account, and nothing else until the bank's answer, our debit line
and the credit line on the second account agree. cmb pays (pain.001.001.09 out, pain.002 and camt.053 back); its fen goes to icbc, whose
statements are dropped into the folder."""
import glob
import json
import os

from lib import orders, place, tap
from lib.instance import NUMBERS
from lib.world import World, or_skip


class Bench:
    def __init__(self, name, **more):
        self.world = World(place.scratch(name), pays=('cmb',), proven=False, settle=0, **more)
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.made = 0

    def order(self):
        self.made += 1
        order = orders.online(1, start=self.made)[0]
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), [order]))
        return order

    def close_day(self, drop=True):
        """The bank's day ends; cmb's statement is fetched, and finance staff drop icbc's, unless they forget."""
        sheets = [path for path in self.bank.close_day() if path and path.endswith('.csv')]
        for path in sheets if drop else ():
            self.world.drop(path)
        self.read()
        return sheets

    def read(self):
        for role in ('fetch', 'intake', 'pay', 'intake', 'pay'):
            self.yifen.role(role)

    def fens(self):
        return [row for row in self.yifen.transfers() if row['purpose'] == 'proof']

    def stand(self):
        row, = [row for row in self.yifen.objects('pay', 'status') if row.get('account') == 'cmb']
        return row['stand'], row['lacks']

    def states(self, order):
        return [row['state'] for row in self.yifen.transfers() if row.get('order_no') == order['order_no']]

    def paid(self, order):
        return len(self.world.phone(order))


def check_new(bench):
    """New: the fen leaves by itself, orders wait, and are released when all three agree."""
    order = bench.order()
    bench.world.turn()
    fen, = bench.fens()
    tap.equal((fen['account'], fen['payee_account'], fen['amount'], fen['state']), ('cmb', NUMBERS['icbc'], '0.01', 'accepted'),
              'one fen goes to our second account')
    tap.equal((bench.states(order), bench.paid(order)), (['planned'], 0), 'and nothing else leaves')
    tap.equal(bench.stand(), ('proving', ['debit', 'credit']), 'pay status says what lacks')
    tap.has(bench.yifen.must('pay', 'status'), '账户 cmb 的付款通道 bank-sftp 正在验证，还没有放行', 'in a sentence')
    tap.has(bench.yifen.must('status'), '还缺 付款账户流水上的扣款、收款账户流水上的收款', 'status too')
    english = bench.yifen.must('pay', 'status', LANG='en_US.UTF-8', LC_ALL='en_US.UTF-8')
    tap.has(english, 'is being proven and still held', 'in English')
    tap.has(bench.yifen.must('order', 'show', order['order_no']), '打款暂停中', 'the order says that it waits')
    asked = bench.yifen.yifen('pay', 'prove', 'cmb')
    tap.ok(asked.returncode == 1 and '还没有结果' in asked.stderr, 'no second fen while the first is open', asked.stderr)
    sheet, = bench.close_day(drop=False)
    tap.equal((bench.stand(), bench.states(order)), (('proving', ['credit']), ['planned']), 'without the credit line it stays held')
    bench.world.drop(sheet)
    bench.read()
    tap.equal(bench.stand(), ('proven', []), 'with it the channel is free')
    tap.equal(([row['state'] for row in bench.fens()], bench.yifen.cases()), (['booked'], []), 'the fen is booked, nobody is asked')
    lines = [row for row in bench.yifen.entries() if row.get('transfer') == fen['reference']]
    tap.equal([(row['account'], row['direction'], row['disposition']) for row in lines],
              [(NUMBERS['cmb'], 'debit', 'own_transfer'), (NUMBERS['icbc'], 'credit', 'own_transfer')], 'both lines are its own')
    bench.world.turn()
    tap.equal((bench.states(order), bench.paid(order)), (['accepted'], 1), 'the order is paid')
    shown = bench.yifen.must('transfer', 'show', fen['reference'])
    tap.ok('验证账户 cmb 的付款通道' in shown and '收款账户流水' in shown, 'the fen can be looked at', shown)
    credit = bench.yifen.objects('transfer', 'show', fen['reference'])[0].get('credit', {})
    tap.equal((credit.get('account'), credit.get('amount')), ('icbc', '0.01'), 'with the line on the second account')
    tap.ok(bench.yifen.yifen('pay', 'prove', 'cmb').returncode == 1, 'a proven one needs no more')


def check_restart(bench):
    """Proven stays proven, and what does not decide where instructions go may change."""
    bench.world.configure(poll=2)
    order = bench.order()
    bench.world.turn()
    tap.equal((bench.stand()[0], len(bench.fens()), bench.paid(order)), ('proven', 1, 1), 'another poll is no other channel')


def check_changed(bench):
    """Another folder: held again, also what was sealed before."""
    bench.world.configure(port=1)
    lost = bench.order()
    bench.yifen.role('pay', check=False)
    tap.equal((bench.stand()[0], bench.states(lost)), ('proving', ['planned']), 'another port is another channel: held')
    bench.world.configure()
    bench.world.turn()
    tap.equal((bench.stand()[0], bench.paid(lost)), ('proven', 1), 'the one from before is still proven')
    tap.equal([row['state'] for row in bench.fens()], ['booked', 'accepted'], 'the fen that had not left goes by it')
    elsewhere = bench.bank.path('elsewhere')
    os.makedirs(elsewhere)
    order = bench.order()
    bench.yifen.must('pay', 'hold', '--reason', '演练')
    bench.yifen.role('pay')
    bench.world.configure(upload=elsewhere)
    bench.yifen.must('pay', 'release')
    bench.yifen.role('pay')
    tap.equal([open(path, encoding='utf-8').read().count('<EndToEndId>') for path in glob.glob(elsewhere + '/*.xml')], [1],
              'another folder: one fen lies there')
    tap.equal((bench.stand(), bench.states(order)), (('proving', ['answer', 'debit', 'credit']), ['planned']), 'and nothing else')
    for path in glob.glob(elsewhere + '/*.xml'):
        os.rename(path, bench.bank.path('in', os.path.basename(path)))
    bench.bank.step()
    bench.close_day()
    bench.yifen.role('pay')
    tap.equal((bench.stand()[0], bench.states(order)), ('proven', ['accepted']), 'until it is proven too: then the order leaves')


def check_astray():
    """The bank answers and debits, but the fen never arrives: held for ever; a refused one is asked for anew by a person."""
    bench = Bench('route-astray')
    bench.world.misbehave(do='reject_account', account=NUMBERS['icbc'], times=1)
    order = bench.order()
    bench.world.turn()
    tap.equal((bench.stand()[0], [row['state'] for row in bench.fens()]), ('failed', ['rejected']), 'refused: it failed')
    case, = bench.yifen.cases()
    tap.equal((case['reason'], bench.fens()[0]['reason_class']), ('bank_refused', 'ours'), 'our own account: a matter of ours')
    bench.world.turn()
    tap.equal(len(bench.fens()), 1, 'nothing is tried again by itself')
    bench.yifen.must('pay', 'prove', 'cmb')
    bench.world.misbehave(do='astray', account=NUMBERS['icbc'], times=1)
    bench.world.turn()
    tap.equal([row['state'] for row in bench.fens()], ['rejected', 'accepted'], 'a person asks for another')
    bench.close_day()
    bench.close_day()
    tap.equal((bench.stand(), bench.states(order), bench.paid(order)), (('proving', ['credit']), ['planned'], 0), 'booked, but never seen to arrive: held')
    bench.bank.wire(NUMBERS['icbc'], 1, '某公司', '6222000011112222', '测试')
    bench.close_day()
    tap.equal(bench.stand(), ('proving', ['credit']), 'a fen from somebody else proves nothing')
    asked = lambda: [case['subject'] for case in bench.yifen.cases() if case['reason'] == 'route_astray']
    bench.bank.clock.add(6 * 86400)
    bench.read()
    tap.equal(asked(), [f"transfer:{bench.fens()[-1]['reference']}"], 'after two working days people are asked where it is')
    bench.read()
    tap.equal(len(asked()), 1, 'once')
    bench.yifen.must('pay', 'prove', 'cmb')
    bench.world.turn()
    bench.close_day()
    bench.world.turn()
    tap.equal((bench.stand()[0], bench.paid(order), asked()), ('proven', 1, []), 'the next one arrives, and the question is gone')
    bench.world.close()


def check_alone():
    """No second account with statements: it says so."""
    bench = Bench('route-alone')
    with open(bench.yifen.conf, encoding='utf-8') as file:
        text = file.read()
    with open(bench.yifen.conf, 'w', encoding='utf-8') as file:
        file.write(text.replace('statements = folder\n', ''))
    order = bench.order()
    bench.yifen.role('pay')
    tap.equal((bench.stand()[0], bench.fens(), bench.states(order)), ('alone', [], ['planned']), 'nothing leaves')
    tap.has(bench.yifen.must('pay', 'status'), '没有第二个有对账单', 'and says why')
    tap.equal(json.loads(bench.yifen.must('status', '--json'))['route'], dict(total=1, alone=1), 'counted in status')
    bench.world.close()


def main():
    or_skip()
    bench = Bench('route')
    for check in (check_new, check_restart, check_changed):
        check(bench)
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    check_astray()
    check_alone()
    tap.done()


main()
