/* The first reading of a statement file: is it whole, is it ours, does it add up? Nothing is stored before the answer
 * is yes, so that no file is half imported. */
#ifndef YIFEN_DAEMON_INTAKE_PLAN_H
#define YIFEN_DAEMON_INTAKE_PLAN_H

#include "daemon/cage.h"
#include "daemon/intake/line.h"
#include "daemon/intake/proof.h"
#include "spool/files.h"
#include "spool/statements.h"

typedef struct {
  StatementRow row; /* complete but for ids */
  const ConfAccount *account;
  Day first, last;          /* of its booked lines; DAY_NONE while there are none */
  gint64 whole_lines;       /* booked lines of these days, counted while they are stored */
  Day whole_from, whole_to; /* the days that it surely shows whole; whole_from > whole_to: there are none */
  gboolean announced;       /* it books nothing: an interim report or an advice (spool/announced.h) */
  gboolean compared;        /* the account is booked from another kind of file: nothing of this one is stored */
} PlannedStatement;

typedef struct {
  GPtrArray *statements; /* PlannedStatement, by number - 1 */
  gint64 entries;        /* booked lines of all */
  GPtrArray *mismatches; /* Mismatch: what the file claims and does not hold */
  GString *left_out;     /* names of a workbook's sheets that are no statement; empty: none */
} Plan;
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* The section that all its statements are of; NULL when there are several. */
const char *plan_section(const Plan *plan);

/* Reads the file's copy once, through the cage. TRUE: it is whole and ours; it may be stored unless it contradicts
 * itself (hold.h). ERROR_REFUSED otherwise; reasons of our own: "account_missing", "account_foreign", "account_other",
 * "account_channel", "no_booking_date". */
gboolean plan_file(const Intake *intake, const FileRow *file, Plan **plan, GError **error);

/* Runs the file's copy through the cage into a sink. */
gboolean intake_parse(const Intake *intake, const FileRow *file, const RecordSink *sink, GError **error);

/* Whose account this is: the number that the file shows, or where the file was put. NULL with ERROR_REFUSED. */
const ConfAccount *plan_account(const Intake *intake, const FileRow *file, const char *number, GError **error);

#endif
