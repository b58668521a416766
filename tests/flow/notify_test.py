#!/usr/bin/python3
"""The daily report as mail: when it leaves, what the server may answer, what a crash costs, and what it tells."""
import datetime
import json
import os
import re
import signal
import sqlite3
import struct
import xml.etree.ElementTree

from lib import orders, pki, place, servers, tap, workbook
from bank.clock import Clock, SHANGHAI
from bank.teller import Bank
from lib.instance import NUMBERS, OWNER, Instance, section

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')
if not servers.have_smtpd():
    tap.skip_all('python3-aiosmtpd is not installed')
from lib.postman import Postman  # noqa: E402

LI, WANG, FROM = 'li@example.com', 'wang@example.com', 'yifen@example.com'
XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


class Office:
    """One Yifen with reviewers, an SMTP server, a clock."""

    def __init__(self, name, at, reviewers=(LI, WANG), **mail):
        home = place.scratch(name)
        self.home = home
        self.clock = Clock(os.path.join(home, 'clock'))
        self.go(at)
        self.postman = Postman()
        self.yifen = Instance(os.path.join(home, 'i'), clock=self.clock.path)
        self.yifen.configure(
            section('yifen', None, settle=0),
            section('mail', None, server=f'127.0.0.1:{self.postman.port}', tls='none', reviewers=', '.join(reviewers), report='18:00',
                    **{'from': FROM}, **mail),
            *(section('account', bank, number=NUMBERS[bank], name=OWNER, bank=bank, statements='folder') for bank in NUMBERS))

    def go(self, at):
        self.clock.move_to(datetime.datetime.strptime(at, '%Y-%m-%d %H:%M').replace(tzinfo=SHANGHAI))

    def work(self, **options):
        return self.yifen.role('notify', **options)

    def at(self, moment):
        self.go(moment)
        self.work()
        return len(self.postman.taken)

    def state(self):
        return [row['state'] for row in self.yifen.query('SELECT state FROM message ORDER BY id')]

    def jobs(self):
        return self.yifen.query("SELECT * FROM job WHERE role = 'notify'")


def test_hours():
    office = Office('hours', '2026-11-20 17:58')
    for at, mails, what in (
            ('2026-11-20 17:59', 0, 'before its hour nothing leaves'),
            ('2026-11-20 18:00', 1, 'at its hour on a Friday the report leaves'),
            ('2026-11-20 18:30', 1, 'once'),
            ('2026-11-21 18:30', 1, 'not on a Saturday'),
            ('2026-11-22 18:30', 1, 'not on a Sunday'),
            ('2026-11-23 17:00', 1, 'not on Monday before the hour'),
            ('2026-11-23 23:00', 2, 'on Monday, late when nobody was awake at its hour')):
        tap.equal(office.at(at), mails, what)
    recipients, mail = office.postman.taken[0]
    tap.equal(sorted(recipients), [LI, WANG], 'one mail for all reviewers')
    tap.ok('2026-11-20' in mail['subject'] and '2026-11-23' in office.postman.taken[1][1]['subject'], 'each names its day')
    tap.equal((office.state(), office.jobs()), (['sent', 'sent'], []), 'sent, and no job is left')
    test_asked(office)
    other = Office('workday', '2026-02-13 12:00')
    tap.equal([other.at(f'2026-02-{day} 18:05') for day in (13, 14, 15, 16)], [1, 2, 2, 2],
              'a Saturday that is worked has its report, the feast has none')
    office.postman.stop()
    other.postman.stop()


def test_asked(office):
    """On demand a report leaves at once, as often as asked; the daily one leaves all the same and joins the daily one before."""
    office.go('2026-11-24 09:00')
    office.yifen.must('report', '--mail')
    tap.equal(office.at('2026-11-24 09:01'), 3, 'on demand one leaves at once')
    office.yifen.must('report', '--mail', '--date', '2026-11-20')
    tap.equal(office.at('2026-11-24 09:02'), 4, 'and one of another day')
    tap.ok('2026-11-20' in office.postman.taken[3][1]['subject'], 'which says so', office.postman.taken[3][1]['subject'])
    tap.equal(office.at('2026-11-24 18:30'), 5, 'the daily one leaves all the same')
    text = office.postman.taken[4][1].get_body(('plain',)).get_content()
    tap.has(text, '统计时段：2026-11-23 23:00', 'and begins where the last daily one ended')
    tap.equal((office.state(), office.jobs()), (['sent'] * 5, []), 'all sent')


