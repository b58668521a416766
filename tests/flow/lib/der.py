"""DER read by itself, so that what OpenSSL's templates wrote is not judged by them. ITU-T X.690."""

NAMES = {0x02: 'INTEGER', 0x03: 'BIT STRING', 0x04: 'OCTET STRING', 0x06: 'OID', 0x0c: 'UTF8String', 0x16: 'IA5String',
         0x18: 'GeneralizedTime', 0x30: 'SEQUENCE'}


def _head(data, at):
    """Tag, begin and end of the content at `at`; lengths in the shortest form only."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7f
        length, at = int.from_bytes(data[at:at + count], 'big'), at + count
        if length < 0x80 or length < 1 << 8 * (count - 1):
            raise ValueError(f'not DER: long length {length}')
    if at + length > len(data):
        raise ValueError('cut')
    return tag, at, at + length


def _oid(body):
    numbers, value = [], 0
    for byte in body:
        value = value << 7 | byte & 0x7f
        if byte < 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return '.'.join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def _value(name, body):
    if name == 'INTEGER':
        return int.from_bytes(body, 'big', signed=True)
    if name == 'OID':
        return _oid(body)
    if name == 'BIT STRING':
        if body[0] != 0:
            raise ValueError(f'{body[0]} unused bits')
        return body[1:]
    return body.decode() if name in ('UTF8String', 'IA5String', 'GeneralizedTime') else body


def items(data):
    """[(type, value, its bytes whole)]; the value of a SEQUENCE is such a list."""
    at, found = 0, []
    while at < len(data):
        tag, begin, end = _head(data, at)
        name = NAMES[tag]
        found.append((name, items(data[begin:end]) if name == 'SEQUENCE' else _value(name, data[begin:end]), data[at:end]))
        at = end
    return found


def shape(found):
    """Only the types, nested."""
    return [shape(value) if name == 'SEQUENCE' else name for name, value, _ in found]


def values(found):
    return [values(value) if name == 'SEQUENCE' else value for name, value, _ in found]
