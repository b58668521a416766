"""Invented orders with valid identifiers: the same seed gives the same orders. No name here is meant to be a real company."""
import json
import random

USCC_LETTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
DISTRICTS = (('440304', '福田区', '福华路'), ('440305', '南山区', '科苑路'), ('440303', '罗湖区', '深南东路'),
             ('440306', '宝安区', '新湖路'), ('440307', '龙岗区', '龙翔大道'))
BANKS = (('102', '中国工商银行'), ('103', '中国农业银行'), ('104', '中国银行'), ('105', '中国建设银行'), ('301', '交通银行'),
         ('308', '招商银行'))
FIRST = '晨曦远帆青禾听涛云岫松石柏舟南枝北屿东篱西洲'
TRADE = ('软件技术', '纸品贸易', '精密模具', '园林设计', '仓储物流', '检测技术', '文化传播', '餐饮管理', '照明科技', '印刷')
SURNAMES, GIVEN = '赵钱孙李周吴郑王冯陈褚卫', '文静建国秀兰志强小雨子涵海燕春生'
WIRE_PRICES = ('735.00', '1048.00', '1348.00', '361.00', '2096.00', '748.00')


def organisation_code(body):
    value = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    check = 11 - sum(v * w for v, w in zip(value, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return body + {10: 'X', 11: '0'}.get(check, str(check))


def uscc(rng, division):
    body = '91' + division + organisation_code('MA' + ''.join(rng.choice('0123456789ABCDEFGH') for _ in range(6)))
    total = sum(USCC_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + USCC_LETTERS[(31 - total % 31) % 31]


def id_number(rng):
    body = f'440301{rng.randint(1965, 1999)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(1, 999):03d}'
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + '10X98765432'[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def mobile(rng):
    return f"1{rng.choice('35789')}{rng.randint(0, 999999999):09d}"


def cnaps(rng, bank):
    body = bank + '5840' + f'{rng.randint(0, 9999):04d}'
    product = 10
    for digit in body:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return body + str((11 - product) % 10)


def person(rng):
    return rng.choice(SURNAMES) + ''.join(rng.choice(GIVEN) for _ in range(rng.randint(1, 2)))


def company(rng, serial):
    """No two serials share a name."""
    letters = ''.join(FIRST[(serial // len(FIRST) ** i) % len(FIRST)] for i in range(2))
    return f"深圳市{letters}{rng.choice(FIRST)}{TRADE[serial % len(TRADE)]}有限公司"


def _people(rng, name):
    contact, district = person(rng), rng.choice(DISTRICTS)
    bank = rng.choice(BANKS)
    return dict(
        applicant=dict(name=name, uscc=uscc(rng, district[0]), division=district[0],
                       address=f'深圳市{district[1]}{district[2]}{rng.randint(1, 300)}号'),
        handler=dict(name=contact, id_number=id_number(rng), mobile=mobile(rng), email=f'handler{rng.randint(1, 9999)}@example.com',
                     title='行政主管'),
        legal_representative=dict(name=person(rng), id_number=id_number(rng), mobile=mobile(rng)),
        bank_account=dict(name=name, number='4' + ''.join(rng.choice('0123456789') for _ in range(rng.choice((14, 16, 18)))),
                          bank=f'{bank[1]}深圳{district[1][:2]}支行', cnaps=cnaps(rng, bank[0])),
        delivery=dict(name=contact, mobile=mobile(rng), division=district[0],
                      address=f'深圳市{district[1]}{district[2]}{rng.randint(1, 300)}号', postcode='518000'))


def order(serial, method='wire', submitted='2026-11-02T09:30:00+08:00', price=None, seed=1):
    """One order as the hall hands it over."""
    rng = random.Random(f'{seed}/{serial}/{method}')
    made = dict(order_no=f"{submitted[:10].replace('-', '')}{serial:07d}", submitted_at=submitted)
    name = company(rng, serial)
    made.update(_people(rng, name))
    made['certificates'] = [dict(kind='organization', years=1, quantity=1)]
    made['invoice'] = dict(kind='electronic', title=name, tax_number=made['applicant']['uscc'])
    amount = price or WIRE_PRICES[serial % len(WIRE_PRICES)]
    made['payment'] = dict(method=method, amount=amount, currency='CNY')
    if method != 'wire':
        made['payment'].update(transaction_id=f'42{rng.randint(0, 10**24):024d}', paid_at=submitted)
    return made


def online(count, start=1, **options):
    return [order(start + i, 'alipay' if i % 2 else 'wechat', **options) for i in range(count)]


def wires(count, start=1001, **options):
    return [order(start + i, 'wire', **options) for i in range(count)]


def write(path, orders):
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + '\n' for one in orders)
    return path
