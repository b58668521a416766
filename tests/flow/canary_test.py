#!/usr/bin/python3
"""A thousand known codes: after they were made, sent, seen on statements, confirmed right and wrong, and reported, none of them
may stand anywhere in clear. Archived originals of the bank do hold them; those must be readable by the service alone."""
import base64
import os
import re
import resource
import signal
import sqlite3
import stat
import subprocess

from lib import orders, place, tap
from lib.canary import Codes, derive
from lib.process import wait_for
from lib.world import World, or_skip

COUNT = 1000
ORIGINALS = ('archive', 'fetched', 'work')  # bytes as the bank wrote them


def run(world):
    """Sends the thousand fens and lets everything be learnt of them. Gives what the programs said."""
    made = orders.online(COUNT)
    said = [world.yifen.must('order', 'import', orders.write(os.path.join(world.home, 'orders.jsonl'), made))]
    for act in ('pay', 'step', 'fetch', 'intake', 'pay', 'day', 'fetch', 'intake', 'pay', 'intake'):
        if act == 'step':
            world.bank.step()
        elif act == 'day':
            for path in world.bank.close_day():
                if path.endswith('.csv'):
                    world.drop(path)
        else:
            done = world.yifen.role(act)
            said.append(done.stdout + done.stderr)
    return made, said


def people(world, made, said):
    """Codes are typed, right and wrong; everything that prints, prints."""
    for place_, order in enumerate(made[:40]):
        code = world.code(order)
        for typed in ((code,) if place_ % 2 else (code[::-1] if code[::-1] != code else '000000', code + ' ')):
            done = world.yifen.yifen('order', 'code', order['order_no'], typed, '--json')
            said.append(done.stdout + done.stderr)
    first = world.yifen.transfers()[0]['reference']
    for command in (['transfers'], ['transfers', '--json'], ['transfer', 'show', first], ['entries'], ['entries', '--json'],
                    ['case', 'list'], ['status'], ['report', '--format', 'html'], ['report', '--format', 'txt'],
                    ['order', 'show', made[0]['order_no']]):
        done = world.yifen.yifen(*command)
        said.append(done.stdout + done.stderr)
    world.bank.clock.move_to_day(world.bank.clock.today(), 18, 1)
    world.yifen.role('notify', timeout=900)  # a thousand mails


def true_codes(world):
    """Derived by our own HOTP; must be what the bank was told."""
    with open(world.yifen.path('keys', 'code.key'), encoding='ascii') as file:
        key = bytes.fromhex(file.read().strip())
    db = sqlite3.connect(world.yifen.path('store.db'))
    rows = db.execute('SELECT t.reference, v.round FROM transfer t JOIN verification v ON v.id = t.verification_id').fetchall()
    db.close()
    told = {line['reference']: line['remark'][-6:] for line in world.bank.ledger.lines() if line['kind'] == 'payment'}
    derived = {reference: derive(key, reference, round_) for reference, round_ in rows}
    tap.equal(len(derived), COUNT, f'{COUNT} codes were made')
    tap.equal({r: c for r, c in derived.items() if told.get(r) != c}, {}, 'the bank was told the codes of RFC 4226')
    return set(derived.values())


def leaks(hits):
    """In the pages of the database two values side by side may read as a number that is no value (`32` before `2026-11-02`),
    some twenty a run, and one in a thousand of them is some code. A way out for codes lets out tens of the thousand; the values
    themselves are searched one by one, to the last hit."""
    return hits if len({code for _, code, _ in hits}) > 2 else []


def search_files(world, codes):
    """(path, code, how) of every hit outside the bank's originals, and the originals whose mode is too wide."""
    hits, wide, pages = [], [], []
    for folder, _, names in os.walk(world.yifen.home):
        top = os.path.relpath(folder, world.yifen.home).split(os.sep)[0]
        for name in names:
            path = os.path.join(folder, name)
            if not stat.S_ISREG(os.lstat(path).st_mode):
                continue
            if top in ORIGINALS:
                wide += [path] if stat.S_IMODE(os.stat(path).st_mode) & 0o077 else []
                continue
            with open(path, 'rb') as file:
                into = pages if name.startswith('store.db') else hits
                into += [(os.path.relpath(path, world.home), *hit) for hit in codes.find(file.read())]
    return hits + leaks(pages), wide


