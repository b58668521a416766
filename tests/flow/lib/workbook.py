"""An XLSX as a spreadsheet program sees it, read with nothing but zip and XML: values with their types, formulas, panes."""
import datetime
import io
import xml.etree.ElementTree
import zipfile

MAIN = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
FIRST_DAY = datetime.date(1899, 12, 30)


class Sheet:
    def __init__(self, root, shared, formats):
        self.formulas = len(root.findall(f'.//{MAIN}f'))
        self.links = len(root.findall(f'.//{MAIN}hyperlink'))
        pane = root.find(f'.//{MAIN}pane')
        self.frozen = pane is not None and (pane.get('state'), pane.get('ySplit'))
        self.widths = [float(column.get('width')) for column in root.findall(f'.//{MAIN}col')]
        self.rows = [[cell for cell in (value_of(cell, shared, formats) for cell in row)] for row in root.find(f'{MAIN}sheetData')]

    def headings(self):
        return self.rows[0]

    def columns(self):
        """{heading: values below it}"""
        return {heading: [dict(row).get(letter) for row in self.rows[1:]] for letter, heading in self.rows[0]}


def value_of(cell, shared, formats):
    """(column's letters, str, date or the number as it is written)"""
    letter = cell.get('r').rstrip('0123456789')
    value = cell.find(f'{MAIN}v')
    if value is None:
        return letter, None
    if cell.get('t') == 's':
        return letter, shared[int(value.text)]
    if 'yyyy' in formats[int(cell.get('s', 0))]:
        return letter, FIRST_DAY + datetime.timedelta(days=int(value.text))
    return letter, Number(value.text)


class Number(str):
    """The digits of a number cell."""


def read(data):
    """{sheet's name: Sheet}, in order"""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        def part(name):
            return xml.etree.ElementTree.fromstring(archive.read(name))
        shared = [''.join(text.text or '' for text in one.iter(f'{MAIN}t')) for one in part('xl/sharedStrings.xml')]
        styles = part('xl/styles.xml')
        numbers = {one.get('numFmtId'): one.get('formatCode') for one in styles.iter(f'{MAIN}numFmt')}
        formats = [numbers.get(xf.get('numFmtId'), '') for xf in styles.find(f'{MAIN}cellXfs')]
        names = [one.get('name') for one in part('xl/workbook.xml').iter(f'{MAIN}sheet')]
        return {name: Sheet(part(f'xl/worksheets/sheet{number}.xml'), shared, formats) for number, name in enumerate(names, 1)}
