#!/usr/bin/python3
"""The shim itself: it must move the clock and break exactly the k-th durable call, or every test built on it proves nothing."""
import os
import signal
import struct
import subprocess
import sys

from lib import place, tap

VICTIM = '''
import os, sys, time
d = sys.argv[1]
fd = os.open(d + '/a.tmp', os.O_WRONLY | os.O_CREAT)   # no durable call yet
os.write(fd, b'12345678')                              # 1
os.fsync(fd)                                           # 2
os.pwrite(fd, b'9', 0)                                 # 3
os.close(fd)
os.rename(d + '/a.tmp', d + '/a')                      # 4
os.mkdir(d + '/run')                                   # 5
open(d + '/run/bell', 'w').close()
fd = os.open(d + '/run/bell', os.O_WRONLY)
os.write(fd, b'.')                                     # not counted: below run
dd = os.open(d, os.O_RDONLY)
os.fsync(dd)                                           # 6
os.unlink(d + '/a')                                    # 7
'''


def run(folder, *arguments, **env):
    word = os.path.join(folder, 'count')
    with open(word, 'wb') as file:
        file.write(struct.pack('<q', 0))
    work = os.path.join(folder, 'work')
    subprocess.run(['rm', '-rf', work], check=True)
    os.mkdir(work)
    trace = os.path.join(folder, 'trace')
    if os.path.exists(trace):
        os.unlink(trace)
    env = dict(os.environ, LD_PRELOAD=place.SHIM, YIFEN_SHIM_COUNT=word, YIFEN_SHIM_TRACE=trace, PYTHONDONTWRITEBYTECODE='1', **env)
    env['ASAN_OPTIONS'] = 'verify_asan_link_order=0'
    done = subprocess.run([sys.executable, '-c', VICTIM, work, *arguments], env=env, capture_output=True, text=True)
    with open(word, 'rb') as file:
        calls = struct.unpack('<q', file.read(8))[0]
    return done, calls, sorted(os.listdir(work)), open(trace, encoding='utf-8').read() if os.path.exists(trace) else ''


def test_count(folder):
    done, calls, left, trace = run(folder)
    tap.equal(done.returncode, 0, 'without orders the victim lives')
    tap.equal(calls, 7, 'seven durable calls are counted')
    tap.equal([line.split()[1] for line in trace.splitlines()],
              ['write', 'fsync', 'pwrite', 'rename', 'mkdir', 'fsync', 'unlink'], 'the trace names them in order')
    tap.equal(left, ['run'], 'they were done')


def test_end(folder):
    wanted = {1: ['a.tmp'], 4: ['a.tmp'], 5: ['a'], 7: ['a', 'run']}
    for k, left in wanted.items():
        done, calls, found, _ = run(folder, YIFEN_SHIM_END=str(k))
        tap.equal((done.returncode, calls, found), (-signal.SIGKILL, k, left), f'killed before call {k}')
    done, _, found, _ = run(folder, YIFEN_SHIM_END='4:after')
    tap.equal((done.returncode, found), (-signal.SIGKILL, ['a']), 'killed after call 4: the rename was done')
    run(folder, YIFEN_SHIM_END='1:torn')
    tap.equal(os.path.getsize(os.path.join(folder, 'work', 'a.tmp')), 4, 'a torn write leaves half')
    done, calls, _, _ = run(folder, YIFEN_SHIM_END='8')
    tap.equal((done.returncode, calls), (0, 7), 'an end past the last call ends nothing')


def test_fail(folder):
    done, _, found, _ = run(folder, YIFEN_SHIM_FAIL='4:28')
    tap.has(done.stderr, '[Errno 28]', 'the 4th call fails with the errno asked for')
    tap.equal(found, ['a.tmp'], 'and did nothing')


def test_role(folder):
    _, calls, _, _ = run(folder, YIFEN_SHIM_ROLE='pay', YIFEN_SHIM_END='2')
    tap.equal(calls, 0, 'another role is left alone')
    done, calls, _, _ = run(folder, '--role', 'pay', YIFEN_SHIM_ROLE='pay', YIFEN_SHIM_END='2')
    tap.equal((done.returncode, calls), (-signal.SIGKILL, 2), 'the role named is hit')


def test_clock(folder):
    clock = os.path.join(folder, 'clock')
    with open(clock, 'wb') as file:
        file.write(struct.pack('<q', 86400 * 1000000 + 500000))
    env = dict(os.environ, LD_PRELOAD=place.SHIM, YIFEN_SHIM_CLOCK=clock, ASAN_OPTIONS='verify_asan_link_order=0')
    code = 'import time; print(time.time(), time.clock_gettime(time.CLOCK_MONOTONIC))'
    shifted, steady = map(float, subprocess.run([sys.executable, '-c', code], env=env, capture_output=True, text=True).stdout.split())
    plain, base = map(float, subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout.split())
    tap.ok(86395 < shifted - plain < 86401, 'the wall clock is a day ahead', shifted - plain)
    tap.ok(-5 < steady - base < 5, 'the steady clock is not', steady - base)


def test_pause(folder):
    out, back = os.path.join(folder, 'out'), os.path.join(folder, 'back')
    os.mkfifo(out)
    os.mkfifo(back)
    os.mkdir(os.path.join(folder, 'w'))
    env = dict(os.environ, LD_PRELOAD=place.SHIM, YIFEN_SHIM_PAUSE=f'{out},{back}', ASAN_OPTIONS='verify_asan_link_order=0')
    victim = subprocess.Popen([sys.executable, '-c', VICTIM, os.path.join(folder, 'w')], env=env)
    seen = []
    with open(out, encoding='utf-8') as points, open(back, 'wb', buffering=0) as leave:
        for line in points:
            seen.append((line.split()[1], os.path.exists(os.path.join(folder, 'w', 'a'))))
            leave.write(b'.')
    tap.equal(victim.wait(), 0, 'a paused victim goes on')
    tap.equal(seen[3:5], [('rename', False), ('mkdir', True)], 'and is seen between its calls')


def main():
    if not os.path.exists(place.SHIM):
        tap.skip_all('tests/shim.so is not built')
    for test in (test_count, test_end, test_fail, test_role, test_clock, test_pause):
        test(place.scratch('shim'))
    tap.done()


main()
