"""Other people's files, measured beforehand: ../shared/corpus with its INDEX.tsv and the oracle files."""
import collections
import csv
import json
import os
import subprocess
import time
from decimal import Decimal

from lib import place


def parse(path, *options):
    """Exit code, lines as objects, what it says, seconds."""
    start = time.monotonic()
    done = subprocess.run([place.program('yifen'), 'parse', '--json', *options, path], capture_output=True, text=True, env={'LC_ALL': 'C.UTF-8'})
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr, time.monotonic() - start


def sums(lines):
    """Booked credits and debits."""
    total = collections.Counter()
    for line in lines:
        if line['type'] == 'entry' and line['status'] == 'booked':
            total[line['direction']] += Decimal(line['amount'])
    return total['credit'], total['debit']


def index(*kinds):
    """The rows of INDEX.tsv of these kinds (all without any) whose file is there; each with its full name as row['file']."""
    with open(place.shared('corpus', 'INDEX.tsv'), encoding='utf-8') as file:
        rows = list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))
    rows = [dict(row, file=place.shared('corpus', row['path'])) for row in rows if not kinds or row['kind'] in kinds]
    return [row for row in rows if row['file'] is not None]


def oracle(name):
    """path -> what another reader found in it, from oracle-NAME.jsonl."""
    with open(place.shared('corpus', f'oracle-{name}.jsonl'), encoding='utf-8') as file:
        return {found['path']: found for found in map(json.loads, file)}


def files(*folder):
    """Every file below a folder of the corpus."""
    return sorted(os.path.join(at, name) for at, _, names in os.walk(place.shared('corpus', *folder)) for name in names)


def absent():
    """Is the corpus, or what reads it, not here?"""
    return place.missing('yifen', 'yifen-parse') or place.shared('corpus', 'INDEX.tsv') is None
