#!/usr/bin/python3
"""Refunds: asked for by one person, approved by another, sent once, proven by our own statement; refused, bounced, paid anew.
cmb pays and receives: pain.001.001.09 out, pain.002 and camt.053 back, over one real SFTP server."""
import os
import signal
import struct

from lib import hall, orders, place, tap
from lib.instance import NUMBERS
from lib.refunding import FIRST, SECOND, WHY, Bench, fen
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


def check_life(bench):
    order = bench.wired()[0]
    tap.equal(bench.shown(order), '待审核', 'the wire pays the order')
    answer = bench.serve('POST', f"/v1/orders/{order['order_no']}/refund-request", dict(reason='不办了'))
    tap.ok(answer[0] == 202 and answer[1]['status_text'] == '申请退费', 'the applicant wishes its money back', answer)
    case, entry = bench.case('refund', order), bench.entry(order)['id']
    shown = bench.run(FIRST, 'show', case).stdout
    tap.ok('不办了' in shown and f'流水 {entry} 可退' in shown, 'the case says what could go back', shown)
    code = [bench.run(FIRST, 'refund', case, f'{entry}={amount}', *WHY) for amount in (fen(order) / 100 + 0.01, 1.00)]
    tap.ok([c.returncode for c in code] == [1, 1] and '没有这么多可退' in code[0].stderr and '不能只退一半' in code[1].stderr,
           'neither more than came, nor a half', [c.stderr for c in code])
    tap.equal(bench.run(FIRST, 'refund', case, f'{entry}=1048.00').returncode, 2, 'not without a reason')
    differs = bench.run(FIRST, 'refund', case, f"{entry}={order['payment']['amount']}", '--number', '999', *WHY)
    tap.ok(differs.returncode == 1 and '退回原账户' in differs.stderr, 'only back to the account on the line', differs.stderr)
    tap.equal(bench.run(SECOND, 'approve', case).returncode, 1, 'nothing to approve yet')
    asked = bench.run(FIRST, 'refund', case, f"{entry}={order['payment']['amount']}", *WHY)
    tap.equal((asked.returncode, '等另一人复核' in asked.stdout), (0, True), 'one person asks')
    own = bench.run(FIRST, 'approve', case)
    tap.ok(own.returncode == 1 and '由两个人' in own.stderr, 'nobody approves their own', own.stderr)
    tap.equal(bench.run(SECOND, 'refund', case, f"{entry}={order['payment']['amount']}", *WHY).returncode, 1, 'nor asks twice')
    tap.equal(bench.run(FIRST, 'close', case, '--reason', 'x').returncode, 1, 'nor puts the case aside')
    shown = bench.run(SECOND, 'show', case).stdout
    tap.ok(order['bank_account']['number'] in shown and 'staff:daemon' in shown and '等另一人复核' in shown, 'the second person sees what it is', shown)
    bench.yifen.role('pay')
    tap.equal(bench.transfers(order), [], 'nothing is planned before the second person')
    agreed = bench.run(SECOND, 'approve', case)
    tap.equal((agreed.returncode, bench.shown(order)), (0, '退费中'), 'another approves')
    tap.equal(bench.yifen.query('SELECT allocated, refunded, amount FROM entry WHERE id = ?', entry), [dict(allocated=0, refunded=fen(order), amount=fen(order))],
              'the money is taken from the order')
    bench.world.turn()
    tap.equal((bench.states(order), bench.debits(order)), (['accepted'], [fen(order)]), 'the bank paid it')
    tap.equal(bench.shown(order), '退费中', 'the bank\'s word is not enough')
    bench.evening()
    tap.equal((bench.states(order), bench.refunds(order), bench.shown(order)), (['booked'], ['refunded'], '已退费'), 'our own debit line is')
    row = bench.transfers(order)[0]
    proof = bench.yifen.objects('transfer', 'show', row['reference'])[0]
    tap.ok(proof['debit']['amount'] == order['payment']['amount'] and proof['batch']['state'] == 'closed' and proof['payee_account'] == order['bank_account']['number'],
           'the same three-way proof', proof)
    tap.equal(bench.entry(order)['disposition'], 'explained', 'the credit has nothing left to match')
    again = bench.run(FIRST, 'refund', case, f'{entry}=0.01', *WHY)
    tap.ok(again.returncode == 1, 'no fen more', again.stderr)
    tap.equal(bench.yifen.cases(), [], 'nobody is asked anything')


