#!/usr/bin/python3
"""Receipts over HTTP and by hand: a claim and its file, what is no such file, used twice, other than the line that came, too
late, and a bank's voucher that is read instead of typed."""
import base64
import hashlib
import os

from lib import orders, place, tap
from lib.hall import call
from lib.instance import NUMBERS, OWNER, Instance, section
from lib.process import Process, wait_for
from bank import vouchers
from bank.clock import Clock

if place.missing('yifen', 'yifend', 'yifen-parse'):
    tap.skip_all('the programs are not built')
if not os.path.exists(place.SHIM):
    tap.skip_all('tests/shim.so is not built')

ICBC = dict(number=NUMBERS['icbc'], name=OWNER)
LIMIT = 2 * 1024 * 1024
PNG = b'\x89PNG\r\n\x1a\n' + b'\0' * 100
MADE = orders.wires(10, submitted='2026-11-02T09:30:00+08:00')

home = place.scratch('receipt')
clock = Clock(os.path.join(home, 'clock'))
clock.move_to_day(clock.today().replace(year=2026, month=11, day=2), 10)
yifen = Instance(os.path.join(home, 'i'), clock=clock.path)
booked = []


def fen(order):
    return round(float(order['payment']['amount']) * 100)


def claim(order, number, **changes):
    return dict(dict(number=number, amount=order['payment']['amount'], paid_on='2026-11-02', payer_name=order['applicant']['name'],
                     payer_account=order['bank_account']['number']), **changes)


def encoded(data):
    return base64.b64encode(data).decode()


def post(order, body):
    return call(yifen, 'POST', f"/v1/orders/{order['order_no']}/receipt", body)


def shown(order):
    return call(yifen, 'GET', f"/v1/orders/{order['order_no']}")[1]


def cases(order):
    return sorted(case['reason'] for case in yifen.cases() if case['state'] == 'open' and
                  order['order_no'] in [one['order_no'] for one in case['orders']])


def wire(number, order, day='2026-11-02', amount=None):
    return dict(id=number, day=day, time='10:00:00', amount=amount or fen(order), name=order['applicant']['name'],
                other=order['bank_account']['number'], remark=order['order_no'])


def statement(*lines):
    """The month so far: what a later statement of the same days leaves out would be a conflict."""
    booked.extend(lines)
    path = os.path.join(home, f'{len(booked)}.xml')
    with open(path, 'wb') as file:
        file.write(vouchers.bkrs(ICBC, '2026-11', 1000000, booked))
    yifen.must('statement', 'import', path)


def day(number):
    clock.move_to_day(clock.today().replace(day=number), 10)
    yifen.role('intake')


def test_files():
    order, digest = MADE[0], hashlib.sha256(PNG).hexdigest()
    status, answer = post(order, dict(claim(order, 'E1'), file=encoded(PNG)))
    tap.equal((status, answer.get('payment')), (201, 'claimed'), 'a claim with its picture is taken')
    path = yifen.path('archive', 'receipts', digest + '.png')
    tap.ok(open(path, 'rb').read() == PNG, 'the picture is kept under its hash')
    tap.equal([(one['number'], one['file'], one['kind']) for one in answer['receipts']], [('E1', digest, 'png')], 'and shown with the order')
    tap.has(yifen.must('order', 'show', order['order_no']), digest, 'also to staff')
    tap.equal((post(order, dict(claim(order, 'E1'), file=encoded(PNG)))[0], len(shown(order)['receipts'])), (201, 1), 'the same again is no news')
    other = MADE[1]
    for name, body, want in (
            ('a program named receipt.png', dict(claim(other, 'E2'), file=encoded(b'MZ\x90\0' * 30)), (422, 'receipt_kind')),
            ('no base64', dict(claim(other, 'E2'), file='%%%='), (422, 'field_base64')),
            ('a picture without a claim', dict(file=encoded(PNG)), (422, 'receipt_unclaimed')),
            ('a voucher beside a typed claim', dict(claim(other, 'E2'), file=encoded(b'<?xml version="1.0"?><a/>')), (422, 'receipt_voucher')),
            ('half a claim', dict(number='E2', file=encoded(PNG)), (422, 'field_missing')),
            ('nothing', {}, (422, 'field_missing')),
            ('a byte too many', dict(claim(other, 'E2'), file=encoded(PNG + b'\0' * (LIMIT - len(PNG) + 1))), (413, 'receipt_large')),
            ('far too many', dict(claim(other, 'E2'), file=encoded(PNG + b'\0' * 2 * LIMIT)), (413, 'json_too_large'))):
        status, answer = post(other, body)
        tap.equal((status, answer.get('reason')), want, name + ' is refused')
    tap.equal((shown(other)['payment'], shown(other)['receipts'], len(os.listdir(yifen.path('archive', 'receipts')))), ('unpaid', [], 1),
              'and leaves nothing')
    big = PNG + b'\0' * (LIMIT - len(PNG))
    tap.equal(post(other, dict(claim(other, 'E2'), file=encoded(big)))[0], 201, 'two MB to the byte are taken')
    tap.equal(call(yifen, 'POST', '/v1/orders', dict(a='x' * 70000))[0], 413, 'other bodies have their old limit')


