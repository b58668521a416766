"""Looks for known six-digit codes in bytes, in every dress that they might wear."""
import base64
import hashlib
import hmac
import re

LABEL = b'yifen verification code'
BETWEEN = re.compile(rb'(?<![0-9A-Za-z])[0-9]{6}(?![0-9A-Za-z])')
BENIGN = re.compile(rb'[0-9]{8}-[0-9]{6}-|[0-9]{6}-[0-9]{8}|:[0-9]{2}\.[0-9]{6}|"size":[0-9]{6}')  # names of files, fractions of seconds, sizes


def derive(key, reference, round_):
    """RFC 4226 over a key of its own for each reference: written from the design, not from the product's code."""
    own = hmac.new(key, LABEL + reference.encode(), hashlib.sha256).digest()
    mac = hmac.new(own, round_.to_bytes(8, 'big'), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 1000000:06d}"


def _base64_dresses(code):
    """What of the code's base64 does not depend on its neighbours, at the three alignments."""
    whole = base64.b64encode(code)
    one, two = base64.b64encode(b'x' + code + b'xx'), base64.b64encode(b'xx' + code + b'x')
    return [whole, one[2:9], two[3:10]]


def _stands_in_base64(data, at, code):
    """A match in base64 does not show whether the code is part of a longer number; what it decodes to does."""
    left = re.search(rb'[A-Za-z0-9+/]*\Z', data[max(at - 64, 0):at])[0]
    run = left + re.match(rb'[A-Za-z0-9+/]*', data[at:at + 64])[0]
    for skip in range(4):
        part = run[skip:]
        if re.search(rb'(?<![0-9])' + code + rb'(?![0-9])', base64.b64decode(part[:len(part) // 4 * 4])):
            return True
    return False


class Codes:
    """plain: the codes as text. benign: six-digit runs that are other things (post codes, divisions)."""

    def __init__(self, plain, benign=()):
        self.plain = {code.encode() for code in plain} - {run.encode() for run in benign}
        self.dressed, self.base64 = {}, {}
        for code in self.plain:
            wide = ''.join(chr(c + 0xFEE0) for c in code)
            for dress in [code.hex().encode(), code.decode().encode('utf-16-le'), code.decode().encode('utf-16-be'),
                          wide.encode(), wide.encode('gbk')]:
                self.dressed[dress] = code
            self.base64.update({dress: code for dress in _base64_dresses(code)})
        self.dressed.update(self.base64)
        self.sizes = sorted({(dress[:2], len(dress)) for dress in self.dressed})

    def find(self, data):
        """The codes that stand in these bytes, with how."""
        found = [(code, 'raw') for code in BETWEEN.findall(BENIGN.sub(b'-', data)) if code in self.plain]
        for head, size in self.sizes:
            at = data.find(head)
            while at >= 0:
                dress = data[at:at + size]
                if dress in self.dressed and (dress not in self.base64 or _stands_in_base64(data, at, self.base64[dress])):
                    found.append((self.dressed[dress], 'dressed'))
                at = data.find(head, at + 1)
        return found
