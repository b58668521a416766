"""The bank's command line.

  bank init DIR NUMBER:NAME:LAYOUT:OPENING_FEN...   LAYOUT: icbc, abc, camt.053.001.02, camt.053.001.08
  bank step DIR                     reads in/, does what it says, answers
  bank day DIR [N]                  ends N days: statements are written, the clock moves
  bank serve DIR                    steps until it is told to stop (SIGTERM)
  bank rule DIR JSON...             how to misbehave (faults.py); `bank rule DIR clear`
  bank wire DIR ACCOUNT FEN NAME OTHER REMARK
  bank statement DIR ACCOUNT FIRST LAST [LAYOUT]
  bank late DIR                     hands over the statements that a rule withheld
  bank clock DIR [YYYY-MM-DDTHH:MM:SS]
  bank ledger DIR                   every line as JSON
  bank phone DIR ACCOUNT            what the holder of a payee account sees: remarks of fens that reached it
"""
import datetime
import json
import os
import signal
import sys
import time

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
from bank import faults  # noqa: E402
from bank.clock import SHANGHAI  # noqa: E402
from bank.teller import Bank  # noqa: E402


def init(bank, *accounts):
    for account in accounts:
        number, name, layout, opening = account.split(':')
        bank.ledger.add_account(number, name, layout, int(opening))


def step(bank):
    print(bank.step())


def day(bank, count='1'):
    for _ in range(int(count)):
        for path in bank.close_day():
            print(path)


def serve(bank):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    while not stopped:
        bank.step()
        time.sleep(0.2)


def rule(bank, *texts):
    for text in texts:
        if text == 'clear':
            faults.clear(bank.ledger)
        else:
            faults.add(bank.ledger, json.loads(text))


def wire(bank, account, fen, name, other, remark):
    bank.wire(account, int(fen), name, other, remark)


def statement(bank, account, first, last, layout=None):
    print(bank.statement(account, first, last, layout))


def late(bank):
    bank.hand_over()


def clock(bank, moment=None):
    if moment:
        bank.clock.move_to(datetime.datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI))
    print(bank.clock.now().isoformat(timespec='seconds'))


def ledger(bank):
    for line in bank.ledger.lines():
        print(json.dumps(line, ensure_ascii=False))


def phone(bank, account):
    for line in bank.ledger.rows("SELECT * FROM line WHERE other = ? AND amount < 0 ORDER BY id", account):
        print(line['remark'])


COMMANDS = (init, step, day, serve, rule, wire, statement, late, clock, ledger, phone)


def main(arguments):
    known = {command.__name__: command for command in COMMANDS}
    if len(arguments) < 2 or arguments[0] not in known:
        sys.stderr.write(__doc__)
        return 2
    known[arguments[0]](Bank(arguments[1]), *arguments[2:])
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
