#!/usr/bin/python3
"""Other people's camt files: sums as measured beforehand."""
from decimal import Decimal

from lib import corpus, tap

VERSIONS = tuple(f'camt.053.001.0{n}' for n in range(2, 9))


def test_sums():
    files = [row for row in corpus.index('camt') if row['version'] in VERSIONS]
    wrong, others = [], []
    for row in files:
        code, lines, said, _ = corpus.parse(row['file'])
        right = code == 0 and corpus.sums(lines) == (Decimal(row['sum_credits'] or 0), Decimal(row['sum_debits'] or 0))
        if not right:
            (wrong if row['xsd_valid'] == 'yes' else others).append(f"{row['path']}: {said or corpus.sums(lines)}")
    valid = sum(row['xsd_valid'] == 'yes' for row in files)
    tap.ok(valid > 0 and not wrong, f'{valid} camt.053 files that are valid against their XSD: sums equal', '\n'.join(wrong))
    tap.note(f'{len(files) - valid} others: {len(others)} differ or are refused')
    tap.note('\n'.join(others))


def main():
    if corpus.absent():
        tap.skip_all('not built, or shared/ is absent')
    test_sums()
    tap.done()


main()
