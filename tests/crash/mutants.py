#!/usr/bin/python3
"""Plants a bug at a time into a copy of the sources and requires one named test to find it: mutants/*.patch.

The first line of a patch says what it breaks, the second what must fail: "Caught by: crash" (a sweep of a few transfers), "sim" (a bank with
faults), "unit NAME" or "flow NAME [CHECK...]". The same tests must pass in a copy without a bug. A patch that does not apply, or does not compile, is a failure
too; so is a bug that survives.

  mutants.py [NAME...]"""
import concurrent.futures
import glob
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SWEEP = ['--transfers', '2', '--wave', '2', '--kills', '0', '--every', '1', '--first']
PLAIN = ['--transfers', '2', '--wave', '2', '--kills', '0', '--every', '8', '--first']
LONGEST = 600  # seconds of one test


class Mutant:
    def __init__(self, patch):
        with open(patch, encoding='utf-8') as file:
            self.what, by = file.readline().strip(), file.readline().strip()
        self.name, self.patch, self.by = os.path.basename(patch)[:-6], patch, tuple(by.removeprefix('Caught by: ').split())


def run(command, tree, timeout=LONGEST):
    env = dict(os.environ, BUILD=os.path.join(tree, 'build'))
    for name in ('SHIM_BUILD', 'MAKEFLAGS', 'MAKELEVEL', 'MFLAGS'):
        env.pop(name, None)
    try:
        done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, timeout=timeout)
        return done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        return -1, 'it did not come to its end'


def build(tree, by):
    goal = [f'build/tests/unit/{by[1]}'] if by[0] == 'unit' else ['all', 'build/tests/match/judge', 'build/tests/shim.so']
    return run(['make', '-j1', *goal], tree)


def command_of(by, bug):
    if by[0] == 'unit':
        return [os.path.join('build', 'tests', 'unit', by[1])]
    if by[0] == 'flow':
        return [sys.executable, os.path.join('tests', 'flow', by[1]), *by[2:]]
    if by[0] == 'sim':
        return [sys.executable, os.path.join('tests', 'crash', 'sim.py'), '--seeds', '10', '--channel', 'sftp']
    return [sys.executable, os.path.join('tests', 'crash', 'sweep.py'), *(SWEEP if bug else PLAIN)]


def first_sign(text):
    signs = [line.strip() for line in text.splitlines() if line.startswith(('not ok', '  BAD', 'BAD', 'Bail out')) or 'rror' in line]
    return (signs or text.strip().splitlines() or ['nothing was said'])[0][:160]


def judge(tree, by, bug):
    """None, or why the test did not say what it should."""
    code, text = build(tree, by)
    if code != 0:
        return 'does not compile: ' + text[-400:], ''
    code, text = run(command_of(by, bug), tree)
    skipped = '# SKIP' in text.split('\n')[0] or text.startswith('SKIP')
    if bug and (code == 0 or skipped):
        return 'SURVIVED' + (', for the test was skipped' if skipped else ''), ''
    return (None, first_sign(text)) if bug or (code == 0 and not skipped) else ('fails without a bug: ' + first_sign(text), '')


def plant(mutant, tree):
    return run(['patch', '-p1', '-s', '--no-backup-if-mismatch', '-i', mutant.patch], tree)


def caught(mutant, trees):
    """Plants, tests, takes it out again."""
    tree, began = trees.get(), time.monotonic()
    try:
        code, text = plant(mutant, tree)
        why, sign = ('the patch does not apply: ' + text, '') if code != 0 else judge(tree, mutant.by, True)
        run(['patch', '-p1', '-s', '-R', '--no-backup-if-mismatch', '-i', mutant.patch], tree)
    finally:
        trees.put(tree)
    print(f"{why or 'caught'}: {mutant.name}: {mutant.what}\n    {' '.join(mutant.by)}, {time.monotonic() - began:.0f} s: {sign}", flush=True)
    return why is None


def sound(by, trees):
    """Does the test pass without a bug?"""
    tree = trees.get()
    try:
        why, _ = judge(tree, by, False)
    finally:
        trees.put(tree)
    if why:
        print(f"{' '.join(by)}: {why}", flush=True)
    return why is None


def copies(folder, count):
    trees = queue.Queue()
    for i in range(count):
        tree = os.path.join(folder, f'tree{i}')
        shutil.copytree(ROOT, tree, symlinks=True,
                        ignore=shutil.ignore_patterns('.git', 'demo', 'address', 'fuzz', 'corpus', 'golden', '__pycache__'))
        trees.put(tree)
    return trees


def main():
    names = sys.argv[1:]
    mutants = [Mutant(path) for path in sorted(glob.glob(os.path.join(HERE, 'mutants', '*.patch')))]
    mutants = [mutant for mutant in mutants if not names or mutant.name in names]
    folder, began = tempfile.mkdtemp(prefix='yifen-mutant-'), time.monotonic()
    os.chmod(folder, 0o755)  # other people run the programs too (roles_test.py)
    workers = os.cpu_count() or 2
    try:
        trees = copies(folder, workers)
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            good = list(pool.map(lambda by: sound(by, trees), sorted({mutant.by for mutant in mutants})))
            found = list(pool.map(lambda mutant: caught(mutant, trees), mutants))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f'{sum(found)} of {len(found)} planted bugs caught; {sum(good)} of {len(good)} tests pass without one; '
          f'{time.monotonic() - began:.0f} s')
    return 0 if mutants and all(found) and all(good) else 1


if __name__ == '__main__':
    sys.exit(main())
