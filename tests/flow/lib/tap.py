"""Test Anything Protocol, for prove. A test that dies without done() fails: the plan is missing."""
import sys

_count = 0
_failed = 0


def _say(text):
    sys.stdout.write(text + '\n')
    sys.stdout.flush()


def note(text):
    for line in str(text).splitlines():
        _say('# ' + line)


def ok(passed, name, facts=None):
    global _count, _failed
    _count += 1
    _failed += not passed
    _say(f"{'ok' if passed else 'not ok'} {_count} - {name}")
    if not passed and facts is not None:
        note(facts)
    return bool(passed)


def equal(got, want, name):
    return ok(got == want, name, f'got  {got!r}\nwant {want!r}')


def has(text, part, name):
    return ok(part in text, name, f'no {part!r} in:\n{text}')


def skip(name, why):
    global _count
    _count += 1
    _say(f'ok {_count} - {name} # SKIP {why}')


def skip_all(why):
    _say(f'1..0 # SKIP {why}')
    sys.exit(0)


def chosen(checks):
    """Those named on the command line; all when none is."""
    return [check for check in checks if not sys.argv[1:] or check.__name__ in sys.argv[1:]]


def done():
    _say(f'1..{_count}')
    sys.exit(1 if _failed else 0)
