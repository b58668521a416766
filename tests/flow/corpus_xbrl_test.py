#!/usr/bin/python3
"""Other people's electronic vouchers (XBRL): entries, sums and balances as measured beforehand."""
from decimal import Decimal

from lib import corpus, tap


def test_statements():
    for row in corpus.index('cn_xbrl'):
        if not row['entries']:
            continue
        code, lines, said, _ = corpus.parse(row['file'])
        tap.equal((code, said), (0, ''), f"{row['path']}: read")
        entries = [line for line in lines if line['type'] == 'entry']
        tap.equal(len(entries), int(row['entries']), f"{row['path']}: entries")
        tap.equal(corpus.sums(lines), (Decimal(row['sum_credits']), Decimal(row['sum_debits'])), f"{row['path']}: sums")
        statement = lines[0] if lines else {}
        tap.equal((statement.get('closing'), statement.get('currency')), (row['closing'], row['currency']), f"{row['path']}: closing balance")
        credits, debits = corpus.sums(lines)
        tap.equal(Decimal(statement['opening']) + credits - debits, Decimal(statement['closing']), f"{row['path']}: the balances hold")
        tap.equal(len({entry['bank_reference'] for entry in entries}), len(entries), f"{row['path']}: references are unique")


def test_others():
    """Descriptions of the format and JSON beside it are no statements."""
    rows = [row for row in corpus.index('cn_xbrl', 'cn_xbrl_schema') if not row['entries']]
    tap.ok(rows, 'there are such files')
    for row in rows:
        code, lines, said, _ = corpus.parse(row['file'])
        tap.equal((code, lines, said.count('\n')), (1, [], 1), f"{row['path']}: refused in one sentence")


def main():
    if corpus.absent():
        tap.skip_all('not built, or shared/ is absent')
    test_statements()
    test_others()
    tap.done()


main()
