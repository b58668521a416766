"""What a power cut may leave of one instance's folder, told from its calls.

The model is harsher than ext4. What was written and not fsynced may be there, be absent, be torn at any of its sectors of 512 bytes, or
be filled with rubbish, each write by itself. Names that were made, moved or taken away and whose folder was not fsynced are lost from
some point on: a suffix of them. An fsync of a file does not save its name, nor does an fsync of one folder save the names in another. SQLite's -shm and what lies in run/ does not outlive a process.

A Disk listens to the calls of one role, each before it happens (coming) and after it did (landed), and can then say which endings are
possible, whether two are alike, and write one down. The kernel's present view is on the disk itself; only what is not yet safe is
remembered, with the bytes it replaced."""
import bisect
import hashlib
import os
import struct

import state

SECTOR, FRAME = 512, 24  # of a disk; the head of a frame in the WAL
WRITES = ('write', 'pwrite', 'ftruncate', 'ftruncate64')
SYNCS = ('fsync', 'fdatasync')
RENAMES = ('rename', 'renameat', 'renameat2')
UNLINKS = ('unlink', 'unlinkat')
MKDIRS = ('mkdir', 'mkdirat')


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def sha256(data):
    return hashlib.sha256(data).digest()


class Write:
    """One change of a file's bytes that is not safe: `new` at `at`, or `at` as the new size when new is None."""

    def __init__(self, at, size, old, old_size):
        self.at, self.size, self.old, self.old_size, self.new = at, size, old, old_size, None

    def undo(self, data):
        data[self.at:self.at + len(self.old)] = self.old
        del data[self.old_size:]
        data.extend(bytes(self.old_size - len(data)))

    def apply(self, data, pieces):
        if self.new is None and pieces:
            del data[self.at:]
        for at, new in pieces if self.new is not None else ():
            data.extend(bytes(max(0, at + len(new) - len(data))))
            data[at:at + len(new)] = new

    def arrived(self, pieces):
        """Nothing is missing: what did not arrive stood there before."""
        data = bytearray(self.old)
        for at, new in pieces if self.new is not None else ():
            data.extend(bytes(max(0, at - self.at + len(new) - len(data))))
            data[at - self.at:at - self.at + len(new)] = new
        return data == self.new if self.new is not None else bool(pieces)

    def whole(self):
        return [(self.at, self.new)]

    def sectors(self):
        """Cut where sectors of the file end."""
        edges = [self.at, *range((self.at // SECTOR + 1) * SECTOR, self.at + len(self.new), SECTOR), self.at + len(self.new)]
        return [(a, self.new[a - self.at:b - self.at]) for a, b in zip(edges, edges[1:])]


class File:
    def __init__(self, digest):
        self.writes = []  # not safe yet, oldest first
        self.digest = digest  # of the safe bytes; the WAL has none
        self.saved = None  # all bytes, when no name leads here any more

    def bytes(self, path, keeps):
        """The bytes when of the unsafe writes only the pieces in `keeps` arrive."""
        data = bytearray(self.saved if self.saved is not None else read(path))
        for write in reversed(self.writes):
            write.undo(data)
        for write, pieces in zip(self.writes, keeps):
            write.apply(data, pieces)
        return bytes(data)


class Ending:
    """One state: a name for it, the files by name, and which pieces of their unsafe writes arrived."""

    def __init__(self, how, names, undone, keeps):
        self.how, self.names, self.undone, self.keeps = how, names, undone, keeps


class Wal:
    """How far the WAL is committed, from the frame headers that were written; which pages it holds."""

    def __init__(self, path):
        self.path, self.older, self.page = path, None, 4096
        self.forget()

    def forget(self):
        self.salt, self.pages, self.ends = None, [], [0]

    @property
    def committed(self):
        return self.ends[-1]

    def read(self, limit):
        """Bytes from `limit` on are of an earlier use of the file."""
        if not os.path.exists(self.path):
            return self.forget()
        with open(self.path, 'rb') as file:
            head = file.read(32)
            if limit < 32 or len(head) < 32:
                return self.forget()
            if head[16:24] != self.salt:
                self.forget()
                self.page, self.salt = struct.unpack('>I', head[8:12])[0], head[16:24]
            step = self.page + FRAME
            while 32 + (len(self.pages) + 1) * step <= limit:
                file.seek(32 + len(self.pages) * step)
                frame = file.read(FRAME)
                if frame[8:16] != self.salt:
                    return None
                self.pages.append(struct.unpack('>I', frame[:4])[0])
                if frame[4:8] != b'\0\0\0\0':
                    self.ends.append(len(self.pages))
        return None

    def committed_below(self, offset):
        """Frames committed when the file is right up to there."""
        frames = max(0, (offset - 32) // (self.page + FRAME))
        return self.ends[bisect.bisect_right(self.ends, frames) - 1]


class Disk:
    def __init__(self, home):
        self.home = os.path.join(home, 'yifen')
        self.store, self.walname = os.path.join(home, state.STORE), os.path.join(home, state.STORE + '-wal')
        self.mixed, self.wal = 0, Wal(self.walname)
        self.scan()

    def scan(self):
        """All is safe as it is."""
        self.ops, self.event, self.last, self.combined = [], None, None, None
        self.names = {path: File(self._digest(path)) for path in self._files()}
        self.wal.read(os.path.getsize(self.walname) if os.path.exists(self.walname) else 0)

    def _files(self):
        for folder, _, names in os.walk(self.home):
            for path in (os.path.join(folder, name) for name in names):
                if not state.VOLATILE.search(path):
                    yield path

    def _digest(self, path):
        return None if path == self.walname else sha256(read(path))

    # ---- listening ----

    def coming(self, line):
        """A call is about to happen."""
        head, at, size, old = line.rstrip('\n').split('\t')
        _, call, path = head.split(' ', 2)
        self.event = None
        there = call in MKDIRS and os.path.isdir(path)
        if not path.startswith(self.home) or path.endswith(' (deleted)') or call == 'send' or there:
            return
        self.event = dict(call=call, path=path, old=old)
        if call in WRITES:
            file, truncates = self._file(path), call.startswith('ftruncate')
            at, size = (int(size), 0) if truncates else (int(at), int(size))
            with open(path, 'rb') as now:
                total = os.fstat(now.fileno()).st_size
                now.seek(at)
                self.event['write'] = Write(at, size, now.read() if truncates else now.read(size), total)
            if path == self.walname and at == 0:
                self.wal.older = (self.wal.salt, self.wal.committed) if total and not file.writes else None
        elif call in UNLINKS and path in self.names:
            self.event['saved'] = read(path)
        elif call in RENAMES and path in self.names:
            self.event['saved'] = read(path)

    def landed(self):
        """What was coming has happened, or has failed."""
        event, self.event, self.last = self.event, None, None
        if event is None:
            return
        call, path, old = event['call'], event['path'], event['old']
        if call in WRITES:
            self._wrote(path, event['write'], call.startswith('ftruncate'))
        elif call in SYNCS and os.path.isdir(path):
            self._save_names(path)
        elif call in SYNCS:
            self._file(path).writes.clear()
            self._file(path).digest = self._digest(path)
            self.combined = None
        elif call in RENAMES and os.path.exists(path) and not os.path.exists(old):
            self._file(old)
            replaced = self.names.get(path)
            if replaced:
                replaced.saved = event['saved']
            self.names[path] = self.names.pop(old)
            self.ops.append(('rename', old, replaced, path))
        elif call in UNLINKS and path in self.names and not os.path.exists(path):
            gone = self.names.pop(path)
            gone.saved = event['saved']
            self.ops.append(('unlink', path, gone, path))
        elif call in MKDIRS and os.path.isdir(path):
            self.ops.append(('mkdir', path, None, path))
        if call not in SYNCS:
            self.combined = None

    def _save_names(self, folder):
        """What was done in that folder is safe, and what had to be done before it to the same names."""
        names, left = set(), []
        for op in reversed(self.ops):
            if folder in (os.path.dirname(op[1]), os.path.dirname(op[3])) or names & {op[1], op[3]}:
                names |= {op[1], op[3]}
            else:
                left.insert(0, op)
        self.ops = left

    def _file(self, path):
        if path not in self.names:
            self.names[path] = File(sha256(b''))
            self.ops.append(('create', path, None, path))
            self.combined = None
        return self.names[path]

    def _wrote(self, path, write, truncates):
        if not truncates:
            with open(path, 'rb') as now:
                now.seek(write.at)
                write.new = now.read(write.size)
        self.last = self.names[path]
        self.last.writes.append(write)
        if path == self.walname:
            self.wal.read(write.at + write.size)

    # ---- endings ----

    def endings(self, rng, parts=3):
        """Every kind of end at this moment; the same as the first where nothing was unsafe are left out."""
        files = [file for file in self.names.values() if file.writes]
        yield Ending('kill', self.names, 0, {file: [write.whole() for write in file.writes] for file in files})
        if not files and not self.ops:
            return
        yield self._ending('lost', len(self.ops), lambda write: [])
        for _ in range(parts):
            yield self._ending('part', rng.randint(0, len(self.ops)), lambda write: self._chance(rng, write))
        newest = self.last.writes[-1] if self.last in files else None
        if newest is not None and newest.new is not None and newest.size > 1:
            torn = self._torn(rng, newest)
            yield Ending('torn', self.names, 0, {file: [torn if write is newest else write.whole() for write in file.writes]
                                                 for file in files})

    def _torn(self, rng, write):
        """Some of its sectors; of a write within one sector, some of its bytes."""
        sectors = write.sectors()
        if len(sectors) == 1:
            return [(write.at, write.new[:rng.randint(0, write.size - 1)])]
        if rng.random() < 0.5:
            return sectors[:rng.randint(0, len(sectors) - 1)]
        return [sector for sector in sectors if rng.random() < 0.5][:len(sectors) - 1]

    def _chance(self, rng, write):
        dice = rng.randint(1, 16)
        if dice <= 6:
            return write.whole()
        if dice <= 12 or write.new is None:
            return []
        return self._torn(rng, write) if dice <= 14 and write.size > 1 else [(write.at, rng.randbytes(write.size))]

    def _ending(self, how, undone, chance):
        names = self._names_without(undone)
        return Ending(how, names, undone, {file: [chance(write) for write in file.writes] for file in names.values() if file.writes})

    def _names_without(self, count):
        """The names when the newest `count` changes of names are lost."""
        if count == 0:
            return self.names
        names = dict(self.names)
        for what, path, other, to in reversed(self.ops[len(self.ops) - count:]):
            if what == 'create':
                names.pop(path, None)
            elif what == 'unlink':
                names[path] = other
            elif what == 'rename':
                names[path] = names.pop(to)
                if other:
                    names[to] = other
        return names

    # ---- telling two apart ----

    def key(self, ending):
        """Equal for endings that SQLite and we read alike; sweep.py checks a part of them row by row."""
        where = {file: path for path, file in self.names.items() if file.writes}
        if self.combined is None:
            self.combined = self._combine(self.names)
        plain = self.combined if ending.names is self.names else self._combine(ending.names)
        unsafe = tuple(sorted((path, sha256(file.bytes(where.get(file), ending.keeps[file])))
                              for path, file in ending.names.items() if file in ending.keeps and not path.startswith(self.store)))
        wal = self._wal_key(ending)
        dirs = tuple(op[1] for op in self.ops[len(self.ops) - ending.undone:] if op[0] == 'mkdir') if ending.undone else ()
        return plain, unsafe, wal, self._store_key(ending, wal), dirs

    def _combine(self, names):
        return hash(frozenset((path, file.digest) for path, file in names.items() if not file.writes))

    def _wal_key(self, ending):
        file = ending.names.get(self.walname)
        if file is None:
            return ()
        keeps = ending.keeps.get(file, ())
        hurt = [write.at for write, pieces in zip(file.writes, keeps) if not write.arrived(pieces)]
        if not hurt:
            return (self.wal.salt, self.wal.committed) if self.wal.committed else ()
        if min(hurt) < 32:
            nothing = not any(keeps)
            self.mixed += 1
            return (self.wal.older or ()) if nothing else ('mixed', self.mixed) if self.wal.older else ()
        committed = self.wal.committed_below(min(hurt))
        return (self.wal.salt, committed) if committed else ()

    def _store_key(self, ending, wal):
        """What the WAL covers may stand in the store in any way."""
        file = ending.names.get(self.store)
        if file is None:
            return None
        covered = set(self.wal.pages[:wal[1]]) if len(wal) == 2 and wal[0] == self.wal.salt else set()
        touched = {write.at // self.wal.page + 1 for write in file.writes}
        if touched <= covered and all(write.new is not None for write in file.writes):
            return file.digest
        return file.digest, tuple(tuple((at, sha256(new)) for at, new in pieces if new is not None) for pieces in ending.keeps.get(file, ()))

    # ---- writing one down ----

    def write(self, ending, home, to):
        """Copies the world `home` to the folder `to`, as it would stand after this end."""
        state.copy(home, to)
        inner = os.path.join(to, 'yifen')
        place = {file: path for path, file in self.names.items()}
        for path in set(self.names) - set(ending.names):
            os.unlink(inner + path[len(self.home):])
        for path, file in ending.names.items():
            if file in ending.keeps or place.get(file) != path:
                data = file.bytes(place.get(file), ending.keeps.get(file, ()))
                with open(inner + path[len(self.home):], 'wb') as out:
                    out.write(data)
        for what, path, _, _ in reversed(self.ops[len(self.ops) - ending.undone:] if ending.undone else ()):
            if what == 'mkdir':
                os.rmdir(inner + path[len(self.home):])
