"""Months of the authority's own statements with known truth, by seed: what companies, banks and people do to a payment, each with
where it must end. Three accounts: ICBC as CSV without balances in files that overlap, ABC as CSV with running balances and totals, CMB
as camt.053 by day.

make(seed, scenes) -> Month; Month.write(folder, rng) writes orders.jsonl and statements/."""
import datetime
import html
import json
import os
import random

from lib import orders as hall

FIRST_DAY = datetime.date(2026, 10, 12)
DAYS = 22
NUMBERS = dict(icbc='4000021219200888866', abc='41005000040088866', cmb='755952180510888')
PLACES = ['深圳市', '广州市', '东莞市', '珠海市', '北京', '上海', '广东省深圳市', '深圳']
LONG = ['深圳国际控股投资发展市', '广州国际建设投资集团控股', '北京中央企业联合投资发展']
SYLLABLES = '安宝诚德恒富广瀚嘉凯乐铭诺鹏启瑞盛泰万祥信雅泽卓景朗'
TRADES = ['电子科技', '贸易', '物流', '餐饮管理', '生物医药', '精密制造', '文化传播', '信息技术', '供应链', '新能源', '建筑工程']
FORMS = ['有限公司', '有限责任公司', '股份有限公司', '（集团）有限公司', '(广东)有限公司']
RARE = '龘𠮷䶮㙍'
PRICES = [351, 361, 461, 735, 748, 1035, 1048, 1343, 1348, 1483, 2096]
WORDS = ['', '', '转账', '证书费', '货款', '服务费', '数字证书费', '手续费', '网银转账']


class Month:
    def __init__(self, seed):
        self.rng = random.Random(f'month/{seed}')
        self.orders, self.lines, self.names, self.serial, self.scene = [], [], set(), 0, ''

    # ---- companies and orders ----

    def name(self, place=None, form=None):
        while True:
            made = ((place or self.rng.choice(PLACES)) + ''.join(self.rng.sample(SYLLABLES, 3)) + self.rng.choice(TRADES) + (form or self.rng.choice(FORMS)))
            if made not in self.names:
                self.names.add(made)
                return made

    def company(self, **how):
        return dict(name=self.name(**how), account='4' + ''.join(self.rng.choice('0123456789') for _ in range(self.rng.choice((14, 16, 18)))))

    def day(self, last=DAYS - 6):
        return self.rng.randrange(0, last)

    def order(self, company, day=None, price=None, method='wire'):
        """An order of a company; its day counts from the month's first."""
        self.serial += 1
        day = self.day() if day is None else day
        at = f'{FIRST_DAY + datetime.timedelta(day)}T{self.rng.randrange(9, 12):02}:{self.rng.randrange(60):02}:00+08:00'
        made = hall.order(self.serial, method, at, f'{price or self.rng.choice(PRICES)}.00', self.rng.random())
        made['applicant']['name'] = made['bank_account']['name'] = made['invoice']['title'] = company['name']
        made['bank_account']['number'] = company['account']
        made['day'] = day
        self.orders.append(made)
        return made

    # ---- lines ----

    def wire(self, company, amount, day, remark='', want='settled', orders=(), kind='', reason='', bank=None, **other):
        """A line and its truth. amount in yuan or fen as text; other: name, account, direction, purpose, reversal, reference, time."""
        line = dict(bank=bank or self.rng.choice(list(NUMBERS)), day=min(day, DAYS - 1), amount=amount if isinstance(amount, str) else f'{amount}.00',
                    direction='credit', name=company['name'] if company else '', party=company['account'] if company else '', remark=remark, purpose='', reversal=False,
                    time=f'{self.rng.randrange(8, 18):02}:{self.rng.randrange(60):02}:{self.rng.randrange(60):02}', reference='', want=want,
                    orders=sorted(orders), kind=kind or self.scene, reason=reason)
        line.update(other)
        if line['bank'] == 'cmb' and not line['reference']:
            line['reference'] = f'SN{self.rng.randrange(10 ** 14):014}'
        self.lines.append(line)
        return line

    def no(self, number):
        """A number as people and banks write it."""
        wide = ''.join(chr(ord(c) + 0xFEE0) for c in number)
        return self.rng.choice([number, number, f'单号:{number};经办人张芳', f'CA证书{number}', wide, f'单号{wide}', f'{number[:8]}-{number[8:]}', f'{number[:8]} {number[8:]}',
                                f'{number[:4]}_{number[4:]}', f'数字证书费{number}，请开票', f'No.{number}/发票', f'{number}证书费', ' '.join(number)])


