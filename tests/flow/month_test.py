#!/usr/bin/python3
"""Months that nobody has seen before, with known truth, through the whole program; and the order in which things come does not matter.
`make months` and `make arrival` try many."""
import os
import sys

from lib import place, tap

sys.path.insert(0, os.path.join(place.ROOT, 'tests', 'match'))
import arrival  # noqa: E402
import month  # noqa: E402
import months  # noqa: E402

SEEDS = [1001, 1002]
ORDERS = 4


def check_truth(seed):
    instance, count, right, wrong, surplus, rest = month.run(seed, 120)
    tap.note(f'month {seed}: {right} of {count} lines right')
    tap.ok(not wrong, f'month {seed}: no wrong settlement', '\n'.join(wrong))
    tap.ok(not surplus, f'month {seed}: no line lost or doubled', surplus[:10])
    tap.ok(right >= 0.99 * count, f'month {seed}: at least 99 % as the truth says', '\n'.join(rest[:40]))
    instance.must('audit', 'verify')


def check_arrival():
    made = months.make('arrival/test', 40)
    first = arrival.state(made, 'test-0')
    tap.ok(len(first) > 3 * len(made.orders), 'the dump holds what there is', len(first))
    for seed, rows in arrival.compare(made, [f'test-{k}' for k in range(ORDERS)]):
        tap.ok(False, f'order {seed} ends like the first', '\n'.join(rows[:20]))
    tap.ok(True, f'{ORDERS} random orders compared')


def main():
    for seed in SEEDS:
        check_truth(seed)
    check_arrival()
    tap.done()


main()