def test_put_off():
    office = Office('put-off', '2026-11-20 18:00')
    office.postman.data = ['451 later', '421 later', '452 full']
    tap.equal(office.at('2026-11-20 18:00'), 0, 'a server that says 4xx has not taken it')
    tap.equal(office.state(), ['queued'], 'it waits')
    before = office.jobs()[0]
    tap.equal((before['state'], before['error'], before['attempts']), ('due', 'mail_not_sent', 1), 'as a job that says why')
    now = office.clock.now().timestamp() * 1e6
    tap.ok(0 < before['due_at'] - now < 60e6, 'to be tried soon', before['due_at'] - now)
    delays = []
    for _ in range(3):
        office.clock.add(700)
        office.work()
        delays += [row['due_at'] - office.clock.now().timestamp() * 1e6 for row in office.jobs()]
    tap.ok(len(delays) == 2 and delays[1] > 1.5 * delays[0], 'each time later', delays)
    tap.equal((len(office.postman.taken), office.postman.tries, office.state()), (1, 4, ['sent']), 'and in the end one mail, sent')
    tap.equal(office.at('2026-11-20 23:00'), 1, 'no second one')
    office.postman.stop()


def test_server_down():
    office = Office('down', '2026-11-20 18:00')
    office.postman.stop()
    tap.equal(office.at('2026-11-20 18:00'), 0, 'no server, no mail')
    tap.equal(office.state(), ['queued'], 'but it waits')
    office.postman.start()
    office.clock.add(700)
    office.work()
    tap.equal((len(office.postman.taken), office.state()), (1, ['sent']), 'until there is one')
    office.postman.stop()


def test_given_up():
    office = Office('given-up', '2026-11-20 18:00')
    office.postman.data = ['451 later'] * 9
    office.at('2026-11-20 18:00')
    office.clock.add(6 * 86400)
    office.postman.to = {LI: ['451 later'] * 9, WANG: ['451 later'] * 9}
    office.work()
    tap.equal(office.state()[0], 'failed', 'after days of 4xx it is given up')
    office.postman.stop()


def test_refused():
    office = Office('refused', '2026-11-20 18:00')
    office.postman.data = ['554 no such mail here']
    tap.equal(office.at('2026-11-20 18:00'), 0, 'a server that says 5xx has not taken it')
    tap.equal((office.state(), office.jobs()), (['failed'], []), 'and never will: failed, not tried again')
    status = office.yifen.must('status')
    tap.ok(re.search('发送失败 +1', status), 'status shows it', status)
    tap.equal(office.at('2026-11-23 18:00'), 1, 'the next report is not kept back')
    text = office.postman.taken[0][1].get_body(('plain',)).get_content()
    tap.ok('没有送达的邮件' in text and '日报 2026-11-20' in text and '554 no such mail here' in text, 'and tells of it', text)
    tap.has(text, '统计时段：2026-11-20 ', 'and covers what the failed one would have told')
    office.postman.stop()


def test_one_refused():
    office = Office('one-refused', '2026-11-20 18:00')
    office.postman.to = {LI: ['550 no such user']}
    tap.equal(office.at('2026-11-20 18:00'), 1, 'one reviewer whom the server does not know')
    tap.equal((office.postman.taken[0][0], office.state(), office.jobs()), ([WANG], ['sent'], []), 'does not keep it from the other')
    office.at('2026-11-23 18:00')
    text = office.postman.taken[1][1].get_body(('plain',)).get_content()
    tap.ok(LI in text and '550 no such user' in text, 'the next report says so', text)
    office.postman.to = {WANG: ['451 greylisted']}
    tap.equal(office.at('2026-11-24 18:00'), 3, 'one reviewer who is put off')
    office.clock.add(100)
    office.work()
    tap.equal([who for who, _ in office.postman.taken[2:]], [[LI], [WANG]], 'gets it later, alone')
    tap.equal(office.postman.taken[2][1]['message-id'], office.postman.taken[3][1]['message-id'], 'the same mail')
    office.postman.to = {LI: ['550 gone'], WANG: ['550 gone']}
    tap.equal((office.at('2026-11-25 18:00'), office.state()[-1]), (4, 'failed'), 'nobody takes it: failed')
    office.postman.stop()


