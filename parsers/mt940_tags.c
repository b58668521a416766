#include "parsers/mt940_tags.h"

#include <string.h>

static const Mt940Word slashes[] = {
    {"ACCW", MT940_IGNORED},  {"ADDR", MT940_IGNORED},    {"BBAN", MT940_ACCOUNT}, {"BENM", MT940_PARTY},
    {"BIC", MT940_BANK},      {"BUSP", MT940_IGNORED},    {"CHGS", MT940_CLOSED},  {"CNTP", MT940_PARTIES},
    {"CSID", MT940_IGNORED},  {"EREF", MT940_END_TO_END}, {"EXCH", MT940_CLOSED},  {"IBAN", MT940_ACCOUNT},
    {"ID", MT940_IGNORED},    {"INST", MT940_IGNORED},    {"IREF", MT940_IGNORED}, {"ISDT", MT940_IGNORED},
    {"KREF", MT940_CUSTOMER}, {"MARF", MT940_IGNORED},    {"NAME", MT940_NAME},    {"NRTX", MT940_IGNORED},
    {"OCMT", MT940_CLOSED},   {"ORDP", MT940_PARTY},      {"ORIG", MT940_IGNORED}, {"PIND", MT940_IGNORED},
    {"PREF", MT940_CUSTOMER}, {"PURP", MT940_PURPOSE},    {"REMI", MT940_REMARK},  {"RTRC", MT940_RETURN},
    {"RTRN", MT940_RETURN},   {"RTYP", MT940_SUMMARY},    {"SVCL", MT940_IGNORED}, {"SVWZ", MT940_REMARK},
    {"TRAN", MT940_IGNORED},  {"TRCD", MT940_IGNORED},    {"TRTP", MT940_SUMMARY}, {"ULTB", MT940_IGNORED},
    {"ULTC", MT940_IGNORED},  {"ULTD", MT940_IGNORED},
};
static const Mt940Word pluses[] = {
    {"ABWA", MT940_IGNORED},    {"ABWE", MT940_IGNORED}, {"ANAM", MT940_IGNORED},  {"BIC", MT940_BANK},
    {"BREF", MT940_IGNORED},    {"COAM", MT940_IGNORED}, {"CRED", MT940_IGNORED},  {"DEBT", MT940_IGNORED},
    {"EREF", MT940_END_TO_END}, {"IBAN", MT940_ACCOUNT}, {"KREF", MT940_CUSTOMER}, {"MREF", MT940_IGNORED},
    {"OAMT", MT940_IGNORED},    {"PURP", MT940_PURPOSE}, {"RREF", MT940_IGNORED},  {"SVWZ", MT940_REMARK},
};
static const Mt940Word colons[] = {
    {"BETALINGSKENM.", MT940_REMARK}, {"BIC", MT940_BANK},          {"IBAN", MT940_ACCOUNT},
    {"ID DEBITEUR", MT940_IGNORED},   {"INCASSANT", MT940_IGNORED}, {"KENMERK", MT940_END_TO_END},
    {"MACHTIGING", MT940_IGNORED},    {"NAAM", MT940_NAME},         {"OMSCHRIJVING", MT940_REMARK},
    {"VOOR", MT940_IGNORED},
};
static const struct {
  const Mt940Word *words;
  gsize count;
} styles[] = {[MT940_SLASHES] = {slashes, G_N_ELEMENTS(slashes)},
              [MT940_PLUS] = {pluses, G_N_ELEMENTS(pluses)},
              [MT940_COLON] = {colons, G_N_ELEMENTS(colons)}};

/* Behind the word when it stands here, cuts aside; else NULL. */
static const char *match(const char *at, const char *end, const char *word) {
  for (; *word != '\0'; at++) {
    if (at == end)
      return NULL;
    if (*at == MT940_CUT)
      continue;
    if (*at != *word++)
      return NULL;
  }
  while (at < end && *at == MT940_CUT)
    at++;
  return at;
}

static const Mt940Word *word_at(Mt940Style style, const char *at, const char *end, const char *ends_with,
                                const char **value) {
  for (gsize i = 0; i < styles[style].count; i++) {
    const Mt940Word *word = &styles[style].words[i];
    const char *behind = *at == word->word[0] ? match(at, end, word->word) : NULL;
    if (behind == NULL || behind == end || *behind == '\0' || strchr(ends_with, *behind) == NULL)
      continue;
    *value = behind + 1;
    return word;
  }
  return NULL;
}

/* "/ID/" and "/ADDR/" stand only below a party, "/ORDP//ID/1": elsewhere they may be text. */
static gboolean needs_party(const Mt940Word *word) {
  return strcmp(word->word, "ID") == 0 || strcmp(word->word, "ADDR") == 0;
}

static const Mt940Word *next_slash(const char *text, const char *from, const char *end, const char **start,
                                   const char **value) {
  for (const char *at = from; (at = memchr(at, '/', (gsize)(end - at))) != NULL; at++) {
    const Mt940Word *word = at + 1 < end ? word_at(MT940_SLASHES, at + 1, end, "/", value) : NULL;
    if (word == NULL || (needs_party(word) && !(at > text && at[-1] == '/')))
      continue;
    *start = at;
    return word;
  }
  return NULL;
}

const Mt940Word *mt940_tag_next(Mt940Style style, const char *text, const char *from, const char *end,
                                const char **start, const char **value) {
  if (style == MT940_SLASHES)
    return next_slash(text, from, end, start, value);
  gboolean open = TRUE; /* a word begins a piece or follows a blank */
  for (const char *at = from; at < end; at++) {
    const Mt940Word *word =
        open && g_ascii_isupper(*at) ? word_at(style, at, end, style == MT940_PLUS ? "+:" : ":", value) : NULL;
    if (word != NULL) {
      *start = at;
      return word;
    }
    open = *at == ' ' || *at == MT940_CUT || *at == MT940_BREAK || *at == '/';
  }
  return NULL;
}

gboolean mt940_tag_begins(const char *text, gsize size) {
  for (gsize i = 0; i < G_N_ELEMENTS(slashes); i++)
    if (size < strlen(slashes[i].word) && strncmp(slashes[i].word, text, size) == 0)
      return TRUE;
  return FALSE;
}
