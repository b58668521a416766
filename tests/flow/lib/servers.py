"""Real servers on loopback: OpenSSH's SFTP and an SMTP server. Both work as root and as an ordinary user."""
import email
import email.policy
import mailbox
import os
import pwd
import shutil
import subprocess
import sys

from .process import Process, free_port, port_open, wait_for

SSHD = '/usr/sbin/sshd'
CONFIG = '''Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host
AuthorizedKeysFile {home}/authorized
StrictModes no
UsePAM {pam}
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin prohibit-password
PidFile none
MaxStartups 200
UseDNS no
LogLevel DEBUG1
Subsystem sftp internal-sftp
'''


def have_sshd():
    return os.path.exists(SSHD) and shutil.which('ssh-keygen')


def have_smtpd():
    return subprocess.run([sys.executable, '-c', 'import aiosmtpd'], capture_output=True).returncode == 0


def make_key(path, kind='ed25519', passphrase=''):
    subprocess.run(['ssh-keygen', '-q', '-t', kind, '-N', passphrase, '-C', 'yifen', '-f', path], check=True)
    return path


def fingerprint(public):
    return subprocess.run(['ssh-keygen', '-lf', public], check=True, capture_output=True, text=True).stdout.split()[1]


def _password_locked():
    """Without PAM sshd refuses accounts whose password field begins with '!'."""
    try:
        with open('/etc/shadow', encoding='utf-8') as file:
            return any(line.startswith(pwd.getpwuid(os.getuid()).pw_name + ':!') for line in file)
    except PermissionError:
        return False


class Sshd:
    """One login: the user who runs the test, by ed25519 key; its own host key; no chroot."""

    def __init__(self, home):
        self.home = home
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.port = free_port()
        os.makedirs(home, exist_ok=True)
        self.key = make_key(os.path.join(home, 'user'))
        make_key(os.path.join(home, 'host'))
        self.host_key = fingerprint(os.path.join(home, 'host.pub'))
        shutil.copy(self.key + '.pub', os.path.join(home, 'authorized'))
        self.start()

    def start(self):
        if os.getuid() == 0:
            os.makedirs('/run/sshd', mode=0o755, exist_ok=True)  # its privilege separation wants it
        with open(os.path.join(self.home, 'config'), 'w', encoding='utf-8') as file:
            file.write(CONFIG.format(port=self.port, home=self.home, pam='yes' if _password_locked() else 'no'))
        self.process = Process([SSHD, '-D', '-e', '-f', os.path.join(self.home, 'config')], os.path.join(self.home, 'log'))
        wait_for(lambda: port_open(self.port), 'sshd listens')

    def authorize(self, public):
        with open(public, encoding='utf-8') as key, open(os.path.join(self.home, 'authorized'), 'a', encoding='utf-8') as file:
            file.write(key.read())

    def log(self):
        return self.process.output()

    def stop(self):
        self.process.stop()


class Smtp:
    """Every message that it takes lies in a Maildir."""

    def __init__(self, home):
        self.port = free_port()
        self.maildir = os.path.join(home, 'mail')
        self.home = home
        os.makedirs(home, exist_ok=True)
        self.start()

    def start(self):
        mailbox.Maildir(self.maildir, create=True)
        self.process = Process([sys.executable, '-m', 'aiosmtpd', '-n', '-l', f'127.0.0.1:{self.port}', '-c',
                                'aiosmtpd.handlers.Mailbox', self.maildir], os.path.join(self.home, 'smtp.log'))
        wait_for(lambda: port_open(self.port), 'the SMTP server listens')

    def messages(self):
        """email.message.EmailMessage, oldest first."""
        folder = os.path.join(self.maildir, 'new')
        found = []
        for name in sorted(os.listdir(folder), key=lambda n: os.stat(os.path.join(folder, n)).st_mtime):
            with open(os.path.join(folder, name), 'rb') as file:
                found.append(email.message_from_binary_file(file, policy=email.policy.default))
        return found

    def stop(self):
        self.process.stop()
