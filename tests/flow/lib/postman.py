"""An SMTP server that answers as it is told: which answer for whom and when is a list in memory. It keeps what it took."""
import email
import email.policy

from aiosmtpd.controller import Controller

from .process import free_port


class Postman:
    def __init__(self):
        self.port = free_port()
        self.taken = []  # (recipients, message), in order
        self.raw = []  # the same messages as bytes
        self.to = {}  # address -> answers to RCPT still to give; when they are used up: 250
        self.data = []  # answers to DATA still to give
        self.tries = 0
        self.controller = None
        self.start()

    def start(self):
        self.controller = Controller(self, hostname='127.0.0.1', port=self.port)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        answers = self.to.get(address)
        answer = answers.pop(0) if answers else '250 OK'
        if answer.startswith('250'):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope):
        self.tries += 1
        answer = self.data.pop(0) if self.data else '250 OK'
        if answer.startswith('250'):
            self.raw.append(envelope.content)
            self.taken.append((list(envelope.rcpt_tos), email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return answer
