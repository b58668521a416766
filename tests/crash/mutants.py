#!/usr/bin/python3
"""Plants a bug at a time into a copy of the sources and requires the sweep to find it: mutants/*.patch, each with a first line
that says what it breaks. A patch that no longer applies is a failure too.

  mutants.py [NAME...]"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SWEEP = ['--transfers', '4', '--kills', '0', '--first']


def plant(patch, folder):
    """A built copy of the sources with the bug; an error text when it cannot be made."""
    tree = os.path.join(folder, 'tree')
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns('.git', 'demo', 'address', '__pycache__'))
    with open(patch, 'rb') as file:
        done = subprocess.run(['patch', '-p1', '-s', '-d', tree], stdin=file, capture_output=True, text=True)
    if done.returncode != 0:
        return tree, 'the patch does not apply: ' + done.stdout
    done = subprocess.run(['make', '-C', tree, 'all', 'build/tests/shim.so'], capture_output=True, text=True)
    return tree, done.stderr if done.returncode != 0 else None


def caught(patch):
    """Whether the sweep finds the bug; says so."""
    with open(patch, encoding='utf-8') as file:
        what = file.readline().strip()
    folder = tempfile.mkdtemp(prefix='yifen-mutant-')
    try:
        tree, why = plant(patch, folder)
        if why:
            print(f'{os.path.basename(patch)}: {why}')
            return False
        env = dict(os.environ, BUILD=os.path.join(tree, 'build'))
        env.pop('SHIM_BUILD', None)
        done = subprocess.run([sys.executable, os.path.join(tree, 'tests', 'crash', 'sweep.py'), *SWEEP], env=env,
                              capture_output=True, text=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    first = next((line for line in done.stdout.splitlines() if 'BAD' in line), done.stdout[-300:] + done.stderr[-300:])
    found = done.returncode == 1 and 'BAD' in done.stdout
    print(f"{'caught' if found else 'SURVIVED'}: {what}\n    {first.strip()}", flush=True)
    return found


def main():
    names = sys.argv[1:]
    patches = [path for path in sorted(glob.glob(os.path.join(HERE, 'mutants', '*.patch')))
               if not names or os.path.basename(path)[:-6] in names]
    results = [caught(patch) for patch in patches]
    print(f'{sum(results)} of {len(results)} planted bugs caught')
    return 0 if patches and all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
