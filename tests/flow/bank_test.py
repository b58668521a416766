#!/usr/bin/python3
"""The test bank itself, over the real SFTP server: it must really do what it is told, twice when told twice."""
import os
import subprocess
import sys

from lib import orders, place, servers, tap
from lib.instance import NUMBERS, OWNER
from lib.world import Bank, faults, sftp_batch

PAYER = NUMBERS['cmb']


def message(message_id, payments, version='pain.001.001.09'):
    rows = ''.join(
        f'<CdtTrfTxInf><PmtId><EndToEndId>{reference}</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">0.01</InstdAmt></Amt>'
        f'<Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct>'
        f'<RmtInf><Ustrd>办理数字证书编码: 012345</Ustrd></RmtInf></CdtTrfTxInf>' for reference, name, account in payments)
    date = '<ReqdExctnDt><Dt>2026-11-02</Dt></ReqdExctnDt>' if version.endswith('09') else '<ReqdExctnDt>2026-11-02</ReqdExctnDt>'
    return (f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><CstmrCdtTrfInitn><GrpHdr><MsgId>{message_id}</MsgId>'
            f'<CreDtTm>2026-11-02T09:00:00</CreDtTm><NbOfTxs>{len(payments)}</NbOfTxs><InitgPty><Nm>x</Nm></InitgPty></GrpHdr>'
            f'<PmtInf><PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd>{date}<Dbtr><Nm>x</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{PAYER}</Id>'
            f'</Othr></Id></DbtrAcct>{rows}</PmtInf></CstmrCdtTrfInitn></Document>').encode()


def make_bank():
    bank = Bank(place.scratch('bank'))
    for layout, number in (('icbc', NUMBERS['icbc']), ('abc', NUMBERS['abc']), ('camt.053.001.08', PAYER)):
        bank.ledger.add_account(number, OWNER, layout, 100000)
    bank.clock.move_to_day(bank.clock.today().replace(year=2026, month=11, day=2))
    return bank


def deliver(bank, data, name='m.xml'):
    with open(bank.path('in', name), 'wb') as file:
        file.write(data)
    bank.step()


def answers(bank):
    return [open(bank.path('answers', name), encoding='utf-8').read() for name in sorted(os.listdir(bank.path('answers')))]


def test_payments():
    bank = make_bank()
    for rule in ({'do': 'reject_name', 'account': '41'}, {'do': 'reject_funds', 'account': '42', 'times': 1},
                 {'do': 'silent', 'account': '43'}, {'do': 'mute', 'account': '44'}, {'do': 'delay', 'days': 2, 'account': '45'},
                 {'do': 'bounce', 'days': 1, 'account': '46'}):
        faults.add(bank.ledger, rule)
    payments = [(f'R{n}', f'名{n}', f'4{n}') for n in range(8)]
    deliver(bank, message('M1', payments))
    tap.equal([line['reference'] for line in bank.ledger.lines()], ['R0', 'R4', 'R5', 'R6', 'R7'],
              'refused and forgotten payments are not booked, the others are')
    first = answers(bank)[0]
    tap.equal([f'{n}' for n in range(8) if f'<OrgnlEndToEndId>R{n}<' in first], ['0', '1', '2', '6', '7'],
              'the answer leaves out what is mute, silent or late')
    tap.ok('BE01' in first and 'AM04' in first, 'it gives the reasons')
    deliver(bank, message('M1', payments))
    tap.equal(len([line for line in bank.ledger.lines() if line['reference'] == 'R0']), 2, 'the same message twice is paid twice')
    tap.equal(len([line for line in bank.ledger.lines() if line['reference'] == 'R2']), 1, 'a rule for one time ends')
    bank.close_day()
    back = [line for line in bank.ledger.lines() if line['returns']]
    tap.equal([(line['amount'], line['day']) for line in back], [(1, '2026-11-03')] * 2, 'the booked fens bounce the next day')
    bank.close_day()
    tap.equal(len([text for text in answers(bank) if '<OrgnlEndToEndId>R5<' in text]), 2, 'the late answers come two days later')


def test_bad_messages():
    bank = make_bank()
    for data in (b'<x', message('M1', [('R1', 'a', '41')]).replace(b'<NbOfTxs>1', b'<NbOfTxs>2'),
                 message('M1', [('R1', 'a', '41')]).replace(b'"CNY"', b'"USD"')):
        deliver(bank, data)
    with open(bank.path('in', 'half.xml.tmp'), 'wb') as file:
        file.write(message('M2', [('R1', 'a', '41')]))
    bank.step()
    tap.equal(bank.ledger.lines(), [], 'bad messages and temporary names move no money')
    faults.add(bank.ledger, {'do': 'cut', 'any': True})
    deliver(bank, message('M3', [('R1', 'a', '41')], 'pain.001.001.03'))
    tap.equal((len(bank.ledger.lines()), answers(bank)[0].endswith('>\n')), (1, False), 'a cut answer is cut, the money moved')


