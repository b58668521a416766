#!/usr/bin/python3
"""Electronic vouchers dropped into the inbox: a receipt, in OFD or PDF, warns early and never books; a statement books each line
once, whatever receipts came before or come after. And vouchers in hostile documents."""
import csv
import glob
import hashlib
import os
import subprocess
import time
import zlib

from lib import orders, place, tap
from lib.instance import NUMBERS, OWNER, Instance, section

from bank import vouchers

ICBC = dict(number=NUMBERS['icbc'], name=OWNER)
WIRES = orders.wires(2)


def line(number, amount, order=None):
    account = order['bank_account'] if order else dict(name='某某公司', number='410000000001')
    return dict(id=number, day='2026-11-02', time='10:00:00', amount=amount, name=account['name'], other=account['number'],
                remark=order['order_no'] if order else '货款')


def fen(order):
    return round(float(order['payment']['amount']) * 100)


LINES = [line(1, fen(WIRES[0]), WIRES[0]), line(2, 50000), line(3, -1200)]


def make_instance(name):
    instance = Instance(os.path.join(place.scratch(name), 'home'))
    instance.configure(section('yifen', '', settle=0),
                       section('account', 'icbc', number=NUMBERS['icbc'], name=OWNER, bank='icbc', statements='folder'))
    instance.must('order', 'import', orders.write(os.path.join(os.path.dirname(instance.home), 'orders.jsonl'), WIRES))
    instance.role('intake')
    return instance


def drop(instance, name, data):
    with open(instance.path('inbox', name), 'wb') as file:
        file.write(data)
    instance.role('intake')


def answer(instance, name):
    found = sorted(glob.glob(instance.path('results', 'icbc', f'*-{name}*.结果.csv')))
    with open(found[-1], encoding='utf-8-sig', newline='') as file:
        return list(csv.DictReader(file))


def paid(instance):
    return [instance.orders()[order['order_no']]['payment'] for order in WIRES]


def test_receipts_first():
    instance = make_instance('receipts')
    receipt = vouchers.bker(ICBC, LINES[0])
    drop(instance, 'receipt.ofd', vouchers.ofd(receipt))
    tap.equal((instance.entries(), paid(instance)), ([], ['unpaid', 'unpaid']), 'a receipt in an OFD books nothing and pays nothing')
    tap.equal([(row['去向'], row['业务单号'], row['对方户名']) for row in answer(instance, 'receipt.ofd')],
              [('预告', WIRES[0]['order_no'], LINES[0]['name'])], 'its result file shows the line and its order')
    drop(instance, 'receipt.pdf', vouchers.pdf(receipt))
    drop(instance, 'receipt.xml', receipt)
    tap.equal(len(instance.query('SELECT * FROM announced')), 1, 'the same receipt in a PDF and alone announces nothing more')
    drop(instance, 'others.pdf', vouchers.pdf(*(vouchers.bker(ICBC, other) for other in LINES[1:]), packed=False))
    tap.equal(len(answer(instance, 'others.pdf')), 2, 'two receipts in one PDF are two lines')
    drop(instance, 'statement.ofd', vouchers.ofd(vouchers.bkrs(ICBC, '2026-11', 10000, LINES)))
    tap.equal(sorted((entry['amount'], entry['direction']) for entry in instance.entries()),
              sorted((f"{abs(own['amount']) / 100:.2f}", 'credit' if own['amount'] > 0 else 'debit') for own in LINES),
              'the statement books each line once')
    tap.equal(paid(instance), ['received', 'unpaid'], 'and pays the order')
    tap.equal({row['state'] for row in instance.query('SELECT state FROM announced')}, {'booked'}, 'every announced line is known as booked')
    drop(instance, 'late.ofd', vouchers.ofd(receipt + b' '))
    tap.equal([row['说明'] for row in answer(instance, 'late.ofd')], ['对账单已经入账，不重复入账'], 'a receipt that comes late is told to be booked')
    drop(instance, 'again.pdf', vouchers.pdf(vouchers.bkrs(ICBC, '2026-11', 10000, LINES)))
    tap.equal(len(instance.entries()), 3, 'the same statement in a PDF adds nothing')
    rows = instance.query('SELECT DISTINCT source, proof FROM statement')
    tap.equal(rows, [{'source': 'bkrs', 'proof': 'balance'}], 'its balances prove it')


