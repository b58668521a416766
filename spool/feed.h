/* What happened to orders, in order, from the audit log: the hall follows it. Read only. */
#ifndef YIFEN_SPOOL_FEED_H
#define YIFEN_SPOOL_FEED_H

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  gint64 id; /* grows; gaps are other rows of the log */
  Instant at;
  const char *order_no;
  const char *event; /* "order.new", "payment.exact", "verification.right_code", "review.ready", ... */
} FeedEvent;

typedef gboolean FeedSink(void *user, const FeedEvent *event, GError **error);

/* At most `limit` events after row `after`. */
gboolean feed_each(Store *store, gint64 after, int limit, FeedSink *sink, void *user, GError **error);

#endif
