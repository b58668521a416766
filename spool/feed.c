#include "spool/feed.h"

#include <string.h>

gboolean feed_each(Store *store, gint64 after, int limit, FeedSink *sink, void *user, GError **error) {
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT id, at, subject, action FROM audit WHERE id > ? AND "
                                 "(subject LIKE 'order:%' OR subject LIKE 'verification:%') ORDER BY id LIMIT ?",
                                 "ii", after, (gint64)limit);
  while (rows_next(&rows, error)) {
    const char *number = strchr(rows_text(&rows, 2), ':') + 1; /* "order:NO", "verification:NO:ROUND" */
    g_autofree char *order_no = g_strndup(number, strcspn(number, ":"));
    FeedEvent event = {
        .id = rows_int(&rows, 0), .at = rows_int(&rows, 1), .order_no = order_no, .event = rows_text(&rows, 3)};
    if (!sink(user, &event, error))
      return FALSE;
  }
  return !rows.failed;
}
