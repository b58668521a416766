#include "daemon/intake/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rules/error.h"

typedef struct {
  const Intake *intake;
  const FileRow *file;
  Plan *plan;
  PlannedStatement *now;
  gint64 all, claimable; /* lines of any status; lines as a file counts them: a split batch is one */
} Reader;

static void planned_free(gpointer data) {
  PlannedStatement *planned = data;
  statement_row_clear(&planned->row);
  g_free(planned);
}

void plan_free(Plan *plan) {
  if (plan == NULL)
    return;
  g_ptr_array_unref(plan->statements);
  g_free(plan->held_account);
  g_free(plan);
}

gboolean intake_parse(const Intake *intake, const FileRow *file, const RecordSink *sink, GError **error) {
  g_autofree char *path = g_build_filename(intake->conf->state, file->path, NULL);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return error_set(error, errno == ENOENT ? ERROR_REFUSED : ERROR_PERMANENT,
                     errno == ENOENT ? "copy_missing" : "system", "file", path, "detail", g_strerror(errno), NULL);
  CageRequest request = {.profiles = intake->conf->profiles, .kind = CAGE_STATEMENT};
  gboolean done = cage_parse(fd, &request, sink, error);
  close(fd);
  return done;
}

static const char *channel_of(const FileRow *file) {
  return g_str_has_prefix(file->origin, "channel:") ? file->origin + strlen("channel:") : NULL;
}

const ConfAccount *plan_account(const Intake *intake, const FileRow *file, const char *number, GError **error) {
  const ConfAccount *account = NULL;
  const char *channel = channel_of(file);
  if (number != NULL && (account = conf_account_by_number(intake->conf, number)) == NULL)
    error_set(error, ERROR_REFUSED, "account_foreign", "value", number, NULL);
  else if (number == NULL && file->account == NULL)
    error_set(error, ERROR_REFUSED, "account_missing", NULL);
  else if (number == NULL && (account = conf_account(intake->conf, file->account)) == NULL)
    error_set(error, ERROR_REFUSED, "account_foreign", "value", file->account, NULL);
  else if (file->account != NULL && !g_str_equal(file->account, account->name))
    error_set(error, ERROR_REFUSED, "account_other", "value", number, "expected", file->account, NULL);
  else if (channel != NULL && g_strcmp0(account->statements, channel) != 0)
    error_set(error, ERROR_REFUSED, "account_channel", "value", account->name, "expected", channel, NULL);
  else
    return account;
  return NULL;
}

static gboolean on_statement(void *user, const Statement *head, GError **error) {
  Reader *reader = user;
  (void)error;
  reader->now = g_new0(PlannedStatement, 1);
  reader->now->announced = head->kind != STATEMENT_LEDGER;
  reader->now->first = reader->now->last = DAY_NONE;
  reader->all = reader->claimable = 0;
  g_ptr_array_add(reader->plan->statements, reader->now);
  return TRUE;
}

static gboolean settle_account(Reader *reader, const char *number, GError **error) {
  const ConfAccount *account = plan_account(reader->intake, reader->file, number, error);
  if (account == NULL)
    return FALSE;
  if (reader->now->account != NULL && reader->now->account != account)
    return error_set(error, ERROR_REFUSED, "account_other", "value", number, "expected", reader->now->account->name,
                     NULL);
  reader->now->account = account;
  return TRUE;
}

static void widen(PlannedStatement *planned, Day day) {
  planned->first = planned->first == DAY_NONE ? day : MIN(planned->first, day);
  planned->last = MAX(planned->last, day);
}

static gboolean add_booked(Reader *reader, const Entry *entry, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, entry->line);
  StatementRow *row = &reader->now->row;
  if (entry->booking_date == DAY_NONE && !reader->now->announced)
    return error_set(error, ERROR_REFUSED, "no_booking_date", "line", line, NULL);
  gint64 *sum = entry->direction == DIRECTION_CREDIT ? &row->credits : &row->debits;
  if (__builtin_add_overflow(*sum, entry->amount.minor, sum))
    return error_set(error, ERROR_REFUSED, "amount", "line", line, NULL);
  row->entries++;
  reader->plan->entries++;
  if (entry->booking_date != DAY_NONE)
    widen(reader->now, entry->booking_date);
  return TRUE;
}

static gboolean on_entry(void *user, const Entry *entry, GError **error) {
  Reader *reader = user;
  g_assert(reader->now != NULL);
  if (entry->account != NULL && !settle_account(reader, entry->account, error))
    return FALSE;
  reader->all++;
  if (entry->index <= 1)
    reader->claimable++;
  return !line_counts(entry) || add_booked(reader, entry, error);
}

static gboolean contradicts(Reader *reader, const char *reason, gint64 found, gint64 expected, GError **error) {
  const StatementRow *row = &reader->now->row;
  g_autofree char *number = g_strdup_printf("%d", row->head.number);
  Money money = {.minor = found}, claim = {.minor = expected};
  g_strlcpy(money.currency, row->head.currency != NULL ? row->head.currency : "CNY", sizeof money.currency);
  memcpy(claim.currency, money.currency, sizeof claim.currency);
  gboolean count = strcmp(reason, "count_mismatch") == 0;
  g_autofree char *value = count ? g_strdup_printf("%" G_GINT64_FORMAT, found) : money_format(money);
  g_autofree char *want = count ? g_strdup_printf("%" G_GINT64_FORMAT, expected) : money_format(claim);
  reader->plan->hold = TRUE;
  reader->plan->held_day = row->head.to;
  reader->plan->held_account = g_strdup(reader->now->account->name);
  return error_set(error, ERROR_REFUSED, reason, "field", number, "value", value, "expected", want, NULL);
}

