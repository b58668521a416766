#!/usr/bin/python3
"""Template gateways (Aliyun, Tencent) against a loopback server that checks their signatures: done, rejected, retry, unknown; at most one
extra; quiet hours; a dead number."""
import datetime
import hashlib
import hmac
import http.server
import json
import os
import threading
import urllib.parse

from lib import orders, place, tap
from lib.instance import NUMBERS, OWNER, Instance, section
from bank.clock import SHANGHAI
from bank.teller import Bank

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')

CMB, SECRET = NUMBERS['cmb'], 'testSecret'


def sha(data):
    return hashlib.sha256(data).hexdigest()


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256)


class Gateway:
    """Takes one request at a time; `answers` says what becomes of the next ones: a code, or 'cut'."""

    def __init__(self):
        outer = self
        self.answers, self.asked, self.bad = [], [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                tencent = self.headers.get('X-TC-Action') == 'SendSms'
                (outer.tencent if tencent else outer.aliyun)(self, body)
                answer = outer.answers.pop(0) if outer.answers else 'OK'
                if answer == 'cut':
                    return self.connection.close()
                reply = {'Response': {'SendStatusSet': [{'SerialNo': 'S1', 'Code': answer.replace('OK', 'Ok')}]}} if tencent else {
                    'Code': answer, 'BizId': 'B1'}
                data = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f'http://127.0.0.1:{self.server.server_port}'

    def check(self, request, canonical_query, names, body, want):
        lines = ''.join(f'{name}:{request.headers[name]}\n' for name in names)
        got = '\n'.join(['POST', '/', canonical_query, lines, ';'.join(names), sha(body)])
        if want(sha(got.encode())) not in request.headers['Authorization']:
            self.bad.append(request.headers['Authorization'])

    def aliyun(self, request, body):
        query = request.path.partition('?')[2]
        pairs = urllib.parse.parse_qsl(query)
        canonical = '&'.join(f"{urllib.parse.quote(k, '-_.~')}={urllib.parse.quote(v, '-_.~')}" for k, v in sorted(pairs))
        names = sorted(n.lower() for n in request.headers if n.lower() == 'host' or n.lower().startswith('x-acs-'))
        self.check(request, canonical, names, body, lambda hashed: sign(SECRET.encode(), 'ACS3-HMAC-SHA256\n' + hashed).hexdigest())
        self.asked.append(dict(pairs))

    def tencent(self, request, body):
        at = int(request.headers['X-TC-Timestamp'])
        day = datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime('%Y-%m-%d')
        key = ('TC3' + SECRET).encode()
        for part in (day, 'sms', 'tc3_request'):
            key = sign(key, part).digest()
        self.check(request, '', ['content-type', 'host'], body,
                   lambda hashed: sign(key, f'TC3-HMAC-SHA256\n{at}\n{day}/sms/tc3_request\n{hashed}').hexdigest())
        self.asked.append(json.loads(body))


class Office:
    def __init__(self, count):
        home = self.home = place.scratch('sms-gateway')
        self.gateway = Gateway()
        self.bank = Bank(os.path.join(home, 'bank'))
        self.bank.ledger.add_account(CMB, OWNER, 'camt.053.001.08', 10000000)
        self.go('2026-11-02 10:00')
        with open(os.open(home + '/secret', os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='utf-8') as file:
            file.write(SECRET + '\n')
        self.yifen = Instance(os.path.join(home, 'i'), clock=self.bank.clock.path)
        self.configure('aliyun')
        self.made = orders.wires(count, submitted='2026-11-02T09:30:00+08:00')
        self.yifen.must('order', 'import', orders.write(home + '/orders.jsonl', self.made))
        for one in self.made:
            self.bank.wire(CMB, round(float(one['payment']['amount']) * 100), one['applicant']['name'], one['bank_account']['number'],
                           one['order_no'])
        self.yifen.must('statement', 'import', self.bank.statement(CMB, '2026-11-02', '2026-11-02'))

    def configure(self, kind):
        self.yifen.configure(
            section('yifen', None, settle=0),
            section('sms', None, kind=kind, url=self.gateway.url, user='testId', password=self.home + '/secret', app='1400', **{'from': '深圳CA'}),
            section('message', 'accepted', template='SMS_1', variables='handler, order_no'),
            section('account', 'cmb', number=CMB, name=OWNER, bank='cmb', statements='folder'))

    def go(self, at):
        self.bank.clock.move_to(datetime.datetime.strptime(at, '%Y-%m-%d %H:%M').replace(tzinfo=SHANGHAI))

    def accept(self, order):
        case = next(one for one in self.yifen.cases() if one['reason'] == 'application' and one['orders'][0]['order_no'] == order['order_no'])
        self.yifen.must('case', 'accept', str(case['id']))

    def work(self, minutes=0):
        self.bank.clock.add(minutes * 60)
        self.yifen.role('notify')
        return [row['state'] for row in self.yifen.query('SELECT state FROM sms ORDER BY id')]


def main():
    office = Office(6)
    gateway, made = office.gateway, office.made
    office.accept(made[0])
    tap.equal(office.work(), ['sent'], 'taken by Aliyun')
    row = office.yifen.query('SELECT ticket, gateway_id FROM sms')[0]
    asked = gateway.asked[0]
    tap.equal((asked['PhoneNumbers'], asked['SignName'], asked['TemplateCode'], json.loads(asked['TemplateParam']), asked['OutId'], row['gateway_id']),
              (made[0]['handler']['mobile'], '深圳CA', 'SMS_1', {'handler': made[0]['handler']['name'], 'order_no': made[0]['order_no']},
               row['ticket'], 'B1'), 'a template with its variables, never a text')

    office.accept(made[1])
    gateway.answers = ['isv.BUSINESS_LIMIT_CONTROL']
    tap.equal(office.work()[1], 'queued', 'a limit of theirs: later')
    tap.equal(office.work(5)[1], 'sent', 'and then taken')

    office.accept(made[2])
    gateway.answers = ['cut', 'cut']
    before = len(gateway.asked)
    tap.equal(office.work()[2], 'unknown', 'no answer: nobody knows')
    tap.equal((office.work(5)[2], len(gateway.asked) - before), ('unknown', 1), 'a report may still come')
    tap.equal((office.work(6)[2], len(gateway.asked) - before), ('unknown', 2), 'then once more')
    tap.equal((office.work(11)[2], office.work(600)[2], len(gateway.asked) - before), ('failed', 'failed', 2), 'and never a third time')

    office.go('2026-11-03 09:00')
    office.accept(made[3])
    gateway.answers = ['isv.MOBILE_NUMBER_ILLEGAL']
    tap.equal(office.work()[3], 'unreached', 'a number that is none')
    case = next((one for one in office.yifen.cases() if one['reason'] == 'number_dead'), {})
    tap.equal((case.get('subject'), case.get('due_on')), (f"order:{made[3]['order_no']}", '2026-11-05'), 'opens a case, due in two working days')
    tap.ok('****' in office.yifen.must('case', 'show', str(case['id'])), 'which shows the number masked')

    office.go('2026-11-03 22:00')
    office.accept(made[4])
    before = len(gateway.asked)
    tap.equal((office.work()[4], len(gateway.asked) - before), ('queued', 0), 'at night it waits')
    office.go('2026-11-04 08:01')
    tap.equal(office.work()[4], 'sent', 'until the morning')

    office.configure('tencent')
    office.accept(made[5])
    tap.equal(office.work()[5], 'sent', 'taken by Tencent')
    asked = gateway.asked[-1]
    tap.equal((asked['PhoneNumberSet'], asked['TemplateParamSet'], asked['SmsSdkAppId']),
              (['+86' + made[5]['handler']['mobile']], [made[5]['handler']['name'], made[5]['order_no']], '1400'), 'variables in order')
    tap.equal(gateway.bad, [], 'every signature is what the server computes')

    with open(office.yifen.conf, encoding='utf-8') as file:
        good = file.read()
    office.yifen.configure(good.replace('handler, order_no', 'handler, code'))
    refused = office.yifen.yifen('config', 'check')
    tap.ok(refused.returncode == 100 and 'code' in refused.stderr, 'a variable that no message has is refused when the configuration is read', refused.stderr)
    tap.done()


main()
