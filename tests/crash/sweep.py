#!/usr/bin/python3
"""Kills the verification path at every durable call, restarts, runs to the end, and compares with the bank's ledger.

The path: orders are in; pay plans, seals and uploads; the bank answers and closes its day; fetch, intake and pay read what came. One
run walks it under tests/shim.so, which stops before every durable call (and every byte sent to the SFTP server) of the
roles. What a kill there would leave is copied aside. States that are equal, row by row and byte by byte, are recovered
once: every role runs to the end, then all once more, which must change nothing. Where a message lies at the bank unread, a
second copy has the bank read it before we are back. Some calls are also broken for real: killed before, after or in
the middle, to show that a copied state is what a kill leaves, or failing as a bad or a full disk does.

  sweep.py [--transfers N] [--kills N] [--every N] [--first]"""
import argparse
import concurrent.futures
import errno
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
import judge  # noqa: E402
import state  # noqa: E402
from lib import orders, place, world as worlds  # noqa: E402
from lib.instance import Instance  # noqa: E402
from lib.world import World  # noqa: E402

# What happens on the path; a role is swept, "step" and "day" are the bank's.
PATH = ('pay', 'step', 'fetch', 'intake', 'pay', 'day', 'fetch', 'intake', 'pay', 'intake')
DAYS = 8  # of bank time that a recovery may take


class Found(Exception):
    """A fault, and one is enough."""


class Copy:
    """A world in another folder, sharing the servers of the first."""

    def __init__(self, home):
        self.home = home
        self.bank = worlds.Bank(os.path.join(home, 'bank'))
        self.yifen = Instance.__new__(Instance)
        self.yifen.home, self.yifen.daemon = os.path.join(home, 'yifen'), None
        self.yifen.conf, self.yifen.clock = os.path.join(home, 'yifen', 'yifen.conf'), self.bank.clock.path


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
    before = state.rows(os.path.join(world.home, state.STORE))
    for role in ('fetch', 'intake', 'pay'):
        world.yifen.role(role)
    after = state.rows(os.path.join(world.home, state.STORE))
    return [f'once more changed {row}' for row in sorted(set(after) ^ set(before))[:4]]


def recover(home, acts=()):
    """Faults found after the recovery of one state; the folder goes when there are none."""
    world = Copy(home)
    try:
        for act in acts:
            walk(world, act)
        finish(world)
        found = judge.faults(world) + once_more(world)
    except Exception as error:  # pylint: disable=broad-except
        found = [f'{type(error).__name__}: {error}']
    if not found:
        shutil.rmtree(home, ignore_errors=True)
    return found


class Sweep:
    def __init__(self, folder, world, options):
        self.folder, self.world, self.options = folder, world, options
        self.seen, self.calls, self.states, self.bad = set(), 0, 0, []
        self.wal = state.Wal(os.path.join(world.home, state.STORE + '-wal'))
        self.last = None
        self.pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2)
        self.room = threading.Semaphore(24)  # states that wait on disk
        self.recoveries = []

    def _recover(self, where, home, acts):
        try:
            found = recover(home, acts)
            if found:
                self.bad.append((where, home, found))
                print(f'  BAD {where}: {found[0]}  [{home}]', flush=True)
        finally:
            self.room.release()

    def look(self, where):
        """The state as a kill here would leave it: recovered in the background when it is new."""
        mark = state.fingerprint(self.world.home, self.wal)
        if mark == self.last:
            return
        self.last = mark
        if self.options.first and self.bad:
            raise Found
        home = os.path.join(self.folder, f'at-{self.calls}')
        state.copy(self.world.home, home)
        digest = state.digest(home)
        if digest in self.seen or (self.options.every > 1 and len(self.seen) % self.options.every):
            self.seen.add(digest)
            shutil.rmtree(home)
            return
        self.seen.add(digest)
        unread = any(name.endswith('.xml') for name in os.listdir(os.path.join(home, 'bank', 'in')))
        if unread:
            shutil.copytree(home, home + '-read')
            state.move_conf(home, home + '-read')
            self._submit(where + ', the bank reads first', home + '-read', ('step',))
        self._submit(where, home, ())

    def _submit(self, where, home, acts):
        self.states += 1
        self.room.acquire()
        self.recoveries.append(self.pool.submit(self._recover, where, home, acts))

    def _follow(self, out, back, where):
        with open(out, encoding='utf-8') as points, open(back, 'wb', buffering=0) as leave:
            for line in points:
                self.calls += 1
                began = time.monotonic()
                self.look(f'{where}, call {line.strip()}')
                self.world.bank.clock.add(began - time.monotonic())  # looking takes the role no time
                leave.write(b'.')

    def stage(self, role, stage):
        """Runs one role to its end, looking before each of its durable calls."""
        out, back = (os.path.join(self.folder, f'{stage}-{name}') for name in ('out', 'back'))
        os.mkfifo(out)
        os.mkfifo(back)
        command = [place.program('yifend'), '-c', self.world.yifen.conf, '--role', role, '--once']
        env = self.world.yifen.env(YIFEN_SHIM_PAUSE=f'{out},{back}', YIFEN_SHIM_NET='1', YIFEN_SHIM_ROLE=role)
        began = self.calls
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
        self.look(f'stage {stage} ({role}), its end')
        return self.calls - began

    def wait(self):
        for recovery in self.recoveries:
            recovery.result()


