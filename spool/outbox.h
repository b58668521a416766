/* The outbox: mails that must leave. At least once, at most one extra after a crash, always under the same Message-ID.
 */
#ifndef YIFEN_SPOOL_OUTBOX_H
#define YIFEN_SPOOL_OUTBOX_H

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  const char *kind;       /* "report" */
  const char *key;        /* one message a kind and key: "2026-11-22" */
  const char *message_id; /* "<...@...>" */
  const char *recipients; /* addresses joined by ", " */
  const void *body;       /* the whole RFC 5322 message */
  gsize size;
  gint64 covers_entry, covers_audit; /* the newest rows that a report has seen; 0: none */
} MessageDraft;

/* Within a transaction: queues the message and rings notify. *fresh FALSE: a message of this kind and key is there
 * already. */
gboolean outbox_add(Store *store, const MessageDraft *draft, const char *actor, Instant now, gboolean *fresh,
                    GError **error);

gboolean outbox_has(Store *store, const char *kind, const char *key, gboolean *has, GError **error);

/* The newest message of a kind that has not failed: when it was made and what it has seen. There is none: when the
 * instance was made, and zeros. */
typedef struct {
  Instant at;
  gint64 entry, audit;
} Covered;
gboolean outbox_covered(Store *store, const char *kind, Covered *covered, GError **error);

typedef struct {
  gint64 id;
  char *recipients;
  GBytes *body;
  Instant created_at;
} Message;
void message_clear(Message *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Message, message_clear)

/* Loads one message that still waits to be sent. ERROR_REFUSED "message_unknown". */
gboolean outbox_load(Store *store, gint64 id, Message *message, GError **error);

/* Each its own transaction: it is about to be handed over, for the first time or after a crash; the server took it, or
 * did not take it now, or will not take it ever. */
gboolean outbox_sending(Store *store, gint64 id, Instant now, GError **error);
gboolean outbox_sent(Store *store, gint64 id, Instant now, GError **error);
gboolean outbox_again(Store *store, gint64 id, Instant now, GError **error);
gboolean outbox_failed(Store *store, gint64 id, const char *why, Instant now, GError **error);

/* Its own transaction: the server took it for some and refused it for others for good (why; NULL: for none).
 * recipients: those who still wait for it; NULL: none. */
gboolean outbox_partly(Store *store, gint64 id, const char *recipients, const char *why, GError **error);

#endif
