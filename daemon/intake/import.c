#include "daemon/intake/import.h"

#include <string.h>

#include "daemon/intake/hold.h"
#include "daemon/intake/shown.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/announced.h"
#include "spool/audit.h"
#include "spool/cases.h"
#include "spool/compare.h"
#include "spool/gaps.h"
#include "spool/held.h"
#include "spool/job.h"
#include "spool/texts.h"
#include "spool/vanished.h"

#define ACTOR "intake"

typedef struct {
  const Intake *intake;
  const FileRow *file;
  const Plan *plan;
  Instant now;
  Piece piece;
  EntryCounter *counter, *announced; /* of stored lines and of announced ones */
  PlannedStatement *statement;
  gint64 statement_id;
  Compare *compare;
  const char *accepted_by, *accepted_why; /* the person who accepted a held file; NULL: it needed nobody */
} Import;

static gboolean on_statement(void *user, const Statement *head, GError **error) {
  Import *import = user;
  g_assert(head->number >= 1 && (guint)head->number <= import->plan->statements->len);
  PlannedStatement *planned = import->plan->statements->pdata[head->number - 1];
  import->statement = planned;
  if (planned->compared || planned->announced)
    return TRUE;
  planned->row.file_id = import->file->id;
  if (!statement_put(import->intake->store, &planned->row, error))
    return FALSE;
  import->statement_id = planned->row.id;
  return TRUE;
}

/* A line that looks like one of our transfers waits for pay, which alone may read its texts. */
static gboolean hand_to_pay(const Import *import, gint64 id, GError **error) {
  g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return job_add(import->intake->store, "pay", "tie", subject, import->now, error);
}

static gboolean ask_conflict(const Import *import, const Line *line, GError **error) {
  const char *account = import->statement->account->name;
  gint64 id;
  if (!entry_find(import->intake->store, account, line->masked.booking_date, line->identity, &id, error))
    return FALSE;
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, id);
  g_autofree char *amount = money_format(line->masked.amount);
  g_autofree char *card =
      g_strdup_printf("{\"file\":%" G_GINT64_FORMAT ",\"shown_amount\":\"%s\"}", import->file->id, amount);
  CaseDraft draft = {.reason = "statement_conflict",
                     .subject = subject,
                     .card = card,
                     .due_on = deadline_review(import->intake->calendar, import->now),
                     .entries = &id,
                     .entry_count = 1};
  return case_open(import->intake->store, &draft, ACTOR, import->now, NULL, error);
}

static gboolean store_line(Import *import, const Entry *entry, const Line *line, GError **error) {
  static const Disposition dispositions[] = {[TRIAGE_MATCH] = DISPOSITION_PENDING,
                                             [TRIAGE_REVERSAL] = DISPOSITION_PENDING,
                                             [TRIAGE_TIE] = DISPOSITION_PENDING,
                                             [TRIAGE_EXPLAINED] = DISPOSITION_EXPLAINED};
  const char *const why[] = {[TRIAGE_MATCH] = ENTRY_REASON_NEW,
                             [TRIAGE_REVERSAL] = ENTRY_REASON_NEW,
                             [TRIAGE_TIE] = ENTRY_REASON_TIE,
                             [TRIAGE_EXPLAINED] = line->rule};
  const char *account = import->statement->account->name;
  g_autoptr(GBytes) sealed = NULL;
  if (line->triage == TRIAGE_TIE && (sealed = texts_seal(&import->intake->pay, account, entry, error)) == NULL)
    return FALSE;
  EntryDraft draft = {.line = &line->masked,
                      .account = account,
                      .identity = line->identity,
                      .statement_id = import->statement_id,
                      .place = line->place,
                      .disposition = dispositions[line->triage],
                      .reason = why[line->triage],
                      .match = line->triage == TRIAGE_MATCH || line->triage == TRIAGE_REVERSAL,
                      .sealed = sealed};
  gint64 id;
  gboolean conflict;
  if (!entry_put(import->intake->store, &draft, &id, &conflict, error) ||
      (conflict && !ask_conflict(import, line, error)) ||
      (id != 0 && line->triage == TRIAGE_TIE && !hand_to_pay(import, id, error)))
    return FALSE;
  return piece_line(&import->piece, id, line->identity, error);
}

