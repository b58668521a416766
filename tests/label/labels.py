#!/usr/bin/python3
"""Labels of made-up orders, of every division there is, rendered in every size and read back as a courier would.

    labels.py [--count 1000] [--sizes 76x130,...]

Of each label: the barcodes of the picture at 203 dpi give the number (zbarimg); all words stand in the PDF where they
belong, whole, and inside their zone (pdftotext -bbox); nothing that is to be hidden is there. Of ZPL and TSPL a few
pictures are unpacked, must be the same, and be read too.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.join(ROOT, os.environ.get('BUILD', 'build'), 'yifen-label')
DIVISIONS = os.path.join(ROOT, '../shared/data/divisions-cn.tsv')
MARKS = ('收', '寄')
SIZES = ['76x130', '100x150', '100x180']
FEW = [('广东省', '深圳市', '福田区'), ('北京市', '', '东城区'), ('新疆维吾尔自治区', '巴音郭楞蒙古自治州', '博湖县'),
       ('云南省', '德宏傣族景颇族自治州', '芒市'), ('广东省', '东莞市', '')]
NAMES = ['张三', '𠮷野家', '䶮', '㙍丽华', '欧阳娜娜', '买买提·艾力', '王𬭎', '刘喆', '𡋾', 'John Smith']
STREETS = ['和平路17号', '深南大道2008号华商大厦B座', '㙍村龙王庙旁第三排平房东侧巷子最里面红色铁门', '人民公园北门对面𠮷祥里6栋']
DOORS = [('1203室', '****室'), ('2单元501', '*单元***'), ('二十三楼', '***楼'), ('A-08房', '****房'), ('', '')]


def divisions():
    """(province, city, county) of every division without others below it; pseudo-cities are no part of an address."""
    if not os.path.exists(DIVISIONS):
        print('# SKIP all divisions: no ../shared/data; a few instead')
        return FEW
    rows = [line.rstrip('\n').split('\t') for line in open(DIVISIONS, encoding='utf-8')][1:]
    named = {code: (name, parent) for code, name, _, parent in rows}
    above = {parent for _, _, _, parent in rows}
    found = []
    for code, _, _, _ in rows:
        chain, at = [], code
        while at in named:
            name, at = named[at]
            chain.insert(0, '' if name in ('市辖区', '县') else name)
        if code not in above:
            found.append(tuple((chain + ['', ''])[:3]))
    return found


def waybill(rng, courier):
    digits = ''.join(rng.choice('0123456789') for _ in range(13))
    return {'京东快递': 'JD' + digits, '顺丰速运': 'SF' + digits, 'EMS': 'EA' + digits[:9] + 'CN'}[courier]


def label(rng, place, number):
    """The label as yifen-label reads it, and the words that must stand in the zones."""
    courier = rng.choice(['京东快递', '顺丰速运', 'EMS'])
    province, city, county = place
    phone = '1' + ''.join(rng.choice('0123456789') for _ in range(10))
    name, street = NAMES[number % len(NAMES)], STREETS[number // 3 % len(STREETS)]
    door, hidden = DOORS[number % len(DOORS)]
    before = province + city + county
    if number % 4 == 0:  # an address of sixty characters, the longest that is promised
        street = (street + '靠近老火车站广场西侧的商业步行街中段' * 4)[:60 - len(before) - len(door)]
    masked = '*' if len(name) == 1 else re.sub(r'(?<=.)[^ ·]', '*', name)
    fields = dict(order_no='2026112200%05d' % number, courier=courier, carriage='prepaid' if courier == '京东快递' else 'collect',
                  waybill=waybill(rng, courier), destination=province + city + (' ' + county if county else ''),
                  sorting=rng.choice(['755-A12-03', '021WC-008-11']), contents='数字证书介质（UKey）%d 件' % rng.randint(1, 12),
                  receiver=dict(name=name, phone=phone, address=before + street + door),
                  sender=dict(name='数字证书受理处', phone='0755-12345678', address='广东省深圳市福田区一路1号'),
                  printed='2026-11-23 12:00', reprint=number % 7 == 0)
    if number % 5 == 0:
        del fields['sorting']
    words = {'HEAD': [courier, '寄付' if courier == '京东快递' else '到付'] + (['补打'] if number % 7 == 0 else []), 'CODE': [fields['waybill']],
             'DESTINATION': [fields['destination'], fields.get('sorting', '')],
             'RECEIVER': [masked, phone[0] + '********' + phone[-2:], before + street + hidden],
             'CONTENTS': [fields['contents'], fields['order_no']], 'SENDER': ['数字证书受理处'], 'SIGN': ['签收人：'], 'QR': []}
    return fields, words


def zones(size):
    """Boxes in points, from the table that the program has."""
    text = open(os.path.join(ROOT, 'rules/label.c'), encoding='utf-8').read()
    block = text[text.index('"%s"' % size):]
    found = re.findall(r'\[LABEL_(\w+)\] = \{(\d+), (\d+), (\d+), (\d+)\}', block[:block.index('}}')] + '}')
    return {name: [int(n) * 72 / 254 for n in (x, y, int(x) + int(w), int(y) + int(h))] for name, x, y, w, h in found}


class Refused(Exception):
    pass


def render(form, size, folder, fields):
    """Gives seconds of one core and the largest memory in MiB."""
    text = ''.join(json.dumps(f) + '\n' for f in fields)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(text.encode())
        given.seek(0)
        child = subprocess.Popen([PROGRAM, '--format', form, '--size', size, '--output', folder], stdin=given, stderr=told,
                                 env=dict(os.environ, LSAN_OPTIONS=f'suppressions={HERE}/leaks.supp:print_suppressions=0'))
        _, child.returncode, usage = os.wait4(child.pid, 0)
        told.seek(0)
        if child.returncode != 0 or os.fstat(told.fileno()).st_size:
            raise Refused(told.read().decode())
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def close(text):
    return re.sub(r'\s', '', text)


def check_page(page, words, boxes, fields):
    """What is wrong with one page of the PDF."""
    wrong, found = [], {name: '' for name in boxes}
    for word in page:
        x1, y1, x2, y2 = (float(word.get(key)) for key in ('xMin', 'yMin', 'xMax', 'yMax'))
        home = [n for n, b in boxes.items() if b[0] <= (x1 + x2) / 2 <= b[2] and b[1] <= (y1 + y2) / 2 <= b[3]]
        if not home:
            wrong.append('%r stands in no zone' % word.text)
            continue
        box = boxes[home[0]]
        if x1 < box[0] or x2 > box[2] or y1 < box[1] - 1 or y2 > box[3] + 1:  # a point: the font's own margins
            wrong.append('%r leaves %s' % (word.text, home[0]))
        if word.text not in MARKS:  # they stand beside the lines of an address, and anywhere among its words
            found[home[0]] += close(word.text)
    for zone, wanted in words.items():
        wrong += ['%s lacks %r: %r' % (zone, text, found[zone]) for text in wanted if close(text) not in found[zone]]
    wrong += ['no ' + mark for mark in MARKS if mark not in [word.text for word in page]]
    shown = ''.join(found.values())
    name, phone = fields['receiver']['name'], fields['receiver']['phone']
    if phone[1:-2] in shown or (len(name) > 2 and name in shown):
        wrong.append('not masked')
    return wrong


def check_pdf(path, size, labels):
    text = subprocess.run(['pdftotext', '-bbox', path, '-'], check=True, stdout=subprocess.PIPE).stdout
    pages = ElementTree.fromstring(text).findall('.//{*}page')
    assert len(pages) == len(labels), (len(pages), len(labels))
    boxes, wrong = zones(size), []
    for page, (fields, words) in zip(pages, labels):
        wrong += [(fields['order_no'], w) for w in check_page(page, words, boxes, fields)]
    return wrong


def decoded(path):
    """The barcodes of a picture, "KIND:TEXT"."""
    run = subprocess.run(['zbarimg', '-q', '--nodbus', path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return sorted(run.stdout.decode().split())


def barcodes(number):
    return ['CODE-128:' + number, 'QR-Code:' + number]


def check_png(folder, labels):
    return [(f['order_no'], 'decoded as %s' % got) for f, _ in labels
            if (got := decoded('%s/%s.png' % (folder, f['order_no']))) != barcodes(f['waybill'])]


def unpack_zpl(text):
    """The rows of each ^GFA: black bits set."""
    found = []
    for whole, row, body in re.findall(r'\^GFA,\d+,(\d+),(\d+),([0-9A-F,:]*)\^FS', text):
        rows, digits = [], ''
        for c in body:
            if c == ':':
                rows.append(rows[-1])
            else:
                digits = digits.ljust(2 * int(row), '0') if c == ',' else digits + c
                if len(digits) == 2 * int(row):
                    rows.append(bytes.fromhex(digits))
                    digits = ''
        assert len(rows) * int(row) == int(whole) and not digits
        found.append((int(row), rows))
    return found


def unpack_tspl(data):
    found = []
    while (at := data.find(b'BITMAP ')) >= 0:
        head = data[at:at + 40].split(b',', 5)
        row, height = int(head[2]), int(head[3])
        start = at + len(b','.join(head[:5])) + 1
        body = bytes(255 - b for b in data[start:start + row * height])
        found.append((row, [body[i:i + row] for i in range(0, len(body), row)]))
        data = data[start + row * height:]
        assert data.startswith(b'\r\nPRINT 1,1\r\n')
    return found


def check_dots(folder, size, labels):
    fields = [f for f, _ in labels]
    render('zpl', size, folder, fields)
    render('tspl', size, folder, fields)
    zpl = unpack_zpl(open(folder + '/labels.zpl', encoding='ascii').read())
    if zpl != unpack_tspl(open(folder + '/labels.tspl', 'rb').read()) or len(zpl) != len(labels):
        return [('', 'ZPL and TSPL differ')]
    wrong = []
    for (row, rows), field in zip(zpl, fields):
        with open(folder + '/dots.pbm', 'wb') as out:
            out.write(b'P4 %d %d\n' % (row * 8, len(rows)) + b''.join(rows))
        if (got := decoded(folder + '/dots.pbm')) != barcodes(field['waybill']):
            wrong.append((field['order_no'], 'dots decoded as %s' % got))
    return wrong


def check_size(size, labels, dots):
    """What is wrong in this size; tells how fast it went."""
    fields = [f for f, _ in labels]
    with tempfile.TemporaryDirectory() as folder:
        _, less = render('pdf', size, folder, fields[:max(1, len(fields) // 10)])
        seconds, memory = render('pdf', size, folder, fields)
        painted, _ = render('png', size, folder, fields)
        print('# %s: PDF %.0f a second, PNG %.0f; %.0f MiB, of a tenth %.0f; %.0f KiB a label' % (
            size, len(fields) / seconds, len(fields) / painted, memory, less,
            os.path.getsize(folder + '/labels.pdf') / 1024 / len(fields)))
        return check_pdf(folder + '/labels.pdf', size, labels) + check_png(folder, labels) + \
            check_dots(folder, size, labels[:dots])


def refused(character):
    """Is a character named, by its code, and no label printed?"""
    fields, _ = label(random.Random(1), FEW[0], 1)
    fields['receiver']['address'] = '一路%s号' % character
    with tempfile.TemporaryDirectory() as folder:
        try:
            render('pdf', SIZES[0], folder, [fields])
        except Refused as told:
            return 'U+%04X' % ord(character) in str(told) and fields['order_no'] in str(told) and not os.listdir(folder)
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--count', type=int, default=1000)
    parser.add_argument('--sizes', default=','.join(SIZES))
    options = parser.parse_args()
    rng, places, bad = random.Random(7), divisions(), 0
    for turn, size in enumerate(options.sizes.split(',')):
        labels = [label(rng, places[(turn * options.count + i) % len(places)], i) for i in range(options.count)]
        wrong = check_size(size, labels, min(20, options.count))
        for order, what in wrong[:20]:
            print('# %s %s: %s' % (size, order, what))
        print('%s %d - %d labels of %s are whole, masked, inside their zones and read back' % (
            'not ok' if wrong else 'ok', turn + 1, options.count, size))
        bad += len(wrong)
    missing = refused('\U00031350') and refused('\ue123')  # no font has it; only its inventor knows it
    print('%s %d - a character that no font has is named, never a box' % ('ok' if missing else 'not ok', turn + 2))
    print('1..%d' % (turn + 2))
    return 1 if bad or not missing else 0


if __name__ == '__main__':
    sys.exit(main())
