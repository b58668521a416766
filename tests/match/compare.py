#!/usr/bin/python3
"""The matcher against a second one over noisy wires: 0 wrong settlements, 0 disagreements.

  compare.py [--wires N] [--first SEED]       one world again: compare.py --first 17 --wires 1"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import noise  # noqa: E402
import second  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
JUDGE = os.path.join(os.path.abspath(os.environ.get('BUILD') or os.path.join(ROOT, 'build')), 'tests', 'match', 'judge')
PIECE = 500  # worlds


class Judge:
    """The C matcher at the other end of a pipe."""

    def __init__(self):
        self.process = subprocess.Popen([JUDGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, world):
        self.process.stdin.write(json.dumps(world, ensure_ascii=False).encode() + b'\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        return self.process.wait()


def short(outcome):
    """What both must agree about: disposition, reason, partner, allocations."""
    disposition, reason, _, partner, _, allocations = outcome
    return [disposition, reason, partner, sorted(allocations)]


def piece(first):
    """(wires, settled, complaints) of PIECE worlds, or of those up to the last."""
    judge, wires, settled, complaints = Judge(), 0, 0, []
    for seed in range(*first):
        made = noise.world(seed)
        ours = [short(outcome) for outcome in judge.ask(made[0])]
        theirs = [[*verdict[:3], [list(pair) for pair in verdict[3]]] for verdict in second.decide(made[0])]
        wires += len(ours)
        settled += sum(outcome[0] == 'settled' for outcome in ours)
        complaint = noise.wrong(made, ours)
        if complaint:
            complaints.append(f'WRONG world {seed}: {complaint}')
        complaints += [f'DISAGREE world {seed}, line {k}: first {a}, second {b}: {json.dumps(made[0][1][k], ensure_ascii=False)}'
                       for k, (a, b) in enumerate(zip(ours, theirs)) if a != b]
    if judge.end() != 0:
        complaints.append(f'judge ended badly in worlds {first}')
    return wires, settled, complaints


def run(wanted, seed=0, workers=os.cpu_count()):
    """(wires, settled, complaints); stops at the wanted number of wires."""
    wires, settled, complaints = 0, 0, []
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        while wires < wanted and len(complaints) < 50:
            size = min(PIECE, max(1, (wanted - wires) // 10 // workers + 1))
            ranges = [(seed + k * size, seed + (k + 1) * size) for k in range(workers)]
            seed = ranges[-1][1]
            for one in pool.map(piece, ranges):
                wires, settled, complaints = wires + one[0], settled + one[1], complaints + one[2]
    return wires, settled, complaints


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--wires', type=int, default=1_000_000)
    parser.add_argument('--first', type=int, default=0)
    chosen = parser.parse_args()
    started = time.monotonic()
    wires, settled, complaints = run(chosen.wires, chosen.first, 1 if chosen.wires == 1 else os.cpu_count())
    print('\n'.join(complaints[:20]))
    wrong = sum(c.startswith('WRONG') for c in complaints)
    print(f'{wires} wires, {settled} settled: {wrong} wrong settlements, {len(complaints) - wrong} disagreements; {time.monotonic() - started:.0f} s')
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