static MatchingBy by_now(const Import *import) {
  return (MatchingBy){.actor = ACTOR, .now = import->now, .calendar = import->intake->calendar};
}

static gboolean announce_line(Import *import, const Entry *entry, GError **error) {
  const ConfAccount *account = import->statement->account;
  const MatchingBy by = by_now(import);
  g_auto(Line) line = {0};
  line_announce(import->intake, account, entry, import->announced, &line);
  AnnouncedDraft draft = {.line = &line.masked,
                          .account = account->name,
                          .identity = line.identity,
                          .file_id = import->file->id,
                          .may_pay = line.triage == TRIAGE_MATCH};
  return announced_put(import->intake->store, &draft, &by, error) &&
         piece_line(&import->piece, 0, line.identity, error);
}

static gboolean on_entry(void *user, const Entry *entry, GError **error) {
  Import *import = user;
  if (!line_counts(entry))
    return TRUE;
  if (import->statement->announced)
    return announce_line(import, entry, error);
  if (import->statement->compared) {
    compare_line(import->compare, import->statement->account->name, entry);
    return TRUE;
  }
  if (entry->booking_date >= import->statement->whole_from && entry->booking_date <= import->statement->whole_to)
    import->statement->whole_lines++;
  g_auto(Line) line = {0};
  line_prepare(import->intake, import->statement->account, entry, import->counter, &line);
  return store_line(import, entry, &line, error);
}

static gboolean on_statement_end(void *user, const Statement *head, GError **error) {
  (void)user;
  (void)head;
  (void)error;
  return TRUE;
}

/* What a comparison of another kind of file showed. */
static gboolean ask_compared(const Import *import, gint64 differences, GError **error) {
  const PlannedStatement *planned = import->plan->statements->pdata[0];
  g_autofree char *day =
      day_format(planned->row.head.to != DAY_NONE ? planned->row.head.to : day_of_instant(import->now));
  g_autofree char *subject = g_strdup_printf("account:%s:%s", planned->row.account, day);
  g_autofree char *card = g_strdup_printf("{\"differences\":%" G_GINT64_FORMAT ",\"file\":%" G_GINT64_FORMAT "}",
                                          differences, import->file->id);
  CaseDraft draft = {.reason = "statement_conflict",
                     .subject = subject,
                     .card = card,
                     .due_on = deadline_review(import->intake->calendar, import->now)};
  return differences == 0 || case_open(import->intake->store, &draft, ACTOR, import->now, NULL, error);
}

/* Only when more lines are stored for its whole days than it has altogether is it read once more to see which. */
static gboolean ask_vanished(const Import *import, const PlannedStatement *planned, GError **error) {
  gint64 stored = 0;
  if (planned->compared || planned->announced || planned->row.grade == GRADE_NONE ||
      planned->whole_from > planned->whole_to ||
      !statement_stored(import->intake->store, planned->row.account, planned->whole_from, planned->whole_to, &stored,
                        error) ||
      stored <= planned->whole_lines)
    return error == NULL || *error == NULL;
  const MatchingBy by = by_now(import);
  g_autoptr(GHashTable) keys = shown_lines(import->intake, import->file, import->plan, planned->account, error);
  return keys != NULL && vanished_ask(import->intake->store, planned->row.account, planned->whole_from,
                                      planned->whole_to, keys, &by, error);
}

static GError *compared_note(gint64 differences) {
  GError *note = NULL;
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, differences);
  error_set(&note, ERROR_REFUSED, "compared", "value", value, NULL);
  return note;
}

/* What people should know of a file although it was taken: it books nothing, a person accepted it, its profile
 * proves less, or some of its sheets are no statement. */
