"""PNG pictures with 8 bits a channel, read and written with zlib alone. ISO/IEC 15948."""
import struct
import zlib

MAGIC = b'\x89PNG\r\n\x1a\n'
CHANNELS = {2: 3, 6: 4}  # colour type: RGB, RGBA


def chunks(data):
    at = len(MAGIC)
    while at < len(data):
        size, name = struct.unpack('>I4s', data[at:at + 8])
        yield name, data[at + 8:at + 8 + size]
        at += size + 12


def _paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def _unfilter(kind, line, above, step):
    for i in range(len(line)):
        a, b, c = (line[i - step] if i >= step else 0), above[i], (above[i - step] if i >= step else 0)
        line[i] = (line[i] + (0, a, b, (a + b) // 2, _paeth(a, b, c) if kind == 4 else 0)[kind]) & 255
    return line


def read(data):
    """Width, height, and rows of (red, green, blue, alpha)."""
    if not data.startswith(MAGIC):
        raise ValueError('no PNG')
    parts = list(chunks(data))
    width, height, depth, colour, _, _, interlace = struct.unpack('>IIBBBBB', parts[0][1])
    if depth != 8 or colour not in CHANNELS or interlace:
        raise ValueError('another kind of PNG')
    step = CHANNELS[colour]
    raw, rows, above = zlib.decompress(b''.join(body for name, body in parts if name == b'IDAT')), [], bytearray(width * step)
    for y in range(height):
        at = y * (width * step + 1)
        above = _unfilter(raw[at], bytearray(raw[at + 1:at + 1 + width * step]), above, step)
        rows.append([tuple(above[x:x + step]) + (255,) * (4 - step) for x in range(0, width * step, step)])
    return width, height, rows


def _chunk(name, body):
    return struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body))


def write(width, height, pixel, extra=b'', colour=6):
    """pixel(x, y) gives the channels; `extra` is more chunks after the header."""
    raw = b''.join(b'\0' + b''.join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))
    head = struct.pack('>IIBBBBB', width, height, 8, colour, 0, 0, 0)
    return MAGIC + _chunk(b'IHDR', head) + extra + _chunk(b'IDAT', zlib.compress(raw)) + _chunk(b'IEND', b'')


def text(words):
    return _chunk(b'tEXt', words)
