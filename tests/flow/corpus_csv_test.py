#!/usr/bin/python3
"""Other people's bank exports, Alipay and WeChat Pay bills: how many lines and which sums, as measured beforehand. docs/corpus.md lists
the disagreements that are right, each with its reason: one more or one less fails."""
import os
import re
from decimal import Decimal

from lib import corpus, place, tap


def accepted():
    """End of the file's name -> (measured, ours), from the table of the section."""
    with open(os.path.join(place.ROOT, 'docs', 'corpus.md'), encoding='utf-8') as file:
        section = re.search(r'^## CSV$(.*?)(^## |\Z)', file.read(), re.M | re.S).group(1)
    rows = [[cell.strip(' `') for cell in line.strip().strip('|').split('|')] for line in section.splitlines() if line.startswith('| `')]
    return {name: (measured, ours) for name, measured, ours, *_ in rows}


def measured(row):
    """Lines, credits, debits; a file in which the other reader found no header holds nothing that could be read."""
    if 'header not found' in row['note']:
        return 'refused'
    return f"{row['entries']}, +{Decimal(row['sum_credits']):.2f}, -{Decimal(row['sum_debits']):.2f}"


def told(row):
    """What we say: every line, the sums of the booked ones."""
    code, lines, _, _ = corpus.parse(row['file'])
    if code:
        return 'refused'
    credits, debits = corpus.sums(lines)
    return f"{sum(line['type'] == 'entry' for line in lines)}, +{credits:.2f}, -{debits:.2f}"


def main():
    if corpus.absent():
        tap.skip_all('not built, or shared/ is absent')
    rows = corpus.index('cn_csv', 'cn_csv_literal')
    differ = {row['path']: (measured(row), told(row)) for row in rows}
    differ = {path: pair for path, pair in differ.items() if pair[0] != pair[1]}
    known = accepted()
    new = {path: pair for path, pair in differ.items() if known.get(next((end for end in known if path.endswith(end)), None)) != pair}
    gone = [end for end in known if not any(path.endswith(end) for path in differ)]
    tap.ok(rows and not new, f'{len(rows)} bank exports: {len(rows) - len(differ)} as measured, {len(differ)} otherwise for a reason', new)
    tap.equal(gone, [], 'no reason is left over')
    tap.done()


main()
