#!/usr/bin/python3
"""make bench: how fast and how large yifen-parse is, beside the bare libraries, in turn in one run; how matching grows with the lines of one
payer, and how many wires it settles without a person.

Only ratios carry over from one machine to another. Each round runs every program once, so that the machine's moods hit all
alike; a ratio is the median over the rounds. What is timed is the whole way of intake: program start, cage, parse, pipe, and
the reader that checks the frames. Prints a table, and each figure as one JSON line in build/bench.jsonl. Ends with 1 when a
limit is missed, or when ours did not read what the floor read."""
import json
import os
import statistics
import subprocess
import sys
import tempfile

import recall

BUILD = os.path.abspath(os.environ.get('BUILD', 'build'))
HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = 11
MEMORY_KIB = 16 * 1024
FLAT = 1.10  # of the memory at 10 thousand entries; more would grow with the file
CSV_PROFILE = [os.path.join(HERE, 'profiles'), 'bench']


def program(name):
    return os.path.join(BUILD, 'tests', 'bench', name)


def generate(folder, form, count):
    path = os.path.join(folder, f'{form}-{count}')
    with open(path, 'wb') as file:
        subprocess.run([program('generate'), form, str(count)], stdout=file, check=True)
    return path


def run(arguments, seconds=300):
    """What the program said (JSON) and what it took."""
    here, there = os.pipe()
    started = subprocess.Popen([program('launch'), str(seconds), *arguments], stdout=subprocess.PIPE, preexec_fn=lambda: os.dup2(there, 3), pass_fds=[3])
    os.close(there)
    said = started.communicate()[0]
    with os.fdopen(here) as file:
        took = json.load(file)
    if started.returncode != 0:
        sys.exit(f'{" ".join(arguments)}: exit {started.returncode}')
    return (json.loads(said) if said else {}), took


def replay(path, profile=()):
    return [program('replay'), path, *profile]


class Table:
    def __init__(self, log):
        self.log, self.good = log, True
        print(f'{"what":34} {"ours":>12} {"beside":>12} {"ratio":>8} {"limit":>9}')

    def line(self, what, ours, beside, figure, limit, good, **facts):
        self.good &= good
        print(f'{what:34} {ours:>12} {beside:>12} {figure:>8} {limit:>9}  {"ok" if good else "NOT"}', flush=True)
        print(json.dumps({'what': what, 'ours': ours, 'beside': beside, 'figure': figure, 'limit': limit, 'ok': good, **facts}), file=self.log, flush=True)

    def note(self, what):
        print(what, flush=True)


def medians(rounds):
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def beside_floor(table, folder, form, count, limit, profile=()):
    path = generate(folder, form, count)
    floors, ours = [], []
    for i in range(ROUNDS + 1):
        read, floor = run([program('floor'), form, path])
        said, took = run(replay(path, profile))
        if said['entries'] != read['entries'] or read['entries'] != count:
            sys.exit(f'{form}: {said["entries"]} entries, the floor read {read["entries"]} of {count}')
        if i > 0:  # the first round warms the file up
            floors.append(floor)
            ours.append({**took, **said})
    ratio = statistics.median(one['wall'] / floor['wall'] for one, floor in zip(ours, floors))
    work = statistics.median(one['child_cpu'] / floor['cpu'] for one, floor in zip(ours, floors))
    floor, one = medians(floors), medians(ours)
    table.line(f'{form}, {count // 1000} thousand: wall time', f'{one["wall"]:.3f} s', f'{floor["wall"]:.3f} s', f'{ratio:.2f}', f'<= {limit:.2f}', ratio <= limit,
               entries=count, bytes=os.path.getsize(path), ours_median=one, floor_median=floor, child_cpu_ratio=work)
    table.note(f'{"":4}{count / one["wall"] / 1000:.0f} thousand a second, {os.path.getsize(path) / one["wall"] / 1e6:.0f} MB/s; '
               f'CPU: child {work:.2f} of the floor, reader {one["reader_cpu"] / floor["cpu"]:.2f}')
    os.unlink(path)


def beside_aqbanking(table, folder, count, least):
    path = generate(folder, 'mt940', count)
    read, peer = run([os.path.join(HERE, 'aqbanking.sh'), path])
    ours = [run(replay(path)) for _ in range(3)]
    if read['entries'] != count or any(said['entries'] != count for said, _ in ours):
        sys.exit(f'mt940: {ours[0][0]["entries"]} entries, aqbanking read {read["entries"]} of {count}')
    wall, cpu = (statistics.median(took[key] for _, took in ours) for key in ('wall', 'cpu'))
    table.line(f'mt940, {count // 1000} thousand: wall time', f'{wall:.3f} s', f'{peer["wall"]:.3f} s', f'{peer["wall"] / wall:.0f} x', f'>= {least} x', peer['wall'] >= least * wall,
               entries=count, bytes=os.path.getsize(path), cpu=cpu, peer_cpu=peer['cpu'])
    table.note(f'{"":4}aqbanking {peer["cpu"] / count * 1e6:.0f} us of CPU an entry, ours {cpu / count * 1e6:.2f}')
    os.unlink(path)


def memory(table, folder, form, profile=()):
    peaks = []
    for count in (10_000, 1_000_000):
        path = generate(folder, form, count)
        said, _ = run(replay(path, profile))
        peaks.append(max(said['child_kib'], said['reader_kib']))
        os.unlink(path)
    small, large = peaks
    table.line(f'{form}, a million: memory', f'{large} KiB', f'{small} KiB', f'{large / small:.2f}', f'<= {FLAT:.2f}', large <= small * FLAT)
    table.line(f'{form}, a million: peak', f'{large} KiB', '', '', f'< {MEMORY_KIB}', large < MEMORY_KIB)


def main():
    with tempfile.TemporaryDirectory(prefix='yifen-bench-', dir=BUILD) as folder, open(os.path.join(BUILD, 'bench.jsonl'), 'w', encoding='utf-8') as log:
        table = Table(log)
        beside_floor(table, folder, 'camt', 200_000, 1.10)
        beside_floor(table, folder, 'csv', 1_000_000, 1.15, CSV_PROFILE)
        beside_aqbanking(table, folder, 100_000, 50)
        memory(table, folder, 'camt')
        memory(table, folder, 'csv', CSV_PROFILE)
        memory(table, folder, 'mt940')
        recall.growth(table, BUILD)
        recall.share(table)
    return 0 if table.good else 1


if __name__ == '__main__':
    sys.exit(main())
