#!/usr/bin/python3
"""Files made to hurt: every one through yifen-parse, measured, and all of them in one run through the inbox of a living daemon."""
import os
import resource
import shutil
import subprocess
import sys
import time

from lib import corpus, place, tap
from lib.instance import NUMBERS, OWNER, Instance, count, section
from lib.process import wait_for

from bank import camt
from bank.clock import Clock

SECONDS, MEMORY = 5, 256 << 10  # KiB
GOOD = 'good.xml'


def good_file():
    line = dict(id=1, day='2026-11-02', time='10:00:00', amount=73500, name='某某公司', other='41000001', remark='货款', reference=None, returns=None)
    moment = Clock(os.path.join(place.scratch('clock'), 'clock')).now()
    return camt.write('camt.053.001.08', dict(number=NUMBERS['cmb'], name=OWNER), '2026-11-02', '2026-11-02', 10000, [line], 1, moment)


def make_files(folder):
    """All of them in a folder; gives their names."""
    subprocess.run([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib', 'hostile.py'), folder], check=True)
    for i, path in enumerate(corpus.files('malformed') if place.shared('corpus', 'malformed') else []):
        shutil.copy(path, os.path.join(folder, f'other-{i:03}-{os.path.basename(path)}'))
    return sorted(os.listdir(folder))


def measure(path):
    """Wait status, seconds and peak memory in KiB of a yifen-parse by itself."""
    with open(path, 'rb') as file, open(os.devnull, 'wb') as out:
        reader = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=out)
        start = time.monotonic()
        child = subprocess.Popen([place.program('yifen-parse'), '--statement'], stdin=file, stdout=reader.stdin, stderr=subprocess.DEVNULL, env={})
        reader.stdin.close()
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        child.returncode = status
        reader.wait()
    return status, seconds, used.ru_maxrss


def is_sanitized():
    return 'libasan' in subprocess.run(['ldd', place.program('yifen-parse')], capture_output=True, text=True).stdout


def test_each(folder, files):
    sanitized, bad, slowest, largest = is_sanitized(), [], (0, ''), (0, '')
    for name in files:
        status, seconds, memory = measure(os.path.join(folder, name))
        slowest, largest = max(slowest, (seconds, name)), max(largest, (memory, name))
        refused = os.WIFEXITED(status) and os.WEXITSTATUS(status) in (0, 1)
        if not refused or (not sanitized and (seconds > SECONDS or memory > MEMORY)):
            bad.append(f'{name}: status {status}, {seconds:.1f} s, {memory >> 10} MiB')
    tap.ok(not bad, f'{len(files)} files: each ends by itself, within {SECONDS} s and 256 MiB', '\n'.join(bad))
    tap.note(f'slowest {slowest[0]:.2f} s {slowest[1]}; largest {largest[0] >> 10} MiB {largest[1]}')


def test_inbox(folder, files):
    instance = Instance(os.path.join(place.scratch('hostile'), 'home'))
    instance.configure(section('yifen', '', settle=0), section('account', 'cmb', number=NUMBERS['cmb'], name=OWNER, bank='cmb', statements='folder'))
    instance.start()
    inbox = instance.path('inbox')
    for name in files:
        os.rename(os.path.join(folder, name), os.path.join(inbox, name))
    start = time.monotonic()
    wait_for(lambda: not any(os.path.isfile(os.path.join(inbox, name)) for name in os.listdir(inbox)) and not os.listdir(instance.path('work')), 'the inbox is empty', 300, 0.2)
    tap.note(f'{len(files)} files in {time.monotonic() - start:.0f} s')
    with open(os.path.join(folder, GOOD), 'wb') as file:
        file.write(good_file())
    os.rename(os.path.join(folder, GOOD), os.path.join(inbox, GOOD))
    wait_for(lambda: instance.entries(), 'the good file is read', 30)
    tap.ok(instance.daemon.alive(), 'the daemon lives')
    listed = instance.objects('statement', 'list')
    states = {row['file']: row['state'] for row in listed}
    tap.equal(sorted(states), sorted([*files, GOOD]), 'every file is accounted for')
    tap.note(count(states.values()))
    stored = instance.query('SELECT f.name, count(*) AS n FROM entry e JOIN statement s ON s.id = e.statement_id JOIN file f ON f.id = s.file_id GROUP BY f.name')
    tap.equal([(row['name'], row['n']) for row in stored], [(GOOD, 1)], 'and the good one, dropped last, is all that is stored')
    results = os.listdir(instance.path('results'))
    tap.ok(len(results) >= len(files), f'{len(results)} result files say why')
    tap.equal(instance.stop(), 0, 'it ends in good order')


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('not built')
    folder = place.scratch('files')
    files = make_files(folder)
    if is_sanitized():  # slow, and the other build measures them all
        files = [name for name in files if os.path.getsize(os.path.join(folder, name)) <= MEMORY]
    if place.shared('corpus', 'malformed') is None:
        tap.skip("other people's hostile files", 'shared/ is absent')
    test_each(folder, files)
    test_inbox(folder, files)
    tap.done()


main()
