#!/usr/bin/python3
"""Outgoing transfers against a bank that contradicts itself, repeats itself and is badly kept; a disk that fails; a clock that jumps.
All cmb: pain.001.001.09 out, pain.002 and camt.053 back, over one real SFTP server."""
import datetime
import glob
import os
import socket
import subprocess
import threading

from lib import orders, place, tap
from lib.instance import NUMBERS
from lib.world import World, or_skip

from bank import pain002  # lib puts it on the path

LAYOUTS = dict(icbc='camt.053.001.02', abc='camt.053.001.02')


class Cutter:
    """A line to the bank that breaks after so many bytes from one side."""

    def __init__(self, port):
        self.port, self.side, self.left = port, 0, None
        self.listener = socket.create_server(('127.0.0.1', 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def cut_after(self, side, count):
        self.side, self.left = side, count

    def accept(self):
        while True:
            ours = self.listener.accept()[0]
            bank = socket.create_connection(('127.0.0.1', self.port))
            for side, pair in enumerate(((ours, bank), (bank, ours))):
                threading.Thread(target=self.carry, args=(side, *pair), daemon=True).start()

    def carry(self, side, source, target):
        try:
            while data := source.recv(4096):
                if self.left is not None and side == self.side:
                    data, self.left = data[:self.left], self.left - len(data)
                    if self.left <= 0:
                        target.sendall(data)
                        break
                target.sendall(data)
        except OSError:
            pass
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Bench:
    def __init__(self, **more):
        self.world = World(place.scratch('hostile'), layouts=LAYOUTS, pays=('cmb',), **more)
        self.yifen, self.bank = self.world.yifen, self.world.bank
        self.made = self.answered = 0

    def order(self):
        made = orders.online(1, start=self.made + 1)
        self.made += 1
        self.yifen.must('order', 'import', orders.write(os.path.join(self.world.home, 'orders.jsonl'), made))
        return made[0]

    def roles(self, *names):
        for name in names:
            self.yifen.role(name)

    def evening(self, days=1):
        for _ in range(days):
            self.bank.close_day()
            self.roles('fetch', 'intake', 'pay', 'intake', 'pay')

    def rows(self, order):
        return [row for row in self.yifen.transfers() if row['order_no'] == order['order_no']]

    def states(self, order):
        return [row['state'] for row in self.rows(order)]

    def batch_of(self, order):
        return self.yifen.query('SELECT b.message_id, b.state FROM transfer t JOIN purchase p ON p.id = t.purchase_id JOIN '
                                'batch b ON b.id = t.batch_id WHERE p.order_no = ? ORDER BY t.id DESC', order['order_no'])[0]

    def cases(self, reason):
        return [case for case in self.yifen.cases() if case['reason'] == reason]

    def rounds(self, order):
        return self.yifen.query('SELECT v.state, v.counted, v.tries FROM verification v JOIN purchase p ON p.id = v.purchase_id '
                                'WHERE p.order_no = ? ORDER BY v.round', order['order_no'])

    def payments(self, order):
        return self.bank.ledger.rows("SELECT * FROM line WHERE other = ? AND kind = 'payment'", order['bank_account']['number'])

    def answer(self, order, message=None, group=None, **status):
        """An answer of the bank, made up: about this order's newest transfer, or the whole message."""
        self.answered += 1
        answers = [dict(end_to_end=self.rows(order)[-1]['reference'], block='B', **status)] if status else []
        data = pain002.write('pain.001.001.09', f'H{self.answered}', self.bank.clock.now(), message or self.batch_of(order)['message_id'],
                             answers, group=group)
        self.bank._publish('answers', f'h{self.answered}.xml', data)
        self.roles('fetch', 'pay')
        return self.yifen.query("SELECT state, reason FROM file WHERE kind = 'status' ORDER BY id DESC LIMIT 1")[0]

    def line(self, order, fen, remark='', reference='', number=None, kind='wire', reason=None):
        """A line of our statement; camt carries the reference."""
        now = self.bank.clock.now()
        return self.bank.ledger.add_line(account=NUMBERS['cmb'], day=str(now.date()), time=now.strftime('%H:%M:%S'), amount=fen,
                                         name=order['bank_account']['name'], other=number or order['bank_account']['number'],
                                         bank='', remark=remark, reference=reference, kind=kind, reason=reason)


def check_answers(bench):
    """What the bank says about a message that it has done."""
    order, other = bench.order(), bench.order()
    bench.world.misbehave(do='mute', any=True, times=2)
    bench.world.turn()
    file = bench.answer(order, message='MNOBODYKNOWSTHIS1', status='RJCT', reason='AM04', text='余额不足')
    tap.equal((file['state'], file['reason']), ('rejected', 'status_foreign'), 'a message id that is none of ours is refused whole')
    bench.answered += 1
    stranger = [dict(end_to_end='Y0000000000000000', block='B', status='RJCT', reason='BE01', text=''),
                dict(end_to_end=bench.rows(order)[0]['reference'], block='B', status='RJCT', reason='BE01', text='')]
    bench.bank._publish('answers', 'stranger.xml', pain002.write('pain.001.001.09', 'H0', bench.bank.clock.now(),
                                                                 bench.batch_of(order)['message_id'], stranger))
    bench.roles('fetch', 'pay')
    tap.equal(bench.states(order), ['accepted'], 'one foreign reference: the whole file says nothing')
    bench.answer(order, status='rjct', reason='BE01', text='')
    tap.equal(bench.states(order), ['accepted'], 'a status in lower case is no status')
    for status in ('PDNG', 'RCVD', 'PART'):
        bench.answer(order, status=status)
    tap.equal(bench.states(order), ['accepted'], 'what is under way stays so')
    bench.answer(order, status='ACSC')
    bench.answer(order, group='RJCT')
    tap.equal((bench.states(order), bench.states(other)), (['accepted'], ['rejected']),
              'settled, then the whole message refused without a reason: nothing is undone, the other is refused')
    tap.equal(len(bench.cases('transfer_contradiction')), 1, 'and the contradiction is a case')
    bench.answer(order, group='RJCT')
    tap.equal(bench.states(order), ['accepted'], 'said again it is not believed either')
    for case in bench.cases('bank_refused'):
        bench.yifen.must('case', 'close', str(case['id']), '--reason', '已核实')
    bench.world.turn()
    tap.equal((len(bench.payments(order)), bench.states(order)), (1, ['accepted']), 'no second fen leaves')
    bench.evening()
    tap.equal(bench.states(order), ['booked'], 'the statement decides')
    tap.equal(bench.states(other), ['booked', 'booked'],
              'the other was refused, paid anew, and its first debit shows after all: contradicted, but tied')
    tap.equal(len(bench.cases('transfer_contradiction')), 2, 'and people are asked')


def check_wrong_message(bench):
    """An answer to one message speaks of a transfer of another; one comes after our own statement."""
    order = bench.order()
    bench.world.misbehave(do='mute', any=True, times=2)
    bench.world.turn()
    other = bench.order()
    bench.world.turn()
    bench.answer(order, message=bench.batch_of(other)['message_id'], status='RJCT', reason='BE01', text='')
    tap.equal((bench.states(order), bench.states(other)), (['accepted'], ['accepted']), 'of a transfer that its message does not hold: nothing')
    bench.evening()
    bench.answer(order, status='RJCT', reason='BE01', text='')
    tap.equal(bench.states(order), ['booked'], 'what our statement has shown no answer undoes')


def check_debits(bench):
    """The bank pays twice under one reference."""
    order = bench.order()
    bench.world.turn()
    reference, remark = bench.rows(order)[0]['reference'], bench.world.phone(order)[-1]
    bench.line(order, -1, remark, reference)
    before = len(bench.cases('unknown_debit'))
    bench.evening()
    tap.equal(bench.states(order), ['booked'], 'a second debit under one reference: the transfer is booked')
    tap.equal(len(bench.cases('unknown_debit')), before + 1, 'and the second is a case')
    asked = [case['subject'] for case in bench.cases('transfer_contradiction')]
    tap.ok(f'transfer:{reference}' in asked, 'the transfer too', asked)
    order = bench.order()
    bench.world.turn()
    bench.line(order, -1, bench.world.phone(order)[-1], bench.rows(order)[0]['reference'], number='123454321')
    bench.evening()
    tap.equal(len(bench.cases('unknown_debit')), before + 2, 'our reference to a stranger is a case')


def check_newest_first(bench):
    """A bounce of the same day, without a reference, listed before its debit."""
    order = bench.order()
    bench.world.turn()
    paid = bench.payments(order)[0]
    bench.bank.ledger.run('UPDATE line SET id = id + 10 WHERE id = ?', paid['id'])
    bench.bank.ledger.run("INSERT INTO line (id, account, day, time, amount, name, other, bank, remark, reference, kind, reason) VALUES "
                          "(?, ?, ?, ?, 1, ?, ?, '', '退汇', '', 'wire', 'BE01 账号户名不符')", paid['id'], paid['account'],
                          paid['day'], paid['time'], paid['name'], paid['other'])
    before = len(bench.cases('unknown_return'))
    bench.evening()
    tap.equal((bench.states(order), len(bench.cases('unknown_return'))), (['returned'], before), 'a bounce listed before its debit is tied')


def check_silence_after_settled(bench):
    """ACSC, and no line ever."""
    order = bench.order()
    bench.world.misbehave(do='silent', account=order['bank_account']['number'], times=1)
    bench.world.turn()
    bench.answer(order, status='ACSC')
    bench.evening(9)
    tap.equal(bench.states(order), ['unknown'], 'settled without a line on our statement: unknown after a week')
    tap.ok(f"transfer:{bench.rows(order)[0]['reference']}" in [case['subject'] for case in bench.cases('transfer_unknown')],
           'and a case asks')


def check_mended_rounds_end(bench):
    """One round refused for our reasons, then wrong codes: the rounds still end."""
    order = bench.order()
    bench.world.misbehave(do='reject_funds', account=order['bank_account']['number'], times=1)
    bench.world.turn()
    for case in bench.cases('bank_refused'):
        bench.yifen.must('case', 'close', str(case['id']), '--reason', '已补足')
    for _ in range(3):
        bench.world.turn()
        right = bench.world.code(order)
        for guess in range(3):
            bench.yifen.yifen('order', 'code', order['order_no'], f'{(int(right) + 1 + guess) % 1000000:06d}')
        bench.evening()
        bench.yifen.yifen('order', 'resend', order['order_no'], '--reason', '再试')
    bench.world.turn()
    bench.evening()
    tap.equal([row['counted'] for row in bench.rounds(order)], [0, 1, 1, 1], 'three rounds count, and there is no fourth')
    tap.equal(len(bench.payments(order)), 3, 'three fens')
    tap.ok(any(order['order_no'] in case['subject'] for case in bench.cases('proof_impossible')), 'then people are asked')


def check_waits_quietly(bench):
    """What must wait for tomorrow does not keep the machine busy."""
    order = bench.order()
    bench.world.misbehave(do='reject_funds', account=order['bank_account']['number'], times=1)
    bench.world.turn()
    bench.world.verification.update(daily_count=1)
    bench.world.configure()
    for case in bench.cases('bank_refused'):
        bench.yifen.must('case', 'close', str(case['id']), '--reason', '已补足')
    other = bench.order()
    done = bench.yifen.role('pay', timeout=20, check=False)
    tap.equal(done.returncode, 0, 'the role comes to rest')
    bench.world.verification.pop('daily_count')
    bench.world.configure()
    bench.evening()
    bench.world.turn()
    tap.equal((bench.states(order)[-1], bench.states(other)[-1]), ('accepted', 'accepted'), 'the next day both leave')
    bench.evening()


def check_echo(bench):
    """A wire whose remark carries our code back."""
    order = bench.order()
    bench.world.turn()
    code = bench.world.code(order)
    bench.line(order, 104800, f'办理数字证书编码: {code}')
    bench.line(order, 104800, f'办理数字证书编码：{code}')
    bench.evening()
    dump = subprocess.run(['sqlite3', bench.yifen.path('store.db'), '.dump'], capture_output=True, text=True, check=False).stdout
    if dump:
        tap.ok(f': {code}' not in dump and f'：{code}' not in dump, 'an echoed code is not in the store')
    shown = bench.yifen.must('entries', '--json') + bench.yifen.must('transfers', '--json')
    tap.ok(f': {code}' not in shown and f'：{code}' not in shown, 'nor in entries')


def check_names(bench):
    """Odd things in the bank's folders stand in nobody's way."""
    answers = bench.bank.path('answers')
    os.mkdir(os.path.join(answers, '0-a-folder'))
    os.symlink('/etc/passwd', os.path.join(answers, '0-a-link'))
    os.mkfifo(os.path.join(answers, '0-a-pipe'))
    with open(os.path.join(answers, '0-' + 'x' * 240 + '.xml'), 'w', encoding='utf-8') as file:
        file.write('<x/>')
    with open(os.path.join(answers, '0-a\nb.xml'), 'w', encoding='utf-8') as file:
        file.write('<y/>')
    closed = os.path.join(answers, '0-closed.xml')
    with open(closed, 'w', encoding='utf-8') as file:
        file.write('<z/>')
    os.chmod(closed, 0)
    order = bench.order()
    bench.world.turn()
    tap.equal(bench.rows(order)[0].get('bank_status'), 'ACSC', 'the answer behind them is read')
    files = {row['name']: row['state'] for row in bench.yifen.query("SELECT name, state FROM file WHERE name LIKE '0-%'")}
    tap.ok('0-a-link' not in files and '0-a-pipe' not in files, 'links and pipes are not followed', files)
    os.chmod(closed, 0o600)
    bench.evening()


def check_upload(bench):
    """The upload folder is taken away, and names in it are taken."""
    folder = bench.bank.path('in')
    order = bench.order()
    os.rename(folder, folder + '.away')
    bench.roles('pay')
    tap.equal((bench.states(order), bench.batch_of(order)['state']), (['sending'], 'uploading'), 'without a folder it waits')
    tap.equal(bench.cases('bank_unreachable'), [], 'at first in silence')
    bench.bank.clock.move_to_day(bench.bank.clock.today(), 15)
    bench.roles('pay')
    tap.equal([case['subject'] for case in bench.cases('bank_unreachable')], ['channel:bank-sftp'], 'after hours people are told')
    os.rename(folder + '.away', folder)
    name = os.path.join(folder, bench.batch_of(order)['message_id'] + '.xml')
    with open(name + '.tmp', 'w', encoding='utf-8') as file:
        file.write('x' * 100000)  # an earlier, longer try
    bench.roles('pay')
    tap.ok(os.path.exists(name) and os.path.getsize(name) < 100000, 'what a dead try left is replaced')
    tap.equal(bench.cases('bank_unreachable'), [], 'and the case is gone')
    bench.bank.step()
    bench.roles('fetch', 'pay')
    tap.equal(len(bench.payments(order)), 1, 'it is paid once')
    order = bench.order()
    os.rename(folder, folder + '.away')
    bench.roles('pay')
    os.rename(folder + '.away', folder)
    name = os.path.join(folder, bench.batch_of(order)['message_id'] + '.xml')
    with open(name, 'w', encoding='utf-8') as file:
        file.write('somebody else')
    for _ in range(2):
        bench.roles('pay')
    tap.equal(bench.batch_of(order)['state'], 'unknown', 'a foreign file under our name: unknown, not overwritten')
    with open(name, encoding='utf-8') as file:
        tap.equal(file.read(), 'somebody else', 'and it is left alone')
    os.unlink(name)
    for path in glob.glob(os.path.join(folder, '*.tmp')):
        os.unlink(path)


def check_clock(bench):
    """A year back, a year ahead: nothing is sent twice, nothing waits for a year."""
    clock = bench.bank.clock
    day = clock.today()
    order = bench.order()
    clock.move_to_day(day - datetime.timedelta(days=365))
    bench.roles('pay')
    bench.bank.step()
    tap.equal(len(bench.payments(order)), 1, 'what was planned before the clock went back a year is sent all the same')
    clock.move_to_day(day + datetime.timedelta(days=1))
    bench.roles('pay', 'fetch', 'pay')
    bench.bank.step()
    tap.equal(len(bench.payments(order)), 1, 'and once')


def check_cuts(bench):
    """The line breaks anywhere in an upload, for the bank's bytes or for ours; the bank reads at once."""
    cutter = Cutter(bench.world.sshd.port)
    bench.world.configure(port=cutter.listener.getsockname()[1])
    made, left = [], set()
    for side in (0, 1):
        for count in range(2400, 20000, 110):
            cutter.left = None
            bench.roles('pay')  # only the new one waits
            bench.bank.step()
            made.append(bench.order())
            cutter.cut_after(side, count)
            bench.roles('pay')
            left.add(bench.batch_of(made[-1])['state'])
            bench.bank.step()
            if bench.batch_of(made[-1])['state'] == 'delivered':
                break
    cutter.left = None
    for _ in range(2):
        bench.roles('pay')
        bench.bank.step()
        bench.roles('fetch', 'pay')
    seen = {state: sum(bench.states(order) == [state] for order in made) for state in ('accepted', 'unknown')}
    tap.note(f'{len(made)} cuts: {seen}')
    tap.ok({'sealed', 'uploading', 'releasing'} <= left, 'the cuts reach every step', left)
    tap.equal({len(bench.payments(order)) for order in made}, {1}, 'wherever the line breaks, each is paid exactly once')
    tap.equal(sum(seen.values()), len(made), 'and each fate is known or said to be unknown')
    bench.world.configure()
    bench.evening()
    tap.equal({tuple(bench.states(order)) for order in made}, {('booked',)}, 'until the statement tells')


def check_disk(bench):
    """Each durable call of pay fails once: it stops or tries again, and the bank pays once."""
    failures = 0
    made = []
    for k in [*range(1, 40), *range(40, 120, 9)]:
        order = bench.order()
        made.append(order)
        count = os.path.join(bench.world.home, 'count')
        with open(count, 'wb') as file:
            file.write(bytes(8))
        done = bench.yifen.role('pay', check=False, YIFEN_SHIM_FAIL=f'{k}:{5 if k % 2 else 28}', YIFEN_SHIM_COUNT=count)
        if done.returncode < 0 or done.returncode not in (0, 100, 111):
            tap.ok(False, f'call {k} fails: the role ends by itself', (done.returncode, done.stderr[-2000:]))
        failures += done.returncode != 0
        with open(count, 'rb') as file:
            if int.from_bytes(file.read(8), 'little') < k:
                break
        if k % 4 == 0:
            bench.bank.step()
    for _ in range(2):
        bench.roles('pay')
        bench.bank.step()
        bench.roles('fetch', 'pay')
    tap.note(f'{len(made)} failures, {failures} ended the role')
    tap.ok(len(made) > 20, 'enough calls were failed', len(made))
    tap.equal({len(bench.payments(order)) for order in made}, {1}, 'each is paid exactly once')
    tap.equal({tuple(bench.states(order)) for order in made}, {('accepted',)}, 'and every fate is known')


def main():
    or_skip()
    bench = Bench()
    for check in tap.chosen((check_answers, check_wrong_message, check_debits, check_newest_first, check_silence_after_settled, check_mended_rounds_end,
                  check_waits_quietly, check_echo,
                  check_names, check_upload, check_clock, check_cuts, check_disk)):
        check(bench)
    paid = bench.bank.ledger.rows("SELECT reference, count(*) AS times FROM line WHERE kind = 'payment' GROUP BY reference")
    tap.equal({row['times'] for row in paid}, {1}, 'no reference was paid twice')
    tap.equal(bench.yifen.yifen('audit', 'verify').returncode, 0, 'the audit chain is whole')
    bench.world.close()
    tap.done()


main()
