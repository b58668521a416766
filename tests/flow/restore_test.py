#!/usr/bin/python3
"""Who sends: a store put back from a backup, a copy of the whole instance, and a hold that comes at any step. In each case nothing
leaves until a person has said so, fates are still learnt, and the bank's ledger shows no fen twice."""
import errno
import os
import shutil
import sqlite3
import subprocess
import sys

from lib import orders, place, tap
from lib.instance import Instance
from lib.world import World, or_skip

# Somebody else commits all the time.
BUSY = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
print(flush=True)
while True:
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE purchase SET changed_at = changed_at + 1")
    db.execute("COMMIT")
"""

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


class Bench:
    def __init__(self, name):
        self.world = World(place.scratch(name), layouts=LAYOUTS, pays=('cmb',))
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.made = 0

    def orders(self, count):
        made = orders.online(count, start=self.made + 1)
        self.made += count
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), made))
        return made

    def states(self, order):
        return [row['state'] for row in self.yifen.transfers() if row['order_no'] == order['order_no']]

    def batches(self):
        return [row['state'] for row in self.yifen.query('SELECT state FROM batch ORDER BY id')]

    def cases(self, reason):
        return [case for case in self.yifen.cases() if case['reason'] == reason]

    def payments(self, order):
        return len(self.bank.ledger.rows("SELECT 1 FROM line WHERE other = ? AND kind = 'payment'", order['bank_account']['number']))

    def evening(self):
        self.bank.close_day()
        for role in ('fetch', 'intake', 'pay', 'intake', 'pay'):
            self.yifen.role(role)

    def away(self, away=True):
        """The bank cannot be reached, or can again."""
        self.world.configure(**({'port': 1} if away else {}))

    # ---- backups ----

    def backup(self):
        """The store by our own command."""
        target = os.path.join(self.world.home, 'backup.db')
        if os.path.exists(target):
            os.unlink(target)
        self.yifen.must('backup', target)
        return target

    def put_back(self):
        """Only the store: one file, whatever stood beside it."""
        for name in ('store.db', 'store.db-wal', 'store.db-shm'):
            if os.path.exists(self.yifen.path(name)):
                os.unlink(self.yifen.path(name))
        shutil.copy(os.path.join(self.world.home, 'backup.db'), self.yifen.path('store.db'))

    def copy_all(self, name):
        target = os.path.join(self.world.home, name)
        subprocess.run(['cp', '-a', self.yifen.home, target], check=True)
        return target


def check_backup(bench):
    """One whole file, taken while others write; never over another, never half under its name."""
    bench.orders(3)
    with subprocess.Popen([sys.executable, '-c', BUSY, bench.yifen.path('store.db')], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        target = bench.backup()
        writer.kill()
    tap.equal(sorted(name for name in os.listdir(bench.world.home) if 'backup' in name), ['backup.db'], 'a backup is one file')
    tap.equal(oct(os.stat(target).st_mode & 0o777), '0o600', 'for nobody else')
    with sqlite3.connect(target) as db:
        tap.equal([row[0] for row in db.execute('PRAGMA integrity_check')] + [db.execute('SELECT count(*) FROM purchase').fetchone()[0]],
                  ['ok', bench.made], 'whole, with every order')
        tap.equal(db.execute("SELECT action FROM audit ORDER BY id DESC LIMIT 1").fetchone()[0], 'store.backup', 'and it tells who took it')
    before = os.stat(target).st_mtime_ns
    again = bench.yifen.yifen('backup', target)
    tap.equal((again.returncode, os.stat(target).st_mtime_ns), (1, before), 'an existing file is never replaced')
    tap.has(again.stderr, '已经存在', 'it says so')
    tap.equal(bench.yifen.yifen('backup', os.path.join(bench.world.home, 'nowhere', 'x.db')).returncode, 1, 'a folder that is not there is refused')
    broken = [(how, step) for how in ('END', 'FAIL') for step in range(1, 40) if not whole_or_nothing(bench, target, how, step)]
    tap.equal(broken, [], 'killed or failing at any durable call, it is whole or it is not there')


def whole_or_nothing(bench, target, how, step):
    """Does one broken run leave no file, or a whole one under its name?"""
    os.unlink(target) if os.path.exists(target) else None
    value = str(step) if how == 'END' else f'{step}:{errno.ENOSPC}'
    done = bench.yifen.yifen('backup', target, **{f'YIFEN_SHIM_{how}': value}).returncode == 0
    if not os.path.exists(target):
        return not done
    with sqlite3.connect(target) as db:
        return db.execute('PRAGMA integrity_check').fetchone()[0] == 'ok'


def check_planned(bench):
    """Planned in the backup, paid since."""
    bench.yifen.must('pay', 'hold', '--reason', '演练')
    order, = bench.orders(1)
    bench.yifen.role('pay')
    bench.yifen.must('pay', 'release')
    bench.backup()
    bench.world.turn()
    tap.equal((bench.states(order), bench.payments(order)), (['accepted'], 1), 'planned, backed up, then paid')
    bench.put_back()
    late, = bench.orders(1)
    bench.world.turn()
    bench.world.turn()
    tap.equal((bench.states(order), bench.states(late)), (['planned'], []), 'the store put back sends nothing and plans nothing')
    case, = bench.cases('instance_restored')
    text = bench.yifen.must('case', 'show', str(case['id']))
    tap.ok('数据库比已发出的付款旧' in text and '--restored' in text, 'a case says why and what to do', text)
    tap.equal(bench.yifen.yifen('pay', 'release').returncode, 1, 'an ordinary release does not do')
    tap.equal(bench.yifen.yifen('pay', 'release', '--restored').returncode, 2, 'nor one without a reason')
    bench.world.turn()
    tap.equal(bench.payments(order), 1, 'still nothing')
    tap.has(bench.yifen.must('pay', 'release', '--restored', '--reason', '原机已停，对账单已补'), '1 笔', 'confirmed, it says how many are in doubt')
    tap.equal((bench.states(order), bench.cases('instance_restored')), (['unknown'], []), 'what may have been sent is unknown')
    bench.world.turn()
    tap.equal((bench.payments(order), bench.payments(late)), (1, 1), 'and is not sent again; the new order is paid')
    bench.evening()
    tap.equal((bench.states(order), bench.states(late)), (['booked'], ['booked']), 'the statement says what became of it')


def check_open(bench):
    """In a batch that the backup still believed here."""
    bench.away()
    order, = bench.orders(1)
    bench.world.misbehave(do='mute', account=order['bank_account']['number'], times=1)
    bench.yifen.role('pay')
    tap.equal(bench.batches()[-1], 'sealed', 'a batch that has not left')
    bench.backup()
    bench.away(False)
    bench.world.turn()
    tap.equal(bench.payments(order), 1, 'paid after the backup')
    bench.put_back()
    bench.world.turn()
    tap.equal((bench.batches()[-1], bench.payments(order)), ('sealed', 1), 'put back, it stays where it is')
    bench.yifen.must('pay', 'release', '--restored', '--reason', '已核对')
    tap.equal((bench.batches()[-1], bench.states(order)), ('unknown', ['unknown']), 'confirmed, its fate is unknown')
    bench.world.turn()
    bench.evening()
    tap.equal((bench.batches()[-1], bench.states(order), bench.payments(order)), ('closed', ['booked'], 1), 'and ends with the statement')


def check_unplanned(bench):
    """Not yet planned in the backup: the debit that nothing planned is asked about before anything is sent."""
    order, = bench.orders(1)
    bench.backup()
    bench.world.turn()
    bench.put_back()
    bench.world.turn()
    bench.evening()
    tap.equal((bench.states(order), bench.payments(order)), ([], 1), 'nothing is planned anew')
    tap.equal(len(bench.cases('unknown_debit')), 1, 'people see the debit that this store does not know')
    bench.yifen.must('pay', 'release', '--restored', '--reason', '已核对')


def check_copy(bench):
    """The whole instance copied elsewhere, or put back over itself: neither sends."""
    bench.away()
    order, = bench.orders(1)
    bench.yifen.role('pay')
    old = bench.copy_all('old')
    bench.away(False)
    copy = bench.copy_all('copy')
    standby = Instance.__new__(Instance)
    standby.home, standby.daemon, standby.conf, standby.clock = copy, None, os.path.join(copy, 'yifen.conf'), bench.yifen.clock
    standby.role('pay')
    bench.bank.step()
    tap.equal((bench.payments(order), [case['card']['instance'] for case in standby.cases() if case['reason'] == 'instance_restored']),
              (0, ['elsewhere']), 'a stand-by sends nothing')
    bench.world.turn()
    standby.role('pay')
    bench.bank.step()
    tap.equal((bench.payments(order), bench.states(order)), (1, ['accepted']), 'the first goes on')
    subprocess.run(['cp', '-a', os.path.join(old, '.'), bench.yifen.home], check=True)
    bench.away(False)
    bench.world.turn()
    tap.equal((bench.payments(order), [case['card']['instance'] for case in bench.cases('instance_restored')]), (1, ['elsewhere']),
              'the whole folder put back over itself, keys and pass too, sends nothing')
    bench.yifen.must('pay', 'release', '--restored', '--reason', '已核对')
    bench.world.turn()
    bench.evening()
    tap.equal((bench.payments(order), bench.states(order)), (1, ['booked']), 'nor once confirmed')


def check_pass(bench):
    """The pass lost or torn; then the store ahead of it by one, as a kill leaves it."""
    path = bench.yifen.path('keys', 'sending.pass')
    order, = bench.orders(1)
    with open(path, encoding='ascii') as file:
        text = file.read()
    os.unlink(path)
    bench.world.turn()
    tap.equal((bench.states(order), [case['card']['instance'] for case in bench.cases('instance_restored')]), ([], ['lost']),
              'without its pass an instance sends nothing')
    bench.yifen.must('pay', 'release', '--restored', '--reason', '凭证误删')
    bench.world.turn()
    tap.equal((bench.states(order), bench.payments(order)), (['accepted'], 1), 'confirmed, it goes on')
    with open(path, encoding='ascii') as file:
        tap.ok(int(file.read().split()[1]) > int(text.split()[1]), 'its pass counts on')


def hold_during(bench, when):
    """Runs pay and sets a hold as soon as `when` is true before one of its calls."""
    out, back = bench.yifen.path('run', 'out'), bench.yifen.path('run', 'back')
    for fifo in (out, back):
        if os.path.exists(fifo):
            os.unlink(fifo)
        os.mkfifo(fifo)
    env = bench.yifen.env(YIFEN_SHIM_PAUSE=f'{out},{back}', YIFEN_SHIM_NET='1', YIFEN_SHIM_ROLE='pay')
    held = False
    with subprocess.Popen([place.program('yifend'), '-c', bench.yifen.conf, '--role', 'pay', '--once'], env=env,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        with open(out, encoding='utf-8') as calls, open(back, 'wb', buffering=0) as leave:
            for line in calls:
                if not held and when(line):
                    bench.yifen.must('pay', 'hold', 'cmb', '--reason', '发现异常')
                    held = True
                leave.write(b'.')
    return held


def check_hold(bench):
    """A hold between build and upload, and between upload and rename, stops the batch there."""
    folder = bench.bank.path('in')
    bench.away()
    order, = bench.orders(1)
    bench.yifen.role('pay')
    bench.yifen.must('pay', 'hold', 'cmb', '--reason', '演练')
    bench.away(False)
    bench.world.turn()
    tap.equal((bench.batches()[-1], os.listdir(folder)), ('sealed', []), 'built, then held: nothing is uploaded')
    bench.yifen.must('pay', 'release', 'cmb')
    tap.ok(hold_during(bench, lambda line: ' send ' in line and any(name.endswith('.tmp') for name in os.listdir(folder))),
           'the hold came while it was being uploaded')
    tap.equal((bench.batches()[-1], [name[-4:] for name in os.listdir(folder)], bench.payments(order)), ('uploading', ['.tmp'], 0),
              'uploaded, then held: it is not given to the bank')
    bench.world.turn()
    tap.equal((bench.batches()[-1], bench.payments(order)), ('uploading', 0), 'as long as the hold stands')
    bench.yifen.must('pay', 'release', 'cmb')
    bench.world.turn()
    tap.equal((bench.states(order), bench.payments(order)), (['accepted'], 1), 'released, it goes, once')
    bench.yifen.must('pay', 'hold', '--reason', '演练')
    bench.evening()
    tap.equal(bench.states(order), ['booked'], 'on hold fates are still learnt')
    bench.yifen.must('pay', 'release')


def main():
    or_skip()
    bench = Bench('restore')
    checks = (check_planned, check_open, check_unplanned, check_copy, check_pass, check_hold, check_backup)
    for check in [check for check in checks if check.__name__ in sys.argv] or checks:
        check(bench)
    twice = bench.bank.ledger.rows("SELECT reference FROM line WHERE kind = 'payment' GROUP BY reference HAVING count(*) > 1")
    tap.equal(twice, [], 'no reference was paid twice')
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
