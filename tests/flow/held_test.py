#!/usr/bin/python3
"""Files whose own numbers do not agree: held as a whole, shown with what was claimed and counted, then accepted with a
reason and booked once, or refused and set aside; or not held because the bank's profile says why."""
import glob
import os
import re

from lib import place, tap
from lib.instance import NUMBERS, OWNER, Instance, section

from bank import camt
from bank.clock import Clock

CMB = dict(number=NUMBERS['cmb'], name=OWNER)
DAY = '2026-11-02'


def line(number, amount, day=DAY):
    return dict(id=number, day=day, time='10:00:00', amount=amount, name='某某公司', other=f'41{number:06d}', remark='货款',
                reference=None, returns=None)


def statement(lines, opening=10000, day=DAY, number=1, account=CMB):
    moment = Clock(os.path.join(place.scratch('clock'), 'clock')).now()
    return camt.write('camt.053.001.08', account, day, day, opening, lines, number, moment)


def money(fen):
    return f'{fen // 100}.{fen % 100:02d}'


def closing(data, before, after):
    return data.replace(f'>{money(before)}<'.encode(), f'>{money(after)}<'.encode())


def totals(data, count, credit):
    summary = (f'<TxsSummry><TtlCdtNtries><NbOfNtries>{count}</NbOfNtries><Sum>{credit}</Sum></TtlCdtNtries></TxsSummry>').encode()
    return data.replace(b'<Ntry>', summary + b'<Ntry>', 1)


def mt940(lines, opening, claimed):
    text = [f':20:X', f":25:{NUMBERS['cmb']}", ':28C:1/1', f":60F:C261102CNY{money(opening).replace('.', ',')}"]
    text += [f":61:2611021102C{money(one['amount']).replace('.', ',')}NTRF{one['id']:08d}\r\n:86:货款" for one in lines]
    return '\r\n'.join(text + [f":62F:C261102CNY{money(claimed).replace('.', ',')}", '-', '']).encode()


def mt942(lines, claimed):
    text = [':20:X', f":25:{NUMBERS['cmb']}", ':28C:1/1', ':34F:CNYD0,', ':34F:CNYC0,', ':13D:2611021200+0800']
    text += [f":61:2611021102C{money(one['amount']).replace('.', ',')}NTRF{one['id']:08d}\r\n:86:货款" for one in lines]
    text += [':90D:0CNY0,', f":90C:{len(lines)}CNY{money(claimed).replace('.', ',')}", '-', '']
    return '\r\n'.join(text).encode()


def boc():
    """BOC says its totals above the rows."""
    head = ('交易类型,业务类型,付款人开户行号,付款人开户行名,付款人账号,付款人名称,收款人开户行行号,收款人开户行名,收款人账号,收款人名称,交易日期,交易时间,'
            '交易货币,交易金额,交易后余额,交易流水号,摘要,用途,交易附言')
    row = (f"来账,汇款,102,工行,41000001,某某公司,104,中行,{NUMBERS['abc']},{OWNER},20261102,10:00:00,CNY,735.00,1735.00,"
           'B1,汇款,货款,CA1')
    return (f"查询账号,{NUMBERS['abc']}\r\n总笔数,1\r\n借方发生总笔数,0\r\n借方发生总额,0.00\r\n贷方发生总笔数,1\r\n"
            f'贷方发生总额,735.00\r\n{head}\r\n{row}\r\n')


def make_instance(name):
    instance = Instance(os.path.join(place.scratch(name), 'home'))
    instance.configure(section('yifen', '', settle=0),
                       *(section('account', bank, number=NUMBERS[bank], name=OWNER, bank=bank, statements='folder')
                         for bank in NUMBERS))
    return instance


def drop(instance, name, data, folder=''):
    path = instance.path('inbox', folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)
    instance.role('intake')


def answers(instance, name):
    found = sorted(glob.glob(instance.path('results', '**', f'*-{name}*.结果.csv'), recursive=True), key=os.path.getmtime)
    return [open(path, encoding='utf-8-sig').read() for path in found]


def file_of(instance, name):
    return {row['file']: row for row in instance.objects('statement', 'list')}.get(name, {})


def held_cases(instance):
    return [one for one in instance.cases() if 'held' in one['card']]


def kept(instance, folder, name):
    return glob.glob(instance.path(folder, '**', f'*-{name}'), recursive=True)


