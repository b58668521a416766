"""States of a world on disk: copying one, telling two apart.

A process that is killed leaves what its durable calls did, and of an SQLite transaction nothing unless its commit frame is
in the WAL. So two moments between durable calls are the same state when the committed frames, the database file and all
other files are the same; and the same logical state when the recovered rows and the other files' bytes are."""
import hashlib
import os
import re
import shutil
import sqlite3
import struct

STORE = 'yifen/store.db'
FRAME = 24
# SQLite's own index of the WAL is rebuilt; locks, bells and sockets do not outlive processes; logs are no state.
VOLATILE = re.compile(r'(-shm$|/run/|\.log$|/count$|/bank/ledger\.db|/clock$)')


def files(home):
    for part in ('yifen', 'bank'):
        for folder, _, names in os.walk(os.path.join(home, part)):
            for path in (os.path.join(folder, name) for name in names):
                if not VOLATILE.search(path) and not path.startswith(os.path.join(home, STORE)):
                    yield path


class Wal:
    """How far the WAL is committed, read from its frame headers; remembers where it was."""

    def __init__(self, path):
        self.path, self.salt, self.frames, self.committed = path, None, 0, 0

    def read(self):
        try:
            with open(self.path, 'rb') as file:
                head = file.read(32)
                if len(head) < 32:
                    return None
                page, salt = struct.unpack('>I', head[8:12])[0], head[16:24]
                if salt != self.salt:
                    self.salt, self.frames, self.committed = salt, 0, 0
                self._walk(file, page, salt)
        except FileNotFoundError:
            return None
        return self.salt, self.committed

    def _walk(self, file, page, salt):
        while True:
            file.seek(32 + self.frames * (page + FRAME))
            frame = file.read(FRAME + page)
            if len(frame) < FRAME + page or frame[8:16] != salt:
                return
            self.frames += 1
            if frame[4:8] != b'\0\0\0\0':
                self.committed = self.frames


def fingerprint(home, wal):
    """Cheap: changes whenever the state may have changed."""
    def facts(path):
        found = os.stat(path)
        return path, found.st_size, found.st_mtime_ns, found.st_ino
    try:
        return wal.read(), facts(os.path.join(home, STORE)), tuple(sorted(facts(path) for path in files(home)))
    except FileNotFoundError:
        return object()  # the SFTP server is renaming: look closer


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
    """The logical state: recovered rows and the other files' bytes."""
    total = hashlib.sha256('\n'.join(rows(os.path.join(home, STORE))).encode('utf-8', 'surrogateescape'))
    for path in sorted(files(home)):
        with open(path, 'rb') as file:
            data = file.read()
        total.update(os.path.relpath(path, home).encode() + b'\0' + hashlib.sha256(data).digest())
    return total.hexdigest()
