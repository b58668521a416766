#!/usr/bin/python3
"""The bank refuses for lack of our own authorisation, a whole batch or each of its transfers, over SFTP and over the direct link: the
applicants are never told that their details are wrong, no round is counted, one case a batch tells us, and once it is closed the fens
leave anew."""
import os

from lib import hall, orders, place, tap
from lib.linked import LinkWorld
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


def bring(world, count, start):
    made = orders.online(count, start=start)
    world.yifen.must('order', 'import', orders.write(os.path.join(world.home, 'orders.jsonl'), made))
    return made


def states(world, order):
    return [row['state'] for row in world.yifen.transfers() if row['order_no'] == order['order_no']]


def rounds(world, order):
    return world.yifen.query('SELECT v.counted, v.field, v.cause FROM verification v JOIN purchase p ON p.id = v.purchase_id WHERE p.order_no = ? '
                             'ORDER BY v.round', order['order_no'])


def check_told(world, made, what):
    """Nothing that the applicant can see speaks of its details."""
    tap.equal([states(world, order) for order in made], [['rejected']] * len(made), f'{what}: the bank refuses')
    tap.equal([rounds(world, order) for order in made], [[dict(counted=0, field=None, cause=None)]] * len(made), f'{what}: no round is counted, no field is named')
    world.yifen.start()
    answers = [hall.call(world.yifen, 'GET', f"/v1/orders/{order['order_no']}")[1] for order in made]
    world.yifen.stop()
    tap.ok(all(answer['status_text'] == '金融认证中' and 'cause' not in answer and not answer.get('correct') for answer in answers),
           f'{what}: the hall shows that it goes on', answers)
    tap.equal(world.yifen.query("SELECT count(*) AS n FROM job WHERE role = 'notify' AND kind = 'account'"), [dict(n=0)], f'{what}: no mail asks the handler to correct')
    tap.equal(world.yifen.query("SELECT count(*) AS n FROM message WHERE kind = 'account'"), [dict(n=0)], f'{what}: nor was one written')


def check_over(world, made, what, cases):
    found = [case for case in world.yifen.cases() if case['reason'] != 'application']
    tap.equal(sorted(case['reason'] for case in found), ['bank_refused'] * cases, f'{what}: one case a batch')
    world.yifen.role('pay')
    tap.equal([states(world, order) for order in made], [['rejected']] * len(made), f'{what}: nothing leaves anew before somebody has acted')
    for case in found:
        world.yifen.must('case', 'close', str(case['id']), '--reason', '已授权')
    world.turn()
    tap.equal([states(world, order) for order in made], [['rejected', 'accepted']] * len(made), f'{what}: then each fen leaves')
    tap.equal([world.yifen.yifen('order', 'code', order['order_no'], world.code(order)).returncode for order in made], [0] * len(made), f'{what}: and its code verifies')


def check_transfers():
    world = World(place.scratch('authorisation'), layouts=LAYOUTS, pays=('cmb',))
    made = bring(world, 3, 1)
    world.misbehave(do='reject_authorisation', any=True, times=3)
    world.turn()
    check_told(world, made, 'each transfer')
    check_over(world, made, 'each transfer', 1)
    made = bring(world, 2, 11)
    world.misbehave(do='refuse', message=True, times=1)
    world.turn()
    check_told(world, made, 'the whole message')
    check_over(world, made, 'the whole message', 1)
    world.close()


def check_link(style, count, cases):
    world = LinkWorld(place.scratch('authorisation-' + style), style)
    made = [world.order(status='rejected', code='E0099', text='操作员权限不足，未授权') for _ in range(count)]
    world.pay()
    check_told(world, made, style)
    world.link.answers.clear()
    check_over(world, made, style, cases)
    world.close()


def main():
    or_skip()
    check_transfers()
    check_link('cmb', 2, 2)  # one transfer a request
    check_link('icbc', 2, 1)
    tap.done()


main()
