#include "rules/plainkey.h"

#include <string.h>

static const struct {
  const char *word;
  gsize size;
} KINDS[KEY_KINDS] = {
    [KEY_RSA_3072] = {"rsa-3072", 384},
    [KEY_P256] = {"p-256", 64},
    [KEY_SM2] = {"sm2", 64},
};

const char *keykind_word(KeyKind kind) {
  return KINDS[kind].word;
}

gsize plainkey_size(KeyKind kind) {
  return KINDS[kind].size;
}

gboolean keykind_parse(const char *word, KeyKind *kind) {
  for (guint i = 0; i < KEY_KINDS; i++)
    if (g_str_equal(word, KINDS[i].word)) {
      *kind = (KeyKind)i;
      return TRUE;
    }
  return FALSE;
}

static gboolean read_hex(const char *hex, guint8 *bytes, gsize size) {
  if (strlen(hex) != 2 * size || strspn(hex, "0123456789abcdef") != 2 * size)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
  return TRUE;
}

gboolean plainkey_parse(const char *text, PlainKey *key) {
  PlainKey read = {0};
  const char *colon = strchr(text, ':');
  g_autofree char *word = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : NULL;
  if (word == NULL || !keykind_parse(word, &read.kind) || !read_hex(colon + 1, read.bytes, plainkey_size(read.kind)) ||
      (read.kind == KEY_RSA_3072 && ((read.bytes[0] & 0x80) == 0 || (read.bytes[PLAINKEY_MAX - 1] & 1) == 0)))
    return FALSE;
  *key = read;
  return TRUE;
}

char *plainkey_format(const PlainKey *key) {
  GString *text = g_string_new(keykind_word(key->kind));
  g_string_append_c(text, ':');
  for (gsize i = 0; i < plainkey_size(key->kind); i++)
    g_string_append_printf(text, "%02x", key->bytes[i]);
  return g_string_free(text, FALSE);
}
