#!/usr/bin/python3
"""Ends the verification path at every durable call, in every way, restarts, runs to the end, and compares three ledgers.

The path: orders come in waves, a wave a day; pay plans, seals and uploads; the bank answers and closes its day; fetch, intake and pay
read what came. One run walks it under tests/shim.so, which stops before every durable call (and every send to the bank's server)
of the roles. There it may end by a kill, or by a power cut that loses all that was not fsynced, or random parts of it, or tears the
newest write (disk.py). Endings that SQLite and we read alike are one state; of those thrown together a part is written down and
compared row by row. Each state is recovered once: every role runs to the end, then all once more, which must change nothing. Where
a message lies at the bank unread, a second copy has the bank read it before we are back; a direct link's bank did what it was told before the
next call, so that the same disk of ours is met with and without the fen. Some calls are also broken for real: killed
before, after or in the middle, to show that a copied state is what a kill leaves, or failing as a bad or a full disk does.

  sweep.py [--transfers N] [--wave N] [--kills N] [--every N] [--seed N] [--first]
           [--channel sftp|folder|https]"""
import argparse
import collections
import concurrent.futures
import errno
import functools
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'flow'), HERE]
import disk  # noqa: E402
import judge  # noqa: E402
import direct  # noqa: E402
import state  # noqa: E402
from lib import orders, place, world as worlds  # noqa: E402
from lib.instance import Instance  # noqa: E402
from lib.linked import LinkWorld  # noqa: E402
from lib.world import World  # noqa: E402

# What happens on the path; a role is swept, "step" and "day" are the bank's.
PATH = ('pay', 'step', 'fetch', 'intake', 'pay', 'day', 'fetch', 'intake', 'pay', 'intake')
DAYS = 8  # of bank time that a recovery may take
COMPARED = 0.05  # of the ends thrown together with one of each ten states


class Found(Exception):
    """A fault, and one is enough."""


class Copy:
    """A world in another folder, sharing the servers of `first`, but for the server of a direct link: that it has for itself.
    Whatever a crash left of its store, our own program opens it first."""

    def __init__(self, home, first=None):
        self.home = home
        self.bank = worlds.Bank(os.path.join(home, 'bank'))
        self.yifen = Instance.__new__(Instance)
        self.yifen.home, self.yifen.daemon = os.path.join(home, 'yifen'), None
        self.yifen.conf, self.yifen.clock = os.path.join(home, 'yifen', 'yifen.conf'), self.bank.clock.path
        self.yifen.must('status')
        self.yifen.pays_since_long()  # its bank's folders lie elsewhere, which would be another channel
        self.direct = None
        if isinstance(first, LinkWorld):
            self.direct = direct.Direct(self.bank, first.keys, first.linked)
            self.lead(first.link.port, self.direct.port)

    def lead(self, port, other):
        """Who connects to the one port comes to the other. Not in the configuration: a channel that has changed must be proven anew."""
        self.yifen.env = functools.partial(self.yifen.env, YIFEN_SHIM_PORT=f'{port}:{other}')

    def close(self):
        if self.direct:
            self.direct.close()


