#!/usr/bin/python3
"""`yifen init`, and the migration in it, killed before every durable call: the same command again makes a whole instance."""
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

from lib import place, tap


def init(folder, end=None):
    count = os.path.join(folder, 'count')
    with open(count, 'wb') as file:
        file.write(struct.pack('<q', 0))
    env = dict(os.environ, LD_PRELOAD=place.SHIM, YIFEN_SHIM_COUNT=count)
    env['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
    if end is not None:
        env['YIFEN_SHIM_END'] = str(end)
    done = subprocess.run([place.program('yifen'), 'init', os.path.join(folder, 'mine')], env=env, capture_output=True, text=True)
    with open(count, 'rb') as file:
        return done, struct.unpack('<q', file.read(8))[0]


def faults(home):
    """What keeps this from being a whole instance."""
    yifen = [place.program('yifen'), '-c', os.path.join(home, 'yifen.conf')]
    for words in (['config', 'check'], ['audit', 'verify'], ['status']):
        done = subprocess.run(yifen + words, capture_output=True, text=True)
        if done.returncode != 0:
            return f'{words}: {done.stderr}'
    db = sqlite3.connect(os.path.join(home, 'store.db'))
    checks = [db.execute('PRAGMA integrity_check').fetchone()[0], db.execute('SELECT count(*) FROM instance').fetchone()[0],
              db.execute("SELECT count(*) FROM audit WHERE action = 'instance.create'").fetchone()[0]]
    db.close()
    keys = sorted(os.listdir(os.path.join(home, 'keys')))
    return None if checks == ['ok', 1, 1] and keys == ['batch.key', 'code.key', 'notify.key', 'notify.pub', 'pay.key', 'pay.pub'] else f'{checks} {keys}'


def main():
    folder = tempfile.mkdtemp(prefix='yifen-init-', dir='/dev/shm' if os.access('/dev/shm', os.W_OK) else None)
    home = os.path.join(folder, 'mine')
    try:
        done, calls = init(folder)
        tap.equal((done.returncode, faults(home)), (0, None), 'an instance is made')
        tap.ok(calls > 20, f'{calls} durable calls make it')
        bad = []
        for k in range(1, calls + 1):
            shutil.rmtree(home)
            killed, _ = init(folder, end=k)
            again, _ = init(folder)
            why = 'not killed' if killed.returncode >= 0 else again.stderr if again.returncode != 0 else faults(home)
            if why:
                bad.append(f'{k}: {why}')
        tap.equal(bad, [], 'killed before each of them, the same command again makes a whole one')
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tap.done()


if __name__ == '__main__':
    sys.exit(main())
