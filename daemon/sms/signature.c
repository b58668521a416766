#include "daemon/sms/signature.h"

#include <openssl/crypto.h>
#include <string.h>

#define DIGEST_SIZE 32

char *signature_encode(const char *text) {
  return g_uri_escape_string(text, NULL, FALSE);
}

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *signature_query(const char *const *pairs) {
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  for (; *pairs != NULL; pairs += 2) {
    g_autofree char *name = signature_encode(pairs[0]), *value = signature_encode(pairs[1]);
    g_ptr_array_add(parts, g_strconcat(name, "=", value, NULL));
  }
  g_ptr_array_sort(parts, by_name);
  g_ptr_array_add(parts, NULL);
  return g_strjoinv("&", (char **)parts->pdata);
}

static char *sha256(const char *text) {
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static void mac(const void *key, gsize size, const char *text, guint8 digest[DIGEST_SIZE]) {
  GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key, size);
  gsize length = DIGEST_SIZE;
  g_hmac_update(hmac, (const guint8 *)text, (gssize)strlen(text));
  g_hmac_get_digest(hmac, digest, &length);
  g_hmac_unref(hmac);
}

static char *joined(const char *const *headers, gboolean values) {
  GString *out = g_string_new(NULL);
  for (; *headers != NULL; headers += 2) {
    if (values)
      g_string_append_printf(out, "%s:%s\n", headers[0], headers[1]);
    else
      g_string_append_printf(out, "%s%s", out->len > 0 ? ";" : "", headers[0]);
  }
  return g_string_free(out, FALSE);
}

/* Both sign the same canonical request. */
static char *canonical_hash(const char *query, const char *const *headers, const char *body) {
  g_autofree char *names = joined(headers, FALSE), *lines = joined(headers, TRUE), *hash = sha256(body);
  g_autofree char *canonical = g_strconcat("POST\n/\n", query, "\n", lines, "\n", names, "\n", hash, NULL);
  return sha256(canonical);
}

char *signature_acs3(const char *query, const char *const *headers, const char *key_id, const char *secret) {
  g_autofree char *hash = canonical_hash(query, headers, ""), *names = joined(headers, FALSE);
  g_autofree char *text = g_strconcat("ACS3-HMAC-SHA256\n", hash, NULL);
  g_autofree char *signature =
      g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guint8 *)secret, strlen(secret), text, -1);
  return g_strdup_printf("ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s", key_id, names, signature);
}

static char *utc_date(gint64 at) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at);
  return g_date_time_format(time, "%Y-%m-%d");
}

/* The key is derived from the secret, the day and the service. */
static char *tc3_sign(const char *secret, const char *date, const char *service, const char *text) {
  guint8 key[DIGEST_SIZE];
  g_autofree char *first = g_strconcat("TC3", secret, NULL);
  mac(first, strlen(first), date, key);
  mac(key, sizeof key, service, key);
  mac(key, sizeof key, "tc3_request", key);
  char *signature = g_compute_hmac_for_string(G_CHECKSUM_SHA256, key, sizeof key, text, -1);
  OPENSSL_cleanse(key, sizeof key);
  OPENSSL_cleanse(first, strlen(first));
  return signature;
}

char *signature_tc3(const char *host, const char *service, const char *body, gint64 at, const char *key_id,
                    const char *secret) {
  const char *const headers[] = {"content-type", "application/json; charset=utf-8", "host", host, NULL};
  g_autofree char *hash = canonical_hash("", headers, body), *date = utc_date(at);
  g_autofree char *scope = g_strdup_printf("%s/%s/tc3_request", date, service);
  g_autofree char *text = g_strdup_printf("TC3-HMAC-SHA256\n%" G_GINT64_FORMAT "\n%s\n%s", at, scope, hash);
  g_autofree char *signature = tc3_sign(secret, date, service, text);
  return g_strdup_printf("TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=content-type;host, Signature=%s", key_id,
                         scope, signature);
}
