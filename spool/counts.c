#include "spool/counts.h"

static const struct {
  const char *kind, *sql;
} groups[] = {
    {"order_payment", "SELECT payment, count(*) FROM purchase GROUP BY payment ORDER BY payment"},
    {"order_proof", "SELECT proof, count(*) FROM purchase GROUP BY proof ORDER BY proof"},
    {"order_review", "SELECT review, count(*) FROM purchase GROUP BY review ORDER BY review"},
    {"verification", "SELECT state, count(*) FROM verification GROUP BY state ORDER BY state"},
    {"transfer", "SELECT state, count(*) FROM transfer GROUP BY state ORDER BY state"},
    {"batch", "SELECT state, count(*) FROM batch GROUP BY state ORDER BY state"},
    {"entry", "SELECT disposition, count(*) FROM entry GROUP BY disposition ORDER BY disposition"},
    {"file", "SELECT state, count(*) FROM file GROUP BY state ORDER BY state"},
    {"case", "SELECT reason, count(*) FROM review_case WHERE state = 'open' GROUP BY reason ORDER BY reason"},
    {"message", "SELECT state, count(*) FROM message GROUP BY state ORDER BY state"},
    {"job", "SELECT role || '.' || state AS name, count(*) FROM job GROUP BY name ORDER BY name"},
};

gboolean counts_each(Store *store, CountSink *sink, void *user, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
    g_auto(Rows) rows = store_rows(store, groups[i].sql, "");
    while (rows_next(&rows, error)) {
      Count count = {.kind = groups[i].kind, .state = rows_text(&rows, 0), .count = rows_int(&rows, 1)};
      if (!sink(user, &count, error))
        return FALSE;
    }
    if (rows.failed)
      return FALSE;
  }
  return TRUE;
}
