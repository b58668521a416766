#!/usr/bin/python3
"""Who may do what: every command as every role, over the staff socket, as real Unix users and groups (by number, so that the
machine's lists of users stay as they are), compared with the table that people read in docs/staff.md. And what hostile callers,
slow callers and callers without a role get."""
import array
import concurrent.futures
import json
import os
import re
import select
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import orders, place, tap  # noqa: E402
from lib.instance import NUMBERS, OWNER, Instance, section  # noqa: E402
from lib.process import Process, wait_for  # noqa: E402

if place.missing('yifen', 'yifend'):
    tap.skip_all('yifend is not built')
if os.geteuid() != 0:
    tap.skip_all('only root can become other users')

ROLES = ('finance', 'reviewer', 'supervisor', 'operator')
DAEMON = 61000  # uid and gid of the instance's owner
UID = dict(finance=61001, reviewer=61002, supervisor=61003, operator=61004, nobody=61005)
GID = dict(finance=62001, reviewer=62002, supervisor=62003, operator=62004, nobody=62005)
RIGHT, NOBODY = '您没有权限执行', '只能由本实例的所有者'

home = place.scratch('roles')
os.chmod(home, 0o755)
shutil.copy(place.program('yifen'), os.path.join(home, 'yifen'))  # where any user may run it
yifen = Instance(os.path.join(home, 'i'))
SOCKET = os.path.join(home, 'i', 'run', 'staff.sock')
yifen.configure(section('staff', None, **{role: GID[role] for role in ROLES}),
                section('account', 'icbc', number=NUMBERS['icbc'], name=OWNER, bank='icbc', statements='folder'))


def prepare():
    """The instance belongs to a user of its own; others may pass through to the socket and read the configuration."""
    subprocess.run(['chown', '-R', f'{DAEMON}:{DAEMON}', yifen.home], check=True)
    for path in (yifen.home, yifen.path('run')):
        os.chmod(path, 0o711)
    os.chmod(yifen.conf, 0o644)


def reachable():
    """A root folder that is closed to others (a chroot in a private folder) keeps them from everything."""
    try:
        return subprocess.run(['test', '-x', os.path.join(home, 'yifen')], user=UID['nobody'], check=False).returncode == 0
    except PermissionError:
        return False


def start():
    process = Process(['setpriv', f'--reuid={DAEMON}', f'--regid={DAEMON}', '--clear-groups', place.program('yifend'), '-c', yifen.conf],
                      os.path.join(home, 'yifend.log'), env=yifen.env())
    wait_for(lambda: not process.alive() or os.path.exists(SOCKET), 'yifend serves staff')
    return process


def run(role, *arguments, uid=None, group=None, groups=None, cwd=None, **env):
    """yifen as a user with a role: its group is a supplementary one."""
    return subprocess.run([os.path.join(home, 'yifen'), '-c', yifen.conf, *arguments], user=UID[role] if uid is None else uid,
                          group=UID[role] if group is None else group, extra_groups=[GID[role]] if groups is None else groups,
                          env=yifen.env(**env), capture_output=True, text=True, timeout=120, cwd=cwd or home)


def table():
    """{command: {role: may}} as docs/staff.md says."""
    with open(os.path.join(place.ROOT, 'docs', 'staff.md'), encoding='utf-8') as file:
        lines = file.read().splitlines()
    first = lines.index('| | ' + ' | '.join(ROLES) + ' |') + 2
    rows = {}
    for line in lines[first:]:
        if not line.startswith('|'):
            break
        command, *cells = (cell.strip() for cell in line.strip('|').split('|'))
        rows[command] = {role: {'yes': True, '-': False}[cell] for role, cell in zip(ROLES, cells, strict=True)}
    return rows


def offered():
    """The commands that `yifen --help` names."""
    names = set()
    for line in yifen.yifen('--help').stdout.splitlines()[1:]:
        command, _, rest = line.strip().removeprefix('yifen ').partition(' ')
        verbs = [word for part in rest.split(' | ') for word in re.findall(r'^([a-z][a-z-]*)(?= |$)', part)]
        names |= {f'{command} {verb}' for verb in verbs} or {command}
    return names


