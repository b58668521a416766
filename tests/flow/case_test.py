#!/usr/bin/python3
"""What people decide about cases, through the programs: wires of a bank become cases, decisions stand for ever."""
import json
import os
import unicodedata

from lib import orders, place, tap
from lib.instance import NUMBERS, OWNER, Instance, section
from bank.teller import Bank

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')

CMB = NUMBERS['cmb']
# nobody listens there: the role notify does not run here
MAIL = section('mail', None, server='127.0.0.1:25', tls='none', reviewers='li@example.com, wang@example.com', **{'from': 'yifen@example.com'})


def fen(amount):
    return round(float(amount) * 100)


class Desk:
    """A Yifen, its bank, and orders that are paid well and badly. The programs run by hand: no daemon."""

    def __init__(self):
        home = place.scratch('case')
        self.bank = Bank(os.path.join(home, 'bank'))
        self.bank.ledger.add_account(CMB, OWNER, 'camt.053.001.08', 10000000)
        self.bank.clock.move_to_day(self.bank.clock.today().replace(year=2026, month=11, day=2), 10)
        self.yifen = Instance(os.path.join(home, 'i'), clock=self.bank.clock.path)
        self.yifen.configure(section('yifen', None, settle=0), MAIL,
                             *(section('account', bank, number=NUMBERS[bank], name=OWNER, bank=bank, statements='folder') for bank in NUMBERS))
        self.home = home
        self.made = orders.wires(9, submitted='2026-11-02T09:30:00+08:00')
        self.made[8] = self.same_applicant(self.made[7], self.made[8])
        self.bring(self.made)

    @staticmethod
    def same_applicant(one, other):
        return dict(one, order_no=other['order_no'], payment=dict(one['payment'], amount='999.00'))

    def bring(self, made):
        self.yifen.must('order', 'import', orders.write(os.path.join(self.home, 'orders.jsonl'), made))
        self.yifen.role('intake')

    def pay(self, order, more=0, name=None, other=None, remark=None):
        account = order['bank_account']
        self.bank.wire(CMB, fen(order['payment']['amount']) + more, name or account['name'], other or account['number'],
                       order['order_no'] if remark is None else remark)

    def statement(self, first='2026-11-02', name=None):
        path = self.bank.statement(CMB, first, str(self.bank.clock.today()), name=name)
        self.yifen.must('statement', 'import', path)
        self.yifen.role('intake')

    def run(self, *arguments):
        done = self.yifen.yifen('case', *map(str, arguments))
        return done.returncode, done.stdout, done.stderr

    def cases(self, reason, order=None):
        return [case for case in self.yifen.cases() if case['reason'] == reason
                and (order is None or any(one['order_no'] == order['order_no'] for one in case['orders']))]

    def case(self, reason, order=None):
        found = self.cases(reason, order)
        return found[0]['id'] if len(found) == 1 else f'{len(found)} cases {reason}'

    def order(self, order):
        return self.yifen.objects('order', 'show', order['order_no'])[0]


def refused(desk, what, name, *arguments):
    code, out, err = desk.run(*arguments)
    tap.ok(code == 1 and out == '' and what in err and len(err.strip().splitlines()) == 1, name, (code, out, err))


def test_first_month(desk, made):
    """The wires of one day, and what they become."""
    desk.pay(made[0])
    desk.pay(made[1])
    desk.pay(made[2], name='王小明', other='6222000000000001')
    desk.pay(made[3], more=-500)
    desk.pay(made[4], more=10000)
    desk.pay(made[5], more=777, name='路人贸易有限公司', other='4000000000009999', remark='货款')
    desk.pay(made[6])
    account = made[7]['bank_account']
    desk.bank.wire(CMB, fen(made[7]['payment']['amount']) + 99900, account['name'], account['number'], '证书费')
    desk.statement()
    found = sorted(case['reason'] for case in desk.yifen.cases())
    tap.equal(found, ['application'] * 3 + ['combined', 'over', 'short', 'third_party'], 'wires become cases')


