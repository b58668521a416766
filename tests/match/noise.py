"""Noisy worlds: a few houses, their orders, and wires as people and banks spoil them. Beside each wire stands the secret: who really
paid, and which orders he wrote so that they must be found. wrong() judges settlements by the secrets alone."""
import random

PLACES = ['深圳市', '广州市', '东莞', '广东省深圳市', '北京', '深圳国际控股投资发展市', '上海市浦东新区国际']
WORDS = ['甲乙', '信诚金', '同创', '龘鑫', '瑞丰𠮷', '䶮达', '广业', '华宇云', '金盛', '东方国贸', '鑫·源', 'ABC', '恒信A&B']
TRADES = ['科技', '电子商务安全证书管理', '建筑工程（广东）第二工程技术服务', '贸易', '餐饮管理', '新能源（广东）', '生物医药', '']
FORMS = ['有限公司', '有限责任公司', '股份有限公司', '（集团）有限公司', '商行', '厂', '事务所', '商行（张三）', '店（个体工商户）']
BRANCHES = ['东莞分公司', '广州营业部', '工会委员会', '第一项目部', '福田支行']
OLD = str.maketrans('广业华东国达贸', '廣業華東國達貿')
SPLITTERS = [' ', '　', '-', '_', '  ', '－', '\u200b']
NOISE = ['', '', '货款', '证书费', '数字证书费用', '13800138000', '12345678901234', '202611010', '2026110100000010', '0755-88886666', '发票No.', '张三代', 'SN']
AMOUNTS = [100, 200, 300, 400, 500, 600, 700, 1000]


def name(rand):
    return rand.choice(PLACES) + rand.choice(WORDS) + rand.choice(TRADES) + rand.choice(FORMS)


def wide(text):
    return ''.join(chr(ord(c) + 0xFEE0) if '!' <= c <= '~' else c for c in text)


def plain(text):
    return ''.join(chr(ord(c) - 0xFEE0) if '！' <= c <= '～' else c for c in text if c not in ' 　·-')


def cut(text, width):
    """As a field of so many GBK bytes leaves it."""
    out, used = '', 0
    for c in text:
        used += 1 if c < '\x80' else 2
        if used > width:
            break
        out += c
    return out


def spaced(rand, text):
    place = rand.randrange(1, len(text))
    return text[:place] + rand.choice([' ', '　', '·', '-']) + text[place:]


def masked(text):
    return ''.join('?' if c in '龘𠮷䶮' else c for c in text)


# How a house's name is shown -> (text, what it is): 'same', 'cut' and 'mask' are the house itself.
def shown(rand, text, others):
    kind = rand.choice(['same'] * 12 + ['spaced', 'wide', 'brackets', 'cut', 'cut', 'mask', 'form', 'branch', 'parent', 'old', 'place', 'person', 'none', 'other', 'beginning'])
    if kind == 'spaced':
        return spaced(rand, text), 'same'
    if kind == 'wide':
        return wide(text), 'same'
    if kind == 'brackets':
        return text.replace('（', rand.choice('([〔【')).replace('）', rand.choice(')]〕】')), 'same'
    if kind == 'cut':
        short = cut(text, rand.choice([38, 39, 40, 44, 50, 60]))
        return (short, 'cut') if short != text else (text, 'same')
    if kind == 'mask':
        short = masked(text)
        return (short, 'mask') if short != text else (text, 'same')
    changed = {'form': text.replace('有限责任公司', '有限公司') if '责任' in text else text.replace('有限公司', '有限责任公司'),
               'branch': text + rand.choice(BRANCHES), 'parent': text[:text.find('公司') + 2], 'old': text.translate(OLD),
               'place': text.replace('市', '', 1).replace('省', '', 1), 'person': rand.choice(['张三', '李四', '欧阳小龘']), 'none': rand.choice([None, ' ', '　']),
               'other': rand.choice(others), 'beginning': text[:rand.randrange(2, 9)]}.get(kind, text)
    return changed, 'same' if changed == text else 'foreign'


def written(rand, number):
    """A number as it must be found."""
    how = rand.randrange(9)
    if how == 0:
        return f'单号{number}，'
    if how == 1:
        return ' '.join([number[:4], number[4:8], number[8:]])
    if how == 2:
        return f'CA{number[:8]}{rand.choice(SPLITTERS)}{number[8:]}/'
    if how == 3:
        return wide(number) + '号'
    if how == 4:
        return f'证书费{number}张三'
    if how == 5:
        return rand.choice(SPLITTERS).join(number) + '；'
    if how == 6:
        return f'No.{number};'
    if how == 7:
        return f'({number})'
    return f'|{number}|'