def test_accept():
    instance = make_instance('accept')
    broken = closing(statement([line(1, 73500)]), 83500, 83600)
    drop(instance, 'broken.xml', broken)
    case, = held_cases(instance)
    shown = instance.must('case', 'show', str(case['id']))
    tap.ok(all(part in shown for part in ('broken.xml', '835.00', '836.00', '735.00', 'case accept', 'case refuse', DAY)),
           'the case shows file, what was counted and claimed, and what can be done', shown)
    tap.equal((file_of(instance, 'broken.xml')['state'], instance.entries()), ('held', []), 'nothing of it is booked')
    tap.has(answers(instance, 'broken.xml')[-1], f"审核案 {case['id']}", 'its result file names the case')
    tap.equal(instance.yifen('case', 'accept', str(case['id'])).returncode, 2, 'it is not accepted without a reason')
    tap.equal(instance.yifen('case', 'settle', str(case['id']), 'X=1.00').returncode, 1, 'it cannot be settled')
    drop(instance, 'again.xml', broken)
    tap.ok(file_of(instance, 'again.xml')['state'] == 'duplicate' and '正等人处理' in answers(instance, 'again.xml')[-1]
           and len(held_cases(instance)) == 1, 'the same bytes again make no second case', answers(instance, 'again.xml'))
    instance.must('case', 'accept', str(case['id']), '--reason', '银行已来函说明')
    for _ in range(2):
        instance.role('intake')
    row = file_of(instance, 'broken.xml')
    tap.equal((row['state'], row['added'], len(instance.entries())), ('taken', 1, 1), 'accepted, it is booked once')
    tap.ok('银行已来函说明' in row['message'] and row['statements'][0]['proof'] == 'none', 'and says why, and that nothing proves it', row)
    tap.ok(len(answers(instance, 'broken.xml')) == 2 and '735.00' in answers(instance, 'broken.xml')[-1],
           'a second result file shows its lines', answers(instance, 'broken.xml'))
    tap.ok(kept(instance, 'archive', 'broken.xml') and not kept(instance, 'rejected', 'broken.xml'), 'the original is in the archive')
    drop(instance, 'third.xml', broken)
    tap.equal((file_of(instance, 'third.xml')['state'], len(instance.entries())), ('duplicate', 1), 'the same bytes later are known')
    tap.has(instance.must('case', 'show', str(case['id'])), '照样入账', 'the case shows the decision')


def test_refuse():
    instance = make_instance('refuse')
    broken = closing(statement([line(1, 73500)]), 83500, 83600)
    for verb in ('refuse', 'close'):
        drop(instance, f'{verb}.xml', broken)
        case, = held_cases(instance)
        instance.must('case', verb, str(case['id']), '--reason', '银行重发')
        instance.role('intake')
        row = file_of(instance, f'{verb}.xml')
        tap.ok(row['state'] == 'rejected' and '银行重发' in answers(instance, f'{verb}.xml')[-1], f'{verb}: rejected, with the reason', row)
        tap.ok(kept(instance, 'rejected', f'{verb}.xml') and not kept(instance, 'archive', f'{verb}.xml'), f'{verb}: set aside')
    tap.equal((instance.entries(), held_cases(instance)), ([], []), 'nothing is booked, nobody is asked any more')


def test_every_claim():
    """Each kind of claim, told apart; and a file that makes the same claims rightly."""
    good = statement([line(1, 73500), line(2, 500)])
    claims = {
        'balance.xml': (closing(good, 84000, 84001), 'balance_mismatch', ('840.00', '840.01')),
        'count.xml': (totals(good, 3, '740.00'), 'totals_mismatch', ('2 笔', '3 笔')),
        'sum.xml': (totals(good, 2, '741.00'), 'totals_mismatch', ('740.00', '741.00')),
        'footer.csv': (abc_full().replace(b'2,1783.00', b'2,1784.00'), 'totals_mismatch', ('1783.00', '1784.00')),
        'footer-count.csv': (abc_full().replace(b'2,1783.00', b'3,1783.00'), 'totals_mismatch', ('3 笔', '4 笔')),
        'preamble.csv': (boc().replace('735.00', '736.00', 1).encode('gb18030'), 'totals_mismatch', ('735.00', '736.00')),
        'interim.sta': (mt942([line(1, 73500)], 73600), 'totals_mismatch', ('735.00', '736.00')),
        'balance.sta': (mt940([line(1, 73500)], 10000, 83600), 'balance_mismatch', ('835.00', '836.00')),
    }
    for name, (data, reason, parts) in claims.items():
        instance = make_instance('claims')
        drop(instance, name, data)
        row = file_of(instance, name)
        cases = held_cases(instance)
        tap.equal((row.get('state'), [one['reason'] for one in cases], instance.entries()), ('held', [reason], []), f'{name} is held')
        text = instance.must('case', 'show', str(cases[0]['id'])) if cases else ''
        tap.ok(all(part in text for part in parts), f'{name}: claimed and counted are shown', text or row)
    rights = {'good.xml': totals(good, 2, '740.00'), 'good.csv': boc().encode('gb18030'), 'footer.csv': abc_full(),
              'good.sta': mt940([line(1, 73500)], 10000, 83500), 'interim.sta': mt942([line(1, 73500)], 73500)}
    for name, data in rights.items():
        instance = make_instance('claims')
        drop(instance, name, data)
        tap.equal((file_of(instance, name)['state'], held_cases(instance)), ('taken', []), f'{name}: right claims hold nothing')


