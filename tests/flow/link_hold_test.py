#!/usr/bin/python3
"""`yifen pay hold` and a restored store on the direct link: nothing new leaves, fates are still asked for, and what may have been sent is
never sent again."""
import os
import shutil
import subprocess

from lib import place, tap
from lib.linked import LinkWorld
from lib.process import wait_for
from lib.world import or_skip


def check_hold(world):
    asked = world.order()
    world.fault('do_hang')
    world.pay()
    world.yifen.must('pay', 'hold', '--reason', '演练')
    order = world.order()
    world.pay(10)
    tap.equal((world.states(asked), len(world.sent(asked, 'query'))), (['accepted'], 1), 'held: a fate is still asked for, and found')
    tap.equal((world.states(order), len(world.sent(order))), (['planned'], 0), 'held: nothing new leaves')
    tap.has(world.yifen.must('pay', 'status'), '演练', 'pay status says who holds it and why')
    tap.equal(world.yifen.objects('order', 'show', order['order_no'])[0].get('fen_expected_on'), None, 'no day is promised meanwhile')
    world.yifen.must('pay', 'release')
    world.pay()
    tap.equal((world.states(order), world.paid(order)), (['accepted'], 1), 'released: once')


def check_hold_between(world):
    """Set when the request is sealed already, because the bank was not there."""
    order = world.order()
    world.fault('refuse')
    world.pay()
    sealed = world.yifen.query("SELECT sha256 FROM batch WHERE state = 'uploading'")
    world.yifen.must('pay', 'hold', 'cmb', '--reason', '演练')
    world.heal()
    world.pay(30)
    tap.equal((len(sealed), world.states(order), len(world.sent(order))), (1, ['sending'], 0), 'a sealed request stays too')
    world.yifen.must('pay', 'release', 'cmb')
    world.pay(30)
    tap.equal((world.states(order), world.paid(order), len(world.sent(order))), (['accepted'], 1, 1), 'and leaves, once, when it is released')


def check_restart(world):
    """A hold lasts over restarts of the daemon."""
    world.yifen.must('pay', 'hold', '--reason', '换机房')
    for _ in range(2):
        world.yifen.start()
        order = world.order()
        wait_for(lambda: world.states(order) == ['planned'], 'the round is planned', 20)
        world.yifen.stop()
        tap.equal(len(world.sent(order)), 0, 'the daemon starts again: still held')
    world.yifen.must('pay', 'release')
    world.pay()
    tap.equal((world.states(order), world.paid(order)), (['accepted'], 1), 'until it is released')


def check_restored(world):
    """The store is put back to before a request went out."""
    world.yifen.must('pay', 'hold', '--reason', '备份')
    order = world.order()
    world.pay()
    world.yifen.must('pay', 'release')
    backup = os.path.join(world.home, 'backup')
    subprocess.run(['cp', '-a', world.yifen.home, backup], check=True)
    world.pay()
    tap.equal((world.states(order), world.paid(order)), (['accepted'], 1), 'paid after the backup')
    for name in ('store.db', 'store.db-wal', 'store.db-shm'):
        if os.path.exists(world.yifen.path(name)):
            os.unlink(world.yifen.path(name))
        if os.path.exists(os.path.join(backup, name)) and not name.endswith('-shm'):
            shutil.copy(os.path.join(backup, name), world.yifen.path(name))
    late = world.order()
    world.pay()
    tap.equal((world.states(order), world.states(late), world.paid(order)), (['planned'], [], 1), 'the store put back sends nothing and plans nothing')
    tap.has(world.yifen.must('pay', 'status'), '恢复或复制来的', 'pay status says why')
    tap.has(world.yifen.must('pay', 'release', '--restored', '--reason', '原机已停'), '1 笔', 'confirmed: one may have been sent')
    world.pay(30)
    tap.equal((world.paid(order), len(world.sent(order)), world.paid(late)), (1, 1, 1), 'it is not sent again; the new order is paid')
    world.bank.close_day()
    for role in ('fetch', 'intake', 'pay', 'intake'):
        world.yifen.role(role)
    tap.equal((world.states(order), world.states(late)), (['booked'], ['booked']), 'the statement says what became of it')


def main():
    or_skip()
    world = LinkWorld(place.scratch('link-hold'), 'cmb')
    for check in tap.chosen((check_hold, check_hold_between, check_restart, check_restored)):
        check(world)
    paid = world.bank.ledger.rows("SELECT count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
    tap.equal({row['times'] for row in paid}, {1}, 'no reference was paid twice')
    tap.equal(world.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    world.close()
    tap.done()


main()