HOWS = ('before', 'after', 'torn', f'fails:{errno.EIO}', f'fails:{errno.ENOSPC}')


def break_for_real(folder, base, k, how):
    """From the base state: the first pay is killed at its k-th durable call, or that call fails; then all is recovered."""
    home = os.path.join(folder, f'break-{k}-{how}')
    shutil.copytree(base, home)
    state.move_conf(base, home)
    world = Copy(home)
    counter = os.path.join(home, 'count')
    with open(counter, 'wb') as file:
        file.write(struct.pack('<q', 0))
    kills = not how.startswith('fails:')
    order = {'YIFEN_SHIM_END': f'{k}:{how}'} if kills else {'YIFEN_SHIM_FAIL': f"{k}:{how.split(':')[1]}"}
    done = world.yifen.role('pay', check=False, YIFEN_SHIM_COUNT=counter, YIFEN_SHIM_NET='1', **order)
    if kills and done.returncode != -signal.SIGKILL:
        return [f'the role should have been killed at {k}, and ended with {done.returncode}']
    return recover(home)


def real_breaks(folder, base, calls, number):
    rng = random.Random(7)
    points = [(rng.randint(1, calls), rng.choice(HOWS)) for _ in range(number)]
    bad = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for (k, how), found in zip(points, pool.map(lambda p: break_for_real(folder, base, *p), points)):
            if found:
                bad.append((f'call {k} of the first pay, {how}', folder, found))
                print(f'  BAD call {k} of the first pay, {how}: {found[0]}', flush=True)
    return bad


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--transfers', type=int, default=100)
    parser.add_argument('--kills', type=int, default=20, help='calls killed, or made to fail, for real')
    parser.add_argument('--first', action='store_true', help='end at the first fault')
    parser.add_argument('--every', type=int, default=1, help='recover only each N-th distinct state')
    return parser.parse_args()


def path(run, world, began):
    """Walks it; gives the number of durable calls of its first stage."""
    first = 0
    for stage, act in enumerate(PATH):
        if act in ('step', 'day'):
            walk(world, act)
            continue
        calls = run.stage(act, stage)
        first = first or calls
        print(f'stage {stage} {act}: {calls} durable calls, {len(run.seen)} distinct states so far, '
              f'{time.monotonic() - began:.0f} s', flush=True)
    return first


def sweep(folder, options):
    began = time.monotonic()
    world = World(os.path.join(folder, 'world'), pays=('cmb',))
    made = orders.online(options.transfers)
    world.yifen.must('order', 'import', orders.write(os.path.join(folder, 'orders.jsonl'), made))
    base = os.path.join(folder, 'base')
    state.copy(world.home, base)
    run = Sweep(folder, world, options)
    try:
        first = path(run, world, began)
        run.wait()
        run.bad += [('the walk itself', '', found) for found in [judge.faults(world)] if found]
        run.bad += real_breaks(folder, base, first, options.kills)
    except Found:
        run.wait()
    world.close()
    bad = run.bad
    print(f'{options.transfers} transfers, {run.calls} durable calls, {len(run.seen)} distinct states, {run.states} recoveries, '
          f'{options.kills} calls broken for real: {len(bad)} bad; {time.monotonic() - began:.0f} s')
    for where, home, found in bad[:10]:
        print(f'{where} [{home}]\n  ' + '\n  '.join(found[:5]))
    return 1 if bad else 0


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