def parse(path):
    start = time.monotonic()
    done = subprocess.run([place.program('yifen'), 'parse', '--json', path], capture_output=True, text=True, env={'LC_ALL': 'C.UTF-8'})
    return done.returncode, done.stdout, done.stderr, time.monotonic() - start


def bomb():
    """A PDF whose embedded file is 100 MiB of blanks in 100 KiB."""
    good = vouchers.pdf(b'x', packed=False, checksum=False)
    data = zlib.compress(b' ' * (100 << 20), 9)
    return b'%PDF-1.7\n' + rebuild(good, b'/Length 1 ', f'/Length {len(data)} /Filter /FlateDecode '.encode(), b'stream\nx\n', b'stream\n' + data + b'\n')


def table_bomb():
    """A PDF whose table of objects is 300 MiB of zeros: libqpdf would inflate it at once."""
    head, catalog = b'%PDF-1.7\n', b'1 0 obj\n<< /Type /Catalog >>\nendobj\n'
    data = zlib.compress(b'\0' * (300 << 20), 1)
    table = f'3 0 obj\n<< /Type /XRef /Size 3 /W [1 8 1] /Root 1 0 R /Filter /FlateDecode /Length {len(data)} >>\nstream\n'.encode() + data
    return head + catalog + table + f'\nendstream\nendobj\nstartxref\n{len(head + catalog)}\n%%EOF\n'.encode()


def rebuild(good, *changes):
    """The PDF with other bytes in its objects, and its table made anew."""
    body = good[len(b'%PDF-1.7\n'):good.index(b'xref\n')]
    for old, new in zip(changes[::2], changes[1::2]):
        assert old in body, old
        body = body.replace(old, new, 1)
    at, places = len(b'%PDF-1.7\n'), []
    for piece in body.split(b'endobj\n')[:-1]:
        places.append(at)
        at += len(piece) + len(b'endobj\n')
    table = ''.join(f'{where:010d} 00000 n \n' for where in places)
    tail = f'xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n'
    return body + tail.encode()


def test_hostile():
    folder = place.scratch('hostile')
    receipt = vouchers.bker(ICBC, LINES[0])
    good = vouchers.pdf(receipt)
    head = b'%PDF-1.7\n'
    cases = [
        ('none.ofd', vouchers.ofd(), '没有电子凭证'), ('none.pdf', vouchers.pdf(), '没有电子凭证'), ('other.pdf', vouchers.pdf(b'not XML'), '没有电子凭证'),
        ('half.ofd', vouchers.ofd(receipt)[:-30], '损坏'), ('half.pdf', good[:-60], '损坏'), ('shell.pdf', b'%PDF-1.7\n', '损坏'),
        ('sum.pdf', head + rebuild(good, hashlib.md5(receipt).hexdigest().encode(), b'0' * 32), '损坏'),
        ('loop.pdf', head + rebuild(good, b'<< /Names [', b'<< /Kids [3 0 R 3 0 R] /Names [') , ''),
        ('bomb.pdf', bomb(), '太大'), ('table.pdf', table_bomb(), '损坏'), ('filter.pdf', head + rebuild(good, b'/FlateDecode', b'/LZWDecode'), '损坏'),
        ('doctype.ofd', vouchers.ofd(receipt.replace(b'<xbrl', b'<!DOCTYPE xbrl><xbrl')), 'DOCTYPE'),
        ('invoice.ofd', vouchers.ofd(receipt.replace(b'bker', b'rai')), '不是银行电子回单'),
        ('shell.ofd', vouchers.ofd(b'<xbrl xmlns:k="http://xbrl.mof.gov.cn/taxonomy/2021-11-30/bkrs"><k:Currency>CNY</k:Currency></xbrl>'), '是空的'),
    ]
    for name, data, word in cases:
        path = os.path.join(folder, name)
        with open(path, 'wb') as file:
            file.write(data)
        code, out, err, seconds = parse(path)
        tap.ok((code, out) == (1, '') and word in err and err.count('\n') == 1 and 'signal' not in err and seconds < 5,
               f'{name}: refused in one sentence', f'{code} {seconds:.1f} s {err}{out}')


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('not built')
    test_receipts_first()
    test_hostile()
    tap.done()


main()
