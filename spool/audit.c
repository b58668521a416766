#include "spool/audit.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include "rules/error.h"

#define HASH 32
#define SALT 16

static void update_number(EVP_MD_CTX *hash, gint64 number) {
  guint8 bytes[8];
  for (int i = 0; i < 8; i++)
    bytes[i] = (guint8)((guint64)number >> (56 - 8 * i));
  g_assert(EVP_DigestUpdate(hash, bytes, sizeof bytes) == 1);
}

static void update_field(EVP_MD_CTX *hash, const void *bytes, gsize size) {
  update_number(hash, (gint64)size);
  g_assert(EVP_DigestUpdate(hash, bytes, size) == 1);
}

typedef struct {
  gint64 id;
  Instant at;
  const char *actor, *action, *subject;
  const guint8 *detail_digest;
} AuditRow;

static void row_hash(const guint8 previous[HASH], const AuditRow *row, guint8 out[HASH]) {
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  g_assert(EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1);
  update_field(hash, previous, HASH);
  update_number(hash, row->id);
  update_number(hash, row->at);
  update_field(hash, row->actor, strlen(row->actor));
  update_field(hash, row->action, strlen(row->action));
  update_field(hash, row->subject, strlen(row->subject));
  update_field(hash, row->detail_digest, HASH);
  g_assert(EVP_DigestFinal_ex(hash, out, NULL) == 1);
  EVP_MD_CTX_free(hash);
}

static void detail_hash(const guint8 *salt, gsize salt_size, const char *detail, guint8 out[HASH]) {
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  g_assert(EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1);
  g_assert(EVP_DigestUpdate(hash, salt, salt_size) == 1);
  g_assert(EVP_DigestUpdate(hash, detail, strlen(detail)) == 1);
  g_assert(EVP_DigestFinal_ex(hash, out, NULL) == 1);
  EVP_MD_CTX_free(hash);
}

/* The last row's id and hash; 0 and zeroes for an empty log. */
static gboolean chain_end(Store *store, gint64 *id, guint8 hash[HASH], GError **error) {
  gboolean found;
  g_autoptr(GBytes) last = NULL;
  *id = 0;
  memset(hash, 0, HASH);
  if (!store_row(store, error, &found, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", "", "ib", id, &last))
    return FALSE;
  if (found) {
    g_assert(last != NULL && g_bytes_get_size(last) == HASH);
    memcpy(hash, g_bytes_get_data(last, NULL), HASH);
  }
  return TRUE;
}

gboolean audit_append(Store *store, Instant now, const char *actor, const char *action, const char *subject,
                      const char *detail, GError **error) {
  g_assert(store_in_transaction(store));
  guint8 previous[HASH], hash[HASH], digest[HASH], salt[SALT];
  gint64 last;
  if (!chain_end(store, &last, previous, error))
    return FALSE;
  g_assert(getrandom(salt, sizeof salt, 0) == sizeof salt);
  detail_hash(salt, sizeof salt, detail, digest);
  AuditRow row = {last + 1, now, actor, action, subject, digest};
  row_hash(previous, &row, hash);
  return store_run(
             store, error,
             "INSERT INTO audit (id, at, actor, action, subject, detail_digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
             "iitttbb", row.id, now, actor, action, subject, digest, (gsize)HASH, hash, (gsize)HASH) &&
         store_run(store, error, "INSERT INTO audit_detail (audit_id, salt, detail) VALUES (?, ?, ?)", "ibt", row.id,
                   salt, (gsize)SALT, detail);
}

static gboolean row_whole(Rows *rows, gint64 expected_id, const guint8 previous[HASH], guint8 hash[HASH]) {
  gsize digest_size, hash_size, salt_size;
  const guint8 *digest = rows_blob(rows, 5, &digest_size);
  const guint8 *stored = rows_blob(rows, 6, &hash_size);
  AuditRow row = {rows_int(rows, 0),  rows_int(rows, 1),  rows_text(rows, 2),
                  rows_text(rows, 3), rows_text(rows, 4), digest};
  if (row.id != expected_id || digest_size != HASH || hash_size != HASH)
    return FALSE;
  row_hash(previous, &row, hash);
  if (memcmp(hash, stored, HASH) != 0)
    return FALSE;
  if (rows_null(rows, 8)) /* wiped by retention */
    return TRUE;
  const guint8 *salt = rows_blob(rows, 7, &salt_size);
  guint8 got[HASH];
  detail_hash(salt, salt_size, rows_text(rows, 8), got);
  return memcmp(got, digest, HASH) == 0;
}

/* A cut tail leaves the counter of AUTOINCREMENT behind. */
static gboolean tail_whole(Store *store, gint64 rows, gboolean *whole, GError **error) {
  gboolean found;
  gint64 counted = 0;
  if (!store_row(store, error, &found, "SELECT seq FROM sqlite_sequence WHERE name = 'audit'", "", "i", &counted))
    return FALSE;
  *whole = counted == rows;
  return TRUE;
}

static gboolean broken(gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, "audit_broken", "value", value, NULL);
}

static gboolean walk(Store *store, gint64 *count, char **head, GError **error) {
  guint8 previous[HASH] = {0}, hash[HASH] = {0};
  gint64 n = 0;
  gboolean whole;
  {
    g_auto(Rows) rows =
        store_rows(store,
                   "SELECT a.id, a.at, a.actor, a.action, a.subject, a.detail_digest, a.hash, d.salt, d.detail "
                   "FROM audit a LEFT JOIN audit_detail d ON d.audit_id = a.id ORDER BY a.id",
                   "");
    while (rows_next(&rows, error)) {
      if (!row_whole(&rows, n + 1, previous, hash))
        return broken(n + 1, error);
      memcpy(previous, hash, HASH);
      n++;
    }
    if (rows.failed)
      return FALSE;
  }
  if (!tail_whole(store, n, &whole, error))
    return FALSE;
  if (!whole)
    return broken(n + 1, error);
  GString *hex = g_string_new(NULL);
  for (int i = 0; i < HASH; i++)
    g_string_append_printf(hex, "%02x", previous[i]);
  *count = n;
  *head = g_string_free(hex, FALSE);
  return TRUE;
}

/* In one snapshot: the roles go on writing. */
gboolean audit_verify(Store *store, gint64 *count, char **head, GError **error) {
  gboolean outer = store_in_transaction(store);
  gboolean whole = (outer || store_run(store, error, "BEGIN", "")) && walk(store, count, head, error);
  if (!outer)
    store_rollback(store);
  return whole;
}
