#!/usr/bin/python3
"""Other people's bank exports: equal to what INDEX.tsv measured, but for the listed disagreements (docs/corpus.md)."""
import sys
from decimal import Decimal

from lib import corpus, tap

# path below cn_csv or cn_csv_literal (a part of it): what we say instead. Why: docs/corpus.md, section CSV.
OTHERWISE = {
}


def told(code, lines, said):
    """What we say of a file: lines, sums of the booked ones, how many are not booked; or why not."""
    if code:
        return said.strip()
    entries = [line for line in lines if line['type'] == 'entry']
    credits, debits = corpus.sums(lines)
    return f"{len(entries)} {credits:.2f} {debits:.2f}"


def main():
    if corpus.absent():
        tap.skip_all('shared/ is absent')
    rows = corpus.index('cn_csv', 'cn_csv_literal')
    for row in rows:
        code, lines, said, _ = corpus.parse(row['file'])
        want = f"{row['entries']} {Decimal(row['sum_credits'] or 0):.2f} {Decimal(row['sum_debits'] or 0):.2f}"
        got = told(code, lines, said)
        print('==' if got == want else '!!', row['path'][-70:], lines[0].get('profile') if lines else '', got if got == want else f'\n   want {want} {row["note"][-40:]}\n   got  {got}')


main()
