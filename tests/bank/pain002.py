"""Writes CustomerPaymentStatusReport: pain.002.001.03 for pain.001.001.03, pain.002.001.10 for pain.001.001.09."""
from xml.sax.saxutils import escape

ANSWERS = {'pain.001.001.03': 'pain.002.001.03', 'pain.001.001.09': 'pain.002.001.10'}


def _transaction(answer):
    reason = ''
    if answer.get('reason'):
        reason = (f"<StsRsnInf><Rsn><Cd>{answer['reason']}</Cd></Rsn>"
                  f"<AddtlInf>{escape(answer['text'])}</AddtlInf></StsRsnInf>")
    serial = f"<AcctSvcrRef>{answer['serial']}</AcctSvcrRef>" if answer.get('serial') else ''
    return (f"<TxInfAndSts><OrgnlEndToEndId>{escape(answer['end_to_end'])}</OrgnlEndToEndId>"
            f"<TxSts>{answer['status']}</TxSts>{reason}{serial}</TxInfAndSts>")


def write(version, report_id, moment, message, answers, group=None, group_reason=''):
    """answers: {'end_to_end', 'block', 'status', 'reason', 'text', 'serial'}; group: a status for the whole message."""
    blocks = {}
    for answer in answers:
        blocks.setdefault(answer['block'], []).append(answer)
    body = ''.join(f'<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(block)}</OrgnlPmtInfId>'
                   f"{''.join(map(_transaction, rows))}</OrgnlPmtInfAndSts>" for block, rows in blocks.items())
    status = f'<GrpSts>{group}</GrpSts>' if group else ''
    if group_reason:
        status += f'<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn><AddtlInf>{escape(group_reason)}</AddtlInf></StsRsnInf>'
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{ANSWERS[version]}"><CstmrPmtStsRpt>'
            f"<GrpHdr><MsgId>{report_id}</MsgId><CreDtTm>{moment.isoformat(timespec='seconds')}</CreDtTm></GrpHdr>"
            f'<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(message)}</OrgnlMsgId><OrgnlMsgNmId>{version}</OrgnlMsgNmId>{status}'
            f'</OrgnlGrpInfAndSts>{body}</CstmrPmtStsRpt></Document>\n').encode()
