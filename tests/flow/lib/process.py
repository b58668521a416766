"""Starting and ending programs; nothing that was started here outlives the test."""
import atexit
import os
import signal
import socket
import subprocess
import sys
import time

_running = []


class Failed(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_for(condition, what, timeout=20, pause=0.05):
    """The first true value of condition(); Failed after `timeout` seconds of real time."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f'waited {timeout} s in vain: {what}')
        time.sleep(pause)


def port_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


class Process:
    """A program in the background, its output in a file."""

    def __init__(self, arguments, log, env=None, cwd=None):
        self.log = log
        with open(log, 'ab') as out:
            self.child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=cwd,
                                          start_new_session=True)
        _running.append(self)

    def alive(self):
        return self.child.poll() is None

    def signal(self, number):
        if self.alive():
            self.child.send_signal(number)

    def stop(self, timeout=10):
        """Asks it to end; kills its whole group when it does not. Gives the exit code."""
        self.signal(signal.SIGTERM)
        try:
            self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        return self.child.wait()

    def kill(self):
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()

    def output(self):
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return file.read()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a test that is told to end ends its programs too


@atexit.register
def _end_all():
    for process in reversed(_running):
        try:
            os.killpg(process.child.pid, signal.SIGKILL)  # children that outlived it too
        except (ProcessLookupError, PermissionError):
            pass
