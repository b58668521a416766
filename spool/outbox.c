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

gboolean outbox_covered(Store *store, const char *kind, Covered *covered, GError **error) {
  gboolean found;
  gint64 made = 0;
  if (!store_row(store, error, &found, "SELECT created_at FROM instance", "", "i", &made))
    return FALSE;
  *covered = (Covered){.at = made};
  return store_row(store, error, &found,
                   "SELECT created_at, covers_entry, covers_audit FROM message WHERE kind = ? AND state <> 'failed' "
                   "ORDER BY id DESC LIMIT 1",
                   "t", kind, "iii", &covered->at, &covered->entry, &covered->audit);
}

gboolean outbox_add(Store *store, const MessageDraft *draft, const char *actor, Instant now, gboolean *fresh,
                    GError **error) {
  g_assert(store_in_transaction(store));
  if (!store_run(
          store, error,
          "INSERT INTO message (kind, subject_key, message_id, recipients, body, state, covers_entry, covers_audit, "
          "created_at, changed_at) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?) ON CONFLICT (kind, subject_key) DO "
          "NOTHING",
          "ttttbiiii", draft->kind, draft->key, draft->message_id, draft->recipients, draft->body, draft->size,
          draft->covers_entry, draft->covers_audit, now, now))
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
                 "SELECT recipients, body, created_at FROM message WHERE id = ? AND state IN ('queued', 'sending')",
                 "i", id, "tbi", &message->recipients, &message->body, &message->created_at))
    return FALSE;
  message->id = id;
  return found || error_set(error, ERROR_REFUSED, "message_unknown", NULL);
}

static gboolean finish(Store *store, gboolean ok, GError **error) {
  if (ok && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean move(Store *store, gint64 id, MessageEvent event, Instant now, GError **error) {
  LifeNews news = {.actor = "notify", .cause = "{}", .now = now};
  return life_apply(store, &life_message, id, event, &news, NULL, NULL, NULL, error);
}

/* More than one reason may gather: each names its recipients. */
static gboolean add_reason(Store *store, gint64 id, const char *why, GError **error) {
  return why == NULL || store_run(store, error,
                                  "UPDATE message SET error = CASE WHEN error IS NULL THEN ? ELSE error || '; ' || ? "
                                  "END WHERE id = ?",
                                  "tti", why, why, id);
}

/* Found in `sending`, it was cut off there by a crash: it goes out once more. */
static gboolean take_back(Store *store, gint64 id, Instant now, GError **error) {
  gboolean cut;
  gint64 one;
  return store_row(store, error, &cut, "SELECT 1 FROM message WHERE id = ? AND state = 'sending'", "i", id, "i",
                   &one) &&
         (!cut || move(store, id, MESSAGE_AGAIN, now, error));
}

gboolean outbox_sending(Store *store, gint64 id, Instant now, GError **error) {
  return store_begin(store, error) &&
         finish(store, take_back(store, id, now, error) && move(store, id, MESSAGE_SEND, now, error), error);
}

gboolean outbox_sent(Store *store, gint64 id, Instant now, GError **error) {
  return store_begin(store, error) && finish(store, move(store, id, MESSAGE_TAKEN, now, error), error);
}

gboolean outbox_again(Store *store, gint64 id, Instant now, GError **error) {
  return store_begin(store, error) && finish(store, move(store, id, MESSAGE_AGAIN, now, error), error);
}

gboolean outbox_failed(Store *store, gint64 id, const char *why, Instant now, GError **error) {
  return store_begin(store, error) &&
         finish(store, move(store, id, MESSAGE_GIVE_UP, now, error) && add_reason(store, id, why, error), error);
}

gboolean outbox_partly(Store *store, gint64 id, const char *recipients, const char *why, GError **error) {
  return store_begin(store, error) &&
         finish(store,
                add_reason(store, id, why, error) &&
                    (recipients == NULL ||
                     store_run(store, error, "UPDATE message SET recipients = ? WHERE id = ?", "ti", recipients, id)),
                error);
}
