"""The real Kannel on loopback: bearerbox with a fake SMSC behind it, smsbox in front."""
import os
import re
import urllib.parse

from .process import Process, free_port, port_open, wait_for

BEARERBOX, SMSBOX, FAKESMSC = '/usr/sbin/bearerbox', '/usr/sbin/smsbox', '/usr/lib/kannel/test/fakesmsc'
CONFIG = '''group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = x
smsbox-port = {box}
smsbox-interface = 127.0.0.1
log-level = 0
dlr-storage = internal
store-type = spool
store-location = {home}/store

group = smsc
smsc = fake
smsc-id = fake
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {port}
sendsms-interface = 127.0.0.1
log-level = 0
http-request-retry = 3
http-queue-delay = 1

group = sendsms-user
username = {user}
password = {password}
concatenation = true
max-messages = 5

group = sms-service
keyword = default
text = ""
max-messages = 0
'''


def have():
    return all(os.path.exists(path) for path in (BEARERBOX, SMSBOX, FAKESMSC))


class Kannel:
    def __init__(self, home, user, password):
        self.home = home
        os.makedirs(os.path.join(home, 'store'))
        self.port, admin, box, smsc = free_port(), free_port(), free_port(), free_port()
        conf, fifo = os.path.join(home, 'kannel.conf'), os.path.join(home, 'stdin')
        with open(conf, 'w', encoding='utf-8') as file:
            file.write(CONFIG.format(home=home, admin=admin, box=box, smsc=smsc, port=self.port, user=user, password=password))
        os.mkfifo(fifo)  # the fake SMSC ends at the end of its input
        self.bearer = Process([BEARERBOX, conf], os.path.join(home, 'bearerbox.log'))
        wait_for(lambda: port_open(box), 'bearerbox listens')
        self.box = Process([SMSBOX, conf], os.path.join(home, 'smsbox.log'))
        self.smsc = Process(['sh', '-c', f'exec {FAKESMSC} -H 127.0.0.1 -r {smsc} -i 100000 "1 2 text none" <>{fifo}'],
                            os.path.join(home, 'fakesmsc.log'))
        wait_for(lambda: port_open(self.port), 'smsbox listens')

    def messages(self):
        """(number, text) of what the SMSC got; parts of a long one apart."""
        found = re.findall(r'Got message \d+: <(\S+) (\S+) (\S+) (.*)>', self.smsc.output())
        return [(to, decode(kind, rest)) for _, to, kind, rest in found]

    def stop(self):
        for process in (self.smsc, self.box, self.bearer):
            process.stop()


def decode(kind, rest):
    data = urllib.parse.unquote_to_bytes(rest.split(' ')[-1].replace('+', ' '))
    return data.decode('utf-8' if kind == 'text' else 'utf-16-be', 'replace')
