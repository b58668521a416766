#!/usr/bin/python3
"""Other people's camt.052, camt.053 and camt.054: counts and sums as measured beforehand, and every statement, entry and transaction
as another reader found it. docs/corpus.md lists the disagreements that are right, each with its reason: one more or one less fails."""
import collections
import os
import re
from decimal import Decimal

from lib import corpus, place, tap

STATUS = {'BOOK': 'booked', '': 'booked', 'PDNG': 'pending'}


def accepted():
    """(end of the file's name, what) -> times, from the table of the section."""
    with open(os.path.join(place.ROOT, 'docs', 'corpus.md'), encoding='utf-8') as file:
        section = re.search(r'^## camt$(.*?)(^## |\Z)', file.read(), re.M | re.S).group(1)
    rows = [[cell.strip(' `') for cell in line.strip().strip('|').split('|')] for line in section.splitlines() if line.startswith('| `')]
    return {(name, what): int(times) for name, what, times, *_ in rows}


def signed(amount, credit):
    return Decimal(amount) if credit else -Decimal(amount)


def balance(found, *codes):
    """The first of these, the first code before the second."""
    hits = [bal for code in codes for bal in found['bals'] if bal['cd'] == code]
    return signed(hits[0]['amt'], hits[0]['ind'] != 'DBIT') if hits else None


def differ_statement(ours, found):
    yield 'id', ours.get('id', ''), found['id']
    yield 'account', ours.get('account', ''), found['acct']
    if found['ccy']:
        yield 'currency', ours['currency'], found['ccy']
    if found['pg']:
        yield 'page', ours['page'], int(found['pg'])
    if found['last']:
        yield 'last page', ours['last_page'], found['last'] == 'true'
    if found['type'] == 'BkToCstmrStmt':
        yield 'opening', Decimal(ours['opening']) if 'opening' in ours else None, balance(found, 'OPBD', 'PRCD')
        yield 'closing', Decimal(ours['closing']) if 'closing' in ours else None, balance(found, 'CLBD')


def splits(entry):
    """Has every transaction an amount, in the entry's direction, that together make the entry's? (The other reader says no currency.)"""
    transactions = entry['tx']
    along = all(one['amt'] and one['ind'] in ('', entry['ind']) for one in transactions)
    return len(transactions) > 1 and along and sum(Decimal(one['amt']) for one in transactions) == Decimal(entry['amt'])


def differ_entry(lines, entry):
    first = lines[0]
    total = sum(signed(line['amount'], line['direction'] == 'credit') for line in lines)
    yield 'amount', total, signed(entry['amt'], entry['ind'] == 'CRDT')
    yield 'entry currency', first['currency'], entry['ccy']
    yield 'status', {line['status'] for line in lines}, {STATUS.get(entry['sts'], 'info')}
    yield 'reversal', first['reversal'], entry['rvsl'] in ('true', '1')
    if entry['bookg']:
        yield 'booking date', first['booking_date'], entry['bookg'][:10]
    yield 'value date', first.get('value_date', ''), entry['val'][:10]
    if entry['addtl']:
        yield 'summary', first.get('summary', ''), entry['addtl']
    yield 'split', 'index' in first, splits(entry)
    count = max(entry['ntx'], int(entry['btch_nb'] or 0))
    if 'index' in first:
        yield 'transactions', len(lines), entry['ntx']
        yield 'entry reference', first.get('entry_reference', ''), entry['asr']
    else:
        yield 'transactions', first.get('transactions', 1), max(count, 1)
        if entry['asr'] or count != 1:
            yield 'bank reference', first.get('bank_reference', ''), entry['asr']


def differ_transaction(line, found, entry):
    yield 'end-to-end id', line.get('end_to_end_id', ''), found['e2e'].replace('NOTPROVIDED', '')
    if 'index' in line:
        yield 'transaction amount', Decimal(line['amount']), Decimal(found['amt'])
    if 'index' in line or not entry['asr']:
        yield 'transaction reference', line.get('bank_reference', ''), found['asr']
    if found['ustrd'] or found['strd']:
        yield 'remark', line.get('remark', ''), ' '.join(found['ustrd'] or found['strd'])
    # the other reader does not say who is whose counterparty: it is one of the two, whole
    party = line.get('counterparty_name', ''), line.get('counterparty_account', '')
    yield 'counterparty', party in ((found['dbtr'], found['dbtr_acct']), (found['cdtr'], found['cdtr_acct']), ('', '')), True


def differences(row, found):
    """What differs, word by word, with both sides."""
    code, lines, said, _ = corpus.parse(row['file'])
    if code != 0:
        yield 'refused', said.strip(), 'read'
        return
    shown = collections.defaultdict(list)
    for line in lines:
        if line['type'] == 'entry':
            shown[line['line']].append(line)
    yield 'entries', len(shown), int(row['entries'] or 0)
    total = collections.Counter()
    for line in lines:
        if line['type'] == 'entry':
            total[line['direction']] += Decimal(line['amount'])
    yield 'sums', (total['credit'], total['debit']), (Decimal(row['sum_credits'] or 0), Decimal(row['sum_debits'] or 0))
    heads = [line for line in lines if line['type'] == 'statement']
    yield 'statements', len(heads), len(found['stmts'])
    if row['version']:
        yield 'format', {head['format'] for head in heads}, {row['version']}
    entries = [(number, entry) for number, statement in enumerate(found['stmts'], 1) for entry in statement['entries']]
    for head, statement in zip(heads, found['stmts']):
        yield from differ_statement(head, statement)
    for number, (statement, entry) in enumerate(entries, 1):
        yield 'statement', {line['statement'] for line in shown[number]}, {statement}
        yield from differ_entry(shown[number], entry)
        if 'index' in shown[number][0] or (entry['ntx'] == 1 and 'transactions' not in shown[number][0]):
            for line, transaction in zip(shown[number], entry['tx']):
                yield from differ_transaction(line, transaction, entry)


def test_corpus():
    want, oracle = accepted(), corpus.oracle('camt')
    rows = corpus.index('camt', 'camt_literal')
    known = {name for name, _ in want}
    got, told, compared = collections.Counter(), [], 0
    for row in rows:
        for what, ours, theirs in differences(row, oracle[row['path']]):
            compared += 1
            if ours == theirs:
                continue
            name = next((name for name in known if row['path'].endswith('/' + name)), row['path'])
            got[name, what] += 1
            if (name, what) not in want:
                told.append(f'{name}: {what}: {ours!r}, measured {theirs!r}')
    tap.ok(len(rows) > 400 and compared > 10000, f'{len(rows)} files, {compared} values are compared')
    tap.equal(told, [], 'nothing differs but what docs/corpus.md explains')
    tap.equal(dict(got), want, f'{len(want)} disagreements are explained there, and each is still one')


def main():
    if corpus.absent():
        tap.skip_all('not built, or shared/ is absent')
    test_corpus()
    tap.done()


main()
