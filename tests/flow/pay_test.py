#!/usr/bin/python3
"""Outgoing transfers where things go wrong: the bank refuses, says nothing, gives back, answers on the wrong channel; people hold,
resolve, change accounts. All cmb: pain.001.001.09 out, pain.002 and camt.053 back, over one real SFTP server."""
import os
import shutil

from lib import orders, place, tap
from lib.instance import NUMBERS, OWNER
from lib.world import World, or_skip

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


class Bench:
    def __init__(self):
        self.world = World(place.scratch('pay'), layouts=LAYOUTS, pays=('cmb',))
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.made, self.log = 0, ''

    def orders(self, count):
        """So many new orders, paid online, handed in."""
        made = orders.online(count, start=self.made + 1)
        self.made += count
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), made))
        return made

    def evening(self, days=1):
        for _ in range(days):
            self.bank.close_day()
            for role in ('fetch', 'intake', 'pay', 'intake', 'pay'):
                done = self.yifen.role(role)
                self.log += done.stdout + done.stderr

    def rows(self, order):
        return [row for row in self.yifen.transfers() if row['order_no'] == order['order_no']]

    def states(self, order):
        return [row['state'] for row in self.rows(order)]

    def cases(self, reason):
        return [case for case in self.yifen.cases() if case['reason'] == reason]

    def rounds(self, order):
        return self.yifen.query('SELECT v.state, v.counted, v.field, v.tries FROM verification v JOIN purchase p ON '
                                'p.id = v.purchase_id WHERE p.order_no = ? ORDER BY v.round', order['order_no'])

    def payments(self, order):
        return self.bank.ledger.rows("SELECT * FROM line WHERE other = ? AND kind = 'payment'", order['bank_account']['number'])

    def confirm(self, order):
        return self.yifen.yifen('order', 'code', order['order_no'], self.world.code(order)).returncode


def check_booked(bench):
    """The plain way, to its end: three proofs, and nothing left that could be opened."""
    first, second = bench.orders(2)
    bench.world.turn()
    tap.equal(bench.confirm(first), 0, 'the code verifies before our own statement has come')
    bench.evening()
    tap.equal((bench.states(first), bench.states(second)), (['booked'], ['booked']), 'the statement books both')
    batch = bench.yifen.query('SELECT state, sealed, length(sha256) AS hash FROM batch')
    tap.equal([(row['state'], row['sealed'], row['hash']) for row in batch], [('closed', None, 32)], 'the bytes are wiped, the hash stays')
    shown = bench.yifen.objects('transfer', 'show', bench.rows(first)[0]['reference'])[0]
    tap.ok(shown['debit']['amount'] == '0.01' and shown['bank_status'] == 'ACSC' and shown['batch']['state'] == 'closed',
           'transfer show has instruction, answer and line', shown)
    text = bench.yifen.must('transfer', 'show', bench.rows(first)[0]['reference'])
    tap.ok('三方核对' in text and bench.world.code(first) not in text, 'for people too, without the code', text)
    tap.equal(bench.rounds(second)[0]['state'], 'awaiting_code', 'the round waits for its code')
    tap.ok(bench.log and bench.world.code(first) not in bench.log and bench.world.code(second) not in bench.log, 'no code is in the log')


def check_ours(bench):
    """Our own lack of funds: one case, no word to the applicant, a new reference once somebody has mended it."""
    made = bench.orders(3)
    for order in made:
        bench.world.misbehave(do='reject_funds', account=order['bank_account']['number'], times=1)
    bench.world.turn()
    tap.equal([bench.states(order) for order in made], [['rejected']] * 3, 'the bank refuses for lack of our funds')
    cases = bench.cases('bank_refused')
    tap.ok(len(cases) == 1 and len(cases[0]['card']['refused']) == 3, 'one case for the batch', cases)
    shown = bench.yifen.objects('order', 'show', made[0]['order_no'])[0]
    tap.ok(shown['status'] != 'failed' and 'field' not in shown, 'the applicant is not blamed', shown)
    bench.world.turn()
    tap.equal(bench.states(made[0]), ['rejected'], 'nothing is tried again while the case is open')
    bench.yifen.must('case', 'close', str(cases[0]['id']), '--reason', '已补足备付金')
    bench.world.turn()
    tap.equal(bench.states(made[0]), ['rejected', 'accepted'], 'then a new round goes out')
    tap.equal(len({row['reference'] for row in bench.rows(made[0])}), 2, 'under a new reference')
    tap.equal([row['counted'] for row in bench.rounds(made[0])], [0, 1], 'the round that was refused does not count, the one that was paid does')
    tap.equal([len(bench.payments(order)) for order in made], [1, 1, 1], 'each is paid once')
    tap.equal(bench.confirm(made[0]), 0, 'the new code verifies')


