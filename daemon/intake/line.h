/* What the role intake works with, and the first look at one line of a statement: masked, named, sorted. */
#ifndef YIFEN_DAEMON_INTAKE_LINE_H
#define YIFEN_DAEMON_INTAKE_LINE_H

#include "daemon/conf.h"
#include "parsers/profile.h"
#include "rules/triage.h"
#include "spool/entries.h"
#include "spool/seal.h"
#include "spool/store.h"

typedef struct {
  const Conf *conf;
  Store *store;
  const Calendar *calendar;
  GPtrArray *profiles; /* Profile */
  SealKey pay;         /* pay's public key */
  char **own_accounts; /* all spellings of our accounts' numbers */
  char **remark_words; /* what our own remarks begin with */
  GArray *refunds;     /* TriageRefund: as of the file that is being read */
} Intake;

/* Borrows conf, store and calendar. ERROR_PERMANENT when a profile or the key cannot be read. */
Intake *intake_new(const Conf *conf, Store *store, const Calendar *calendar, GError **error);
void intake_free(Intake *intake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Intake, intake_free)

/* To be called before a file is read: refunds may have been sent since. */
gboolean intake_refresh(Intake *intake, GError **error);

/* Is it stored? Booked, and of an amount: a line of 0.00 moves nothing and has nothing to match. */
gboolean line_counts(const Entry *entry);

/* A booked line as it is stored: six-digit runs of our own debits, and of what may be a return of one, are masked. */
typedef struct {
  Entry masked;
  Triage triage;
  const char *rule; /* that sorted it; static */
  char *identity;
  gint64 place; /* among the lines of its day in the file */
} Line;
void line_clear(Line *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

/* counter: of the file that is being read; lines must come in its order. */
void line_prepare(const Intake *intake, const ConfAccount *account, const Entry *entry, EntryCounter *counter,
                  Line *line);

/* The same for a line that is only announced: its identity is the bank's reference where there is one, whatever the
 * profile says, so that a report and an advice of the same line are one. counter: apart from that of stored lines. */
void line_announce(const Intake *intake, const ConfAccount *account, const Entry *entry, EntryCounter *counter,
                   Line *line);

#endif