def check_over(bench):
    """What is over goes back, the order keeps its price."""
    order = bench.wired(more=5200)[0]
    case, entry = bench.case('over', order), bench.entry(order)['id']
    tap.equal(bench.run(FIRST, 'refund', case, f'{entry}=52.00', '--reason', '多付').returncode, 0, 'the rest is asked for')
    tap.equal(bench.run(SECOND, 'approve', case).returncode, 0, 'and approved')
    bench.yifen.role('intake')
    tap.equal((bench.shown(order), bench.entry(order)['disposition']), ('待审核', 'settled'), 'what is left is exact: the order is paid')
    bench.world.turn()
    bench.evening()
    tap.equal((bench.refunds(order), bench.debits(order), bench.shown(order)), (['refunded'], [5200], '待审核'), 'the rest went back')


def check_account(bench):
    """Only from the account that received it."""
    order = bench.wired(account='abc')[0]
    case, entry = bench.wish(order)
    asked = bench.run(FIRST, 'refund', case, f"{entry}={order['payment']['amount']}", *WHY)
    tap.ok(asked.returncode == 1 and '账户 abc 不能付退费' in asked.stderr, 'the receiving account may not pay: so it is said', asked.stderr)
    tap.has(bench.run(FIRST, 'show', case).stdout, '账户 abc 不能付退费', 'and the case says so')
    done = bench.run(FIRST, 'refuse', case, '--reason', '改由财务处理')
    tap.equal((done.returncode, bench.shown(order)), (0, '待审核'), 'the wish is refused: the order goes on')


def check_rejected(bench):
    """Our own lack of funds: paid anew, under a new reference, only when no debit can come any more."""
    order = bench.wired()[0]
    bench.world.misbehave(do='reject_funds', account=order['bank_account']['number'], times=1)
    bench.approved(order)
    bench.world.turn()
    tap.equal((bench.states(order), bench.refunds(order)), (['rejected'], ['rejected']), 'the bank refuses for lack of our funds')
    bench.run(FIRST, 'close', bench.case('bank_refused'), '--reason', '已补足')
    bench.world.turn()
    tap.equal((bench.states(order), bench.shown(order)), (['rejected'], '退费中'), 'no new payment while the first might still run')
    bench.evening()
    tap.equal(bench.states(order), ['rejected'], 'one day without it is not every day')
    bench.evening(5)
    tap.equal((bench.states(order)[:1], bench.refunds(order)[:1], len(bench.states(order))), (['rejected'], ['replaced'], 2), 'then it is paid anew')
    bench.world.turn()
    bench.evening()
    tap.equal((bench.states(order), bench.refunds(order)), (['rejected', 'booked'], ['replaced', 'refunded']), 'and proven')
    tap.equal((len({row['reference'] for row in bench.transfers(order)}), bench.debits(order)), (2, [fen(order)]), 'under a new reference, once')
    tap.equal(bench.shown(order), '已退费', 'the applicant sees it')


def check_bounced(bench):
    """The account is closed: it comes back, and two people give new details."""
    order = bench.wired()[0]
    bench.world.misbehave(do='bounce', days=1, account=order['bank_account']['number'], times=1)
    bench.approved(order)
    bench.world.turn()
    bench.evening(3)
    tap.equal((bench.states(order), bench.refunds(order), bench.shown(order)), (['returned'], ['returned'], '退费中'), 'it came back')
    case = bench.case('refund_returned')
    tap.has(bench.run(FIRST, 'show', case).stdout, '户名', 'the case names what to look at')
    lacks = bench.run(FIRST, 'refund', case, '--number', '6222000011112222', '--reason', '新账户')
    tap.ok(lacks.returncode == 1 and '开户行' in lacks.stderr, 'a new account needs its bank', lacks.stderr)
    asked = bench.run(FIRST, 'refund', case, '--number', '6222000011112222', '--bank', '中国银行深圳分行', '--reason', '新账户')
    tap.equal((asked.returncode, bench.run(FIRST, 'approve', case).returncode), (0, 1), 'one asks, and does not approve')
    tap.equal(bench.run(SECOND, 'approve', case).returncode, 0, 'the other does')
    bench.world.turn()
    bench.evening()
    tap.equal((bench.refunds(order), bench.transfers(order)[1]['payee_account'], bench.shown(order)),
              (['replaced', 'refunded'], '6222000011112222', '已退费'), 'paid to the new account')


def check_lines(bench):
    """Debits without our reference: by amount and payee while the refund is open, else people are asked."""
    order = bench.wired()[0]
    account = order['bank_account']
    bench.world.misbehave(do='silent', account=account['number'], times=1)
    bench.approved(order)
    bench.world.turn()
    bench.bank.wire(NUMBERS['cmb'], -fen(order), account['name'], account['number'], '转账')
    bench.evening()
    tap.equal((bench.states(order), bench.refunds(order)), (['booked'], ['refunded']), 'the debit is the refund\'s')
    bench.bank.wire(NUMBERS['cmb'], -fen(order), account['name'], account['number'], '转账')
    bench.bank.wire(NUMBERS['cmb'], -fen(order), '某供应商', '123123123', '货款')
    bench.evening()
    tap.equal(len([case for case in bench.yifen.cases() if case['reason'] == 'unknown_debit']), 1, 'another one to the same payee looks like ours')