def test_matrix():
    want = table()
    missing = offered() - set(want) - {'parse', 'init', 'parse 文件'}
    tap.equal(sorted(missing), [], 'every command of the help has its row')

    def one(command, role):
        words = command.split()
        done = run(role, *words, *([] if words[0] in ('status', 'entries', 'transfers', 'doctor') else ['999']))
        return command, role, done

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda pair: one(*pair), [(command, role) for command in want for role in (*ROLES, 'nobody')]))
    wrong = []
    for command, role, done in results:
        may = want[command].get(role, False)
        refused = RIGHT in done.stderr or NOBODY in done.stderr
        if refused == may or (refused and (done.returncode != 1 or done.stdout)) or done.returncode > 100:
            wrong.append(f'{command} as {role}: {done.returncode} {done.stderr.strip()}')
    tap.equal(wrong, [], f'{len(want)} commands as {len(ROLES)} roles and as nobody do what docs/staff.md says')
    said = run('operator', 'case', 'approve', '1')
    tap.equal(said.stderr.strip(), '您没有权限执行“case approve”，需要的角色是：财务、主管。', 'the sentence names the roles that may')


def test_identity():
    run('finance', 'pay', 'hold', '--reason', 'x', USER='boss', LOGNAME='boss', SUDO_USER='boss')
    row = yifen.query("SELECT actor FROM audit WHERE action LIKE '%hold%' ORDER BY id DESC LIMIT 1")
    tap.equal(row, [{'actor': f'staff:{UID["finance"]}'}], 'the audit log names who the kernel says, not the environment')
    tap.equal(run('nobody', 'transfers', group=GID['finance']).returncode, 0, 'a role comes from the first group too')
    both = run('nobody', 'transfers', groups=[5, GID['operator'], GID['finance']])
    tap.equal((both.returncode, run('nobody', 'transfers', groups=[]).returncode), (0, 1), 'one of several groups is enough; none is not')
    done = run('finance', 'status', '--json')
    tap.ok(done.returncode == 0 and isinstance(json.loads(done.stdout), dict) and not done.stderr, 'output and exit code come through')
    tap.equal(run('finance', 'status', 'x').returncode, 2, 'so does another exit code')
    english = run('nobody', 'status', LC_ALL='en_US.UTF-8', LANG='en_US.UTF-8')
    tap.equal(english.returncode, 1, 'the caller\'s language does no harm')
    big = run('finance', 'pay', 'hold', '--reason', 'x' * 70000)
    tap.equal(big.returncode, 2, 'too long a line is refused here')


def test_files():
    path = orders.write(os.path.join(home, 'orders.jsonl'), orders.wires(2))
    os.chown(path, UID['supervisor'], UID['supervisor'])
    os.chmod(path, 0o600)
    done = run('supervisor', 'order', 'import', 'orders.jsonl')
    tap.equal((done.returncode, len(yifen.query('SELECT id FROM purchase'))), (0, 2), 'a file that the caller alone can read is imported')
    with open(yifen.path('secret.jsonl'), 'w', encoding='utf-8') as file:
        file.write('{"order_no":"1"}\n')
    os.chown(file.name, DAEMON, DAEMON)
    os.chmod(file.name, 0o600)
    done = run('supervisor', 'order', 'import', file.name)
    tap.ok(done.returncode == 1 and '读不到文件' in done.stderr, 'a file that only the daemon can read is not read', done.stderr)
    done = run('supervisor', 'match', 'replay', '--rules', yifen.path('secret.jsonl'))
    tap.ok(done.returncode == 1 and '读不到文件' in done.stderr, 'nor are rules', done.stderr)
    path = os.path.join(home, 'lines.csv')
    with open(path, 'w', encoding='gb18030') as file:
        file.write('not a statement\n')
    os.chown(path, UID['finance'], UID['finance'])
    os.chmod(path, 0o600)
    done = run('finance', 'statement', 'import', '--account', 'icbc', path)
    row = yifen.query('SELECT origin, state FROM file')
    tap.equal(row, [{'origin': f'person:{UID["finance"]}', 'state': 'rejected'}], 'a statement comes from the person who gave it')
    tap.ok(done.returncode == 1 and 'lines.csv' in done.stderr, 'who is told what became of it', done.stderr)
    many = run('supervisor', 'order', 'import', 'orders.jsonl', cwd='/')
    tap.equal(many.returncode, 1, 'a name is looked up where the caller stands')


def test_documents():
    """Documentary proof by two people, of whom neither can be both."""
    order = orders.wires(2)[0]['order_no']

    def prove(role):
        done = run(role, 'order', 'prove', order, '--reason', '开户许可，零余额账户', '--json')
        return done.returncode, json.loads(done.stdout)['result'] if done.stdout else done.stderr.strip()

    tap.equal([prove(role) for role in ('reviewer', 'reviewer', 'supervisor')], [(0, 'waits'), (0, 'waits'), (0, 'proven')],
              'documents prove when a second person has seen them')
    tap.equal(prove('reviewer')[0], 1, 'once')
    shown = yifen.objects('order', 'show', order)[0]
    tap.equal((shown['proof'], shown['payment']), ('documents', 'unpaid'), 'the order says how it is proven; it is not paid by that')


