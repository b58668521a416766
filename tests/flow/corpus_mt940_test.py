#!/usr/bin/python3
"""Other people's MT940 and MT942 files: sums and counts as measured beforehand, and each line as another reader saw it."""
import re
from decimal import Decimal

from lib import corpus, tap

ROOT = 'mt940/'
LITERAL = 'mt940_literal/mayswind__ezbookkeeping/mt_TestMT940TransactionDataFileParseImportedData_'
# Files that are no whole statement: refused. Each is explained in docs/corpus.md.
REFUSED = {
    ROOT + 'betterplace__mt940_parser/test/fixtures/empty_entry_date.txt': 'mt940_order',
    ROOT + 'fruitl00p__php-mt940/test/Parser/Banking/Mt940/Engine/Rabo/sample2': 'mt940_cut',
    ROOT + 'railslove__cmxl/spec/fixtures/lines/statement_ocmt_chgs.txt': 'mt940_order',
    ROOT + 'railslove__cmxl/spec/fixtures/lines/statement_supplementary_complex.txt': 'mt940_order',
    ROOT + 'railslove__cmxl/spec/fixtures/lines/statement_supplementary_plain.txt': 'mt940_order',
    ROOT + 'railslove__cmxl/spec/fixtures/mt940-with-colon-after-line-break.txt': 'mt940_cut',
    ROOT + 'railslove__cmxl/spec/fixtures/statement-mt940.txt': 'mt940_order',
    ROOT + 'tryton__mt940/mt940/MT940-optional.txt': 'mt940_order',
    ROOT + 'wolph__mt940/mt940_tests/betterplace/empty_entry_date.sta': 'mt940_order',
    ROOT + 'wolph__mt940/mt940_tests/cmxl/statement_details.sta': 'mt940_order',
    ROOT + 'wolph__mt940/mt940_tests/cmxl/statement_line.sta': 'mt940_order',
    ROOT + 'wolph__mt940/mt940_tests/self-provided/multiline.sta': 'mt940_order',
    ROOT + 'wolph__mt940/mt940_tests/self-provided/sparkassen.sta': 'mt940_order',
    LITERAL + 'ParseTransactionInvalidAmountAndCurrency_1.sta': 'mt940_field',
    LITERAL + 'MissingRequiredField_1.sta': 'mt940_order',
}
SENTENCES = {'mt940_order': '前面缺少', 'mt940_cut': '就结束了', 'mt940_field': '不对，应为'}
# Balances that hold (and do not), where the other reader saw fewer messages.
OTHER_BALANCES = {ROOT + 'zilverline__mt940/spec/fixtures/two_accounts.txt': (4, 0)}
# Sums that differ, and ours: a lower-case mark that the other reader skipped.
OTHER_SUMS = {ROOT + 'dovadi__mt940/docs/MT940_voorbeeldbestanden_abnamro.txt': (Decimal('1001.14'), Decimal('640.25'))}

TEXTS = ('counterparty_name', 'counterparty_account', 'counterparty_bank', 'end_to_end_id', 'remark', 'purpose', 'summary', 'return_reason',
         'bank_reference', 'entry_reference')


def entries(lines):
    return [line for line in lines if line['type'] == 'entry']


def wanted(row):
    return OTHER_SUMS.get(row['path'], (Decimal(row['sum_credits'] or 0), Decimal(row['sum_debits'] or 0)))


def test_sums(rows):
    wrong, unrefused = [], []
    for row in rows:
        code, lines, said, _ = corpus.parse(row['file'])
        if row['path'] in REFUSED:
            if code != 1 or SENTENCES[REFUSED[row['path']]] not in said:
                unrefused.append(f"{row['path']}: {said or corpus.sums(lines)}")
        elif code != 0 or corpus.sums(lines) != wanted(row) or len(entries(lines)) != int(row['entries']):
            wrong.append(f"{row['path']}: {said or corpus.sums(lines)}")
    tap.ok(len(rows) > len(REFUSED) and not wrong, f'{len(rows) - len(REFUSED)} files: sums and counts equal', '\n'.join(wrong))
    tap.ok(not unrefused, f'{len(REFUSED)} files that are no whole statement are refused, with line and tag', '\n'.join(unrefused))


