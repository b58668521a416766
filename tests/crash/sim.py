#!/usr/bin/python3
"""Sets a bank with faults against Yifen, by seed: first the faults, in which nothing may ever be wrong; then none, and everything must
come to its end.

Of each seed the first fault is fixed, so that every fault meets every step (a step: what pay or fetch does on that channel, cut into
FIFTHS of its bytes or of its durable calls); the rest is drawn. Faults of the line: line.py; of a direct link: direct.py; of a
folder: it is away, a call fails, the disk is full; of the bank: it does not answer, answers late, cut off, in rubbish, in another's
words, refuses for our reasons, shows lines twice, again or late. Roles are killed at any durable call, the clock goes back an hour, to a leap day, a New Year, the eve of a
holiday, ten years ahead. The bank removes no duplicates.

Wrong is: a fen paid twice, a payment that is none of our sealed instructions, a transfer called booked that the bank never did or refused
that it did, a round expired before its day. After the faults: no transfer without an end, no order without its fen, three ledgers equal.

  sim.py [--seeds N] [--first N] [--channel NAME] [--verbose]       one seed again: sim.py --first 17 --seeds 1 --channel sftp"""
import argparse
import collections
import concurrent.futures
import datetime
import errno
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'flow'), HERE]
import judge  # noqa: E402
import state  # noqa: E402
import sweep  # noqa: E402
from lib import orders, world as worlds  # noqa: E402
from lib.instance import NUMBERS  # noqa: E402
from lib.linked import LinkWorld  # noqa: E402
from lib.world import World  # noqa: E402
import direct  # noqa: E402
from line import Line  # noqa: E402

FIFTHS = 5
ORDERS = 3
TURNS = 3
STARTS = ('2026-11-02', '2028-02-28', '2026-12-31', '2026-09-30', '2027-02-04', '2027-01-03')
SHORT = 2  # seconds until a role whose line hangs is killed
LONGEST_TALK = 9000  # bytes of one side of a visit
LONGEST_ROLE = 150  # durable calls of a role

OF_LINE = ('refuse', 'hang', 'asked', 'answered', 'stall', 'garble', 'drip')
OF_FOLDER = ('away', 'fails', 'full')
OF_BANK = ('mute', 'delay', 'cut', 'silent', 'funds', 'rubbish', 'foreign', 'repeat', 'overlap', 'late')
OF_US = ('killed', 'hour_back')
OF_STATEMENTS = ('repeat', 'overlap', 'late')
FAULTS = dict(sftp=OF_LINE + OF_BANK + OF_US, folder=OF_FOLDER + OF_BANK + OF_US, https=OF_LINE + direct.FAULTS + OF_STATEMENTS + OF_US)
ASKED_AFTER = (2, 30)  # minutes; a bank that promises "not found" to mean something has delivered within them


class Wrong(Exception):
    pass