def price(order):
    return int(order['payment']['amount'].split('.')[0])


def cut(text, width):
    """As a GBK field of so many bytes leaves it."""
    out, used = '', 0
    for c in text:
        used += 1 if c < '\x80' else 2
        if used > width:
            return out
        out += c
    return out


# ---- the scenes: each adds orders and lines, and says where they must end ----

def plain_number(m):
    c = m.company()
    o = m.order(c)
    m.wire(c, price(o), o['day'] + m.rng.randrange(4), m.no(o['order_no']), orders=[o['order_no']])


def no_number(m):
    c = m.company()
    o = m.order(c)
    m.wire(c, price(o), o['day'] + m.rng.randrange(4), m.rng.choice(WORDS), orders=[o['order_no']])


def number_in_purpose(m):
    c = m.company()
    o = m.order(c)
    m.wire(c, price(o), o['day'] + 1, m.rng.choice(WORDS), orders=[o['order_no']], purpose=m.no(o['order_no']), bank='icbc')


def shown_otherwise(m):
    c = m.company(form='（集团）有限公司')
    o = m.order(c)
    place = m.rng.randrange(1, len(c['name']))
    shown = m.rng.choice([c['name'][:place] + ' ' + c['name'][place:], c['name'][:place] + '　' + c['name'][place:], c['name'].replace('（', '(').replace('）', ')'),
                          c['name'].replace('（', '【').replace('）', '】'), c['name'][:place] + '·' + c['name'][place:]])
    m.wire(c, price(o), o['day'] + 1, m.rng.choice([m.no(o['order_no']), '']), orders=[o['order_no']], name=shown)


def other_account(m):
    c = m.company()
    o = m.order(c)
    named = m.rng.random() < 0.5
    m.wire(c, price(o), o['day'] + 1, m.no(o['order_no']) if named else '货款', 'settled' if named else 'review', [o['order_no']] if named else (),
           reason='account_differs', account='', party=m.rng.choice(['6222020200001234567', '', '6222****1234']))


def truncated(m):
    c = m.company(place=m.rng.choice(LONG), form='（广东）第二工程技术服务有限公司')
    o = m.order(c)
    own = m.rng.random() < 0.7
    shown = cut(c['name'], m.rng.choice([40, 42, 44, 50]))
    safe = not shown.endswith(('公司', '）'))
    m.wire(c, price(o), o['day'] + 1, m.rng.choice(['', '货款', m.no(o['order_no'])]), ('settled' if safe else 'settled|review') if own else 'review|pending',
           [o['order_no']] if own else (), name=shown, party=c['account'] if own else '6222020200001234567', reason='name_differs')


def rare(m):
    c = m.company()
    c['name'] = c['name'][:3] + m.rng.choice(RARE) + c['name'][3:]
    o = m.order(c)
    own = m.rng.random() < 0.7
    m.wire(c, price(o), o['day'] + 1, m.rng.choice(['', m.no(o['order_no'])]), 'settled' if own else 'review|pending', [o['order_no']] if own else (),
           name=''.join(m.rng.choice('?？□') if x in RARE else x for x in c['name']), party=c['account'] if own else '6222020200001234567', reason='name_differs')


def related(m):
    c = m.company(form='有限公司')
    shown = m.rng.choice([c['name'] + '东莞分公司', c['name'] + '工会委员会', c['name'].replace('有限公司', '有限责任公司'), c['name'] + '罗湖营业部'])
    o = m.order(c)
    m.wire(c, price(o), o['day'] + 1, m.rng.choice(['', m.no(o['order_no'])]), 'review', name=shown, reason='name_differs')