def check_schema(path, version):
    schema = place.shared('corpus', 'xsd', version + '.xsd')
    if not schema:
        return tap.skip(f'{version} against its schema', 'shared/ is absent')
    done = subprocess.run(['xmllint', '--noout', '--schema', schema, path], capture_output=True, text=True)
    return tap.equal(done.returncode, 0, f'{version} is valid against its schema') or tap.note(done.stderr)


def test_statements():
    bank = make_bank()
    order = orders.order(1)
    for number in NUMBERS.values():
        bank.wire(number, 104800, order['applicant']['name'], '4123', '货款,"急"')
        bank.wire(number, 123, remark='结息')
    faults.add(bank.ledger, {'do': 'bounce', 'days': 0, 'any': True})
    deliver(bank, message('M1', [('R1', '名', '41')]))
    bank._do_due()
    for version in ('camt.053.001.02', 'camt.053.001.08'):
        check_schema(bank.statement(PAYER, '2026-11-01', '2026-11-02', version), version)
    check_schema(bank.path('answers', os.listdir(bank.path('answers'))[0]), 'pain.002.001.10')
    sheet = open(bank.statement(NUMBERS['abc'], '2026-11-02', '2026-11-02'), encoding='gb18030').read()
    tap.has(sheet, ',1048.00,,2048.00,', 'the ABC list carries its running balance')
    tap.has(sheet, '2,1049.23,0,0.00', 'and its totals')
    sheet = open(bank.statement(NUMBERS['icbc'], '2026-11-02', '2026-11-02'), encoding='gb18030').read()
    tap.has(sheet, '贷,"1,048.00",', 'the ICBC list has thousands marks')
    written = bank.close_day()
    tap.equal(len(written), 3, 'a day ends with a statement an account')
    tap.equal(str(bank.clock.today()), '2026-11-03', 'and the clock stands on the next day')
    for rule in (dict(do='repeat', statements=PAYER), dict(do='overlap', days=1, statements=NUMBERS['abc']),
                 dict(do='withhold', statements=NUMBERS['icbc'])):
        faults.add(bank.ledger, rule)
    bank.wire(NUMBERS['icbc'], 100, 'x', '41')
    names = [os.path.basename(path) for path in bank.close_day()]
    tap.equal(names, ['abc-088866-20261102-20261103.csv', '510888-20261103-20261103.xml', 'again-510888-20261103-20261103.xml'],
              'a day may end with a file that overlaps, one twice, and one that is withheld')


def test_sftp():
    if not servers.have_sshd():
        return tap.skip('over SFTP', 'openssh-server is not installed')
    bank = make_bank()
    sshd = servers.Sshd(place.scratch('sshd'))
    local = os.path.join(place.scratch('local'), 'm')
    with open(local, 'wb') as file:
        file.write(message('M1', [('R1', '名', '41')]))
    code = sftp_batch(sshd, f"put {local} {bank.path('in')}/.m\nrename {bank.path('in')}/.m {bank.path('in')}/m.xml\n")
    tap.equal(code, 0, 'sftp(1) logs in with the ed25519 key and the pinned host key')
    command = [sys.executable, os.path.join(place.ROOT, 'tests', 'bank'), 'step', bank.root]
    tap.equal(subprocess.run(command, capture_output=True, text=True).stdout, '1\n', 'the bank as a program reads what came')
    tap.equal([line['reference'] for line in bank.ledger.lines()], ['R1'], 'and pays it')
    sshd.stop()
    return None


def test_smtp():
    if not servers.have_smtpd():
        return tap.skip('SMTP', 'python3-aiosmtpd is not installed')
    import smtplib
    smtp = servers.Smtp(place.scratch('smtp'))
    with smtplib.SMTP('127.0.0.1', smtp.port) as client:
        client.sendmail('a@example.com', ['b@example.com'], 'Subject: =?utf-8?b?5pel5oql?=\r\n\r\ntext\r\n')
    tap.equal([mail['subject'] for mail in smtp.messages()], ['日报'], 'the SMTP server keeps what it took')
    smtp.stop()
    return None


for test in (test_payments, test_bad_messages, test_statements, test_sftp, test_smtp):
    test()
tap.done()