def check_applicant(bench):
    order = bench.orders(1)[0]
    bench.world.misbehave(do='reject_name', account=order['bank_account']['number'])
    bench.world.turn()
    tap.equal([(row['state'], row['field']) for row in bench.rounds(order)], [('failed', 'name')], 'a wrong name fails the round')
    tap.equal(bench.cases('bank_refused'), [], 'and is no case of ours')
    account = order['bank_account']
    bench.yifen.must('order', 'account', order['order_no'], '--name', account['name'], '--number', '6222000011112222', '--bank', account['bank'])
    bench.world.turn()
    tap.equal(bench.states(order), ['rejected', 'accepted'], 'new details make a new round')
    tap.equal(bench.rows(order)[1]['payee_account'], '6222000011112222', 'to the new account')


def check_hold(bench):
    bench.yifen.must('pay', 'hold', 'cmb', '--reason', '演练')
    order = bench.orders(1)[0]
    bench.world.turn()
    tap.equal((bench.states(order), os.listdir(bench.bank.path('in'))), (['planned'], []), 'on hold nothing leaves')
    tap.equal(bench.yifen.yifen('pay', 'release', 'abc').returncode, 1, 'what is not held cannot be released')
    bench.yifen.must('pay', 'release', 'cmb')
    bench.world.turn()
    tap.equal(bench.states(order), ['accepted'], 'released, it goes')


def check_unknown(bench):
    """Silence: unknown after the bank's window, a case, and only evidence ends it."""
    silent, mute = bench.orders(2)
    bench.world.misbehave(do='silent', account=silent['bank_account']['number'], times=1)
    bench.world.misbehave(do='mute', account=mute['bank_account']['number'], times=1)
    bench.world.turn()
    tap.equal(bench.confirm(mute), 0, 'the code verifies although the bank said nothing')
    bench.bank.clock.move_to_day(bench.bank.clock.today(), 23)
    bench.evening(2)
    tap.equal((bench.states(silent), bench.states(mute)), (['unknown'], ['booked']), 'no answer and no line: unknown; a line: booked')
    reference = bench.rows(silent)[0]['reference']
    listed = [row['reference'] for row in bench.yifen.objects('transfers', '--unknown')]
    tap.equal(listed, [reference], 'transfers --unknown names it')
    tap.equal([case['subject'] for case in bench.cases('transfer_unknown')], [f'transfer:{reference}'], 'and a case asks')
    tap.equal(bench.yifen.yifen('order', 'resend', silent['order_no'], '--reason', '没收到').returncode, 1,
              'no new round while the fate is unknown')
    tap.equal(bench.yifen.yifen('transfer', 'resolve', reference, '--as', 'rejected').returncode, 2, 'nothing is resolved without evidence')
    tap.equal(bench.yifen.yifen('transfer', 'resolve', reference, '--as', 'rejected', '--evidence', '  ').returncode, 2, 'blanks are none')
    bench.yifen.must('transfer', 'resolve', reference, '--as', 'rejected', '--evidence', '银行柜台书面确认未处理')
    tap.equal(bench.cases('transfer_unknown'), [], 'resolved, the case is gone')
    bench.world.turn()
    tap.equal(bench.states(silent), ['rejected', 'accepted'], 'and the round is made anew')
    tap.equal(len(bench.payments(silent)), 1, 'the bank paid once')


def check_returned(bench):
    """A fen that bounces, before its code and after."""
    early, late = bench.orders(2)
    bench.world.misbehave(do='bounce', days=1, account=early['bank_account']['number'], times=1)
    bench.world.misbehave(do='bounce', days=2, account=late['bank_account']['number'], times=1)
    bench.world.turn()
    bench.confirm(late)
    bench.evening(4)
    tap.equal((bench.states(early), bench.states(late)), (['returned'], ['returned']), 'bounces are tied to their transfers')
    tap.equal([(row['state'], row['field']) for row in bench.rounds(early)], [('failed', 'name')], 'the round fails and names the field')
    shown = bench.yifen.objects('order', 'show', late['order_no'])[0]
    tap.equal(shown['proof'], 'withdrawn', 'after the code: the proof is withdrawn')
    tap.equal(len(bench.cases('returned_after_verified')), 1, 'and people are asked')
    tap.equal({row['disposition'] for row in bench.yifen.entries() if row.get('return_reason')}, {'returned'}, 'a bounced fen pays nothing')


