#!/usr/bin/python3
"""Lets every call of a kind fail in turn, once and for ever, in every role on the way of a fen; then restarts, finishes, compares three ledgers.

The kinds: malloc (ours through GLib, which aborts, and those of SQLite, libssh2, OpenSSL), write and fsync of files, connect, send and recv.
The scenes: pay with two new orders, fetch with an answer, intake with it, pay with it; the same after the statement. A role may end well
(0), for a person (100), for now (111), or by abort when memory ends (where it has ended for ever, GLib cannot even say so, and calls
itself until the stack ends); anything else, a sanitizer's word above all, is a fault, and so is work after a failed fsync. Two may fail
without a word, both SQLite's: that of the store's folder when a WAL begins, whose name our own fsync at every open has made safe before,
and the last one of all, in closing. A copy in the front-end machine's folder that could not be synced before it got its name is thrown
away and written anew. --sample takes some of all by seed.

  torture.py [--channel NAME] [--sample N] [--mallocs N] [--seed N] [--kind NAME] [--scene N]"""
import argparse
import concurrent.futures
import os
import random
import shutil
import signal
import struct
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'flow'), HERE]
import state  # noqa: E402
import sweep  # noqa: E402
from lib import orders, place, world as worlds  # noqa: E402
from lib.linked import LinkWorld  # noqa: E402
from lib.world import World  # noqa: E402

KINDS = ('malloc', 'write', 'fsync', 'connect', 'send', 'recv')
CHANNELS = ('sftp', 'folder', 'https')
WALK = ('pay', 'step', 'fetch', 'intake', 'pay', 'day', 'fetch', 'intake', 'pay', 'intake')
ENDS = (0, 100, 111)
ABORTS = (-signal.SIGABRT, -signal.SIGTRAP)
OOM = os.path.join(os.path.dirname(place.SHIM), 'oom.so')


class Scene:
    """A role about to run, with the state before it."""

    def __init__(self, world, channel, number, role, home):
        self.world, self.channel, self.number, self.role, self.home = world, channel, number, role, home

    def set_out(self, home):
        """A copy of it."""
        shutil.copytree(self.home, home)
        state.move_conf(self.home, home)


def scenes(folder, channel):
    """Walks the path once, keeping the state before every role."""
    home = os.path.join(folder, channel)
    world = LinkWorld(home, 'cmb') if channel == 'https' else World(home, pays=('cmb',), kind=channel)
    world.yifen.must('order', 'import', orders.write(os.path.join(folder, 'orders.jsonl'), orders.online(2)))
    kept = []
    for number, act in enumerate(WALK):
        if act not in ('step', 'day'):
            home = os.path.join(folder, f'{channel}{number}')
            state.copy(world.home, home)
            state.move_conf(world.home, home)
            kept.append(Scene(world, channel, number, act, home))
        sweep.walk(world, act)
    return world, kept


def run(scene, home, kind, k, ever):
    """One role with one kind of call broken from (or at) the k-th; k 0: none, for counting. Gives the process and the number of calls."""
    world, counter = sweep.Copy(home, scene.world), os.path.join(home, 'count')
    with open(counter, 'wb') as file:
        file.write(struct.pack('<q', 0))
    order = f"{k or 1 << 40}{':ever' if ever else ''}"
    env = dict(YIFEN_SHIM_BREAK=f'{kind}:{order}', YIFEN_SHIM_BROKEN=counter, YIFEN_SHIM_TRACE=trace_of(home))
    if kind == 'malloc':
        env = dict(LD_PRELOAD=f'{place.SHIM} {OOM}', YIFEN_OOM_AT=order, YIFEN_OOM_COUNT=counter)
    try:
        done = world.yifen.role(scene.role, check=False, timeout=120, **env)
    finally:
        world.close()
    with open(counter, 'rb') as file:
        return done, struct.unpack('<q', file.read(8))[0]


def trace_of(home):
    return os.path.join(home, 'calls.log')


def went_on(home, k):
    """Of what the k-th fsync was, which failed, when the role went on after it; else None."""
    with open(trace_of(home), encoding='utf-8') as file:
        calls = [line.split(maxsplit=2)[1:] for line in file]
    syncs = [i for i, (call, _) in enumerate(calls) if call in ('fsync', 'fdatasync')]
    call, path = calls[syncs[k - 1]]
    of_sqlite = call == 'fdatasync' and path.rstrip().endswith('/yifen') or syncs[k - 1] == len(calls) - 1
    excused = of_sqlite or '/bank/in' in path
    return None if excused else f'{call} {path.rstrip()}'


