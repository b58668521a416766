"""A world whose cmb, icbc or abc account pays by the bank's direct link."""
import os
import re

from bank.link import Fault, Keys, LinkServer

from . import orders, place
from .instance import section
from .world import World


class LinkWorld(World):
    """One account pays, by the link in its own bank's style. The shipped profile, with what banks promise about "not found"
    and without their pauses."""

    def __init__(self, home, bank, window=60, **more):
        self.linked = bank
        self.keys = Keys(os.path.join(home, 'keys'), place.SHIM)
        self.link = None
        self.changes = {}
        super().__init__(home, layouts={bank: 'camt.053.001.08'}, pays=(), **more)
        self.link = LinkServer(self.bank, self.keys, bank)
        self.profile(window)
        self.configure()
        self.made = 0

    def profile(self, window):
        """window: minutes after which "not found" counts; None: the bank promises nothing."""
        with open(os.path.join(place.ROOT, 'parsers', 'profiles', self.linked + '.conf'), encoding='utf-8') as file:
            text = re.sub(r'(?m)^pause = \d+$', 'pause = 0', file.read())
        if window:
            text = text.replace('[payment]\n', f'[payment]\nnot_found = never_arrived\nquery_window_minutes = {window}\n')
        os.makedirs(self.yifen.path('profiles'), exist_ok=True)
        with open(self.yifen.path('profiles', self.linked + '.conf'), 'w', encoding='utf-8') as file:
            file.write(text)

    def account(self, name):
        text = super().account(name)
        if name == self.linked and self.link:
            text = text.rstrip('\n') + f"\npayments = link\npays = verification{', refund' if name in self.refunds else ''}\n\n"
        return text

    def channel(self, name, **changes):
        text = super().channel(name, **changes)
        if self.link:
            text += section('channel', 'link', **{k: v for k, v in dict(self.link.style.settings(self.link.port), **self.changes).items()
                                                  if v is not None})
        return text

    # ---- what tests do ----

    def order(self, **answer):
        """A new order, paid online and handed in; what the bank is to answer about its account."""
        self.made += 1
        order = orders.online(1, start=self.made)[0]
        if answer:
            self.link.answers[order['bank_account']['number']] = answer
        self.yifen.must('order', 'import', orders.write(os.path.join(self.home, 'orders.jsonl'), [order]))
        return order

    def fault(self, kind, step='pay', times=1):
        if kind == 'refuse':
            self.link.close()
        else:
            self.link.faults.append(Fault(kind, step, times))

    def heal(self):
        self.link.faults.clear()
        if self.link.listener.fileno() < 0:
            self.link.open()

    def pay(self, minutes=0):
        self.bank.clock.add(minutes * 60)
        return self.yifen.role('pay', check=False)

    def rows(self, order):
        return self.yifen.query('SELECT t.* FROM transfer t JOIN purchase p ON p.id = t.purchase_id WHERE p.order_no = ? ORDER BY t.id',
                                order['order_no'])

    def states(self, order):
        return [row['state'] for row in self.rows(order)]

    def paid(self, order):
        return len(self.bank.ledger.rows("SELECT id FROM line WHERE other = ? AND kind = 'payment'", order['bank_account']['number']))

    def sent(self, order, step='pay'):
        references = {row['reference'] for row in self.rows(order)}
        return [request for request in self.link.requests if request['step'] == step and
                (request.get('reference') in references or any(p['reference'] in references for p in request.get('payments', [])))]
