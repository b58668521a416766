#!/usr/bin/python3
"""yifen parse and the cage of yifen-parse, seen from outside."""
import json
import os
import signal
import subprocess
import time
import zipfile

from lib import place, tap

FORBIDDEN = ('libsqlite3', 'libcurl', 'libsystemd', 'libssh2', 'libcrypto', 'libssl', 'libmicrohttpd')


def parse(*arguments):
    done = subprocess.run([place.program('yifen'), 'parse', *arguments], capture_output=True, text=True, env={'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'zh_CN'}, timeout=60)
    return done.returncode, done.stdout, done.stderr


def golden(name):
    return os.path.join(place.ROOT, 'tests', 'golden', name)


def big_file(folder, lines):
    """A statement whose records do not fit into a pipe."""
    entry = ('<Ntry><Amt Ccy="CNY">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-10-14</Dt></BookgDt>'
             '<AddtlNtryInf>证书费</AddtlNtryInf></Ntry>')
    path = os.path.join(folder, 'big.xml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('<Document><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>')
        file.write(entry * lines)
        file.write('</Stmt></BkToCstmrStmt></Document>')
    return path


def test_links():
    libraries = subprocess.run(['ldd', place.program('yifen-parse')], capture_output=True, text=True).stdout
    found = [name for name in FORBIDDEN if name in libraries]
    tap.equal(found, [], 'yifen-parse links nothing but what parsing needs')


def test_cage(big):
    """A child that waits for its reader shows what it may do."""
    with open(big, 'rb') as file:
        child = subprocess.Popen([place.program('yifen-parse'), '--statement'], stdin=file, stdout=subprocess.PIPE, env={})
    time.sleep(1)
    with open(f'/proc/{child.pid}/status', encoding='ascii') as file:
        status = dict(line.split(':', 1) for line in file.read().splitlines())
    with open(f'/proc/{child.pid}/limits', encoding='ascii') as file:
        limits = file.read()
    sanitized = 'libasan' in subprocess.run(['ldd', place.program('yifen-parse')], capture_output=True, text=True).stdout
    tap.equal(status['NoNewPrivs'].strip(), '1', 'the child can get no new rights')
    if sanitized:
        tap.skip('seccomp', 'not in a sanitizer build')
    else:
        tap.equal(status['Seccomp'].strip(), '2', 'the child is under a seccomp filter')
        tap.ok(any(line.startswith('Max address space') and '268435456' in line for line in limits.splitlines()), 'its memory is limited')
        tap.ok(any(line.startswith('Max open files') and line.split()[3] == '0' for line in limits.splitlines()), 'it may open no file')
    child.kill()
    child.communicate()


def caged(pid):
    """Has the child closed its cage? Before, it has not looked at the file yet."""
    try:
        with open(f'/proc/{pid}/status', encoding='ascii') as file:
            return 'NoNewPrivs:\t1\n' in file.read()
    except OSError:
        return False


def test_killed(big):
    """Whatever ends the child, nothing of the file is told."""
    yifen = subprocess.Popen([place.program('yifen'), 'parse', '--json', big], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env={'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'zh_CN'})
    children = f'/proc/{yifen.pid}/task/{yifen.pid}/children'
    killed = False
    for _ in range(5000):
        with open(children, encoding='ascii') as file:
            found = file.read().split()
        if found and caged(found[0]):
            time.sleep(0.1)
            os.kill(int(found[0]), signal.SIGKILL)
            killed = True
            break
        time.sleep(0.001)
    out, err = yifen.communicate(timeout=60)
    tap.ok(killed, 'the child was there to be killed')
    tap.equal((yifen.returncode, out), (1, ''), 'a killed child: refused, and not one line')
    tap.has(err, '解析程序中止', 'it says that the parser died')


def test_refusals(folder):
    cases = [('book.xls', b'\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1' + b'\0' * 600, '损坏'), ('book.xlsx', b'PK\x03\x04' + b'x' * 100, '损坏'),
             ('page.xls', b'<html><table></table></html>', '网页'), ('a.pdf', b'%PDF-1.7 x', 'PDF'), ('empty.csv', b'', '空的'),
             ('nul.csv', b'a,b\0c\r\n', '编码'), ('x.xml', b'<!DOCTYPE a><a/>', 'DOCTYPE'), ('half.xml', open(golden('camt-08.xml'), 'rb').read()[:3000], '完整'),
             ('half.csv', open(golden('abc-full.csv'), 'rb').read()[:500], '没有下载完整')]
    for name, data, word in cases:
        path = os.path.join(folder, name)
        with open(path, 'wb') as file:
            file.write(data)
        code, out, err = parse('--json', path)
        tap.ok((code, out) == (1, '') and word in err and name in err and err.count('\n') == 1, f'{name}: refused in one sentence', err + out)


def bomb(path):
    """120 MiB of blank rows in 120 KiB."""
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        for name in ('[Content_Types].xml', '_rels/.rels', 'xl/_rels/workbook.xml.rels', 'xl/workbook.xml', 'xl/styles.xml'):
            with zipfile.ZipFile(golden('icbc-openpyxl.xlsx')) as whole:
                book.writestr(name, whole.read(name))
        for name in ('xl/worksheets/sheet1.xml', 'xl/worksheets/sheet2.xml'):
            book.writestr(name, '<worksheet><sheetData>' + '<row></row>' * (60 << 20 >> 4) + '</sheetData></worksheet>')
        book.writestr('xl/sharedStrings.xml', '<sst/>')


def test_tables(folder):
    """Every form a table comes in says the same, through the cage; UTF-16 text with tabs is called .xls, too."""
    whole = [line for line in parse('--json', golden('icbc-openpyxl.xlsx'))[1].splitlines()]
    for name in ('icbc-libreoffice.xlsx', 'icbc-1904.xlsx', 'icbc-xlwt.xls'):
        code, out, err = parse('--json', golden(name))
        same = [dict(json.loads(line), file='', format='') for line in out.splitlines()] == [dict(json.loads(line), file='', format='') for line in whole]
        tap.ok(code == 0 and same and '没有读：说明。' in err, f'{name} says what icbc-openpyxl.xlsx does, and which sheet was left out', err)
    for name in ('icbc-page.html', 'icbc-xmlss.xml', 'abc-formulas.xls'):
        tap.equal(parse(golden(name))[0], 0, f'{name} is read in the cage')
    with open(golden('icbc-history.csv'), encoding='gb18030', newline='') as file:
        text = file.read().replace('"1,', '"1').replace('"', '').replace(',', '\t')
    path = os.path.join(folder, 'tabs.xls')
    with open(path, 'w', encoding='utf-16', newline='') as file:
        file.write(text)
    code, out, err = parse('--json', path)
    tap.equal((code, len(out.splitlines())), (0, len(parse('--json', golden('icbc-history.csv'))[1].splitlines())), 'UTF-16 with tabs called .xls is read')
    path = os.path.join(folder, 'bomb.xlsx')
    bomb(path)
    begun = time.monotonic()
    code, out, err = parse(path)
    tap.ok(code == 1 and not out and '解压后太大' in err and time.monotonic() - begun < 5, 'a bomb is refused in time', err)


def test_command(folder):
    good, bad = golden('camt-08.xml'), os.path.join(folder, 'empty.csv')
    code, out, err = parse('--json', good, bad, golden('abc-account.csv'))
    tap.equal(code, 1, 'the worst of several files is the exit code')
    kinds = [json.loads(line)['type'] for line in out.splitlines()]
    tap.equal((kinds.count('statement'), kinds.count('entry')), (2, 12), 'all files are tried')
    tap.equal(parse()[0], 2, 'no file is wrong usage')
    tap.equal(parse('--nonsense', good)[0], 2, 'an unknown option is wrong usage')
    tap.equal(parse('--profile', 'icbc', golden('abc-full.csv'))[0], 1, 'a profile that does not fit refuses')
    tap.has(parse('--profile', 'icbc', golden('abc-full.csv'))[2], '缺少列', 'and names the columns that are missing')
    code, out, _ = parse('--csv', golden('icbc-query.csv'))
    rows = out.splitlines()
    tap.ok(code == 0 and rows[0].startswith('statement,line,account') and len(rows) == 6, 'as CSV')
    tap.has(rows[4], '"退汇 ""户名不符"""', 'CSV cells are quoted')
    code, out, _ = parse(golden('icbc-query.csv'))
    tap.ok(code == 0 and len(out.splitlines()) == 6, 'as a table')


def main():
    if place.missing('yifen', 'yifen-parse'):
        tap.skip_all('not built')
    folder = place.scratch('parse')
    big = big_file(folder, 60000)
    test_links()
    test_cage(big)
    test_killed(big)
    test_refusals(folder)
    test_tables(folder)
    test_command(folder)
    tap.done()


main()
