#!/usr/bin/python3
"""What the SFTP edge must refuse, and say: a host key that is not the bank's, and a login key that this libssh2 cannot use."""
import os

from lib import place, servers, tap
from lib.world import World, or_skip


def try_fetch(world):
    """What a person sees of an attempt: log and standard error."""
    before = len(world.sshd.log())
    done = world.yifen.role('fetch', check=False)
    return done.stdout + done.stderr, world.sshd.log()[before:]


def check_wrong_host_key(world):
    other = servers.make_key(os.path.join(world.home, 'other'))
    pinned = servers.fingerprint(other + '.pub')
    world.configure(host_key=pinned)
    said, log = try_fetch(world)
    tap.has(said, pinned.removeprefix('SHA256:'), 'a wrong host key: the pinned fingerprint is named')
    tap.has(said, world.sshd.host_key.removeprefix('SHA256:'), 'and the one that was met')
    tap.ok('Connection from' in log, 'the server was reached', log)
    tap.ok('userauth-request' not in log, 'no authentication was attempted', log)


def check_rsa(world):
    key = servers.make_key(os.path.join(world.home, 'rsa'), 'rsa')
    world.sshd.authorize(key + '.pub')
    world.configure(key=key)
    said, _ = try_fetch(world)
    tap.has(said, 'RSA', 'an RSA login key: the message says that it is the kind of the key')
    tap.has(said, 'ed25519', 'and what to use')


def check_no_server(world):
    world.configure(port=1)
    said, _ = try_fetch(world)
    tap.ok('127.0.0.1' in said, 'a bank that does not answer is named', said)


def check_right(world):
    world.configure()
    world.bank.close_day()
    said, log = try_fetch(world)
    tap.has(log, 'Accepted publickey', 'with the right keys it logs in')
    world.yifen.role('intake')
    tap.equal(len(world.yifen.objects('statement', 'list')), 1, 'and the statement arrives')
    tap.note(said)


def main():
    or_skip()
    world = World(place.scratch('sftp'))
    for check in (check_wrong_host_key, check_rsa, check_no_server, check_right):
        check(world)
    world.close()
    tap.done()


main()
