#!/usr/bin/python3
"""Invoices for the accountant: one file a day with each accepted order once, whatever is killed; cancelled while nobody has them, reversed by
a red one after that."""
import glob
import os
import re
import signal
import struct
import zipfile

from lib import place, tap
from lib.instance import section
from lib.refunding import FIRST, SECOND, WHY, Bench
from lib.world import World, or_skip

NUMBER = '25952000000000000001'
GOODS = dict(certificate='*信息技术服务*数字证书服务', certificate_code='3040203000000000000', certificate_rate=6,
             courier='*物流辅助服务*收派服务', courier_code='3040407000000000000', courier_rate=6, daily='17:00')


def files(yifen):
    return sorted(glob.glob(yifen.path('results', 'invoices', '*')))


def texts(path):
    """The shared strings of a workbook: all its texts."""
    with zipfile.ZipFile(path) as book:
        return re.findall('<t[^>]*>([^<]*)</t>', book.read('xl/sharedStrings.xml').decode())


def numbers(path):
    with zipfile.ZipFile(path) as book:
        return re.findall('<v>(-?[0-9.]+)</v>', re.sub('<c [^>]*t="s"[^>]*>.*?</c>', '', book.read('xl/worksheets/sheet1.xml').decode()))


def states(yifen):
    return {(row['order_no'], row['kind']): row['state'] for row in yifen.objects('invoice', 'list')}


def at(bench, hour):
    bench.bank.clock.move_to_day(bench.bank.clock.today(), hour)


def application(bench, order):
    rows = bench.yifen.query("SELECT c.id FROM review_case c JOIN case_purchase o ON o.case_id = c.id JOIN purchase p ON p.id = o.purchase_id "
                             "WHERE c.reason = 'application' AND p.order_no = ?", order['order_no'])
    return rows[-1]['id']


def check_due(bench, order, other):
    bench.run(FIRST, 'accept', bench.case('application', order))
    bench.run(FIRST, 'accept', bench.case('application', other))
    tap.equal(states(bench.yifen), {(one['order_no'], 'blue'): 'due' for one in (order, other)}, 'accepted orders ask for their invoices')
    code = bench.yifen.yifen('invoice', 'issued', order['order_no'], '--number', NUMBER)
    tap.ok(code.returncode == 1, 'nothing is issued that nobody was asked for', code.stderr)
    bench.run(FIRST, 'undo', application(bench, other), '--reason', '认错了')
    tap.equal(states(bench.yifen)[other['order_no'], 'blue'], 'cancelled', 'an acceptance that is taken back takes it along')


def check_file(bench, order):
    bench.yifen.role('intake')
    tap.equal(files(bench.yifen), [], 'not before the hour')
    at(bench, 18)
    counter, k, done = os.path.join(bench.world.home, 'count'), 0, None
    while k < 200 and (done is None or done.returncode == -signal.SIGKILL):  # each durable call of the role in turn is its last
        k += 1
        with open(counter, 'wb') as file:
            file.write(struct.pack('<q', 0))
        done = bench.yifen.role('intake', check=False, YIFEN_SHIM_COUNT=counter, YIFEN_SHIM_END=f'{k}:before')
    tap.ok(k > 5 and done.returncode == 0, f'the role was killed {k - 1} times', done.stderr)
    written = files(bench.yifen)
    tap.equal(len(written), 1, 'one file')
    found = texts(written[0])
    tap.ok(order['order_no'] in found and order['invoice']['title'] in found and order['invoice']['tax_number'] in found and GOODS['certificate'] in found,
           'it says for whom and what', found)
    tap.equal(found.count(order['order_no']), 1, 'each order is in it')
    delivery, cents = order['delivery'], lambda text: round(float(text) * 100)
    fee = cents(delivery['fee']) if delivery.get('carriage') == 'prepaid' else 0
    rest = cents(order['payment']['amount']) - fee
    want = [amount for included in [rest, fee] if included for amount in (100, included, 600, round(included / 1.06), included - round(included / 1.06))]
    tap.equal([cents(n) for n in numbers(written[0])], want, 'with typed amounts, tax inside')
    tap.equal(states(bench.yifen)[order['order_no'], 'blue'], 'requested', 'the accountant has it')
    at(bench, 19)
    bench.yifen.role('intake')
    tap.equal(files(bench.yifen), written, 'once')


def check_issued(bench, order):
    issued = lambda *more: bench.yifen.yifen('invoice', 'issued', order['order_no'], *more)
    tap.ok(issued('--number', '123').returncode == 1 and '20 位数字' in issued('--number', '123').stderr, 'a number has 20 digits')
    tap.equal(issued('--red', '--number', NUMBER).returncode, 1, 'there is no red one')
    tap.equal(issued('--number', NUMBER, '--link', 'https://example.com/i/1').returncode, 0, 'issued')
    told = bench.yifen.query("SELECT kind, facts FROM telling WHERE kind = 'invoiced'")
    tap.ok(len(told) == 1 and NUMBER in told[0]['facts'] and 'example.com/i/1' in told[0]['facts'], 'the handler is told where it is', told)
    tap.equal(issued('--number', NUMBER[:-1] + '2').returncode, 1, 'once')
    out = bench.yifen.must('invoice', 'list')
    tap.ok(NUMBER in out and '已开' in out, 'the list shows it', out)


def check_red(bench, order):
    bench.run(FIRST, 'undo', application(bench, order), '--reason', '申请单位不办了')
    tap.equal(states(bench.yifen)[order['order_no'], 'blue'], 'issued', 'what is issued stands')
    case, entry = bench.case('undone', order), bench.entry(order)['id']
    asked = bench.run(FIRST, 'refund', case, f"{entry}={order['payment']['amount']}", *WHY)
    agreed = bench.run(SECOND, 'approve', case)
    tap.equal((asked.returncode, agreed.returncode), (0, 0), 'its money goes back')
    tap.ok((order['order_no'], 'red') not in states(bench.yifen), 'which is not yet done')
    bench.world.turn()
    bench.evening()
    tap.equal(states(bench.yifen)[order['order_no'], 'red'], 'due', 'then a red invoice is asked for')
    at(bench, 18)
    bench.yifen.role('intake')
    written = files(bench.yifen)
    tap.equal(len(written), 2, 'in a file of its own')
    found = texts(written[-1])
    tap.ok('红字' in found and NUMBER in found and all(float(n) < 0 for n in numbers(written[-1]) if '.' in n), 'negative, and naming the blue one',
           (found, numbers(written[-1])))


def main():
    or_skip()
    os.environ['YIFEN_SHIM_STAMP'] = '1'
    bench = Bench(World(place.scratch('invoice'), layouts=dict(icbc='camt.053.001.02', abc='camt.053.001.02'), pays=('cmb',), refunds=('cmb',)))
    with open(bench.yifen.conf, 'a', encoding='utf-8') as conf:
        conf.write(section('invoice', None, **GOODS))
    order, other = bench.wired(2)
    check_due(bench, order, other)
    check_file(bench, order)
    check_issued(bench, order)
    check_red(bench, order)
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
