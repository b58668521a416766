"""Compares three ledgers, ours, the bank's and its statements: the figures that must be zero, and whether everything came to its end."""
import glob
import xml.etree.ElementTree as ElementTree

from lib.instance import count

FINAL = ('booked', 'rejected', 'returned')


def transfers(world):
    return {row['reference']: row for row in world.yifen.query(
        'SELECT t.*, b.message_id, hex(b.sha256) AS sha256, b.state AS batch FROM transfer t '
        'LEFT JOIN batch b ON b.id = t.batch_id')}


def open_transfers(world):
    return [row for row in transfers(world).values() if row['state'] not in FINAL]


def unpaid(world):
    """Orders whose applicant should have a fen and has none at the bank."""
    paid = {line['other'] for line in world.bank.ledger.lines() if line['kind'] == 'payment' and line['amount'] == -1}
    return [row for row in world.yifen.query("SELECT order_no, account_number FROM purchase WHERE method <> 'wire' AND "
                                             "review <> 'refund_requested' AND payment NOT IN ('refunding', 'refunded')")
            if row['account_number'] not in paid]


def _refunded_too_much(world, paid):
    """Credits of which more went back than came, by the bank's own books."""
    back = {line['reference']: -line['amount'] for line in paid}
    credits = world.yifen.query('SELECT e.id, e.amount - e.allocated AS free, group_concat(t.reference) AS names FROM refund r '
                                "JOIN entry e ON e.id = r.entry_id JOIN transfer t ON t.refund_id = r.id WHERE t.state <> 'returned' GROUP BY e.id")
    return [f"refund: more than {row['free']} fen of line {row['id']} went back" for row in credits
            if sum(back.get(name, 0) for name in row['names'].split(',')) > row['free']]


def at_an_end(world):
    return not open_transfers(world) and not unpaid(world)


def _line_is_known(line, transfer):
    return (transfer is not None and (transfer['sha256'] or '').lower() == line['sha256'] and
            transfer['message_id'] == line['message'] and transfer['payee_account'] == line['other'] and
            transfer['amount'] == -line['amount'])


def _statement_debits(world):
    """References of the debits that the bank's statements show, and how often; a line shown again is the same line."""
    found = {}
    for path in sorted(glob.glob(world.bank.path('statements', '*.xml'))):
        for entry in ElementTree.parse(path).iterfind('.//{*}Ntry'):
            if entry.findtext('{*}CdtDbtInd') == 'DBIT':
                found[entry.findtext('{*}AcctSvcrRef')] = entry.findtext('.//{*}EndToEndId')
    return count(found.values())


def _statements_differ(world, times):
    """Every debit once on the statements, once among our lines, and tied to its own transfer."""
    shown = _statement_debits(world)
    tied = count(row['reference'] for row in world.yifen.query(
        'SELECT t.reference FROM transfer t JOIN entry e ON e.id = t.debit_entry_id AND e.transfer_id = t.id '
        "WHERE e.direction = 'debit' AND e.end_to_end_id = t.reference"))
    return [f'statements: {reference} is shown {shown.get(reference, 0)} times, the bank did it {times.get(reference, 0)} times, '
            f'{tied.get(reference, 0)} of our lines are tied to it'
            for reference in sorted({*shown, *times, *tied}, key=str) if not shown.get(reference) == times.get(reference) == tied.get(reference) == 1]


def duplicates(paid):
    """References that were paid twice, and accounts that got more than one fen."""
    fens = count(line['other'] for line in paid if line['amount'] == -1)
    return [f'duplicate: {what} was paid {n} times' for times in (count(line['reference'] for line in paid), fens)
            for what, n in times.items() if n > 1]


def orphans(paid, ours):
    return [f"orphan: the bank's line {line['id']} ({line['reference']}) is none of our sealed instructions"
            for line in paid if not _line_is_known(line, ours.get(line['reference']))]


def faults(world):
    """Sentences about what is wrong; an empty list is the promise kept."""
    ours = transfers(world)
    paid = [line for line in world.bank.ledger.lines() if line['kind'] == 'payment']
    times = count(line['reference'] for line in paid)
    found = duplicates(paid) + orphans(paid, ours)
    for reference, transfer in ours.items():
        done = reference in times
        if done != (transfer['state'] == 'booked'):
            found.append(f"no end: {reference} is {transfer['state']} (batch {transfer['batch']}), the bank did it: {done}")
    found += [f"lost: order {row['order_no']} never got its fen" for row in unpaid(world)]
    found += _refunded_too_much(world, paid) + _statements_differ(world, times) + _rows_that_failed(world, paid)
    return found


def _rows_that_failed(world, paid):
    found = [f"job {row['role']}/{row['kind']}/{row['subject']} failed: {row['error']}"
             for row in world.yifen.query("SELECT * FROM job WHERE state = 'failed'")]
    debits = world.yifen.query("SELECT disposition, count(*) AS n FROM entry WHERE direction = 'debit' GROUP BY 1")
    if {row['disposition']: row['n'] for row in debits} != {'own_transfer': len(paid)}:
        found.append(f'debit lines: {debits}, the bank has {len(paid)}')
    verify = world.yifen.yifen('audit', 'verify')
    if verify.returncode != 0:
        found.append('audit verify: ' + verify.stdout + verify.stderr)
    return found
