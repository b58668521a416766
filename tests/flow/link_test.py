#!/usr/bin/python3
"""The direct link in the style of CMB (JSON, SM2, SM4 over TLS) against a bank that misbehaves, at send and at query: nothing is
paid twice, nothing unclear is taken for an answer, and what is unknown ends by the question or stays unknown."""
import hashlib
import os

from lib import place, tap
from lib.linked import LinkWorld
from lib.world import or_skip


def check_plain(world):
    order = world.order()
    world.pay()
    tap.equal(world.states(order), ['accepted'], 'the bank has paid: accepted, until our statement shows it')
    tap.equal(world.link.refused, [], 'the bank found nothing to refuse: signature, envelope, form')
    request = world.sent(order)[0]
    tap.equal(request['payments'][0]['remark'], world.phone(order)[0], 'the remark reached the applicant whole')
    row = world.rows(order)[0]
    tap.ok(row['bank_status'] == 'ACSC' and row['bank_reference'].startswith('L'), 'with the bank\'s status and serial', row)
    batch = world.yifen.query('SELECT sha256, state FROM batch')[0]
    tap.equal(batch['sha256'], hashlib.sha256(request['body']).digest(), 'what was sealed before the call is what the bank got')
    tap.equal(world.yifen.yifen('order', 'code', order['order_no'], world.code(order)).returncode, 0, 'the code verifies')
    world.bank.close_day()
    for role in ('fetch', 'intake', 'pay', 'intake'):
        world.yifen.role(role)
    tap.equal(world.states(order), ['booked'], 'our own statement books it')


def check_answers(world):
    wrong = world.order(status='rejected', code='BE01', text='收款账号户名不符')
    ours = world.order(status='rejected', code='AM04', text='付款账户余额不足')
    slow = world.order(status='progress')
    world.pay()
    tap.equal((world.states(wrong), world.states(ours), world.states(slow)), (['rejected'], ['rejected'], ['accepted']),
              'refused for the applicant, refused for us, taken')
    rounds = {row['order_no']: row for row in world.yifen.query(
        'SELECT p.order_no, v.state, v.field, v.counted FROM verification v JOIN purchase p ON p.id = v.purchase_id')}
    tap.equal((rounds[wrong['order_no']]['state'], rounds[wrong['order_no']]['field'], rounds[ours['order_no']]['counted']),
              ('failed', 'name', 0), 'only the applicant\'s reason fails its round')
    tap.equal([case['reason'] for case in world.yifen.cases() if case['reason'] == 'bank_refused'], ['bank_refused'], 'ours is a case')
    world.pay(3)
    tap.equal(len(world.sent(slow, 'query')), 0, 'nobody is asked before the time')
    world.pay(3)
    tap.equal((len(world.sent(slow, 'query')), world.states(slow)), (1, ['accepted']), 'then the bank is asked by our reference')
    world.link.answers[slow['bank_account']['number']] = dict(status='settled')
    world.pay(10)
    tap.equal(world.rows(slow)[0]['bank_status'], 'ACSC', 'until it has settled')
    world.pay(600)
    tap.equal(len(world.sent(slow, 'query')), 2, 'and then no more')


DONE = ('do_hang', 'do_reset', 'do_500', 'malformed', 'foreign', 'truncated', 'drip', 'alert', 'unsigned', 'huge')
NOT_DONE = ('error', 'redirect', 'plain')


def check_send_faults(world):
    """Whatever happens after a byte may have left: unknown, asked, and the truth found."""
    for kind in DONE + NOT_DONE:
        order = world.order()
        world.fault(kind)
        world.pay()
        first = world.states(order)
        world.pay(6)
        done = kind in DONE
        sent, after = len(world.sent(order)), world.states(order)
        tap.ok(first == ['unknown'] and sent == 1 and after == (['accepted'] if done else ['unknown']) and world.paid(order) == done,
               f'send, {kind}: unknown, never sent again, {"found by the question" if done else "not found says nothing yet"}',
               (first, sent, after, world.paid(order)))
        if not done:
            world.pay(90)
            world.pay(1)
            tap.ok(world.states(order) == ['rejected', 'accepted'] and world.paid(order) == 1,
                   f'send, {kind}: after the bank\'s window "not found" counts, and the round goes out once more', world.states(order))


