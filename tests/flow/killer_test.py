#!/usr/bin/python3
"""The file that kills its parser: set aside with one sentence, reported, and the next files are read; never half of it."""
import glob
import os
import signal
import time

from lib import place, tap
from lib.instance import NUMBERS, OWNER, Instance, section
from lib.process import Process, wait_for

from bank import sheets

ABC = dict(number=NUMBERS['abc'], name=OWNER)
LINES = 30000     # whose storing takes long enough for its parser to be met
LONG = 300000     # whose first reading does


def line(number, amount):
    return dict(id=number, day='2026-11-02', time='10:00:00', amount=amount, name='某某公司', other=f'41{number:06d}', remark=f'货款{number}',
                reference=None, returns=None)


def long_file(lines):
    return sheets.abc(ABC, '2026-11-02', '2026-11-02', 0, [line(n, 100) for n in range(1, lines + 1)])


def make_instance(name):
    instance = Instance(os.path.join(place.scratch(name), 'home'))
    instance.configure(section('yifen', '', settle=0),
                       *(section('account', bank, number=NUMBERS[bank], name=OWNER, bank=bank, statements='folder') for bank in NUMBERS))
    return instance


def drop(instance, name, data):
    with open(instance.path('inbox', name + '.tmp'), 'wb') as file:
        file.write(data)
    os.rename(instance.path('inbox', name + '.tmp'), instance.path('inbox', name))


def parsers(parent):
    """The yifen-parse processes among the descendants of a process."""
    found, parents = [], {}
    for entry in os.listdir('/proc'):
        if not entry.isdigit():
            continue
        try:
            with open(f'/proc/{entry}/stat', encoding='utf-8', errors='replace') as file:
                name, rest = file.read().split('(', 1)[1].rsplit(')', 1)
        except OSError:
            continue
        parents[int(entry)] = int(rest.split()[1])
        if name == 'yifen-parse':
            found.append(int(entry))

    def below(pid):
        while pid in parents:
            if pid == parent:
                return True
            pid = parents[pid]
        return False
    return [pid for pid in found if below(pid)]


def in_cage(pid):
    """One that is killed before its cage is closed has not seen the file; a sanitizer's cage has no filter to see."""
    if place.BUILD.endswith('address'):
        time.sleep(0.3)
        return True
    try:
        with open(f'/proc/{pid}/status', encoding='utf-8') as file:
            return 'Seccomp:\t2' in file.read()
    except OSError:
        return False


def next_parser(parent, but=()):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for pid in parsers(parent):
            if pid not in but and in_cage(pid):
                time.sleep(0.01)
                return pid
    raise AssertionError('no parser was seen')


def row_of(instance, name):
    rows = instance.query('SELECT * FROM file WHERE name = ?', name)
    return rows[0] if rows else {}


def answers(instance, name):
    return [open(path, encoding='utf-8-sig').read()
            for path in glob.glob(instance.path('results', '**', f'*-{name}*.结果.csv'), recursive=True)]


def test_beside_daemon():
    instance = make_instance('killer')
    instance.start()
    data = long_file(LONG)
    kills = {'segv.csv': signal.SIGSEGV, 'time.csv': signal.SIGXCPU, 'kill.csv': signal.SIGKILL}
    for name, number in kills.items():
        drop(instance, name, data)
        os.kill(next_parser(instance.daemon.child.pid), number)
        row = wait_for(lambda: row_of(instance, name).get('result') and row_of(instance, name), f'{name} is answered')
        sentence = answers(instance, name)
        tap.equal((row['state'], row['reason'], len(sentence)), ('rejected', 'parser_died', 1), f'{name} is set aside')
        tap.ok(len(sentence[0].splitlines()) == 1 and '中止' in sentence[0] and '没有读入' in sentence[0], f'{name} is explained in one sentence',
               sentence)
        wait_for(lambda: glob.glob(instance.path('rejected', f'*-{name}')), f'{name} is put away')
    drop(instance, 'good.csv', sheets.abc(ABC, '2026-11-03', '2026-11-03', 0, [dict(line(1, 500), day='2026-11-03')]))
    wait_for(lambda: row_of(instance, 'good.csv').get('state') == 'taken', 'the next file is read')
    tap.ok(instance.daemon.alive(), 'the daemon lives')
    tap.equal(len(instance.entries()), 1, 'nothing of the killers is booked')
    text = instance.must('report')
    tap.ok(all(name in text for name in kills) and '中止' in text, 'the report names them', text)
    instance.stop()
    instance.start()
    time.sleep(1)
    tap.equal(([row_of(instance, name)['state'] for name in kills], parsers(instance.daemon.child.pid)), (['rejected'] * 3, []),
              'a new start does not read them again')
    tap.equal([len(answers(instance, name)) for name in kills], [1, 1, 1], 'nor answer again')
    instance.stop()


def test_second_reading():
    """A parser that dies while its lines are stored: the file is not half imported, however often that happens."""
    instance = make_instance('second')
    drop(instance, 'long.csv', long_file(LINES))
    for _ in range(2):
        role = Process([place.program('yifend'), '-c', instance.conf, '--role', 'intake'], instance.path('role.log'), env=instance.env())
        first = next_parser(role.child.pid)
        os.kill(next_parser(role.child.pid, (first,)), signal.SIGKILL)
        wait_for(lambda: instance.query("SELECT error FROM job WHERE kind = 'file' AND error IS NOT NULL"), 'it is to be tried again')
        role.stop()
    tap.equal(row_of(instance, 'long.csv')['state'], 'claimed', 'it is neither taken nor refused')
    instance.start()
    wait_for(lambda: row_of(instance, 'long.csv')['state'] == 'taken', 'it is read to its end', timeout=90)
    tap.equal(instance.query('SELECT count(*) AS n, count(DISTINCT identity) AS d FROM entry'), [{'n': LINES, 'd': LINES}],
              'every line is there once')
    instance.stop()


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('not built')
    only = os.environ.get('ONLY')
    for name, test in list(globals().items()):
        if name.startswith('test_') and (not only or name == 'test_' + only):
            test()
    tap.done()


main()
