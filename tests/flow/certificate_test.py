#!/usr/bin/python3
"""Every kind of certificate, CRL and OCSP response, judged by others: OpenSSL, GnuTLS, NSS; SM2 by Botan."""
import os
import subprocess

import botan2
from lib import place, tap

SM2_ID = '1234567812345678'
KINDS = ('rsa-3072', 'p-256', 'sm2')
NAME = '杭州一分测试有限公司'
folder = None


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors='replace', timeout=60, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def read(name):
    with open(os.path.join(folder, name), 'rb') as file:
        return file.read()


def begin_end(data, at):
    length, begin = data[at + 1], at + 2
    if length >= 0x80:
        begin += length & 0x7f
        length = int.from_bytes(data[at + 2:begin], 'big')
    return begin, begin + length


def taken_apart(data):
    """The signed bytes and the signature of SEQUENCE { tbs, algorithm, BIT STRING }."""
    at, _ = begin_end(data, 0)
    _, end = begin_end(data, at)
    _, bits = begin_end(data, end)
    value, stop = begin_end(data, bits)
    return data[at:end], data[value + 1:stop]


def basic_of(ocsp):
    """BasicOCSPResponse inside OCSPResponse: the last OCTET STRING."""
    at, _ = begin_end(ocsp, 0)
    _, at = begin_end(ocsp, at)           # status
    at, _ = begin_end(ocsp, at)           # [0]
    at, _ = begin_end(ocsp, at)           # ResponseBytes
    _, at = begin_end(ocsp, at)           # its OID
    begin, end = begin_end(ocsp, at)
    return ocsp[begin:end]


def botan_key():
    der = subprocess.run(['openssl', 'x509', '-in', 'ca.pem', '-noout', '-pubkey'], capture_output=True, cwd=folder).stdout
    point = subprocess.run(['openssl', 'pkey', '-pubin', '-outform', 'DER'], input=der, capture_output=True).stdout[-64:]
    return botan2.PublicKey.load_sm2('sm2p256v1', int.from_bytes(point[:32], 'big'), int.from_bytes(point[32:], 'big'))


def botan(signed, identifier=SM2_ID):
    verify = botan2.PKVerify(botan_key(), f'{identifier},SM3', True)
    tbs, signature = taken_apart(signed)
    verify.update(tbs)
    return verify.check_signature(signature)


def certificates():
    return sorted(name[:-4] for name in os.listdir(folder) if name.endswith('.der'))


def test_certificate(kind, name):
    pem = f'{name}.pem'
    run('openssl', 'x509', '-inform', 'DER', '-in', f'{name}.der', '-out', pem)
    identifier = ['-vfyopt', f'distid:{SM2_ID}'] if kind == 'sm2' else []
    code, text = run('openssl', 'verify', '-x509_strict', *identifier, '-CAfile', 'ca.pem', pem)
    tap.equal(code, 0, f'{kind}, {name}: openssl verify -x509_strict') or tap.note(text)
    if kind == 'sm2':
        tap.ok(run('openssl', 'verify', '-CAfile', 'ca.pem', pem)[0] != 0, f'{name}: not signed with the empty identifier')
        tap.ok(botan(read(f'{name}.der')), f'{name}: Botan agrees')
        tap.ok(not botan(read(f'{name}.der'), '8765432187654321'), f'{name}: Botan knows another identifier from ours')
    else:
        code, text = run('certtool', '--verify', '--load-ca-certificate', 'ca.pem', '--infile', pem)
        tap.ok(code == 0 and 'Verified. The certificate is trusted.' in text, f'{kind}, {name}: certtool', text)
    shown = run('openssl', 'x509', '-in', pem, '-noout', '-text', '-nameopt', 'utf8')[1]
    usage = 'Key Encipherment, Data Encipherment, Key Agreement' if name.endswith('-2') else \
        'Digital Signature, Non Repudiation' + (', Key Encipherment' if 'single' in name else '') + '\n'
    for part in (NAME, '1.2.156.10260.4.1.4', '91330106MA2B0XLJ4R', '1.2.156.10260.4.1.1', usage, 'URI:http://ca.example.cn/ca.crl',
                 'OCSP - URI:http://ocsp.example.cn', 'CPS: https://ca.example.cn/cps', 'CA:FALSE', 'email:a@example.cn'):
        if part not in shown:
            tap.has(shown, part, f'{kind}, {name}: extensions')
            break
    else:
        tap.ok(True, f'{kind}, {name}: subject, identities, usages, addresses')


def test_bundle(kind, name):
    count = 2 if 'dual' in name else 1
    code, text = run('openssl', 'pkcs12', '-in', f'{name}.p12', '-passin', f'file:{name}.pin', '-nodes')
    tap.equal((code, text.count('BEGIN PRIVATE KEY'), text.count('BEGIN CERTIFICATE')), (0, count, count + 1), f'{kind}, {name}.p12: OpenSSL opens it with its PIN')
    tap.ok(run('openssl', 'pkcs12', '-in', f'{name}.p12', '-passin', 'pass:123456', '-nodes')[0] != 0, f'{kind}, {name}.p12: no other PIN opens it')
    if 'sm2' in name:
        return
    base = f'sql:{folder}/nss-{name}'
    os.mkdir(f'{folder}/nss-{name}')
    run('certutil', '-N', '-d', base, '--empty-password')
    code, text = run('pk12util', '-i', f'{name}.p12', '-d', base, '-w', f'{name}.pin', '-K', '')
    tap.ok(code == 0, f'{kind}, {name}.p12: pk12util of NSS opens it', text)
    tap.equal(run('certutil', '-K', '-d', base)[1].count(NAME), count, f'{kind}, {name}.p12: NSS has its keys')


