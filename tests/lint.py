#!/usr/bin/python3
"""The rules of the house that the compiler does not know. Prints file:line: what is wrong; ends with 1 when there is any."""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

LAYERS = ['rules', 'parsers', 'spool', 'daemon']
LISTS = {'daemon/sentences.h', 'daemon/words.h'}  # X-macro lists
# What rules may include: no I/O, no clock, no environment.
PURE = {'glib.h', 'string.h', 'stdarg.h', 'stdint.h', 'stdlib.h', 'limits.h', 'errno.h', 'jansson.h'} | {'openssl/' + h for h in ('crypto.h', 'evp.h', 'hmac.h', 'core_names.h', 'params.h', 'sha.h')}
IMPURE_CALLS = r'\b(g_get_real_time|g_get_monotonic_time|g_date_time_new_now\w*|g_getenv|getenv|g_file_\w+|g_random_\w+|json_\w*file|time|open|read|write)\s*\('
BANNED = r'\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atof|system|popen|localtime|localtime_r|gmtime|ctime|asctime|strtok|rand|alloca|tmpnam|mktemp)\s*\('
STDIO = r'\b(fopen|fdopen|fwrite|fread|fputs|fprintf|printf|fclose)\s*\('
SQL = r'"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|PRAGMA|BEGIN|COMMIT|ALTER|DROP)\b|\bsqlite3_\w+'
FLOAT = r'\b(float|double|strtod|g_ascii_strtod|atof)\b'
MACHINE = r'(?<![\w.])/(home|root|work|opt|mnt|srv)/'
OPENING = r'\b(open|openat|fopen|durable_read|g_file_get_contents|match_rules_load)\s*\('
OPENERS = {'command.c', 'main.c'}  # of daemon/yifen: what callers of the staff socket name, the daemon must not open
UNFINISHED = r'\b(TODO|FIXME|HACK)\b'

found = 0


def complain(path, line, what):
    global found
    found += 1
    print(f'{path}:{line}: {what}')


def tracked(*endings):
    names = subprocess.getoutput('git ls-files -co --exclude-standard 2>/dev/null').split('\n')
    if 'Makefile' not in names:  # an archive without git
        names = [os.path.relpath(os.path.join(d, f)) for d, _, fs in os.walk('.') for f in fs if not d.startswith('./build')]
    return sorted(n for n in set(names) if n.endswith(endings) and os.path.exists(n))


def code_only(text):
    """Comments blanked, lines kept."""
    return re.sub(r'/\*.*?\*/|//[^\n]*', lambda m: re.sub(r'[^\n]', ' ', m[0]), text, flags=re.S)


def grep(path, text, pattern, what):
    for match in re.finditer(pattern, text):
        complain(path, text.count('\n', 0, match.start()) + 1, f'{what}: {match[0].strip()}')


def layering(path, text):
    layer = path.split('/')[0]
    for match in re.finditer(r'#include ([<"])([^>"]+)', text):
        line, name = text.count('\n', 0, match.start()) + 1, match[2]
        if match[1] == '<':
            if layer == 'rules' and name not in PURE:
                complain(path, line, f'rules are pure: <{name}>')
        elif layer in LAYERS and name.split('/')[0] not in LAYERS[:LAYERS.index(layer) + 1]:
            complain(path, line, f'{layer} may not know {name}')


def one_source(path):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    bare, layer = code_only(text), path.split('/')[0]
    grep(path, text, UNFINISHED, 'unfinished')
    if layer not in LAYERS:
        return
    layering(path, text)
    grep(path, bare, BANNED, 'banned')
    if layer == 'rules':
        grep(path, bare, IMPURE_CALLS, 'rules are pure')
    if path.startswith('daemon/yifen/') and os.path.basename(path) not in OPENERS:
        grep(path, bare, OPENING, 'files that a caller names are opened by command_open')
    if layer != 'daemon':
        grep(path, bare, FLOAT, 'no floating point')
    if layer == 'spool':
        grep(path, bare, STDIO, 'no stdio for durable files')
    else:
        grep(path, bare, SQL, 'SQL lives in spool')


