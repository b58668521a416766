#include "spool/life.h"

#include "rules/error.h"
#include "spool/audit.h"

/* Where a cycle's state lives; subject is how the audit log names the row. */
typedef struct {
  const LifeCycle *cycle;
  const char *select; /* state, subject */
  const char *update; /* state, now, id */
} LifePlace;

#define PURCHASE(column)                                                                                               \
  "SELECT " column ", 'order:' || order_no FROM purchase WHERE id = ?",                                                \
      "UPDATE purchase SET " column " = ?, changed_at = ? WHERE id = ?"
#define PLACE(table, subject)                                                                                          \
  "SELECT state, " subject " FROM " table " WHERE id = ?", "UPDATE " table " SET state = ?, changed_at = ? WHERE id "  \
                                                           "= ?"

static const LifePlace places[] = {
    {&life_transfer, PLACE("transfer", "'transfer:' || reference")},
    {&life_verification,
     "SELECT v.state, 'verification:' || p.order_no || ':' || v.round FROM verification v "
     "JOIN purchase p ON p.id = v.purchase_id WHERE v.id = ?",
     "UPDATE verification SET state = ?, changed_at = ? WHERE id = ?"},
    {&life_payment, PURCHASE("payment")},
    {&life_proof, PURCHASE("proof")},
    {&life_review, PURCHASE("review")},
    {&life_case, "SELECT state, 'case:' || id FROM review_case WHERE id = ?",
     "UPDATE review_case SET state = ?, decided_at = ? WHERE id = ?"},
    {&life_file, PLACE("file", "'file:' || id")},
    {&life_batch, PLACE("batch", "'batch:' || message_id")},
    {&life_message, PLACE("message", "'message:' || id")},
    {&life_refund, PLACE("refund", "'refund:' || id")},
    {&life_invoice, PLACE("invoice", "'invoice:' || id")},
    {&life_sms, PLACE("sms", "'sms:' || id")},
};

static const LifePlace *place_of(const LifeCycle *cycle) {
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
    if (places[i].cycle == cycle)
      return &places[i];
  g_assert_not_reached();
}

/* A word in the store that the table does not know means another program wrote it. */
static gboolean read_state(Store *store, const LifePlace *place, gint64 id, int *state, char **subject,
                           GError **error) {
  gboolean found;
  g_autofree char *word = NULL;
  if (!store_row(store, error, &found, place->select, "i", id, "tt", &word, subject))
    return FALSE;
  *state = found ? life_state(place->cycle, word) : -1;
  if (*state >= 0)
    return TRUE;
  return error_set(error, ERROR_PERMANENT, "store", "field", place->cycle->name, "value", word, "detail",
                   "unknown state", NULL);
}

static gboolean write_audit(Store *store, const LifeCycle *cycle, int event, const LifeNews *news, const char *subject,
                            GError **error) {
  g_autofree char *action = g_strconcat(cycle->name, ".", cycle->events[event], NULL);
  return audit_append(store, news->now, news->actor, action, subject, news->cause != NULL ? news->cause : "{}", error);
}

gboolean life_apply(Store *store, const LifeCycle *cycle, gint64 id, int event, const LifeNews *news,
                    LifeVerdict *verdict, int *before, int *after, GError **error) {
  g_assert(store_in_transaction(store));
  const LifePlace *place = place_of(cycle);
  g_autofree char *subject = NULL;
  int state;
  if (!read_state(store, place, id, &state, &subject, error))
    return FALSE;
  LifeCell cell = life_next(cycle, state, event);
  if (cell.verdict == LIFE_REFUSE)
    return error_set(error, ERROR_REFUSED, "state", "field", cycle->name, "value", cycle->states[state], "detail",
                     cycle->events[event], NULL);
  if (cell.to != state && !store_run(store, error, place->update, "tii", cycle->states[cell.to], news->now, id))
    return FALSE;
  if (cell.verdict != LIFE_STAY && !write_audit(store, cycle, event, news, subject, error))
    return FALSE;
  if (verdict != NULL)
    *verdict = cell.verdict;
  if (before != NULL)
    *before = state;
  if (after != NULL)
    *after = cell.to;
  return TRUE;
}
