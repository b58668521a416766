"""The bank's end of a direct link for one run: its server with one fault at a time, and what was on its way arrives."""
import time

from bank.link import Fault, LinkServer

# What the server does wrong (bank/link.py) with what it is told or asked; "on_its_way": it takes the request, says "not found" when
# asked, and does it afterwards; "funds": it refuses for our reasons.
FAULTS = ('do_hang', 'do_reset', 'on_its_way', 'do_500', 'malformed', 'foreign', 'truncated', 'alert', 'unsigned', 'error', 'huge',
          'redirect', 'plain', 'funds')
ON_THE_LINE = 0.2  # seconds until the server has read what a role that is gone has sent


class Direct:
    def __init__(self, bank, keys, style):
        self.bank, self.server = bank, LinkServer(bank, keys, style)
        self.port = self.server.port

    def fail(self, fault, fifth, accounts):
        """The payment fails, or in every other fifth the question about it."""
        if fault == 'funds':
            self.server.answers = {account: dict(status='rejected', code='AM04', text='付款账户余额不足') for account in accounts}
        else:
            step = 'query' if fifth % 2 and fault != 'on_its_way' else 'pay'
            self.server.faults.append(Fault('late' if fault == 'on_its_way' else fault, step))

    def heal(self):
        self.server.faults.clear()
        self.server.answers = {}

    def deliver(self):
        time.sleep(ON_THE_LINE)
        self.server.deliver()

    def close(self):
        self.server.close()
