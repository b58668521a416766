#!/usr/bin/python3
"""Direct links in the styles of ICBC (XML in GBK, RSA, several transfers in one request) and ABC (a socket of the front-end
machine, XML in GBK), each against a server that speaks it; and a paying role that is killed at each of its durable steps."""
from lib import place, tap
from lib.linked import LinkWorld
from lib.world import or_skip


def evening(world):
    world.bank.close_day()
    for role in ('fetch', 'intake', 'pay', 'intake'):
        world.yifen.role(role)


def check_icbc(world):
    good, refused, slow = world.order(), world.order(status='rejected', text='收款户名不符'), world.order(status='progress')
    world.pay()
    tap.equal(world.link.refused, [], 'icbc: the bank found nothing to refuse')
    tap.equal([len(request['payments']) for request in world.link.requests], [3], 'three transfers leave in one request')
    tap.equal((world.states(good), world.states(refused), world.states(slow)), (['accepted'], ['rejected'], ['accepted']),
              'each has its own answer')
    tap.equal(world.link.requests[0]['payments'][0]['remark'], world.phone(good)[0], 'the remark is whole')
    world.link.answers[slow['bank_account']['number']] = dict(status='settled')
    world.pay(11)
    tap.equal((world.rows(slow)[0]['bank_status'], len(world.sent(slow, 'query'))), ('ACSC', 1), 'what was open is asked for by its reference')
    evening(world)
    tap.equal((world.states(good), world.states(slow)), (['booked'], ['booked']), 'our own statement books both')
    first, second = world.order(), world.order()
    world.fault('do_reset')
    world.pay()
    tap.equal((world.states(first), world.states(second)), (['unknown'], ['unknown']), 'an answer that is cut: the fate of all is unknown')
    world.pay(11)
    tap.equal((world.states(first), world.states(second), world.paid(first), world.paid(second)), (['accepted'], ['accepted'], 1, 1),
              'and asked for, one by one')
    for kind in ('unsigned', 'foreign', 'truncated'):
        order = world.order()
        world.fault(kind)
        world.pay()
        tap.equal(world.states(order), ['unknown'], f'icbc, {kind}: unknown')


def check_abc(world):
    plain, manual = world.order(), world.order(status='progress')
    world.pay()
    tap.equal(world.link.refused, [], 'abc: the front-end found nothing to refuse')
    tap.equal((world.states(plain), world.rows(plain)[0]['bank_status'], world.rows(manual)[0]['bank_status']), (['accepted'], 'ACSC', 'PDNG'),
              'one is done, one waits for the branch')
    tap.equal(world.link.requests[0]['payments'][0]['remark'], world.phone(plain)[0], 'the remark is whole')
    world.link.answers[manual['bank_account']['number']] = dict(status='rejected', text='账号户名不符')
    world.pay(6)
    tap.equal(world.states(manual), ['rejected'], 'the branch refuses, says the question')
    evening(world)
    tap.equal(world.states(plain), ['booked'], 'our own statement books it')
    for kind in ('refuse', 'do_hang', 'do_reset', 'malformed', 'foreign', 'truncated', 'error'):
        order = world.order()
        world.fault(kind)
        world.pay()
        first = world.states(order)
        world.heal()
        world.pay(6)
        want = ['sending'] if kind == 'refuse' else ['unknown']
        after = ['unknown'] if kind == 'error' else ['accepted']
        tap.ok((first, world.states(order)) == (want, after) and world.paid(order) == (kind != 'error') and len(world.sent(order)) == 1,
               f'abc, {kind}: {want[0]}, then {after[0]}, sent once', (first, world.states(order), world.paid(order)))


STRIDE = 9  # of some 170 steps; 1 takes two minutes


def check_killed(world):
    """Ended at every so many of its durable steps and sends, to the last: what was not sent is sent, what may have been is asked
    for. Between "about to send" and the first byte nobody can know: then it stays unknown, since this bank promises nothing about
    what it does not find."""
    step = 1
    while True:
        order = world.order()
        if world.yifen.role('pay', check=False, YIFEN_SHIM_END=step, YIFEN_SHIM_NET=1).returncode >= 0:
            break
        for _ in range(2):
            world.pay(6)
        found = (world.states(order), world.paid(order), len(world.sent(order)))
        if not tap.ok(found in ((['accepted'], 1, 1), (['unknown'], 0, 0)), f'killed at step {step}: at most one fen, one request', found):
            return
        step += STRIDE
    tap.ok(step > 120, 'down to the last step', step)


def main():
    or_skip()
    for bank, check in (('icbc', check_icbc), ('abc', check_abc)):
        world = LinkWorld(place.scratch('link-' + bank), bank)
        check(world)
        if bank == 'abc':
            check_killed(world)
        paid = world.bank.ledger.rows("SELECT count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
        tap.equal({row['times'] for row in paid}, {1}, f'{bank}: no reference was paid twice')
        world.close()
    tap.done()


main()
