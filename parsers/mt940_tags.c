#include "parsers/mt940_tags.h"

#include <string.h>

#define SLASHES(word, part)                                                                                            \
  { word, part, ":86:/" word "/" }
#define PLUS(word, part)                                                                                               \
  { word, part, ":86:" word "+" }
#define COLON(word, part)                                                                                              \
  { word, part, ":86:" word ":" }

static const Mt940Word slashes[] = {
    SLASHES("ACCW", MT940_IGNORED),    SLASHES("ADDR", MT940_IGNORED),  SLASHES("BBAN", MT940_ACCOUNT),
    SLASHES("BENM", MT940_PARTY),      SLASHES("BIC", MT940_BANK),      SLASHES("BUSP", MT940_IGNORED),
    SLASHES("CHGS", MT940_CLOSED),     SLASHES("CNTP", MT940_PARTIES),  SLASHES("CSID", MT940_IGNORED),
    SLASHES("EREF", MT940_END_TO_END), SLASHES("EXCH", MT940_CLOSED),   SLASHES("IBAN", MT940_ACCOUNT),
    SLASHES("ID", MT940_IGNORED),      SLASHES("INST", MT940_IGNORED),  SLASHES("IREF", MT940_IGNORED),
    SLASHES("ISDT", MT940_IGNORED),    SLASHES("KREF", MT940_CUSTOMER), SLASHES("MARF", MT940_IGNORED),
    SLASHES("NAME", MT940_NAME),       SLASHES("NRTX", MT940_IGNORED),  SLASHES("OCMT", MT940_CLOSED),
    SLASHES("ORDP", MT940_PARTY),      SLASHES("ORIG", MT940_IGNORED),  SLASHES("PIND", MT940_IGNORED),
    SLASHES("PREF", MT940_CUSTOMER),   SLASHES("PURP", MT940_PURPOSE),  SLASHES("REMI", MT940_REMARK),
    SLASHES("RTRC", MT940_RETURN),     SLASHES("RTRN", MT940_RETURN),   SLASHES("RTYP", MT940_SUMMARY),
    SLASHES("SVCL", MT940_IGNORED),    SLASHES("SVWZ", MT940_REMARK),   SLASHES("TRAN", MT940_IGNORED),
    SLASHES("TRCD", MT940_IGNORED),    SLASHES("TRTP", MT940_SUMMARY),  SLASHES("ULTB", MT940_IGNORED),
    SLASHES("ULTC", MT940_IGNORED),    SLASHES("ULTD", MT940_IGNORED),
};
static const Mt940Word pluses[] = {
    PLUS("ABWA", MT940_IGNORED),    PLUS("ABWE", MT940_IGNORED), PLUS("ANAM", MT940_IGNORED),
    PLUS("BIC", MT940_BANK),        PLUS("BREF", MT940_IGNORED), PLUS("COAM", MT940_IGNORED),
    PLUS("CRED", MT940_IGNORED),    PLUS("DEBT", MT940_IGNORED), PLUS("END-TO-END-REF.", MT940_END_TO_END),
    PLUS("EREF", MT940_END_TO_END), PLUS("IBAN", MT940_ACCOUNT), PLUS("KREF", MT940_CUSTOMER),
    PLUS("MREF", MT940_IGNORED),    PLUS("OAMT", MT940_IGNORED), PLUS("PURP", MT940_PURPOSE),
    PLUS("RREF", MT940_IGNORED),    PLUS("SVWZ", MT940_REMARK),
};
static const Mt940Word colons[] = {
    COLON("BETALINGSKENM.", MT940_REMARK), COLON("BIC", MT940_BANK),          COLON("IBAN", MT940_ACCOUNT),
    COLON("ID DEBITEUR", MT940_IGNORED),   COLON("INCASSANT", MT940_IGNORED), COLON("KENMERK", MT940_END_TO_END),
    COLON("MACHTIGING", MT940_IGNORED),    COLON("NAAM", MT940_NAME),         COLON("OMSCHRIJVING", MT940_REMARK),
    COLON("VOOR", MT940_IGNORED),
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