def search_rows(world, codes):
    """Every value of every row by itself: in the file neighbours may hide where a value begins."""
    db = sqlite3.connect(world.yifen.path('store.db'))
    hits = []
    for table, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in db.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                data = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else b''
                hits += [(table, *hit) for hit in codes.find(data)]
    db.close()
    return hits


def test_the_search(codes):
    """The search itself finds a planted code in every dress."""
    code = sorted(codes.plain)[0]
    text = code.decode()
    dresses = {'raw': b'<' + code + b'>', 'hex': code.hex().encode(), 'UTF-16': text.encode('utf-16-le'),
               'GBK': '编码: '.encode('gbk') + code, 'full-width': ''.join(chr(c + 0xFEE0) for c in code).encode()}
    for shift in range(3):
        dresses[f'base64 at {shift}'] = base64.b64encode(b'z' * shift + code + b'zzz')
    missed = [name for name, data in dresses.items() if (code, 'raw') not in codes.find(data) and (code, 'dressed') not in codes.find(data)]
    tap.equal(missed, [], 'the search finds a planted code in every dress')


def dump(folder, pid):
    """Ends the process as a fault of its own does; the core files that lie there then."""
    os.kill(pid, signal.SIGSEGV)
    wait_for(lambda: not os.path.exists(f'/proc/{pid}') or ' Z' in open(f'/proc/{pid}/stat', encoding='ascii').read(), 'the process ends')
    return [name for name in os.listdir(folder) if name.startswith('core')]


def check_cores(world):
    """No role leaves its memory behind, however much of it the system would take."""
    folder = os.path.join(world.home, 'cores')
    os.mkdir(folder)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    control = subprocess.Popen(['sleep', '60'], cwd=folder)
    if not dump(folder, control.pid):
        control.wait()
        tap.skip('no role leaves a core file', 'this system writes none at all')
        return
    control.wait()
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    world.yifen.start(cwd=folder)
    daemon = world.yifen.daemon.child.pid
    with open(f'/proc/{daemon}/task/{daemon}/children', encoding='ascii') as file:
        roles = [int(pid) for pid in file.read().split()]
    left = [name for pid in roles for name in dump(folder, pid)]
    tap.equal((len(roles) >= 5, left), (True, []), 'no role leaves a core file')
    world.yifen.stop()


def main():
    or_skip()
    world = World(place.scratch('canary'), settle=0, daily_count=5000, daily_sum='100.00')
    made, said = run(world)
    people(world, made, said)
    numbers = [order['order_no'] for order in made]  # mails name them, and in base64 a part of one looks like a code
    benign = [number[i:i + 6] for number in numbers for i in range(len(number) - 5)]
    for path in (os.path.join(world.home, 'orders.jsonl'), world.yifen.path('yifen.conf')):
        with open(path, encoding='utf-8') as file:
            benign += re.findall(r'(?<!\d)\d{6}(?!\d)', file.read())
    codes = Codes(true_codes(world), benign)
    test_the_search(codes)
    results = [name for _, _, names in os.walk(world.yifen.path('results')) for name in names]
    tap.ok(results, 'finance staff got a result file with our debits in it')
    hits, wide = search_files(world, codes)
    tap.equal(hits[:5], [], 'no code in database, WAL, keys, results, configuration')
    tap.equal(wide[:5], [], "the bank's originals are readable by the service alone")
    tap.equal(search_rows(world, codes)[:5], [], 'no code in any value of the store')
    tap.equal([hit for text in said for hit in codes.find(text.encode())][:5], [], 'no code in what the programs print and log')
    mails = world.smtp.messages()
    parts = [part.get_payload(decode=True) or b'' for mail in mails for part in mail.walk() if not part.is_multipart()]
    tap.ok(mails, 'a report was mailed')
    tap.equal([hit for data in parts + [mail.as_bytes() for mail in mails] for hit in codes.find(data)][:5], [], 'no code in mail')
    check_cores(world)
    world.close()
    tap.done()


main()
