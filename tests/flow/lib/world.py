"""A whole small world: the bank behind a real SFTP server, a real SMTP server, one Yifen, all on one clock.

The CA has three accounts. icbc pays (pain.001.001.03) and its statements are dropped into the folder by finance staff; abc only
receives, its statements are dropped too; cmb pays (pain.001.001.09) and its camt.053 comes by SFTP. With kind='folder' the bank's
folders are an exchange directory of its front-end machine instead. The store has paid by the channels as they are configured, unless
proven=False: then they have to be proven first."""
import os
import shutil
import subprocess
import sys

from bank import faults
from bank.teller import Bank

from . import place, servers, tap
from .instance import NUMBERS, OWNER, Instance, section
from .process import Process

LAYOUTS = dict(icbc='icbc', abc='abc', cmb='camt.053.001.08')
BANK_MAIN = os.path.join(place.ROOT, 'tests', 'bank')


def why_not():
    """Why such a world cannot be here; None when it can."""
    absent = place.missing('yifen', 'yifend', 'yifen-parse')
    if absent:
        return f'{absent} is not built'
    if not os.path.exists(place.SHIM):
        return 'tests/shim.so is not built'
    if not servers.have_sshd():
        return 'openssh-server is not installed'
    if not servers.have_smtpd():
        return 'python3-aiosmtpd is not installed'
    return None


class World:
    def __init__(self, home, start='2026-11-02', layouts=None, pays=('icbc', 'cmb'), refunds=(), more='', settle=1, kind='sftp',
                 proven=True, **verification):
        self.home, self.proven = home, proven
        self.verification = dict({'remark': '办理数字证书编码: {code}'}, **verification)
        self.layouts = dict(LAYOUTS, **(layouts or {}))
        self.pays, self.refunds, self.settle, self.kind = pays, refunds, settle, kind
        self.bank = Bank(os.path.join(home, 'bank'))
        self.teller = None
        for name, number in NUMBERS.items():
            self.bank.ledger.add_account(number, OWNER, self.layouts[name], 10000000)
        year, month, day = map(int, start.split('-'))
        self.bank.clock.move_to_day(self.bank.clock.today().replace(year=year, month=month, day=day))
        self.sshd = servers.Sshd(os.path.join(home, 'sshd'))
        self.smtp = servers.Smtp(os.path.join(home, 'smtp'))
        self.yifen = Instance(os.path.join(home, 'yifen'), clock=self.bank.clock.path)
        self.configure(more=more)

    # ---- configuration ----

    def channel(self, name, **changes):
        values = dict(kind=self.kind, upload=self.bank.path('in'), answers=self.bank.path('answers'),
                      statements=self.bank.path('statements'), poll=1)
        if self.kind == 'sftp':
            values.update(host='127.0.0.1', port=self.sshd.port, user=self.sshd.user, key=self.sshd.key,
                          host_key=self.sshd.host_key)
        return section('channel', name, **{key: value for key, value in dict(values, **changes).items() if value is not None})

    def account(self, name):
        values = dict(number=NUMBERS[name], name=OWNER, bank=name)
        by_sftp = self.layouts[name].startswith('camt')
        values['statements'] = 'bank-sftp' if by_sftp else 'folder'
        if name in self.pays:
            values.update(payments='bank-sftp', pays='verification, refund' if name in self.refunds else 'verification')
        return section('account', name, **values)

    def configure(self, more='', **channel):
        self.yifen.configure(
            section('yifen', None, settle=self.settle, language='zh_CN'), section('verification', None, **self.verification),
            section('mail', None, server=f'127.0.0.1:{self.smtp.port}', tls='none',
                    reviewers='shenhe@example.com, caiwu@example.com', report='18:00', **{'from': 'yifen@example.com'}),
            ''.join(self.account(name) for name in NUMBERS), self.channel('bank-sftp', **channel), more)
        if self.proven:
            self.yifen.pays_since_long()

    # ---- time ----

    def next_day(self):
        """Ends the bank's day, and wakes Yifen. Gives the files that the bank wrote."""
        written = self.bank.close_day()
        if self.yifen.daemon:
            self.yifen.ring()
        return written

    def turn(self):
        """Every role once, by hand: what waits is sent, answered, fetched and understood."""
        self.yifen.role('pay')
        self.bank.step()
        for role in ('fetch', 'intake', 'pay', 'intake'):
            self.yifen.role(role)

    def open_bank(self):
        """The bank works by itself from now on, as a program of its own."""
        self.teller = Process([sys.executable, BANK_MAIN, 'serve', self.bank.root], os.path.join(self.home, 'bank.log'))

    # ---- people ----

    def misbehave(self, **rule):
        faults.add(self.bank.ledger, rule)

    def wire(self, account, order, amount=None, name=None, other=None, remark=None):
        """The applicant pays an order to one of our accounts, or nearly so."""
        fen = round(float(amount or order['payment']['amount']) * 100)
        return self.bank.wire(NUMBERS[account], fen, name or order['bank_account']['name'],
                              other or order['bank_account']['number'], order['order_no'] if remark is None else remark)

    def phone(self, order):
        """The remarks of the fens that reached the applicant, as its own bank shows them."""
        rows = self.bank.ledger.rows('SELECT remark FROM line WHERE other = ? AND amount < 0 ORDER BY id',
                                     order['bank_account']['number'])
        return [row['remark'] for row in rows]

    def code(self, order):
        remarks = self.phone(order)
        return remarks[-1][-6:] if remarks else None

    def drop(self, path, name=None, folder=''):
        """Finance staff save a file into the drop folder: written elsewhere, then renamed in."""
        target = self.yifen.path('inbox', folder, name or os.path.basename(path))
        waiting = self.yifen.path('drop.tmp')
        shutil.copyfile(path, waiting)
        os.rename(waiting, target)
        return target

    def close(self):
        if self.teller:
            self.teller.stop()
        self.yifen.stop()
        self.sshd.stop()
        self.smtp.stop()


def sftp_batch(sshd, commands):
    """Runs sftp(1) against the server with the pinned key; its exit code."""
    known = os.path.join(sshd.home, 'known')
    with open(os.path.join(sshd.home, 'host.pub'), encoding='utf-8') as key, open(known, 'w', encoding='utf-8') as file:
        file.write(f'[127.0.0.1]:{sshd.port} {key.read()}')
    return subprocess.run(['sftp', '-q', '-b', '-', '-i', sshd.key, '-P', str(sshd.port), '-o', f'UserKnownHostsFile={known}', '-o',
                           'IdentitiesOnly=yes', f'{sshd.user}@127.0.0.1'], input=commands, text=True,
                          capture_output=True).returncode


def or_skip():
    """The beginning of a flow test: skips it visibly where the world cannot be."""
    why = why_not()
    if why:
        tap.skip_all(why)
