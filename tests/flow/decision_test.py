#!/usr/bin/python3
"""Cases decided through the hall's socket: who is named needs the same roles as on the command line, is the same person there, and
never approves their own. The people are users that every Debian has; their groups are the roles."""
import os

from lib import hall, orders, place, tap
from lib.instance import NUMBERS, OWNER, Instance, section
from lib.process import Process, wait_for
from bank.teller import Bank

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')

CMB = NUMBERS['cmb']
REVIEWER, SUPERVISOR, FINANCE = 'bin', 'sys', 'games'
GROUPS = dict(finance=60, reviewer=2, supervisor=3, operator=12, second_above='100.00')

home = place.scratch('decision')
bank = Bank(os.path.join(home, 'bank'))
yifen = Instance(os.path.join(home, 'i'), clock=bank.clock.path)


def fen(amount):
    return round(float(amount) * 100)


def decide(case, person, decision, **more):
    """(status, reason word or state)"""
    status, said = hall.call(yifen, 'POST', f'/v1/cases/{case}/decision', dict(person=person, decision=decision, **more))
    return status, said.get('reason', said.get('state'))


def cases(reason):
    return [case['id'] for case in hall.call(yifen, 'GET', '/v1/cases')[1]['cases'] if case['reason'] == reason]


def prepare():
    for folder in ('out', 'in'):
        os.mkdir(os.path.join(home, folder))
    bank.ledger.add_account(CMB, OWNER, 'camt.053.001.08', 10000000)
    bank.clock.move_to_day(bank.clock.today().replace(year=2026, month=11, day=2), 10)
    yifen.configure(section('yifen', None, settle=0), section('staff', None, **GROUPS),
                    section('account', 'cmb', number=CMB, name=OWNER, bank='cmb', statements='folder', payments='out', pays='refund'),
                    section('channel', 'out', kind='folder', upload=os.path.join(home, 'out'), answers=os.path.join(home, 'in')))
    made = orders.wires(5, submitted='2026-11-02T09:30:00+08:00')
    for order, more, name in zip(made, (0, 0, 500, 0, -800), (None, None, None, '路人贸易有限公司', None)):
        account = order['bank_account']
        bank.wire(CMB, fen(order['payment']['amount']) + more, name or account['name'], account['number'] if name is None else '4000000000009999',
                  order['order_no'])
    yifen.must('order', 'import', orders.write(os.path.join(home, 'orders.jsonl'), made))
    yifen.must('statement', 'import', bank.statement(CMB, '2026-11-02', '2026-11-02'))
    yifen.role('intake')
    return made


def start():
    process = Process([place.program('yifend'), '-c', yifen.conf, '--role', 'serve'], os.path.join(home, 'serve.log'), env=yifen.env())
    wait_for(lambda: not process.alive() or os.path.exists(yifen.path('run', 'hall.sock')), 'serve listens')
    return process


def test_rights():
    case = cases('application')[0]
    before = yifen.query('SELECT count(*) AS n FROM audit')[0]['n']
    tap.equal([decide(case, person, 'accept') for person in ('nobody-here', FINANCE, 'root', 'man', '', str(os.getuid()))],
              [(403, 'person_unknown'), (403, 'staff_right'), (403, 'staff_right'), (403, 'staff_right'), (422, 'field_length'),
               (403, 'person_unknown')], 'who has no such role, whoever they are, may not')
    said = hall.call(yifen, 'POST', f'/v1/cases/{case}/decision', dict(person=FINANCE, decision='accept'))[1]
    tap.equal(said['detail'], '您没有权限执行“case accept”，需要的角色是：审核员、主管。', 'the sentence says who may')
    tap.equal([decide(case, REVIEWER, 'undo', reason='x'), decide(case, REVIEWER, 'approve')], [(403, 'staff_right')] * 2, 'each decision has its roles')
    tap.equal(yifen.query('SELECT count(*) AS n FROM audit')[0]['n'], before, 'nothing was done')
    tap.equal(decide(case, REVIEWER, 'accept'), (200, 'closed'), 'a reviewer accepts')
    one = yifen.objects('case', 'show', str(case))[0]
    tap.equal((one['decision'], one['decided_by']), ('accept', f'staff:{REVIEWER}'), 'by name')
    rows = yifen.query("SELECT actor, subject FROM audit WHERE action = 'hall.decision'")
    tap.equal(rows, [dict(actor='hall', subject=f'case:{case}')], 'and that the hall vouched for them is in the log')
    tap.equal(decide(case, REVIEWER, 'accept'), (409, 'case_closed'), 'once')