def parent(m):
    c = m.company(form='有限公司')
    o = m.order(dict(c, name=c['name'] + m.rng.choice(['东莞分公司', '第一分店', '福田营业部'])))
    m.wire(c, price(o), o['day'] + 1, m.rng.choice(['', m.no(o['order_no'])]), 'review', reason='name_differs')


def sole_trader(m):
    c = dict(m.company(), name=m.rng.choice(PLACES) + ''.join(m.rng.sample(SYLLABLES, 2)) + '商行')
    o = m.order(c)
    shown, want = m.rng.choice([(c['name'], 'settled'), (c['name'] + '（张三）', 'review'), (c['name'] + '（个体工商户）', 'review'), ('张三', 'review')])
    m.wire(c, price(o), o['day'] + 1, m.no(o['order_no']), want, [o['order_no']] if want == 'settled' else (), name=shown, reason='third_party')


def old_characters(m):
    c = m.company()
    c['name'] = c['name'][:3] + '广东国贸' + c['name'][3:]
    o = m.order(c)
    m.wire(c, price(o), o['day'] + 1, m.no(o['order_no']), 'review', name=c['name'].translate(str.maketrans('广东国贸', '廣東國貿')), reason='name_differs')


def third_party(m):
    c = m.company()
    o = m.order(c)
    m.wire(None, price(o), o['day'] + 1, m.no(o['order_no']), 'review', name=m.rng.choice(['张三', '王小明', m.name()]), party='6222020200007654321', reason='third_party')
    if m.rng.random() < 0.5:
        m.wire(c, price(o), o['day'] + 2, '', orders=[o['order_no']])


def nameless(m):
    c = m.company()
    o = m.order(c)
    m.wire(c, price(o), o['day'] + 1, m.rng.choice(['', m.no(o['order_no'])]), 'review', name='', reason='unknown_payer')


def of_another(m):
    c, d = m.company(), m.company()
    o = m.order(c)
    p = m.order(d, price=price(o))
    m.wire(c, price(o), max(o['day'], p['day']) + 1, m.no(p['order_no']), 'review', reason='contradiction')


def several_named(m):
    c = m.company()
    some = [m.order(c, day=3) for _ in range(m.rng.choice([2, 2, 3, 5]))]
    glue = m.rng.choice(['/', '、', ' ', '', '和', '+'])
    m.wire(c, sum(map(price, some)), 5, glue.join(o['order_no'] for o in some), orders=[o['order_no'] for o in some])


def several_not_exact(m):
    c = m.company()
    some = [m.order(c, day=3) for _ in range(2)]
    m.wire(c, sum(map(price, some)) + m.rng.choice([-10, 10, 100]), 5, '/'.join(o['order_no'] for o in some), 'review', reason='combined')


def several_silent(m):
    c = m.company()
    some = [m.order(c, day=3, price=p) for p in m.rng.sample([351, 735, 1048, 2096], 2)]
    m.wire(c, sum(map(price, some)), 5, m.rng.choice(WORDS), 'review', reason='combined')


def parts(m):
    c = m.company()
    o = m.order(c, day=3)
    count = m.rng.choice([2, 3])
    step = price(o) // count
    sums = [step] * (count - 1) + [price(o) - step * (count - 1)]
    whole = m.rng.random() < 0.7
    for k, amount in enumerate(sums if whole else sums[:-1]):
        m.wire(c, amount, 4 + k, m.no(o['order_no']), 'settled' if whole else 'review', [o['order_no']] if whole else (), kind='parts', reason='short')


def twice(m):
    c = m.company()
    o = m.order(c, day=2)
    first = '' if m.rng.random() < 0.5 else m.no(o['order_no'])
    m.wire(c, price(o), 4, first, orders=[o['order_no']])
    m.wire(c, price(o), 6, first, 'review', reason='already_paid')


def same_second(m):
    """Two lines that no field tells apart, for two equal orders: both lines count, and nobody guesses."""
    c = m.company()
    amount = m.rng.choice(PRICES)
    for _ in range(2):
        m.order(c, day=2, price=amount)
    bank = m.rng.choice(['icbc', 'abc'])
    for _ in range(2):
        m.wire(c, amount, 4, '货款', 'review', time='10:11:12', bank=bank, reason='ambiguous')


