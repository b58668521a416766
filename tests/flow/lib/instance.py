"""One private Yifen: `yifen init` in a folder, its configuration, its programs under the shared clock."""
import configparser
import json
import os
import sqlite3
import subprocess
import sys

from . import place
from .process import Process, wait_for

ACCOUNTS = ('icbc', 'abc', 'cmb')
NUMBERS = dict(icbc='4000021219200888866', abc='41005000040088866', cmb='755952180510888')
OWNER = '深圳市壹分示例数字认证有限公司'
ROLES = ('fetch', 'intake', 'pay', 'notify', 'serve', 'staff')

# Ends without closing the store, so that a log that a crash left is not checkpointed before the programs find it.
PAYS = '''
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
with db:
    for account, channel in zip(sys.argv[2::2], sys.argv[3::2]):
        db.execute('DELETE FROM route WHERE account = ? AND fingerprint IS NULL', (account,))
        db.execute('INSERT INTO route (account, channel, proven_at) VALUES (?, ?, 1)', (account, channel))
os._exit(0)
'''


def section(what, title, **values):
    lines = [f'[{what} {title}]' if title else f'[{what}]']
    return '\n'.join(lines + [f'{key} = {value}' for key, value in values.items()]) + '\n\n'


class Instance:
    def __init__(self, home, clock=None):
        self.home = home
        self.conf = os.path.join(home, 'yifen.conf')
        self.clock = clock
        self.daemon = None
        made = subprocess.run([place.program('yifen'), 'init', home], env=self.env(), capture_output=True, text=True, timeout=60)
        if made.returncode != 0:
            raise RuntimeError(f'yifen init: {made.stdout}{made.stderr}')

    def configure(self, *sections):
        with open(self.conf, 'w', encoding='utf-8') as file:
            file.write(''.join(sections))

    def pays_since_long(self):
        """The store becomes one that paid by its channels, as they are configured now, before channels had to be proven: what schema
        8 writes when it meets such a store."""
        file = configparser.ConfigParser(interpolation=None, strict=False)
        file.read(self.conf, encoding='utf-8')
        paying = [name for name in file.sections() if name.startswith('account ') and file[name].get('payments')]
        rows = [part for name in paying for part in (name.split()[1], file[name]['payments'])]
        if rows:
            subprocess.run([sys.executable, '-c', PAYS, self.path('store.db'), *rows], check=True)

    def path(self, *names):
        return os.path.join(self.home, *names)

    def env(self, **more):
        """The caller's environment, the shared clock, Chinese; `more` adds, None removes."""
        env = dict(os.environ, LANG='zh_CN.UTF-8', LC_ALL='zh_CN.UTF-8')
        env.pop('LANGUAGE', None)
        if self.clock:
            env.update(LD_PRELOAD=place.SHIM, YIFEN_SHIM_CLOCK=self.clock)
            env['ASAN_OPTIONS'] = 'verify_asan_link_order=0:' + env.get('ASAN_OPTIONS', '')
        for key, value in more.items():
            env.pop(key, None) if value is None else env.update({key: str(value)})
        return env

    # ---- the programs ----

    def yifen(self, *arguments, timeout=120, **env):
        return subprocess.run([place.program('yifen'), '-c', self.conf, *arguments], env=self.env(**env), capture_output=True,
                              text=True, timeout=timeout)

    def must(self, *arguments, **env):
        """Its standard output; RuntimeError unless it ends with 0."""
        result = self.yifen(*arguments, **env)
        if result.returncode != 0:
            raise RuntimeError(f"yifen {' '.join(arguments)}: {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def objects(self, *arguments):
        """What `yifen ... --json` prints, one object a line."""
        return [json.loads(line) for line in self.must(*arguments, '--json').splitlines()]

    def role(self, name, timeout=120, check=True, **env):
        """One role in the foreground to the end of its work."""
        result = subprocess.run([place.program('yifend'), '-c', self.conf, '--role', name, '--once'], env=self.env(**env),
                                capture_output=True, text=True, timeout=timeout)
        if check and result.returncode != 0:
            raise RuntimeError(f'role {name}: {result.returncode}\n{result.stdout}{result.stderr}')
        return result

    def start(self, cwd=None, **env):
        if os.path.exists(self.path('run', 'hall.sock')):
            os.unlink(self.path('run', 'hall.sock'))  # an earlier one's: nobody listens there
        self.daemon = Process([place.program('yifend'), '-c', self.conf], self.path('yifend.log'), env=self.env(**env), cwd=cwd)
        wait_for(lambda: not self.daemon.alive() or os.path.exists(self.path('run', 'hall.sock')), 'yifend serves')
        if not self.daemon.alive():
            raise RuntimeError('yifend ended:\n' + self.daemon.output())

    def stop(self):
        if self.daemon:
            code, self.daemon = self.daemon.stop(20), None
            return code
        return None

    def ring(self):
        """Wakes every role: the clock was moved under their feet."""
        for role in ROLES:
            with open(self.path('run', 'bell', role), 'ab') as bell:
                bell.write(b'.')

    # ---- looking ----

    def query(self, sql, *values):
        """Rows of the store as dictionaries; only for what no command shows."""
        db = sqlite3.connect(self.path('store.db'), timeout=20)
        db.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in db.execute(sql, values)]
        finally:
            db.close()

    def transfers(self):
        return self.objects('transfers')

    def transfer_states(self):
        return count(row['state'] for row in self.transfers())

    def orders(self):
        return {row['order_no']: row for row in self.objects('order', 'list')}

    def cases(self):
        return self.objects('case', 'list')

    def entries(self):
        return self.objects('entries')


def count(words):
    """How often each word occurs."""
    found = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))
