"""Files made to hurt whoever reads them, of every format: bombs, floods, nesting, lies about sizes. All invented here.

As a program it writes them into a folder: what makes them is large itself, and a child's peak memory counts from its parent's."""
import io
import os
import random
import struct
import sys
import zipfile
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
MIB = 1 << 20
HEADER = '交易日期,借方发生额,贷方发生额,余额,摘要,对方户名,对方账号\r\n'.encode()
CAMT = (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>',
        b'</Stmt></BkToCstmrStmt></Document>')
VOUCHER = (b'<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:bkrs="http://xbrl.mof.gov.cn/taxonomy/2023-05-15/bkrs">', b'</xbrl>')
WORKBOOK = (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>',
            b'</Table></Worksheet></Workbook>')
SHEET = (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>', b'</sheetData></worksheet>')
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha">' + b''.join(b'<!ENTITY %c "%s">' % (c + 1, b'&%c;' % c * 10) for c in range(97, 110)) + b']>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY % b SYSTEM "http://127.0.0.1:9/x"> %b;]>'


def names(count, form=b'<n%d/>'):
    return b''.join(form % i for i in range(count))


def prefixes():
    """Many declarations in scope, each looked up from the innermost out."""
    deep = 200
    opened = b''.join(b'<a' + b''.join(b' xmlns:p%d="u"' % (level * 40 + i) for i in range(40)) + b'>' for level in range(deep // 2))
    return opened + b'<p1:b/>' * 400000 + b'</a>' * (deep // 2)


def xml_bodies():
    """What is hostile inside any XML."""
    yield 'deep', b'<a>' * MIB
    yield 'names', names(200000)
    yield 'attributes', b'<a ' + names(300, b'a%d="" ') + b'/>'
    yield 'attribute-flood', b'<a ' + names(100000, b'a%d="" ') + b'/>'
    yield 'long-tag', b'<a b="' + b'x' * MIB + b'"/>'
    yield 'tag-64k', (b'<a b="' + b'x' * 65000 + b'"/>') * 100
    yield 'long-text', b'<a>' + b'x' * (8 * MIB) + b'</a>'
    yield 'long-comment', b'<!--' + b'- ' * (4 * MIB) + b'-->'
    yield 'long-cdata', b'<![CDATA[' + b']' * (8 * MIB) + b']]>'
    yield 'long-instruction', b'<?a ' + b'?' * (8 * MIB) + b'?>'
    yield 'references', b'<a>' + b'&#65;' * (2 * MIB) + b'</a>'
    yield 'prefixes', prefixes()
    yield 'open-tags', b'<a ' * MIB
    yield 'quotes', b'<a b=\'' + b'"<' * MIB
    yield 'equal-signs', b'=' * (8 * MIB)
    yield 'empty-elements', b'<a/>' * (2 * MIB)


def xml():
    for kind, (head, tail) in (('camt', CAMT), ('voucher', VOUCHER), ('xmlss', WORKBOOK)):
        yield f'{kind}-laughs.xml', LAUGHS + head + b'<Id>&n;</Id>' + tail
        yield f'{kind}-outside.xml', OUTSIDE + head + b'<Id>&a;</Id>' + tail
        for name, body in xml_bodies():
            yield f'{kind}-{name}.xml', head + body + tail
    entry = b'<Ntry><Amt Ccy="CNY">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-10-14</Dt></BookgDt>%s</Ntry>'
    yield 'camt-batch.xml', CAMT[0] + entry % (b'<NtryDtls>' + b'<TxDtls><Amt Ccy="CNY">1.00</Amt></TxDtls>' * 300000 + b'</NtryDtls>') + CAMT[1]
    yield 'camt-remarks.xml', CAMT[0] + entry % (b'<NtryDtls><TxDtls><RmtInf>' + b'<Ustrd>x</Ustrd>' * 500000 + b'</RmtInf></TxDtls></NtryDtls>') + CAMT[1]
    yield 'camt-statements.xml', CAMT[0] + b'</Stmt><Stmt>' * 300000 + CAMT[1]
    yield 'camt-balances.xml', CAMT[0] + b'<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp></Bal>' * 200000 + CAMT[1]
    yield 'utf16-half.xml', b'\xff\xfe' + '<a>'.encode('utf-16-le') + b'\x00\xd8' * MIB
    yield 'utf7.xml', b"<?xml version='1.0' encoding='UTF-7'?><a/>"
    yield 'xls-rows.xml', WORKBOOK[0] + b'<Row ss:Index="1000000000"><Cell ss:Index="2000000000" ss:MergeAcross="2000000000"/></Row>' * 1000 + WORKBOOK[1]


def text():
    row = '2026-11-02,,735.00,1735.00,货款,某某公司,410001\r\n'.encode('gb18030')
    head = HEADER.decode().encode('gb18030')
    yield 'one-line.csv', b'x' * (8 * MIB)
    yield 'commas.csv', b',' * (8 * MIB)
    yield 'quotes.csv', b'"' * (8 * MIB)
    yield 'quotes-commas.csv', b'",' * (8 * MIB)
    yield 'open-quote.csv', head + b'"' + row * 200000
    yield 'late-quote.csv', head + row * 200000 + b'"'
    yield 'returns.csv', b'\r' * (8 * MIB)
    yield 'feeds.csv', b'\n' * (8 * MIB)
    yield 'return-rows.csv', head.replace(b'\n', b'') + row.replace(b'\n', b'') * 200000
    yield 'nul.csv', head + b'\0' * MIB
    yield 'nul-late.csv', head + row * 1000 + b'2026-11-02,,1.00,\0\r\n'
    yield 'wide.csv', head + (b','.join([b'1.00'] * 200) + b'\r\n') * 20000
    yield 'wide-headers.csv', b''.join(b','.join([('余额', '借方发生额', '摘要', '交易日期')[i % 4].encode('gb18030') for i in range(1000)]) + b'\r\n' for _ in range(60))
    yield 'headers.csv', head * 100000
    yield 'dates.csv', head + b'2026-11-02,,,,,,\r\n' * 300000
    yield 'preamble.csv', ('账号:' * 8000 + '\r\n').encode('gb18030') * 59 + head + row
    yield 'tabs.csv', b'\t' * (8 * MIB)
    yield 'digits.csv', head + b'2026-11-02,,' + b'9' * 60000 + b',1.00,a,b,c\r\n'
    yield 'half-characters.csv', head + b'\x81' * MIB
    yield 'utf16-odd.csv', b'\xff\xfe' + HEADER.decode().encode('utf-16-le') + b'x'
    yield 'marks.csv', b'\xef\xbb\xbf' * MIB
    yield 'random.csv', random.Random(1).randbytes(4 * MIB)
    yield 'lines.sta', b':20:1\r\n:25:1\r\n:28C:1\r\n:60F:C261101CNY1,00\r\n' + b':61:261102C1,00NTRFX\r\n' * 300000
    yield 'info.sta', b':20:1\r\n:25:1\r\n:28C:1\r\n:60F:C261101CNY1,00\r\n:61:261102C1,00NTRFX\r\n:86:' + b'x' * 60 + b'\r\n?20' * MIB
    yield 'info-lines.sta', b':20:1\r\n:25:1\r\n:60F:C261101CNY1,00\r\n:61:261102C1,00NTRFX\r\n:86:' + b'?20' * MIB
    yield 'references.sta', b':20:1\r\n' * 500000
    yield 'envelopes.sta', b'{1:F01A}{4:\r\n:20:1\r\n' + b'{' * (4 * MIB)
    yield 'tables.html', b'<html><table><tr><td>' * 100000
    yield 'cells.html', b'<html><table><tr>' + b'<td>1' * (2 * MIB)
    yield 'spans.html', b'<html><table><tr>' + b'<td colspan=1000000000 rowspan=1000000000>1</td>' * 10000 + b'</tr></table></html>'
    yield 'span-rows.html', b'<html><table>' + (b'<tr>' + b'<td rowspan=65000>1</td>' * 200 + b'</tr>') * 5000 + b'</table></html>'
    yield 'open-attribute.html', b'<html><table><tr><td a="' + b'x' * (8 * MIB)
    yield 'comments.html', b'<html><table>' + b'<!--' * (2 * MIB)
    yield 'entities.html', b'<html><table><tr><td>' + b'&amp;' * (2 * MIB) + b'</td></tr></table></html>'
    yield 'script.html', b'<html><table><script>' + b'</scrip' * MIB


def archive(parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def xlsx(sheet, strings=b''):
    main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    package = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    relation = '<Relationship Id="{0}" Type="' + relations + '/{1}" Target="{2}"/>'
    return archive({
        '[Content_Types].xml': b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        '_rels/.rels': package % relation.format('r1', 'officeDocument', 'xl/workbook.xml').encode(),
        'xl/workbook.xml': f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        'xl/_rels/workbook.xml.rels': package % (relation.format('r1', 'worksheet', 'worksheets/sheet1.xml') + relation.format('r2', 'sharedStrings', 'sharedStrings.xml')).encode(),
        'xl/sharedStrings.xml': f'<sst xmlns="{main}">'.encode() + strings + b'</sst>',
        'xl/worksheets/sheet1.xml': sheet})


def ofd(attachment, count=1):
    parts = {'OFD.xml': b'<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>'}
    parts.update({f'Doc_0/Attachs/bkrs_{i}.xml': attachment for i in range(count)})
    return archive(parts)


def one_kernel(entries, kernel):
    """Many entries that share one compressed piece: D. Fifield, A better zip bomb (2019), in its plainest form."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(kernel) + packer.flush()
    shared = struct.pack('<HHHIIIIHH', 20, 0, 8, 0, zlib.crc32(kernel), len(data), len(kernel), 5, 0)
    out, directory = struct.pack('<I', 0x04034B50) + shared + b'a.xml' + data, b''
    for i in range(entries):
        directory += struct.pack('<IH', 0x02014B50, 20) + shared + struct.pack('<HHHII', 0, 0, 0, 0, 0) + b'%05d' % i
    return out + directory + struct.pack('<IHHHHIIH', 0x06054B50, 0, 0, min(entries, 65535), min(entries, 65535), len(directory), len(out), 0)


def zips():
    cell = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>2026-11-02</t></is></c></row>'
    yield 'bomb.xlsx', xlsx(SHEET[0] + b' ' * (600 * MIB) + SHEET[1])
    yield 'bomb-cells.xlsx', xlsx(SHEET[0] + b'<row><c/></row>' * (3 * MIB) + SHEET[1])
    yield 'bomb-strings.xlsx', xlsx(SHEET[0] + SHEET[1], b'<si><t>a</t></si>' * (4 * MIB))
    yield 'laughs.xlsx', xlsx(LAUGHS + SHEET[0] + SHEET[1])
    yield 'far-cells.xlsx', xlsx(SHEET[0] + b''.join(cell % (n, n) for n in (1, 1048576, 4294967295, 99999999999)) + b'<row r="1"><c r="XFD1"/><c r="ZZZZZZZ1"/></row>' + SHEET[1])
    for name, body in xml_bodies():
        yield f'sheet-{name}.xlsx', xlsx(SHEET[0] + body + SHEET[1])
    yield 'laughs.ofd', ofd(LAUGHS + VOUCHER[0] + VOUCHER[1])
    yield 'many.ofd', ofd(VOUCHER[0] + b'<a/>' * 1000 + VOUCHER[1], 4000)
    yield 'bomb.ofd', ofd(VOUCHER[0] + b' ' * (600 * MIB) + VOUCHER[1])
    yield 'kernel.zip', one_kernel(60000, b'a' * (8 * MIB))
    yield 'kernel.ofd', one_kernel(4000, b'<OFD/>' * MIB).replace(b'00000', b'OFD.x')
    yield 'names.zip', archive({'../../etc/passwd': b'x', '/etc/passwd': b'x', 'a/../OFD.xml': b'x', 'OFD.xml': b'<a/>'})
    whole = xlsx(SHEET[0] + b''.join(cell % (n, n) for n in range(1, 2000)) + SHEET[1])
    for cut in (4, 30, len(whole) // 3, len(whole) // 2, len(whole) - 23, len(whole) - 1):
        yield f'cut-{cut}.xlsx', whole[:cut]


def binaries():
    noise = random.Random(2)
    ole = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
    header = ole + b'\0' * 16 + struct.pack('<HHHHHHIIII', 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1) + struct.pack('<IIIIII', 0, 4096, 2, 1, 0xFFFFFFFE, 0)
    yield 'noise.xls', ole + noise.randbytes(MIB)
    yield 'zeros.xls', ole + b'\0' * MIB
    yield 'loop.xls', header + struct.pack('<109I', *[0] * 109) + struct.pack('<128I', *[1, 2, 1] + [1] * 125) * 64
    yield 'short.xls', ole
    yield 'noise.pdf', b'%PDF-1.7\n' + noise.randbytes(MIB)
    yield 'objects.pdf', b'%PDF-1.7\n' + b''.join(b'%d 0 obj\n<</A %d 0 R>>\nendobj\n' % (i, i + 1) for i in range(200000)) + b'trailer<</Root 1 0 R>>\n%%EOF'
    yield 'deep.pdf', b'%PDF-1.7\n1 0 obj\n' + b'[' * (4 * MIB) + b'\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF'
    yield 'dictionaries.pdf', b'%PDF-1.7\n1 0 obj\n' + b'<</A' * MIB + b'\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF'
    packed = zlib.compress(zlib.compress(b'\0' * (400 * MIB), 9), 9)
    stream = b'<</Type/EmbeddedFile/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream' % (len(packed), packed)
    yield 'bomb.pdf', (b'%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 4 0 R/Names<</EmbeddedFiles<</Names[(bkrs.xml) 2 0 R]>>>>>>endobj\n'
                       b'2 0 obj<</Type/Filespec/F(bkrs.xml)/EF<</F 3 0 R>>>>endobj\n3 0 obj' + stream + b'endobj\n4 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF')
    yield 'loop.pdf', b'%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Names<</EmbeddedFiles 2 0 R>>>>endobj\n2 0 obj<</Kids[2 0 R 2 0 R]>>endobj\ntrailer<</Root 1 0 R/Prev 0>>\n%%EOF'
    yield 'program.csv', b'\x7fELF' + noise.randbytes(10000)
    yield 'image.csv', b'\x89PNG\r\n\x1a\n' + noise.randbytes(10000)
    yield 'packed.csv', b'\x1f\x8b\x08' + noise.randbytes(10000)
    yield 'nothing.csv', b''


def damaged():
    """Our golden files cut and with bytes turned, a few of each."""
    noise, folder = random.Random(3), os.path.join(ROOT, 'tests', 'golden')
    for name in sorted(n for n in os.listdir(folder) if not n.endswith('.jsonl')):
        with open(os.path.join(folder, name), 'rb') as file:
            data = file.read()
        for i in range(6):
            turned = bytearray(data)
            for _ in range(1 + i):
                turned[noise.randrange(len(data))] ^= 1 << noise.randrange(8)
            yield f'turned-{i}-{name}', bytes(turned)
        yield f'cut-{name}', data[:noise.randrange(len(data))]


if __name__ == '__main__':
    for make in (xml, text, zips, binaries, damaged):
        for name, data in make():
            with open(os.path.join(sys.argv[1], name), 'wb') as file:
                file.write(data)
