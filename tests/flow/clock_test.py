#!/usr/bin/python3
"""The time of cases: who is mailed when, and how it stands while the applicant must act, through the programs."""
import datetime
import os

from lib import orders, place, servers, tap
from bank.clock import SHANGHAI
from bank.teller import Bank
from lib.instance import NUMBERS, OWNER, Instance, section

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')
if not servers.have_smtpd():
    tap.skip_all('python3-aiosmtpd is not installed')
from lib.postman import Postman  # noqa: E402

CMB, LI, WANG = NUMBERS['cmb'], 'li@example.com', 'wang@example.com'


class Office:
    """A Yifen with two reviewers, its bank, an SMTP server, one clock, and three orders that are paid well. The programs run by hand."""

    def __init__(self):
        self.home = place.scratch('clock')
        self.bank = Bank(os.path.join(self.home, 'bank'))
        self.bank.ledger.add_account(CMB, OWNER, 'camt.053.001.08', 10000000)
        self.go('2026-11-02 10:00')
        self.postman = Postman()
        self.yifen = Instance(os.path.join(self.home, 'i'), clock=self.bank.clock.path)
        mail = section('mail', None, server=f'127.0.0.1:{self.postman.port}', tls='none', reviewers=f'{LI}, {WANG}', report='18:00',
                       **{'from': 'yifen@example.com'})
        self.yifen.configure(section('yifen', None, settle=0), mail,
                             section('account', 'cmb', number=CMB, name=OWNER, bank='cmb', statements='folder'))
        self.made = orders.wires(3, submitted='2026-11-02T09:30:00+08:00')
        self.bring(self.made)
        for one in self.made:
            self.bank.wire(CMB, round(float(one['payment']['amount']) * 100), one['applicant']['name'], one['bank_account']['number'],
                           one['order_no'])
        self.yifen.must('statement', 'import', self.bank.statement(CMB, '2026-11-02', '2026-11-02'))

    def go(self, at):
        self.bank.clock.move_to(datetime.datetime.strptime(at, '%Y-%m-%d %H:%M').replace(tzinfo=SHANGHAI))

    def bring(self, made):
        self.yifen.must('order', 'import', orders.write(os.path.join(self.home, 'orders.jsonl'), made))
        self.yifen.role('intake')

    def mails(self, at):
        """What left at this moment, daily reports and the word of acceptance apart: (recipients, subject, text), by recipients."""
        self.go(at)
        before = len(self.postman.taken)
        self.yifen.role('notify')
        new = [(sorted(to), mail['subject'], mail.get_body(('plain',)).get_content()) for to, mail in self.postman.taken[before:]]
        return sorted(one for one in new if '一分日报' not in one[1] and '成功受理' not in one[1])

    def case(self, order):
        return next(one for one in self.yifen.cases() if one['orders'][0]['order_no'] == order['order_no'])

    def order(self, order):
        return self.yifen.objects('order', 'show', order['order_no'])[0]


def test_half(office, made):
    office.yifen.must('case', 'assign', str(office.case(made[0])['id']), 'wang')
    tap.equal(office.mails('2026-11-04 11:59'), [], 'before half of the time nobody is mailed')
    mails = office.mails('2026-11-04 12:00')
    tap.equal([to for to, _, _ in mails], [[LI, WANG], [WANG]], 'at half of it: the assignee alone, all where there is none')
    tap.ok('2 件' in mails[0][1] and made[1]['order_no'] in mails[0][2] and made[2]['order_no'] in mails[0][2], 'one mail for all cases', mails)
    tap.ok('50%' in mails[1][2] and '2026-11-05' in mails[1][2] and '还有 1 个工作日' in mails[1][2] and 'case show' in mails[1][2],
           'which says how the time runs', mails[1][2])
    tap.equal(office.mails('2026-11-04 12:30'), [], 'once')


def test_send_back(office, made):
    """The applicant must act: its clock stands."""
    number = office.case(made[1])['id']
    office.go('2026-11-04 14:00')
    wrong = office.yifen.yifen('case', 'send-back', str(number), '--field', 'handler.shoe', '--reason', 'x')
    tap.ok(wrong.returncode == 2 and 'handler.shoe' in wrong.stderr, 'a field that is none is refused', wrong.stderr)
    tap.equal(office.order(made[1])['review'], 'open', 'and nothing is done')
    office.yifen.must('case', 'send-back', str(number), '--field', 'applicant.address', '--field', 'handler.mobile', '--reason', '执照地址已变更')
    order = office.order(made[1])
    tap.equal([one['field'] for one in order['corrections']], ['applicant.address', 'handler.mobile'], 'the hall is told what to correct')
    tap.equal((order['sent_back_text'], order['review_days_left'], order.get('due_on')), ('执照地址已变更', 1, None), 'why, and that the clock stands')
    mails = office.mails('2026-11-04 14:01')
    tap.equal([to for to, _, _ in mails], [[made[1]['handler']['email']]], 'the handler is mailed')
    tap.ok('单位地址' in mails[0][2] and '经办人手机' in mails[0][2] and '执照地址已变更' in mails[0][2], 'what and why', mails[0][2])
    secrets = [made[1]['handler'][key] for key in ('id_number', 'mobile')] + [made[1]['bank_account']['number']]
    tap.equal([one for one in secrets if one in mails[0][2]], [], 'without numbers of people or accounts')


def test_end(office, made):
    mails = office.mails('2026-11-05 09:36')
    tap.equal([to for to, _, _ in mails], [[LI, WANG], [WANG]], 'at four fifths again')
    tap.ok('80%' in mails[1][2] and made[1]['order_no'] not in ''.join(text for _, _, text in mails), 'not about what was sent back', mails)
    mails = office.mails('2026-11-06 00:00')
    tap.ok([to for to, _, _ in mails] == [[LI, WANG]] and '已到期' in mails[0][2] and made[0]['order_no'] in mails[0][2], 'at the end everybody', mails)
    tap.equal(office.mails('2026-11-06 12:00'), [], 'and then nobody any more')


def test_again(office, made):
    """Handed in again the clock goes on with what it had left."""
    office.go('2026-11-09 10:00')
    office.bring([dict(made[1], applicant=dict(made[1]['applicant'], address='深圳市福田区福华路1号'))])
    order, case = office.order(made[1]), office.case(made[1])
    tap.equal((order['due_on'], case['due_on'], 'corrections' in order), ('2026-11-10', '2026-11-10', False), 'one day is left')
    out = office.yifen.must('case', 'show', str(case['id']))
    tap.ok('退回修改' in out and '执照地址已变更' in out and '单位地址' in out, 'the reviewer sees what was asked for', out)
    tap.equal(len(office.yifen.query('SELECT 1 FROM purchase_revision')), 4, 'both revisions are kept')
    tap.equal([to for to, _, _ in office.mails('2026-11-09 12:00')], [[LI, WANG]], 'half of the three days is over at noon')
    office.yifen.must('case', 'accept', str(case['id']))
    tap.equal(office.mails('2026-11-11 12:00'), [], 'what is decided is not mailed about')
    office.yifen.must('audit', 'verify')


def main():
    office = Office()
    for test in (test_half, test_send_back, test_end, test_again):
        test(office, office.made)
    office.postman.stop()
    tap.done()


main()
