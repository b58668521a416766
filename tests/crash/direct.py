"""The bank's end of a direct link for one run: its server with one fault at a time, and what was on its way arrives."""
import time

from bank.link import Fault, LinkServer

# What the server does wrong (bank/link.py) with what it is told or asked. "late" is the dangerous one: it takes the request, says
# "not found" when asked, and does it afterwards; here it is "on_its_way", since statements come late too.
FAULTS = ('do_hang', 'do_reset', 'on_its_way', 'do_500', 'malformed', 'foreign', 'truncated', 'alert', 'unsigned', 'error', 'huge',
          'redirect', 'plain', 'funds')
NEVER_ASKED = ('on_its_way', 'funds')  # faults of a payment only
ON_THE_LINE = 0.2  # seconds until the server has read what a role that is gone has sent


class Direct:
    def __init__(self, bank, keys, style):
        self.server = LinkServer(bank, keys, style)
        self.port = self.server.port

    def fail(self, fault, fifth):
        """The payment fails, or in every other fifth the question about it."""
        step = 'query' if fifth % 2 and fault not in NEVER_ASKED else 'pay'
        self.server.faults.append(Fault('late' if fault == 'on_its_way' else fault, step))

    def heal(self):
        self.server.faults.clear()

    def deliver(self):
        time.sleep(ON_THE_LINE)
        self.server.deliver()

    def close(self):
        self.server.close()
