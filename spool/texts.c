#include "spool/texts.h"

#include <openssl/crypto.h>
#include <string.h>

/* One text a line: pay searches them all alike, so that their names need not be kept. Line feeds within become blanks.
 */
static char *join(const Entry *line) {
  const char *const parts[] = {line->end_to_end_id, line->remark, line->purpose, line->summary, line->return_reason};
  GString *all = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    if (parts[i] == NULL)
      continue;
    gsize start = all->len;
    g_string_append(all, parts[i]);
    g_strdelimit(all->str + start, "\n", ' ');
    g_string_append_c(all, '\n');
  }
  return g_string_free(all, FALSE);
}

static char *context_of(const char *account) {
  return g_strconcat("entry:", account, NULL);
}

GBytes *texts_seal(const SealKey *public_key, const char *account, const Entry *line, GError **error) {
  g_auto(Texts) texts = {.all = join(line)};
  g_autofree char *context = context_of(account);
  return seal_to(public_key, context, texts.all, strlen(texts.all), error);
}

void texts_clear(Texts *texts) {
  if (texts->all != NULL)
    OPENSSL_cleanse(texts->all, strlen(texts->all));
  g_clear_pointer(&texts->all, g_free);
}

gboolean texts_open(const SealKey *private_key, const char *account, const void *blob, gsize size, Texts *texts,
                    GError **error) {
  g_autofree char *context = context_of(account);
  GBytes *clear = seal_open(private_key, context, blob, size, error);
  if (clear == NULL)
    return FALSE;
  gsize length = 0;
  const char *bytes = g_bytes_get_data(clear, &length);
  texts->all = g_strndup(bytes == NULL ? "" : bytes, length);
  seal_forget(clear);
  return TRUE;
}
