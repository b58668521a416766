#include "daemon/text.h"

#include <locale.h>
#include <string.h>

#include "rules/error.h"

#define FACT_CHARACTERS 200

typedef struct {
  const char *key, *text;
} Pair;

static const Pair sentences[] = {
#define SENTENCE(reason, text) {reason, text},
#include "daemon/sentences.h"
#undef SENTENCE
};

static const Pair words[] = {
#define WORD(word, text) {word, text},
#include "daemon/words.h"
#undef WORD
};

static char *chosen; /* the language's name; NULL before text_init() */

extern int _nl_msg_cat_cntr; /* glibc: gettext forgets its choice of language when this changes */

static const char *find(const Pair *pairs, gsize count, const char *key) {
  for (gsize i = 0; i < count; i++)
    if (g_str_equal(pairs[i].key, key))
      return _(pairs[i].text);
  return NULL;
}

/* The catalogues stand beside the programs, in build/locale, or where a distribution has them, bin/../share/locale. */
static void bind_catalogues(void) {
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  if (program == NULL)
    return;
  g_autofree char *folder = g_path_get_dirname(program);
  g_autofree char *beside = g_build_filename(folder, "locale", NULL);
  g_autofree char *shared = g_build_filename(folder, "..", "share", "locale", NULL);
  bindtextdomain("yifen", g_file_test(beside, G_FILE_TEST_IS_DIR) ? beside : shared);
}

void text_init(const char *language) {
  static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (gsize i = 0; language == NULL && i < G_N_ELEMENTS(variables); i++) {
    const char *value = g_getenv(variables[i]);
    if (value != NULL && *value != '\0')
      language = value;
  }
  g_autofree char *name =
      g_strndup(language != NULL ? language : "zh_CN", strcspn(language != NULL ? language : "zh_CN", ".@"));
  setlocale(LC_ALL, "C.UTF-8");
  if (g_str_has_prefix(
          name, "zh")) /* our source language: nothing to look up, and the C library's words stay English for logs */
    g_unsetenv("LANGUAGE");
  else
    g_setenv("LANGUAGE", name, TRUE);
  g_free(chosen);
  chosen = g_steal_pointer(&name);
  bind_catalogues();
  textdomain("yifen");
  bind_textdomain_codeset("yifen", "UTF-8");
  _nl_msg_cat_cntr++;
}

char *text_language(void) {
  return g_strdup(chosen);
}

static gboolean unsafe(gunichar c) {
  return g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

char *text_clean(const char *text, gsize characters) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *clean = g_string_new(NULL);
  const char *at = valid;
  for (; *at != '\0' && characters > 0; at = g_utf8_next_char(at), characters--) {
    gunichar c = g_utf8_get_char(at);
    g_string_append_unichar(clean, unsafe(c) ? 0xFFFD : c);
  }
  if (*at != '\0')
    g_string_append(clean, "…");
  return g_string_free(clean, FALSE);
}

/* A placeholder's text; NULL when the error lacks the fact. "value_word" is the word for people of the fact "value". */
static char *resolve(const GError *error, const char *placeholder) {
  if (g_str_has_suffix(placeholder, "_word")) {
    g_autofree char *name = g_strndup(placeholder, strlen(placeholder) - 5);
    const char *value = error_fact(error, name);
    return value != NULL ? text_clean(text_word(value), FACT_CHARACTERS) : NULL;
  }
  const char *value = error_fact(error, placeholder);
  return value != NULL ? text_clean(value, FACT_CHARACTERS) : NULL;
}

/* Renders up to `end`; FALSE when a placeholder has no fact. */
static gboolean render(const GError *error, const char *at, const char *end, GString *out) {
  gboolean whole = TRUE;
  while (at < end) {
    const char *close = *at == '{'   ? memchr(at, '}', (gsize)(end - at))
                        : *at == '[' ? memchr(at, ']', (gsize)(end - at))
                                     : NULL;
    if (close == NULL) {
      g_string_append_c(out, *at++);
    } else if (*at == '{') {
      g_autofree char *name = g_strndup(at + 1, (gsize)(close - at) - 1), *value = resolve(error, name);
      whole = whole && value != NULL;
      g_string_append(out, value != NULL ? value : "?");
      at = close + 1;
    } else {
      g_autoptr(GString) part = g_string_new(NULL);
      if (render(error, at + 1, close, part))
        g_string_append(out, part->str);
      at = close + 1;
    }
  }
  return whole;
}

char *text_error(const GError *error) {
  const char *sentence = find(sentences, G_N_ELEMENTS(sentences), error_reason(error));
  if (sentence == NULL) {
    g_autofree char *message = text_clean(error->message, FACT_CHARACTERS);
    return g_strdup_printf(_("未能完成：%s"), message);
  }
  GString *out = g_string_new(NULL);
  render(error, sentence, sentence + strlen(sentence), out);
  return g_string_free(out, FALSE);
}

const char *text_word(const char *word) {
  const char *text = find(words, G_N_ELEMENTS(words), word);
  const char *dot = text == NULL ? strchr(word, '.') : NULL;
  if (dot != NULL)
    text = find(words, G_N_ELEMENTS(words), dot + 1);
  return text != NULL ? text : word;
}