def one_of_equals(m):
    c = m.company()
    amount = m.rng.choice(PRICES)
    o, p = m.order(c, day=2, price=amount), m.order(c, day=2, price=amount)
    m.wire(c, amount, 4, '', orders=[p['order_no']])
    m.wire(c, amount, 6, m.no(o['order_no']), orders=[o['order_no']])


def short_or_over(m):
    c = m.company()
    o = m.order(c)
    m.wire(c, f'{price(o) + m.rng.choice([-10, -5, 5, 100])}.{m.rng.choice(["00", "50", "01"])}', o['day'] + 1, m.rng.choice(['', m.no(o['order_no'])]), 'review', reason='short')


def before_order(m):
    c = m.company()
    o = m.order(c, day=10)
    named = m.rng.random() < 0.5
    m.wire(c, price(o), 7, m.no(o['order_no']) if named else '', 'settled' if named else 'review', [o['order_no']] if named else (), reason='late_order')


def number_spoilt(m):
    """A number with a digit too many, too few or wrong is none; payer, account and amount still say whose it is."""
    c = m.company()
    o = m.order(c)
    number = o['order_no']
    bad = m.rng.choice(['1' + number, number + '7', number[:12], number[:9], '电话1380013' + number])
    m.wire(c, price(o), o['day'] + 1, bad, orders=[number])


def paid_online_too(m):
    c = m.company()
    o = m.order(c, method='alipay')
    m.wire(c, price(o), o['day'] + 2, m.no(o['order_no']), 'review', reason='already_paid')


def reversed_credit(m):
    c = m.company()
    o = m.order(c, day=2)
    remark = m.no(o['order_no'])
    bank = m.rng.choice(list(NUMBERS))
    m.wire(c, price(o), 4, remark, 'explained|review', bank=bank, time='09:00:00', kind='reversed')
    m.wire(c, price(o), 4 + m.rng.randrange(3), m.rng.choice([remark + ' 冲正', '冲账', '抹账']), 'explained|review', bank=bank, direction='debit', reversal=bank == 'cmb', time='17:00:00', kind='reversal')
    if m.rng.random() < 0.6:
        m.wire(c, price(o), 9, m.no(o['order_no']), orders=[o['order_no']], bank=bank)


def reversed_one_of_two(m):
    """Of two equal credits one is taken back, by the bank's reference."""
    c = m.company()
    amount = m.rng.choice(PRICES)
    o, p = m.order(c, day=2, price=amount), m.order(c, day=2, price=amount)
    gone = m.wire(c, amount, 4, m.no(o['order_no']), 'explained|review', bank='cmb', kind='reversed')
    m.wire(c, amount, 4, m.no(p['order_no']), bank='cmb', orders=[p['order_no']])
    m.wire(c, amount, 5, '冲正 原流水' + gone['reference'], 'explained|review', bank='cmb', direction='debit', reversal=True, kind='reversal')


def stranger(m):
    m.wire(m.company(), m.rng.choice(PRICES), m.day(), m.rng.choice(WORDS), 'pending|review')


def platform(m):
    m.wire(None, m.rng.choice(PRICES) * 7, m.day(), '提现', 'explained', name='支付宝（中国）网络技术有限公司客户备付金', party='215500690', kind='platform')


def interest(m):
    m.wire(None, '2.58', m.day(), '结息', 'explained', kind='interest')


def fee(m):
    m.wire(None, '10.00', m.day(), '转账手续费', 'explained', direction='debit', kind='fee')


def salaries(m):
    m.wire(m.company(), m.rng.choice(PRICES) * 10, m.day(), m.rng.choice(['10月工资', '税款', '货款', '红字发票']), 'explained', direction='debit', kind='expense')


def returned(m):
    m.wire(m.company(), '0.01', m.day(), m.rng.choice(['退汇 账号户名不符', '退票']), 'review', kind='return')


def own_move(m):
    m.wire(dict(name='深圳市电子商务安全证书管理有限公司', account=NUMBERS['abc']), 50000, m.day(), '资金调拨', 'explained|own_transfer', bank='icbc', kind='own')


