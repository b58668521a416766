"""People who decide about refunds in a world where one account pays and receives."""
import os

from . import hall, orders
from .instance import NUMBERS

FIRST, SECOND = dict(YIFEN_SHIM_UID=1), dict(YIFEN_SHIM_UID=2)  # daemon, bin: two people whom every Debian has
WHY = ('--reason', '申请单位不办了')


class Bench:
    def __init__(self, world, own='cmb'):
        self.world, self.own = world, own
        self.yifen, self.bank = world.yifen, world.bank
        self.made = 1000

    def wired(self, count=1, account=None, more=0, bank='招商银行深圳支行'):
        """Orders that were paid by wire, and whose money was found."""
        made = orders.wires(count, start=self.made + 1)
        self.made += count
        self.bring(made)
        for order in made:
            fen = round(float(order['payment']['amount']) * 100) + more
            self.bank.wire(NUMBERS[account or self.own], fen, order['bank_account']['name'], order['bank_account']['number'],
                           order['order_no'], bank=bank)
        self.evening()
        return made

    def bring(self, made):
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), made))
        self.yifen.role('intake')

    def evening(self, days=1):
        """The bank ends so many days; then our roles read what came."""
        for _ in range(days):
            self.bank.close_day()
        for role in ('fetch', 'intake', 'pay', 'intake', 'pay'):
            self.yifen.role(role)

    def case(self, reason, order=None):
        found = [case for case in self.yifen.cases() if case['reason'] == reason and
                 (order is None or any(one['order_no'] == order['order_no'] for one in case['orders']))]
        return found[0]['id'] if len(found) == 1 else f'{len(found)} cases {reason}'

    def run(self, who, *arguments):
        return self.yifen.yifen('case', *map(str, arguments), **who)

    def entry(self, order):
        rows = [row for row in self.yifen.entries() if row['direction'] == 'credit' and
                row.get('counterparty_account') == order['bank_account']['number'] and not row.get('return_reason')]
        return rows[0]

    def wish(self, order):
        """The applicant asks; gives the case and its line."""
        self.serve('POST', f"/v1/orders/{order['order_no']}/refund-request", dict(reason='不办了'))
        return self.case('refund', order), self.entry(order)['id']

    def serve(self, method, path, body=None):
        self.yifen.start()
        try:
            return hall.call(self.yifen, method, path, body)
        finally:
            self.yifen.stop()

    def approved(self, order):
        """Asked for by the one, approved by the other."""
        case, entry = self.wish(order)
        asked = self.run(FIRST, 'refund', case, f"{entry}={order['payment']['amount']}", *WHY)
        agreed = self.run(SECOND, 'approve', case)
        if asked.returncode or agreed.returncode:
            raise RuntimeError(asked.stderr + agreed.stderr)

    def transfers(self, order):
        return [row for row in self.yifen.transfers() if row['order_no'] == order['order_no'] and row['purpose'] == 'refund']

    def states(self, order):
        return [row['state'] for row in self.transfers(order)]

    def refunds(self, order):
        return [row['state'] for row in self.yifen.query('SELECT r.state FROM refund r JOIN purchase p ON p.id = r.purchase_id WHERE '
                                                         'p.order_no = ? ORDER BY r.id', order['order_no'])]

    def shown(self, order):
        return self.yifen.objects('order', 'show', order['order_no'])[0]['status_text']

    def debits(self, order):
        return [-row['amount'] for row in self.bank.ledger.lines() if row['amount'] < 0 and row['remark'].endswith(order['order_no'])]


def fen(order):
    return round(float(order['payment']['amount']) * 100)