def abc_full():
    with open(os.path.join(place.ROOT, 'tests', 'golden', 'abc-full.csv'), 'rb') as file:
        data = file.read()
    return data.replace(b'41005000000000001', NUMBERS['abc'].encode())


def test_all_shown():
    """Several claims that do not hold are one case that shows all of them; two files are two cases."""
    instance = make_instance('all')
    both = closing(totals(statement([line(1, 73500)]), 5, '1.00'), 83500, 83600)
    drop(instance, 'both.xml', both)
    case, = held_cases(instance)
    tap.equal([one['reason'] for one in case['card']['held']['mismatches']], ['balance_mismatch', 'count_mismatch', 'totals_mismatch'],
              'one case shows every claim')
    drop(instance, 'other.xml', closing(statement([line(1, 73500)]), 83500, 83700))
    tap.equal(len(held_cases(instance)), 2, 'another file of the same day is a case of its own')
    drop(instance, 'good.xml', statement([line(1, 73500)]))
    states = [file_of(instance, name)['state'] for name in ('both.xml', 'other.xml', 'good.xml')]
    tap.equal((states, held_cases(instance)), (['rejected', 'rejected', 'taken'], []), 'a proven file of the day answers both')
    tap.ok('good.xml' in answers(instance, 'both.xml')[-1] and kept(instance, 'rejected', 'both.xml'), 'and they say so',
           answers(instance, 'both.xml'))


def test_open_end():
    """A CSV whose last line has no end may be cut: a person decides, or the whole file does."""
    head = '交易日期,收入金额,支出金额,余额,对方户名,附言\n'
    first, last = '2026-11-02,735.00,,1735.00,某某公司,货款\n', '2026-11-02,,5.00,1730.00,另一公司,DZQ2026'
    instance = make_instance('open')
    drop(instance, 'cut.csv', (head + first + last).encode(), 'cmb')
    case, = held_cases(instance)
    shown = instance.must('case', 'show', str(case['id']))
    tap.ok(case['reason'] == 'open_end' and '没有换行' in shown and 'case accept' in shown, 'an open end is a case, with what can be done', shown)
    tap.equal((file_of(instance, 'cut.csv')['state'], instance.entries()), ('held', []), 'nothing of it is booked')
    tap.ok('没有换行' in answers(instance, 'cut.csv')[-1] and f"审核案 {case['id']}" in answers(instance, 'cut.csv')[-1],
           'its result file says why', answers(instance, 'cut.csv'))
    tap.ok('可能不完整' in instance.must('case', 'list'), 'the list of cases has a word for it')
    drop(instance, 'whole.csv', (head + first + last + '1122000038\n').encode(), 'cmb')
    tap.equal(([file_of(instance, name)['state'] for name in ('cut.csv', 'whole.csv')], len(instance.entries()), held_cases(instance)),
              (['rejected', 'taken'], 2, []), 'the whole file of the same days answers it')
    instance = make_instance('opened')
    drop(instance, 'bank.csv', (head + first + last).encode(), 'cmb')
    case, = held_cases(instance)
    instance.must('case', 'accept', str(case['id']), '--reason', '银行的文件都没有换行')
    instance.role('intake')
    tap.equal((file_of(instance, 'bank.csv')['state'], len(instance.entries())), ('taken', 2), 'accepted, it is booked as it stands')
    for name, data in {'seen.csv': head + first + last.replace('DZQ2026', '货款'), 'quoted.csv': head + first + last.replace('DZQ2026', '"货款2"')}.items():
        instance = make_instance('seen')
        drop(instance, name, data.encode(), 'cmb')
        tap.equal((file_of(instance, name)['state'], len(instance.entries())), ('taken', 2), f'{name}: a last cell that is seen to be whole')
    whole = abc_full().rstrip(b'\r\n')
    instance = make_instance('proven')
    drop(instance, 'totals.csv', whole)
    tap.equal((file_of(instance, 'totals.csv')['state'], held_cases(instance)), ('taken', []), 'totals in the last line prove the lines')
    drop(instance, 'cut.csv', whole[:-3])
    tap.equal(file_of(instance, 'cut.csv')['state'], 'held', 'totals that were cut do not')


