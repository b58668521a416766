#!/usr/bin/python3
"""Electronic seals read without the code that made them, and the pictures of yifen-seal."""
import math
import os
import subprocess
import time

import botan2
from lib import der, place, png, tap

SM2_SM3, RSA_SHA256 = '1.2.156.10197.1.501', '1.2.840.113549.1.1.11'
SM2_ID = ['-sigopt', 'distid:1234567812345678']


def openssl(*arguments):
    return subprocess.run(['openssl', *arguments], capture_output=True, text=True, timeout=60)


def maker(folder, kind):
    """A self-signed certificate that is valid at any time of the test's seals."""
    key, certificate = os.path.join(folder, 'ca.key'), os.path.join(folder, 'maker.pem')
    with open(os.path.join(folder, 'ca.pass'), 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write('a passphrase')
    algorithm = ['-algorithm', 'SM2'] if kind == 'SM2' else ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072']
    openssl('genpkey', *algorithm, '-aes256', '-pass', 'pass:a passphrase', '-out', key)
    signing = ['-sm3', '-sigopt', 'distid:1234567812345678'] if kind == 'SM2' else ['-sha256']
    openssl('req', '-x509', '-new', '-key', key, '-passin', 'pass:a passphrase', '-addext', 'keyUsage=digitalSignature', '-subj', '/CN=maker', '-days', '36500', '-out', certificate, *signing)
    os.chmod(key, 0o600)
    return certificate


def test_seal(kind, oid):
    folder = place.scratch('seal')
    certificate = maker(folder, kind)
    made = subprocess.run([place.program('tests/unit/test_eseal'), '--make', folder], capture_output=True, text=True)
    tap.equal(made.returncode, 0, f'{kind}: a seal is made')
    with open(os.path.join(folder, 'seal.der'), 'rb') as file:
        data = file.read()
    seal = der.items(data)
    tap.equal(der.shape(seal), [[[['IA5String', 'INTEGER', 'IA5String'], 'IA5String',
                                  ['INTEGER', 'UTF8String', 'INTEGER', ['OCTET STRING'], 'GeneralizedTime', 'GeneralizedTime', 'GeneralizedTime'],
                                  ['IA5String', 'OCTET STRING', 'INTEGER', 'INTEGER']],
                                 'OCTET STRING', 'OID', 'BIT STRING']], f'{kind}: the shape of SESeal in GB/T 38540-2020')
    info, maker_der, algorithm, signature = der.values(seal)[0]
    tap.equal((info[0], info[1]), (['ES', 4, 'YIFEN'], '44030020261122000001'), f'{kind}: header of version 4, identifier')
    tap.equal(info[2], [1, '深圳一分科技有限公司', 1, [b'0\x03\x02\x01\x05'], '20261122040000Z', '20261122040000Z', '20271122040000Z'], f'{kind}: type, name, certificates, times')
    tap.equal((info[3][0], info[3][2:]), ('PNG', [40, 40]), f'{kind}: a picture of 40 mm')
    tap.equal(algorithm, oid, f'{kind}: the algorithm')
    test_signature(kind, folder, certificate, seal[0][1][0][2], signature)
    parsed = openssl('asn1parse', '-inform', 'DER', '-in', os.path.join(folder, 'seal.der'))
    tap.equal(parsed.returncode, 0, f'{kind}: openssl asn1parse reads it to the end')
    own = subprocess.run(['openssl', 'x509', '-in', certificate, '-outform', 'DER'], capture_output=True).stdout
    tap.equal(maker_der, own, f"{kind}: the maker's certificate, byte for byte")
    return info[3][1]


def botan(public, info, signature):
    """A second implementation of SM2."""
    point = subprocess.run(['openssl', 'pkey', '-pubin', '-in', public, '-outform', 'DER'], capture_output=True).stdout[-64:]
    key = botan2.PublicKey.load_sm2('sm2p256v1', int.from_bytes(point[:32], 'big'), int.from_bytes(point[32:], 'big'))
    check = botan2.PKVerify(key, '1234567812345678,SM3', True)
    check.update(info)
    return check.check_signature(signature)


def test_signature(kind, folder, certificate, info, signature):
    paths = {name: os.path.join(folder, name) for name in ('tbs', 'sig', 'public.pem')}
    for name, content in (('tbs', info), ('sig', signature)):
        with open(paths[name], 'wb') as file:
            file.write(content)
    with open(os.path.join(folder, 'info.der'), 'rb') as file:
        tap.equal(file.read(), info, f'{kind}: what was to be signed stands in the seal')
    openssl('x509', '-in', certificate, '-pubkey', '-noout', '-out', paths['public.pem'])

    def verify(identity):
        rest = ['-sm3', *identity] if kind == 'SM2' else ['-sha256']
        return openssl('dgst', *rest, '-verify', paths['public.pem'], '-signature', paths['sig'], paths['tbs']).returncode == 0

    tap.ok(verify(SM2_ID), f'{kind}: openssl verifies the signature')
    if kind == 'SM2':
        tap.ok(botan(paths['public.pem'], info, signature), 'SM2: Botan verifies it too')
        tap.ok(not verify([]), 'SM2: not under the empty id, which is the default of OpenSSL')
    with open(paths['tbs'], 'ab') as file:
        file.write(b'\0')
    tap.ok(not verify(SM2_ID), f'{kind}: nor over other bytes')


def helper(what, given):
    """stdin is a file, stdout a pipe, as yifen-issue starts it."""
    folder = place.scratch('picture')
    path = os.path.join(folder, 'in')
    with open(path, 'wb') as file:
        file.write(given)
    with open(path, 'rb') as file:
        done = subprocess.run([place.program('yifen-seal'), what], stdin=file, stdout=subprocess.PIPE, env={}, timeout=60)
    return done.returncode, done.stdout


def share(rows, keep, low, high):
    """Of the pixels of a ring (radii in mm of a seal of 40 mm) and where `keep` holds: how much of them is covered, 0 to 1."""
    middle, scale, covered, count = len(rows) / 2, len(rows) / 40, 0, 0
    for y, row in enumerate(rows):
        for x, pixel in enumerate(row):
            dx, dy = (x + 0.5 - middle) / scale, (y + 0.5 - middle) / scale
            if low <= math.hypot(dx, dy) <= high and keep(dx, dy):
                covered, count = covered + pixel[3] / 255, count + 1
    return covered / count


def everywhere(dx, dy):
    return True


def bottom(dx, dy):
    return dy > 0 and abs(dx) < dy * math.tan(math.radians(30))


def test_picture(data):
    width, height, rows = png.read(data)
    tap.equal((width, height), (630, 630), '40 mm at 400 dpi')
    tap.equal([rows[y][x][3] for y in (0, 629) for x in (0, 629)], [0] * 4, 'the corners are transparent')
    colours = {pixel[:3] for row in rows for pixel in row if pixel[3] == 255}
    tap.equal(colours, {(230, 0, 18)}, 'all ink is red')
    tap.ok(share(rows, everywhere, 18.9, 19.8) > 0.99, 'a ring around it')
    tap.ok(share(rows, everywhere, 0, 2) > 0.99, 'a star in the middle')
    tap.ok(share(rows, everywhere, 7.2, 12.4) == 0, 'nothing between star and name')
    tap.ok(share(rows, everywhere, 17.8, 18.6) == 0, 'nothing between name and ring')
    tap.ok(0.05 < share(rows, lambda dx, dy: not bottom(dx, dy), 13, 17.6) < 0.6, 'characters on the arc')
    tap.ok(share(rows, bottom, 7.2, 18.6) == 0, 'none at the bottom')


def test_lengths():
    """Each length has its own place: characters touch neither each other's ring nor leave theirs; below stands what was asked for."""
    for count in (4, 12, 25, 40):
        status, data = helper('draw', f'{"国" * count}\n\n'.encode())
        rows = png.read(data)[2]
        tap.ok(status == 0 and share(rows, everywhere, 17.8, 18.6) == 0 and share(rows, everywhere, 7.2, 12.4) == 0, f'{count} characters stay on the arc')
        tap.equal(blocks(rows), count, f'{count} characters stand apart')
    rows = png.read(helper('draw', f'{"国" * 40}\n合同专用章\n'.encode())[1])[2]
    tap.ok(share(rows, lambda dx, dy: abs(dx) < 7.4 and 9 < dy < 13, 0, 18) > 0.1, 'the name below the star')
    tap.ok(share(rows, lambda dx, dy: 7.6 < abs(dx) < 8.4 and 9 < dy < 13, 0, 18) == 0, 'stands apart from the arc')


def blocks(rows):
    """How many runs of ink a turn along the arc meets: characters like 国 are frames, closed from left to right."""
    scale, middle, runs, before = len(rows) / 40, len(rows) / 2, 0, True
    for step in range(7200):
        angle = math.radians(step / 20 + 180)
        inked = any(rows[int(middle - radius / 10 * math.cos(angle) * scale)][int(middle + radius / 10 * math.sin(angle) * scale)][3] > 60
                    for radius in range(126, 178, 1))
        runs, before = runs + (inked and not before), inked
    return runs


def red_disc(x, y):
    return (200, 0, 0, 255) if math.hypot(x - 150, y - 150) < 140 else (0, 0, 0, 0)


def test_check():
    status, data = helper('check', png.write(300, 300, red_disc, extra=png.text(b'Author\0somebody')))
    tap.ok(status == 0 and b'somebody' not in data and png.read(data)[2][150][150] == (200, 0, 0, 255), 'an uploaded picture is written anew: its pixels and nothing else')
    opaque = png.write(300, 300, lambda x, y: (255, 255, 255), colour=2)
    good = png.write(300, 300, red_disc)
    wide = png.MAGIC + good[8:16] + (100000).to_bytes(4, 'big') + good[20:]
    rows = [('seal_opaque', opaque), ('seal_empty', png.write(300, 300, lambda x, y: (0, 0, 0, 0))), ('seal_pixels', png.write(100, 300, red_disc)),
            ('seal_pixels', wide), ('seal_png', good[:-40]), ('seal_png', b'GIF89a' + bytes(100)), ('seal_png', b'')]
    for reason, data in rows:
        status, told = helper('check', data)
        tap.equal((status, told.split(b'\n')[0].decode()), (1, reason), f'{len(data)} bytes: {reason}')


def test_cage():
    """A child that waits for its input has closed itself in already."""
    if 'libasan' in subprocess.run(['ldd', place.program('yifen-seal')], capture_output=True, text=True).stdout:
        tap.skip('seccomp', 'not in a sanitizer build')
        return
    child = subprocess.Popen([place.program('yifen-seal'), 'draw'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={})
    status, limit = {}, time.monotonic() + 10
    while status.get('Seccomp', '0').strip() != '2' and time.monotonic() < limit:
        with open(f'/proc/{child.pid}/status', encoding='utf-8') as file:
            status = dict(line.split(':', 1) for line in file.read().splitlines())
        time.sleep(0.02)
    tap.equal((status['Seccomp'].strip(), status['NoNewPrivs'].strip()), ('2', '1'), 'the cage is closed before anything is read')
    drawn = child.communicate('深圳一分\n\n'.encode(), timeout=60)[0]
    tap.ok(child.returncode == 0 and drawn.startswith(png.MAGIC), 'and drawing needs nothing from outside it')


def test_links():
    libraries = subprocess.run(['ldd', place.program('yifen-seal')], capture_output=True, text=True).stdout
    tap.equal([name for name in ('libcrypto', 'libssl', 'libcurl', 'libsqlite3', 'libxml2') if name in libraries], [], 'yifen-seal links what drawing needs')
    libraries = subprocess.run(['ldd', place.program('tests/unit/test_eseal')], capture_output=True, text=True).stdout
    tap.ok('libcairo' not in libraries, 'what makes seals draws nothing itself')


PICTURE = test_seal('SM2', SM2_SM3)
test_seal('RSA', RSA_SHA256)
test_picture(PICTURE)
test_lengths()
test_check()
test_cage()
test_links()
tap.done()
