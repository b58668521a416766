#!/usr/bin/python3
"""What ends a transfer, days later, and whom it concerns: 退票 and 冲账, a status file that says 'returned', our own lack of funds,
silence. What the applicant is told (over HTTP and by mail), what staff see, what nobody may be told."""
import re
import unicodedata

from lib import hall, orders, place, tap
from lib.instance import NUMBERS
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')
HANDLER = 'handler@example.com'


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)


class Bench:
    def __init__(self):
        self.world = World(place.scratch('evidence'), layouts=LAYOUTS, pays=('cmb',))
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.made = 0

    def orders(self, count):
        made = orders.online(count, start=self.made + 1)
        self.made += count
        for order in made:
            order['handler']['email'] = HANDLER
        self.yifen.must('order', 'import', orders.write(self.world.home + '/orders.jsonl', made))
        return made

    def evening(self, days=1):
        for _ in range(days):
            self.bank.close_day()
            for role in ('fetch', 'intake', 'pay', 'intake', 'pay', 'notify'):
                self.yifen.role(role)

    def transfer(self, order, which=-1):
        return [row for row in self.yifen.transfers() if row['order_no'] == order['order_no']][which]

    def cases(self, reason):
        return [case for case in self.yifen.cases() if case['reason'] == reason]

    def answers(self, *wanted):
        """What the hall is told of these orders."""
        self.yifen.start()
        try:
            return [hall.call(self.yifen, 'GET', f"/v1/orders/{order['order_no']}")[1] for order in wanted]
        finally:
            self.yifen.stop()

    def mails(self, to=HANDLER):
        """To reviewers, daily reports apart; to the handler, those that ask for other details."""
        self.yifen.role('notify')
        return [mail for mail in self.world.smtp.messages()
                if to in mail['to'] and '日报' not in mail['subject'] and (to != HANDLER or '请更正' in mail['subject'])]


def text_of(message):
    return message.get_body(('plain',)).get_content()


def check_bounce(bench):
    """退票, days later: the field in Chinese, the handler is mailed, no try is spent, the round waits for new details."""
    order, told = bench.orders(2)
    bench.world.misbehave(do='bounce', days=3, reason='AC04 账户已销户', account=order['bank_account']['number'], times=1)
    bench.world.misbehave(do='bounce', days=1, reason='BE01 账号户名不符', tell=True, line=False, account=told['bank_account']['number'],
                          times=1)
    bench.world.turn()
    codes = [bench.world.code(one) for one in (order, told)]
    tap.equal(bench.yifen.yifen('order', 'code', order['order_no'], '000000').returncode, 1, 'a wrong code costs a try')
    bench.evening()
    tap.equal(bench.transfer(told)['state'], 'returned', 'a status file that says "returned" is evidence, before our statement shows it')
    tap.equal(bench.transfer(order)['state'], 'booked', 'the other is booked')
    bench.evening(3)
    tap.equal(bench.transfer(order)['state'], 'returned', 'and comes back days later')
    closed, named = bench.answers(order, told)
    tap.equal((closed['field'], closed['field_text'], closed['cause'], closed['cause_text']),
              ('bank_account.number', '账号', 'account_closed', '收款账户已经销户'), 'the answer names field and reason in Chinese')
    tap.equal((named['field_text'], named['cause_text']), ('户名', '户名与账号不符'), 'of the other one too')
    tap.equal(closed['next'], 'correct_account', 'what to do next')
    mails = bench.mails()
    tap.equal(len(mails), 2, 'the handler is mailed, once for each')
    text = '\n'.join(text_of(mail) for mail in mails)
    tap.ok('收款账户已经销户' in text and '户名与账号不符' in text and order['order_no'] in text, 'with reason and number', text)
    told = [mail['subject'] for mail in bench.world.smtp.messages() if HANDLER in mail['to'] and '请更正' not in mail['subject']]
    tap.equal({subject.split('：')[1] for subject in told}, {'0.01 元已转出', '验证码不对'}, 'before that they hear of the fen and of the wrong code')
    text += '\n'.join(text_of(mail) for mail in bench.world.smtp.messages() if HANDLER in mail['to'])
    leaks = [code for code in codes if code in text] + re.findall(order['bank_account']['number'], text)
    tap.equal(leaks, [], 'without a code, without the whole account number')
    bench.world.turn()
    tap.equal(bench.transfer(order)['state'], 'returned', 'nothing is sent again to the old account')
    account = order['bank_account']
    bench.yifen.must('order', 'account', order['order_no'], '--name', account['name'], '--number', '6222000011119999', '--bank', account['bank'])
    bench.world.turn()
    tap.equal(bench.transfer(order)['payee_account'], '6222000011119999', 'new details make a new round')
    tap.equal(bench.answers(order)[0]['tries_left'], 3, 'with all its tries')
    tap.equal(len(bench.mails()), 2, 'and no mail goes out twice')
    shown = bench.yifen.must('transfer', 'show', bench.transfer(order, 0)['reference'])
    tap.ok('退回流水' in shown and 'AC04' in shown and '已付出又退回' in shown, 'transfer show has both lines', shown)
    tap.ok(max(map(width, shown.splitlines())) <= 80, 'within 80 columns', shown)