# ---- callers who are not yifen ----

def as_user(uid, function):
    """Runs it in a process of another user; what it prints on its pipe."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([GID['finance']])
            os.setgid(uid)
            os.setuid(uid)
            os.write(write, str(function()).encode())
        finally:
            os._exit(0)
    os.close(write)
    said = b''
    while part := os.read(read, 4096):
        said += part
    os.close(read)
    os.waitpid(child, 0)
    return said.decode()


def connect():
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    link.settimeout(20)
    link.connect(SOCKET)
    return link


def ask(message, outputs='pp'):
    """Sends one message with descriptors; the answer's bytes. outputs: p a pipe, f a file."""
    link = connect()
    fds = [os.pipe()[1] if kind == 'p' else os.open(tempfile.gettempdir(), os.O_TMPFILE | os.O_WRONLY) for kind in outputs]
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
    try:
        link.sendmsg([message], rights)
        answer = link.recv(16)
    except OSError as failure:
        answer = type(failure).__name__.encode()
    return answer


GOOD = b'yifen-staff 1\0zh_CN\0j\0\0status\0'
HOSTILE = [
    (b'', 'pp'), (b'\0', 'pp'), (b'GET / HTTP/1.1\r\n\r\n', 'pp'), (GOOD[:-1], 'pp'), (b'yifen-staff 2' + GOOD[13:], 'pp'),
    (GOOD.replace(b'zh_CN', b'../../x'), 'pp'), (GOOD.replace(b'\0j\0', b'\0jj\0'), 'pp'), (GOOD.replace(b'\0j\0', b'\0q\0'), 'pp'),
    (GOOD.replace(b'j\0\0', b'j\x001\0'), 'pp'), (GOOD.replace(b'j\0\0', b'j\x000\0'), 'pp'), (GOOD, ''), (GOOD, 'p'), (GOOD, 'ff'),
    (GOOD, 'ppp'), (GOOD + b'a\0' * 600, 'pp'), (GOOD + b'a' * 70000 + b'\0', 'pp'), (b'yifen-staff 1\0zh_CN\0\0\0', 'pp'),
]


def test_hostile():
    tap.equal(as_user(UID['finance'], lambda: ask(GOOD)), "b'\\x00'", 'a good message from anywhere is answered')
    for message, outputs in HOSTILE:
        got = as_user(UID['finance'], lambda: ask(message, outputs))
        tap.ok(got in ("b''", "b'ConnectionResetError'", "b'BrokenPipeError'"), f'dropped: {message[:40]!r} {outputs}', got)
    tap.equal(run('finance', 'status').returncode, 0, 'the daemon goes on')


def test_slow():
    """Callers who say nothing keep only themselves waiting, and four of one user at most."""
    def hold():
        links = [connect() for _ in range(12)]
        time.sleep(3)
        return len(select.select(links, [], [], 0)[0])  # what is readable has been closed

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        silent = pool.submit(as_user, UID['nobody'], hold)
        time.sleep(0.5)
        began = time.monotonic()
        done = run('finance', 'status')
        tap.ok(done.returncode == 0 and time.monotonic() - began < 2, 'others are answered at once', done.stderr)
        tap.equal(silent.result(), '8', 'of twelve silent calls of one user four are held')


def test_absent(process):
    tap.equal(stat.S_IMODE(os.stat(SOCKET).st_mode), 0o666, 'everybody may knock')
    tap.equal(process.stop(30), 0, 'yifend ends')
    done = run('finance', 'status')
    tap.ok(done.returncode == 111 and 'yifend 没有在' in done.stderr, 'without a daemon staff are told so', done.stderr)
    tap.equal(run('nobody', 'status', uid=DAEMON, group=DAEMON, groups=[]).returncode, 0, 'its owner works without it')
    tap.equal(yifen.yifen('audit', 'verify').returncode, 0, 'and so does root; the audit log is whole')


prepare()
if not reachable():
    tap.skip_all('other users cannot reach the folders of tests')
daemon = start()
for check in tap.chosen([test_matrix, test_identity, test_files, test_documents, test_hostile, test_slow]):
    check()
test_absent(daemon)
tap.done()
