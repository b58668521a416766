#!/usr/bin/python3
"""Banks that answer by the name of a file, or not at all: over a real SFTP server, and through an exchange directory. All cmb:
pain.001.001.09 out, camt.053 back, no status file."""
import os

from lib import orders, place, tap
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')
NAMES = dict(acknowledged='{file}.ack, {file}.done', refused='{file}.err, {file}.bad')


class Bench:
    def __init__(self, kind, habit, **channel):
        self.world = World(place.scratch('acknowledge'), layouts=LAYOUTS, pays=('cmb',), kind=kind)
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.label, self.made = f'{kind}, {habit}', 0
        self.channel = channel
        self.world.configure(**channel)
        self.world.misbehave(acknowledges=habit)

    def order(self):
        made = orders.online(1, start=self.made + 1)
        self.made += 1
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), made))
        return made[0]

    def roles(self, *names):
        for name in names:
            self.yifen.role(name)

    def evening(self, days=1):
        for _ in range(days):
            self.bank.close_day()
            self.roles('fetch', 'intake', 'pay', 'intake', 'pay')

    def states(self, order):
        return [row['state'] for row in self.yifen.transfers() if row['order_no'] == order['order_no']]

    def batch(self, order):
        return self.yifen.query('SELECT b.message_id, b.state FROM transfer t JOIN purchase p ON p.id = t.purchase_id JOIN '
                                'batch b ON b.id = t.batch_id WHERE p.order_no = ? ORDER BY t.id DESC', order['order_no'])[0]

    def cases(self, reason):
        return [case for case in self.yifen.cases() if case['reason'] == reason]

    def says(self, order, end, folder='answers'):
        """The bank's word about this order's message, made up."""
        path = self.bank.path(folder, self.batch(order)['message_id'] + '.xml' + end)
        with open(path, 'wb'):
            pass
        self.roles('fetch', 'pay')
        os.unlink(path)

    def equal(self, got, want, what):
        tap.equal(got, want, f'{self.label}: {what}')

    def close(self):
        paid = self.bank.ledger.rows("SELECT reference, count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
        self.equal({row['times'] for row in paid}, {1}, 'no reference was paid twice')
        self.equal(self.yifen.query("SELECT count(*) AS n FROM job WHERE state = 'failed'"), [{'n': 0}], 'no job failed')
        self.equal(self.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
        self.world.close()


def check_taken(bench):
    """Acknowledged, then booked by the statement."""
    order = bench.order()
    bench.world.turn()
    said = bench.yifen.query('SELECT taken, name FROM acknowledgement')
    end = '.done' if 'renames' in bench.label else '.ack'
    bench.equal([(row['taken'], row['name']) for row in said], [(1, bench.batch(order)['message_id'] + '.xml' + end)], 'the bank has it')
    bench.equal(bench.states(order), ['accepted'], 'that settles nothing')
    bench.roles('fetch', 'pay')
    bench.equal(len(bench.yifen.query('SELECT * FROM acknowledgement')), 1, 'it is heard once')
    bench.equal(bench.yifen.query("SELECT count(*) AS n FROM file WHERE kind = 'status'"), [{'n': 0}], 'and nothing of it is fetched')
    bench.evening()
    bench.equal(bench.states(order), ['booked'], 'the statement books it')


def check_refused(bench):
    """Refused whole: ours to mend, and the applicant hears nothing of it."""
    order = bench.order()
    bench.world.misbehave(do='refuse', message=True, times=1)
    bench.world.turn()
    bench.equal(bench.states(order), ['rejected'], 'refused')
    bench.equal(len(bench.cases('bank_refused')), 1, 'one case asks people of ours')
    counted = bench.yifen.query('SELECT v.counted, v.field FROM verification v JOIN purchase p ON p.id = v.purchase_id WHERE '
                                'p.order_no = ?', order['order_no'])
    bench.equal(counted, [{'counted': 0, 'field': None}], 'it costs no round, and names nothing to correct')
    for case in bench.cases('bank_refused'):
        bench.yifen.must('case', 'close', str(case['id']), '--reason', '已改正')
    bench.world.turn()
    bench.evening()
    bench.equal((bench.states(order), len(bench.world.phone(order))), (['rejected', 'booked'], 1), 'then it is paid, once')


def check_solved(bench):
    """Taken away while we were dead: nobody knows, until the bank says that it has it."""
    trace, count = (os.path.join(bench.world.home, name) for name in ('trace', 'count'))
    bench.world.bank.step()
    order = bench.order()
    for k in range(90, 200):
        with open(count, 'wb') as file:
            file.write(bytes(8))
        bench.yifen.role('pay', check=False, YIFEN_SHIM_COUNT=count, YIFEN_SHIM_TRACE=trace, YIFEN_SHIM_END=f'{k}:before',
                         YIFEN_SHIM_ROLE='pay')
        if bench.batch(order)['state'] == 'releasing' and os.path.exists(bench.bank.path('in', bench.batch(order)['message_id'] + '.xml')):
            break
        bench.bank.step()
        bench.roles('pay', 'fetch', 'pay')
        order = bench.order()
    bench.equal(bench.batch(order)['state'], 'releasing', 'killed after the rename')
    bench.bank.step()
    bench.roles('pay')
    bench.equal((bench.batch(order)['state'], bench.states(order)), ('unknown', ['unknown']), 'neither name is there: unknown')
    bench.roles('fetch', 'pay')
    bench.equal((bench.batch(order)['state'], bench.states(order)), ('delivered', ['accepted']), 'the bank says that it has it')
    bench.evening()
    bench.equal((bench.states(order), len(bench.world.phone(order))), (['booked'], 1), 'and the statement books it')


def check_words(bench):
    """Words that contradict, and words about what is not ours."""
    order = bench.order()
    bench.world.misbehave(do='refuse', message=True, times=1)
    bench.world.turn()
    bench.says(order, '.ack')
    bench.equal((bench.states(order), len(bench.cases('transfer_contradiction'))), (['rejected'], 1),
                'refused, and then taken after all: people are asked')
    other = bench.order()
    bench.roles('pay')
    before = bench.yifen.query('SELECT * FROM acknowledgement')
    for name in ('M0000000000000000.xml.ack', 'Mxxx.xml.err', bench.batch(other)['message_id'] + '.ack', 'x.ack', '.xml.ack'):
        with open(bench.bank.path('in', name), 'wb'):
            pass
    bench.roles('fetch', 'pay')
    bench.equal(bench.yifen.query('SELECT * FROM acknowledgement'), before, 'of messages that are not ours nothing is heard')
    bench.bank.step()
    bench.evening()
    bench.equal(bench.states(other), ['booked'], 'and nothing is disturbed')


def check_never(bench):
    """A bank that says nothing: its statement does; and where it shows nothing either, people are asked."""
    order, lost = bench.order(), bench.order()
    bench.world.misbehave(do='silent', account=lost['bank_account']['number'], times=1)
    bench.world.turn()
    bench.evening()
    bench.equal(bench.states(order), ['booked'], 'the statement books it')
    bench.evening(4)
    bench.equal(bench.states(lost), ['accepted'], 'what no statement shows is waited for')
    bench.evening(4)
    bench.equal(bench.states(lost), ['unknown'], 'for a week')
    bench.equal(len(bench.cases('transfer_unknown')), 1, 'then people are asked')


def main():
    or_skip()
    for kind, habit, checks in (('sftp', 'names', (check_taken, check_refused, check_words)),
                                ('sftp', 'renames', (check_taken, check_refused)),
                                ('folder', 'renames', (check_taken, check_refused, check_solved))):
        bench = Bench(kind, habit, **NAMES, **({'answers': None} if habit == 'renames' else {}))
        for check in checks:
            check(bench)
        bench.close()
    bench = Bench('sftp', 'never', answers=None)
    check_never(bench)
    bench.close()
    tap.done()


main()
