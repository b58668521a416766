"""States of a world on disk: copying one, telling two apart by what is in them."""
import hashlib
import os
import re
import shutil
import sqlite3

STORE = 'yifen/store.db'
# SQLite's own index of the WAL is rebuilt; locks, bells and sockets do not outlive processes; logs are no state.
VOLATILE = re.compile(r'(-shm$|/run/|\.log$|/count$|/bank/ledger\.db|/clock$)')


def files(home):
    for part in ('yifen', 'bank'):
        for folder, _, names in os.walk(os.path.join(home, part)):
            for path in (os.path.join(folder, name) for name in names):
                if not VOLATILE.search(path) and not path.startswith(os.path.join(home, STORE)):
                    yield path


def copy(home, to):
    shutil.copytree(home, to, symlinks=True, ignore=shutil.ignore_patterns('*-shm', 'hall.sock', '*.log', 'sshd', 'smtp'))
    move_conf(home, to)


def move_conf(home, to):
    """The copy's configuration names the copy's bank."""
    conf = os.path.join(to, 'yifen', 'yifen.conf')
    with open(conf, encoding='utf-8') as file:
        text = file.read()
    with open(conf, 'w', encoding='utf-8') as file:
        file.write(text.replace(home + '/bank', to + '/bank'))


def rows(path):
    """Every row of every table, as text. Read-only: an ordinary close would checkpoint, and the state would be another."""
    db = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    names = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    lines = [f'{name}|{row!r}' for name in names for row in db.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2')]
    db.close()
    return lines


def digest(home):
    """The logical state: recovered rows and the other files' bytes. The configuration names the folder itself."""
    total = hashlib.sha256('\n'.join(rows(os.path.join(home, STORE))).encode('utf-8', 'surrogateescape'))
    for path in sorted(path for path in files(home) if not path.endswith('/yifen.conf')):
        with open(path, 'rb') as file:
            data = file.read()
        total.update(os.path.relpath(path, home).encode() + b'\0' + hashlib.sha256(data).digest())
    return total.hexdigest()