def judge_end(done, home, kind, k, ever):
    """What is wrong with how the role ended."""
    allowed = ENDS + (ABORTS if kind == 'malloc' else ()) + ((-signal.SIGSEGV,) if kind == 'malloc' and ever else ())
    if 'Sanitizer' in done.stderr or 'runtime error:' in done.stderr:
        return [done.stderr[-1500:]]
    if done.returncode not in allowed:
        return [f'ended with {done.returncode}: {done.stderr[-300:]}']
    if kind == 'fsync' and done.returncode == 0 and went_on(home, k):
        return [f'a failed fsync, and it went on: {went_on(home, k)}']
    return []


def one(folder, scene, kind, k, ever):
    """Breaks, restarts, finishes. Faults found, and how the role ended."""
    home = os.path.join(folder, f"{scene.channel}-{scene.number}-{kind}-{k}-{'ever' if ever else 'once'}")
    scene.set_out(home)
    done, _ = run(scene, home, kind, k, ever)
    found = judge_end(done, home, kind, k, ever)
    return (found or sweep.recover(home, (), scene.world)), done.returncode


def count(folder, scene, kind):
    home = os.path.join(folder, f'count-{scene.channel}-{scene.number}-{kind}')
    scene.set_out(home)
    _, calls = run(scene, home, kind, 0, False)
    shutil.rmtree(home)
    return calls


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--sample', type=int, default=0, help='so many of all kinds together')
    parser.add_argument('--mallocs', type=int, default=2000, help='so many of malloc, where all others are tried')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--kind', choices=KINDS, action='append')
    parser.add_argument('--channel', choices=CHANNELS, action='append')
    parser.add_argument('--scene', type=int, action='append', help='place of the role on the way')
    return parser.parse_args()


def plan(folder, kept, kinds, options):
    """Every (scene, kind, k, ever) there is, and those to do: of each kind alike."""
    every = {kind: [(scene, kind, k, ever) for scene in kept for k in range(1, count(folder, scene, kind) + 1) for ever in (False, True)]
             for kind in kinds}
    rng, chosen = random.Random(options.seed), []
    for kind in kinds:
        share = options.sample // len(kinds) if options.sample else options.mallocs if kind == 'malloc' else len(every[kind])
        chosen += rng.sample(every[kind], min(share, len(every[kind])))
        print(f'{kind}: {len(every[kind])} failures, {min(share, len(every[kind]))} tried', flush=True)
    return sum(map(len, every.values())), chosen


def torture(folder, options):
    # Under a sanitizer memory is the sanitizer's; then only the others fail. Leaks are judged by whole stacks, which libcrypto hides else.
    sanitized = 'address' in place.BUILD
    os.environ['ASAN_OPTIONS'] = 'fast_unwind_on_malloc=0'
    os.environ['LSAN_OPTIONS'] = f"suppressions={os.path.join(HERE, 'leaks.supp')}:print_suppressions=0"
    kinds = options.kind or [kind for kind in KINDS if kind != 'malloc' or not sanitized]
    sweep.take_programs(folder)
    made = [scenes(folder, channel) for channel in options.channel or CHANNELS]
    kept = [scene for _, some in made for scene in some if not options.scene or scene.number in options.scene]
    total, chosen = plan(folder, kept, kinds, options)
    bad, ends = 0, {}
    with concurrent.futures.ThreadPoolExecutor(4 * (os.cpu_count() or 2)) as pool:
        for what, (found, code) in zip(chosen, pool.map(lambda what: one(folder, *what), chosen)):
            scene, kind, k, ever = what
            ends[(kind, code)] = ends.get((kind, code), 0) + 1
            if found:
                bad += 1
                print(f"BAD {scene.channel}, scene {scene.number} ({scene.role}), {kind} {k}{' and all after it' if ever else ''}: {found[0]}", flush=True)
    for world, _ in made:
        world.close()
    print('ends: ' + ', '.join(f'{kind} {code}: {times}' for (kind, code), times in sorted(ends.items())))
    print(f'{len(chosen)} of {total} failures{" under sanitizers" if sanitized else ""}: {bad} bad')
    return 1 if bad else 0


def main():
    why = worlds.why_not() or (None if os.path.exists(OOM) else 'tests/oom.so is not built')
    if why:
        print('SKIP ' + why)
        return 0
    folder = tempfile.mkdtemp(prefix='yifen-torture-', dir='/dev/shm' if os.access('/dev/shm', os.W_OK) else None)
    code = 1
    try:
        code = torture(folder, arguments())
    finally:
        if code == 0 or not os.environ.get('KEEP'):
            shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == '__main__':
    sys.exit(main())
