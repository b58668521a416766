"""A second matcher, as simple as possible, to set against rules/match*.c. Written from the rules that never bend (design and the
headers match.h, name.h, number.h), not from the code: no indices, no boards; every question is asked of every pair.

decide(world) takes and returns what tests/match/judge.c reads and writes, without case numbers and rule names."""
import functools
import itertools
import re
import unicodedata

# ---- names ----

GONE = set(".·•・‧∙⋅'\"‘’‚‛“”„‟`´′″-‐‑‒–—―−")
BRACKETS = dict(zip('[{〔【〖〘〚]}〕】〗〙〛', '(((((((' + ')))))))'))
BRANCH = re.compile('(分公司|支公司|分行|支行|分店|门店|营业部|经营部|办事处|联络处|分部|分院|分校|分厂|分所|分社|分会|项目部|工会委员会|工会|门市部|营业所)$')
HOUSE = '公司|厂|店|院|校|大学|中心|协会|学会|银行|集团|合作社|商会|事务所|委员会|有限合伙\\)'
WHOLE = re.compile('(' + HOUSE.replace('集团|', '') + ')$')
VARIANTS = str.maketrans('發発廣東國業華電爲為興豐龍鵬貿實長達億萬臺環聯網術務設計車門雲鋒偉貴寶島嶽製機飛',
                         '发发广东国业华电为为兴丰龙鹏贸实长达亿万台环联网术务设计车门云锋伟贵宝岛岳制机飞')


@functools.lru_cache(5000)
def normal(name):
    out = ''
    for c in unicodedata.normalize('NFKC', name or ''):
        if c in GONE or c.isspace() or unicodedata.category(c) in ('Zs', 'Cc', 'Cf'):
            continue
        c = BRACKETS.get(c, c)
        out += '?' if c in '\ufffd\u25a1' or unicodedata.category(c) == 'Co' else c.upper()
    return out


def house_and_branch(name):
    """The parent's name and the branch behind it: up to the last word for a house before a word for a branch."""
    found = BRANCH.search(name)
    if not found:
        return name, ''
    head = name[:found.start()]
    ends = [head.rindex(word) + len(word) for word in HOUSE.replace('\\', '').split('|') if word in head]
    return (name[:max(ends)], name[max(ends):]) if ends else (name, '')


@functools.lru_cache(5000)
def stem(name):
    name, branch = house_and_branch(name)
    name = re.sub(r'(?<=....)\([^(]{0,5}\)$', '', name).translate(VARIANTS)
    name = name.replace('有限责任公司', '有限公司').replace('股份有限公司', '有限公司').replace('(股份)有限公司', '有限公司')
    name = name.replace('(', '').replace(')', '')
    for suffix, last in ('省', 3), ('市', 7):
        place = name.find(suffix)
        if 2 <= place <= last and len(name) - place >= 5:
            name = name[:place] + name[place + 1:]
    return name, branch


def is_branch(end):
    """What a branch adds to its parent's name, and no part of the parent's besides."""
    found = BRANCH.search(end)
    return bool(found) and not re.search(HOUSE, end[:found.start()])