def similar_names(m):
    """One company's name begins with the whole of another's."""
    c = m.company(form='有限公司')
    d = dict(m.company(), name=c['name'] + '东莞分公司')
    o, p = m.order(c, day=2, price=735), m.order(d, day=2, price=735)
    m.wire(c, 735, 4, m.rng.choice(['', m.no(o['order_no'])]), orders=[o['order_no']])
    m.wire(d, 735, 5, m.rng.choice(['', m.no(p['order_no'])]), orders=[p['order_no']])


SCENES = {plain_number: 30, no_number: 14, number_in_purpose: 4, shown_otherwise: 8, other_account: 4, truncated: 6, rare: 3, related: 4, parent: 2, sole_trader: 3, old_characters: 2,
          third_party: 5, nameless: 2, of_another: 3, several_named: 4, several_not_exact: 2, several_silent: 3, parts: 3, twice: 3, same_second: 2, one_of_equals: 2,
          short_or_over: 5, before_order: 3, number_spoilt: 3, paid_online_too: 2, reversed_credit: 3, reversed_one_of_two: 2, stranger: 4, platform: 1, interest: 1, fee: 2,
          salaries: 3, returned: 2, own_move: 1, similar_names: 2}


def make(seed, scenes):
    month = Month(seed)
    for scene in month.rng.choices(list(SCENES), SCENES.values(), k=scenes):
        month.scene = scene.__name__
        scene(month)
    return month


# ---- files ----

def date(day):
    return FIRST_DAY + datetime.timedelta(day)


def icbc(lines):
    head = '本方账号,对方账号,交易时间,借/贷,金额,凭证号,对方单位,对方行号,用途,摘要,附言,个性化信息'
    return '\r\n'.join([head] + [','.join([NUMBERS['icbc'], f'{l["party"]}\t', f'{date(l["day"])} {l["time"]}', '贷' if l['direction'] == 'credit' else '借',
                                           f'"{float(l["amount"]):,.2f}"', '', l['name'], '', l['purpose'], '汇款', l['remark'], '']) for l in lines]) + '\r\n'


def fen(text):
    yuan, _, rest = text.partition('.')
    return int(yuan) * 100 + int(rest)


def yuan(value):
    return f'{value // 100}.{value % 100:02}'


def abc(lines, opening, days):
    rows, balance, sums = [], opening, {'credit': [], 'debit': []}
    for l in lines:
        sums[l['direction']].append(fen(l['amount']))
        balance += fen(l['amount']) * (1 if l['direction'] == 'credit' else -1)
        money = [l['amount'], ''] if l['direction'] == 'credit' else ['', l['amount']]
        rows.append(','.join([f'{date(l["day"]):%Y%m%d}', f'{date(l["day"]):%Y%m%d}{l["time"].replace(":", "")}', *money, yuan(balance), '0.00', '网银', '', '转账', '广东',
                              l['party'], l['name'], '', '转账存款', l['remark']]))
    head = ['账户明细', f'账号:{NUMBERS["abc"]} 户名:深圳市电子商务安全证书管理有限公司 币种:人民币 起止日期:{date(days[0]):%Y%m%d}-{date(days[1]):%Y%m%d}',
            '交易日期,交易时间戳,收入金额,支出金额,本次余额,手续费总额,交易方式,交易行名,交易类别,对方省市,对方账号,对方户名,交易说明,交易摘要,交易附言']
    foot = ['总收入笔数,总收入金额,总支出笔数,总支出金额',
            f'{len(sums["credit"])},{yuan(sum(sums["credit"]))},{len(sums["debit"])},{yuan(sum(sums["debit"]))}']
    return '\r\n'.join(head + rows + foot) + '\r\n', balance