def check_undone(bench):
    """冲账: our own bank undoes its booking. Nobody's details are wrong, and nothing is paid anew before a person has looked."""
    order = bench.orders(1)[0]
    bench.world.misbehave(do='undo', days=1, account=order['bank_account']['number'], times=1)
    bench.world.turn()
    bench.evening(2)
    tap.equal(bench.transfer(order)['state'], 'returned', 'an undone booking is seen')
    answer = bench.answers(order)[0]
    tap.ok('field' not in answer and 'cause' not in answer and answer['status'] == 'verifying', 'the applicant is not blamed', answer)
    tap.equal(len(bench.mails()), 2, 'nor mailed')
    cases = bench.cases('bank_reversed')
    tap.equal([case['subject'] for case in cases], [f"transfer:{bench.transfer(order)['reference']}"], 'people are asked')
    bench.evening()
    tap.equal(bench.transfer(order)['state'], 'returned', 'nothing is paid anew meanwhile')
    bench.yifen.must('case', 'close', str(cases[0]['id']), '--reason', '银行确认：原记账有误，未付出')
    bench.world.turn()
    tap.equal((bench.transfer(order)['state'], bench.transfer(order)['round']), ('accepted', 2), 'then a new round goes out')


def check_ours(bench):
    """Funds and authorisation are ours: neither answer nor mail says a word about the applicant's details."""
    made = bench.orders(2)
    for order in made:
        bench.world.misbehave(do='reject_funds', account=order['bank_account']['number'], times=1)
    bench.world.turn()
    for answer in bench.answers(*made):
        tap.ok(answer['status'] == 'verifying' and answer['next'] == 'wait' and not {'field', 'field_text', 'cause', 'cause_text'} & set(answer),
               'the hall is told that it takes longer, and nothing of its details', answer)
    tap.equal(len(bench.mails()), 2, 'no handler is mailed')
    cases = bench.cases('bank_refused')
    tap.equal(len(cases), 1, 'one case for the batch')
    bench.yifen.must('case', 'close', str(cases[0]['id']), '--reason', '已补足备付金')
    bench.world.turn()


def check_words(bench):
    """What banks write where they mark nothing: words with blanks, letters and digits full-width."""
    back, undone, plain = bench.orders(3)
    number = NUMBERS['cmb']
    bench.world.turn()
    bench.evening()
    for order, words in ((back, '退 汇 账号不存在'), (undone, '记账有误　冲 正'), (plain, '还给你们')):
        bench.bank.wire(number, 1, order['bank_account']['name'], order['bank_account']['number'], words)
    before = len(bench.cases('unknown_debit'))
    bench.bank.wire(number, -1, '陌生公司', '999888777', '办理数字证书编码：１２３４５６')
    bench.bank.wire(number, -800, '陌生公司', '999888777', '办理数字证书编码： 123456')
    bench.bank.wire(number, -800, plain['bank_account']['name'], plain['bank_account']['number'], '货款')
    bench.bank.wire(number, -50, '', '', '手续费')
    bench.evening()
    tap.equal([bench.transfer(order)['state'] for order in (back, undone, plain)], ['returned', 'returned', 'booked'],
              'a 退票 and a 冲账 by their words alone; a fen that the payee sends back by itself is none of them')
    answers = bench.answers(back, undone)
    tap.equal((answers[0]['cause'], 'cause' in answers[1]), ('number_wrong', False), 'only the 退票 names a field')
    tap.equal(len(bench.cases('unknown_debit')) - before, 2, 'debits with our words that nothing planned are asked about, ordinary ones not')


def check_unknown(bench):
    """Silence: a list with since when and what will end it, one alarm."""
    before = len(bench.mails('shenhe@example.com'))
    order = bench.orders(1)[0]
    bench.world.misbehave(do='silent', account=order['bank_account']['number'], times=1)
    bench.world.turn()
    bench.bank.clock.move_to_day(bench.bank.clock.today(), 23)
    bench.evening(2)
    row = bench.yifen.objects('transfers', '--unknown')[0]
    tap.equal((row['reference'], row['overdue']), (bench.transfer(order)['reference'], True), 'the list names it, and that the bank had its time')
    tap.equal([end['by'] for end in row['ends']], ['statement', 'person'], 'what will end it')
    text = bench.yifen.must('transfers', '--unknown')
    tap.ok(all(word in text for word in ('起结果不明', '已超过银行时限', '对账单', '0.01 元')), 'for people too', text)
    tap.ok(max(map(width, text.splitlines())) <= 80, 'within 80 columns', text)
    mails = bench.mails('shenhe@example.com')[before:]
    tap.equal([mail['subject'] for mail in mails], ['有付款结果不明，已超过银行时限'], 'an alarm goes out')
    tap.ok(row['reference'] in text_of(mails[0]) and '对账单' in text_of(mails[0]), 'it says what will end it', text_of(mails[0]))
    bench.evening(2)
    alarms = [mail for mail in bench.mails('shenhe@example.com')[before:] if mail['subject'] == mails[0]['subject']]
    tap.equal(len(alarms), 1, 'once')
    ids = [mail['message-id'] for mail in bench.world.smtp.messages()]
    tap.equal(len(ids), len(set(ids)), 'under an id of its own')
    bench.evening(3)
    row = bench.yifen.objects('transfers', '--unknown')[0]
    tap.equal((row['state'], [end['by'] for end in row['ends']]), ('unknown', ['person']),
              'statements that cover every day without it end nothing by themselves')
    shown = bench.yifen.must('transfer', 'show', row['reference'])
    tap.ok('都没有这笔扣款' in shown and '由人工认定' in shown, 'they are shown to the person who decides', shown)
    tap.ok(max(map(width, shown.splitlines())) <= 80, 'within 80 columns', shown)


def main():
    or_skip()
    bench = Bench()
    for check in (check_bounce, check_undone, check_ours, check_words, check_unknown):
        check(bench)
    paid = bench.bank.ledger.rows("SELECT reference, count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
    tap.equal({row['times'] for row in paid}, {1}, 'no reference was paid twice')
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