def test_looking(desk, made):
    code, out, _ = desk.run('list')
    tap.ok(code == 0 and made[0]['applicant']['name'][:8] in out and '业务单待审核' in out and '2026-11-05' in out, 'list is for people', out)
    cells = max(sum(1 + (unicodedata.east_asian_width(c) in 'WF') for c in line) for line in out.splitlines())
    tap.ok(cells <= 80, f'and fits a terminal: {cells} cells', out)
    short = desk.case('short', made[3])
    code, out, _ = desk.run('show', short)
    tap.ok(code == 0 and '少付' in out and made[3]['applicant']['name'] in out and '1343.00' in out and '候选' in out, 'show too', out)
    tap.ok('short' not in out and 'amount' not in out, 'without machine words', out)
    one = desk.yifen.objects('case', 'show', str(desk.case('application', made[0])))[0]
    tap.equal([(entry['amount'], entry['name']) for entry in one['entries']], [(made[0]['payment']['amount'], made[0]['applicant']['name'])],
              'an application shows the wire that pays it')
    for arguments, name in (((), 'nothing'), (('show',), 'no case'), (('show', 'x'), 'no number'), (('accept', '0'), 'no such number'),
                            (('send-back', '1'), 'no reason'), (('close', '1', '--reason', ''), 'an empty reason'), (('settle', '1'), 'no share'),
                            (('settle', short, 'x'), 'no amount'), (('nonsense', '1'), 'no such verb')):
        tap.equal(desk.run(*arguments)[0], 2, f'{name}: wrong call')
    refused(desk, '999', 'a case that is not there', 'accept', 999)
    refused(desk, '少付', 'only an application is accepted', 'accept', short)
    refused(desk, '少付', 'or sent back', 'send-back', short, '--reason', 'x')
    refused(desk, '业务单待审核', 'which is not settled', 'settle', desk.case('application', made[0]), f"{made[0]['order_no']}=1.00")


def width(line):
    return sum(2 if unicodedata.east_asian_width(char) in 'WF' else 1 for char in line)


def test_reads_well(desk, made):
    wide = [line for case in desk.yifen.cases() for line in desk.run('show', case['id'])[1].splitlines() if width(line) > 80]
    tap.equal(wide, [], 'no line of a case is wider than a terminal')


def test_work(desk, made):
    """Whose a case is, and what people note."""
    number = desk.case('short', made[3])
    refused(desk, '老张', 'only a reviewer is given a case', 'assign', number, '老张')
    tap.equal(desk.run('assign', number, 'wang')[0], 0, 'assign, by the name before the @')
    tap.equal(desk.run('note', number, '已电话联系经办人，\n验证码 056869 不要外传')[0], 0, 'note')
    one = desk.yifen.objects('case', 'show', str(number))[0]
    tap.equal((one['assignee'], one['notes'][0]['text']), ('wang@example.com', '已电话联系经办人，\n验证码 ****** 不要外传'), 'both are kept, a code is not')
    tap.equal(one['actions'], ['settle', 'refund', 'close', 'assign', 'note'], 'what may be done is told')
    out = desk.run('show', number)[1]
    tap.ok('wang' in desk.run('list')[1] and '负责人 wang@example.com' in out and '已电话联系' in out, 'and shown', out)
    tap.ok('还有 3 个工作日' in out and '可以做：入账 settle' in out, 'with the time that is left and what may be done', out)
    refused(desk, '1000', 'no note without end', 'note', number, '长' * 1001)
    refused(desk, '999', 'no case, no note', 'note', 999, 'x')
    refused(desk, '999', 'nor assignment', 'assign', 999, 'li')
    actions = [row['action'] for row in desk.yifen.query("SELECT action FROM audit WHERE subject = ? AND actor LIKE 'staff:%'", f'case:{number}')]
    tap.equal(actions, ['case.assign', 'case.note'], 'both are in the log')


def test_accept(desk, made):
    number = desk.case('application', made[0])
    done = desk.yifen.must('case', 'accept', str(number), '--json')
    tap.equal(json.loads(done), dict(id=number, state='closed'), 'accept answers')
    order = desk.order(made[0])
    tap.equal((order['status_text'], order.get('due_on')), ('成功受理', None), 'the order is accepted, its clock has ended')
    refused(desk, '已经办结', 'once', 'accept', number)