class Sim:
    def __init__(self, base, home, channel, seed):
        self.rng, self.channel, self.seed = random.Random(f'{channel}/{seed}'), channel, seed
        state.copy(base.home, home)
        self.world = sweep.Copy(home, base)
        self.direct = self.world.direct
        self.line = Line(self.direct.port if self.direct else base.sshd.port)
        self.world.lead(base.link.port if self.direct else base.sshd.port, self.line.port)
        if self.direct and seed % 2:  # every other bank promises nothing about what it does not find
            sweep.edit(self.world.yifen.path('profiles', base.linked + '.conf'), ('not_found = never_arrived\n', ''), ('query_window_minutes = 60\n', ''))
        self.world.bank.clock.move_to_day(datetime.date.fromisoformat(self.rng.choice(STARTS)))
        self.met, self.made, self.felt = [], [], 0
        plan = FAULTS[channel]
        self.first = (plan[seed % len(plan)], seed // len(plan) % FIFTHS)
        for _ in range(ORDERS):
            self.order()

    def close(self):
        self.line.close()
        self.world.close()

    def order(self):
        now = self.world.bank.clock.now().isoformat(timespec='seconds')
        made = orders.online(1, start=len(self.made) + 1, submitted=now, seed=self.seed)
        self.made += made
        path = orders.write(os.path.join(self.world.home, 'orders.jsonl'), made)
        self.world.yifen.must('order', 'import', path)

    # ---- faults ----

    def rule(self, **rule):
        worlds.faults.add(self.world.bank.ledger, rule)

    def start_fault(self, fault, fifth):
        """Gives the environment of the next role, and how long it may take."""
        self.met.append((fault, fifth))
        rng, bank = self.rng, self.world.bank
        at = int((fifth + rng.random()) * LONGEST_TALK / FIFTHS)
        call = 1 + int((fifth + rng.random()) * LONGEST_ROLE / FIFTHS)
        if fault in ('refuse', 'hang'):
            self.line.fail(fault)
        elif fault in ('asked', 'answered'):
            self.line.fail('cut', fault == 'answered', at)
        elif fault in ('stall', 'garble', 'drip'):
            self.line.fail(fault, 1, at)
        elif self.direct and fault in direct.FAULTS:
            self.direct.fail(fault, fifth)
        elif fault == 'away':
            os.rename(bank.path('in'), bank.path('in') + '.away')
        elif fault in ('fails', 'full', 'killed'):
            with open(os.path.join(self.world.home, 'count'), 'wb') as file:
                file.write(struct.pack('<q', 0))
            how = {'killed': ('END', rng.choice(('before', 'after', 'torn')))}.get(fault, ('FAIL', errno.EIO if fault == 'fails' else errno.ENOSPC))
            return {'YIFEN_SHIM_COUNT': os.path.join(self.world.home, 'count'), 'YIFEN_SHIM_NET': '1', 'YIFEN_SHIM_' + how[0]: f'{call}:{how[1]}'}
        elif fault == 'hour_back':
            bank.clock.add(-3600)
        else:
            self.bank_fault(fault, fifth)
        return {}

    def bank_fault(self, fault, fifth):
        bank, number = self.world.bank, NUMBERS['cmb']
        if fault in ('mute', 'delay', 'cut', 'silent', 'funds'):
            self.rule(do='reject_funds' if fault == 'funds' else fault, any=True, times=1 + fifth % 2, days=1)
        elif fault in ('repeat', 'overlap', 'late'):
            self.rule(do='withhold' if fault == 'late' else fault, statements=number, days=2, times=1)
        elif fault == 'rubbish':
            bank._publish('answers', f'rubbish{len(self.met)}.xml', self.rng.randbytes(200))
        elif fault == 'foreign':
            kept = [name for name in os.listdir(bank.path('answers')) if not name.startswith('.')]
            data = b'<Document/>'
            if kept:
                with open(bank.path('answers', self.rng.choice(sorted(kept))), 'rb') as file:
                    data = file.read()
            bank._publish('answers', f'foreign{len(self.met)}.xml', data.replace(b'<OrgnlMsgId>M', b'<OrgnlMsgId>N') if fifth % 2 else data)

    def end_fault(self):
        self.line.fail(None)
        if self.direct:
            self.direct.heal()
        if os.path.exists(self.world.bank.path('in') + '.away'):
            os.rename(self.world.bank.path('in') + '.away', self.world.bank.path('in'))

    # ---- the walk ----

    def role(self, name, fault=None):
        env = self.start_fault(*fault) if fault else {}
        try:
            done = self.world.yifen.role(name, check=False, timeout=SHORT if fault and fault[0] in ('hang', 'stall') else 60, **env)
            self.felt += done.returncode != 0 or 'bank not reached' in done.stderr
            if done.returncode not in (0, 100, 111) and not env:
                raise Wrong(f'role {name} ended with {done.returncode}: {done.stderr[-300:]}')
        except subprocess.TimeoutExpired:
            if not fault or fault[0] not in ('hang', 'stall'):
                raise
            self.felt += 1
        self.end_fault()

    def draw(self):
        if self.rng.random() < 0.5:
            return None
        return self.rng.choice(FAULTS[self.channel]), self.rng.randrange(FIFTHS)

    def bank_acts(self, act):
        if not self.direct:
            sweep.walk(self.world, act)
        elif act == 'step':  # nothing lies in a folder: we ask instead, while what we sent may be on its way
            self.world.bank.clock.add(60 * self.rng.randint(*ASKED_AFTER))
            self.role('pay', self.draw())
            self.direct.deliver()
        else:
            self.direct.deliver()
            sweep.walk(self.world, act)

    def misbehave(self):
        """Safety: whatever happens, nothing is wrong."""
        fault = self.first
        for turn in range(TURNS):
            for act in ('pay', 'step', 'fetch', 'intake', 'pay', 'day', 'fetch', 'intake', 'pay'):
                if act in ('step', 'day'):
                    self.bank_acts(act)
                else:
                    self.role(act, fault if act != 'intake' else None)
                    fault = self.draw() if act != 'intake' else fault
                self.check()
            if turn < TURNS - 1:
                self.order()
        self.world.bank.clock.move_to_day(self.rng.choice((self.world.bank.clock.today() + datetime.timedelta(days=1),
                                                           self.world.bank.clock.today().replace(year=2036, day=28))))
        self.role('pay')
        self.check()

    def check(self):
        """Nothing that cannot be undone is wrong now."""
        ours, today = judge.transfers(self.world), str(self.world.bank.clock.today())
        paid = [line for line in self.world.bank.ledger.lines() if line['kind'] == 'payment']
        found = judge.duplicates(paid) + judge.orphans(paid, ours)
        done = {line['reference'] for line in paid}
        found += [f"{reference} is {row['state']}, the bank did it: {reference in done}" for reference, row in ours.items()
                  if (row['state'] == 'booked' and reference not in done) or (row['state'] == 'rejected' and reference in done)]
        found += [f"round {row['id']} expired before {row['expires_on']}" for row in self.world.yifen.query(
            "SELECT id, expires_on FROM verification WHERE state = 'expired' AND expires_on IS NOT NULL AND expires_on >= ?", today)]
        if found:
            raise Wrong('; '.join(found[:3]))

    def behave(self):
        """Liveness: the faults are over, and people do what is theirs to do."""
        worlds.faults.clear(self.world.bank.ledger)
        self.world.bank.hand_over()
        for day in range(12):
            for act in ('pay', 'step', 'fetch', 'pay', 'day', 'fetch', 'intake', 'pay', 'intake', 'pay'):
                sweep.walk(self.world, act)
            self.people(day)
            self.check()
            if judge.at_an_end(self.world):
                return
        states = [(row['reference'], row['state'], row['batch']) for row in judge.open_transfers(self.world)]
        raise Wrong(f'no end: {states}, unpaid: {judge.unpaid(self.world)}')

    def people(self, day):
        """The operator mends what was ours, and asks the bank's counter about what it never answered."""
        yifen = self.world.yifen
        for case in yifen.cases():
            if case['reason'] == 'bank_refused':
                yifen.must('case', 'close', str(case['id']), '--reason', '已补足')
        done = {line['reference'] for line in self.world.bank.ledger.lines()}
        for row in judge.open_transfers(self.world):
            if day > 2 and row['state'] == 'unknown' and row['reference'] not in done:
                yifen.must('transfer', 'resolve', row['reference'], '--as', 'rejected', '--evidence', '银行柜台书面确认未处理')

    def run(self):
        self.misbehave()
        self.behave()
        found = judge.faults(self.world)
        if found:
            raise Wrong('; '.join(found[:3]))


def one(base, folder, channel, seed):
    """What went wrong with this seed, or None; and what it met."""
    home, sim = os.path.join(folder, f'{channel}-{seed}'), None
    try:
        sim = Sim(base, home, channel, seed)
        sim.run()
        shutil.rmtree(home, ignore_errors=True)
        return None, sim.met, sim.felt
    except Exception as error:  # pylint: disable=broad-except
        return f'{type(error).__name__}: {error}', sim.met if sim else [], 0
    finally:
        if sim:
            sim.close()


def bases(folder, channels):
    """A world for each channel, copied for every seed; the servers are shared."""
    made = {}
    for channel in channels:
        home = os.path.join(folder, channel)
        made[channel] = LinkWorld(home, 'cmb') if channel == 'https' else World(home, pays=('cmb',), kind=channel)
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seeds', type=int, default=200)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--channel', choices=sorted(FAULTS), action='append')
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    why = worlds.why_not()
    if why:
        print('SKIP ' + why)
        return 0
    folder = tempfile.mkdtemp(prefix='yifen-sim-', dir='/dev/shm' if os.access('/dev/shm', os.W_OK) else None)
    bad, felt, met = 0, 0, collections.Counter()
    try:
        sweep.take_programs(folder)
        made = bases(folder, options.channel or sorted(FAULTS))
        jobs = [(channel, seed) for seed in range(options.first, options.first + options.seeds) for channel in made]
        with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 2)) as pool:
            runs = [pool.submit(one, made[channel], folder, channel, seed) for channel, seed in jobs]
            for (channel, seed), run in zip(jobs, runs):
                wrong, faults, hurt = run.result()
                felt += hurt
                met.update((channel, *fault) for fault in faults)
                if wrong or options.verbose:
                    print(f"{'BAD' if wrong else 'good'} {channel} seed {seed}: {wrong or ''} {faults}", flush=True)
                bad += wrong is not None
        for world in made.values():
            world.close()
    finally:
        if not (bad and os.environ.get('KEEP')):
            shutil.rmtree(folder, ignore_errors=True)
    cells = sum(len(FAULTS[channel]) * FIFTHS for channel in made)
    print(f'{len(jobs)} runs ({options.seeds} seeds, {", ".join(made)}), {sum(met.values())} faults, {felt} roles stopped or cut off by them, {len(met)} of {cells} faults x steps met: '
          f'{bad} wrong')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
