"""Reads CustomerCreditTransferInitiation, pain.001.001.03 and .09, as a strict bank would."""
import xml.etree.ElementTree as ET
from decimal import Decimal

VERSIONS = ('pain.001.001.03', 'pain.001.001.09')


class BadMessage(Exception):
    pass


def _fen(text):
    value = Decimal(text) * 100
    if value != int(value) or value <= 0:
        raise BadMessage(f'amount {text}')
    return int(value)


def _payment(node, ns, block):
    def text(path):
        return node.findtext('/'.join(f'p:{step}' for step in path.split('/')), None, ns)
    amount = node.find('p:Amt/p:InstdAmt', ns)
    if amount is None or amount.get('Ccy') != 'CNY':
        raise BadMessage('currency')
    return dict(end_to_end=text('PmtId/EndToEndId'), instruction=text('PmtId/InstrId'), amount=_fen(amount.text),
                name=text('Cdtr/Nm'), account=text('CdtrAcct/Id/Othr/Id'),
                cnaps=text('CdtrAgt/FinInstnId/ClrSysMmbId/MmbId'), bank=text('CdtrAgt/FinInstnId/Nm'),
                remark=text('RmtInf/Ustrd') or '', block=block['id'], payer=block['payer'])


def read(data):
    """{'version', 'id', 'payments': [...]}; BadMessage when the message is not to be touched."""
    try:
        root = ET.fromstring(data)
    except ET.ParseError as error:
        raise BadMessage(f'not well-formed: {error}') from error
    space = root.tag[1:].split('}')[0]
    version = space.rsplit(':', 1)[-1]
    if version not in VERSIONS or not root.tag.endswith('}Document'):
        raise BadMessage(f'unknown message {space}')
    ns = {'p': space}
    head = root.find('p:CstmrCdtTrfInitn/p:GrpHdr', ns)
    message = dict(version=version, id=head.findtext('p:MsgId', None, ns), payments=[])
    for block in root.findall('p:CstmrCdtTrfInitn/p:PmtInf', ns):
        facts = dict(id=block.findtext('p:PmtInfId', None, ns), payer=block.findtext('p:DbtrAcct/p:Id/p:Othr/p:Id', None, ns))
        message['payments'] += [_payment(node, ns, facts) for node in block.findall('p:CdtTrfTxInf', ns)]
    _check_totals(message, head, ns)
    return message


def _check_totals(message, head, ns):
    count, total = head.findtext('p:NbOfTxs', None, ns), head.findtext('p:CtrlSum', None, ns)
    if not message['id'] or int(count) != len(message['payments']) or not message['payments']:
        raise BadMessage('number of transactions')
    if total is not None and _fen(total) != sum(payment['amount'] for payment in message['payments']):
        raise BadMessage('control sum')
    for payment in message['payments']:
        if not all(payment[key] for key in ('end_to_end', 'name', 'account', 'payer')):
            raise BadMessage('a payment lacks reference, name or account')
