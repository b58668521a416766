#!/usr/bin/python3
"""The main job from end to end, every program real: the invented week of lib/story.py on yifend with all its roles, a real SFTP
server, a real SMTP server and the bank that misbehaves; what must have become of every order, line, transfer and file."""
import os
import subprocess

from lib import hall, junk, place, story, tap
from lib.instance import NUMBERS, count
from lib.process import wait_for
from lib.week import Week
from lib.world import World, or_skip


def fate(world, order):
    """The transfers of an order: [(state, reason)], oldest first."""
    return [(row['state'], row.get('bank_reason')) for row in world.yifen.transfers() if row['order_no'] == order['order_no']]


def check_orders(week):
    by_file, answers = week.orders_in()
    tap.equal((by_file, sum(answers.values())), (30, 29), 'orders come in by file and over HTTP')
    tap.ok(set(answers) <= {200, 201}, 'every order posted is taken', answers)
    again = hall.call(week.yifen, 'POST', '/v1/orders', week.plan.online[1])
    tap.ok(again[0] in (200, 201), 'the same order again is no news', again)
    bad = dict(week.plan.online[0], order_no='202611029999999')
    bad['applicant'] = dict(bad['applicant'], uscc='12')
    status, problem = hall.call(week.yifen, 'POST', '/v1/orders', bad)
    tap.ok(status in (400, 422) and 'applicant.uscc' in str(problem), 'a bad field is refused by name', (status, problem))
    tap.equal(len(week.yifen.orders()), 59, '59 orders are there')


def check_transfers(world, week):
    plan = week.plan
    week.wait_transfers(('accepted', 'booked', 'rejected', 'returned', 'unknown', 'sending'))
    week.quiet()
    wait_for(lambda: len([line for line in world.bank.ledger.lines() if line['kind'] == 'payment']) >= 17, 'the bank pays')
    wait_for(lambda: fate(world, plan.poor)[0][0] == fate(world, plan.refused)[0][0] == 'rejected', 'answers are read')
    tap.equal(fate(world, plan.refused)[0], ('rejected', 'BE01'), 'a wrong name is rejected')
    tap.equal(fate(world, plan.poor)[0], ('rejected', 'AM04'), 'so is what our funds do not cover')
    tap.ok(fate(world, plan.silent)[0][0] in ('sending', 'accepted', 'unknown'), 'no answer is no rejection', fate(world, plan.silent))
    status, shown = hall.call(week.yifen, 'GET', f"/v1/orders/{plan.refused['order_no']}")
    tap.ok(status == 200 and '金融认证失败' in str(shown), 'the hall is told that the verification failed', shown)
    check_messages(world)


def check_messages(world):
    """Every pain.001 against the official schema, and no temporary file left on the server."""
    folder = world.bank.path('taken')
    names = sorted(os.listdir(folder))
    versions = set()
    for name in names:
        path = os.path.join(folder, name)
        with open(path, encoding='utf-8') as file:
            version = 'pain.001.001.09' if 'pain.001.001.09' in file.read() else 'pain.001.001.03'
        versions.add(version)
        schema = place.shared('corpus', 'xsd', version + '.xsd')
        if not schema:
            tap.skip(f'{name} against its schema', 'shared/ is absent')
            continue
        done = subprocess.run(['xmllint', '--noout', '--schema', schema, path], capture_output=True, text=True)
        tap.equal(done.returncode, 0, f'{version} is valid against its schema') or tap.note(done.stderr)
    tap.equal(versions, {'pain.001.001.03', 'pain.001.001.09'}, 'both versions were written, as the profiles say')
    tap.equal([name for name in os.listdir(world.bank.path('in')) if not name.endswith('.xml')], [], 'no temporary file is left')


