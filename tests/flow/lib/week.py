"""Plays the invented week (story.py) on a world whose yifend runs: each method is one thing that people or the bank do, waits
until Yifen has understood it, and gives what happened."""
import datetime
import json
import os

from . import hall, orders, story
from .instance import NUMBERS, count
from .process import wait_for

FINAL_FILES = ('taken', 'rejected', 'duplicate', 'held')


class Week:
    def __init__(self, world, plan=None):
        self.world, self.yifen, self.plan = world, world.yifen, plan or story.Plan()
        self.late = self.plan.wires[38]

    # ---- waiting ----

    def _due(self):
        """Jobs that could be done now."""
        now = int(self.world.bank.clock.now().timestamp() * 1000000)
        return self.yifen.query("SELECT count(*) AS n FROM job WHERE state = 'running' OR state = 'due' AND due_at <= ?", now)[0]['n']

    def quiet(self, timeout=60):
        """Until no role has due work left: three looks in a row, since work wanders from role to role."""
        looks = []

        def idle():
            looks.append(self._due() == 0)
            return len(looks) > 3 and all(looks[-3:])
        wait_for(idle, 'no job is due', timeout, 0.15)

    def wait_lines(self, day, timeout=60):
        """Until every line that the bank booked up to `day` is stored."""
        want = len(self.world.bank.ledger.lines(last=str(day)))
        wait_for(lambda: self.yifen.query('SELECT count(*) AS n FROM entry')[0]['n'] >= want, f'{want} lines are stored', timeout)

    def wait_transfers(self, states, timeout=60):
        """Until every transfer of the plan is in one of these states."""
        def arrived():
            found = [row['state'] for row in self.yifen.transfers()]
            return len(found) >= len(self.plan.online) and all(state in states for state in found)
        wait_for(arrived, f'transfers in {states}', timeout, 0.2)
        return self.yifen.transfer_states()

    def wait_results(self, names, timeout=60):
        """Until each of these dropped files has its result file; their paths."""
        def answered():
            found = self.results()
            hits = [[path for path in found if f'-{os.path.splitext(name)[0]}' in os.path.basename(path)] for name in names]
            return [paths[-1] for paths in hits] if all(hits) else None
        return wait_for(answered, f'result files of {names}', timeout, 0.2)

    def results(self):
        found = []
        for folder, _, names in os.walk(self.yifen.path('results')):
            found += [os.path.join(folder, name) for name in names]
        return sorted(found)

    # ---- orders ----

    def orders_in(self):
        """Half by file, half over HTTP. Gives how many of each."""
        now = [order for order in self.plan.online + self.plan.wires if order is not self.late]
        by_file, by_http = now[::2], now[1::2]
        self.yifen.must('order', 'import', orders.write(self.yifen.path('..', 'orders.jsonl'), by_file))
        answers = [hall.call(self.yifen, 'POST', '/v1/orders', order)[0] for order in by_http]
        return len(by_file), count(answers)

    def late_order(self):
        return hall.call(self.yifen, 'POST', '/v1/orders', self.late)[0]

    # ---- codes ----

    def confirm(self, order, code, http=False):
        """What the hall is told: the result word."""
        if http:
            return hall.call(self.yifen, 'POST', f"/v1/orders/{order['order_no']}/code", {'code': code})
        done = self.yifen.yifen('order', 'code', order['order_no'], code, '--json')
        return json.loads(done.stdout)

    def wrong(self, order):
        right = self.world.code(order)
        return f'{(int(right) + 1) % 1000000:06d}'

    def second_chance(self):
        """Who was refused names another account, who guessed asks for another fen; both then read their code. Gives the
        result words."""
        refused, guesser = self.plan.refused, self.plan.guesser
        account = dict(refused['bank_account'], number='4' + refused['bank_account']['number'][::-1][:15])
        refused['bank_account'] = account
        sent = [len(self.world.phone(order)) for order in (refused, guesser)]
        hall.call(self.yifen, 'PUT', f"/v1/orders/{refused['order_no']}/bank-account", account)
        self.yifen.must('order', 'resend', guesser['order_no'], '--reason', '申请人记错了附言')
        wait_for(lambda: all(len(self.world.phone(order)) > n for order, n in zip((refused, guesser), sent)), 'new fens arrive', 30)
        return [self.confirm(order, self.world.code(order))['result'] for order in (refused, guesser)]

    def mend(self):
        """Finance fills our account and closes the case; the fen that was refused for it goes out, as a new round."""
        case = next(case for case in self.yifen.cases() if case['reason'] == 'bank_refused')
        self.yifen.must('case', 'close', str(case['id']), '--reason', '付款账户余额已补足')
        wait_for(lambda: self.world.phone(self.plan.poor), 'the refused fen arrives', 30)
        return self.confirm(self.plan.poor, self.world.code(self.plan.poor))['result']

    # ---- the bank's day ----

    def evening(self):
        """The day ends: wires and statements of the day exist, finance staff save and drop the two sheets."""
        day = self.world.bank.clock.today()
        written = self.world.next_day()
        sheets = [path for path in written if path.endswith('.csv')]
        for path in sheets:
            self.world.drop(path)
        if sheets:
            self.wait_results([os.path.basename(path) for path in sheets])
        self.wait_lines(day)
        self.quiet()
        return day, written

    def whole_week(self, name='abc'):
        """Staff save one account's whole week over again: every line of it is known already."""
        last = self.world.bank.clock.today() - datetime.timedelta(days=1)
        path = self.world.bank.statement(NUMBERS[name], '2026-11-02', str(last))
        self.world.drop(path)
        return self.wait_results([os.path.basename(path)])[0]
