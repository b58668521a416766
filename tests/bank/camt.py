"""Writes BankToCustomerStatement, camt.053.001.02 and .08."""
from xml.sax.saxutils import escape


def money(fen):
    return f'{abs(fen) // 100}.{abs(fen) % 100:02d}'


def _balance(code, fen, day):
    return (f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{money(fen)}</Amt>'
            f"<CdtDbtInd>{'CRDT' if fen >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>")


def _party(version, line):
    into = line['amount'] > 0
    if line['returns'] and version == 'camt.053.001.02':  # banks differ: here a return keeps the parties of its payment
        into = not into
    role = 'Dbtr' if into else 'Cdtr'
    name = f"<Nm>{escape(line['name'])}</Nm>"
    if version == 'camt.053.001.08':
        name = f'<Pty>{name}</Pty>'
    account = f"<{role}Acct><Id><Othr><Id>{line['other']}</Id></Othr></Id></{role}Acct>" if line['other'] else ''
    return f'<RltdPties><{role}>{name}</{role}>{account}</RltdPties>'


def _code(line):
    family = 'RRTN' if line['returns'] else 'DMCT'
    kind = 'ICDT' if line['amount'] < 0 or line['returns'] else 'RCDT'
    return f'<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{kind}</Cd><SubFmlyCd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd>'


def _transaction(version, line, serial):
    direction = 'CRDT' if line['amount'] > 0 else 'DBIT'
    reference = f"<EndToEndId>{escape(line['reference'])}</EndToEndId>" if line['reference'] else ''
    amount = f'<Amt Ccy="CNY">{money(line["amount"])}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
    if version == 'camt.053.001.02':
        amount = f'<AmtDtls><TxAmt><Amt Ccy="CNY">{money(line["amount"])}</Amt></TxAmt></AmtDtls>'
    remark = f"<RmtInf><Ustrd>{escape(line['remark'])}</Ustrd></RmtInf>" if line['remark'] else ''
    back = (f"<RtrInf><Rsn><Cd>{line['reason'].split()[0]}</Cd></Rsn><AddtlInf>{escape(line['reason'].split()[1])}</AddtlInf>"
            '</RtrInf>') if line['returns'] else ''
    return (f'<NtryDtls><TxDtls><Refs><AcctSvcrRef>{serial}</AcctSvcrRef>{reference}</Refs>{amount}'
            f'{_party(version, line)}{remark}{back}</TxDtls></NtryDtls>')


def _entry(version, line):
    serial = f"SN{line['id']:012d}"
    status = '<Sts>BOOK</Sts>' if version == 'camt.053.001.02' else '<Sts><Cd>BOOK</Cd></Sts>'
    reversal = '<RvslInd>true</RvslInd>' if line['returns'] or line.get('kind') == 'reversal' else ''
    details = _transaction(version, line, serial) if line['name'] else ''
    said = line['reason'] if line.get('kind') == 'reversal' else '' if line['name'] else line['remark']
    summary = f'<AddtlNtryInf>{escape(said)}</AddtlNtryInf>' if said else ''
    return (f"<Ntry><Amt Ccy=\"CNY\">{money(line['amount'])}</Amt><CdtDbtInd>{'CRDT' if line['amount'] > 0 else 'DBIT'}"
            f"</CdtDbtInd>{reversal}{status}<BookgDt><Dt>{line['day']}</Dt></BookgDt><ValDt><Dt>{line['day']}</Dt></ValDt>"
            f'<AcctSvcrRef>{serial}</AcctSvcrRef>{_code(line)}{details}{summary}</Ntry>')


def write(version, account, first, last, opening, lines, number, moment):
    """The statement of an account from day `first` to `last` (ISO dates)."""
    closing = opening + sum(line['amount'] for line in lines)
    stamp = moment.isoformat(timespec='seconds')
    name = f"{account['number'][-6:]}-{first}-{number}"
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><BkToCstmrStmt><GrpHdr><MsgId>S{name}</MsgId>'
            f'<CreDtTm>{stamp}</CreDtTm></GrpHdr><Stmt><Id>ST{name}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>'
            f'<CreDtTm>{stamp}</CreDtTm><FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>'
            f"<Acct><Id><Othr><Id>{account['number']}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
            f"{_balance('OPBD', opening, first)}{_balance('CLBD', closing, last)}"
            f"{''.join(_entry(version, line) for line in lines)}</Stmt></BkToCstmrStmt></Document>\n").encode()