static GError *taken_note(const Import *import, gboolean announced) {
  GError *note = NULL;
  if (announced)
    error_set(&note, ERROR_REFUSED, "announced", NULL);
  else if (import->accepted_by != NULL)
    error_set(&note, ERROR_REFUSED, "file_accepted", "value", import->accepted_by, "detail", import->accepted_why,
              NULL);
  else if (import->plan->mismatches->len > 0) {
    const Mismatch *first = import->plan->mismatches->pdata[0];
    error_set(&note, ERROR_REFUSED, "file_unproven", "value", first->counted, "expected", first->claimed, "detail",
              first->waived, NULL);
  } else if (import->plan->left_out->len > 0)
    error_set(&note, ERROR_REFUSED, "sheets_left_out", "value", import->plan->left_out->str, NULL);
  return note;
}

static gboolean finish(Import *import, GError **error) {
  Store *store = import->intake->store;
  const PlannedStatement *first = import->plan->statements->pdata[0];
  const MatchingBy by = by_now(import);
  gint64 differences = 0;
  gboolean compared = FALSE, announced = TRUE;
  for (guint i = 0; i < import->plan->statements->len; i++) {
    const PlannedStatement *planned = import->plan->statements->pdata[i];
    compared = compared || planned->compared;
    announced = announced && planned->announced;
    if (!hold_replace(import->intake, import->file, planned, ACTOR, import->now, error) ||
        !ask_vanished(import, planned, error) ||
        !gaps_ask(store, planned->row.account, deadline_review(import->intake->calendar, import->now), ACTOR,
                  import->now, error) ||
        !announced_check(store, planned->row.account, import->file->id, &by, error))
      return FALSE;
  }
  if (compared &&
      (!compare_end(import->compare, store, &differences, error) || !ask_compared(import, differences, error)))
    return FALSE;
  g_autoptr(GError) note = compared ? compared_note(differences) : taken_note(import, announced);
  g_autofree char *facts = note != NULL ? file_facts(note) : NULL;
  return file_counted(store, import->file->id, import->plan->entries, first->row.head.profile,
                      plan_section(import->plan), error) &&
         file_end(store, import->file->id, FILE_STORE, note != NULL ? error_reason(note) : NULL, facts, ACTOR,
                  import->now, error);
}

