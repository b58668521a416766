#!/usr/bin/python3
"""The drop folder with whole programs: what is refused and how it is explained, what lies in the wrong place, which numbers
do not add up, what a spreadsheet could take for a formula; and a kill at every durable call."""
import csv
import glob
import os
import shutil
import struct
import subprocess

from lib import orders, place, tap
from lib.instance import NUMBERS, OWNER, Instance, count, section
from lib.process import wait_for

from bank import camt, sheets
from bank.clock import Clock

CMB = dict(number=NUMBERS['cmb'], name=OWNER)
ABC = dict(number=NUMBERS['abc'], name=OWNER)
ICBC = dict(number=NUMBERS['icbc'], name=OWNER)
BARE = '交易日期,借方发生额,贷方发生额,余额,摘要,对方户名,对方账号\r\n20261102,,735.00,1735.00,货款,某某公司,410001\r\n'


def line(number, amount, remark='货款', name='某某公司', day='2026-11-02'):
    return dict(id=number, day=day, time='10:00:00', amount=amount, name=name, other=f'41{number:06d}', remark=remark,
                reference=None, returns=None)


def statement(day, opening, lines, number=1):
    moment = Clock(os.path.join(place.scratch('clock'), 'clock')).now()
    return camt.write('camt.053.001.08', CMB, day, day, opening, lines, number, moment)


def make_instance(name):
    instance = Instance(os.path.join(place.scratch(name), 'home'))
    configure(instance)
    return instance


def configure(instance):
    instance.configure(section('yifen', '', settle=0),
                       *(section('account', bank, number=NUMBERS[bank], name=OWNER, bank=bank, statements='folder')
                         for bank in NUMBERS))


def drop(instance, name, data, folder=''):
    path = instance.path('inbox', folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)
    return path


def answer(instance, name, folder='*'):
    """The text of the newest result file of a name."""
    found = sorted(glob.glob(instance.path('results', folder, f'*-{glob.escape(name)}*.结果.csv')) +
                   (glob.glob(instance.path('results', f'*-{glob.escape(name)}*.结果.csv')) if folder == '*' else []))
    if not found:
        return ''
    with open(found[-1], 'rb') as file:
        data = file.read()
    assert data.startswith(b'\xef\xbb\xbf'), 'no BOM'
    return data[3:].decode('utf-8')