def test_other_days():
    """A proven file answers only for the days that it covers."""
    instance = make_instance('days')
    drop(instance, 'broken.xml', closing(statement([line(1, 73500)]), 83500, 83600))
    drop(instance, 'next.xml', statement([line(2, 500, '2026-11-03')], 83500, '2026-11-03', 2))
    tap.equal((len(held_cases(instance)), file_of(instance, 'broken.xml')['state']), (1, 'held'), 'another day answers nothing')


def test_profile_says_why():
    instance = make_instance('waived')
    with open(os.path.join(place.ROOT, 'parsers', 'profiles', 'cmb.conf'), encoding='utf-8') as file:
        profile = file.read()
    os.makedirs(instance.path('profiles'), exist_ok=True)
    with open(instance.path('profiles', 'cmb.conf'), 'w', encoding='utf-8') as file:
        file.write(profile.replace('[statement]', '[statement]\nbalances_unproven = 期末余额含在途', 1))
    drop(instance, 'broken.xml', closing(statement([line(1, 73500)]), 83500, 83600))
    row = file_of(instance, 'broken.xml')
    tap.equal((row['state'], len(instance.entries()), held_cases(instance)), ('taken', 1, []), 'a profile may say that balances are not proven')
    tap.ok('期末余额含在途' in row['message'] and '836.00' in row['message'] and row['statements'][0]['proof'] == 'none',
           'and its reason is shown', row)
    drop(instance, 'count.xml', totals(statement([line(1, 73500, '2026-11-03')], day='2026-11-03', number=2), 7, '735.00'))
    tap.equal(len(held_cases(instance)), 1, 'which says nothing about counts')


def test_layout_says_why():
    """WeChat's personal bill says totals that need not hold."""
    instance = make_instance('bill')
    bill = ('微信支付账单明细\r\n微信昵称：[甲]\r\n起始时间：[2026-11-02 00:00:00] 终止时间：[2026-11-02 23:59:59]\r\n共3笔记录\r\n收入：2笔 9.00元\r\n'
            '支出：0笔 0.00元\r\n----------------------微信支付账单明细列表--------------------\r\n'
            '交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\r\n'
            '2026-11-02 10:00:00,转账,某某公司,"转账",收入,¥7.00,/,已存入零钱,"1000\t","/","/"\r\n')
    drop(instance, 'bill.csv', b'\xef\xbb\xbf' + bill.encode(), 'cmb')
    row = file_of(instance, 'bill.csv')
    tap.ok(row['state'] == 'taken' and '不含已删除的记录' in row['message'] and not held_cases(instance), 'a layout may say it too', row)


def test_left_out():
    """A sheet of a workbook that is no statement is named."""
    instance = make_instance('sheets')
    instance.configure(section('yifen', '', settle=0),
                       section('account', 'icbc', number='4000000000000000001', name=OWNER, bank='icbc', statements='folder'))
    with open(os.path.join(place.ROOT, 'tests', 'golden', 'icbc-openpyxl.xlsx'), 'rb') as file:
        drop(instance, 'book.xlsx', file.read())
    row = file_of(instance, 'book.xlsx')
    tap.ok(row.get('state') == 'taken' and '说明' in row.get('message', ''), 'a sheet that was left out is named', row)


def test_two_accounts():
    """One file with statements of two accounts: each is booked, the answer comes."""
    instance = make_instance('two')
    first = statement([line(1, 73500)])
    second = statement([line(2, 500)], account=dict(number=NUMBERS['icbc'], name=OWNER))
    more = re.search(rb'<Stmt>.*</Stmt>', second, re.S).group(0)
    drop(instance, 'two.xml', first.replace(b'</Stmt>', b'</Stmt>' + more))
    tap.equal((file_of(instance, 'two.xml').get('state'), len(instance.entries())), ('taken', 2), 'both accounts are booked')
    tap.ok(answers(instance, 'two.xml') and kept(instance, 'archive', 'two.xml'), 'it is answered and archived')
    drop(instance, 'broken.xml', closing(first, 83500, 83600).replace(b'</Stmt>', b'</Stmt>' + more).replace(b'SN0', b'SX0'))
    case, = held_cases(instance)
    instance.must('case', 'accept', str(case['id']), '--reason', '核对过')
    instance.role('intake')
    tap.ok(file_of(instance, 'broken.xml')['state'] == 'taken' and len(answers(instance, 'broken.xml')) == 2,
           'held and accepted too', file_of(instance, 'broken.xml'))


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('not built')
    only = os.environ.get('ONLY')
    for name, test in list(globals().items()):
        if name.startswith('test_') and (not only or name == 'test_' + only):
            test()
    tap.done()


main()