def camt_entry(l):
    credit = l['direction'] == 'credit'
    party, holder = ('Dbtr', 'DbtrAcct') if credit else ('Cdtr', 'CdtrAcct')
    money = f'<Amt Ccy="CNY">{l["amount"]}</Amt><CdtDbtInd>{"CRDT" if credit else "DBIT"}</CdtDbtInd>'
    name = f'<{party}><Pty><Nm>{html.escape(l["name"])}</Nm></Pty></{party}>' if l['name'] else ''
    account = f'<{holder}><Id><Othr><Id>{l["party"]}</Id></Othr></Id></{holder}>' if l['party'] else ''
    parties = f'<RltdPties>{name}{account}</RltdPties>' if name + account else ''
    remark = f'<RmtInf><Ustrd>{html.escape(l["remark"])}</Ustrd></RmtInf>' if l['remark'] else ''
    day = date(l['day'])
    return (f'<Ntry>{money}{"<RvslInd>true</RvslInd>" if l["reversal"] else ""}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>'
            f'<AcctSvcrRef>{l["reference"]}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>'
            f'<NtryDtls><TxDtls><Refs><AcctSvcrRef>{l["reference"]}</AcctSvcrRef></Refs>{money}{parties}{remark}</TxDtls></NtryDtls></Ntry>')


def camt(lines, day, opening):
    closing = opening + sum(fen(l['amount']) * (1 if l['direction'] == 'credit' else -1) for l in lines)

    def balance(code, value):
        return (f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{yuan(value)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
                f'<Dt><Dt>{date(day)}</Dt></Dt></Bal>')
    text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>S{date(day)}</MsgId>'
            f'<CreDtTm>{date(day)}T20:00:00+08:00</CreDtTm></GrpHdr><Stmt><Id>ST{date(day)}</Id><ElctrncSeqNb>{day + 1}</ElctrncSeqNb><CreDtTm>{date(day)}T20:00:00+08:00</CreDtTm>'
            f'<Acct><Id><Othr><Id>{NUMBERS["cmb"]}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{balance("OPBD", opening)}{balance("CLBD", closing)}'
            f'{"".join(map(camt_entry, lines))}</Stmt></BkToCstmrStmt></Document>\n')
    return text, closing


def ranges(rng):
    """Whole days that together cover the month and overlap as they like."""
    cuts = sorted(rng.sample(range(1, DAYS), rng.choice([1, 2, 3])))
    edges = list(zip([0] + cuts, cuts + [DAYS]))
    return [(max(0, a - rng.choice([0, 0, 1, 5])), min(DAYS, b + rng.choice([0, 0, 1, 3]))) for a, b in edges]


def files(month, rng):
    """Name -> bytes: another rng cuts the same lines into other files."""
    made = {}
    of = {bank: sorted((l for l in month.lines if l['bank'] == bank), key=lambda l: (l['day'], l['time'])) for bank in NUMBERS}
    for k, (a, b) in enumerate(ranges(rng)):
        if any(a <= l['day'] < b for l in of['icbc']):  # without a line it does not say whose it is
            made[f'icbc-{k}.csv'] = icbc([l for l in of['icbc'] if a <= l['day'] < b]).encode('gb18030')
    for k, (a, b) in enumerate(ranges(rng)):
        before = 100_000_000 + sum(fen(l['amount']) * (1 if l['direction'] == 'credit' else -1) for l in of['abc'] if l['day'] < a)
        made[f'abc-{k}.csv'] = abc([l for l in of['abc'] if a <= l['day'] < b], before, (a, b - 1))[0].encode('gb18030')
    balance = 50_000_000
    for day in range(DAYS):
        text, balance = camt([l for l in of['cmb'] if l['day'] == day], day, balance)
        made[f'cmb-{date(day):%Y%m%d}.xml'] = text.encode()
    return made


def write(month, folder, rng):
    os.makedirs(os.path.join(folder, 'statements'), exist_ok=True)
    for name, content in files(month, rng).items():
        with open(os.path.join(folder, 'statements', name), 'wb') as file:
            file.write(content)
    with open(os.path.join(folder, 'orders.jsonl'), 'w', encoding='utf-8') as file:
        file.writelines(json.dumps({k: v for k, v in o.items() if k != 'day'}, ensure_ascii=False) + '\n' for o in month.orders)


def truth(month):
    """Rows as samples.read_truth() makes them."""
    return [dict(account=NUMBERS[l['bank']], booking_date=str(date(l['day'])), amount=l['amount'], direction=l['direction'], counterparty_account=l['party'],
                 bank_reference=l['reference'], remark=l['remark'], **{'class': l['kind']}, disposition=l['want'], orders=','.join(l['orders']), reason=l['reason'])
            for l in month.lines]
