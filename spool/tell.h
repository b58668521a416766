/* What handlers are told: queued once, in the transaction of the change that they are told about. notify makes mail and
 * short message of it (daemon/sms/telling.h). */
#ifndef YIFEN_SPOOL_TELL_H
#define YIFEN_SPOOL_TELL_H

#include <jansson.h>

#include "rules/tell.h"
#include "spool/store.h"

typedef struct {
  TellKind kind;
  const char *key; /* one message a kind and key: a transfer's reference, "CASE", "ORDER:REVISION", ... */
  gint64 purchase_id;
  const char *language;     /* "zh_CN", "en"; NULL: as configured */
  const char *const *facts; /* name, value, ..., NULL: those of rules/tell.h, each once; no code, no PIN. NULL: none */
} Tell;

/* Within a transaction: queues it and rings notify. One of this kind and key that is there already stays as it is,
 * which is no error. Runs of six digits in free texts (why, cause) are masked. */
gboolean tell_handler(Store *store, const Tell *tell, const char *actor, gint64 now, GError **error);

typedef struct {
  gint64 id;
  TellKind kind;
  char *key, *order_no, *language;
  json_t *facts;
  gint64 created_at;
} Telling;
void telling_clear(Telling *telling);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Telling, telling_clear)

gboolean telling_load(Store *store, gint64 id, Telling *telling, gboolean *found, GError **error);

#endif