def balance_holds(statement, lines):
    moved = sum(Decimal(line['amount']) * (1 if line['direction'] == 'credit' else -1) for line in entries(lines) if line['statement'] == statement['statement'])
    return Decimal(statement['opening']) + moved == Decimal(statement['closing'])


def test_balances(rows):
    """As many messages as measured beforehand say that opening and lines make closing."""
    wrong = []
    for row in rows:
        found = re.match(r'ok=(\d+) diff=(\d+)', row['balance_check'])
        if row['path'] in REFUSED or row['path'] in OTHER_SUMS or not found:
            continue
        lines = corpus.parse(row['file'])[1]
        proven = [balance_holds(line, lines) for line in lines if line['type'] == 'statement' and 'opening' in line and 'closing' in line]
        if (proven.count(True), proven.count(False)) != OTHER_BALANCES.get(row['path'], (int(found[1]), int(found[2]))):
            wrong.append(f"{row['path']}: {proven}, not {row['balance_check']}")
    tap.ok(not wrong, 'balances hold where they were seen to hold', '\n'.join(wrong))


def squeeze(text):
    return re.sub(r'[\s\x00-\x1f\xa0]', '', text)


def seen(entry):
    """What the other reader saw, as our words: value date, direction, amount."""
    date, mark, amount = entry['date'], entry['dc'].upper(), entry['amt'].replace(',', '.')
    century = '19' if date[:2] >= '80' else '20'
    return (f'{century}{date[:2]}-{date[2:4]}-{date[4:]}', 'credit' if mark in ('C', 'RD', 'EC') else 'debit', Decimal(amount + '0' if amount.endswith('.') else amount))


def whole_text(path):
    """The file without blanks, tags of :86:, and marks of the German dialect."""
    with open(path, 'rb') as file:
        data = file.read()
    try:
        text = data.decode('utf-8-sig')
    except UnicodeDecodeError:
        text = data.decode('latin-1')
    if ':NS:' in text:
        text = re.sub(r'[\r\n]+(:NS:)?\d\d', '', text)
    text = squeeze(re.sub(r'[\r\n]+:86:', '', text))
    return re.sub(r'[?<>@^](?:[0136]0|[236]\d)', '', text)


def foreign(ours, whole):
    """Texts of ours that do not stand in the file."""
    return [ours[key] for key in TEXTS if key in ours and not in_pieces(squeeze(ours[key]), whole)]


def in_pieces(part, whole):
    """A remark is put together from pieces; each piece of some length stands somewhere."""
    at = 0
    while at < len(part):
        size = next((n for n in range(len(part) - at, 0, -1) if part[at:at + n] in whole), 0)
        if size < min(4, len(part) - at):
            return False
        at += size
    return True


def test_lines(rows):
    oracle = corpus.oracle('mt940')
    wrong, count = [], 0
    for row in rows:
        if row['path'] in REFUSED or row['path'] not in oracle:
            continue
        whole = whole_text(row['file'])
        theirs = [entry for message in oracle[row['path']]['msgs'] for entry in message['entries']]
        lines = corpus.parse(row['file'])[1]
        ours = entries(lines)
        if len(ours) != len(theirs):
            wrong.append(f"{row['path']}: {len(ours)} lines, not {len(theirs)}")
            continue
        for mine, other in zip(ours, theirs):
            count += 1
            got = mine['value_date'], mine['direction'], Decimal(mine['amount'])
            if (other['ok'] and got != seen(other)) or foreign(mine, whole):
                wrong.append(f"{row['path']} line {mine['line']}: {got} {foreign(mine, whole)}, not {other}")
    tap.ok(count > 0 and not wrong, f'{count} lines: day, direction and amount equal, and no text that is not in the file', '\n'.join(wrong))


def main():
    if corpus.absent():
        tap.skip_all('not built, or shared/ is absent')
    rows = corpus.index('mt940', 'mt940_literal')
    test_sums(rows)
    test_balances(rows)
    test_lines(rows)
    tap.done()


main()