def test_refused():
    instance = make_instance('refused')
    whole = statement('2026-11-02', 10000, [line(1, 73500)])
    broken = whole.replace('>835.00<'.encode(), '>836.00<'.encode())
    tap.ok(broken != whole, 'the broken balance is one')
    cases = {
        'empty.csv': (b'', '', 'rejected', '空'),
        'half.xml': (whole[:len(whole) * 2 // 3], '', 'rejected', ''),
        'foreign.csv': (sheets.abc(dict(number='6225000000001234', name='别家公司'), '2026-11-02', '2026-11-02', 0,
                                   [line(1, 100)]), '', 'rejected', '不是我方账户'),
        'elsewhere.csv': (sheets.abc(ABC, '2026-11-02', '2026-11-02', 0, [line(1, 100)]), 'icbc', 'rejected', 'icbc'),
        'nameless.csv': (BARE.encode('gb18030'), '', 'rejected', 'inbox/账户名/'),
        'broken.xml': (broken, '', 'held', '余额对不上'),
        'random.bin': (bytes(range(256)) * 64, '', 'rejected', ''),
        'zip.csv': (b'PK\x03\x04' + b'\x00' * 64, '', 'rejected', ''),
    }
    for name, (data, folder, _, _) in cases.items():
        drop(instance, name, data, folder)
    instance.role('intake')
    states = {row['file']: row for row in instance.objects('statement', 'list')}
    for name, (data, _, state, part) in cases.items():
        tap.equal(states.get(name, {}).get('state'), state, f'{name} is {state}')
        sentence = answer(instance, name)
        tap.ok(part in sentence and len(sentence.splitlines()) == 1 and len(sentence) > 8,
               f'{name} is explained in one sentence', sentence)
        kept = glob.glob(instance.path('rejected', f'*-{name}')) + glob.glob(instance.path('archive', '*', '*', '*', f'*-{name}'))
        tap.ok(len(kept) == 1 and open(kept[0], 'rb').read() == data, f'{name} is kept as it came', kept)
    tap.equal(instance.entries(), [], 'nothing of them is stored')
    tap.equal(instance.query("SELECT count(*) AS n FROM review_case WHERE reason = 'balance_mismatch' AND state = 'open'"),
              [{'n': 1}], 'what does not add up is a case')
    drop(instance, 'mended.xml', whole)
    drop(instance, 'placed.csv', BARE.encode('gb18030'), 'icbc')
    instance.role('intake')
    tap.equal(len(instance.entries()), 2, 'the mended file is stored, and the nameless one in its own folder')
    tap.equal(instance.query("SELECT count(*) AS n FROM review_case WHERE reason = 'balance_mismatch' AND state = 'open'"),
              [{'n': 0}], 'the case has answered itself')


def test_no_code_told():
    """A file that is read askew may show a code where something else was expected."""
    instance = make_instance('askew')
    good = sheets.abc(ABC, '2026-11-02', '2026-11-02', 0, [line(1, 73500)])
    bad = good.replace(b'735.00', '办理数字证书编码: 654321'.encode('gb18030'), 1)
    drop(instance, 'askew.csv', bad)
    instance.role('intake')
    row = instance.query('SELECT state, facts FROM file')[0]
    sentence = answer(instance, 'askew.csv')
    tap.ok(row['state'] == 'rejected' and '******' in sentence + str(row['facts']), 'a cell that is read askew is told', row)
    tap.ok('654321' not in sentence + str(row['facts']), 'but not the code in it', sentence)


def test_odd():
    instance = make_instance('odd')
    inbox = instance.path('inbox')
    secret = os.path.join(os.path.dirname(instance.home), 'secret.csv')
    with open(secret, 'wb') as file:
        file.write(sheets.abc(ABC, '2026-11-02', '2026-11-02', 0, [line(1, 100)]))
    os.makedirs(os.path.join(inbox, 'folder.csv'), exist_ok=True)
    os.symlink(secret, os.path.join(inbox, 'link.csv'))
    os.link(secret, os.path.join(inbox, 'hard.csv'))
    os.mkfifo(os.path.join(inbox, 'pipe.csv'))
    with open(os.path.join(inbox, 'sparse.csv'), 'wb') as file:
        file.truncate(10 << 30)
    for name in ('~$note.csv', 'note.tmp', '.DS_Store', 'Thumbs.db'):
        drop(instance, name, b'x')
    for _ in range(3):
        instance.role('intake')
    for name in ('folder.csv', 'link.csv', 'hard.csv', 'pipe.csv', 'sparse.csv'):
        tap.ok(os.path.lexists(os.path.join(inbox, name)), f'{name} is left where it is')
        found = glob.glob(instance.path('results', f'*-{name}*'))
        tap.equal(len(found), 1, f'{name} is explained once, also over restarts')
    tap.equal(instance.query('SELECT count(*) AS n FROM file'), [{'n': 0}], 'none of them was read')
    tap.equal(len(os.listdir(instance.path('results'))), 5, 'the leavings of editors are not even mentioned')


def test_formulas():
    instance = make_instance('formulas')
    evil = ['=cmd|calc', '+1+1', '-1', '@SUM(A1)', '＝1', '\t=1', ' =1', '"=1', '汇款']
    lines = [line(n, 100 + n, text) for n, text in enumerate(evil, 1)]
    drop(instance, '=evil,"name".xml', statement('2026-11-02', 0, lines))
    instance.role('intake')
    found = glob.glob(instance.path('results', 'cmb', '*.结果.csv'))
    tap.equal(len(found), 1, 'a name with quotes and commas has its answer')
    with open(found[0], encoding='utf-8-sig', newline='') as file:
        rows = list(csv.reader(file))
    tap.equal(rows[0], '行号,记账日期,收支,金额,对方户名,对方账号,附言,去向,业务单号,原因,说明,位置'.split(','), 'the columns are as promised')
    cells = [cell for row in rows[1:] for cell in row[4:]]
    tap.equal([cell for cell in cells if cell.lstrip(' \t\r\n"')[:1] in tuple('=+-@＝＋－＠') and cell], [],
              'no cell can be taken for a formula')
    tap.has(rows[-1][11], '第 9 笔，金额在 Amt', 'where each field stood is said')
    entry = instance.entries()[-1]
    tap.equal((entry['line'], entry['origin']['amount'], 'end_to_end_id' in entry['origin']), (9, 'Amt', False),
              'in entries too, for the fields that the line has')
    tap.equal((len(rows) - 1, rows[-1][6]), (len(evil), '汇款'), 'every line is there, plain text unchanged')


def test_gaps():
    instance = make_instance('gaps')
    first = statement('2026-11-02', 10000, [line(1, 500)], 1)
    third = statement('2026-11-04', 11000, [line(3, 500, day='2026-11-04')], 3)
    second = statement('2026-11-03', 10500, [line(2, 500, day='2026-11-03')], 2)
    for name, data in (('1.xml', first), ('3.xml', third)):
        drop(instance, name, data)
    instance.role('intake')
    result = instance.yifen('statement', 'gaps')
    tap.ok(result.returncode == 1 and '2026-11-04' in result.stdout and '105.00' in result.stdout, 'a gap is found and named',
           result.stdout)
    tap.equal([row['reason'] for row in instance.objects('case', 'list')].count('statement_gap'), 1, 'and is a case')
    drop(instance, '2.xml', second)
    instance.role('intake')
    tap.equal(instance.yifen('statement', 'gaps').returncode, 0, 'the missing statement closes it')
    tap.equal([row['reason'] for row in instance.objects('case', 'list')].count('statement_gap'), 0, 'and its case')


def test_pages():
    """A page that is not the last is not the whole day."""
    instance = make_instance('pages')
    whole = statement('2026-11-02', 10000, [line(1, 500), line(2, 700)]).decode()
    head, rest = whole.split('<Ntry>', 1)
    first, second = ['<Ntry>' + part.split('</Ntry>')[0] + '</Ntry>' for part in rest.split('<Ntry>')]
    one = head.replace('<ElctrncSeqNb>', '<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><ElctrncSeqNb>')
    two = one.replace('<PgNb>1<', '<PgNb>2<').replace('>false<', '>true<')
    one = one.replace('CLBD', 'ITBD').replace('>112.00<', '>105.00<')
    two = two.replace('OPBD', 'ITBD').replace('>100.00<', '>105.00<')
    end = '</Stmt></BkToCstmrStmt></Document>'
    drop(instance, '1.xml', (one + first + end).encode())
    instance.role('intake')
    result = instance.yifen('statement', 'gaps')
    tap.ok(result.returncode == 1 and '缺第 2 页' in result.stdout, 'a missing page is a gap', result.stdout)
    tap.equal(len(instance.entries()), 1, 'the lines of the first page are stored')
    drop(instance, '2.xml', (two + second + end).encode())
    instance.role('intake')
    tap.equal((instance.yifen('statement', 'gaps').returncode, len(instance.entries())), (0, 2), 'the second page closes it')
    tap.equal([row['reason'] for row in instance.objects('case', 'list') if row['reason'] != 'deadline'], [],
              'no case is left but of wires that have waited for long')
    tap.equal({row['proof'] for row in instance.query('SELECT proof FROM statement')}, {'balance'}, 'each page proves its own lines')


def test_other_kind():
    instance = make_instance('kinds')
    lines = [line(1, 500), line(2, 700)]
    drop(instance, 'first.xml', statement('2026-11-02', 0, lines))
    instance.role('intake')
    for name, shown in (('same.csv', lines), ('other.csv', lines[:1])):
        drop(instance, name, sheets.abc(dict(CMB), '2026-11-02', '2026-11-02', 0, shown), 'cmb')
    instance.role('intake')
    tap.equal(len(instance.entries()), 2, 'a file of another kind is not stored')
    tap.ok('全部一致' in answer(instance, 'same.csv'), 'but compared', answer(instance, 'same.csv'))
    tap.ok('1 笔不一致' in answer(instance, 'other.csv'), 'and what differs is said', answer(instance, 'other.csv'))
    tap.equal([row['reason'] for row in instance.objects('case', 'list')].count('statement_conflict'), 1, 'and is a case')


def test_vanished():
    instance = make_instance('vanished')
    lines = [line(1, 500), line(2, 700), line(3, -1200)]
    for name, shown in (('1.xml', lines), ('2.xml', lines[:1])):
        drop(instance, name, statement('2026-11-02', 0, shown))
        instance.role('intake')
    entries = {(e['amount'], e['direction']): (e['disposition'], e.get('reason')) for e in instance.entries()}
    tap.equal((entries['5.00', 'credit'][0], entries['7.00', 'credit'], entries['12.00', 'debit']),
              ('pending', ('review', 'statement_conflict'), ('review', 'statement_conflict')),
              'lines that a later proven statement no longer shows are kept and go to review')
    tap.equal([row['reason'] for row in instance.objects('case', 'list')].count('statement_conflict'), 2, 'each is a case')


def test_superseded():
    """A table of the bank whose last day nothing proves to be whole: a person says which file is right."""
    instance = make_instance('superseded')
    order = orders.wires(1)[0]
    home = os.path.dirname(instance.home)
    instance.must('order', 'import', orders.write(os.path.join(home, 'orders.jsonl'), [order]))
    paid = line(3, round(float(order['payment']['amount']) * 100), order['order_no'], order['applicant']['name'])
    lines = [line(1, 500), line(2, 700), paid]
    for name, day, shown in (('one.csv', '2026-11-02', lines), ('two.csv', '2026-11-02', lines[:2]), ('next.csv', '2026-11-03', [])):
        path = os.path.join(home, name)
        with open(path, 'wb') as file:
            file.write(sheets.abc(ABC, day, day, 0 if shown else 1200, [dict(one, day=day) for one in shown or [line(4, 100)]]))
        instance.must('statement', 'import', path)
    tap.equal(instance.objects('order', 'show', order['order_no'])[0]['payment'], 'received', 'a line of the first version pays an order')

    def refused(*arguments):
        done = instance.yifen('statement', 'supersede', *arguments)
        return done.returncode, done.stderr.strip()

    tap.equal(refused('1', '--by', '2'), (2, refused('1', '--by', '2')[1]), 'a reason must be given')
    tap.equal(refused('1', '--by', '3', '--reason', 'x'),
              (1, '文件 3 的对账单没有包含 abc 2026-11-02—2026-11-02 的全部日期，不能代替它。'), 'other days take nobody\'s place')
    tap.equal([refused('1', '--by', '1', '--reason', 'x')[0], refused('1', '--by', '9', '--reason', 'x')[0]], [1, 1], 'nor does itself, nor nothing')
    done = instance.yifen('statement', 'supersede', '1', '--by', '2', '--reason', '银行更正，尾号 123456')
    tap.equal((done.returncode, done.stdout), (0, '对账单文件 1 由文件 2 代替，后者没有的流水转入审核。\n'), 'the corrected file takes its place')
    entries = {e['line'] if e['booking_date'] == '2026-11-02' else 'next': (e['disposition'], e.get('reason')) for e in instance.entries()}
    tap.equal(sorted(map(str, entries.values())), sorted(map(str, [('pending', 'unknown_payer')] * 3 + [('review', 'statement_conflict')])),
              'the line that it does not show goes to review, the others and other days do not')
    tap.equal((len(instance.entries()), instance.objects('order', 'show', order['order_no'])[0]['payment']), (4, 'unpaid'),
              'nothing is deleted, and the line pays nothing any more')
    shown = {row['id']: (row.get('superseded_by'), len(row['statements'])) for row in instance.objects('statement', 'list')}
    tap.equal(shown, {1: (2, 0), 2: (None, 1), 3: (None, 1)}, 'the list says so')
    tap.has(instance.yifen('statement', 'list').stdout, '已由文件 2 代替。', 'to people too')
    tap.equal(refused('1', '--by', '2', '--reason', 'x')[0], 1, 'once')
    tap.equal(refused('2', '--by', '1', '--reason', 'x')[0], 1, 'what lost its place takes nobody else\'s')
    rows = instance.query("SELECT subject, actor, (SELECT detail FROM audit_detail d WHERE d.audit_id = a.id) AS detail FROM audit a WHERE "
                          "action = 'file.supersede'")
    tap.ok(len(rows) == 1 and rows[0]['subject'] == 'file:1' and '"by":2' in rows[0]['detail'] and '银行更正' in rows[0]['detail'] and
           '123456' not in rows[0]['detail'], 'who and why is in the audit log, without what might be a code', rows)


def test_zero():
    instance = make_instance('zero')
    drop(instance, 'zero.xml', statement('2026-11-02', 0, [line(1, 500), line(2, 0)]))
    instance.role('intake')
    tap.equal([entry['amount'] for entry in instance.entries()], ['5.00'], 'a booked line of 0.00 moves nothing and is not stored')
    tap.has(answer(instance, 'zero.xml'), '金额为零', 'its result line says so')


def test_by_hand():
    instance = make_instance('hand')
    path = os.path.join(os.path.dirname(instance.home), '手工.csv')
    with open(path, 'wb') as file:
        file.write(sheets.abc(ABC, '2026-11-02', '2026-11-02', 0, [line(1, 73500)]))
    codes = [instance.yifen('statement', 'import', *names).returncode for names in
             ([path], [path], [path, '/nowhere.csv'], [os.path.dirname(path)], [])]
    tap.equal(codes, [0, 0, 1, 1, 2], 'exit codes: taken, known, one of them missing, a folder, nothing given')
    tap.ok(os.path.exists(path), 'the file given stays')
    tap.equal(count(row['state'] for row in instance.objects('statement', 'list')), {'duplicate': 2, 'taken': 1},
              'the same content again is known')
    explained = instance.yifen('match', 'explain', str(instance.entries()[0]['id']))
    tap.ok(explained.returncode == 0 and '待匹配' in explained.stdout, 'a line is explained', explained.stdout + explained.stderr)
    tap.equal(instance.yifen('match', 'explain', '999').returncode, 1, 'an unknown line is refused')


def test_beside_daemon():
    """While yifend holds the roles, the command rings and waits; the drop folder is watched, not polled."""
    instance = make_instance('daemon')
    instance.start()
    try:
        path = os.path.join(os.path.dirname(instance.home), 'a.csv')
        with open(path, 'wb') as file:
            file.write(sheets.abc(ABC, '2026-11-02', '2026-11-02', 0, [line(1, 73500), line(2, -1, '办理数字证书编码: 123456')]))
        result = instance.yifen('statement', 'import', path)
        tap.ok(result.returncode == 0 and '共 2 笔' in result.stdout, 'a file by hand beside the daemon',
               result.stdout + result.stderr)
        waiting = instance.path('waiting')
        with open(waiting, 'wb') as file:
            file.write(statement('2026-11-02', 0, [line(1, 500)]))
        os.rename(waiting, instance.path('inbox', 'b.xml'))
        wait_for(lambda: answer(instance, 'b.xml'), 'the file dropped is answered')
        tap.equal(count((e['account'], e['disposition']) for e in instance.entries()),
                  {(NUMBERS['abc'], 'pending'): 1, (NUMBERS['abc'], 'review'): 1, (NUMBERS['cmb'], 'pending'): 1},
                  'both files are stored, pay has spoken about our debit')
    finally:
        instance.stop()


# ---- a kill at every durable call ----

def prepare(home):
    """An instance with orders of nobody and four files in its inbox."""
    instance = Instance(home)
    configure(instance)
    drop(instance, '1.xml', statement('2026-11-02', 0, [line(1, 500), line(2, 500), line(3, -1, '办理数字证书编码: 123456')], 1))
    drop(instance, '1.xml', statement('2026-11-02', 0, [line(1, 500), line(2, 500), line(3, -1, '办理数字证书编码: 123456')], 1), 'cmb')
    drop(instance, '2.csv', sheets.abc(ABC, '2026-11-02', '2026-11-02', 0, [line(1, 500), line(1, 500)]))
    drop(instance, '3.csv', b'nothing')
    return instance


def end_state(instance):
    """What must be the same whether it was killed or not. Being killed between the row and the unlink may claim a file
    twice, as known content."""
    entries = sorted((e['account'], e['booking_date'], e['amount'], e['direction'], e['disposition'], e.get('remark'))
                     for e in instance.entries())
    files = sorted({(r['name'], r['state'], r['account'] or '') for r in instance.query('SELECT * FROM file')
                    if r['state'] != 'duplicate'})
    cases = sorted(r['reason'] for r in instance.query("SELECT * FROM review_case WHERE state = 'open'"))
    jobs = count((r['role'], r['kind'], r['state']) for r in instance.query('SELECT * FROM job'))
    return entries, files, cases, jobs


def leftovers(instance):
    """Copies without a row, rows without a copy, files not answered."""
    found = [name for name in os.listdir(instance.path('inbox')) if os.path.isfile(instance.path('inbox', name))]
    for row in instance.query('SELECT * FROM file'):
        if not os.path.exists(instance.path(row['path'])):
            found.append(f"row {row['id']} without {row['path']}")
        if row['state'] != 'claimed' and not row['path'].startswith(('archive/', 'rejected/')):
            found.append(f"{row['path']} not put away")
        if not row['result'] or not os.path.exists(instance.path(row['result'])):
            found.append(f"file {row['id']} without answer")
    return found


def settle(instance):
    """Every role that may have something to do, to its end."""
    for role in ('intake', 'pay', 'intake'):
        instance.role(role)


def counted(path):
    with open(path, 'rb') as file:
        return struct.unpack('<q', file.read(8))[0]


def killed(base, k, counter):
    home = os.path.join(place.scratch('kill'), 'home')
    shutil.copytree(base, home, symlinks=True)
    instance = Instance.__new__(Instance)
    instance.home, instance.conf, instance.clock, instance.daemon = home, os.path.join(home, 'yifen.conf'), None, None
    with open(counter + str(k), 'wb') as file:
        file.write(bytes(8))
    result = subprocess.run([place.program('yifend'), '-c', instance.conf, '--role', 'intake', '--once'],
                            env=instance.env(LD_PRELOAD=place.SHIM, YIFEN_SHIM_ROLE='intake', YIFEN_SHIM_COUNT=counter + str(k),
                                             YIFEN_SHIM_END=str(k), ASAN_OPTIONS='verify_asan_link_order=0'),
                            capture_output=True, timeout=60)
    return instance, result.returncode


def test_kills():
    folder = place.scratch('kills')
    base = prepare(os.path.join(folder, 'base')).home
    counter = os.path.join(folder, 'count')
    whole, _ = killed(base, 10 ** 9, counter)
    calls = counted(counter + str(10 ** 9))
    settle(whole)
    want = end_state(whole)
    tap.ok(calls > 50 and len(want[0]) == 5 and not leftovers(whole), f'unharmed it makes {calls} durable calls', leftovers(whole))
    step = 1 if os.environ.get('EVERY') else max(1, calls // 12)
    bad = []
    for k in range(1, calls + 1, step):
        instance, code = killed(base, k, counter)
        settle(instance)
        if code not in (-9, 0) or end_state(instance) != want or leftovers(instance):
            bad.append((k, code, end_state(instance), leftovers(instance)))
        shutil.rmtree(os.path.dirname(instance.home), ignore_errors=True)
    tap.ok(not bad, f'killed at every {step}. call and started again it ends the same', '\n'.join(map(str, bad[:3])))


def main():
    if place.missing('yifen', 'yifend', 'yifen-parse'):
        tap.skip_all('not built')
    only = os.environ.get('ONLY')
    if only:
        globals()['test_' + only]()
        tap.done()
    test_refused()
    test_no_code_told()
    test_odd()
    test_formulas()
    test_gaps()
    test_pages()
    test_other_kind()
    test_vanished()
    test_superseded()
    test_zero()
    test_by_hand()
    test_beside_daemon()
    if os.path.exists(place.SHIM):
        test_kills()
    else:
        tap.skip('kills', 'the shim is not built')
    tap.done()


main()