def check_unknown(bench):
    """Silence: nothing is paid anew; a person's word ends the doubt, but only our own line makes it refunded."""
    order = bench.wired()[0]
    bench.world.misbehave(do='silent', account=order['bank_account']['number'], times=1)
    bench.approved(order)
    bench.world.turn()
    bench.evening(4)
    tap.equal((bench.states(order), bench.refunds(order)), (['unknown'], ['approved']), 'no answer and no line: unknown')
    bench.yifen.must('transfer', 'resolve', bench.transfers(order)[0]['reference'], '--as', 'booked', '--evidence', '柜台回单')
    tap.equal((bench.states(order), bench.refunds(order), bench.shown(order)), (['booked'], ['approved'], '退费中'), 'a person says that it was paid')
    bench.bank.wire(NUMBERS['cmb'], -fen(order), order['bank_account']['name'], order['bank_account']['number'], '转账')
    bench.evening()
    tap.equal((bench.refunds(order), bench.shown(order)), (['refunded'], '已退费'), 'the line proves it')


def check_late(bench):
    """The bank refused, every day was proven without the debit, another refund was planned; and then the first is debited after all."""
    order = bench.wired()[0]
    bench.world.misbehave(do='reject_funds', account=order['bank_account']['number'], times=1)
    bench.approved(order)
    bench.world.turn()
    bench.run(FIRST, 'close', bench.case('bank_refused'), '--reason', '已补足')
    bench.yifen.must('pay', 'hold', 'cmb', '--reason', '演练')
    bench.evening(5)
    tap.equal((bench.states(order), bench.refunds(order)), (['rejected', 'planned'], ['replaced', 'approved']), 'the next one is planned, and held')
    first = bench.transfers(order)[0]
    bench.bank.ledger.add_line(account=NUMBERS['cmb'], day=str(bench.bank.clock.today()), time='10:00:00', amount=-fen(order), name=first['payee_name'],
                               other=first['payee_account'], remark=f"退费 {order['order_no']}", reference=first['reference'], kind='payment')
    bench.evening()
    tap.equal(bench.states(order), ['booked', 'rejected'], 'the line is believed, and the next one never leaves')
    bench.yifen.must('pay', 'release', 'cmb')
    bench.evening(6)
    tap.equal((bench.states(order), bench.debits(order)), (['booked', 'rejected'], [fen(order)]), 'nor does a third')
    tap.equal((bench.refunds(order), bench.shown(order)), (['refunded', 'replaced'], '已退费'), 'the first one is the refund')
    tap.equal(len([case for case in bench.yifen.cases() if case['reason'] == 'transfer_contradiction' and case['subject'].endswith(first['reference'])]), 1,
              'people are asked')


def check_incomplete(bench):
    """A line that shows no payer: two people complete it."""
    order = bench.wired(bank='')[0]
    bench.bank.wire(NUMBERS['cmb'], 77700, '', '', order['order_no'])
    bench.evening()
    entry = [row for row in bench.yifen.entries() if row['amount'] == '777.00'][0]['id']
    cases = [case for case in bench.yifen.cases() if any(row['id'] == entry for row in case['entries'])]
    tap.equal(len(cases), 1, 'somebody is asked about it')
    lacks = bench.run(FIRST, 'refund', cases[0]['id'], f'{entry}=777.00', '--reason', '重复付款')
    tap.ok(lacks.returncode == 1 and '没有写明收款户名' in lacks.stderr, 'it does not say to whom', lacks.stderr)
    asked = bench.run(FIRST, 'refund', cases[0]['id'], f'{entry}=777.00', '--name', order['bank_account']['name'], '--number', '6222 0000 1111 2222',
                      '--bank', '中国银行', '--reason', '重复付款')
    tap.equal((asked.returncode, bench.run(SECOND, 'approve', cases[0]['id']).returncode), (0, 0), 'one completes, another approves')
    bench.world.turn()
    tap.equal([row['payee_account'] for row in bench.transfers(order)], ['6222000011112222'], 'it goes there')
    tap.equal(bench.shown(order), '待审核', 'the order is not concerned')


