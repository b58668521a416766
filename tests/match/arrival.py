#!/usr/bin/python3
"""Import order does not matter: the same lines and orders, cut into other files that overlap otherwise, imported in another order, some twice,
with intake working in between or not, end in the same state. No decision is taken between.

  arrival.py [--orders N] [--first SEED] [--scenes N] [--months N]"""
import argparse
import concurrent.futures
import json
import os
import random
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'flow'), HERE]
import months  # noqa: E402
from lib import samples  # noqa: E402

LINE = ("e.account || '/' || e.booking_on || '/' || e.amount || '/' || e.direction || '/' || coalesce(e.counterparty_account, '') || '/' || "
        "coalesce(e.counterparty_name, '') || '/' || coalesce(e.bank_reference, '') || '/' || coalesce(e.remark, '') || '/' || coalesce(e.time, '')")
# All that matching writes, by what people know of it: no ids, no times of ours, no names of files.
DUMPS = dict(
    lines=f"SELECT {LINE} AS line, e.disposition, e.reason, e.allocated, e.refunded, e.identity, e.balance, e.place FROM entry e",
    paid=f"SELECT {LINE} AS line, p.order_no, a.amount, a.rule, a.proves FROM allocation a JOIN entry e ON e.id = a.entry_id JOIN purchase p ON p.id = a.purchase_id",
    orders="SELECT order_no, payment, proof, review, m.settled FROM purchase p JOIN purchase_money m ON m.purchase_id = p.id",
    cases=f"""SELECT c.reason, c.state,
      (SELECT group_concat(line, ' ') FROM (SELECT {LINE} AS line FROM case_entry l JOIN entry e ON e.id = l.entry_id WHERE l.case_id = c.id ORDER BY 1)) AS lines,
      (SELECT group_concat(no, ' ') FROM (SELECT order_no AS no FROM case_purchase l JOIN purchase p ON p.id = l.purchase_id WHERE l.case_id = c.id ORDER BY 1)) AS orders,
      c.card FROM review_case c WHERE c.state = 'open'""")


def without_ids(value):
    """A case's card names lines by their row."""
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if key not in ('id', 'partner')}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def dump(instance):
    rows = []
    for table, sql in DUMPS.items():
        for row in instance.query(sql):
            if 'card' in row:
                row['card'] = without_ids(json.loads(row['card']))
            rows.append(f'{table} {json.dumps(row, ensure_ascii=False, sort_keys=True)}')
    return sorted(rows)


def steps(month, folder, rng):
    """What happens, in order: (what, paths)."""
    made = months.files(month, rng)
    paths = []
    for name, content in made.items():
        paths.append(os.path.join(folder, name))
        with open(paths[-1], 'wb') as file:
            file.write(content)
    again = rng.sample(paths, rng.randrange(0, 4))
    rng.shuffle(paths)
    orders = [{k: v for k, v in order.items() if k != 'day'} for order in month.orders]
    rng.shuffle(orders)
    done = [('statement', paths[k:k + 8]) for k in range(0, len(paths), 8)] + [('statement', again)] * bool(again)
    pieces = rng.choice([1, 2, 4])
    for k in range(pieces):
        done.append(('order', [os.path.join(folder, f'orders-{k}.jsonl')]))
        with open(done[-1][1][0], 'w', encoding='utf-8') as file:
            file.writelines(json.dumps(one, ensure_ascii=False) + '\n' for one in orders[k::pieces])
    rng.shuffle(done)
    return done


def state(month, seed):
    """The dump after the month came in the order of this seed."""
    rng = random.Random(f'arrival/{seed}')
    instance = samples.make_instance(f'arrival-{seed}')
    folder = instance.path('files')
    os.makedirs(folder)
    try:
        for what, paths in steps(month, folder, rng):
            instance.must(what, 'import', *paths)
            if rng.random() < 0.2:
                instance.role('intake')
        instance.role('intake')
        return dump(instance)
    finally:
        shutil.rmtree(os.path.dirname(instance.home))


def compare(month, seeds):
    """Complaints about the seeds whose end is another than the first one's."""
    first = state(month, seeds[0])
    for seed in seeds[1:]:
        other = state(month, seed)
        if other != first:
            yield seed, [f'- {row}' for row in first if row not in other] + [f'+ {row}' for row in other if row not in first]


def one_month(k, scenes, count):
    return k, list(compare(months.make(f'arrival/{k}', scenes), [f'{k}-{n}' for n in range(count + 1)]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--orders', type=int, default=1000)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--months', type=int, default=20)
    parser.add_argument('--scenes', type=int, default=60)
    chosen = parser.parse_args()
    each, bad = chosen.orders // chosen.months, 0
    with concurrent.futures.ProcessPoolExecutor() as pool:
        work = [pool.submit(one_month, k, chosen.scenes, each) for k in range(chosen.first, chosen.first + chosen.months)]
        for done in concurrent.futures.as_completed(work):
            k, otherwise = done.result()
            print(f'month {k}: {each - len(otherwise)} of {each} random orders end like the first', flush=True)
            for seed, rows in otherwise:
                print(f'{seed} ends otherwise than {k}-0', *rows[:12], sep='\n', flush=True)
            bad += len(otherwise)
    print(f'{chosen.months} months, {each * chosen.months} random orders: {bad} end otherwise')
    return bad > 0


if __name__ == '__main__':
    sys.exit(main())
