"""One busy week of the CA, invented: what applicants, banks and finance staff do, and what must become of it. The demo tells it,
the flow test checks it."""
import copy

from . import orders

# One line a case of company wire: (what it is, which orders it concerns, disposition, reason of the case).
SETTLED, REVIEW = 'settled', 'review'


def _twin(order, serial):
    """Another order of the same applicant, at the same price."""
    made = copy.deepcopy(order)
    made['order_no'] = order['order_no'][:8] + f'{serial:07d}'
    return made


class Plan:
    """20 orders paid online, 40 to be paid by wire, and who misbehaves."""

    def __init__(self, day='2026-11-02'):
        submitted = f'{day}T08:40:00+08:00'
        self.online = orders.online(20, submitted=submitted)
        self.wires = orders.wires(40, submitted=submitted)
        for first, second in ((29, 30), (32, 33)):
            self.wires[second] = _twin(self.wires[first], 1001 + second)
        late = self.wires[38]
        late['submitted_at'] = late['submitted_at'].replace(day, day[:-1] + str(int(day[-1]) + 1))
        self.refused, self.poor, self.bounced, self.silent, self.mute = self.online[:5]
        self.right, self.clumsy, self.guesser, self.asleep = self.online[5:17], self.online[17], self.online[18], self.online[19]

    def rules(self):
        """How the bank treats the unlucky ones."""
        who = lambda order: order['bank_account']['number']  # noqa: E731
        return [dict(do='reject_name', account=who(self.refused)), dict(do='reject_funds', account=who(self.poor), times=1),
                dict(do='bounce', days=2, account=who(self.bounced)), dict(do='silent', account=who(self.silent)),
                dict(do='mute', account=who(self.mute))]

    def payments(self):
        """The wires, as dictionaries: day (0..2), account, order, what differs from the plain case, and what must become
        of the line: disposition and, for review, the reasons that are right."""
        w = self.wires
        plain = [dict(order=order) for order in w[:22]]
        plain += [dict(order=order, remark='') for order in w[22:25]]
        plain.append(dict(order=w[25], remark='单号 ' + ''.join(chr(ord(c) + 0xFEE0) for c in w[25]['order_no'])))
        odd = [
            dict(order=w[26], name='王小明', other='6222021234567890123', want=REVIEW, reasons=('third_party',)),
            dict(order=w[27], less='5.00', want=REVIEW, reasons=('short',)),
            dict(order=w[28], less='-100.00', want=REVIEW, reasons=('over',)),
            dict(order=w[29], amount=_sum(w[29], w[30]), remark=f"{w[29]['order_no']} {w[30]['order_no']}", pays=[w[29], w[30]]),
            dict(order=w[31], amount='300.00', either=True), dict(order=w[31], less='300.00', either=True),
            dict(order=w[32], remark='', want=REVIEW, reasons=('ambiguous',), pays=[]),
            dict(order=w[34], name=w[34]['applicant']['name'] + '福田分公司', other='4444000011112222', want=REVIEW,
                 reasons=('third_party', 'name_differs')),
            dict(order=w[35], remark=w[36]['order_no'], want=REVIEW, reasons=('contradiction', 'third_party')),
            dict(order=w[37]), dict(order=w[37], day=2, want=REVIEW, reasons=('already_paid',)),
            dict(order=w[38], day=0),
        ]
        for place, wire in enumerate(plain + odd):
            wire.setdefault('day', place % 3)
            wire.setdefault('account', ('icbc', 'abc', 'cmb')[place % 7 % 3])
            wire.setdefault('want', SETTLED)
        odd[4]['day'], odd[5]['day'] = 0, 1
        odd[9]['day'] = 0
        return plain + odd


def _sum(*many):
    fen = sum(round(float(order['payment']['amount']) * 100) for order in many)
    return f'{fen // 100}.{fen % 100:02d}'


def amount(wire):
    """Text of the wire's amount."""
    if 'amount' in wire:
        return wire['amount']
    fen = round((float(wire['order']['payment']['amount']) - float(wire.get('less', '0'))) * 100)
    return f'{fen // 100}.{fen % 100:02d}'


def pay(world, plan, day):
    """The wires of one day reach the bank. Gives how many."""
    today = [wire for wire in plan.payments() if wire['day'] == day]
    for wire in today:
        world.wire(wire['account'], wire['order'], amount(wire), wire.get('name'), wire.get('other'), wire.get('remark'))
    return len(today)
