"""A certificate authority for tests, by the openssl command: its root, and certificates for mail addresses."""
import os
import subprocess


def openssl(*arguments, **options):
    return subprocess.run(['openssl', *arguments], capture_output=True, **options)


def must(*arguments):
    done = openssl(*arguments)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr.decode()}")


class Authority:
    def __init__(self, home):
        self.home = home
        os.makedirs(home)
        self.root, self.key = self.path('root.pem'), self.path('root.key')
        must('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=Test Root', '-keyout', self.key, '-out', self.root)

    def path(self, name):
        return os.path.join(self.home, name)

    def issue(self, name, address, purpose='emailProtection', key=('rsa:2048',)):
        """(certificate with the root behind it, private key of mode 0600)"""
        cert, secret, request, more = (self.path(f'{name}.{end}') for end in ('pem', 'key', 'csr', 'ext'))
        with open(more, 'w', encoding='ascii') as file:
            file.write(f'subjectAltName=email:{address}\nkeyUsage=digitalSignature\nextendedKeyUsage={purpose}\n')
        must('req', '-newkey', *key, '-nodes', '-subj', f'/CN={name}', '-keyout', secret, '-out', request)
        must('x509', '-req', '-in', request, '-CA', self.root, '-CAkey', self.key, '-CAcreateserial', '-days', '365', '-extfile', more, '-out', cert)
        with open(cert, 'a', encoding='ascii') as file, open(self.root, encoding='ascii') as root:
            file.write(root.read())
        os.chmod(secret, 0o600)
        return cert, secret

    def verify(self, mail):
        """What the signature covers, or None when a mail program would not believe it."""
        done = openssl('cms', '-verify', '-CAfile', self.root, '-purpose', 'smimesign', input=mail)
        return done.stdout if done.returncode == 0 else None
