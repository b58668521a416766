#!/usr/bin/python3
"""Other people's files: statements whose sums are known, hostile files, and invented statements with known truth."""
import collections
import csv
import json
import os
import subprocess
import time
from decimal import Decimal

from lib import place, tap

VERSIONS = tuple(f'camt.053.001.0{n}' for n in range(2, 9))


def parse(path):
    """Exit code, lines as objects, what it says, seconds."""
    start = time.monotonic()
    done = subprocess.run([place.program('yifen'), 'parse', '--json', path], capture_output=True, text=True, env={'LC_ALL': 'C.UTF-8'})
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr, time.monotonic() - start


def sums(lines):
    total = collections.Counter()
    for line in lines:
        if line['type'] == 'entry' and line['status'] == 'booked':
            total[line['direction']] += Decimal(line['amount'])
    return total['credit'], total['debit']


def index():
    with open(place.shared('corpus', 'INDEX.tsv'), encoding='utf-8') as file:
        return list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))


def test_sums(rows):
    files = [row for row in rows if row['kind'] == 'camt' and row['version'] in VERSIONS]
    wrong, others = [], []
    for row in files:
        path = place.shared('corpus', row['path'])
        if path is None:
            continue
        code, lines, said, _ = parse(path)
        right = code == 0 and sums(lines) == (Decimal(row['sum_credits'] or 0), Decimal(row['sum_debits'] or 0))
        if not right:
            (wrong if row['xsd_valid'] == 'yes' else others).append(f"{row['path']}: {said or sums(lines)}")
    valid = sum(row['xsd_valid'] == 'yes' for row in files)
    tap.ok(valid > 0 and not wrong, f'{valid} camt.053 files that are valid against their XSD: sums equal', '\n'.join(wrong))
    tap.note(f'{len(files) - valid} others: {len(others)} differ or are refused')
    tap.note('\n'.join(others))


def test_hostile():
    files = [os.path.join(folder, name) for folder, _, names in os.walk(place.shared('corpus', 'malformed')) for name in names]
    bad, slowest = [], 0
    for path in files:
        code, lines, said, seconds = parse(path)
        slowest = max(slowest, seconds)
        refused = code == 1 and not lines and said.count('\n') == 1
        if not (refused or code == 0) or 'signal' in said or 'exit ' in said or seconds > 5:
            bad.append(f'{path}: {code} {seconds:.1f} s {said}')
    tap.ok(files and not bad, f'{len(files)} hostile files: refused or read whole', '\n'.join(bad))
    tap.note(f'the slowest took {slowest:.2f} s')


KEY = ('account', 'booking_date', 'amount', 'direction', 'bank_reference', 'counterparty_name', 'counterparty_account', 'remark')


def test_samples(name):
    folder = place.shared('samples', name)
    got, refused = collections.Counter(), []
    for file in sorted(os.listdir(os.path.join(folder, 'statements'))):
        code, lines, said, _ = parse(os.path.join(folder, 'statements', file))
        refused += [said] if code else []
        ours = collections.Counter(tuple(line.get(key, '') for key in KEY) for line in lines if line['type'] == 'entry')
        got |= ours  # equal lines of overlapping files: as many as one file shows
    with open(os.path.join(folder, 'truth.tsv'), encoding='utf-8') as file:
        rows = list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))
    want = collections.Counter(tuple(row[key] for key in KEY) for row in rows)
    tap.equal(refused, [], f'samples/{name}: every statement is read')
    tap.equal((got - want, want - got), (collections.Counter(), collections.Counter()), f'samples/{name}: {len(rows)} lines, none lost, none more')


def main():
    if place.missing('yifen', 'yifen-parse'):
        tap.skip_all('not built')
    if place.shared('corpus', 'INDEX.tsv') is None:
        tap.skip('corpus', 'shared/ is absent')
    else:
        test_sums(index())
        test_hostile()
    for name in ('small', 'month'):
        if place.shared('samples', name) is None:
            tap.skip(f'samples/{name}', 'shared/ is absent')
        else:
            test_samples(name)
    tap.done()


main()