def headers_alone(headers):
    compiler = os.environ.get('CC', 'gcc').split()
    flags = os.environ.get('LINT_CFLAGS', '').split()

    def one(header):
        return header, subprocess.run([*compiler, *flags, '-fsyntax-only', '-x', 'c', header], capture_output=True, text=True)

    with ThreadPoolExecutor(2) as pool:
        for header, result in pool.map(one, headers):
            if result.returncode != 0:
                complain(header, 1, 'does not compile alone: ' + result.stderr.strip().splitlines()[0])


def arguments(text, start):
    """The arguments of the call whose parenthesis opens at start."""
    depth, begin, found = 0, start + 1, []
    for match in re.compile(r'"(?:\\.|[^"\\])*"|[(),]').finditer(text, start):
        depth += {'(': 1, ')': -1}.get(match[0], 0)
        if depth == 0 or (depth == 1 and match[0] == ','):
            found.append(text[begin:match.start()])
            begin = match.end()
        if depth == 0:
            break
    return found


def raisers(text):
    """What raises a reason word, and as which argument: error_set, and the file's own functions with a parameter `reason`."""
    yield 'error_set', 2
    for match in re.finditer(r'^static [^;={}()]*?\b(\w+)\(([^)]*)\) {', text, re.M):
        names = [re.split(r'\W+', part.strip())[-1] for part in match[2].split(',')]
        if 'reason' in names:
            yield match[1], names.index('reason')


def sentences(sources):
    """Every reason word that is raised has its sentence; reasons of cases have a word."""
    known = set()
    for path in LISTS:
        with open(path, encoding='utf-8') as file:
            known |= set(re.findall(r'^(?:SENTENCE|WORD)\("(\w+)"', file.read(), re.M))
    for path in sources:
        with open(path, encoding='utf-8') as file:
            text = code_only(file.read())
        for name, place in raisers(text):
            for call in re.finditer(rf'\b{name}\(', text):
                given = arguments(text, call.end() - 1)
                for reason in re.findall(r'"([a-z0-9_]+)"', given[place]) if len(given) > place else []:
                    if reason not in known:
                        complain(path, text.count('\n', 0, call.start()) + 1, f'no sentence in daemon/sentences.h for "{reason}"')


def said(text):
    """What gettext's quoted lines say together."""
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))


def catalogues():
    """A translation fills in the same facts as the sentence it stands for (msgfmt and msgcmp check the rest)."""
    for path in tracked('.po'):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for pair in re.finditer(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', text, re.M):
            theirs, ours = said(pair[1]), said(pair[2])
            if set(re.findall(r'{\w+}', theirs)) != set(re.findall(r'{\w+}', ours)) or ours.count('[') != ours.count(']'):
                complain(path, text.count('\n', 0, pair.start()) + 1, f'other facts than in "{theirs}"')


def machine_paths():
    for path in tracked('.c', '.h', '.py', '.sh', '.md', '.conf', '.sql', '.service', 'Makefile', '.tsv', '.bats'):
        with open(path, encoding='utf-8') as file:
            grep(path, file.read(), MACHINE, 'a path of one machine')


def formatted(sources):
    result = subprocess.run(['clang-format', '--dry-run', '-Werror', *sources], capture_output=True, text=True)
    for line in result.stderr.splitlines():
        match = re.match(r'([^:]+):(\d+):\d+: error', line)
        if match:
            complain(match[1], match[2], 'clang-format')


def main():
    sources = [s for s in tracked('.c', '.h') if s.split('/')[0] in LAYERS + ['tests']]
    ours = [s for s in sources if not s.startswith('tests')]
    for path in sources:
        one_source(path)
    headers_alone([h for h in sources if h.endswith('.h') and h not in LISTS])
    sentences([s for s in ours if s.endswith('.c')])
    catalogues()
    machine_paths()
    formatted(sources)
    print(f'lint: {len(sources)} sources, {found} complaints')
    sys.exit(1 if found else 0)


main()