def test_joined():
    """Reports join: a file that came before one but was understood after it is told by the next, once."""
    office = Office('joined', '2026-11-20 17:00')
    bank = Bank(os.path.join(office.home, 'bank'))
    bank.clock.move_to_day(datetime.date(2026, 11, 20), 16)
    bank.ledger.add_account(NUMBERS['cmb'], OWNER, 'camt.053.001.08', 100000)
    bank.wire(NUMBERS['cmb'], 4321, '路人贸易有限公司', '4000000000009999', '货款')
    office.at('2026-11-20 18:00')
    office.yifen.must('statement', 'import', bank.statement(NUMBERS['cmb'], '2026-11-20', '2026-11-20'))
    db = sqlite3.connect(office.yifen.path('store.db'))
    db.execute('UPDATE file SET received_at = received_at - 600000000')
    db.commit()
    db.close()
    office.at('2026-11-23 18:00')
    office.at('2026-11-24 18:00')
    texts = [mail.get_body(('plain',)).get_content() for _, mail in office.postman.taken]
    tap.equal([('43.21' in text.split('余额核对')[0], 'camt' in text or '.xml' in text) for text in texts],
              [(False, False), (True, True), (False, False)], 'money and file are told once, in the next report')
    office.postman.stop()


def count_calls(office):
    word = os.path.join(office.home, 'count')
    with open(word, 'wb') as file:
        file.write(struct.pack('<q', 0))
    return word


def test_killed(authority):
    """Ended at every durable call of one signed report, from its making to the end of its job."""
    cert, secret = authority.issue('killed', FROM)
    office = Office('killed', '2026-11-20 17:00', certificate=cert, certificate_key=secret)
    word = count_calls(office)
    office.go('2026-11-20 18:00')
    office.work(YIFEN_SHIM_COUNT=word)
    with open(word, 'rb') as file:
        calls = struct.unpack('<q', file.read(8))[0]
    tap.ok(10 < calls < 200, f'{calls} durable calls in one report')
    day, lost, doubled, other, ended, extra = datetime.date(2026, 11, 20), [], [], [], 0, 0
    for k in range(1, calls + 1):
        day += datetime.timedelta(days=3 if day.isoweekday() == 5 else 1)
        if day > datetime.date(2026, 12, 24):
            office, day = fresh(office, certificate=cert, certificate_key=secret), datetime.date(2026, 11, 23)
        office.go(f'{day} 18:00')
        before = len(office.postman.taken)
        done = office.work(check=False, YIFEN_SHIM_COUNT=count_calls(office), YIFEN_SHIM_END=str(k))
        ended += done.returncode == -signal.SIGKILL
        office.clock.add(40)
        office.work()
        new = office.postman.taken[before:]
        lost += [k] if not new else []
        doubled += [k] if len(new) > 2 else []
        extra += len(new) == 2
        other += [k] if len({mail['message-id'] for _, mail in new}) > 1 else []
    tap.ok(ended >= calls, f'{ended} times killed')
    tap.equal((lost, doubled, other), ([], [], []), 'never lost, at most one extra, always under one Message-ID')
    tap.ok(all(authority.verify(raw) for raw in office.postman.raw[-10:]), 'what goes out again is signed too')
    tap.ok(extra >= 1, f'killed between hand-over and the mark it goes out once more ({extra} times)')
    tap.equal((office.jobs(), set(office.state())), ([], {'sent'}), 'nothing is left over')
    office.yifen.must('audit', 'verify')
    office.postman.stop()


def fresh(office, **mail):
    office.postman.stop()
    new = Office('killed', '2026-11-20 17:00', **mail)
    new.at('2026-11-20 18:00')
    return new


def test_signed():
    authority = pki.Authority(os.path.join(place.scratch('pki'), 'ca'))
    day = datetime.date(2026, 11, 22)
    for name, key in (('rsa', ('rsa:2048',)), ('ec', ('ec', '-pkeyopt', 'ec_paramgen_curve:P-256'))):
        day += datetime.timedelta(days=1)
        cert, secret = authority.issue(name, FROM, key=key)
        office = Office(f'signed-{name}', f'{day} 18:00', certificate=cert, certificate_key=secret)
        tap.equal(office.at(f'{day} 18:00'), 1, f'{name}: a signed report leaves')
        raw, mail = office.postman.raw[0], office.postman.taken[0][1]
        tap.equal((mail.get_content_type(), mail['from'], mail.get_param('micalg')), ('multipart/signed', FROM, 'sha-256'), f'{name}: as a signed mail')
        inner = authority.verify(raw)
        tap.ok(inner is not None and '一分日报'.encode() not in raw, f'{name}: the signature holds')
        tap.ok(inner and inner in raw, f'{name}: what is signed is what is read, byte by byte')
        place_ = raw.index(b'Content-Transfer-Encoding: base64\r\n\r\n') + 100
        broken = raw[:place_] + (b'A' if raw[place_:place_ + 1] != b'A' else b'B') + raw[place_ + 1:]
        tap.equal(authority.verify(broken), None, f'{name}: and not for another letter')
        text = mail.get_body(('plain',)).get_content()
        tap.ok('一分日报' in text and not mail.defects, f'{name}: a mail program reads it')
        office.postman.stop()
    return authority