def test_wrong():
    case = cases('application')[0]
    tap.equal([decide(case, REVIEWER, 'settle'), decide(case, REVIEWER, 'accept', assignee='x'), decide(case, REVIEWER, 'close'),
               decide(case, REVIEWER, 'list'), decide(case, REVIEWER, 'accept', force=True), decide('X', REVIEWER, 'accept')],
              [(422, 'decision_fields')] * 3 + [(422, 'field_word'), (422, 'field_unknown'), (422, 'decision_fields')],
              'what a decision does not take, or lacks, is told')
    tap.equal(decide(999, REVIEWER, 'accept'), (404, 'case_unknown'), 'a case that is not there')
    tap.equal(decide(case, REVIEWER, 'send_back', reason='--field', fields=[dict(field='nonsense')]), (422, 'correction'), 'a field that is none')
    tap.equal(decide(case, REVIEWER, 'note', reason='--reason 056869'), (200, 'application'), 'words that look like options are words')
    tap.equal(decide(case, REVIEWER, 'send_back', reason='地址', fields=[dict(field='applicant.address')]), (200, 'closed'), 'sent back')
    one = yifen.objects('case', 'show', str(case))[0]
    tap.equal((one['fields'], one['text'], one['notes'][0]['text']), (['applicant.address'], '地址', '--reason ******'), 'with its fields; the note hides a code')


def test_second(order):
    """More than one person may decide alone: the hall cannot be both of them as one."""
    case, share = cases('third_party')[0], [dict(order_no=order['order_no'], amount=order['payment']['amount'])]
    tap.equal([decide(case, person, 'settle', orders=share) for person in (REVIEWER, REVIEWER, FINANCE, SUPERVISOR)],
              [(409, 'second_waits'), (409, 'second_waits'), (403, 'staff_right'), (200, 'closed')], 'two people who may must decide the same')
    case = cases('over')[0]
    entry = yifen.objects('case', 'show', str(case))[0]['entries'][0]['id']
    tap.equal(decide(case, SUPERVISOR, 'refund', entries=[dict(id=entry, amount='5.00')], reason='多付')[0], 200, 'a refund is asked for')
    tap.equal(decide(case, SUPERVISOR, 'approve'), (409, 'refund_self'), 'nobody approves their own')
    tap.equal(yifen.yifen('case', 'approve', str(case)).returncode, 0, 'somebody else does, on the command line')


def test_waive(order):
    """Eight yuan too little: the fee that a bank kept. And what may not be let go."""
    case, number = cases('short')[0], order['order_no']
    price = float(order['payment']['amount'])
    share = [dict(order_no=number, amount=f'{price - 8:.2f}')]

    def waive(amount, person=SUPERVISOR):
        return decide(case, person, 'settle', orders=share, waive=[dict(order_no=number, amount=amount)], reason='银行手续费')

    tap.equal([waive('8.01'), waive('8.00', FINANCE)], [(409, 'waive_too_much'), (403, 'staff_right')], 'no more than is lacking, and not by everybody')
    tap.equal([waive('8.00', REVIEWER), waive('8.00')], [(409, 'second_waits'), (200, 'closed')], 'two people, since it is much')
    is_now = yifen.objects('order', 'show', number)[0]
    tap.equal((is_now['payment'], is_now['proof'], is_now['review'], is_now['waived']), ('received', 'wire', 'open', '8.00'),
              'the order is paid, and shows what was let go')
    tap.has(yifen.must('order', 'show', number), '已免收', 'to people too')
    yifen.must('statement', 'import', bank.statement(CMB, '2026-11-02', '2026-11-02', name='again.xml'))
    yifen.role('intake')
    bank.wire(CMB, 800, order['bank_account']['name'], order['bank_account']['number'], number)
    yifen.must('statement', 'import', bank.statement(CMB, '2026-11-02', '2026-11-02', name='late.xml'))
    tap.equal((yifen.objects('order', 'show', number)[0]['payment'], len(cases('already_paid'))), ('received', 1),
              'what comes too late is a case, and pays nothing')
    tap.equal(decide(case, SUPERVISOR, 'undo', reason='手续费不该免'), (200, None), 'taken back')
    tap.equal(yifen.objects('order', 'show', number)[0].get('waived'), None, 'with what was let go')


prepared = prepare()
serve = start()
try:
    test_rights()
    test_wrong()
    test_second(prepared[3])
    test_waive(prepared[4])
finally:
    serve.stop()
tap.equal(yifen.yifen('audit', 'verify').returncode, 0, 'the audit log is whole')
tap.done()
