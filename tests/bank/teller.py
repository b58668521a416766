"""The bank at work. Its folder: ledger.db, clock, in/ answers/ statements/ (what the SFTP server shows), taken/ (messages it
has read), downloads/ (what finance staff can save from its web site), withheld/ (statements that come late)."""
import datetime
import hashlib
import os
import shutil

from . import camt, faults, pain001, pain002, sheets
from .clock import Clock
from .ledger import Ledger

FOLDERS = ('in', 'answers', 'statements', 'taken', 'downloads', 'withheld')
REMARK_BYTES = 60  # of GB18030; what is longer is cut, as banks do
REJECTS = {'reject_name': ('BE01', '账号户名不符'), 'reject_account': ('AC04', '账户已销户'),
           'reject_funds': ('AM04', '付款账户余额不足'), 'reject_authorisation': ('AG01', '该付款未经企业授权')}


def _cut(text):
    return text.encode('gb18030', 'replace')[:REMARK_BYTES].decode('gb18030', 'ignore')


class Bank:
    def __init__(self, root):
        self.root = os.path.abspath(root)
        for name in FOLDERS:
            os.makedirs(self.path(name), exist_ok=True)
        self.ledger = Ledger(self.path('ledger.db'))
        self.clock = Clock(self.path('clock'))

    def path(self, *names):
        return os.path.join(self.root, *names)

    def _publish(self, folder, name, data):
        """Temporary name and rename: nobody reads half a file, except where a fault says so."""
        with open(self.path(folder, '.' + name), 'wb') as file:
            file.write(data)
        written = self.clock.now().timestamp() - 2  # the bank's own time, not the real one
        os.utime(self.path(folder, '.' + name), (written, written))
        os.rename(self.path(folder, '.' + name), self.path(folder, name))
        return self.path(folder, name)

    # ---- payments ----

    def step(self):
        """Reads what lies in in/ under a final name, does it, answers. Gives the number of messages."""
        names = sorted(name for name in os.listdir(self.path('in')) if name.endswith('.xml') and not name.startswith('.'))
        for name in names:
            self._message(name)
        return len(names)

    def _message(self, name):
        with open(self.path('in', name), 'rb') as file:
            data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        self.ledger.begin()
        try:
            message = pain001.read(data)
            verdict = 'refused' if faults.find_for_message(self.ledger) else 'done'
            answers = [self._payment(message, payment, sha256) for payment in message['payments'] if verdict == 'done']
        except pain001.BadMessage as error:
            message, answers, verdict = None, [], str(error)
        number = self.ledger.run('INSERT INTO message (file, sha256, message, at, verdict) VALUES (?, ?, ?, ?, ?)', name,
                                 sha256, message['id'] if message else None, self.clock.now().isoformat(), verdict)
        self.ledger.commit()
        if faults.habit(self.ledger):
            return self._acknowledge(faults.habit(self.ledger), number, name, verdict == 'done')
        shutil.move(self.path('in', name), self.path('taken', f'{number:04d}-{name}'))
        if verdict == 'refused':
            data = pain002.write(message['version'], f'A{number:06d}', self.clock.now(), message['id'], [], 'RJCT', '报文格式不符')
            self._publish('answers', f"{message['id']}-{number:04d}.xml", data)
        elif message:
            self._answer(number, message, [answer for answer in answers if answer])
        return None

    def _acknowledge(self, habit, number, name, done):
        """Says by a name that the message is here, or that it is refused."""
        if habit == 'renames':
            os.rename(self.path('in', name), self.path('in', name + ('.done' if done else '.bad')))
            return
        shutil.move(self.path('in', name), self.path('taken', f'{number:04d}-{name}'))
        if habit == 'names':
            self._publish('answers', name + ('.ack' if done else '.err'), b'' if done else '报文格式不符'.encode('gbk'))

    def _payment(self, message, payment, sha256):
        rule = faults.find(self.ledger, payment) or {'do': 'pay'}
        answer = dict(end_to_end=payment['end_to_end'], block=payment['block'], do=rule['do'], days=rule.get('days', 0))
        if rule['do'] in REJECTS or self.ledger.account(payment['payer']) is None:
            code, text = REJECTS.get(rule['do'], ('AC02', '付款账号不存在'))
            return dict(answer, status='RJCT', reason=code, text=text)
        if rule['do'] == 'silent':
            return None
        now = self.clock.now()
        line = self.ledger.add_line(account=payment['payer'], day=str(now.date()), time=now.strftime('%H:%M:%S'),
                                    amount=-payment['amount'], name=payment['name'], other=payment['account'],
                                    bank=payment['cnaps'] or payment['bank'], remark=_cut(payment['remark']),
                                    reference=payment['end_to_end'], message=message['id'], sha256=sha256, kind='payment')
        self._arrive(payment, now, rule)
        if rule['do'] in ('bounce', 'undo'):
            self._back_later(rule, line, message, answer)
        return None if rule['do'] == 'mute' else dict(answer, status='ACSC', serial=f'SN{line:012d}')

    def _arrive(self, payment, now, rule):
        """What is paid to another account at this bank stands on its statement too; unless it goes astray."""
        if self.ledger.account(payment['account']) and rule['do'] not in ('astray', 'bounce'):
            payer = self.ledger.account(payment['payer'])
            self.ledger.add_line(account=payment['account'], day=str(now.date()), time=now.strftime('%H:%M:%S'), amount=payment['amount'],
                                 name=payer['name'], other=payment['payer'], remark=_cut(payment['remark']), reference=payment['end_to_end'],
                                 kind='wire')

    def _back_later(self, rule, line, message, answer):
        day = str(self.clock.today() + datetime.timedelta(days=rule.get('days', 1)))
        reason = rule.get('reason', 'BE01 账号户名不符')
        if rule.get('line', True):
            self.ledger.add_due(day, rule['do'], line=line, reason=reason)
        if rule.get('tell'):
            code, text = reason.split(maxsplit=1)
            told = dict(answer, do='pay', status='RTND', reason=code, text=text)
            self.ledger.add_due(day, 'answer', number=line, message=dict(version=message['version'], id=message['id']), answers=[told])

    def _answer(self, number, message, answers):
        later = [answer for answer in answers if answer['do'] == 'delay']
        at_once = [answer for answer in answers if answer['do'] != 'delay']
        if later:
            day = self.clock.today() + datetime.timedelta(days=max(answer['days'] for answer in later))
            self.ledger.add_due(str(day), 'answer', number=number, message=dict(version=message['version'], id=message['id']),
                                answers=later)
        if at_once:
            self._write_answer(number, message, at_once, any(answer['do'] == 'cut' for answer in at_once))

    def _write_answer(self, number, message, answers, cut=False, suffix=''):
        now = self.clock.now()
        data = pain002.write(message['version'], f'A{number:06d}{suffix}', now, message['id'], answers)
        self._publish('answers', f"{message['id']}-{number:04d}{suffix}.xml", data[:len(data) * 2 // 3] if cut else data)

    # ---- money that comes in, or moves by itself ----

    def wire(self, account, amount, name='', other='', remark='', bank='', day=None, time=None, kind='wire'):
        """amount: fen; positive into `account`."""
        now = self.clock.now()
        return self.ledger.add_line(account=account, day=str(day or now.date()), time=time or now.strftime('%H:%M:%S'),
                                    amount=amount, name=name, other=other, bank=bank, remark=remark, kind=kind)

    def _back(self, line_id, kind, reason):
        line = self.ledger.rows('SELECT * FROM line WHERE id = ?', line_id)[0]
        now = self.clock.now()
        self.ledger.add_line(account=line['account'], day=str(now.date()), time=now.strftime('%H:%M:%S'), amount=-line['amount'],
                             name=line['name'], other=line['other'], bank=line['bank'], remark=line['remark'],
                             reference=line['reference'], message=line['message'], sha256=line['sha256'], kind=kind,
                             reason=reason, returns=line['id'] if kind == 'return' else None)

    def _do_due(self):
        for what, detail in self.ledger.take_due(str(self.clock.today())):
            if what == 'bounce':
                self._back(detail['line'], 'return', detail['reason'])
            elif what == 'undo':
                self._back(detail['line'], 'reversal', '冲账')
            elif what == 'answer':
                self._write_answer(detail['number'], detail['message'], detail['answers'], suffix='L')

    # ---- statements and days ----

    def statement(self, number, first, last, layout=None, folder=None, name=None):
        """Writes a statement of an account over days (ISO text). camt goes to statements/, a sheet to downloads/."""
        account = self.ledger.account(number)
        layout = layout or account['layout']
        lines = self.ledger.lines(number, first, last)
        opening = self.ledger.balance_before(number, first)
        stamp = f"{number[-6:]}-{first.replace('-', '')}-{last.replace('-', '')}"
        if layout.startswith('camt'):
            data = camt.write(layout, account, first, last, opening, lines, self.ledger.next_number(number), self.clock.now())
            return self._publish(folder or 'statements', name or f'{stamp}.xml', data)
        if not lines:
            return None
        data = sheets.icbc(account, lines) if layout == 'icbc' else sheets.abc(account, first, last, opening, lines)
        return self._publish(folder or 'downloads', name or f'{layout}-{stamp}.csv', data)

    def _day_end(self, number, today):
        rule = faults.find_for_statements(self.ledger, number) or {'do': 'well'}
        if rule['do'] == 'withhold':
            self.statement(number, today, today, folder='withheld')
            return []
        first = str(datetime.date.fromisoformat(today) - datetime.timedelta(days=rule.get('days', 0)))
        written = [self.statement(number, first, today)]
        if rule['do'] == 'repeat' and written[0]:
            folder, name = os.path.split(written[0])
            with open(written[0], 'rb') as file:
                written.append(self._publish(os.path.basename(folder), 'again-' + name, file.read()))
        return written

    def hand_over(self):
        """What was withheld comes at last."""
        for name in os.listdir(self.path('withheld')):
            os.rename(self.path('withheld', name), self.path('downloads' if name.endswith('.csv') else 'statements', name))

    def close_day(self):
        """Ends today: reads what came, writes today's statements, and opens the next day at nine."""
        self.step()
        today = str(self.clock.today())
        written = [path for account in self.ledger.accounts() for path in self._day_end(account['number'], today)]
        self.clock.move_to_day(self.clock.today() + datetime.timedelta(days=1))
        self._do_due()
        return [path for path in written if path]
