#!/usr/bin/python3
"""Runs the fuzzers of build/fuzz/tests/fuzz, eight at a time, from the kept corpus and the golden files; ends with 1 when one of them
finds anything, which is left in build/fuzz/findings.

  run.py [--seconds N] [--seed N] [--keep] [NAME...]     --keep: what was found new goes, minimised, to tests/fuzz/corpus"""
import argparse
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(TOP, 'build', 'fuzz')
GOLDEN = os.path.join(TOP, 'tests', 'golden')
CORPUS_MAX = 300 * 1024  # bytes kept for one target
LIMITS = ['-rss_limit_mb=512', '-timeout=5', '-report_slow_units=1']
TEXTS = {'frame', 'keyfile', 'order', 'text', 'value'}  # not fed with files: short inputs, and no golden files among them
PROFILES = {'sheet', 'statement', 'html', 'xmlss', 'archive', 'xls'}  # whose words are those of the profiles
ENVIRONMENT = dict(os.environ, LC_ALL='C.UTF-8', G_SLICE='always-malloc', ASAN_OPTIONS='detect_stack_use_after_return=0', TZ='UTC')


def program(name):
    return os.path.join(BUILD, 'tests', 'fuzz', name)


def kept(name):
    return os.path.join(HERE, 'corpus', name)


def found(name):
    return os.path.join(BUILD, 'findings', name)


def words(name):
    """A dictionary of what the parser's own source looks for."""
    said = set()
    for path in glob.glob(os.path.join(TOP, 'parsers', name + '*.c')):
        with open(path, encoding='utf-8') as file:
            for text in re.findall(r'"((?:[^"\\\n]|\\.)+)"', re.sub(r'#include.*', '', file.read())):
                said.update(text.split('/'))
    for path in glob.glob(os.path.join(TOP, 'parsers', 'profiles', '*.conf')) if name in PROFILES else []:
        with open(path, encoding='utf-8') as file:
            said.update(word.strip(' ?\n') for value in re.findall(r'=(.*)', file.read()) for word in value.split('|'))
    path = os.path.join(BUILD, name + '.dict')
    with open(path, 'w', encoding='ascii') as file:
        for word in sorted(w.encode() for w in said if 2 <= len(w.encode()) <= 60 and '\\' not in w and '%' not in w):
            file.write('"' + ''.join(f'\\x{byte:02X}' for byte in word) + '"\n')
    return ['-dict=' + path] if os.path.getsize(path) > 0 else []


def inputs(name):
    return [f'-max_len={64 if name == "value" else 1024}', kept(name)] if name in TEXTS else ['-max_len=16384', kept(name), GOLDEN]


def run(name, *arguments):
    return subprocess.run([program(name), *LIMITS, *arguments], env=ENVIRONMENT, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def keep(name, folder):
    """The smallest set of inputs that still reaches everything; a small corpus starts fast and is read by people."""
    with tempfile.TemporaryDirectory() as fresh:
        run(name, '-set_cover_merge=1', '-use_counters=0', fresh, *inputs(name), folder)
        names = sorted(os.listdir(fresh), key=lambda n: os.path.getsize(os.path.join(fresh, n)))
        shutil.rmtree(kept(name), ignore_errors=True)
        os.makedirs(kept(name))
        total = 0
        for one in names:
            total += os.path.getsize(os.path.join(fresh, one))
            if total <= CORPUS_MAX:
                shutil.copy(os.path.join(fresh, one), kept(name))


def stood_still(name, said):
    """Was the only finding a timeout that does not come again? Time is the wall's, and machines pause."""
    inputs = re.findall(r'Test unit written to (\S+/timeout-\w+)', said)
    if not inputs or run(name, *inputs).returncode != 0:
        return False
    for path in inputs:
        os.remove(path)
    return True


def fuzz(name, seconds, seed, keeping):
    """Gives what happened in one line, and whether it was good."""
    folder = os.path.join(BUILD, 'corpus', name)
    os.makedirs(folder, exist_ok=True)
    os.makedirs(found(name), exist_ok=True)
    os.makedirs(kept(name), exist_ok=True)
    result = run(name, f'-seed={seed}', f'-max_total_time={seconds}', '-print_final_stats=1', f'-artifact_prefix={found(name)}/', *words(name), folder, *inputs(name))
    said = result.stdout.decode('utf-8', 'replace')
    executions = int((re.findall(r'stat::number_of_executed_units: *(\d+)', said) or ['0'])[-1])
    reached = (re.findall(r'cov: (\d+)', said) or ['0'])[-1]
    good = result.returncode == 0 or stood_still(name, said)
    if good and keeping:
        keep(name, folder)
    line = f'{name}: {executions} executions, {reached} edges, {"nothing found" if good else "FOUND, see " + os.path.relpath(found(name), TOP)}'
    return good, executions, line if good else line + '\n' + said[-4000:]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seconds', type=int, default=60)
    parser.add_argument('--seed', type=int, default=1, help='the check takes the same way each time; other numbers find other things')
    parser.add_argument('--keep', action='store_true')
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    names = options.names or sorted(n[:-2] for n in os.listdir(HERE) if n.endswith('.c'))
    print(f'{len(names)} fuzzers, {options.seconds} s each, eight at a time', flush=True)
    total, bad = 0, 0
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for ended in concurrent.futures.as_completed([pool.submit(fuzz, n, options.seconds, options.seed, options.keep) for n in names]):
            good, executions, line = ended.result()
            total += executions
            bad += not good
            print(line, flush=True)
    print(f'fuzz: {total} executions, {bad} of {len(names)} found something')
    sys.exit(1 if bad else 0)


main()