def test_lists(kind):
    run('openssl', 'crl', '-inform', 'DER', '-in', 'ca.crl', '-out', 'ca.crl.pem')
    text = run('openssl', 'crl', '-in', 'ca.crl.pem', '-noout', '-text')[1]
    tap.ok('Key Compromise' in text and 'X509v3 CRL Number: \n                7' in text and text.count('Serial Number') == 2, f'{kind}: CRL with number, serials and reason', text)
    empty = run('openssl', 'crl', '-inform', 'DER', '-in', 'empty.crl', '-noout', '-text')[1]
    tap.has(empty, 'No Revoked Certificates', f'{kind}: CRL of nothing')
    if kind == 'sm2':  # OpenSSL 3.0 verifies neither CRL nor OCSP with an identifier
        for name, signed in (('CRL', read('ca.crl')), ('OCSP, good', basic_of(read('good.ocsp'))), ('OCSP, revoked', basic_of(read('revoked.ocsp')))):
            tap.ok(botan(signed), f'sm2: {name} verifies in Botan')
        return
    tap.has(run('openssl', 'crl', '-in', 'ca.crl.pem', '-CAfile', 'ca.pem', '-noout')[1], 'verify OK', f'{kind}: CRL verifies in OpenSSL')
    text = run('certtool', '--verify-crl', '--load-ca-certificate', 'ca.pem', '--infile', 'ca.crl.pem')[1]
    tap.ok('Verified' in text and 'Not verified' not in text, f'{kind}: CRL verifies in GnuTLS', text)
    for status in ('good', 'revoked'):
        code, text = run('openssl', 'ocsp', '-respin', f'{status}.ocsp', '-CAfile', 'ca.pem', '-issuer', 'ca.pem', '-cert', f'{kind}-single.pem')
        tap.ok(code == 0 and 'Response verify OK' in text and f'{kind}-single.pem: {status}' in text, f'{kind}: OCSP response {status}', text)
        code, text = run('ocsptool', '--verify-response', '--load-trust', 'ca.pem', '--infile', f'{status}.ocsp')
        tap.ok('Verifying OCSP Response: Success' in text, f'{kind}: OCSP response {status} verifies in GnuTLS', text)


def test_requests():
    """A request by OpenSSL gives its plain key; a changed one, a weak key and another identifier are refused."""
    p256, sm2, rsa = ['-pkeyopt', 'ec_paramgen_curve:P-256'], [], ['-pkeyopt', 'rsa_keygen_bits:3072']
    standard = ['-sm3', '-sigopt', f'distid:{SM2_ID}']
    for algorithm, options, signing, want in (('EC', p256, ['-sha256'], 'p-256:'), ('SM2', sm2, standard, 'sm2:'), ('RSA', rsa, ['-sha256'], 'rsa-3072:'),
                                              ('SM2', sm2, ['-sm3'], 'signature'), ('EC', p256, ['-sha1'], 'signature'),
                                              ('RSA', ['-pkeyopt', 'rsa_keygen_bits:2048'], ['-sha256'], 'key'), ('ED25519', [], [], 'key')):
        run('openssl', 'genpkey', '-algorithm', algorithm, *options, '-out', 'csr.key')
        run('openssl', 'req', '-new', '-key', 'csr.key', '-subj', '/CN=x', *signing, '-out', 'csr.pem')
        code, text = run(place.program('tests/issue/maker'), '--csr', 'csr.pem')
        tap.ok(text.startswith(want) and code == (0 if want.endswith(':') else 1), f'a request by {algorithm} {" ".join(signing)}: {want}', text)
        if want == 'p-256:':
            test_changed()


def test_changed():
    run('openssl', 'req', '-in', 'csr.pem', '-outform', 'DER', '-out', 'csr.der')
    whole, taken = read('csr.der'), 0
    for at in range(0, len(whole), 7):
        with open(os.path.join(folder, 'csr.bad'), 'wb') as file:
            file.write(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1:])
        taken += run(place.program('tests/issue/maker'), '--csr', 'csr.bad')[0] == 0
    tap.equal(taken, 0, 'a request with a byte changed is refused, every seventh in turn')


def main():
    global folder
    if place.missing('tests/issue/maker'):
        tap.skip_all('tests/issue/maker is not built')
    for kind in KINDS:
        folder = place.scratch('certificates')
        code, text = run(place.program('tests/issue/maker'), folder, kind)
        if not tap.equal(code, 0, f'{kind}: everything is made'):
            tap.note(text)
            continue
        for name in certificates():
            test_certificate(kind, name)
            if not name.endswith('-2'):
                test_bundle(kind, name)
        test_lists(kind)
    test_requests()
    tap.done()


main()