/* Opening + credits - debits = closing, and running balances that join. */
static gboolean check_balance(Reader *reader, GError **error) {
  StatementRow *row = &reader->now->row;
  const Statement *head = &row->head;
  if (head->broken) {
    contradicts(reader, "balance_broken", 0, 0, error);
    return FALSE;
  }
  if (!head->has_opening || !head->has_closing || reader->now->announced)
    return TRUE;
  gint64 want = head->opening.minor + row->credits - row->debits;
  if (want != head->closing.minor)
    return contradicts(reader, "balance_mismatch", want, head->closing.minor, error);
  row->grade = GRADE_BALANCE;
  return TRUE;
}

/* The file's own counts and sums, where it states them. */
static gboolean check_totals(Reader *reader, GError **error) {
  StatementRow *row = &reader->now->row;
  const Statement *head = &row->head;
  if (head->claimed_entries >= 0 && head->claimed_entries != row->entries &&
      head->claimed_entries != reader->claimable && head->claimed_entries != reader->all)
    return contradicts(reader, "count_mismatch", row->entries, head->claimed_entries, error);
  if (head->has_claimed_credit && head->claimed_credit.minor != row->credits && reader->all == row->entries)
    return contradicts(reader, "totals_mismatch", row->credits, head->claimed_credit.minor, error);
  if (head->has_claimed_debit && head->claimed_debit.minor != row->debits && reader->all == row->entries)
    return contradicts(reader, "totals_mismatch", row->debits, head->claimed_debit.minor, error);
  if (row->grade == GRADE_NONE && (head->claimed_entries >= 0 || head->has_claimed_credit || head->has_claimed_debit))
    row->grade = GRADE_TOTALS;
  return TRUE;
}

/* Tables of one bank are one source, whatever file they come in. */
static char *source_of(const char *format) {
  if (format != NULL && g_str_has_prefix(format, "mt94"))
    return g_strdup(format);
  if (format == NULL || !g_str_has_prefix(format, "camt."))
    return g_strdup("csv");
  return g_strndup(format, strlen("camt.053"));
}

/* An end-of-day statement shows its days whole. An export may have been made in the middle of its last day, and one
 * that names no days may begin and end anywhere. */
static void find_whole_days(PlannedStatement *planned, const Statement *head) {
  gboolean named = head->from != DAY_NONE && head->to != DAY_NONE;
  gboolean end_of_day = head->format != NULL && g_str_has_prefix(head->format, "camt.053");
  planned->whole_from = 1;
  planned->whole_to = 0;
  if (head->page > 1 || !head->last_page || (!named && planned->first == DAY_NONE))
    return;
  planned->whole_from = named ? head->from : planned->first + (end_of_day ? 0 : 1);
  planned->whole_to = (named ? head->to : planned->last) - (end_of_day ? 0 : 1);
}

static gboolean on_statement_end(void *user, const Statement *head, GError **error) {
  Reader *reader = user;
  StatementRow *row = &reader->now->row;
  statement_copy(head, &row->head);
  find_whole_days(reader->now, head);
  if (row->head.currency == NULL)
    row->head.currency = g_strdup("CNY");
  if (row->head.from == DAY_NONE)
    row->head.from = reader->now->first;
  if (row->head.to == DAY_NONE)
    row->head.to = reader->now->last;
  if ((head->account != NULL || reader->now->account == NULL) && !settle_account(reader, head->account, error))
    return FALSE;
  row->account = g_strdup(reader->now->account->name);
  row->source = source_of(head->format);
  return check_balance(reader, error) && check_totals(reader, error);
}

/* An account is booked from one kind of file; the first that came says from which. */
static gboolean choose_source(const Intake *intake, PlannedStatement *planned, GError **error) {
  g_autofree char *source = NULL;
  if (planned->announced)
    return TRUE;
  if (!statement_source(intake->store, planned->row.account, &source, error))
    return FALSE;
  planned->compared = source != NULL && !g_str_equal(source, planned->row.source);
  return TRUE;
}

gboolean plan_file(const Intake *intake, const FileRow *file, Plan **out, GError **error) {
  Plan *plan = *out = g_new0(Plan, 1);
  plan->statements = g_ptr_array_new_with_free_func(planned_free);
  Reader reader = {.intake = intake, .file = file, .plan = plan};
  const RecordSink sink = {
      .statement = on_statement, .entry = on_entry, .statement_end = on_statement_end, .user = &reader};
  if (!intake_parse(intake, file, &sink, error))
    return FALSE;
  if (plan->statements->len == 0)
    return error_set(error, ERROR_REFUSED, "no_statement", NULL);
  for (guint i = 0; i < plan->statements->len; i++)
    if (!choose_source(intake, plan->statements->pdata[i], error))
      return FALSE;
  return TRUE;
}