def check_before_faults(world):
    """Nobody there, or somebody else: no byte has left, so it is tried again with the same bytes."""
    for kind in ('refuse', 'hang', 'stranger'):
        order = world.order()
        if kind == 'stranger':
            world.link.certificate = 'stranger'
        else:
            world.fault(kind)
        world.pay()
        first = world.states(order)
        world.link.certificate = 'server'
        world.heal()
        world.pay(5)
        tap.ok(first == ['sending'] and world.states(order) == ['accepted'] and world.paid(order) == 1,
               f'before send, {kind}: tried again', (first, world.states(order), world.paid(order)))
    order = world.order()
    world.changes = dict(ca=world.keys.path('other.pem'))
    world.configure()
    world.pay()
    tap.equal((world.states(order), len(world.sent(order))), (['sending'], 0), 'a bank that another CA vouches for gets no byte')
    world.changes = {}
    world.configure()
    done = world.yifen.role('pay', check=False, https_proxy='http://127.0.0.1:1', HTTPS_PROXY='http://127.0.0.1:1', ALL_PROXY='http://127.0.0.1:1')
    tap.ok(world.states(order) == ['accepted'] and world.paid(order) == 1, 'proxies of the environment are not asked', done.stderr)


def check_query_faults(world):
    """The question fails in every way: the transfer stays what it was, and is asked about again."""
    order = world.order()
    world.fault('do_hang')
    world.pay()
    for kind in ('refuse', 'hang') + DONE + NOT_DONE:
        world.fault(kind, 'query')
        world.pay(60)
        state = world.states(order)
        world.heal()
        tap.ok(state == ['unknown'] and world.paid(order) == 1, f'query, {kind}: still unknown', state)
    world.pay(360)
    tap.equal((world.states(order), world.paid(order)), (['accepted'], 1), 'at last it is answered')


def check_on_its_way(world):
    """The dangerous one: the bank says "not found" while the request is still on its way, and then does it."""
    order = world.order()
    world.fault('late')
    world.pay()
    world.pay(6)
    tap.equal((world.states(order), len(world.sent(order, 'query'))), (['unknown'], 1), 'not found, within the window: says nothing')
    world.link.deliver()
    world.pay(20)
    tap.equal((world.states(order), world.paid(order)), (['accepted'], 1), 'it was done after all: one fen')
    world.bank.close_day()
    order = world.order()
    world.fault('do_hang')
    world.link.hide = True
    world.pay()
    world.profile(None)
    world.pay(600)
    tap.equal(world.states(order), ['unknown'], 'a bank that promises nothing about "not found": unknown for ever')
    world.bank.close_day()
    for role in ('fetch', 'intake', 'pay', 'intake'):
        world.yifen.role(role)
    tap.equal((world.states(order), world.paid(order)), (['booked'], 1), 'until our own statement shows it')


def check_returned(world):
    order = world.order(status='progress')
    world.pay()
    world.link.answers[order['bank_account']['number']] = dict(status='returned', text='收款账户已销户')
    world.pay(10)
    tap.equal(world.states(order), ['returned'], '退票 by the bank\'s status')


def check_keys(world):
    path = world.keys.path('customer.sm2')
    os.chmod(path, 0o644)
    done = world.pay()
    tap.ok(done.returncode == 100 and 'customer.sm2' in done.stdout + done.stderr, 'a key that others may read stops the role', done.stderr)
    os.chmod(path, 0o600)
    world.changes = dict(sign_key=world.keys.path('customer.rsa'))
    world.configure()
    done = world.pay()
    tap.equal(done.returncode, 100, 'so does one of another kind')
    world.changes = {}
    world.configure()


def main():
    or_skip()
    world = LinkWorld(place.scratch('link'), 'cmb')
    for check in tap.chosen((check_plain, check_answers, check_send_faults, check_before_faults, check_query_faults, check_returned,
                             check_keys, check_on_its_way)):
        check(world)
    paid = world.bank.ledger.rows("SELECT count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
    tap.equal({row['times'] for row in paid}, {1}, 'no reference was paid twice')
    tap.equal(world.link.refused, [], 'and the bank never had to refuse a request of ours')
    tap.equal(world.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    world.close()
    tap.done()


main()
