"""Electronic vouchers as the bank gives them: XBRL of a statement (bkrs) or a receipt (bker), alone or inside OFD and PDF."""
import hashlib
import io
import zipfile
import zlib
from decimal import Decimal
from xml.sax.saxutils import escape

HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:{0}="http://xbrl.mof.gov.cn/taxonomy/2023-12-31/{0}">'
        '<context id="c"><entity><identifier scheme="http://xbrl.mof.gov.cn">C1010200000000</identifier></entity><period><instant>{1}</instant></period></context>'
        '<unit id="u"><measure>iso4217:CNY</measure></unit>')


def yuan(fen):
    return str(Decimal(fen) / 100)


def fact(kind, name, value, money=False):
    more = ' unitRef="u" decimals="2"' if money else ''
    return f'<{kind}:{name} contextRef="c"{more}>{escape(str(value))}</{kind}:{name}>' if value not in (None, '') else ''


def number(line):
    return f"{line['day'].replace('-', '')}{line['id']:012d}"


def bkrs(account, month, opening, lines):
    text, balance = [HEAD.format('bkrs', lines[-1]['day'] if lines else month + '-28')], opening
    for name, value in (('Currency', '人民币'), ('CustomerSettlementBankAccount', account['number']), ('NameOfCustomerAccount', account['name']),
                        ('YearOfBankReconciliationStatement', month[:4]), ('MonthOfBankReconciliationStatement', month[5:])):
        text.append(fact('bkrs', name, value))
    for line in lines:
        balance += line['amount']
        text.append('<bkrs:InformationOfReconcileDetailsTuple>')
        for name, value, money in (('DateOfBookkeeping', line['day'], False), ('TimeOfBookkeeping', line['time'], False),
                                   ('NotesOfBankElectronicReceipt', line['remark'], False),
                                   ('IdentificationOfCreditOrDebit', int(line['amount'] > 0), False),
                                   ('TransactionAmount', yuan(abs(line['amount'])), True), ('DebitOrCreditOfBalance', 1, False),
                                   ('AccountBalance', yuan(balance), True), ('AccountOfCounterparty', line['other'], False),
                                   ('NameOfCounterparty', line['name'], False), ('NumberOfBankElectronicReceipt', number(line), False)):
            text.append(fact('bkrs', name, value, money))
        text.append('</bkrs:InformationOfReconcileDetailsTuple>')
    text.append(fact('bkrs', 'AccountBalanceAtTheEndOfReconciliationCycleAmount', yuan(balance), True) + '</xbrl>\n')
    return ''.join(text).encode()


def bker(account, line):
    ours, other = ('Payee', 'Payer') if line['amount'] > 0 else ('Payer', 'Payee')
    text = [HEAD.format('bker', line['day'])]
    for name, value, money in (('NumberOfBankElectronicReceipt', number(line), False), ('IdentificationOfCreditOrDebit', int(line['amount'] > 0), False),
                               ('DateOfBookkeeping', line['day'], False), ('TimeOfBookkeeping', line['time'], False), ('Currency', 'CNY', False),
                               ('TransactionAmountInFigures', yuan(abs(line['amount'])), True), ('Notes', line['remark'], False),
                               (f'AccountNameOf{other}', line['name'], False), (f'AccountNumberOf{other}', line['other'], False),
                               (f'AccountNameOf{ours}', account['name'], False), (f'AccountNumberOf{ours}', account['number'], False),
                               ('AccountNumberOfRecipient', account['number'], False)):
        text.append(fact('bker', name, value, money))
    return (''.join(text) + '</xbrl>\n').encode()


def ofd(*vouchers):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('OFD.xml', '<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>')
        for place, voucher in enumerate(vouchers):
            archive.writestr(f'Doc_0/Attachs/voucher{place}.xml', voucher)
    return out.getvalue()


def pdf(*vouchers, checksum=True, packed=True):
    """The least PDF that carries them."""
    first = 4
    names = ' '.join(f'(v{place}.xml) {first + 2 * place} 0 R' for place in range(len(vouchers)))
    objects = [b'<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 3 0 R >> >>', b'<< /Type /Pages /Kids [] /Count 0 >>',
               f'<< /Names [{names}] >>'.encode()]
    for place, voucher in enumerate(vouchers):
        data = zlib.compress(voucher) if packed else voucher
        said = f'/Params << /Size {len(voucher)} /CheckSum <{hashlib.md5(voucher).hexdigest()}> >>' if checksum else ''
        objects.append(f'<< /Type /Filespec /F (v{place}.xml) /EF << /F {first + 2 * place + 1} 0 R >> >>'.encode())
        objects.append(f"<< /Length {len(data)} {'/Filter /FlateDecode' if packed else ''} {said} >>\nstream\n".encode() + data + b'\nendstream')
    out, places = b'%PDF-1.7\n', []
    for place, content in enumerate(objects, 1):
        places.append(len(out))
        out += f'{place} 0 obj\n'.encode() + content + b'\nendobj\n'
    table = ''.join(f'{at:010d} 00000 n \n' for at in places)
    return out + f'xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n'.encode()