def check_online(bench):
    """Alipay and WeChat: by the hall, by the way it came."""
    first, second = orders.online(2, start=700)
    bench.bring([first, second])
    for order in (first, second):
        bench.serve('POST', f"/v1/orders/{order['order_no']}/refund-request", dict(reason='不办了'))
        case = bench.case('refund', order)
        tap.equal((bench.run(FIRST, 'refund', case, *WHY).returncode, bench.run(SECOND, 'approve', case).returncode), (0, 0),
                  'two people decide about money that came online')
    bench.yifen.start()
    status, listed = hall.call(bench.yifen, 'GET', '/v1/refunds')
    tap.equal([(row['order_no'], row['amount'], row['transaction_id']) for row in listed['refunds']],
              [(order['order_no'], order['payment']['amount'], order['payment']['transaction_id']) for order in (first, second)], 'the hall has its list')
    one, two = (row['id'] for row in listed['refunds'])
    done = hall.call(bench.yifen, 'POST', f'/v1/refunds/{one}/result', dict(result='done'))
    tap.equal((done, hall.call(bench.yifen, 'POST', f'/v1/refunds/{one}/result', dict(result='done'))[0]), ((200, dict(id=one, state='refunded')), 200),
              'it reports, and may say so twice')
    tap.equal([hall.call(bench.yifen, 'POST', f'/v1/refunds/{number}/result', body)[0] for number, body in
               ((one, dict(result='failed')), (999, dict(result='done')), (one, dict(result='maybe')))], [409, 404, 422], 'but not otherwise')
    failed = hall.call(bench.yifen, 'POST', f'/v1/refunds/{two}/result', dict(result='failed', detail='超过退款期限'))
    tap.equal((failed[1]['state'], hall.call(bench.yifen, 'GET', '/v1/refunds')[1]['refunds']), ('rejected', []), 'one could not be given back')
    bench.yifen.stop()
    tap.equal((bench.shown(first), bench.transfers(first)), ('已退费', []), 'never from our bank')
    case = bench.case('refund_failed')
    tap.has(bench.run(FIRST, 'show', case).stdout, '超过退款期限', 'people are told why')
    tap.equal((bench.run(FIRST, 'refund', case, *WHY).returncode, bench.run(SECOND, 'approve', case).returncode), (0, 0), 'and may try again')
    tap.equal((bench.refunds(second), bench.shown(second)), (['replaced', 'approved'], '退费中'), 'as another refund')


def killed_on(bench, run):
    """Runs it again and again, killed at its first durable call, its second, ...; gives how often, and what it said at last."""
    counter, k = os.path.join(bench.world.home, 'count'), 0
    while k < 500:
        k += 1
        with open(counter, 'wb') as file:
            file.write(struct.pack('<q', 0))
        done = run(YIFEN_SHIM_COUNT=counter, YIFEN_SHIM_NET='1', YIFEN_SHIM_END=f'{k}:before')
        if done.returncode != -signal.SIGKILL:
            return k - 1, done
        check_whole(bench)
    return k, done


def check_whole(bench):
    """Approved whole or not at all, whenever one looks."""
    for row in bench.yifen.query("SELECT r.state, r.amount, e.refunded, e.allocated, p.payment, (SELECT count(*) FROM job j WHERE j.kind = 'refund') + "
                                 '(SELECT count(*) FROM transfer t WHERE t.refund_id = r.id) AS work FROM refund r JOIN entry e ON e.id = r.entry_id '
                                 "JOIN purchase p ON p.id = r.purchase_id WHERE r.state IN ('requested', 'approved') AND r.id = (SELECT max(id) FROM refund)"):
        want = ((row['amount'], 0, 'refunding', 1) if row['state'] == 'approved' else (0, row['amount'], 'received', 0))
        if (row['refunded'], row['allocated'], row['payment'], row['work']) != want:
            raise RuntimeError(f'half approved: {row}')


def check_kills(bench):
    """The approval, and the role that pays, killed at each of their durable calls."""
    order = bench.wired()[0]
    case, entry = bench.wish(order)
    bench.run(FIRST, 'refund', case, f"{entry}={order['payment']['amount']}", *WHY)
    times, done = killed_on(bench, lambda **env: bench.run(dict(SECOND, **env), 'approve', case))
    tap.ok(times > 3 and done.returncode in (0, 1) and bench.refunds(order) == ['approved'], f'approved once, after {times} kills', done.stderr)
    times, done = killed_on(bench, lambda **env: bench.yifen.role('pay', check=False, **env))
    tap.ok(times > 20 and done.returncode == 0 and len(bench.transfers(order)) == 1, f'sent once, after {times} kills', done.stderr)
    bench.world.turn()
    bench.evening()
    tap.equal((bench.refunds(order), bench.debits(order)), (['refunded'], [fen(order)]), 'paid once')


def main():
    or_skip()
    os.environ['YIFEN_SHIM_STAMP'] = '1'  # a state that is put back in its place is what a kill left, not another instance
    bench = Bench(World(place.scratch('refund'), layouts=LAYOUTS, pays=('cmb',), refunds=('cmb',)))
    for check in (check_life, check_over, check_account, check_rejected, check_bounced, check_lines, check_unknown, check_late, check_incomplete, check_online, check_kills):
        check(bench)
    tap.equal(bench.yifen.query('SELECT count(*) AS n FROM entry WHERE allocated + refunded > amount'), [dict(n=0)], 'no line gave more than it had')
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
