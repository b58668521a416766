"""Files that must not be taken: each is refused whole, kept, and explained."""
from bank import camt, sheets

from .instance import NUMBERS, OWNER


def _line(amount):
    return dict(id=1, day='2026-11-02', time='10:00:00', amount=amount, name='某人', other='4100', remark='货款', reference=None,
                returns=None)


def make_all(world):
    """{name: bytes}: half-written, of another bank customer, empty, renamed, hostile."""
    mine = dict(number=NUMBERS['cmb'], name=OWNER)
    whole = camt.write('camt.053.001.08', mine, '2026-11-02', '2026-11-02', 100, [_line(100)], 1, world.bank.clock.now())
    foreign = sheets.abc(dict(number='6225000000001234', name='别家公司'), '2026-11-02', '2026-11-02', 500, [_line(100)])
    entity = b'?>\n<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n'
    hostile = whole.replace(b'?>\n', entity, 1).replace('某人'.encode(), b'&x;')
    return {'招行半截.xml': whole[:len(whole) * 2 // 3], '别家的流水.csv': foreign, '空文件.csv': b'',
            '其实是图片.csv': b'\x89PNG\r\n\x1a\n' + bytes(range(256)) * 4, '外部实体.xml': hostile}


def drop_all(world):
    """Drops them; gives their names."""
    made = make_all(world)
    for name, data in made.items():
        path = world.bank.path('downloads', name)
        with open(path, 'wb') as file:
            file.write(data)
        world.drop(path)
    return list(made)
