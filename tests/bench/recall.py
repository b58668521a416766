"""How much of a month of wires is settled without a person, and how the time of matching grows with the lines of one payer."""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'flow')]
from lib import place, samples  # noqa: E402

JUDGE = os.path.join('tests', 'match', 'judge')
LEAST = 0.60  # of samples/month: doubts, mistakes and strangers are made more frequent there than they are
EACH = 2.0  # time of ten times the lines, beside ten times the time


def share(table):
    """Of the credits that are customers' wires, so neither interest, platforms, returns nor reversed."""
    folder = place.shared('samples', 'month')
    if folder is None:
        table.note('SKIP wires settled without a person: ../shared/samples/month is absent')
        return
    instance = samples.make_instance('recall')
    samples.bring(instance, folder, 0)
    entries = [entry for entry in instance.entries() if entry['direction'] == 'credit' and entry['disposition'] in ('settled', 'review', 'pending')]
    settled = sum(entry['disposition'] == 'settled' for entry in entries)
    truth, _ = samples.read_truth(folder)
    wanted = sum(row['disposition'] == 'settled' for rows in truth.values() for row in rows)
    table.line('wires settled without a person', settled, len(entries), f'{settled / len(entries):.3f}', f'>= {LEAST}', settled >= LEAST * len(entries), must_settle=wanted)
    table.note(f'{"":4}by the truth {wanted} must be settled; of the rest most are for a person to see')


def crowd(count, orders):
    """One payer's wires, each naming one of the orders by turns; each tenth names none."""
    name, account = '深圳市大客户集团有限公司', '4000000000000001'
    return [[[f'20261101{k:07}', name, account, 1000 + k % 50, 1, 'open'] for k in range(orders)],
            [dict(account='own', day=2 + k % 20, amount=1000 + k % orders % 50 if orders else 1000 + k, direction='credit', counterparty_name=name, counterparty_account=account,
                  remark=f'20261101{k % orders:07}' if orders and k % 10 else '货款') for k in range(count)], []]


def judged(build, world):
    text = json.dumps(world, ensure_ascii=False).encode() + b'\n'
    best = None
    for _ in range(3):
        started = time.monotonic()
        subprocess.run([os.path.join(build, JUDGE)], input=text, stdout=subprocess.DEVNULL, check=True)
        took = time.monotonic() - started
        best = took if best is None else min(best, took)
    return best


def growth(table, build):
    for what, orders in ('no orders', 0), ('as many orders', 1):
        small, large = (judged(build, crowd(count, count * orders)) for count in (2_000, 20_000))
        table.line(f'20,000 wires of one, {what}', f'{large:.2f} s', f'{small:.2f} s', f'{large / small / 10:.2f}', f'<= {EACH}', large <= 10 * EACH * small)
