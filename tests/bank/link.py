"""The bank's direct link 银企直连 on loopback, in three styles: CMB (HTTPS, JSON, SM2, SM4), ICBC (HTTPS, XML in GBK, RSA) and ABC
(a socket of the front-end machine, XML in GBK). It checks our signatures by openssl(1) and its own reading of the rules, keeps
the ledger, signs its answers. It does not recognise references: what comes twice is paid twice. And it misbehaves: see Fault."""
import base64
import datetime
import hashlib
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ET

from .clock import Clock
from .ledger import Ledger

FAULTS = ('refuse', 'hang', 'do_hang', 'do_reset', 'late', 'do_500', 'malformed', 'foreign', 'truncated', 'drip', 'alert', 'unsigned',
          'error', 'huge', 'redirect', 'plain', 'funds')

NO_FUNDS = dict(status='rejected', code='AM04', text='付款账户余额不足')


class Fault:
    """What goes wrong with the next `times` requests of a step ("pay" or "query").

    refuse      nobody listens                            hang        takes the connection, reads nothing
    do_hang     does it, then is silent                   do_reset    does it, then resets the connection
    late        takes it, says nothing, does it when told (deliver())  do_500  does it, then says 500
    malformed   does it, answers rubbish, well signed     foreign     does it, answers another request
    truncated   does it, half an answer                   drip        does it, a byte a second
    alert       does it, ends TLS in the middle           unsigned    does it, a wrong signature
    error       does nothing, a signed word nobody knows  huge        does it, a megabyte of answer
    redirect    does nothing, sends us elsewhere          plain       does nothing, an unsigned plain text
    funds       refuses each payment: we have too little money"""

    def __init__(self, kind, step='pay', times=1):
        self.kind, self.step, self.times = kind, step, times


def openssl(*arguments, data=b'', env=None):
    return subprocess.run(['openssl', *arguments], input=data, capture_output=True, check=True, env=env).stdout


class Keys:
    """Key pairs of the customer and the bank, a CA, the bank's TLS certificate, the customer's, the SM4 key. Certificates are made
    under a clock of long ago, since the bank's may stand before today's."""

    def __init__(self, home, shim):
        self.home = home
        os.makedirs(home, exist_ok=True)
        clock = Clock(self.path('clock'))
        clock.move_to_day(datetime.date(2020, 1, 1))
        self.env = dict(os.environ, LD_PRELOAD=shim, YIFEN_SHIM_CLOCK=clock.path)
        for name in ('customer', 'bank'):
            openssl('genpkey', '-algorithm', 'SM2', '-out', self.path(name + '.sm2'))
            openssl('genrsa', '-out', self.path(name + '.rsa'), '2048')
            for kind in ('sm2', 'rsa'):
                openssl('pkey', '-in', self.path(f'{name}.{kind}'), '-pubout', '-out', self.path(f'{name}.{kind}.pub'))
                os.chmod(self.path(f'{name}.{kind}'), 0o600)
        for name in ('ca', 'other'):
            openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', self.path(name + '.key'), '-out', self.path(name + '.pem'),
                    '-subj', '/CN=Test CA ' + name, '-days', '30000', env=self.env)
        self.issue('server', 'subjectAltName=IP:127.0.0.1')
        self.issue('client', 'extendedKeyUsage=clientAuth')
        self.issue('stranger', 'subjectAltName=IP:127.0.0.2')
        self.sm4 = os.urandom(16).hex()
        self.write('sm4', self.sm4)

    def path(self, name):
        return os.path.join(self.home, name)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def issue(self, name, extension, ca='ca'):
        extensions = self.write(name + '.ext', extension)
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', self.path(name + '.key'), '-out', self.path(name + '.csr'), '-subj',
                '/CN=' + name)
        openssl('x509', '-req', '-in', self.path(name + '.csr'), '-CA', self.path(ca + '.pem'), '-CAkey', self.path(ca + '.key'), '-out',
                self.path(name + '.pem'), '-days', '30000', '-extfile', extensions, '-set_serial', '1', env=self.env)
        os.chmod(self.path(name + '.key'), 0o600)