def test_unsigned(authority):
    """Without a usable key nothing leaves unsigned: the role stays down and says why; mended, the mail leaves."""
    cert, secret = authority.issue('late', FROM)
    other_cert, other_key = authority.issue('other', 'someone@example.com')
    server_cert, server_key = authority.issue('server', FROM, purpose='serverAuth')
    office = Office('unsigned', '2026-11-20 18:00', certificate=cert, certificate_key=secret)
    os.chmod(secret, 0o640)
    done = office.work(check=False)
    tap.ok(done.returncode == 100 and 'mail_certificate' in done.stderr and not office.postman.taken, 'a key that others may read ends the role', done.stderr)
    tap.equal(office.yifen.yifen('config', 'check').returncode, 100, 'config check finds it')
    office.work(CREDENTIALS_DIRECTORY=os.path.dirname(secret))
    tap.ok(len(office.postman.raw) == 1 and authority.verify(office.postman.raw[0]) is not None, 'a credential of systemd has such a mode, and serves')
    with open(office.yifen.conf, encoding='utf-8') as file:
        conf = file.read()
    for name, now in (('the key of another certificate', (cert, other_key)), ('a certificate of another address', (other_cert, other_key)),
                      ('a certificate for servers', (server_cert, server_key)), ('no certificate', (secret, secret)), ('no key', (cert, cert))):
        os.chmod(now[1], 0o600)
        with open(office.yifen.conf, 'w', encoding='utf-8') as file:
            file.write(conf.replace(cert, now[0]).replace(secret, now[1]))
        done = office.yifen.yifen('config', 'check')
        tap.ok(done.returncode == 100 and '证书' in done.stderr, f'{name} is refused in words', done.stderr)
    office.postman.stop()


HOSTILE = '<script>alert("1")</script>=cmd|\'/c\'!A1'


def hostile_office():
    """Orders of people with secrets, a statement with hostile names, an open case and what a bounced fen says."""
    office = Office('hostile', '2026-11-20 10:00')
    made = orders.wires(3, submitted='2026-11-19T09:30:00+08:00') + orders.online(1, submitted='2026-11-19T09:30:00+08:00')
    made[0]['applicant']['name'] = made[0]['bank_account']['name'] = '深圳市' + HOSTILE
    office.yifen.must('order', 'import', orders.write(os.path.join(office.home, 'orders.jsonl'), made))
    office.yifen.role('intake')
    db = sqlite3.connect(office.yifen.path('store.db'))
    db.execute("INSERT INTO file (origin, name, path, size, sha256, state, reason, facts, entries, added, received_at, changed_at) VALUES "
               "('x', '对账单\r\n<b>.csv', 'x', 1, x'00', 'rejected', 'account_foreign', ?, 0, 0, ?, 0)",
               (json.dumps({'value': '<i>\r\n1</i>'}), int(office.clock.now().timestamp() * 1e6)))
    db.execute("INSERT INTO statement (file_id, number, account, currency, page, last_page, source, entries, credits, debits, proof) "
               "VALUES (1, 1, 'icbc', 'CNY', 1, 1, 'csv', 1, 0, 0, 'none')")
    for number, (name, remark) in enumerate(((HOSTILE, '!加急\r\n第二行 & "引号"'), ('\u202e反转\x07', made[1]['order_no']), ('@SUM(A1)', '=1+1'))):
        db.execute("INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, counterparty_name, "
                   "remark, disposition) VALUES ('icbc', ?, 1, 1, '2026-11-20', 123456789, 'CNY', 'credit', ?, ?, 'review')",
                   (str(number), name, remark))
    db.execute("INSERT INTO review_case (reason, subject, state, card, opened_at, due_on) VALUES ('unknown_payer', 'entry:1', 'open', "
               "'{}', 0, '2026-11-25')")
    db.execute('INSERT INTO case_entry VALUES (1, 1)')
    db.execute('INSERT INTO case_purchase SELECT 1, id FROM purchase')
    db.commit()
    db.close()
    return office, made


