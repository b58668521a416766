#include "spool/case_clock.h"

#include "rules/deadline.h"
#include "spool/audit.h"

static void clock_free(gpointer data) {
  CaseClock *clock = data;
  g_free(clock->assignee);
  g_free(clock);
}

/* The review promises the applicant three days, however often it stood; any other case runs from when it was opened. */
static int length_of(Rows *rows, const Calendar *calendar, Day due) {
  if (g_str_equal(rows_text(rows, 4), "application"))
    return DEADLINE_REVIEW_DAYS;
  return deadline_length(calendar, rows_int(rows, 5), due);
}

GPtrArray *case_clocks(Store *store, const Calendar *calendar, GError **error) {
  g_autoptr(GPtrArray) clocks = g_ptr_array_new_with_free_func(clock_free);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT id, assignee, due_on, noticed, reason, opened_at FROM review_case "
                                 "WHERE state = 'open' AND due_on IS NOT NULL AND noticed < 100 ORDER BY due_on, id",
                                 "");
  while (rows_next(&rows, error)) {
    Day due;
    if (!day_parse(rows_text(&rows, 2), &due))
      continue;
    CaseClock *clock = g_new(CaseClock, 1);
    *clock = (CaseClock){.id = rows_int(&rows, 0),
                         .assignee = g_strdup(rows_text(&rows, 1)),
                         .due = due,
                         .length = length_of(&rows, calendar, due),
                         .noticed = (int)rows_int(&rows, 3)};
    g_ptr_array_add(clocks, clock);
  }
  return rows.failed ? NULL : g_steal_pointer(&clocks);
}

gboolean case_noticed(Store *store, gint64 id, int level, Instant now, GError **error) {
  g_autofree char *subject = g_strdup_printf("case:%" G_GINT64_FORMAT, id);
  g_autofree char *detail = g_strdup_printf("{\"percent\":%d}", level);
  return store_run(store, error, "UPDATE review_case SET noticed = ? WHERE id = ?", "ii", (gint64)level, id) &&
         audit_append(store, now, "notify", "case.notice", subject, detail, error);
}
