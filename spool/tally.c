#include "spool/tally.h"

static const struct {
  const char *kind, *sql;
} kinds[] = {
    {"order", "SELECT payment || '/' || proof || '/' || review AS state, count(*) FROM purchase GROUP BY 1 ORDER BY 1"},
    {"entry", "SELECT disposition, count(*) FROM entry GROUP BY 1 ORDER BY 1"},
    {"announced", "SELECT state, count(*) FROM announced GROUP BY 1 ORDER BY 1"},
    {"transfer", "SELECT state, count(*) FROM transfer GROUP BY 1 ORDER BY 1"},
    {"refund", "SELECT state, count(*) FROM refund GROUP BY 1 ORDER BY 1"},
    {"invoice", "SELECT kind || '/' || state AS state, count(*) FROM invoice GROUP BY 1 ORDER BY 1"},
    {"verification", "SELECT state, count(*) FROM verification GROUP BY 1 ORDER BY 1"},
    {"batch", "SELECT state, count(*) FROM batch GROUP BY 1 ORDER BY 1"},
    {"file", "SELECT state, count(*) FROM file GROUP BY 1 ORDER BY 1"},
    {"message", "SELECT state, count(*) FROM message GROUP BY 1 ORDER BY 1"},
    {"case", "SELECT state, count(*) FROM review_case GROUP BY 1 ORDER BY 1"},
    {"job", "SELECT role || '/' || kind || '/' || state AS state, count(*) FROM job GROUP BY 1 ORDER BY 1"},
};

void tally_row_free(gpointer data) {
  TallyRow *row = data;
  g_free(row->state);
  g_free(row);
}

static gboolean add_kind(Store *store, GPtrArray *all, gsize kind, GError **error) {
  g_auto(Rows) rows = store_rows(store, kinds[kind].sql, "");
  while (rows_next(&rows, error)) {
    TallyRow *row = g_new0(TallyRow, 1);
    row->kind = kinds[kind].kind;
    row->state = g_strdup(rows_text(&rows, 0));
    row->count = rows_int(&rows, 1);
    g_ptr_array_add(all, row);
  }
  return !rows.failed;
}

GPtrArray *tally(Store *store, GError **error) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(tally_row_free);
  gboolean outer = store_in_transaction(store), ok = outer || store_run(store, error, "BEGIN", "");
  for (gsize i = 0; ok && i < G_N_ELEMENTS(kinds); i++)
    ok = add_kind(store, all, i, error);
  if (!outer)
    store_rollback(store);
  return ok ? g_steal_pointer(&all) : NULL;
}
