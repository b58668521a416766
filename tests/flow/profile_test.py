#!/usr/bin/python3
"""A bank that Yifen does not know: staff write a profile file, look why it does not fit, mend it, and import CSV and XLSX with it."""
import json
import os
import zipfile
from xml.sax.saxutils import escape

from lib import place, tap
from lib.instance import OWNER, Instance, section

NUMBER = '620099010000000017'
HEADER = ['页码', '发生日', '进', '出', '结存', '往来单位', '往来账号', '留言']
ROWS = [['1', '2026-10-13', '735.00', '', '1735.00', '庚某', '6221000000000000001', '202610130001266'],
        ['1', '2026-10-14', '', '0.01', '1734.99', '广州市辛贸易有限公司', '4561000000000000001', '办理数字证书'],
        ['2', '2026-10-15', '1,048.00', '', '2782.99', '上海安居工程有限公司', '4868000000000000001', '证书费']]
PROFILE = '''# 滨海银行
[bank]
title = 滨海银行

[statement]
explained = 手续费

[csv current]
booking_date = 记账的日子
credit = 进
debit = 出
balance = 结存
counterparty_name = 往来单位
counterparty_account = 往来账号?
remark = 留言?
known = 页码
account_labels = 户号
currency = CNY
'''
OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
SPREADSHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'


def write_csv(path, rows):
    lines = [f'户号：{NUMBER}', ','.join(HEADER)] + [','.join(f'"{cell}"' for cell in row) for row in rows]
    with open(path, 'w', encoding='gb18030', newline='') as file:
        file.write('\r\n'.join(lines) + '\r\n')


def write_xlsx(path, rows):
    def row_xml(number, cells):
        return f'<row r="{number}">' + ''.join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells) + '</row>'

    table = [[f'户号：{NUMBER}'], HEADER] + rows
    parts = {
        '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        '_rels/.rels': f'<Relationships><Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        'xl/workbook.xml': f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="明细" sheetId="1" r:id="b"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': f'<Relationships><Relationship Id="b" Type="{OFFICE}/worksheet" Target="worksheets/a.xml"/></Relationships>',
        'xl/worksheets/a.xml': f'<worksheet xmlns="{SPREADSHEET}"><sheetData>'
                               + ''.join(row_xml(i + 1, cells) for i, cells in enumerate(table)) + '</sheetData></worksheet>'}
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)


def write_profile(instance, text):
    with open(instance.path('profiles', 'binhai.conf'), 'w', encoding='utf-8') as file:
        file.write(text)


def test_misfit(instance, csv):
    tap.has(instance.yifen('parse', '--profile', 'binhai', csv).stderr, 'binhai', 'a profile that is not there is named')
    write_profile(instance, PROFILE)
    told = instance.yifen('parse', '--profile', 'binhai', csv)
    tap.equal((told.returncode, told.stdout), (1, ''), 'a profile that does not fit refuses the file')
    tap.has(told.stderr, '记账的日子', 'the missing column is named')
    tap.has(told.stderr, 'credit                有  C2', 'and where the others were found')
    plain = instance.yifen('parse', csv)
    tap.has(plain.stderr, 'binhai/current', 'without --profile the nearest layouts are told')
    lines = instance.yifen('parse', '--profile', 'binhai', csv, '--json').stdout.splitlines()
    refused = json.loads(lines[0])
    columns = {column['column']: column for layout in refused['layouts'] for column in layout['columns']}
    tap.equal((len(lines), refused['type'], refused['reason']), (1, 'refused', 'sheet_misfit'), 'as one JSON object')
    tap.equal((columns['booking_date']['names'], columns['balance']['cell']), (['记账的日子'], 'E2'), 'with every column')


def test_mistake(instance, csv):
    write_profile(instance, PROFILE.replace('credit = 进', 'credti = 进'))
    told = instance.yifen('parse', csv)
    tap.equal(told.returncode, 100, 'a mistake in the profile is no fault of the file')
    tap.ok('binhai.conf' in told.stderr and 'credti' in told.stderr and 'credit' in told.stderr, 'file, key and nearest key are told', told.stderr)


def test_cell(instance, folder):
    """The columns fit, one cell does not."""
    write_profile(instance, PROFILE.replace('记账的日子', '发生日|记账的日子'))
    for name, column, value, word in (('amount.xlsx', 2, '1O48.00', '1O48.00'), ('account.xlsx', 6, '6.22E+18', '科学计数'), ('lost.xlsx', 7, '#N/A', '#N/A')):
        path = os.path.join(folder, name)
        rows = [list(row) for row in ROWS]
        rows[2][column] = value
        write_xlsx(path, rows)
        told = instance.yifen('parse', '--profile', 'binhai', path)
        cell = f'{"ABCDEFGH"[column]}5'
        tap.ok(told.returncode == 1 and not told.stdout and cell in told.stderr and word in told.stderr, f'{name}: the cell {cell} is named', told.stderr)


def facts(lines):
    return [(line['booking_date'], line['direction'], line['amount'], line['counterparty_name'], line['counterparty_account'], line['remark']) for line in lines]


def test_import(instance, csv, xlsx):
    want = [('2026-10-13', 'credit', '735.00', '庚某', '6221000000000000001', '202610130001266'),
            ('2026-10-14', 'debit', '0.01', '广州市辛贸易有限公司', '4561000000000000001', '办理数字证书'),
            ('2026-10-15', 'credit', '1048.00', '上海安居工程有限公司', '4868000000000000001', '证书费')]
    for path, form in ((csv, 'csv'), (xlsx, 'xlsx')):
        lines = instance.objects('parse', path)
        head, entries = lines[0], lines[1:]
        tap.equal((head['account'], head['profile'], head['format'], head['opening'], head['closing']), (NUMBER, 'binhai', form, '1000.00', '2782.99'),
                  f'{form}: found by its content, its balances chain')
        tap.equal(facts(entries), want, f'{form}: every field')
    instance.must('statement', 'import', csv)
    tap.equal(facts(instance.objects('entries')), want, 'CSV is imported')
    instance.must('statement', 'import', xlsx)
    tap.equal(len(instance.objects('entries')), 3, 'XLSX of the same days adds nothing')


def main():
    if place.missing('yifen', 'yifen-parse', 'yifend'):
        tap.skip_all('not built')
    folder = place.scratch('profile')
    instance = Instance(os.path.join(folder, 'yifen'))
    instance.configure(section('account', 'binhai', number=NUMBER, name=OWNER, bank='binhai', statements='folder'))
    csv, xlsx = os.path.join(folder, '明细.csv'), os.path.join(folder, '明细.xlsx')
    write_csv(csv, ROWS)
    write_xlsx(xlsx, ROWS)
    test_misfit(instance, csv)
    test_mistake(instance, csv)
    test_cell(instance, folder)
    test_import(instance, csv, xlsx)
    tap.done()


main()