def spoilt(rand, number):
    """A number that must not be found."""
    how = rand.randrange(5)
    if how == 0:
        return number + str(rand.randrange(10)) + '号'
    if how == 1:
        return '、' + str(rand.randrange(10)) + number
    if how == 2:
        return number[:rand.randrange(5, len(number))]
    if how == 3:
        return number[:-1] + str((int(number[-1]) + 1 + rand.randrange(8)) % 10)
    return number[:8] + '号' + number[8:]


def remark(rand, orders, meant, secret):
    """Texts by field; secret['named'] gains what was written well."""
    fields = {'remark': rand.choice(NOISE) + ';'}
    names = meant if rand.random() < 0.65 else []
    if rand.random() < 0.1:
        names = names + [rand.choice(orders)]
    for order in names:
        field = rand.choice(['remark', 'remark', 'remark', 'purpose', 'summary'])
        secret['named'].add(order['no'])
        fields[field] = fields.get(field, '') + written(rand, order['no']) + '/'
    if len(names) == 2 and rand.random() < 0.15:
        fields['remark'] = rand.choice(['', '单号']) + names[0]['no'] + names[1]['no']
    if rand.random() < 0.08:
        fields['purpose'] = fields.get('purpose', '') + '/' + spoilt(rand, rand.choice(orders)['no'])
    return {field: text for field, text in fields.items() if text}


def account(rand, order, others):
    number = order['account']
    return rand.choice([None, rand.choice(others), '6222****1234', number[:4] + ' ' + number[4:], wide(number)] + [number] * 9)