def check_lines(bench):
    """Debits that are ours, look like ours, or are none of ours; a fen sent back."""
    order = bench.orders(1)[0]
    bench.world.turn()
    account = order['bank_account']
    bench.bank.wire(NUMBERS['cmb'], -1, '陌生公司', '999888777', '办理数字证书编码: 123456')
    bench.bank.wire(NUMBERS['cmb'], -1, account['name'], account['number'], '办理数字证书编码: 654321')
    bench.bank.wire(NUMBERS['cmb'], -500000, '某供应商', '1234567', '货款')
    bench.bank.wire(NUMBERS['cmb'], 1, account['name'], account['number'], '退还')
    bench.evening()
    tap.equal(bench.states(order), ['booked'], 'our own debit is tied')
    tap.equal(len(bench.cases('unknown_debit')), 2, 'debits that look like ours and are not are asked about, by code and account')
    rows = {row.get('counterparty_account'): row for row in bench.yifen.entries() if row['direction'] == 'debit'}
    tap.equal(rows['1234567']['disposition'], 'explained', 'a supplier is ordinary')
    back = [row for row in bench.yifen.entries() if row['direction'] == 'credit' and row.get('counterparty_account') == account['number']]
    tap.equal([row['disposition'] for row in back], ['explained'], 'a fen sent back is explained')


def check_foreign_answer(bench):
    """A status file counts only from the channel that its message went out on."""
    order = bench.orders(1)[0]
    bench.world.misbehave(do='reject_name', account=order['bank_account']['number'], times=1)
    bench.yifen.role('pay')
    bench.bank.step()
    answers = bench.bank.path('answers')
    newest = max((os.path.join(answers, name) for name in os.listdir(answers)), key=lambda path: os.stat(path).st_mtime_ns)
    other = os.path.join(bench.world.home, 'other')
    os.makedirs(other)
    shutil.move(newest, os.path.join(other, 'answer.xml'))
    more = bench.world.channel('other-sftp', answers=other, statements=None, upload=other + '-out')
    more += '[account spare]\nnumber = 1111222233334444\nname = %s\nbank = icbc\npayments = other-sftp\npays = refund\n' % OWNER
    bench.world.configure(more=more)
    for role in ('fetch', 'pay'):
        bench.yifen.role(role)
    tap.equal(bench.states(order), ['accepted'], 'an answer on another channel changes nothing')
    files = bench.yifen.query("SELECT state, reason FROM file WHERE origin = 'channel:other-sftp'")
    tap.equal([(row['state'], row['reason']) for row in files], [('rejected', 'status_foreign')], 'it is refused whole, with its reason')
    shutil.copy(os.path.join(other, 'answer.xml'), os.path.join(answers, 'late.xml'))
    for role in ('fetch', 'pay'):
        bench.yifen.role(role)
    tap.equal(bench.states(order), ['rejected'], 'on its own channel it counts')
    bench.world.configure()


def check_limits(bench):
    """What would be cut at the bank never starts; what is too long for one bank is a case."""
    bench.world.verification['remark'] = '办理数字证书编码，请在网上营业厅输入以下六位数字完成认证: {code}'
    bench.world.configure()
    done = bench.yifen.role('pay', check=False)
    tap.ok(done.returncode == 100 and '附言模板太长' in done.stderr + done.stdout, 'a remark that would be cut stops the role', done.stderr)
    bench.world.verification['remark'] = '办理数字证书编码: {code}'
    bench.world.configure()
    order = orders.online(1, start=900)[0]
    order['bank_account']['name'] = '深圳市' + '很长的名字' * 15 + '有限公司'
    bench.yifen.must('order', 'import', orders.write(os.path.join(bench.world.home, 'orders.jsonl'), [order]))
    bench.world.turn()
    tap.equal(bench.states(order), [], 'a name that the bank cannot hold is not sent cut')
    tap.equal([case['card']['field'] for case in bench.cases('bank_refused')], ['account_name'], 'people are asked')


def main():
    or_skip()
    bench = Bench()
    for check in tap.chosen((check_booked, check_ours, check_applicant, check_hold, check_unknown, check_returned, check_lines,
                             check_foreign_answer, check_limits)):
        check(bench)
    paid = bench.bank.ledger.rows("SELECT reference, count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
    tap.ok({row['times'] for row in paid} <= {1}, 'no reference was paid twice', paid)
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