def edit(path, *changes):
    """Replaces texts, each of which must be there, in a file."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    for old, new in changes:
        assert old in text, (path, old)
        text = text.replace(old, new)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def walk(world, act):
    """One stage of the path."""
    if act == 'step':
        world.bank.step()
    elif act == 'day':
        world.bank.close_day()
    else:
        world.yifen.role(act)


def finish(world):
    """Restarts and goes on until every transfer has its end, or DAYS are over."""
    for _ in range(DAYS):
        for act in ('pay', 'pay', 'step', 'day', 'fetch', 'intake', 'pay', 'intake'):
            walk(world, act)
        if judge.at_an_end(world):
            return


def once_more(world):
    """What changed by running every role again."""
    store = os.path.join(world.home, state.STORE)
    before = disk.read(store), state.rows(store)
    for role in ('fetch', 'intake', 'pay'):
        world.yifen.role(role)
    if disk.read(store) == before[0]:  # the WAL is gone: no page was written
        return []
    return [f'once more changed {row}' for row in sorted(set(state.rows(store)) ^ set(before[1]))[:4]]


def recover(home, acts=(), first=None):
    """Faults found after the recovery of one state; the folder goes when there are none."""
    world = None
    try:
        world = Copy(home, first)
        for act in acts:
            walk(world, act)
        finish(world)
        found = judge.faults(world) + once_more(world)
    except Exception as error:  # pylint: disable=broad-except
        found = [f'{type(error).__name__}: {error}']
    finally:
        if world:
            world.close()
    if not found:
        shutil.rmtree(home, ignore_errors=True)
    return found


class Sweep:
    def __init__(self, folder, world, options):
        self.folder, self.world, self.options = folder, world, options
        self.seen, self.calls, self.ends, self.compared, self.bad = {}, 0, collections.Counter(), 0, []
        self.disk, self.turn = None, 0
        self.rng = random.Random(options.seed)
        self.pool = concurrent.futures.ThreadPoolExecutor(4 * (os.cpu_count() or 2))  # a recovery mostly waits for servers
        self.room = threading.Semaphore(40)  # states that wait on disk
        self.recoveries = []

    def _recover(self, where, home, acts):
        try:
            found = recover(home, acts, self.world)
            if found:
                self.fault(where, home, found)
        finally:
            self.room.release()

    def fault(self, where, home, found):
        self.bad.append((where, home, found))
        print(f'  BAD {where}: {found[0]}  [{home}]', flush=True)

    def look(self, where):
        """All ends that are possible here; those that are new states are recovered in the background."""
        if self.options.first and self.bad:
            raise Found
        folder = os.path.join(self.world.home, 'bank', 'in')
        done = self.world.bank.ledger.rows('SELECT count(*) AS n FROM line')[0]['n']
        bank = (self.turn, done, *sorted((entry.name, entry.stat().st_size) for entry in os.scandir(folder)))
        for ending in self.disk.endings(self.rng):
            self.ends[ending.how] += 1
            self._end(f'{where}: {ending.how}', ending, (bank, self.disk.key(ending)))

    def _end(self, where, ending, key):
        if key not in self.seen:
            self._new(where, ending, key)
        elif self.seen[key] and self.rng.random() < COMPARED:
            self._compare(where, ending, self.seen[key])

    def _write(self, ending):
        home = os.path.join(self.folder, f'at-{sum(self.ends.values())}')
        self.disk.write(ending, self.world.home, home)
        return home

    def _new(self, where, ending, key):
        number = len(self.seen)
        self.seen[key] = None
        if number % self.options.every:
            return
        home = self._write(ending)
        if number % (10 * self.options.every) == 0:
            self.seen[key] = state.digest(home)
        if any(name.endswith('.xml') for name in os.listdir(os.path.join(home, 'bank', 'in'))):
            shutil.copytree(home, home + '-read')
            state.move_conf(home, home + '-read')
            self._submit(where + ', the bank reads first', home + '-read', ('step',))
        self._submit(where, home, ())

    def _compare(self, where, ending, digest):
        """It was taken for a state that is known: is it that one, row by row and byte by byte?"""
        home = self._write(ending)
        self.compared += 1
        if state.digest(home) != digest:
            self.fault(where, home, ['not the state that it was taken for'])
        else:
            shutil.rmtree(home)

    def _submit(self, where, home, acts):
        self.room.acquire()
        self.recoveries.append(self.pool.submit(self._recover, where, home, acts))

    def _follow(self, out, back, where):
        with open(out, encoding='utf-8') as points, open(back, 'wb', buffering=0) as leave:
            for line in points:
                self.calls += 1
                began = time.monotonic()
                self.disk.landed()
                self.look(f'{where}, call {line.split(chr(9))[0]}')
                self.disk.coming(line)
                self.world.bank.clock.add(began - time.monotonic())  # looking takes the role no time
                leave.write(b'.')

    def stage(self, role, stage):
        """Runs one role to its end, looking before each of its durable calls."""
        out, back = (os.path.join(self.folder, f'{stage}-{name}') for name in ('out', 'back'))
        os.mkfifo(out)
        os.mkfifo(back)
        command = [place.program('yifend'), '-c', self.world.yifen.conf, '--role', role, '--once']
        env = self.world.yifen.env(YIFEN_SHIM_PAUSE=f'{out},{back}', YIFEN_SHIM_NET='1', YIFEN_SHIM_ROLE=role)
        began, self.disk = self.calls, disk.Disk(self.world.home)
        with open(os.path.join(self.folder, 'roles.log'), 'ab') as log:
            child = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            self._follow(out, back, f'stage {stage} ({role})')
        except Found:
            child.kill()
            child.wait()
            raise
        if child.wait() != 0:
            raise RuntimeError(f'role {role} ended with {child.returncode}, see {self.folder}/roles.log')
        self.disk.landed()
        self.look(f'stage {stage} ({role}), its end')
        return self.calls - began

    def wait(self):
        for recovery in self.recoveries:
            recovery.result()


HOWS = ('before', 'after', 'torn', f'fails:{errno.EIO}', f'fails:{errno.ENOSPC}')


def break_for_real(folder, first, base, k, how):
    """From the base state of the first world: the first pay is killed at its k-th durable call, or that call fails; then all is recovered."""
    home = os.path.join(folder, f'break-{k}-{how}')
    shutil.copytree(base, home)
    state.move_conf(base, home)
    world, counter = Copy(home, first), os.path.join(home, 'count')
    with open(counter, 'wb') as file:
        file.write(struct.pack('<q', 0))
    kills = not how.startswith('fails:')
    order = {'YIFEN_SHIM_END': f'{k}:{how}'} if kills else {'YIFEN_SHIM_FAIL': f"{k}:{how.split(':')[1]}"}
    try:
        done = world.yifen.role('pay', check=False, YIFEN_SHIM_COUNT=counter, YIFEN_SHIM_NET='1', **order)
        if kills and done.returncode != -signal.SIGKILL:
            return [f'the role should have been killed at {k}, and ended with {done.returncode}']
        return recover(home, (), first)
    finally:
        world.close()


def real_breaks(folder, first, base, calls, number):
    rng = random.Random(7)
    points = [(rng.randint(1, calls), rng.choice(HOWS)) for _ in range(number)]
    bad = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for (k, how), found in zip(points, pool.map(lambda p: break_for_real(folder, first, base, *p), points)):
            if found:
                bad.append((f'call {k} of the first pay, {how}', folder, found))
                print(f'  BAD call {k} of the first pay, {how}: {found[0]}', flush=True)
    return bad


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--transfers', type=int, default=1000)
    parser.add_argument('--wave', type=int, default=25, help='orders that come in one day')
    parser.add_argument('--kills', type=int, default=20, help='calls killed, or made to fail, for real')
    parser.add_argument('--first', action='store_true', help='end at the first fault')
    parser.add_argument('--every', type=int, default=1, help='recover only each N-th distinct state')
    parser.add_argument('--seed', type=int, default=1, help='of what is lost and where writes tear')
    parser.add_argument('--channel', choices=('sftp', 'folder', 'https'), default='sftp')
    return parser.parse_args()


def path(run, world, wave, began):
    """Walks it for one wave of orders; gives the number of durable calls of its first stage."""
    first = 0
    for stage, act in enumerate(PATH):
        if act in ('step', 'day'):
            walk(world, act)
            run.turn += 1
            continue
        calls = run.stage(act, f'{wave}.{stage}')
        first = first or calls
    print(f'wave {wave}: {run.calls} durable calls, {sum(run.ends.values())} ends, {len(run.seen)} distinct states, '
          f'{len(run.recoveries)} recoveries, {time.monotonic() - began:.0f} s', flush=True)
    return first


def waves(folder, run, world, options, began):
    """The whole walk; then breaks the first pay for real."""
    first, base = 0, os.path.join(folder, 'base')
    for wave, start in enumerate(range(0, options.transfers, options.wave)):
        made = orders.online(min(options.wave, options.transfers - start), start=start + 1)
        world.yifen.must('order', 'import', orders.write(os.path.join(folder, 'orders.jsonl'), made))
        if wave == 0:
            state.copy(world.home, base)
        calls = path(run, world, wave, began)
        first = first or calls
    run.wait()
    run.bad += [('the walk itself', '', found) for found in [judge.faults(world)] if found]
    run.bad += real_breaks(folder, world, base, first, options.kills)


def sweep(folder, options):
    began = time.monotonic()
    home = os.path.join(folder, 'world')
    world = LinkWorld(home, 'cmb') if options.channel == 'https' else World(home, pays=('cmb',), kind=options.channel)
    run = Sweep(folder, world, options)
    try:
        waves(folder, run, world, options, began)
    except Found:
        run.wait()
    world.close()
    ends = ', '.join(f'{count} {how}' for how, count in run.ends.items())
    print(f'{options.transfers} transfers, {run.calls} durable calls, {sum(run.ends.values())} ends ({ends}): {len(run.seen)} distinct '
          f'states, one in {options.every} recovered, {len(run.recoveries)} recoveries, {run.compared} ends compared with their state row by row, '
          f'{options.kills} calls broken for real: {len(run.bad)} bad; {time.monotonic() - began:.0f} s')
    for where, home, found in run.bad[:10]:
        print(f'{where} [{home}]\n  ' + '\n  '.join(found[:5]))
    return 1 if run.bad else 0


def take_programs(folder):
    """Copies of the programs: somebody may build meanwhile."""
    os.mkdir(os.path.join(folder, 'bin'))
    for name in ('yifen', 'yifend', 'yifen-parse'):
        shutil.copy2(place.program(name), os.path.join(folder, 'bin', name))
    shutil.copy2(place.SHIM, os.path.join(folder, 'bin', 'shim.so'))
    place.BUILD, place.SHIM = os.path.join(folder, 'bin'), os.path.join(folder, 'bin', 'shim.so')


def main():
    why = worlds.why_not()
    if why:
        print('SKIP ' + why)
        return 0
    os.environ['YIFEN_SHIM_STAMP'] = '1'  # a copied world is what a kill left in its place, not another instance
    room = '/dev/shm' if os.access('/dev/shm', os.W_OK) and not os.environ.get('TMPDIR') else None
    folder = tempfile.mkdtemp(prefix='yifen-crash-', dir=room)
    code = 1
    try:
        take_programs(folder)
        code = sweep(folder, arguments())
    finally:
        if code == 0 or not os.environ.get('KEEP'):
            shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == '__main__':
    sys.exit(main())
