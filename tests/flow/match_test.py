#!/usr/bin/python3
"""The matcher against a second one over noisy wires: no wrong settlement, no disagreement. `make property` tries a million."""
import os
import sys

from lib import place, tap

sys.path.insert(0, os.path.join(place.ROOT, 'tests', 'match'))
import compare  # noqa: E402

WIRES = 20_000


def main():
    if place.missing('tests/match/judge'):
        tap.skip_all('make build/tests/match/judge')
    wires, settled, complaints = compare.run(WIRES)
    tap.note(f'{wires} wires, {settled} settled')
    tap.ok(not [c for c in complaints if c.startswith('WRONG')], 'no wrong settlement', '\n'.join(complaints[:5]))
    tap.ok(not [c for c in complaints if c.startswith('DISAGREE')], 'both matchers agree about every wire', '\n'.join(complaints[:5]))
    tap.ok(settled > wires // 10, 'the noise leaves something to settle', settled)
    tap.done()


main()