def wild(payer, applicant):
    literal = len(payer.replace('?', ''))
    guessed = len(applicant) - literal
    pattern = re.sub(r'(\\\?)+', lambda m: r'[^\x00-\x3e\x40-\x7f]{1,%d}' % (len(m[0]) // 2), re.escape(payer))
    return 0 < payer.count('?') <= 8 and literal >= 4 and guessed >= 0 and literal >= 2 * guessed and re.fullmatch(pattern, applicant)


@functools.lru_cache(5000)
def grade(payer, applicant):
    a, b = normal(payer), normal(applicant)
    if not a or not b:
        return 'none'
    if a == b and '?' not in a:
        return 'same'
    width = sum(1 if c < '\x80' else 2 for c in payer.strip())
    if b.startswith(a) and len(a) < len(b) and width >= 38 and not WHOLE.search(a) and not is_branch(b[len(a):]) and '?' not in a:
        return 'truncated'
    if wild(a, b):
        return 'wildcard'
    left, right = stem(a), stem(b)
    if left[0] and left[0] == right[0]:
        return 'legal_form' if left[1] == right[1] else 'branch'
    short, long = sorted((a, b), key=len)
    if not long.startswith(short) or len(short) < 4 or a == b:
        return 'other'
    return 'branch' if WHOLE.search(short) or (short == a and is_branch(b[len(a):])) else 'legal_form' if short == a else 'other'


@functools.lru_cache(5000)
def account(number):
    text = re.sub(r'[\s-]', '', unicodedata.normalize('NFKC', number or '')).upper()
    return text if re.fullmatch('[0-9A-Z]+', text) else None


# ---- numbers ----

BETWEEN = set(' -_\u2010\u2011\u2012\u2013\u2014\u2015\u2212')


def between(c):
    return c in BETWEEN or c.isspace() or unicodedata.category(c) in ('Zs', 'Cf')


@functools.lru_cache(5000)
def named(text, numbers):
    """Which of the numbers stand in the text."""
    text = unicodedata.normalize('NFKC', text or '').upper()
    solid = ''.join(c for c in text if not between(c))
    gaps, length = {0}, 0  # places in the solid text before which something was left out
    for c in text:
        length += not between(c)
        gaps.add(length if between(c) else 0)

    def alone(place):
        """No two digits touch here."""
        return place in gaps or not (solid[place - 1:place].isdigit() and solid[place:place + 1].isdigit())

    found = set()
    for number in numbers:
        place = solid.find(number)
        while place >= 0:
            if alone(place) and alone(place + len(number)):
                found.add(number)
            place = solid.find(number, place + 1)
    for run in re.findall('[0-9]+', solid):
        for split in splits(run, numbers):
            found |= set(split)
    return found


def splits(digits, numbers):
    if not digits:
        return [[]]
    return [[n] + rest for n in numbers if digits.startswith(n) for rest in splits(digits[len(n):], numbers)]


# ---- who pays ----

def payer(line, order):
    how = grade(line.get('counterparty_name'), order['name'])
    same = account(line.get('counterparty_account')) is not None and account(line.get('counterparty_account')) == account(order['account'])
    if how == 'same':
        return 'self' if same else 'elsewhere'
    if how in ('truncated', 'wildcard'):
        return 'self' if same else 'related'
    if how in ('legal_form', 'branch'):
        return 'related'
    if how == 'none':
        return 'nameless'
    return 'account' if same else 'stranger'


def connected(line, order):
    """May the order come into question at all?"""
    key = stem(normal(line.get('counterparty_name')))[0]
    own = account(line.get('counterparty_account'))
    return order['no'] in line['named'] or (key and key == stem(normal(order['name']))[0]) or (own and own == account(order['account']))


# ---- the decision ----

class Scene:
    def __init__(self, world):
        self.orders = [dict(zip(('no', 'name', 'account', 'price', 'day', 'state'), order)) for order in world[0]]
        self.lines = [dict(line) for line in world[1]]
        numbers = tuple(order['no'] for order in self.orders if len(order['no']) >= 10)
        for place, line in enumerate(self.lines):
            line['place'], line['paid'], line['verdict'], line['partner'] = place, {}, None, -1
            line['named'] = set().union(*(named(line.get(field), numbers) for field in ('remark', 'purpose', 'summary')))
        for place, order in enumerate(self.orders):
            order['place'] = place
            order['due'] = order['price'] if order['state'] == 'open' else 0
        for line in self.lines:
            line['near'] = [order for order in self.orders if connected(line, order)]
            line['payer'] = {order['no']: payer(line, order) for order in line['near']}
            doubt_shared(line)
        self.turn = sorted(self.lines, key=lambda l: (l['day'], not l.get('time'), l.get('time') or '', l['account'], l['place']))
        for entry, order, amount in world[2]:
            self.lines[entry]['paid'][order] = amount
            self.lines[entry]['fixed'] = True
            self.orders[order]['due'] = max(self.orders[order]['due'] - amount, 0)

    def left(self):
        return [line for line in self.turn if line['verdict'] is None]


def doubt_shared(line):
    """A name that was cut, or holds '?', may be that of two applicants who share the account: then it is neither's."""
    holder = account(line.get('counterparty_account'))
    maybe = [order for order in line['near'] if holder and holder == account(order['account']) and order['state'] != 'gone' and
             grade(line.get('counterparty_name'), order['name']) not in ('same', 'other', 'none')]
    if len({normal(order['name']) for order in maybe}) > 1:
        for order in maybe:
            line['payer'][order['no']] = 'related'


def conclude(line, disposition, reason=None):
    line['verdict'] = disposition, reason


def settle(line, orders):
    for order in orders:
        line['paid'][order['place']] = order['due']
        order['due'] = 0
    conclude(line, 'settled')


def own(line, kinds=('self', 'elsewhere')):
    """Open orders of the payer's own."""
    return [order for order in line['near'] if line['payer'][order['no']] in kinds and order['due'] > 0]


def decide(world):
    scene = Scene(world)
    reversals(scene)
    for line in scene.left():
        if line.get('fixed'):
            keep(line)
    for line in scene.left():
        if line.get('transactions', 0) > 1:
            conclude(line, 'review', 'combined')
        elif not line['near'] and normal(line.get('counterparty_name')).startswith(('支付宝(中国)', '财付通支付科技', '银联商务', '拉卡拉支付', '网银在线(北京)')):
            conclude(line, 'explained')
    by_number(scene)
    by_payer(scene)
    for line in scene.left():
        conclude(line, *doubt(line, scene))
    return [[*line['verdict'], line['partner'], sorted(line['paid'].items())] for line in scene.lines]


def keep(line):
    """What is fixed stays; the rest of the money still settles when the line names all its orders and the sum is exact."""
    orders = [order for order in own(line) if order['no'] in line['named']]
    rest = line['amount'] - sum(line['paid'].values())
    if len(line['named']) > 1 and len(line['paid']) + len(orders) == len(line['named']) and rest == sum(order['due'] for order in orders):
        settle(line, orders)
    conclude(line, 'settled')


def by_number(scene):
    def mine(line):
        """The orders that it names, if all are the payer's own and open."""
        orders = [order for order in own(line) if order['no'] in line['named']]
        return orders if len(orders) == len(line['named']) else []

    for line in scene.left():
        if len(mine(line)) == 1 and mine(line)[0]['due'] == line['amount']:
            settle(line, mine(line))
    for order in scene.orders:
        parts, left = [], order['due']
        for line in scene.left():
            if left > 0 and mine(line) == [order]:
                parts.append(line)
                left -= line['amount']
        if left == 0 and len(parts) > 1:
            for line in parts:
                line['paid'][order['place']] = line['amount']
                conclude(line, 'settled')
            order['due'] = 0
    for line in scene.left():
        if len(mine(line)) > 1 and sum(order['due'] for order in mine(line)) == line['amount']:
            settle(line, mine(line))


def by_payer(scene):
    for line in scene.left():
        early = [order for order in own(line) if order['day'] <= line['day']]
        fit = [order for order in early if order['due'] == line['amount'] and line['payer'][order['no']] == 'self']
        if not line['named'] and len(fit) == 1 and not sums(early, line['amount']):
            settle(line, fit)


def sums(orders, amount):
    """Do two or more of them add up to it?"""
    return any(sum(order['due'] for order in some) == amount
               for count in range(2, len(orders) + 1) for some in itertools.combinations(orders, count))


def doubt(line, scene):
    """Why a person must look, the gravest reason first."""
    return doubt_named(line) if line['named'] else doubt_unnamed(line)


def doubt_named(line):
    orders = [order for order in line['near'] if order['no'] in line['named']]
    kinds = {line['payer'][order['no']] for order in orders}
    if any(order['state'] == 'gone' for order in orders):
        return 'review', 'order_closed'
    if kinds & {'related', 'account', 'stranger'} and own(line):
        return 'review', 'contradiction'
    for kind, reason in ('related', 'name_differs'), ('account', 'third_party'), ('stranger', 'third_party'), ('nameless', 'unknown_payer'):
        if kind in kinds:
            return 'review', reason
    if any(order['due'] == 0 for order in orders):
        return 'review', 'already_paid'
    if len(orders) == 1:
        return 'review', 'short' if line['amount'] < orders[0]['due'] else 'over'
    return 'review', 'combined'


def doubt_unnamed(line):
    early = [order for order in line['near'] if order['day'] <= line['day'] and order['state'] != 'gone']
    mine = [order for order in early if line['payer'][order['no']] in ('self', 'elsewhere')]
    due = [order for order in mine if order['due'] > 0]
    if any(order['due'] == line['amount'] and line['payer'][order['no']] == 'self' for order in due):
        return 'review', 'ambiguous'
    if sums(due, line['amount']):
        return 'review', 'combined'
    if any(order['due'] == line['amount'] for order in due):
        return 'review', 'account_differs'
    if any(order['due'] == 0 and order['price'] == line['amount'] for order in mine):
        return 'review', 'already_paid'
    if any(order['due'] > line['amount'] for order in due):
        return 'review', 'short'
    if due:
        return 'review', 'over'
    if own(line):
        return 'review', 'late_order'
    for kinds, reason in (('related',), 'name_differs'), (('account',), 'third_party'), (('nameless',), 'unknown_payer'):
        if own(line, kinds):
            return 'review', reason
    return 'pending', 'unknown_payer'


# ---- reversals ----

def fits(reversal, credit):
    """3: it shows the credit's reference; 2: same payer, same orders named; 1: same payer; 0."""
    if (credit['direction'] != 'credit' or credit['verdict'] or credit['amount'] != reversal['amount'] or credit['account'] != reversal['account']
            or credit['day'] > reversal['day'] or (credit['day'] == reversal['day'] and (credit.get('time') or '') > (reversal.get('time') or '~'))):
        return 0
    reference = credit.get('bank_reference') or ''
    if len(reference) >= 8 and (reversal.get('bank_reference') == reference or
                                any(reference in (reversal.get(field) or '') for field in ('remark', 'purpose', 'summary'))):
        return 3
    here, there = account(reversal.get('counterparty_account')), account(credit.get('counterparty_account'))
    if here is None or here != there or grade(reversal.get('counterparty_name'), credit.get('counterparty_name')) != 'same':
        return 0
    return 2 if reversal['named'] and reversal['named'] == credit['named'] else 1


def best(reversal, lines):
    marks = [fits(reversal, line) for line in lines]
    return [line for line, mark in zip(lines, marks) if mark and mark == max(marks)]


def freeze(line):
    if line['verdict'] is None:
        conclude(line, 'review', 'reversed')


def reversals(scene):
    debits = [line for line in scene.turn if line['direction'] == 'debit']
    while True:
        found = [best(debit, scene.turn) for debit in debits]
        sole = [f[0]['place'] for f in found if len(f) == 1]
        pairs = [(debit, f[0]) for debit, f in zip(debits, found) if len(f) == 1 and sole.count(f[0]['place']) == 1]
        for debit, credit in pairs:
            debit['partner'], credit['partner'] = credit['place'], debit['place']
            for line in debit, credit:
                conclude(line, *(('review', 'reversed') if credit.get('fixed') else ('explained', 'reversed')))
            debits.remove(debit)
        if not pairs:
            break
    found = [best(debit, scene.turn) for debit in debits]
    for debit, credits in zip(debits, found):
        if not credits and not debit.get('reversal') and not debit['near']:
            conclude(debit, 'explained')
            continue
        freeze(debit)
        for credit in credits:
            freeze(credit)