static gboolean in_transaction(Import *import, gboolean (*act)(Import *import, GError **error), GError **error) {
  Store *store = import->intake->store;
  if (!store_begin(store, error))
    return FALSE;
  if (act(import, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean store_all(Import *import, GError **error) {
  const RecordSink sink = {
      .statement = on_statement, .entry = on_entry, .statement_end = on_statement_end, .user = import};
  Store *store = import->intake->store;
  gboolean bulk = store_bulk(store, TRUE);
  gboolean done = piece_begin(&import->piece, store, import->file->id, ACTOR, import->now, error) &&
                  intake_parse(import->intake, import->file, &sink, error) && piece_end(&import->piece, error);
  piece_clear(&import->piece);
  if (bulk)
    store_bulk(store, FALSE);
  return done && in_transaction(import, finish, error);
}

/* What a person said of the file while it was held. */
typedef struct {
  HeldVerdict verdict;
  char *by, *text;
} Decided;

static void decided_clear(Decided *decided) {
  g_free(decided->by);
  g_free(decided->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Decided, decided_clear)

/* Takes the failure. */
static gboolean changed_mind(GError *failure, GError **error) {
  g_autoptr(GError) why = failure;
  return error_set(error, ERROR_TEMPORARY, "changed_mind", "detail", why->message, NULL);
}

/* It was good a moment ago: what is wrong now is ours, and the file stays claimed. */
static gboolean store_planned(const Intake *intake, const FileRow *file, const Plan *plan, const Decided *decided,
                              Instant now, GError **error) {
  g_autoptr(EntryCounter) counter = entry_counter_new();
  g_autoptr(EntryCounter) announced = entry_counter_new();
  g_autoptr(Compare) compare = compare_new();
  Import import = {.intake = intake,
                   .file = file,
                   .plan = plan,
                   .now = now,
                   .counter = counter,
                   .announced = announced,
                   .compare = compare,
                   .accepted_by = decided->by,
                   .accepted_why = decided->text};
  GError *failure = NULL;
  if (store_all(&import, &failure))
    return TRUE;
  if (error_kind(failure) == ERROR_REFUSED)
    return changed_mind(failure, error);
  g_propagate_error(error, failure);
  return FALSE;
}

/* The facts of an error of the parser may show a piece of the file, and that a code. */
static GError *without_codes(const GError *why) {
  static const char *const kept[] = {"file", "line", "column", "field", "expected"};
  static const char *const masked[] = {"value", "detail"};
  GError *clean = NULL;
  error_set(&clean, error_kind(why), error_reason(why), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
    if (error_fact(why, kept[i]) != NULL)
      error_add(&clean, kept[i], error_fact(why, kept[i]));
  for (gsize i = 0; i < G_N_ELEMENTS(masked); i++) {
    g_autofree char *text = mask_codes(error_fact(why, masked[i]));
    if (text != NULL)
      error_add(&clean, masked[i], text);
  }
  return clean;
}

/* Refuses the whole file, or holds it (why NULL); nothing of it was stored. */
static gboolean turn_away(const Intake *intake, const FileRow *file, const Plan *plan, const GError *why, Instant now,
                          GError **error) {
  Store *store = intake->store;
  g_autoptr(GError) clean = why != NULL ? without_codes(why) : NULL;
  g_autofree char *facts = why != NULL ? file_facts(clean) : NULL;
  if (!store_begin(store, error))
    return FALSE;
  if ((why == NULL ? hold_file(intake, file, plan, ACTOR, now, error)
                   : file_end(store, file->id, FILE_REFUSE, error_reason(why), facts, ACTOR, now, error)) &&
      store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean end_known(const Intake *intake, const FileRow *file, gint64 twin, Instant now, GError **error) {
  Store *store = intake->store;
  g_auto(FileRow) known = {0};
  g_autofree char *facts = g_strdup_printf("{\"value\":\"%" G_GINT64_FORMAT "\"}", twin);
  if (!file_load(store, twin, &known, error) || !store_begin(store, error))
    return FALSE;
  if (file_counted(store, file->id, known.entries, known.profile, known.account, error) &&
      file_end(store, file->id, FILE_KNOWN, "known_content", facts, ACTOR, now, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* A held file that a person refused: set aside. */
static gboolean end_refused(const Intake *intake, const FileRow *file, const Decided *decided, Instant now,
                            GError **error) {
  g_autoptr(GError) why = NULL;
  error_set(&why, ERROR_REFUSED, "file_refused", "value", decided->by, "detail", decided->text, NULL);
  return turn_away(intake, file, NULL, why, now, error);
}

/* A file of which something is stored already was judged good: it is not turned away any more, however its second
 * reading ends, but stored to its end. */
static gboolean judge(const Intake *intake, const FileRow *file, const Decided *decided, Instant now, GError **error) {
  g_autoptr(Plan) plan = NULL;
  g_autoptr(GError) why = NULL;
  gboolean begun;
  if (!statement_begun(intake->store, file->id, &begun, error))
    return FALSE;
  if (plan_file(intake, file, &plan, &why))
    return begun || decided->verdict == HELD_ACCEPTED || hold_wanted(plan) == NULL
               ? store_planned(intake, file, plan, decided, now, error)
               : turn_away(intake, file, plan, NULL, now, error);
  if (error_kind(why) == ERROR_REFUSED && begun)
    return changed_mind(g_steal_pointer(&why), error);
  if (error_kind(why) == ERROR_REFUSED)
    return turn_away(intake, file, plan, why, now, error);
  g_propagate_error(error, g_steal_pointer(&why));
  return FALSE;
}

gboolean import_file(const Intake *intake, const FileRow *file, Instant now, GError **error) {
  gint64 twin;
  g_auto(Decided) decided = {HELD_WAITS, NULL, NULL};
  if (!file_twin(intake->store, file, &twin, error) ||
      !held_verdict(intake->store, file->id, &decided.verdict, &decided.by, &decided.text, error))
    return FALSE;
  if (file->state == FILE_HELD && decided.verdict == HELD_WAITS)
    return TRUE;
  if (decided.verdict == HELD_REFUSED)
    return end_refused(intake, file, &decided, now, error);
  return twin != 0 ? end_known(intake, file, twin, now, error) : judge(intake, file, &decided, now, error);
}
