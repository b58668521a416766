#!/usr/bin/python3
"""Short messages to handlers through the real Kannel with its fake SMSC: texts, delivery reports, a dead number, what the log may say."""
import os
import urllib.error
import urllib.request

from lib import kannel, orders, place, tap
from lib.instance import NUMBERS, OWNER, Instance, section
from lib.process import free_port, wait_for
from bank.teller import Bank

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not kannel.have():
    tap.skip_all('kannel and kannel-extras are not installed')


def secret(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='utf-8') as file:
        file.write(text + '\n')
    return path


class Office:
    def __init__(self):
        home = self.home = place.scratch('sms')
        self.listen = free_port()
        self.kannel = kannel.Kannel(os.path.join(home, 'kannel'), 'yifen', 'kannel-pw')
        self.bank = Bank(os.path.join(home, 'bank'))
        self.bank.ledger.add_account(NUMBERS['cmb'], OWNER, 'camt.053.001.08', 10000000)
        self.yifen = Instance(os.path.join(home, 'i'))
        self.yifen.configure(
            section('yifen', None, settle=0, listen=f'127.0.0.1:{self.listen}', token=secret(home + '/token', 'hall-token')),
            section('sms', None, kind='kannel', url=f'http://127.0.0.1:{self.kannel.port}/cgi-bin/sendsms', user='yifen',
                    password=secret(home + '/pw', 'kannel-pw'), report=f'http://127.0.0.1:{self.listen}', quiet_from='00:00',
                    quiet_until='00:00', **{'from': '10690000'}),
            section('message', 'accepted', text='{handler}您好，业务单 {order_no} 成功受理。'),
            section('account', 'cmb', number=NUMBERS['cmb'], name=OWNER, bank='cmb', statements='folder'))
        self.made = orders.wires(2)
        self.yifen.must('order', 'import', orders.write(home + '/orders.jsonl', self.made))
        for one in self.made:
            self.bank.wire(NUMBERS['cmb'], round(float(one['payment']['amount']) * 100), one['applicant']['name'],
                           one['bank_account']['number'], one['order_no'])
        day = self.bank.clock.today().isoformat()
        self.yifen.must('statement', 'import', self.bank.statement(NUMBERS['cmb'], day, day))

    def case(self, order, reason='application'):
        return next((one for one in self.yifen.cases() if one['reason'] == reason and one['orders'][0]['order_no'] == order['order_no']), None)

    def rows(self):
        return self.yifen.query('SELECT s.*, t.kind FROM sms s JOIN telling t ON t.id = s.telling_id ORDER BY s.id')

    def report(self, path):
        try:
            with urllib.request.urlopen(f'http://127.0.0.1:{self.listen}{path}', timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code


def main():
    office = Office()
    first, second = office.made
    office.yifen.start()
    office.yifen.must('case', 'accept', str(office.case(first)['id']))
    office.yifen.must('case', 'send-back', str(office.case(second)['id']), '--field', 'applicant.address', '--reason', '执照地址已变更')
    wait_for(lambda: [row['state'] for row in office.rows()] == ['arrived'] * 2, 'both arrive, as the delivery reports say', 20)
    got = office.kannel.messages()
    tap.equal([number for number, _ in got][:1], [first['handler']['mobile']], 'to the handler')
    text = got[0][1]
    tap.ok(text == f"{first['handler']['name']}您好，业务单 {first['order_no']} 成功受理。", 'in the words of the configuration', text)
    rest = ''.join(text for number, text in got if number == second['handler']['mobile'])
    tap.ok('执照地址已变更' in rest and '单位地址' in rest, 'the other hears why and what to correct, in parts', rest)
    ticket = office.rows()[1]['ticket']
    tap.equal(office.report(f"/v1/sms/{'0' * 32}/report?type=1"), 404, 'a ticket that is none reports nothing')
    tap.equal(office.report(f"/v1/orders/{first['order_no']}"), 401, 'and opens nothing else')
    tap.equal(office.report(f'/v1/sms/{ticket}/report?type=2'), 200, 'a late report that denies an arrival')
    tap.equal(office.rows()[1]['state'], 'arrived', 'changes nothing')
    office.yifen.stop()
    office.kannel.stop()
    with open(office.yifen.path('yifend.log'), encoding='utf-8') as file:
        log = file.read()
    tap.equal([one['handler']['mobile'] for one in office.made if one['handler']['mobile'] in log], [], 'no number stands in the log')
    tap.ok('short message' in log and 'kannel-pw' not in log, 'but the message does, without a password')
    tap.equal(office.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    tap.done()


main()