def der_of(raw):
    """SEQUENCE of two INTEGERs, from r and s."""
    def integer(part):
        part = part.lstrip(b'\0') or b'\0'
        part = b'\0' + part if part[0] & 0x80 else part
        return bytes([2, len(part)]) + part
    body = integer(raw[:32]) + integer(raw[32:])
    return bytes([0x30, len(body)]) + body


def raw_of(der):
    at, parts = 2, []
    for _ in range(2):
        length = der[at + 1]
        parts.append(der[at + 2:at + 2 + length].lstrip(b'\0').rjust(32, b'\0'))
        at += 2 + length
    return b''.join(parts)


class Refused(Exception):
    pass


def dgst(arguments, data, signature):
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        done = subprocess.run(['openssl', 'dgst', *arguments, '-signature', file.name], input=data, capture_output=True)
    if done.returncode != 0:
        raise Refused('signature')


class Cmb:
    """JSON; SM2 over the text with its keys sorted and the signature's place marked; SM4 around it; a form around that."""
    customer = 'N003261207'
    http = True

    def __init__(self, keys):
        self.keys = keys
        self.id = (self.customer + '0' * 16)[:16]

    def _sm4(self, data, way):
        return openssl('enc', '-sm4-cbc', way, '-K', self.keys.sm4, '-iv', self.id.encode().hex(), data=data)

    def _bare(self, message):
        marked = dict(message, signature=dict(message['signature'], sigdat='__signature_sigdat__'))
        return json.dumps(marked, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()

    def read(self, body):
        form = dict(urllib.parse.parse_qsl(body.decode('ascii'), strict_parsing=True))
        if form['UID'] != self.customer or form['ALG'] != 'SM':
            raise Refused('form')
        message = json.loads(self._sm4(base64.b64decode(form['DATA'], validate=True), '-d'))
        dgst(['-sm3', '-verify', self.keys.path('customer.sm2.pub'), '-sigopt', 'distid:' + self.id], self._bare(message),
             der_of(base64.b64decode(message['signature']['sigdat'], validate=True)))
        head, body = message['request']['head'], message['request']['body']
        if head['funcode'] != form['FUNCODE'] or head['userid'] != self.customer:
            raise Refused('head')
        if head['funcode'] == 'BB1PAYQR':
            return dict(step='query', id=head['reqid'], reference=body['bb1payqrx1'][0]['yurRef'])
        row = body['bb1payopx1'][0]
        return dict(step='pay', id=head['reqid'], payments=[dict(
            reference=row['yurRef'], payer=row['dbtAcc'], account=row['crtAcc'], name=row['crtNam'], bank=row['crtBnk'],
            cnaps=row['brdNbr'], remark=row['nusAge'], amount=fen(row['trsAmt']))])

    def write(self, request, rows, code='SUC0000', sign=True):
        name = 'bb1payqrz1' if request['step'] == 'query' else 'bb1payopz1'
        words = {'settled': ('FIN', 'S'), 'progress': ('BNK', None), 'rejected': ('FIN', 'F'), 'returned': ('FIN', 'B')}
        listed = []
        for row in rows:
            status, flag = words[row['status']]
            listed.append({key: value for key, value in dict(
                yurRef=row['reference'], reqNbr=row['serial'], reqSts=status, rtnFlg=flag, rtnNar=row.get('text'), errCod=row.get('code'),
                errTxt=row.get('text')).items() if value is not None})
        message = {'response': {'body': {name: listed} if listed else {}, 'head': {'reqid': request['id'], 'resultcode': code}},
                   'signature': {'sigdat': '', 'sigtim': '20261122090000'}}
        made = openssl('dgst', '-sm3', '-sign', self.keys.path('bank.sm2'), '-sigopt', 'distid:' + self.id,
                       data=self._bare(message) + (b'' if sign else b'?'))
        message['signature']['sigdat'] = base64.b64encode(raw_of(made)).decode()
        return self.wrap(json.dumps(message, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode())

    def wrap(self, message):
        return base64.b64encode(self._sm4(message, '-e'))

    def settings(self, port):
        keys = self.keys
        return dict(kind='https', host='127.0.0.1', port=port, path='/cdcserver/api/v2', ca=keys.path('ca.pem'), cert=keys.path('client.pem'),
                    cert_key=keys.path('client.key'), sign_key=keys.path('customer.sm2'), bank_key=keys.path('bank.sm2.pub'),
                    envelope_key=keys.path('sm4'), customer=self.customer, authorization='00001', timeout=1)


class Icbc:
    """XML in GBK; RSA over the message with an empty Sign; several transfers in one."""
    http = True

    def __init__(self, keys):
        self.keys = keys

    def read(self, body):
        signature = re.fullmatch(rb'(.*<Sign>)([A-Za-z0-9+/=]+)(</Sign>.*)', body, re.S)
        if not signature:
            raise Refused('no signature')
        dgst(['-sha256', '-verify', self.keys.path('customer.rsa.pub')], signature[1] + signature[3], base64.b64decode(signature[2]))
        root = ET.fromstring(body.decode('gbk').replace(' encoding="GBK"', ''))
        pub = {node.tag: node.text for node in root.find('eb/pub')}
        if pub['CIS'] != 'C1' or pub['ID'] != 'op.01':
            raise Refused('customer')
        if pub['TransCode'] == 'QPAYENT':
            return dict(step='query', id=pub['fSeqno'], reference=root.findtext('eb/in/QryiSeqno'))
        rows = [{node.tag: node.text or '' for node in row} for row in root.findall('eb/in/rd')]
        if int(root.findtext('eb/in/TotalNum')) != len(rows) or fen(root.findtext('eb/in/TotalAmt')) != sum(int(r['PayAmt']) for r in rows):
            raise Refused('totals')
        return dict(step='pay', id=pub['fSeqno'], payments=[dict(
            reference=row['iSeqno'], payer=row['PayAccNo'], account=row['RecAccNo'], name=row['RecAccNameCN'], bank=row['RecBankName'],
            cnaps=row['RecBankNo'], remark=row['UseCN'], amount=int(row['PayAmt'])) for row in rows])

    def write(self, request, rows, code='0', sign=True):
        words = {'settled': '7', 'progress': '9', 'rejected': '6', 'returned': '10'}
        code = '0' if code == 'SUC0000' else code
        listed = ''.join(f"<rd><iSeqno>{row['reference']}</iSeqno><Result>{words[row['status']]}</Result><iRetCode>{row.get('code', '')}"
                         f"</iRetCode><iRetMsg>{row.get('text', '')}</iRetMsg><OrderNo>{row['serial']}</OrderNo></rd>" for row in rows)
        text = (f'<?xml version="1.0" encoding="GBK"?>\n<CMS><eb><pub><fSeqno>{request["id"]}</fSeqno><RetCode>{code}</RetCode></pub>'
                f'<out>{listed}</out></eb><Sign></Sign></CMS>').encode('gbk')
        made = base64.b64encode(openssl('dgst', '-sha256', '-sign', self.keys.path('bank.rsa'), data=text + (b'' if sign else b'?')))
        return text.replace(b'<Sign></Sign>', b'<Sign>' + made + b'</Sign>')

    def wrap(self, message):
        return message

    def settings(self, port):
        keys = self.keys
        return dict(kind='https', host='127.0.0.1', port=port, path='/servlet/ICBCCMPAPIReqServlet', ca=keys.path('ca.pem'),
                    cert=keys.path('client.pem'), cert_key=keys.path('client.key'), sign_key=keys.path('customer.rsa'),
                    bank_key=keys.path('bank.rsa.pub'), customer='C1', operator='op.01', timeout=1)


class Abc:
    """The front-end machine: a flag, six characters of length, XML in GBK; it signs by itself."""
    http = False

    def __init__(self, keys):
        self.keys = keys

    def read(self, body):
        if body[:1] != b'0' or int(body[1:7]) != len(body) - 7:
            raise Refused('length')
        root = ET.fromstring(body[7:].decode('gbk'))
        if root.findtext('CorpNo') != 'C2' or root.findtext('OpNo') != 'op2':
            raise Refused('customer')
        if root.findtext('CCTransCode') == 'CQRT04':
            return dict(step='query', id=root.findtext('ReqSeqNo'), reference=root.findtext('Cme/CmeSeqNo'))
        return dict(step='pay', id=root.findtext('ReqSeqNo'), payments=[dict(
            reference=root.findtext('ReqSeqNo'), payer=root.findtext('Cmp/DbAccNo'), account=root.findtext('Cmp/CrAccNo'),
            name=root.findtext('Corp/CrAccName'), bank=root.findtext('Corp/CrBankName'), cnaps=root.findtext('Corp/CrBankNo'),
            remark=root.findtext('Corp/Postscript'), amount=fen(root.findtext('Amt')))])

    def write(self, request, rows, code='0000', sign=True):
        code = {'SUC0000': '0000', '': '0000'}.get(code, code)
        body = f'<RespCode>{code}</RespCode><RespInfo>{rows[0].get("text", "") if rows else ""}</RespInfo>'
        if request['step'] == 'query':
            words = {'settled': '0000', 'progress': '0388', 'rejected': '0389'}
            row = f"<CmeSeqNo>{rows[0]['reference']}</CmeSeqNo><TransSta>{words[rows[0]['status']]}</TransSta>" if rows else ''
            body += f'<Cme>{row}</Cme>'
        elif rows:
            body += f"<Corp><WaitFlag>{'0' if rows[0]['status'] == 'settled' else '1'}</WaitFlag></Corp>"
        return self.wrap(f'<ap><ReqSeqNo>{request["id"]}</ReqSeqNo>{body}</ap>'.encode('gbk'))

    def wrap(self, message):
        return b'0' + str(len(message)).ljust(6).encode() + message

    def settings(self, port):
        return dict(kind='https', host='127.0.0.1', port=port, customer='C2', operator='op2', timeout=1)


STYLES = dict(cmb=Cmb, icbc=Icbc, abc=Abc)


def fen(text):
    whole, _, part = text.partition('.')
    return int(whole) * 100 + int(part.ljust(2, '0'))


class Connection:
    """One accepted connection, as the bank sees it."""

    def __init__(self, stream, http):
        self.stream, self.http = stream, http

    def request(self):
        """The body of one request; None when the other side went away."""
        data = b''
        while not self._whole(data):
            piece = self.stream.recv(65536)
            if not piece:
                return None
            data += piece
        return data.partition(b'\r\n\r\n')[2] if self.http else data

    def _whole(self, data):
        if not self.http:
            return len(data) >= 7 and len(data) >= 7 + int(data[1:7])
        head, end, body = data.partition(b'\r\n\r\n')
        length = re.search(rb'(?i)content-length: *(\d+)', head)
        return bool(end) and len(body) >= int(length[1]) if length else False

    def answer(self, body, status='200 OK', more=''):
        head = f'HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n'.encode() if self.http else b''
        self.stream.sendall(head + body)


class LinkServer:
    """Listens by itself, in threads of the test; `faults` are consumed in order."""

    def __init__(self, bank, keys, style):
        self.bank, self.keys, self.style = bank, keys, STYLES[style](keys)
        self.faults, self.requests, self.refused, self.waiting, self.last = [], [], [], [], None
        self.certificate, self.hide, self.answers = 'server', False, {}
        self.lock = threading.Lock()
        self.listener = None
        self.port = 0
        self.open()

    # ---- the net ----

    def open(self):
        self.listener = socket.create_server(('127.0.0.1', self.port), reuse_port=False)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self, listener):
        while True:
            try:
                stream, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(stream,), daemon=True).start()

    def _tls(self, stream):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.keys.path(self.certificate + '.pem'), self.keys.path(self.certificate + '.key'))
        context.load_verify_locations(self.keys.path('ca.pem'))
        context.verify_mode = ssl.CERT_REQUIRED
        return context.wrap_socket(stream, server_side=True)

    def _serve(self, stream):
        stream.settimeout(20)
        try:
            if self.faults and self.faults[0].kind == 'hang':
                self._take('hang')
                time.sleep(3)
                stream.close()
                return
            secured = self._tls(stream) if self.style.http else stream
            connection = Connection(secured, self.style.http)
            body = connection.request()
            if body:
                self._handle(connection, body, stream)
            secured.close()
        except (OSError, ssl.SSLError):
            stream.close()

    # ---- the work ----

    def _take(self, kind=None, step=None):
        with self.lock:
            if not self.faults or (kind and self.faults[0].kind != kind) or (step and self.faults[0].step != step):
                return None
            fault = self.faults[0]
            fault.times -= 1
            if fault.times == 0:
                self.faults.pop(0)
            return fault.kind

    def _handle(self, connection, body, stream):
        try:
            request = self.style.read(body)
        except (Refused, KeyError, ValueError, ET.ParseError, subprocess.CalledProcessError) as error:
            self.refused.append(repr(error))
            connection.answer(b'CDCServer:refused')
            return
        request['body'] = body
        self.requests.append(request)
        fault = self._take(step=request['step'])
        undone = fault in ('late', 'error', 'redirect', 'plain')
        rows = [] if undone else self._query(request) if request['step'] == 'query' else [self._pay(p, request, fault) for p in request['payments']]
        if fault == 'late':
            self.waiting.append(request)
        self._answer(connection, stream, request, rows, fault)
        self.last = request

    def deliver(self):
        """What was taken late is done now."""
        for request in self.waiting:
            for payment in request['payments']:
                self._pay(payment, request)
        self.waiting.clear()

    def _ledger(self):
        return Ledger(self.bank.path('ledger.db'))

    def _pay(self, payment, request, fault=None):
        ledger = self._ledger()
        status = NO_FUNDS if fault == 'funds' else self.answers.get(payment['account'], {'status': 'settled'})
        now = self.bank.clock.now()
        line = 0
        if status['status'] != 'rejected':
            line = ledger.add_line(account=payment['payer'], day=str(now.date()), time=now.strftime('%H:%M:%S'), amount=-payment['amount'],
                                   name=payment['name'], other=payment['account'], bank=payment['cnaps'] or payment['bank'],
                                   remark=payment['remark'], reference=payment['reference'], message=request['id'],
                                   sha256=hashlib.sha256(request['body']).hexdigest(), kind='payment')
        return dict(status, reference=payment['reference'], serial=f'L{line:08d}')

    def _query(self, request):
        found = self._ledger().rows('SELECT * FROM line WHERE reference = ? ORDER BY id', request['reference'])
        if not found or self.hide:
            return []
        status = self.answers.get(found[0]['other'], {'status': 'settled'})
        return [dict(status, reference=request['reference'], serial=f"L{found[0]['id']:08d}")]

    def _answer(self, connection, stream, request, rows, fault):
        body = self.style.write(request, rows)
        if fault in ('do_hang', 'late'):
            time.sleep(3)
        elif fault == 'do_reset':
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            connection.stream.close() if stream is connection.stream else os.close(connection.stream.detach())
        elif fault == 'do_500':
            connection.answer(body, '500 Internal Server Error') if self.style.http else connection.answer(b'')
        elif fault == 'malformed':
            connection.answer(self.style.wrap(b'{"response":<'))
        elif fault == 'foreign':
            connection.answer(self.style.write(dict(request, id='M0000000000000000'), [dict(r, reference='Y0000000000000000') for r in rows]))
        elif fault == 'truncated':
            self._head(connection, body)
            connection.stream.sendall(body[:len(body) // 2])
        elif fault == 'drip':
            self._head(connection, body)
            for byte in body[:4]:
                connection.stream.sendall(bytes([byte]))
                time.sleep(1)
        elif fault == 'alert':
            self._head(connection, body)
            connection.stream.sendall(body[:20])
            stream_fd = connection.stream.detach() if self.style.http else stream.detach()
            os.write(stream_fd, b'\x15\x03\x03\x00\x02\x02\x50')
            os.close(stream_fd)
        elif fault == 'unsigned':
            connection.answer(self.style.write(request, rows, sign=False))
        elif fault == 'error':
            connection.answer(self.style.write(request, [], code='ERR9999'))
        elif fault == 'huge':
            connection.answer(body + b' ' * (1 << 20))
        elif fault == 'redirect':
            connection.answer(b'', '307 Temporary Redirect', f'Location: https://127.0.0.1:{self.port}/elsewhere\r\n')
        elif fault == 'plain':
            connection.answer(b'CDCServer:no right')
        else:
            connection.answer(body)

    def _head(self, connection, body):
        if self.style.http:
            connection.stream.sendall(f'HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n'.encode())