def amount(rand, meant):
    price = sum(order['price'] for order in meant)
    return rand.choice([price] * 6 + [price - 100, price + 50, price // 2 or 1, rand.choice(AMOUNTS)]) or 100


def line(rand, houses, orders):
    """One wire and its secret."""
    meant = rand.sample(orders, rand.choice([1, 1, 1, 1, 2]))
    if rand.random() < 0.7:
        meant = [order for order in meant if order['house'] == meant[0]['house']]
    house = meant[0]['house'] if rand.random() < 0.9 else rand.randrange(len(houses))
    text, kind = shown(rand, houses[house]['name'], [h['name'] for h in houses])
    secret = {'house': house, 'kind': kind, 'named': set(), 'shown': text}
    payer = account(rand, houses[house], ['62220001'] + [h['account'] for h in houses])
    twin = [k for k, h in enumerate(houses) if plain(h['name']) == plain(text or '')]
    if secret['kind'] == 'cut' and not twin:  # who holds the account, if his name may be the one that was cut
        twin = [k for k, h in enumerate(houses) if payer and plain(payer) == h['account'] and plain(h['name']).startswith(plain(text))]
        if len(twin) == 1:
            secret['house'] = twin[0]
    elif twin:  # whoever he is, the line says that he is this one
        secret.update(house=twin[0], kind='same')
    wire = {'account': rand.choice(['own1', 'own1', 'own2']), 'day': 3 + rand.randrange(8), 'amount': amount(rand, meant), 'direction': 'credit',
            'counterparty_name': text, 'counterparty_account': payer, 'transactions': 2 if rand.random() < 0.01 else 0}
    if rand.random() < 0.4:
        wire['time'] = f'1970-01-{wire["day"] + 1:02}T{rand.randrange(9, 12):02}:00:00'
    if rand.random() < 0.5:
        wire['bank_reference'] = f'SN{rand.randrange(10 ** 8):08}'
    wire.update(remark(rand, orders, meant, secret))
    return wire, secret


def reversal(rand, wires):
    """A debit that takes one of the credits back, or looks like it."""
    wire, secret = rand.choice(wires)
    back = {**wire, 'direction': 'debit', 'reversal': rand.random() < 0.9, 'day': wire['day'] + rand.choice([0, 1, 2, 2, -1])}
    back.pop('bank_reference', None)
    back.pop('time', None)
    if rand.random() < 0.2:
        back['remark'] = '冲正' + wire.get('bank_reference', '')
    if rand.random() < 0.15:
        back['amount'] += 100
    if rand.random() < 0.2:
        back['counterparty_account'] = None
    return {key: value for key, value in back.items() if value is not None}, {**secret, 'reversal': True}


def equal_names(rand, houses):
    """Houses that are easily taken for each other."""
    kind = rand.randrange(4)
    if kind == 0:
        houses[1]['name'] = houses[0]['name'] + rand.choice(BRANCHES)
    if kind == 1:
        houses[1]['name'] = houses[0]['name'].replace('有限公司', '有限责任公司')
    if kind == 2:
        houses[1]['name'] = houses[0]['name'][:20] + '第二分部'
    if rand.random() < 0.05:
        houses[1]['account'] = houses[0]['account']


def world(seed):
    rand = random.Random(seed)
    houses = [{'name': name(rand), 'account': f'40000{k}0{rand.randrange(10 ** 6):06}'} for k in range(3)]
    equal_names(rand, houses)
    orders = []
    for k in range(rand.randrange(3, 9)):
        house = rand.randrange(len(houses))
        orders.append({'no': f'2026110100{rand.randrange(10 ** 5):05}', 'house': house, 'price': rand.choice(AMOUNTS), 'day': 1 + rand.randrange(6),
                       'account': houses[house]['account'], 'state': rand.choice(['open'] * 8 + ['gone', 'online', 'accepted'])})
    orders = list({order['no']: order for order in orders}.values())
    wires = [line(rand, houses, orders) for _ in range(rand.randrange(6, 15))]
    wires += [reversal(rand, wires) for _ in range(rand.choice([0, 0, 1, 2]))]
    rand.shuffle(wires)
    fixed = [[k, o, order['price']] for o, order in enumerate(orders) if order['state'] == 'accepted' and rand.random() < 0.8
             for k in [rand.randrange(len(wires))] if wires[k][0]['direction'] == 'credit' and wires[k][0]['amount'] >= order['price']]
    fixed = list({k: [k, o, price] for k, o, price in fixed}.values())
    rows = [[order['no'], houses[order['house']]['name'], order['account'], order['price'], order['day'], order['state']] for order in orders]
    return [rows, [wire for wire, _ in wires], fixed], [secret for _, secret in wires], [order['house'] for order in orders], [h['name'] for h in houses]


def wrong(made, outcomes):
    """What is wrong about the settlements, by the secrets; None."""
    (orders, lines, fixed), secrets, house_of, names = made
    kept, keeping = {(k, o) for k, o, _ in fixed}, {k for k, _, _ in fixed}
    paid = {}
    for k, (wire, secret, (disposition, _, _, allocations)) in enumerate(zip(lines, secrets, outcomes)):
        if (disposition == 'settled') != bool(allocations) and k not in keeping:
            return f'line {k}: settled without money, or money without settled'
        for o, minor in allocations:
            paid.setdefault(o, []).append((k, minor))
            complaint = (k, o) not in kept and wrong_pair(orders[o], house_of[o], names, wire, secret)
            if complaint:
                return f'line {k}, order {o}: {complaint}'
        if sum(minor for _, minor in allocations) > wire['amount']:
            return f'line {k}: more than there is'
        if allocations and sum(minor for _, minor in allocations) != wire['amount'] and k not in keeping:
            return f'line {k}: a rest is left'
        if allocations and secret['named'] and k not in keeping and {orders[o][0] for o, _ in allocations} != secret['named']:
            return f'line {k}: not the orders that it names'
        if wire['direction'] == 'debit' and allocations:
            return f'line {k}: a debit pays'
    for o, parts in paid.items():
        if sum(minor for _, minor in parts) > orders[o][3]:
            return f'order {o}: paid beyond its price'
        if len(parts) > 1 and any(secrets[k]['named'] != {orders[o][0]} for k, _ in parts if (k, o) not in kept):
            return f'order {o}: several wires that do not each name it'
    return None


def wrong_pair(order, house, names, wire, secret):
    own = plain(wire.get('counterparty_account') or '') == order[2]
    if order[5] != 'open':
        return 'an order that is not open'
    if plain(names[house]) != plain(names[secret['house']]):
        return 'of another house'
    if secret['kind'] == 'foreign':
        return 'a payer that is not the applicant'
    if secret['kind'] in ('cut', 'mask') and not own:
        return 'an uncertain name without the account'
    if not own and order[0] not in secret['named']:
        return 'another account without the number'
    if not secret['named'] and (order[4] > wire['day'] or order[3] != wire['amount']):
        return 'another amount, or an order that came later'
    return None
