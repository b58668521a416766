#include "daemon/intake/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rules/error.h"

enum { NAMES_MAX = 1000 /* bytes of sheets' names that are told */ };

typedef struct {
  const Intake *intake;
  const FileRow *file;
  Plan *plan;
  PlannedStatement *now;
  ProofCount count;
  char currency[MONEY_CURRENCY_SIZE]; /* of the open statement: lines in others are not in its balance */
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
  g_ptr_array_unref(plan->mismatches);
  g_string_free(plan->left_out, TRUE);
  g_free(plan);
}

gboolean intake_parse(const Intake *intake, const FileRow *file, const RecordSink *sink, GError **error) {
  g_autofree char *path = g_build_filename(intake->conf->state, file->path, NULL);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return error_set(error, errno == ENOENT ? ERROR_REFUSED : ERROR_PERMANENT,
                     errno == ENOENT ? "copy_missing" : "system", "file", path, "detail", g_strerror(errno), NULL);
  CageRequest request = {.profiles = intake->conf->profiles, .kind = CAGE_STATEMENT, .claims = TRUE};
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
  reader->count = (ProofCount){0};
  g_strlcpy(reader->currency, head->currency != NULL ? head->currency : "", sizeof reader->currency);
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

static gboolean refuse_line(const Entry *entry, const char *reason, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, entry->line);
  return error_set(error, ERROR_REFUSED, reason, "line", line, NULL);
}

static gboolean add_sum(Reader *reader, const Entry *entry, gint64 *credits, gint64 *debits, GError **error) {
  gint64 *sum = entry->direction == DIRECTION_CREDIT ? credits : debits;
  if (*reader->currency == '\0')
    memcpy(reader->currency, entry->amount.currency, sizeof reader->currency);
  return strcmp(reader->currency, entry->amount.currency) != 0 ||
         !__builtin_add_overflow(*sum, entry->amount.minor, sum) || refuse_line(entry, "amount", error);
}

static gboolean add_booked(Reader *reader, const Entry *entry, GError **error) {
  StatementRow *row = &reader->now->row;
  if (entry->booking_date == DAY_NONE && !reader->now->announced)
    return refuse_line(entry, "no_booking_date", error);
  if (!add_sum(reader, entry, &row->credits, &row->debits, error))
    return FALSE;
  row->entries++;
  reader->count.booked[entry->direction]++;
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
  reader->count.lines[entry->direction]++;
  if (entry->index <= 1)
    reader->count.claimable[entry->direction]++;
  if (!add_sum(reader, entry, &reader->count.credits, &reader->count.debits, error))
    return FALSE;
  return !line_counts(entry) || add_booked(reader, entry, error);
}

/* Tables of one bank are one source, whatever file they come in. */
static char *source_of(const char *format) {
  if (format != NULL && g_str_has_prefix(format, "mt94"))
    return g_strdup(format);
  if (format != NULL && g_str_has_prefix(format, "bkrs."))
    return g_strdup("bkrs");
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

/* Whose word it is that something is not proven: the profile that read the file, else the account's bank. */
static const Profile *profile_of(const Reader *reader, const Statement *head) {
  const char *name = head->profile != NULL ? head->profile : reader->now->account->bank;
  return profiles_find(reader->intake->profiles, name);
}

static gboolean on_statement_end(void *user, const Statement *head, GError **error) {
  Reader *reader = user;
  StatementRow *row = &reader->now->row;
  statement_copy(head, &row->head);
  find_whole_days(reader->now, head);
  if (row->head.currency == NULL)
    row->head.currency = g_strdup(*reader->currency != '\0' ? reader->currency : "CNY");
  if (row->head.from == DAY_NONE)
    row->head.from = reader->now->first;
  if (row->head.to == DAY_NONE)
    row->head.to = reader->now->last;
  if ((head->account != NULL || reader->now->account == NULL) && !settle_account(reader, head->account, error))
    return FALSE;
  row->account = g_strdup(reader->now->account->name);
  row->source = source_of(head->format);
  proof_check(row, &reader->count, profile_of(reader, head), reader->plan->mismatches);
  return TRUE;
}

static gboolean on_left_out(void *user, const char *sheet, GError **error) {
  GString *names = ((Reader *)user)->plan->left_out;
  (void)error;
  if (names->len < NAMES_MAX)
    g_string_append_printf(names, "%s%s", names->len > 0 ? "、" : "", sheet);
  return TRUE;
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

const char *plan_section(const Plan *plan) {
  const char *section = NULL;
  for (guint i = 0; i < plan->statements->len; i++) {
    const char *own = ((const PlannedStatement *)plan->statements->pdata[i])->account->name;
    if (section != NULL && !g_str_equal(section, own))
      return NULL;
    section = own;
  }
  return section;
}

gboolean plan_file(const Intake *intake, const FileRow *file, Plan **out, GError **error) {
  Plan *plan = *out = g_new0(Plan, 1);
  plan->statements = g_ptr_array_new_with_free_func(planned_free);
  plan->mismatches = mismatches_new();
  plan->left_out = g_string_new(NULL);
  Reader reader = {.intake = intake, .file = file, .plan = plan};
  const RecordSink sink = {.statement = on_statement,
                           .entry = on_entry,
                           .statement_end = on_statement_end,
                           .user = &reader,
                           .left_out = on_left_out};
  if (!intake_parse(intake, file, &sink, error))
    return FALSE;
  if (plan->statements->len == 0)
    return error_set(error, ERROR_REFUSED, "no_statement", NULL);
  for (guint i = 0; i < plan->statements->len; i++)
    if (!choose_source(intake, plan->statements->pdata[i], error))
      return FALSE;
  return TRUE;
}
