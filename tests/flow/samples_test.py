#!/usr/bin/python3
"""Statements whose truth is known: every line once, no wrong settlement, whatever the order of files and orders."""
import os

from lib import place, tap
from lib.samples import bring, difference, end_state, judge, make_instance, read_truth


def check_folder(size, seeds):
    folder = place.shared('samples', size)
    truth, count = read_truth(folder)
    states = []
    for seed in seeds:
        instance = make_instance(f'samples-{size}-{seed}')
        bring(instance, folder, seed)
        good, wrong, surplus, bad = judge(truth, instance.entries())
        tap.note(f'{size}, order {seed}: {good} of {count} lines right ({100 * good / count:.1f} %)')
        tap.ok(not wrong, f'{size}, order {seed}: no wrong settlement', '\n'.join(wrong))
        tap.ok(not surplus, f'{size}, order {seed}: no line lost or doubled', surplus[:10])
        tap.ok(good >= 0.99 * count, f'{size}, order {seed}: at least 99 % as the truth says', '\n'.join(bad[:40]))
        states.append(end_state(instance))
        if seed == seeds[0]:
            check_again(instance, folder, size, states[0])
    for seed, state in zip(seeds[1:], states[1:]):
        tap.ok(state == states[0], f'{size}: order {seed} of files ends like the first', difference(states[0], state))


def check_again(instance, folder, size, before):
    files = [os.path.join(folder, 'statements', name) for name in os.listdir(os.path.join(folder, 'statements'))]
    result = instance.yifen('statement', 'import', *files)
    tap.equal(result.returncode, 0, f'{size}: known content is no error')
    after = end_state(instance)
    tap.ok(after == before, f'{size}: everything imported twice changes nothing', difference(before, after))


def main():
    if place.shared('samples', 'small', 'truth.tsv') is None:
        tap.skip_all('shared/ is absent')
    check_folder('small', [0, 1, 2, 3])
    check_folder('month', [0, 4])
    tap.done()


main()
