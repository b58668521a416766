"""Where things are: the project's root, the built programs, a fresh folder for one test."""
import atexit
import os
import shutil
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.path.abspath(os.environ.get('BUILD') or os.path.join(ROOT, 'build'))
SHIM = os.path.join(os.environ.get('SHIM_BUILD') or os.path.join(ROOT, 'build'), 'tests', 'shim.so')


def program(name):
    return os.path.join(BUILD, name)


def shared(*names):
    """A file beside the project, or None when it is absent: tests that want it skip."""
    path = os.path.join(os.path.dirname(ROOT), 'shared', *names)
    return path if os.path.exists(path) else None


def missing(*programs):
    """The first of these built programs that is not there, or None."""
    return next((name for name in programs if not os.path.exists(program(name))), None)


def scratch(name):
    """A new folder that goes when the test ends; stays with KEEP=1."""
    path = tempfile.mkdtemp(prefix=f'yifen-{name}-')
    if not os.environ.get('KEEP'):
        atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path
