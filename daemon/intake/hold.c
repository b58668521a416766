#include "daemon/intake/hold.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/json_text.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "spool/cases.h"
#include "spool/held.h"

#define MISMATCHES_SHOWN 20

const Mismatch *hold_wanted(const Plan *plan) {
  for (guint i = 0; i < plan->mismatches->len; i++)
    if (((const Mismatch *)plan->mismatches->pdata[i])->waived == NULL)
      return plan->mismatches->pdata[i];
  return NULL;
}

static void set_amount(json_t *object, const char *key, const Statement *head, gint64 minor) {
  Money money = {.minor = minor};
  g_strlcpy(money.currency, head->currency, sizeof money.currency);
  g_autofree char *text = money_format(money);
  json_text_set(object, key, text);
}

static json_t *mismatch_json(const Mismatch *mismatch, const StatementRow *row) {
  json_t *object = json_object();
  json_text_set(object, "reason", mismatch->reason);
  (void)json_object_set_new(object, "statement", json_integer(mismatch->statement));
  json_text_set(object, "side", mismatch->side);
  json_text_set(object, "counted", mismatch->counted);
  json_text_set(object, "claimed", mismatch->claimed);
  if (row->head.has_opening)
    set_amount(object, "opening", &row->head, row->head.opening.minor);
  set_amount(object, "credits", &row->head, row->credits);
  set_amount(object, "debits", &row->head, row->debits);
  if (row->head.has_closing)
    set_amount(object, "closing", &row->head, row->head.closing.minor);
  (void)json_object_set_new(object, "entries", json_integer(row->entries));
  return object;
}

static json_t *mismatches_json(const Plan *plan) {
  json_t *list = json_array();
  for (guint i = 0; i < plan->mismatches->len; i++) {
    const Mismatch *mismatch = plan->mismatches->pdata[i];
    const PlannedStatement *planned = plan->statements->pdata[mismatch->statement - 1];
    if (mismatch->waived == NULL && json_array_size(list) < MISMATCHES_SHOWN)
      (void)json_array_append_new(list, mismatch_json(mismatch, &planned->row));
  }
  return list;
}

/* The days of all its statements; FALSE when those of one are not known. */
static gboolean days_of(const Plan *plan, Day *from, Day *to) {
  for (guint i = 0; i < plan->statements->len; i++) {
    const Statement *head = &((const PlannedStatement *)plan->statements->pdata[i])->row.head;
    if (head->from == DAY_NONE || head->to == DAY_NONE)
      return FALSE;
    *from = i == 0 ? head->from : MIN(*from, head->from);
    *to = i == 0 ? head->to : MAX(*to, head->to);
  }
  return plan->statements->len > 0;
}

static char *card_of(const FileRow *file, const Plan *plan) {
  Day from, to;
  json_t *held = json_object();
  (void)json_object_set_new(held, "file", json_integer(file->id));
  json_text_set(held, "name", file->name);
  json_text_set(held, "account", plan_section(plan));
  if (days_of(plan, &from, &to)) {
    g_autofree char *first = day_format(from), *last = day_format(to);
    json_text_set(held, "from", first);
    json_text_set(held, "to", last);
  }
  (void)json_object_set_new(held, "entries", json_integer(plan->entries));
  (void)json_object_set_new(held, "mismatches", mismatches_json(plan));
  json_auto_t *card = json_pack("{s:o}", "held", held);
  g_autofree char *text = json_dumps(card, JSON_COMPACT | JSON_SORT_KEYS);
  return g_strdup(text);
}

/* A balance that does not add up weighs more than a count, and that more than an open end. */
static const char *case_reason(const Plan *plan) {
  const char *reason = "open_end";
  for (guint i = 0; i < plan->mismatches->len; i++) {
    const Mismatch *mismatch = plan->mismatches->pdata[i];
    if (mismatch->waived == NULL && g_str_has_prefix(mismatch->reason, "balance"))
      return "balance_mismatch";
    if (mismatch->waived == NULL && !g_str_equal(mismatch->reason, "open_end"))
      reason = "totals_mismatch";
  }
  return reason;
}

gboolean hold_file(const Intake *intake, const FileRow *file, const Plan *plan, const char *actor, Instant now,
                   GError **error) {
  const Mismatch *first = hold_wanted(plan);
  g_autoptr(GError) why = NULL;
  mismatch_error(first, &why);
  g_autofree char *facts = file_facts(why), *card = card_of(file, plan);
  g_autofree char *subject = g_strdup_printf(HELD_SUBJECT "%" G_GINT64_FORMAT, file->id);
  CaseDraft draft = {
      .reason = case_reason(plan), .subject = subject, .card = card, .due_on = deadline_review(intake->calendar, now)};
  const PlannedStatement *one = plan->statements->pdata[0];
  return file_counted(intake->store, file->id, plan->entries, one->row.head.profile, plan_section(plan), error) &&
         file_end(intake->store, file->id, FILE_HOLD, first->reason, facts, actor, now, error) &&
         case_open(intake->store, &draft, actor, now, NULL, error);
}

static gboolean replace_one(Store *store, gint64 id, const FileRow *file, const char *actor, Instant now,
                            GError **error) {
  g_autoptr(GError) why = NULL;
  error_set(&why, ERROR_REFUSED, "file_replaced", "value", file->name, NULL);
  g_autofree char *facts = file_facts(why);
  return held_moot(store, id, actor, now, error) &&
         file_end(store, id, FILE_REFUSE, error_reason(why), facts, actor, now, error);
}

gboolean hold_replace(const Intake *intake, const FileRow *file, const PlannedStatement *planned, const char *actor,
                      Instant now, GError **error) {
  const StatementRow *row = &planned->row;
  if (planned->compared || planned->announced || row->grade == GRADE_NONE || row->head.from == DAY_NONE ||
      row->head.to == DAY_NONE)
    return TRUE;
  g_autoptr(GArray) held = held_within(intake->store, row->account, row->head.from, row->head.to, error);
  if (held == NULL)
    return FALSE;
  for (guint i = 0; i < held->len; i++)
    if (g_array_index(held, gint64, i) != file->id &&
        !replace_one(intake->store, g_array_index(held, gint64, i), file, actor, now, error))
      return FALSE;
  return TRUE;
}
