#!/usr/bin/python3
"""Refunds over the exchange folder and over the direct link: approved by two, sent once, proven by our own statement; refused for lack
of our funds and paid anew; and over the link one whose answer never came, found by the question."""
from lib import place, tap
from lib.linked import LinkWorld
from lib.refunding import FIRST, Bench, fen
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


def check_life(bench, what):
    order = bench.wired()[0]
    bench.approved(order)
    bench.world.turn()
    tap.equal((bench.states(order), bench.debits(order), bench.shown(order)), (['accepted'], [fen(order)], '退费中'), f'{what}: sent once, not yet proven')
    bench.evening()
    tap.equal((bench.states(order), bench.refunds(order), bench.shown(order)), (['booked'], ['refunded'], '已退费'), f'{what}: our own debit line proves it')


def check_rejected(bench, what, refuse, allow):
    order = bench.wired()[0]
    refuse(order)
    bench.approved(order)
    bench.world.turn()
    tap.equal((bench.states(order), bench.refunds(order), bench.shown(order)), (['rejected'], ['rejected'], '退费中'), f'{what}: refused for lack of our funds')
    allow(order)
    bench.run(FIRST, 'close', bench.case('bank_refused'), '--reason', '已补足')
    bench.evening(6)
    bench.world.turn()
    bench.evening()
    tap.equal((bench.states(order), bench.refunds(order), bench.debits(order)), (['rejected', 'booked'], ['replaced', 'refunded'], [fen(order)]),
              f'{what}: paid anew once no debit can come any more, once')


def check_folder():
    bench = Bench(World(place.scratch('refund-folder'), layouts=LAYOUTS, pays=('cmb',), refunds=('cmb',), kind='folder'))
    check_life(bench, 'folder')
    check_rejected(bench, 'folder', lambda order: bench.world.misbehave(do='reject_funds', account=order['bank_account']['number'], times=1), lambda order: None)
    tap.equal(bench.yifen.cases(), [], 'folder: nobody is asked anything')
    bench.world.close()


def check_silent(bench):
    """The bank pays, and its answer never comes."""
    order = bench.wired()[0]
    bench.world.fault('do_hang')
    bench.approved(order)
    bench.world.pay()
    tap.equal(bench.states(order), ['unknown'], 'link: no answer, nobody knows')
    bench.world.pay(10)
    tap.equal((bench.states(order), bench.debits(order)), (['accepted'], [fen(order)]), 'link: found by the question, not sent again')
    bench.evening()
    tap.equal((bench.states(order), bench.refunds(order)), (['booked'], ['refunded']), 'link: and proven')


def check_link(style):
    bench = Bench(LinkWorld(place.scratch('refund-' + style), style, refunds=(style,)), style)
    answers = bench.world.link.answers
    check_life(bench, style)
    check_rejected(bench, style,
                   lambda order: answers.update({order['bank_account']['number']: dict(status='rejected', code='AM04', text='付款账户余额不足')}),
                   lambda order: answers.clear())
    check_silent(bench)
    tap.equal((bench.world.link.refused, bench.yifen.cases()), ([], []), f'{style}: the bank refused no request of ours, nobody is asked anything')
    bench.world.close()


def main():
    or_skip()
    check_folder()
    check_link('cmb')
    check_link('icbc')
    tap.done()


main()