def check_codes(world, week):
    plan = week.plan
    results = []
    for place_, order in enumerate(plan.right):
        code = world.code(order)
        if place_ == 0:  # as people type it
            code = ''.join(chr(ord(c) + 0xFEE0) for c in code[:3]) + ' ' + code[3:]
        answer = week.confirm(order, code, http=place_ % 2 == 1)
        results.append(answer[1].get('result') if isinstance(answer, tuple) else answer['result'])
    tap.equal(count(results), {'verified': 12}, 'right codes verify, by command and over HTTP')
    answers = [week.confirm(plan.clumsy, code) for code in ('12345', week.wrong(plan.clumsy), world.code(plan.clumsy))]
    tap.equal([(one['result'], one.get('tries_left')) for one in answers[:2]], [('malformed', 3), ('wrong', 2)],
              'what is not six digits costs no try, a wrong code one')
    tap.equal(answers[2]['result'], 'verified', 'then the right one verifies')
    answers = [week.confirm(plan.guesser, week.wrong(plan.guesser))['result'] for _ in range(3)]
    answers.append(week.confirm(plan.guesser, world.code(plan.guesser))['result'])
    tap.equal(answers, ['wrong', 'wrong', 'locked', 'locked'], 'the third wrong code locks, even for the right one')
    status, _ = hall.call(week.yifen, 'POST', f"/v1/orders/{plan.guesser['order_no']}/code", {'code': world.code(plan.guesser)})
    tap.equal(status, 409, 'HTTP says 409 to a locked one')


def check_junk(world, week):
    dropped = junk.drop_all(world)
    for name, path in zip(dropped, week.wait_results(dropped)):
        with open(path, encoding='utf-8-sig') as file:
            text = file.read().strip()
        tap.ok('\n' not in text and any('\u4e00' <= c <= '\u9fff' for c in text), f'{name} is explained in one sentence', text)
    kept = lambda: [name for _, _, names in os.walk(week.yifen.path('rejected')) for name in names]
    tap.ok(wait_for(lambda: len(kept()) >= len(dropped), 'the originals'), 'the originals are kept')
    tap.equal([name for name in os.listdir(week.yifen.path('inbox')) if name in dropped], [], 'and gone from the inbox')


def check_lines(world, week):
    """Each line of the bank is stored once, and each wire ended as the plan says."""
    lines = [line for line in world.bank.ledger.lines(last=str(world.bank.clock.today())) if line['day'] < str(world.bank.clock.today())]
    entries = week.yifen.entries()
    tap.equal(len(entries), len(lines), 'every line of the bank is stored once')
    ours = count((row['account'], row['booking_date'], row['amount'], row['direction']) for row in entries)
    theirs = count((line['account'], line['day'], f"{abs(line['amount']) // 100}.{abs(line['amount']) % 100:02d}",
                    'credit' if line['amount'] > 0 else 'debit') for line in lines)
    tap.equal(ours, theirs, 'with the same account, day, amount and direction')
    for wire in week.plan.payments():
        check_wire(entries, wire)


def check_wire(entries, wire):
    number = NUMBERS[wire['account']]
    account = wire.get('other') or wire['order']['bank_account']['number']
    found = [row for row in entries if row['account'] == number and row.get('counterparty_account') == account and
             row['amount'] == story.amount(wire) and row['booking_date'] == f"2026-11-0{2 + wire['day']}"]
    name = f"{wire['order']['order_no']} {wire['want']} {'/'.join(wire.get('reasons', ()))}"
    if not tap.equal(len(found), 1, f'{name}: is one line'):
        return
    row = found[0]
    good = row['disposition'] == wire['want'] or wire.get('either') and row['disposition'] in ('settled', 'review')
    if wire['want'] == 'settled' and not wire.get('either'):
        pays = sorted(order['order_no'] for order in wire.get('pays', [wire['order']]))
        good = good and sorted(one['order_no'] for one in row['orders']) == pays
    if 'reasons' in wire:
        good = good and row.get('reason') in wire['reasons']
    tap.ok(good, f'{name}: ends so', row)


