#!/usr/bin/python3
"""What stands around Yifen: `yifen doctor` finds each thing that is wrong and nothing else; `yifen calendar import` takes a new year's
working days, and no file that would lose some."""
import json
import os
import sqlite3

from lib import pki, place, tap
from lib.process import wait_for
from lib.world import World, or_skip

BUILT_IN = os.path.join(place.ROOT, 'rules', 'data', 'holidays-cn.tsv')
NEXT = '2027-01-01\tholiday\t元旦\n2027-01-02\tworkday\t元旦\n'


def found(yifen):
    """Which checks complain, but for those that ask the machine itself."""
    result = yifen.yifen('doctor', '--json')
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    wrong = {line['check']: line for line in lines if not line['ok']}
    tap.equal(result.returncode, 1 if wrong else 0, f'the exit code tells whether anything is wrong: {sorted(wrong)}')
    return {check: line for check, line in wrong.items() if check not in ('clock', 'landlock', 'disk')}


def check_doctor(world):
    yifen = world.yifen
    tap.equal(list(found(yifen)), ['roles'], 'a sound instance that does not run')
    yifen.start()
    wait_for(lambda: all(role.endswith(('/up', 'total')) for role in yifen.objects('status')[0]['role']), 'every role runs')
    tap.equal(found(yifen), {}, 'a sound one that runs')
    text = yifen.yifen('doctor').stdout
    tap.ok('正常  数据库完整' in text and '正常  银行通道' in text, 'for people too', text)
    yifen.stop()
    certificate, secret = pki.Authority(os.path.join(world.home, 'ca')).issue('mail', 'yifen@example.com')
    with open(yifen.conf, encoding='utf-8') as file:
        conf = file.read()
    with open(yifen.conf, 'w', encoding='utf-8') as file:
        file.write(conf.replace('[mail]\n', f'[mail]\ncertificate = {certificate}\ncertificate_key = {secret}\n'))
    tap.equal(list(found(yifen)), ['roles'], 'a certificate of a year')
    start = world.bank.clock.now()
    world.bank.clock.add(340 * 86400)
    tap.has(found(yifen).get('certificates', {}).get('text', ''), certificate, 'one that ends within a month is named')
    world.bank.clock.move_to(start)
    world.smtp.stop()
    tap.has(found(yifen)['mail']['text'], '127.0.0.1', 'a mail server that is not there is named')
    key = world.sshd.key
    os.chmod(key, 0o644)
    tap.has(found(yifen)['secrets']['text'], key, 'a key that others can read is named')
    os.chmod(key, 0o600)
    world.sshd.stop()
    tap.equal(sorted(found(yifen)), ['banks', 'mail', 'roles'], 'a bank that cannot be reached')
    with sqlite3.connect(yifen.path('store.db')) as db:
        db.execute('DROP TRIGGER audit_no_update')
        db.execute("UPDATE audit SET actor = 'nobody' WHERE id = 1")
    tap.equal(found(yifen)['audit']['reason'], 'audit_broken', 'an audit log that was touched')


def write(world, text):
    path = os.path.join(world.home, 'calendar.tsv')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def check_calendar(world):
    yifen = world.yifen
    with open(BUILT_IN, encoding='utf-8') as file:
        built_in = file.read()
    world.bank.clock.move_to_day(world.bank.clock.today().replace(month=11, day=20), 9)
    yifen.must('pay', 'hold', '--reason', '演练')  # a first row of the audit log
    tap.has(found(yifen)['calendar']['text'], '2027-01-19', 'a calendar that ends within sixty days')
    short = yifen.yifen('calendar', 'import', write(world, built_in.split('2026-')[0] + NEXT))
    tap.equal((short.returncode, '2026' in short.stderr), (1, True), 'one that lacks a year in use is refused')
    bad = yifen.yifen('calendar', 'import', write(world, built_in + NEXT + '2027-02-30\tholiday\t?\n'))
    tap.equal((bad.returncode, '2027-02-30' in bad.stderr, 'calendar.tsv' in bad.stderr), (1, True, True), 'a day that is none is named')
    tap.ok('calendar' in found(yifen), 'and nothing has changed')
    moved = built_in.replace('2026-01-01\tholiday', '2026-01-01\tworkday') + '2026-12-25\tholiday\t试\n' + NEXT
    told = yifen.objects('calendar', 'import', write(world, moved))
    tap.equal(told, [{'years': [2027], 'holidays': ['2026-12-25'], 'workdays': []}], 'a good one tells what it changes from today on')
    tap.ok('calendar' not in found(yifen), 'it is in use')
    tap.ok('改为上班： 2026-12-25' in yifen.must('calendar', 'import', write(world, built_in + NEXT)), 'for people too')
    tap.equal([row['action'] for row in yifen.query("SELECT action FROM audit WHERE action = 'calendar.import'")],
              ['calendar.import'] * 2, 'each import is remembered')


def main():
    or_skip()
    world = World(place.scratch('doctor'), start='2026-09-01')
    check_calendar(world)
    check_doctor(world)
    world.close()
    tap.done()


main()
