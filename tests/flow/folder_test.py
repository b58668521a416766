#!/usr/bin/python3
"""Channel `folder`: the exchange directory of a bank's front-end machine. All cmb: pain.001.001.09 out, pain.002 and camt.053 back.
The role is killed at each of its durable calls, the bank's machine takes what lies there before we are back; the disk fails; and
nothing that lies in the bank's folders is trusted."""
import os
import socket
import subprocess
import threading
import time

from lib import orders, place, tap
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


class Bench:
    def __init__(self):
        self.world = World(place.scratch('folder'), layouts=LAYOUTS, pays=('cmb',), kind='folder')
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.made = 0

    def order(self):
        made = orders.online(1, start=self.made + 1)
        self.made += 1
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), made))
        return made[0]

    def roles(self, *names):
        for name in names:
            self.yifen.role(name)

    def evening(self):
        self.bank.close_day()
        self.roles('fetch', 'intake', 'pay', 'intake', 'pay')

    def states(self, order):
        return [row['state'] for row in self.yifen.transfers() if row['order_no'] == order['order_no']]

    def batches(self, order):
        return self.yifen.query('SELECT b.message_id, b.state FROM transfer t JOIN purchase p ON p.id = t.purchase_id JOIN '
                                'batch b ON b.id = t.batch_id WHERE p.order_no = ? ORDER BY t.id DESC', order['order_no'])

    def batch(self, order):
        return self.batches(order)[0]

    def paid(self, order):
        return len(self.world.phone(order))

    def files(self):
        return {row['name']: row['kind'] for row in self.yifen.query('SELECT name, kind FROM file')}

    def broken(self, **order):
        """Runs pay with the shim's order; its exit code, and the number of durable calls that it made."""
        count = os.path.join(self.world.home, 'count')
        with open(count, 'wb') as file:
            file.write(bytes(8))
        done = self.yifen.role('pay', check=False, YIFEN_SHIM_COUNT=count, YIFEN_SHIM_ROLE='pay', **order)
        with open(count, 'rb') as file:
            return done.returncode, int.from_bytes(file.read(8), 'little')


def check_plain(bench):
    """Out, answered, booked; answers and statements in two folders, then in one."""
    order = bench.order()
    bench.roles('pay')
    tap.equal([name for name in os.listdir(bench.bank.path('in')) if name.endswith('.tmp')], [], 'no temporary file stays')
    tap.equal(bench.batch(order)['state'], 'delivered', 'the message lies there under its final name')
    bench.bank.step()
    bench.roles('fetch', 'pay')
    tap.equal(bench.states(order), ['accepted'], 'the status file is read')
    bench.evening()
    tap.equal((bench.states(order), bench.paid(order)), (['booked'], 1), 'the statement books it')
    first = bench.files()
    bench.roles('fetch')
    tap.equal(bench.files(), first, 'nothing is fetched twice')
    shared = bench.bank.path('answers')
    bench.world.configure(statements=shared, answer_names='M*-*.xml')
    order = bench.order()
    bench.world.turn()
    for path in bench.bank.close_day():
        os.rename(path, os.path.join(shared, os.path.basename(path)))
    bench.roles('fetch', 'intake', 'pay', 'intake')
    tap.equal(bench.states(order), ['booked'], 'one folder for both: names tell them apart')
    bench.world.configure()


def check_names(bench):
    """What is no plain file, or still grows, is not taken."""
    folder = bench.bank.path('statements')
    secret = os.path.join(bench.world.home, 'secret')
    with open(secret, 'w', encoding='utf-8') as file:
        file.write('<secret/>')
    os.symlink(secret, os.path.join(folder, 'link.xml'))
    os.link(secret, os.path.join(folder, 'second-name.xml'))
    os.mkfifo(os.path.join(folder, 'pipe.xml'))
    os.mkdir(os.path.join(folder, 'folder.xml'))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.join(folder, 'socket.xml'))
    with open(os.path.join(folder, 'large.xml'), 'wb') as file:
        file.truncate(101 * 1024 * 1024)
    growing, grown = os.path.join(folder, 'growing.xml'), []
    bench.world.settle = 3
    bench.world.configure()

    def grow():
        while not grown:
            with open(growing, 'a', encoding='utf-8') as file:
                file.write('<half')
            time.sleep(0.3)
    writer = threading.Thread(target=grow)
    writer.start()
    try:
        bench.yifen.role('fetch', timeout=5)
    except subprocess.TimeoutExpired:
        pass
    odd = {'link.xml', 'second-name.xml', 'pipe.xml', 'folder.xml', 'socket.xml', 'large.xml'}
    tap.equal(odd & set(bench.files()), set(), 'links, second names, pipes, folders, sockets and what is too large are left there')
    tap.ok('growing.xml' not in bench.files(), 'and so is what has not settled')
    grown.append(True)
    writer.join()
    bench.world.settle = 1
    bench.world.configure()
    bench.roles('fetch')
    tap.equal(bench.files().get('growing.xml'), 'statement', 'until it has')