def test_send_back(desk, made):
    number = desk.case('application', made[1])
    tap.equal(desk.run('send-back', number, '--reason', '营业执照不清楚')[0], 0, 'send-back')
    order = desk.order(made[1])
    tap.equal((order['status_text'], order['next'], order.get('due_on')), ('退回修改', 'amend', None), 'the applicant must act, the clock stands')
    tap.equal(desk.cases('application', made[1]), [], 'no application is open')
    changed = dict(made[1], applicant=dict(made[1]['applicant'], address='深圳市福田区福华路1号'))
    desk.bring([changed])
    again = desk.cases('application', made[1])
    tap.equal([case['subject'] for case in again], [f"order:{made[1]['order_no']}:2"], 'the changed order is a new application')
    tap.equal(desk.order(made[1])['status_text'], '待审核', 'that waits for review')
    old = desk.yifen.objects('case', 'show', str(number))[0]
    tap.equal((old['state'], old['decision'], old['text']), ('closed', 'send_back', '营业执照不清楚'), 'the old one stays as it was decided')


def test_third_party(desk, made):
    number, order_no = desk.case('third_party', made[2]), made[2]['order_no']
    price = made[2]['payment']['amount']
    refused(desk, order_no, 'not more than the price', 'settle', number, f'{order_no}=99999.00')
    refused(desk, '000', 'not for an order that is not there', 'settle', number, '000=1.00')
    tap.equal(desk.run('settle', number, f'{order_no}={price}')[0], 0, 'a third party\'s wire is settled')
    order = desk.order(made[2])
    tap.equal((order['payment'], order['proof']), ('received', 'none'), 'it pays and proves nothing')
    tap.equal((order['status_text'], order['next']), ('金融认证中', 'wait'), 'the order takes the way of fen and code')
    jobs = desk.yifen.query("SELECT subject FROM job WHERE role = 'pay' AND kind = 'verify'")
    tap.equal([job['subject'] for job in jobs], [order_no], 'pay has been asked')


def test_short(desk, made):
    number, order_no = desk.case('short', made[3]), made[3]['order_no']
    refused(desk, order_no, 'not more than came', 'settle', number, f'{order_no}=1348.00')
    refused(desk, order_no, 'not more than came in parts either', 'settle', number, f'{order_no}=1343.00', f'{order_no}=5.00')
    tap.equal(desk.run('settle', number, f'{order_no}=1000.00', f'{order_no}=343.00')[0], 0, 'two parts to one order are one')
    tap.equal(desk.order(made[3])['payment'], 'short', 'what was short stays short')
    desk.pay(made[3], more=500 - fen(made[3]['payment']['amount']))
    desk.statement()
    order = desk.order(made[3])
    tap.equal((order['payment'], order['proof'], order['review']), ('received', 'wire', 'open'), 'until the rest comes: then it is whole')


def test_over(desk, made):
    number, order_no, price = desk.case('over', made[4]), made[4]['order_no'], made[4]['payment']['amount']
    tap.equal(desk.order(made[4])['payment'], 'over', 'too much came')
    tap.equal(desk.run('settle', number, f'{order_no}={price}')[0], 0, 'the price of it is settled')
    order = desk.order(made[4])
    tap.equal((order['payment'], order['proof'], order['review']), ('received', 'wire', 'open'), 'paid, proven, open')
    rest = desk.yifen.query('SELECT amount - allocated AS rest FROM entry WHERE amount = ?', fen(price) + 10000)[0]['rest']
    tap.equal(rest, 10000, 'the rest stays with the line')


def test_combined(desk, made):
    number = desk.case('combined', made[7])
    tap.equal(desk.run('settle', number, f"{made[7]['order_no']}={made[7]['payment']['amount']}", f"{made[8]['order_no']}=999.00")[0], 0,
              'one wire for two orders is divided')
    tap.equal([desk.order(made[i])['review'] for i in (7, 8)], ['open', 'open'], 'and both are reviewed')


