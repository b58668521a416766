#include "spool/outbox.h"

#include "rules/error.h"
#include "spool/audit.h"
#include "spool/job.h"
#include "spool/life.h"

void message_clear(Message *message) {
  g_free(message->recipients);
  g_clear_pointer(&message->body, g_bytes_unref);
  *message = (Message){0};
}

gboolean outbox_has(Store *store, const char *kind, const char *key, gboolean *has, GError **error) {
  gint64 id;
  return store_row(store, error, has, "SELECT id FROM message WHERE kind = ? AND subject_key = ?", "tt", kind, key, "i",
                   &id);
}

gboolean outbox_newest(Store *store, const char *kind, Instant *at, GError **error) {
  gboolean found;
  gint64 newest = INSTANT_NONE;
  if (!store_row(store, error, &found, "SELECT created_at FROM message WHERE kind = ? ORDER BY created_at DESC LIMIT 1",
                 "t", kind, "i", &newest))
    return FALSE;
  *at = newest;
  return TRUE;
}

gboolean outbox_add(Store *store, const MessageDraft *draft, const char *actor, Instant now, gboolean *fresh,
                    GError **error) {
  g_assert(store_in_transaction(store));
  if (!store_run(store, error,
                 "INSERT INTO message (kind, subject_key, message_id, recipients, body, state, created_at, changed_at) "
                 "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT (kind, subject_key) DO NOTHING",
                 "ttttbii", draft->kind, draft->key, draft->message_id, draft->recipients, draft->body, draft->size,
                 now, now))
    return FALSE;
  *fresh = store_changes(store) == 1;
  if (!*fresh)
    return TRUE;
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, store_last_id(store));
  g_autofree char *subject = g_strconcat("message:", id, NULL);
  return audit_append(store, now, actor, "message.queue", subject, "{}", error) &&
         job_add(store, "notify", "mail", id, now, error);
}

gboolean outbox_load(Store *store, gint64 id, Message *message, GError **error) {
  gboolean found;
  if (!store_row(store, error, &found,
                 "SELECT recipients, body FROM message WHERE id = ? AND state IN ('queued', 'sending')", "i", id, "tb",
                 &message->recipients, &message->body))
    return FALSE;
  message->id = id;
  return found || error_set(error, ERROR_REFUSED, "message_unknown", NULL);
}

static gboolean apply(Store *store, gint64 id, MessageEvent event, const char *why, Instant now, GError **error) {
  LifeNews news = {.actor = "notify", .cause = "{}", .now = now};
  if (!store_begin(store, error))
    return FALSE;
  if (life_apply(store, &life_message, id, event, &news, NULL, NULL, NULL, error) &&
      store_run(store, error, "UPDATE message SET error = ? WHERE id = ?", "ti", why, id) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean outbox_sending(Store *store, gint64 id, Instant now, GError **error) {
  return apply(store, id, MESSAGE_SEND, NULL, now, error);
}

gboolean outbox_sent(Store *store, gint64 id, Instant now, GError **error) {
  return apply(store, id, MESSAGE_TAKEN, NULL, now, error);
}

gboolean outbox_failed(Store *store, gint64 id, const char *why, Instant now, GError **error) {
  return apply(store, id, MESSAGE_GIVE_UP, why, now, error);
}
