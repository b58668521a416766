#!/usr/bin/python3
"""Who reads English gets English: the command line by the locale, reports and result files by the configuration. Only what
applicants and banks wrote stays as it is."""
import glob
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import orders, place, tap  # noqa: E402
from lib.instance import NUMBERS, OWNER, Instance, section  # noqa: E402

if place.missing('yifen'):
    tap.skip_all('yifen is not built')

ENGLISH = dict(LC_ALL='en_US.UTF-8', LANG='en_US.UTF-8')
CHINESE = re.compile('[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+')
home = place.scratch('english')
yifen = Instance(os.path.join(home, 'i'))
yifen.configure(section('yifen', None, language='en', settle=0),
                section('account', 'icbc', number=NUMBERS['icbc'], name=OWNER, bank='icbc', statements='folder'))
made = orders.wires(2)
FIRST = made[0]['order_no']
HEADER = '凭证号,本方账号,对方账号,交易时间,借/贷,借方发生额,贷方发生额,对方行号,摘要,用途,对方单位名称,余额,个性化信息'


def statement(name, *lines):
    path = os.path.join(home, name)
    with open(path, 'w', encoding='gb18030', newline='') as file:
        file.write('\r\n'.join(('[HISTORYDETAIL]', HEADER, *lines)) + '\r\n')
    return path


def texts(value):
    """Every text within."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def left(said):
    """The Chinese in it that no order, file or configuration brought."""
    for text in sorted(set(texts(made) + [OWNER, HEADER.replace(',', '、')] + HEADER.split(',')), key=len, reverse=True):
        said = said.replace(text, '')
    return CHINESE.findall(said)


def test_commands():
    path = orders.write(os.path.join(home, 'orders.jsonl'), made)
    bad = os.path.join(home, 'bad.jsonl')
    with open(bad, 'w', encoding='utf-8') as file:
        file.write('{"order_no":"x y"}\n')
    commands = [(), ('order', 'import', path), ('order', 'import', bad), ('order', 'list'), ('order', 'show', FIRST),
                ('order', 'code', FIRST, '123456'), ('order', 'show', 'NONE'), ('case', 'list'), ('transfers',), ('transfers', '--unknown'),
                ('statement', 'list'), ('statement', 'gaps'), ('entries',), ('status',), ('report',), ('report', '--format', 'html'),
                ('config', 'check'), ('audit', 'verify'), ('parse', bad), ('nonsense',), ('case', 'accept', '99')]
    for command in commands:
        done = yifen.yifen(*command, **ENGLISH)
        said = done.stdout + done.stderr
        tap.ok(said.strip(), f'yifen {" ".join(command[:2])} says something')
        tap.equal(left(said), [], f'yifen {" ".join(command[:2])} says it in English')


def test_results():
    """The result file of a refused file, by the configuration, whatever the locale is."""
    path = statement('refused.csv', '1,not an account')
    yifen.yifen('statement', 'import', path)
    results = glob.glob(yifen.path('results', '**', '*.csv'), recursive=True)
    tap.ok(results, 'there is a result file')
    for path in results:
        with open(path, encoding='utf-8-sig') as file:
            tap.equal(left(file.read()), [], 'it is in English')


test_commands()
test_results()
chinese = yifen.yifen('status').stdout
tap.ok(CHINESE.search(chinese), 'by another locale the same command says it in Chinese')
tap.done()
