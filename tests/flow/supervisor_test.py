#!/usr/bin/python3
"""yifend and its roles: restart, staying down, reload, drain, systemd's messages, an idle machine left in peace."""
import json
import os
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import place, tap  # noqa: E402
from lib.instance import Instance  # noqa: E402
from lib.process import Process, wait_for  # noqa: E402

if place.missing('yifen', 'yifend'):
    tap.skip_all('yifend is not built')

SANITIZED = place.BUILD.endswith('address')
home = place.scratch('supervisor')
instance = Instance(os.path.join(home, 'i'))
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(os.path.join(home, 'notify'))
messages = []


def listen():
    while True:  # a full socket would make yifend wait for us
        messages.append(notify.recv(4096).decode())


threading.Thread(target=listen, daemon=True).start()


def roles():
    try:
        with open(instance.path('run', 'roles.json'), encoding='utf-8') as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def all_up():
    found = roles()
    return found and all(role['state'] == 'up' for role in found.values()) and locked(found)


def locked(names):
    """A role that holds its lock has got past its start."""
    with open('/proc/locks', encoding='ascii') as file:
        inodes = {line.split()[-3].split(':')[-1] for line in file}
    return all(os.path.exists(path) and str(os.stat(path).st_ino) in inodes
               for path in (instance.path('run', f'{name}.lock') for name in names))


def hear(text):
    """Waits for a message to systemd that holds this text."""
    return wait_for(lambda: any(text in message for message in messages), text)


def log():
    """The journal's events."""
    return [json.loads(line) for line in daemon.output().splitlines() if line.startswith('{')]


def logged(part, **fields):
    return any(part in event['MESSAGE'] and all(event.get(k) == v for k, v in fields.items()) for event in log())


def family():
    return [daemon.child.pid] + [role['pid'] for role in roles().values() if role['pid']]


def status(pid, key):
    with open(f'/proc/{pid}/status', encoding='utf-8') as file:
        return sum(int(line.split()[1]) for line in file if line.startswith(key + ':'))


def switches():
    total = 0
    for pid in family():
        for task in os.listdir(f'/proc/{pid}/task'):
            with open(f'/proc/{pid}/task/{task}/status', encoding='utf-8') as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith('voluntary_ctxt_switches'))
    return total


def resident_kib():
    """PSS of all. Who may not read that of a key holder gets an estimate: what is each one's own, and once the files that
    all map alike."""
    try:
        total = 0
        for pid in family():
            with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
                total += next(int(line.split()[1]) for line in file if line.startswith('Pss:'))
        return total
    except PermissionError:
        own = sum(status(pid, key) for pid in family() for key in ('RssAnon', 'RssShmem'))
        return own + max(status(pid, 'RssFile') for pid in family())


daemon = Process([place.program('yifend'), '-c', instance.conf], os.path.join(home, 'log'),
                 env=instance.env(NOTIFY_SOCKET=os.path.join(home, 'notify'), WATCHDOG_USEC='4000000'))
tap.ok(hear('READY=1'), 'says READY to systemd')
tap.ok(wait_for(all_up, 'all roles up'), 'all roles come up')
tap.ok(hear('STATUS='), 'says STATUS')
tap.ok(hear('WATCHDOG=1'), 'feeds the watchdog')
names = list(roles())
tap.note(', '.join(names))

# An idle machine is left in peace.
time.sleep(1)
before = switches()
time.sleep(10)
woken = switches() - before
tap.ok(woken < 10, 'fewer than one wake-up a second, all together', f'{woken} in 10 s')
tap.note(f'{woken} wake-ups in 10 s')
if SANITIZED:
    tap.skip('under 40 MiB resident', 'sanitizers use more')
else:
    kib = resident_kib()
    tap.ok(kib < 40 * 1024, 'under 40 MiB resident, all together', f'{kib} KiB')
    tap.note(f'{kib} KiB resident, {len(family())} processes')