def check_away(bench):
    """The folder is away, or something else stands in its place."""
    folder = bench.bank.path('in')
    order = bench.order()
    os.rename(folder, folder + '.away')
    bench.roles('pay')
    tap.equal((bench.states(order), bench.batch(order)['state']), (['sending'], 'sealed'), 'without the folder it waits')
    os.symlink(folder + '.away', folder)
    bench.roles('pay')
    tap.equal(bench.batch(order)['state'], 'uploading', 'a link in its place is not followed')
    tap.equal(os.listdir(folder + '.away'), [], 'nothing is written through it')
    os.unlink(folder)
    os.rename(folder + '.away', folder)
    name = os.path.join(folder, bench.batch(order)['message_id'] + '.xml')
    target = os.path.join(bench.world.home, 'target')
    os.symlink(target, name + '.tmp')
    bench.roles('pay')
    tap.ok(os.path.isfile(name) and not os.path.exists(target), 'a link under the temporary name is replaced, not written through')
    bench.bank.step()
    bench.roles('fetch', 'pay')
    tap.equal((bench.states(order), bench.paid(order)), (['accepted'], 1), 'it is paid once')
    order = bench.order()
    os.rename(folder, folder + '.away')
    bench.roles('pay')
    os.rename(folder + '.away', folder)
    name = os.path.join(folder, bench.batch(order)['message_id'] + '.xml')
    with open(name, 'w', encoding='utf-8') as file:
        file.write('somebody else')
    bench.roles('pay')
    tap.equal(bench.batch(order)['state'], 'unknown', 'a foreign file under our name: unknown, not overwritten')
    with open(name, encoding='utf-8') as file:
        tap.equal(file.read(), 'somebody else', 'and it is left alone')
    os.unlink(name)


def settle(bench):
    for _ in range(2):
        bench.roles('pay')
        bench.bank.step()
        bench.roles('fetch', 'pay')
    bench.evening()


def window(bench):
    """The durable calls of pay around those in the bank's folder, by number: not each page of the store's log, but its syncs, what
    stands before and after them, and every call in the folder. (What comes before is swept by tests/crash.)"""
    trace = os.path.join(bench.world.home, 'trace')
    bench.order()
    bench.broken(YIFEN_SHIM_TRACE=trace)
    with open(trace, encoding='utf-8') as file:
        calls = [line.split(maxsplit=2)[1:] for line in file]
    os.unlink(trace)
    there = [k for k, (_, path) in enumerate(calls, 1) if path.startswith(bench.bank.path('in'))]
    made = [call for call, path in calls if path.startswith(bench.bank.path('in'))]
    tap.equal(made, ['unlinkat', 'write', 'fsync', 'fsync', 'renameat2', 'fsync'],
              'the message, its folder, and its folder again once it is renamed are made durable')
    plain = [call == 'pwrite' for call, _ in calls]
    return [k for k in range(there[0] - 20, there[-1] + 60) if not all(plain[k - 2:k])]


def check_kills(bench):
    """Killed before or after each of these calls, or in the middle of a write; the bank's machine takes what lies there at once, or
    only when we have looked."""
    made, left = [], set()
    for k in window(bench):
        for how, at_once in (('before', True), ('before', False), ('torn', True)):
            order = bench.order()
            made.append(order)
            bench.broken(YIFEN_SHIM_END=f'{k}:{how}')
            left.update(row['state'] for row in bench.batches(order))  # the first of these calls stand before there is one
            if at_once:
                bench.bank.step()
            bench.roles('pay')
            bench.bank.step()
    settle(bench)
    tap.note(f'{len(made)} kills')
    tap.ok({'sealed', 'uploading', 'releasing', 'delivered'} <= left, 'the kills reach every step', left)
    tap.equal({bench.paid(order) for order in made}, {1}, 'wherever it is killed, each is paid exactly once')
    tap.equal({tuple(bench.states(order)) for order in made}, {('booked',)}, 'and every fate is known')


def check_disk(bench):
    """Each of these calls fails: a bad disk, a full disk."""
    made, ends = [], set()
    for k in window(bench):
        order = bench.order()
        made.append(order)
        ends.add(bench.broken(YIFEN_SHIM_FAIL=f'{k}:{5 if k % 2 else 28}')[0])
        if k % 3 == 0:
            bench.bank.step()
    settle(bench)
    tap.note(f'{len(made)} failures')
    tap.ok(ends <= {0, 100, 111} and len(ends) > 1, 'the role ends by itself, or tries again later', ends)
    tap.equal({bench.paid(order) for order in made}, {1}, 'each is paid exactly once')
    tap.equal({tuple(bench.states(order)) for order in made}, {('booked',)}, 'and every fate is known')


def main():
    or_skip()
    bench = Bench()
    for check in tap.chosen((check_plain, check_names, check_away, check_kills, check_disk)):
        check(bench)
    paid = bench.bank.ledger.rows("SELECT reference, count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
    tap.ok({row['times'] for row in paid} <= {1}, 'no reference was paid twice', paid)
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
