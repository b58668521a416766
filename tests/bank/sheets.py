"""Writes the CSV files that finance staff download from corporate online banking, in GB18030: ICBC's list without
balances, ABC's list with a running balance and totals."""
from .camt import money

ICBC_HEAD = '本方账号,对方账号,交易时间,借/贷,金额,凭证号,对方单位,对方行号,用途,摘要,附言,个性化信息'
ABC_HEAD = ('交易日期,交易时间戳,收入金额,支出金额,本次余额,手续费总额,交易方式,交易行名,交易类别,对方省市,'
            '对方账号,对方户名,交易说明,交易摘要,交易附言')


def _remark(line):
    return f"退汇 {line['reason'].split()[1]}" if line['returns'] else line['remark']


def _cell(text):
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def _encode(rows):
    return ''.join(row + '\r\n' for row in rows).encode('gb18030')


def icbc(account, lines):
    rows = [ICBC_HEAD]
    for line in lines:
        cells = [account['number'], (line['other'] or '') + '\t', f"{line['day']} {line['time']}",
                 '贷' if line['amount'] > 0 else '借', f"\"{abs(line['amount']) // 100:,}.{abs(line['amount']) % 100:02d}\"", '',
                 _cell(line['name'] or ''), '', '', '汇款' if line['name'] else '结息', _cell(_remark(line) or ''), '']
        rows.append(','.join(cells))
    return _encode(rows)


def abc(account, first, last, opening, lines):
    rows = ['账户明细', f"账号:{account['number']} 户名:{account['name']} 币种:人民币 "
            f"起止日期:{first.replace('-', '')}-{last.replace('-', '')}", ABC_HEAD]
    balance = opening
    for line in lines:
        balance += line['amount']
        day, clock = line['day'].replace('-', ''), line['time'].replace(':', '')
        amounts = [money(line['amount']), ''] if line['amount'] > 0 else ['', money(line['amount'])]
        rows.append(','.join([day, day + clock, *amounts, money(balance), '0.00', '网银', '', '转账', '广东',
                              line['other'] or '', _cell(line['name'] or ''), '',
                              '转账存款' if line['name'] else '结息', _cell(_remark(line) or '')]))
    into = [line['amount'] for line in lines if line['amount'] > 0]
    out = [-line['amount'] for line in lines if line['amount'] < 0]
    rows += ['总收入笔数,总收入金额,总支出笔数,总支出金额', f'{len(into)},{money(sum(into))},{len(out)},{money(sum(out))}']
    return _encode(rows)
