#!/usr/bin/python3
"""MT940 in the drop folder: booked once, its balance proven; one that does not add up is held; MT942 warns early only."""
import os

from lib import place, tap
from lib.instance import NUMBERS, OWNER, Instance, section

ENVELOPE = '{1:F01BKCHCNBJA45A0000000000}{2:O9401830260302BKCHCNBJA45A00000000002603021830N}{4:\r\n'
HEAD = ':20:2611020001\r\n:25:BKCHCNBJ/{number}\r\n:28C:61/1\r\n'
LINES = (':61:2611021102C735,00NTRFNONREF//SZ0001\r\n:86:/ORDP/4000023019200123456\r\n/深圳市样本科技有限公司\r\n/货款\r\n'
         ':61:2611021102D35,00NCHGNONREF//SZ0002\r\n:86:手续费\r\n')


def make_instance(name):
    instance = Instance(os.path.join(place.scratch(name), 'home'))
    instance.configure(section('yifen', '', settle=0),
                       *(section('account', bank, number=NUMBERS[bank], name=OWNER, bank=bank, statements='folder') for bank in NUMBERS))
    return instance


def statement(closing):
    head = HEAD.format(number=NUMBERS['abc'])
    return f'{ENVELOPE}{head}:60F:C261101CNY1000,00\r\n{LINES}:62F:C261102CNY{closing}\r\n-}}\r\n'.encode('gb18030')


def interim():
    head = HEAD.format(number=NUMBERS['abc'])
    return f'{ENVELOPE.replace("O940", "O942")}{head}:34F:CNY0,\r\n:13D:2611021200+0800\r\n{LINES}:90D:1CNY35,00\r\n:90C:1CNY735,00\r\n-}}\r\n'.encode('gb18030')


def drop(instance, name, data):
    with open(instance.path('inbox', name), 'wb') as file:
        file.write(data)
    instance.role('intake')
    return {row['file']: row['state'] for row in instance.objects('statement', 'list')}.get(name)


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('not built')
    instance = make_instance('mt940')
    drop(instance, 'early.sta', interim())
    tap.equal(instance.entries(), [], 'MT942 books nothing')
    tap.equal(drop(instance, 'broken.sta', statement('1701,00')), 'held', 'a closing balance that does not hold')
    tap.equal(instance.entries(), [], 'nothing of it is stored')
    drop(instance, 'day.sta', statement('1700,00'))
    tap.equal(sorted((line['amount'], line['direction']) for line in instance.entries()), [('35.00', 'debit'), ('735.00', 'credit')],
              'the lines are booked')
    tap.equal(instance.query("SELECT DISTINCT proof FROM statement WHERE source = 'mt940'"), [{'proof': 'balance'}], 'the balance is proven')
    drop(instance, 'again.sta', statement('1700,00') + b'\r\n')
    tap.equal(len(instance.entries()), 2, 'the same day again adds nothing')
    tap.done()


main()