def test_again(desk, made):
    """A second payment of what is accepted; money for what was paid online."""
    desk.pay(made[0])
    online = orders.online(1, start=500, submitted='2026-11-02T09:30:00+08:00')[0]
    desk.bring([online])
    desk.pay(online)
    desk.statement()
    number = desk.case('already_paid', made[0])
    order_no = made[0]['order_no']
    refused(desk, order_no, 'an order that is paid takes no more', 'settle', number, f'{order_no}=1.00')
    for case in desk.cases('already_paid', online):
        refused(desk, online['order_no'], 'nor one that was paid online', 'settle', case['id'], f"{online['order_no']}=1.00")
    tap.equal(desk.run('close', number, '--reason', '将退回')[0], 0, 'it is closed with a reason')
    entry = desk.yifen.query("SELECT disposition, reason FROM entry WHERE reason = 'person' AND disposition = 'explained'")
    tap.equal(len(entry), 1, 'which explains the line')
    tap.equal(desk.order(made[0])['status_text'], '成功受理', 'and leaves the order accepted')


def test_blocked(desk, made):
    desk.pay(made[6])
    desk.statement()
    other = desk.cases('already_paid', made[6])
    tap.equal(len(other), 1, 'a second payment asks people')
    tap.equal(desk.cases('application', made[6]), [], 'meanwhile the order cannot be accepted')
    tap.equal(desk.run('close', other[0]['id'], '--reason', '另行退还')[0], 0, 'once that is answered')
    tap.equal(desk.run('accept', desk.case('application', made[6]))[0], 0, 'it can')


DECIDED = """SELECT e.booking_on, e.identity, e.disposition, e.reason, e.allocated, (SELECT group_concat(p.order_no || '=' || a.amount || a.by)
 FROM allocation a JOIN purchase p ON p.id = a.purchase_id WHERE a.entry_id = e.id) AS paid FROM entry e ORDER BY e.id"""


def state(desk):
    return (desk.yifen.query(DECIDED), desk.yifen.query('SELECT order_no, payment, proof, review, due_on FROM purchase ORDER BY id'),
            desk.yifen.query('SELECT id, reason, state, decision, text FROM review_case ORDER BY id'))


def test_later_import(desk, made):
    before = state(desk)
    desk.bank.clock.move_to_day(desk.bank.clock.today().replace(day=4), 10)
    desk.statement(name='whole.xml')
    tap.ok(state(desk) == before, 'an overlapping statement moves nothing that a person decided', (before, state(desk)))
    desk.pay(made[5], name='路人贸易有限公司', other='4000000000009999', remark='再付')
    desk.statement(name='more.xml')
    after = state(desk)
    tap.ok(after[0][:len(before[0])] == before[0] and after[2] == before[2], 'nor does a new line of a stranger')


def test_audit(desk):
    rows = desk.yifen.query('SELECT actor, action, subject FROM audit')
    people = {row['actor'] for row in rows if row['action'] == 'case.decide'}
    tap.ok(people and all(actor.startswith('staff:') and len(actor) > 6 for actor in people), 'decisions name who', people)
    settled = [row for row in rows if row['action'] == 'entry.settle' and row['actor'].startswith('staff:')]
    parts = desk.yifen.query("SELECT count(*) AS n FROM allocation WHERE rule = 'person'")[0]['n']
    tap.ok(len(settled) >= parts > 4, 'each part that a person settled is in the log', (len(settled), parts))
    explained = [row for row in rows if row['action'] == 'entry.dispose' and row['actor'].startswith('staff:')]
    tap.ok(explained, 'each line that a person explained too')
    desk.yifen.must('audit', 'verify')
    tap.ok(True, 'the chain of the log holds')


def main():
    desk = Desk()
    made = desk.made
    for test in (test_first_month, test_looking, test_reads_well, test_work, test_accept, test_send_back, test_third_party, test_short, test_over, test_combined, test_again,
                 test_blocked, test_later_import):
        test(desk, made)
    test_audit(desk)
    tap.done()


main()