# One supervisor an instance.
second = Process([place.program('yifend'), '-c', instance.conf], os.path.join(home, 'log2'), env=instance.env())
tap.equal(second.child.wait(20), 111, 'a second yifend on the same instance gives up for now')

# A killed role comes back.
victim = names[0]
old = roles()[victim]['pid']
os.kill(old, signal.SIGKILL)
tap.ok(wait_for(lambda: roles()[victim]['pid'] not in (0, old) and all_up(), 'the killed role is back'), 'restarts a killed role')
tap.ok(logged('role ended', CHILD=victim, EXIT='137'), 'logs its end')

# A role that ends with 100 stays down until a person has mended the cause.
bell = instance.path('run', 'bell', victim)
os.rename(bell, bell + '.away')
os.mkdir(bell)
os.kill(roles()[victim]['pid'], signal.SIGKILL)
tap.ok(wait_for(lambda: roles()[victim]['state'] == 'down', 'the role is down'), 'a role that ends with 100 stays down')
time.sleep(1)
tap.equal((roles()[victim]['state'], roles()[victim]['exit']), ('down', 100), 'and is not tried again')
tap.ok(logged('stays down', CHILD=victim, EXIT='100'), 'and this is logged')
tap.ok(all(role['state'] == 'up' for name, role in roles().items() if name != victim), 'the others go on')
tap.ok(hear(f'{victim} down'), 'and systemd is told')

# A bad configuration changes nothing.
with open(instance.conf, encoding='utf-8') as file:
    good = file.read()
with open(instance.conf, 'w', encoding='utf-8') as file:
    file.write(good.replace('settle =', 'setle ='))
was = roles()
daemon.signal(signal.SIGHUP)
tap.ok(wait_for(lambda: logged('configuration is bad'), 'the refusal'), 'SIGHUP with a bad configuration is refused')
event = next(event for event in log() if 'configuration is bad' in event['MESSAGE'])
line = good[:good.index('settle =')].count('\n') + 1
tap.has(event['SENTENCE'], f'第 {line} 行', 'naming the line')
tap.has(event['SENTENCE'], '“settle”', 'and the nearest key')
tap.equal(roles(), was, 'and nothing is restarted')

# A good one restarts the roles one by one; the one that was down too.
with open(instance.conf, 'w', encoding='utf-8') as file:
    file.write(good)
os.rmdir(bell)
os.rename(bell + '.away', bell)
before = len(log())
daemon.signal(signal.SIGHUP)
tap.ok(wait_for(lambda: all_up() and all(roles()[n]['pid'] != was[n]['pid'] for n in names), 'the reload'),
       'SIGHUP with a good configuration restarts every role, the one that was down too')
events = [e['MESSAGE'] for e in log()[before:] if e.get('CHILD') and e['CHILD'] != victim and e['ROLE'] == 'yifend']
tap.equal(events, ['role ended', 'role started'] * (len(names) - 1), 'one by one')

pids = family()
daemon.signal(signal.SIGTERM)
tap.equal(daemon.child.wait(30), 0, 'SIGTERM ends it well')
tap.ok(hear('STOPPING=1'), 'says STOPPING')
tap.ok(not any(os.path.exists(f'/proc/{pid}') for pid in pids), 'no role is left')
tap.equal([e for e in log() if e['MESSAGE'] == 'role does not stop: killed'], [], 'none had to be killed')

# Roles end with their supervisor, however that ends.
daemon = Process([place.program('yifend'), '-c', instance.conf], os.path.join(home, 'log3'), env=instance.env())
wait_for(all_up, 'all roles up')
pids = family()
os.kill(pids[0], signal.SIGKILL)
tap.ok(wait_for(lambda: not any(os.path.exists(f'/proc/{pid}') for pid in pids[1:]), 'the roles end'),
       'roles do not outlive a killed supervisor')
tap.done()
