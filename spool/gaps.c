#include "spool/gaps.h"

#include "spool/cases.h"
#include "spool/statements.h"

static gboolean open_gap(Store *store, const StatementGap *gap, const char *subject, Day due_on, const char *actor,
                         Instant now, GError **error) {
  g_autofree char *after = day_format(gap->after), *from = day_format(gap->from);
  g_autofree char *card =
      g_strdup_printf("{\"after\":\"%s\",\"expected\":\"%s\",\"found\":\"%s\",\"from\":\"%s\",\"kind\":\"%s\"}", after,
                      gap->expected, gap->found, from, gap->kind);
  CaseDraft draft = {.reason = "statement_gap", .subject = subject, .card = card, .due_on = due_on};
  return case_open(store, &draft, actor, now, NULL, error);
}

static char *subject_of(const char *account, Day day) {
  g_autofree char *on = day_format(day);
  return g_strdup_printf("account:%s:%s", account, on);
}

/* The open cases of this account whose gap is no more. */
static gboolean find_closed(Store *store, const char *account, GHashTable *open, GPtrArray *closed, GError **error) {
  g_autofree char *prefix = g_strdup_printf("account:%s:", account);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT subject FROM review_case WHERE reason = 'statement_gap' AND state = 'open' "
                                 "AND substr(subject, 1, length(?)) = ?",
                                 "tt", prefix, prefix);
  while (rows_next(&rows, error))
    if (!g_hash_table_contains(open, rows_text(&rows, 0)))
      g_ptr_array_add(closed, g_strdup(rows_text(&rows, 0)));
  return !rows.failed;
}

gboolean gaps_ask(Store *store, const char *account, Day due_on, const char *actor, Instant now, GError **error) {
  g_autoptr(GPtrArray) gaps = statement_gaps(store, account, error);
  if (gaps == NULL)
    return FALSE;
  g_autoptr(GHashTable) open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) closed = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < gaps->len; i++) {
    const StatementGap *gap = gaps->pdata[i];
    char *subject = subject_of(account, gap->from);
    g_hash_table_add(open, subject);
    if (!open_gap(store, gap, subject, due_on, actor, now, error))
      return FALSE;
  }
  if (!find_closed(store, account, open, closed, error))
    return FALSE;
  for (guint i = 0; i < closed->len; i++)
    if (!case_moot(store, "statement_gap", closed->pdata[i], actor, now, error))
      return FALSE;
  return TRUE;
}
