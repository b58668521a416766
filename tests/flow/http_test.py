#!/usr/bin/python3
"""The HTTP API of the hall: answers, problem documents, limits, hostile requests, both listeners, an end with grace."""
import collections
import concurrent.futures
import copy
import http.client
import os
import socket
import sqlite3
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import orders, place, tap  # noqa: E402
from lib.canary import derive  # noqa: E402
from lib.hall import call  # noqa: E402
from lib.instance import Instance, section  # noqa: E402
from lib.process import Process, free_port, wait_for  # noqa: E402

if place.missing('yifen', 'yifend'):
    tap.skip_all('yifend is not built')

home = place.scratch('http')
yifen = Instance(os.path.join(home, 'i'))
SOCKET = yifen.path('run', 'hall.sock')
port = free_port()


def configure():
    token = yifen.path('keys', 'token')
    with open(os.open(token, os.O_CREAT | os.O_WRONLY, 0o600), 'w', encoding='ascii') as file:
        file.write('open-sesame\n')
    yifen.configure(section('yifen', None, listen=f'127.0.0.1:{port}', token=token), section('verification', None, tries=3))


def start():
    process = Process([place.program('yifend'), '-c', yifen.conf, '--role', 'serve'], os.path.join(home, 'serve.log'), env=yifen.env())
    wait_for(lambda: not process.alive() or os.path.exists(SOCKET), 'serve listens')
    return process


def healthy():
    try:
        return call(yifen, 'GET', '/healthz')[0] == 200
    except OSError:
        return False


