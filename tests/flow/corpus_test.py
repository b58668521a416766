#!/usr/bin/python3
"""Other people's hostile files, and invented statements with known truth. Each format has its own corpus_*_test.py."""
import collections
import csv
import os

from lib import corpus, place, tap


def test_hostile():
    files = corpus.files('malformed')
    bad, slowest = [], 0
    for path in files:
        code, lines, said, seconds = corpus.parse(path)
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
        code, lines, said, _ = corpus.parse(os.path.join(folder, 'statements', file))
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
    if corpus.absent():
        tap.skip('corpus', 'shared/ is absent')
    else:
        test_hostile()
    for name in ('small', 'month'):
        if place.shared('samples', name) is None:
            tap.skip(f'samples/{name}', 'shared/ is absent')
        else:
            test_samples(name)
    tap.done()


main()