def test_reused():
    order, other = MADE[0], MADE[2]
    post(other, claim(other, 'E1'))
    tap.equal(cases(other), [], 'the same number of another payer is another receipt')
    post(MADE[3], claim(MADE[3], 'E1', payer_name=order['applicant']['name'], payer_account='62220000'))
    tap.equal((cases(MADE[3]), cases(order)), (['receipt_reused'], []), 'the same number of the same payer is a case of the later order')
    path = os.path.join(home, 'scan.txt')
    with open(path, 'wb') as file:
        file.write(PNG)
    one = claim(MADE[4], 'E9')
    yifen.must('order', 'receipt', MADE[4]['order_no'], '--number', 'E9', '--amount', one['amount'], '--paid-on', one['paid_on'],
               '--payer-name', one['payer_name'], '--payer-account', one['payer_account'], path)
    tap.equal(cases(MADE[4]), ['receipt_reused'], 'so is the same picture, handed in by staff under any name')
    case = next(case for case in yifen.cases() if case['reason'] == 'receipt_reused' and case['orders'][0]['order_no'] == MADE[4]['order_no'])
    tap.has(yifen.must('case', 'show', str(case['id'])), order['order_no'], 'its card names the other order')
    yifen.must('case', 'close', str(case['id']), '--reason', '一笔汇款付两单')
    post(MADE[4], dict(one, file=encoded(PNG)))
    tap.equal(cases(MADE[4]), [], 'what was decided is not asked again')


def test_differs():
    good, bad = MADE[0], MADE[1]
    post(bad, claim(bad, 'E3', amount='1.00', paid_on='2026-10-20'))
    statement(wire(1, good), wire(2, bad))
    tap.equal((shown(good)['payment'], cases(good)), ('received', ['application']), 'a line as it was claimed goes to its review')
    tap.equal((shown(bad)['payment'], cases(bad)), ('received', ['application']), 'so does one that one of two receipts claims')
    odd = MADE[5]
    post(odd, claim(odd, 'E5', payer_account='62220001'))
    statement(wire(3, odd))
    tap.equal((shown(odd)['payment'], cases(odd)), ('received', ['receipt_differs']), 'one that none claims is settled and stops the review')
    case = next(case for case in yifen.cases() if case['reason'] == 'receipt_differs')
    tap.has(yifen.must('case', 'show', str(case['id'])), '62220001', 'the card shows what was claimed')
    yifen.must('case', 'close', str(case['id']), '--reason', '账号写错')
    tap.equal(cases(odd), ['application'], 'a person who closes it opens the review')
    post(odd, claim(odd, 'E6', amount='2.00'))
    tap.equal(cases(odd), ['receipt_differs'], 'a new claim asks anew')
    post(odd, claim(odd, 'E7'))
    tap.equal(cases(odd), ['application'], 'and one that agrees answers it')