def raw(data):
    """Bytes on the Unix socket; what comes back until it is closed."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(3)
        s.connect(SOCKET)
        answer = b''
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while part := s.recv(65536):
                answer += part
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            pass
        return answer


def problem(answer, status, reason, name):
    good = answer[0] == status and isinstance(answer[1], dict) and answer[1].get('reason') == reason
    good = good and answer[1]['status'] == status and answer[1]['type'] == f'/problems/{reason}' and answer[1]['title'] and answer[1]['detail']
    return tap.ok(good, name, answer)


def plant_round(order, state='awaiting_code', transfer='booked', number=1):
    """What `pay` would have made: a round and its transfer. Gives the code."""
    reference = f"Y{order['order_no'][-10:]}{number:06d}"
    db = sqlite3.connect(yifen.path('store.db'), timeout=20)
    key = db.execute('SELECT id FROM purchase WHERE order_no = ?', (order['order_no'],)).fetchone()[0]
    row = db.execute("INSERT INTO verification (purchase_id, round, state, account_name, account_number, account_bank, field, expires_on, "
                     "settled_on, changed_at) VALUES (?, ?, ?, 'a', 'b', 'c', ?, '2099-01-01', '2026-11-02', 0)",
                     (key, number, state, 'name' if state == 'failed' else None))
    db.execute("INSERT INTO transfer (reference, purpose, purchase_id, verification_id, account, amount, currency, payee_name, "
               "payee_account, payee_bank, state, created_at, changed_at) VALUES (?, 'verification', ?, ?, 'icbc', 1, 'CNY', 'a', 'b', "
               "'c', ?, 0, 0)", (reference, key, row.lastrowid, transfer))
    db.execute("DELETE FROM job WHERE subject = ?", (order['order_no'],))
    db.commit()
    db.close()
    with open(yifen.path('keys', 'code.key'), encoding='ascii') as file:
        return derive(bytes.fromhex(file.read().strip()), reference, number)


def wrong(code):
    return f'{(int(code) + 1) % 1000000:06d}'


def test_orders():
    wire = orders.order(1)
    status, made = call(yifen, 'POST', '/v1/orders', wire)
    tap.equal((status, made.get('status'), made.get('status_text'), made.get('next')), (201, 'unpaid', '待缴费', 'pay'), 'a new order is 201')
    tap.equal(call(yifen, 'POST', '/v1/orders', wire), (200, made), 'the same again is 200 and no news')
    changed = copy.deepcopy(wire)
    changed['certificates'][0]['years'] = 3
    tap.equal(call(yifen, 'POST', '/v1/orders', changed)[1].get('revision'), 2, 'a change while unpaid is revision 2')
    paid = orders.order(2, 'alipay')
    tap.equal(call(yifen, 'POST', '/v1/orders', paid)[1].get('status'), 'verifying', 'paid online it is being verified')
    paid['certificates'][0]['years'] = 3
    answer = call(yifen, 'POST', '/v1/orders', paid)
    problem(answer, 409, 'order_fixed', 'a paid order is fixed')
    tap.equal(answer[1].get('field'), 'certificates[0].years', 'and the field that differs is named')
    tap.equal(call(yifen, 'GET', f"/v1/orders/{wire['order_no']}")[1].get('revision'), 2, 'GET shows it')
    problem(call(yifen, 'GET', '/v1/orders/NONE'), 404, 'order_unknown', 'an unknown order is 404')
    problem(call(yifen, 'GET', '/v1/orders/%FF%2e'), 404, 'order_unknown', 'so is what cannot be a number')
    problem(call(yifen, 'GET', '/v1/nothing'), 404, 'path_unknown', 'an unknown path is 404')
    problem(call(yifen, 'DELETE', '/v1/orders'), 405, 'method', 'an unknown method is 405')


def test_bad_orders():
    bad = orders.order(3)
    bad['applicant']['nmae'] = bad['applicant'].pop('name')
    answer = call(yifen, 'POST', '/v1/orders', bad)
    problem(answer, 422, 'field_unknown', 'an unknown field is 422')
    tap.equal(answer[1].get('field'), 'applicant.nmae', 'and named with its path')
    card = orders.order(3)
    card['handler']['id_number'] = '440301199002300011'
    answer = call(yifen, 'POST', '/v1/orders', card)
    problem(answer, 422, 'shape_id_number', 'a card of 30 February is refused')
    tap.ok('440301199002300011' not in str(answer), 'without printing the number', answer)
    connection_answer = raw(b'POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\n{"a":')
    tap.ok(b' 400 ' in connection_answer and b'json_syntax' in connection_answer, 'half an object is 400', connection_answer)
    tap.equal(call(yifen, 'GET', f"/v1/orders/{bad['order_no']}")[0], 404, 'nothing of them is there')


def test_codes():
    order = orders.order(10, 'wechat')
    url = f"/v1/orders/{order['order_no']}"
    call(yifen, 'POST', '/v1/orders', order)
    problem(call(yifen, 'POST', url + '/code', {'code': '123456'}), 409, 'not_due', 'before the fen no code is due')
    code = plant_round(order)
    shown = call(yifen, 'GET', url)[1]
    tap.equal([shown.get(k) for k in ('status', 'next', 'tries_left', 'code_expires_on', 'fen_expected_on')],
              ['code_sent', 'enter_code', 3, '2099-01-01', '2026-11-02'], 'the order says what to do, tries, expiry and the fen')
    problem(call(yifen, 'POST', url + '/code', {'code': '12345'}), 422, 'malformed', 'five digits are malformed')
    problem(call(yifen, 'POST', url + '/code', {'code': 123456}), 422, 'field_type', 'a number is no code: it loses its zeros')
    problem(call(yifen, 'POST', url + '/code', {'kode': '123456'}), 422, 'field_unknown', 'an unknown key is refused')
    tap.equal(call(yifen, 'POST', url + '/code', {'code': wrong(code)}),
              (200, {'order_no': order['order_no'], 'result': 'wrong', 'tries_left': 2}), 'a wrong code is 200, wrong')
    wide = ''.join(chr(ord(c) + 0xFEE0) for c in code)
    tap.equal(call(yifen, 'POST', url + '/code', {'code': wide})[1].get('result'), 'verified', 'full-width digits verify')
    tap.equal(call(yifen, 'GET', url)[1].get('status'), 'reviewing', 'and the review is open')
    cases = call(yifen, 'GET', '/v1/cases')[1]['cases']
    tap.equal([(case['reason'], case['orders'][0]['order_no']) for case in cases], [('application', order['order_no'])], 'as a case')


def test_parallel_guesses():
    order = orders.order(11, 'wechat')
    url = f"/v1/orders/{order['order_no']}/code"
    call(yifen, 'POST', '/v1/orders', order)
    code = plant_round(order)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call(yifen, 'POST', url, {'code': wrong(code)}), range(40)))
    found = collections.Counter((status, body.get('result') or body.get('reason')) for status, body in answers)
    tap.equal(found[(200, 'wrong')], 2, 'of forty guesses at once two are wrong')
    tap.ok(found[(409, 'locked')] >= 1 and found[(429, 'limited')] >= 10 and sum(found.values()) == 40, 'the third locks, the rest are limited', found)
    tap.equal(yifen.query('SELECT tries FROM verification v JOIN purchase p ON p.id = v.purchase_id WHERE order_no = ?',
                          order['order_no']), [{'tries': 3}], 'three tries were counted')


def test_rounds():
    order = orders.order(12, 'alipay')
    url = f"/v1/orders/{order['order_no']}"
    account = dict(order['bank_account'], number='4000021219200012345')
    call(yifen, 'POST', '/v1/orders', order)
    plant_round(order, 'failed', 'rejected')
    shown = call(yifen, 'GET', url)[1]
    tap.equal([shown.get(k) for k in ('status', 'status_text', 'next', 'field', 'field_text')],
              ['verification_failed', '金融认证失败', 'correct_account', 'bank_account.name', '户名'], 'a failed round names the field')
    status, shown = call(yifen, 'PUT', url + '/bank-account', account)
    tap.equal((status, shown.get('status'), shown.get('revision')), (200, 'verifying', 2), 'a new account starts the next round')
    problem(call(yifen, 'PUT', url + '/bank-account', dict(account, number='12')), 422, 'shape_account', 'a bad account is refused')
    plant_round(order, 'awaiting_code', 'accepted', 2)
    problem(call(yifen, 'POST', url + '/verification', {'reason': '没收到'}), 409, 'transfer_open', 'no new round while a transfer is open')
    again = orders.order(13, 'alipay')
    call(yifen, 'POST', '/v1/orders', again)
    old = plant_round(again)
    url = f"/v1/orders/{again['order_no']}"
    status, shown = call(yifen, 'POST', url + '/verification')
    tap.equal((status, shown.get('status')), (202, 'verifying'), 'a new round is 202')
    problem(call(yifen, 'POST', url + '/code', {'code': old}), 409, 'expired', 'and the older code is dead')


def test_receipt():
    order = orders.order(20)
    url = f"/v1/orders/{order['order_no']}/receipt"
    receipt = {'number': 'E20261102001', 'amount': order['payment']['amount'], 'paid_on': '2026-11-02',
               'payer_name': order['applicant']['name'], 'payer_account': order['bank_account']['number']}
    call(yifen, 'POST', '/v1/orders', order)
    status, shown = call(yifen, 'POST', url, receipt)
    tap.equal((status, shown.get('payment'), shown.get('status')), (201, 'claimed', 'reviewing'), 'a receipt is a claim')
    problem(call(yifen, 'POST', url, dict(receipt, paid_on='2026-02-30')), 422, 'shape_day', 'a day that is none is refused')


def test_events():
    first = call(yifen, 'GET', '/v1/events?after=0')[1]
    ids = [event['id'] for event in first['events']]
    tap.ok(ids == sorted(set(ids)) and first['next'] == ids[-1], 'events come in order', first['next'])
    tap.ok({'order.new', 'order.revise', 'verification.right_code', 'proof.by_code', 'review.ready'} <=
           {event['event'] for event in first['events']}, 'and tell what happened')
    tap.equal(call(yifen, 'GET', f"/v1/events?after={first['next']}")[1], {'events': [], 'next': first['next']}, 'none are left')
    call(yifen, 'POST', '/v1/orders', orders.order(30))
    more = call(yifen, 'GET', f"/v1/events?after={first['next']}")[1]['events']
    tap.equal([event['event'] for event in more], ['order.new'], 'but the next one comes')
    problem(call(yifen, 'GET', '/v1/events?after=-1'), 400, 'after', 'a bad place is 400')
    tap.equal(call(yifen, 'GET', '/healthz'), (200, 'ok\n'), 'it is healthy')
    tap.has(call(yifen, 'GET', '/metrics')[1], 'yifen_rows{kind="verification",state="verified"} 1', 'metrics count rows')


def test_hostile():
    big = b'POST /v1/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n' + b' ' * 200000
    tap.ok(b' 413 ' in raw(big), 'more than 64 KiB is 413')
    tap.ok(raw(b'\x16\x03\x01\x02\x00' * 50)[:12] in (b'', b'HTTP/1.1 400', b'HTTP/1.0 400'), 'TLS bytes are no request')
    raw(b'GET / HTTP/1.1\r\n' + b'A: b\r\n' * 5000)
    raw(b'POST /v1/orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx')
    lone = socket.socket(socket.AF_UNIX)
    lone.connect(SOCKET)
    lone.sendall(b'GET /healthz HT')
    tap.equal(call(yifen, 'GET', '/healthz')[0], 200, 'somebody who never ends his request stops nobody')
    lone.close()


def test_token():
    def ask(path, token=None):
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
        connection.request('GET', path, headers={'Authorization': token} if token else {})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status
    tap.equal([ask('/v1/cases', token) for token in (None, 'Bearer open-sesam', 'Bearer open-sesame2', 'Basic open-sesame', 'Bearer open-sesame')],
              [401, 401, 401, 401, 200], 'TCP asks for the token')


def test_many():
    """Orders at once, over eight connections."""
    made = [orders.order(serial) for serial in range(100, 180)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = collections.Counter(pool.map(lambda order: call(yifen, 'POST', '/v1/orders', order)[0], made + made))
    tap.equal(statuses, {201: 80, 200: 80}, 'eighty orders, each posted twice at once, are eighty orders')


def main():
    configure()
    serve = start()
    tap.ok(serve.alive(), 'serve runs', serve.output())
    tap.equal(oct(stat.S_IMODE(os.stat(SOCKET).st_mode)), '0o660', 'its socket is for our group')
    for test in (test_orders, test_bad_orders, test_codes, test_parallel_guesses, test_rounds, test_receipt, test_events, test_hostile,
                 test_token, test_many):
        test()
    tap.equal(serve.stop(), 0, 'it ends with grace')
    tap.ok(not os.path.exists(SOCKET), 'and takes its socket away')
    crashed = start()
    crashed.kill()
    again = start()
    wait_for(healthy, 'serve after a kill')
    tap.equal(again.stop(), 0, 'after a kill it starts over its stale socket')
    tap.ok('open-sesame' not in again.output(), 'the log does not hold the token', again.output())
    tap.done()


main()