def check_fens(world, week):
    plan = week.plan
    states = [fate(world, order)[0][0] for order in (plan.mute, plan.asleep, plan.bounced)]
    tap.equal(states, ['booked', 'booked', 'returned'], 'our own statements tell the fate of the fens, answered or not')
    paid = count(line['reference'] for line in world.bank.ledger.lines() if line['kind'] == 'payment')
    tap.equal(set(paid.values()), {1}, 'no reference was paid twice')
    shown = week.yifen.orders()[plan.bounced['order_no']]
    tap.ok('金融认证失败' in str(shown) or 'failed' in str(shown), 'the bounced one must correct its account', shown)
    tap.equal([row['disposition'] for row in week.yifen.entries() if row.get('reversal') or '退汇' in row.get('remark', '')],
              ['returned'], 'a bounced fen pays nothing')


def check_again(week):
    before = week.yifen.entries()
    week.whole_week()
    week.quiet()
    tap.equal(week.yifen.entries(), before, 'a statement of the whole week over again changes no line')


def check_cases(week):
    cases = week.yifen.cases()
    reasons = count(case['reason'] for case in cases)
    tap.ok(reasons.get('application', 0) >= 30, 'verified and paid orders wait for review', reasons)
    first, second = [case for case in cases if case['reason'] == 'application'][:2]
    week.yifen.must('case', 'accept', str(first['id']))
    week.yifen.must('case', 'send-back', str(second['id']), '--reason', '扫描件不清楚')
    third = next(case for case in cases if case['reason'] == 'third_party' and week.plan.wires[26]['order_no'] in str(case))
    week.yifen.must('case', 'settle', str(third['id']), f"{week.plan.wires[26]['order_no']}={week.plan.wires[26]['payment']['amount']}")
    left = {case['id'] for case in week.yifen.cases()}
    tap.ok(not left & {first['id'], second['id'], third['id']}, 'decided cases are closed', left)
    tap.equal(week.mend(), 'verified', 'when our funds are there, the refused fen goes out')
    again = week.yifen.yifen('case', 'accept', str(first['id']))
    tap.equal(again.returncode, 1, 'a case is decided once')


def check_report(world, week):
    world.bank.clock.move_to_day(world.bank.clock.today(), 18, 1)
    week.yifen.ring()
    mails = wait_for(lambda: [mail for mail in world.smtp.messages() if 'shenhe@example.com' in mail['to']], 'the daily report', 60)
    text = mails[-1].get_body(('plain',)).get_content()
    tap.ok('shenhe@example.com' in mails[-1]['to'], 'the daily report goes to the reviewers', mails[-1]['to'])
    tap.ok(mails[-1].get_body(('html',)) is not None, 'it has an HTML part')
    tap.ok(any('\u4e00' <= c <= '\u9fff' for c in text), 'it is Chinese', text[:200])
    tap.has(week.yifen.must('report', '--format', 'html'), '<html', 'the report is there as a page')


def check_sums(week):
    status = week.yifen.objects('status')
    tap.ok(status, 'status answers', status)
    tap.equal(week.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')


def main():
    or_skip()
    world = World(place.scratch('main'))
    week = Week(world)
    for rule in week.plan.rules():
        world.misbehave(**rule)
    world.open_bank()
    world.yifen.start()
    check_orders(week)
    check_transfers(world, week)
    check_codes(world, week)
    for day in range(3):
        story.pay(world, week.plan, day)
        if day == 1:
            week.late_order()
        week.evening()
        if day == 0:
            check_junk(world, week)
            tap.equal(week.second_chance(), ['verified', 'verified'], 'another account, or another fen, verifies at last')
    check_lines(world, week)
    check_fens(world, week)
    check_again(week)
    check_cases(week)
    check_report(world, week)
    check_sums(week)
    tap.equal(world.yifen.stop(), 0, 'yifend ends when told')
    world.close()
    tap.done()


main()