def test_voucher():
    own, theirs = MADE[6], MADE[7]
    line = dict(id=77, day='2026-11-02', time='10:00:00', amount=-fen(own), name=OWNER, other=NUMBERS['icbc'], remark='办证')
    payer = dict(number=own['bank_account']['number'], name=own['applicant']['name'])
    for name, pack, order in (('PDF', vouchers.pdf, MADE[8]), ('OFD', vouchers.ofd, own)):
        paper = vouchers.bker(payer, dict(line, id=line['id'] + len(order['order_no']) + int(order['order_no'][-1])))
        status, answer = post(order, dict(file=encoded(pack(paper))))
        tap.equal((status, answer['payment']), (202, 'unpaid'), f'a voucher in {name} is taken and not yet read')
        yifen.role('intake')
        read = shown(order)['receipts'][0]
        tap.equal((read['amount'], read['paid_on'], read['payer_name'], read['payer_account'], shown(order)['payment']),
                  (own['payment']['amount'], '2026-11-02', payer['name'], payer['number'], 'claimed'), f'what is in the {name} is the claim')
    post(theirs, dict(file=encoded(vouchers.bker(payer, dict(line, other='62220002')))))
    post(theirs, dict(file=encoded(vouchers.bkrs(ICBC, '2026-11', 0, [wire(9, theirs)]))))
    post(theirs, dict(file=encoded(b'PK\3\4 broken')))
    yifen.role('intake')
    tap.equal(([one.get('reason') for one in shown(theirs)['receipts']][:2], shown(theirs)['payment']),
              (['receipt_payee', 'receipt_statement'], 'unpaid'), 'money to others, and statements, claim nothing')
    tap.ok(all(one.get('reason_text') for one in shown(theirs)['receipts']) and len(shown(theirs)['receipts']) == 3,
           'the hall is told why', shown(theirs)['receipts'])
    tap.equal(cases(theirs), ['receipt_unreadable'], 'and people are asked, once')
    post(theirs, claim(theirs, 'E9'))
    tap.equal((cases(theirs), shown(theirs)['payment']), ([], 'claimed'), 'until there is a claim')
    tap.equal([row['state'] for row in yifen.query("SELECT state FROM job WHERE kind = 'receipt' AND state <> 'done'")], [], 'no job is left')


def test_deadlines():
    late = MADE[2]
    statement(dict(wire(4, late), remark='预付', name='深圳市某某未来客户有限公司', other='41000000777'))
    entry = yifen.query("SELECT id FROM entry WHERE counterparty_account = '41000000777' AND disposition = 'pending'")[0]
    day(4)
    tap.equal(cases(late), [], 'two working days are not over')
    day(5)
    tap.equal(cases(late), ['receipt_without_money'], 'now they are')
    case = next(case for case in yifen.cases() if case['reason'] == 'receipt_without_money' and case['orders'][0]['order_no'] == late['order_no'])
    yifen.must('case', 'close', str(case['id']), '--reason', '客户说下周才汇')
    day(6)
    tap.equal(cases(late), [], 'a person who closed it is not asked every day')
    statement(wire(5, late, '2026-11-06'))
    tap.equal((shown(late)['payment'], cases(late)), ('received', ['receipt_differs']), 'the money that came late differs in its date')
    day(10)
    waiting = [case for case in yifen.cases() if case['reason'] == 'deadline' and case['state'] == 'open']
    tap.equal([case['subject'] for case in waiting], [f"entry:{entry['id']}"], 'a line that waits five working days for its order is a case')


def main():
    yifen.configure(section('yifen', None, settle=0), section('account', 'icbc', number=NUMBERS['icbc'], name=OWNER, bank='icbc', statements='folder'))
    yifen.must('order', 'import', orders.write(os.path.join(home, 'orders.jsonl'), MADE))
    yifen.role('intake')
    serve = Process([place.program('yifend'), '-c', yifen.conf, '--role', 'serve'], os.path.join(home, 'serve.log'), env=yifen.env())
    wait_for(lambda: not serve.alive() or os.path.exists(yifen.path('run', 'hall.sock')), 'serve listens')
    for test in (test_files, test_reused, test_differs, test_voucher, test_deadlines):
        test()
    tap.equal(serve.stop(), 0, 'serve ends with grace')
    tap.equal(yifen.yifen('audit', 'verify').returncode, 0, 'the audit log is whole')
    tap.done()


main()
