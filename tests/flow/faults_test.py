#!/usr/bin/python3
"""The rarer ways of the bank: answers that are cut off or come after the statement, statements in camt.053.001.02, twice,
overlapping, and missing for a day. Whatever it does, each line counts once and each transfer is told by evidence only."""
import datetime
import os

from lib import orders, place, tap
from lib.instance import NUMBERS
from lib.world import World, or_skip

OURS = NUMBERS['cmb']


class Bench:
    def __init__(self):
        self.world = World(place.scratch('faults'), layouts={'cmb': 'camt.053.001.02'}, pays=('cmb',))
        self.bank, self.yifen = self.world.bank, self.world.yifen
        self.serial = 0

    def order(self, **rule):
        """A new order, sent; the bank treats it so."""
        self.serial += 1
        submitted = self.bank.clock.now().isoformat(timespec='seconds')
        made = orders.order(self.serial, 'alipay', submitted=submitted)
        self.world.misbehave(account=made['bank_account']['number'], **rule)
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'o.jsonl'), [made]))
        self.yifen.role('pay')
        self.bank.step()
        return made

    def learn(self):
        for role in ('fetch', 'intake', 'pay', 'intake'):
            self.yifen.role(role)

    def day(self):
        self.bank.close_day()
        self.learn()

    def state(self, order):
        return next(row['state'] for row in self.yifen.transfers() if row['order_no'] == order['order_no'])

    def each_once(self, name):
        today = str(self.bank.clock.today())
        booked = [line for line in self.bank.ledger.lines(OURS) if line['day'] < today]
        tap.equal(len(self.yifen.entries()), len(booked), name)


def check_cut_answer(bench):
    order = bench.order(do='cut')
    bench.learn()
    files = bench.yifen.query("SELECT state, reason FROM file WHERE kind = 'status' OR name LIKE 'M%'")
    tap.equal([row['state'] for row in files], ['rejected'], 'an answer that is cut off is refused whole')
    tap.ok(bench.state(order) in ('accepted', 'sending', 'unknown'), 'and says nothing about its transfer', bench.state(order))
    bench.day()
    tap.equal(bench.state(order), 'booked', 'our own statement tells')


def check_refused_message(bench):
    bench.world.misbehave(do='refuse', message=True, times=1)
    order = bench.order(do='pay')
    bench.learn()
    tap.equal(bench.state(order), 'rejected', 'a message that is refused as a whole: its transfer is rejected')
    cases = [case for case in bench.yifen.cases() if case['reason'] == 'bank_refused']
    tap.equal(len(cases), 1, 'for a reason of ours: one case')
    bench.yifen.must('case', 'close', str(cases[0]['id']), '--reason', '格式已改正')
    bench.yifen.role('pay')
    bench.bank.step()
    tap.equal(len(bench.world.phone(order)), 1, 'mended, the fen goes out, once')
    bench.day()


def check_late_answer(bench):
    order = bench.order(do='delay', days=2)
    bench.day()
    tap.equal(bench.state(order), 'booked', 'the statement comes before the answer')
    bench.day()
    tap.equal(bench.state(order), 'booked', 'the late answer changes nothing')


def check_bounce(bench):
    order = bench.order(do='bounce', days=1)
    bench.day()
    bench.day()
    tap.equal(bench.state(order), 'returned', 'a return that keeps the parties of its payment is found')
    back = [row for row in bench.yifen.entries() if row['reversal']]
    tap.equal([(row['direction'], row['disposition'], row['orders']) for row in back], [('credit', 'returned', [])],
              'it is a credit that pays nothing')


def check_statements(bench):
    for rule in (dict(do='repeat', times=1), dict(do='overlap', days=3, times=1), dict(do='overlap', days=1, times=1)):
        bench.world.misbehave(statements=OURS, **rule)
    for _ in range(3):
        for _ in range(2):  # two genuine payments that are equal in everything but their serial
            bench.bank.wire(OURS, 73500, '深圳市双胞胎印刷有限公司', '4111222233334444', '货款', time='10:00:00')
        bench.day()
    bench.each_once('files that repeat and overlap: every line once, equal payments both')


def check_gap(bench):
    day = bench.bank.clock.today()
    bench.world.misbehave(statements=OURS, do='withhold', times=1)
    bench.bank.wire(OURS, 4200, '深圳市迟到贸易有限公司', '4555', '货款')
    bench.day()
    bench.bank.wire(OURS, 4300, '深圳市准时贸易有限公司', '4556', '货款')
    bench.day()
    gaps = bench.yifen.yifen('statement', 'gaps')
    after = str(day + datetime.timedelta(days=1))
    tap.ok(gaps.returncode == 1 and after in gaps.stdout + gaps.stderr, 'a missing day is a gap, and named', gaps.stdout + gaps.stderr)
    bench.bank.hand_over()
    bench.learn()
    gaps = bench.yifen.yifen('statement', 'gaps')
    tap.equal(gaps.returncode, 0, 'when it comes, the gap is gone') or tap.note(gaps.stdout + gaps.stderr)
    bench.each_once('and every line is there once')


def main():
    or_skip()
    bench = Bench()
    for check in (check_cut_answer, check_refused_message, check_late_answer, check_bounce, check_statements, check_gap):
        check(bench)
    paid = bench.bank.ledger.rows("SELECT count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
    tap.equal({row['times'] for row in paid}, {1}, 'no reference was paid twice')
    bench.world.close()
    tap.done()


main()