def test_mail():
    office, made = hostile_office()
    tap.equal(office.at('2026-11-20 18:00'), 1, 'a report with hostile names leaves')
    mail = office.postman.taken[0][1]
    tap.ok('一分日报 2026-11-20' in mail['subject'], 'its subject decodes', mail['subject'])
    raw = mail.as_bytes()
    tap.ok(all(len(line) <= 998 for line in raw.splitlines()), 'no line is too long')
    tap.ok(raw.split(b'\n\n')[0].isascii(), 'its headers are ASCII')
    tap.equal([str(one) for one in mail['to'].addresses], [LI, WANG], 'its addresses parse')
    tap.equal((mail['from'], mail.get_content_type(), mail['auto-submitted']),
              (FROM, 'multipart/mixed', 'auto-generated'), 'it says whose and what it is')
    tap.ok(not mail.defects and not any(part.defects for part in mail.walk()), 'it has no defects')
    tap.equal(mail['date'].datetime.strftime('%Y-%m-%d %H %z'), '2026-11-20 18 +0800', 'its date is of Shanghai')
    parts = [part.get_content_type() for part in mail.walk()][1:]
    tap.equal(parts, ['multipart/alternative', 'text/plain', 'text/html', XLSX], 'text first, HTML last, a workbook beside them')
    text, page = (mail.get_body((kind,)).get_content() for kind in ('plain', 'html'))
    xml.etree.ElementTree.fromstring(re.sub('<(meta|br)([^>]*)>', r'<\1\2/>', page.replace('<!DOCTYPE html>', '')))
    tap.ok(True, 'the page is well-formed')
    tap.ok('<script' not in page and '&lt;script&gt;' in page and '<b>' not in page and '<i>' not in page, 'strangers\' marks are escaped')
    tap.ok('src=' not in page and 'href=' not in page, 'it loads nothing from elsewhere')
    for control in '\x07\u202e\r':
        tap.ok(control not in text.replace('\r\n', '\n') and control not in page.replace('\r\n', '\n'), f'no {control!r} in it')
    tap.has(text, '!加急', 'a mark of exclamation stays with its text')
    tap.ok('\n第二行' not in text, 'a stranger\'s line break makes no line')
    tap.has(text, '1,234,567.89', 'amounts are grouped')
    tap.has(text, '还有 3 个工作日', 'due days are counted in working days')
    return office, made, text, page + check_workbook(mail)


def check_workbook(mail):
    """What finance opens: types, no formula whatever a stranger wrote, and the same facts."""
    attached = list(mail.iter_attachments())
    tap.equal([part.get_filename() for part in attached], ['yifen-2026-11-20.xlsx'], 'one attachment, named by its day')
    sheets = workbook.read(attached[0].get_content())
    tap.equal(sum(sheet.formulas + sheet.links for sheet in sheets.values()), 0, 'no formula and no link in it')
    tap.equal({(sheet.frozen, min(sheet.widths) >= 10) for sheet in sheets.values()}, {(('frozen', '1'), True)}, 'headers stand still, columns are wide')
    money = sheets['到账与用途'].columns()
    tap.equal(money['记账日期'], [datetime.date(2026, 11, 20)] * 3, 'dates are dates')
    tap.equal([(type(value), value) for value in money['金额']], [(workbook.Number, '1234567.89')] * 3, 'amounts are numbers, to the fen')
    tap.equal([money['附言'][2], type(money['附言'][2])], ['=1+1', str], 'what looks like a formula stays a text')
    texts = [cell for sheet in sheets.values() for row in sheet.rows for _, cell in row if type(cell) is str]  # not a Number
    tap.ok(any(re.fullmatch('[0-9]{15,}', text) or re.search('[0-9]{15}', text) for text in texts), 'order numbers are texts')
    return '\n'.join(texts)


def check_secrets(made, text, page):
    secrets = {order[who][what] for order in made for who in ('handler', 'legal_representative') for what in ('id_number', 'mobile')}
    secrets |= {order['handler']['email'] for order in made} | {order['bank_account']['number'] for order in made}
    secrets |= {order['delivery']['address'] for order in made}
    tap.equal([secret for secret in secrets if secret in text or secret in page], [], 'no ID number, phone, account or address of applicants')
    plain = re.sub(r'[0-9a-f]{64}', '', text)
    tap.equal(re.findall(r'(?<![0-9.,])[0-9]{6}(?![0-9.,])', plain), [], 'no run of six digits')


def main():
    test_hours()
    test_put_off()
    test_server_down()
    test_given_up()
    test_refused()
    test_one_refused()
    test_joined()
    office, made, text, page = test_mail()
    check_secrets(made, text, page)
    office.postman.stop()
    authority = test_signed()
    test_unsigned(authority)
    test_killed(authority)
    tap.done()


main()
