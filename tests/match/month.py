#!/usr/bin/python3
"""Invented months through the whole program: no line lost, doubled or settled wrongly, and nearly every one where the truth wants it.

  month.py [--months N] [--first SEED] [--scenes N] [--verbose]"""
import argparse
import os
import random
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'flow'), HERE]
import months  # noqa: E402
from lib import place, samples  # noqa: E402


def run(seed, scenes):
    """(instance, lines, right, wrong settlements, lost or doubled, what is not right) of one month."""
    month = months.make(seed, scenes)
    instance = samples.make_instance(f'month-{seed}')
    folder = instance.path('month')
    months.write(month, folder, random.Random(seed))
    truth = {}
    for row in months.truth(month):
        truth.setdefault(samples.identity(row), []).append(row)
    samples.bring(instance, folder, seed)
    return instance, len(month.lines), *samples.judge(truth, instance.entries())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--months', type=int, default=50)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--scenes', type=int)
    parser.add_argument('--verbose', action='store_true')
    chosen = parser.parse_args()
    lines = good = settled = 0
    bad = False
    for seed in range(chosen.first, chosen.first + chosen.months):
        scenes = chosen.scenes or random.Random(seed).choice([20, 60, 150, 400, 800])
        instance, count, right, wrong, surplus, rest = run(seed, scenes)
        lines, good = lines + count, good + right
        settled += sum(entry['disposition'] == 'settled' for entry in instance.entries())
        shown = wrong + [f'lost or doubled: {line}' for line in surplus] + (rest if chosen.verbose or right < 0.99 * count else [])
        bad |= bool(wrong or surplus or right < 0.99 * count)
        print(*(f'month {seed}: {line}' for line in shown), sep='\n', end='\n' if shown else '', flush=True)
        shutil.rmtree(os.path.dirname(instance.home))
    print(f'{chosen.months} months, {lines} lines: {100 * good / lines:.2f} % as the truth says, {settled} settled')
    return bad


if __name__ == '__main__':
    sys.exit(main())
