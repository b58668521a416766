#include "parsers/mt940_parts.h"

#include <string.h>

/* A run of digits or an IBAN: what SWIFT puts where an account may stand. */
static gboolean is_account(const char *text, gsize size) {
  if (size == 0 || size > 34)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isdigit(text[i]))
      return mt940_is_iban(text, size);
  return TRUE;
}

/* A part of a joined text, its marks dissolved. */
static char *keep(Mt940InfoReader *reader, const char *text, gsize size) {
  GString *value = reader->value;
  g_string_truncate(value, 0);
  for (gsize i = 0; i < size; i++)
    if (text[i] != MT940_CUT)
      g_string_append_c(value, text[i]);
  return mt940_text(reader->texts, value->str, value->len);
}

void mt940_keep(Mt940InfoReader *reader, Mt940Field field, const char *text, gsize size) {
  Mt940Info *info = reader->info;
  if (info->text[field] != NULL)
    return;
  info->text[field] = keep(reader, text, size);
  info->place[field] = info->text[field] == NULL ? NULL : reader->place;
}

void mt940_keep_number(Mt940InfoReader *reader, Mt940Field field, const char *text, gsize size) {
  if (reader->info->text[field] != NULL)
    return;
  mt940_keep(reader, field, text, size);
  char *to = reader->info->text[field];
  for (const char *at = to; at != NULL && *at != '\0'; at++)
    if (*at != ' ')
      *to++ = *at;
  if (to != NULL)
    *to = '\0';
}

void mt940_keep_reference(Mt940InfoReader *reader, Mt940Field field, const char *text, gsize size) {
  mt940_keep(reader, field, text, size);
  if (g_strcmp0(reader->info->text[field], "NOTPROVIDED") == 0)
    reader->info->text[field] = NULL;
}

void mt940_add_remark(Mt940InfoReader *reader, const char *text, gsize size) {
  if (reader->remark->len > 0)
    g_string_append_c(reader->remark, ' ');
  else
    reader->info->place[MT940_FIELD_REMARK] = reader->place;
  for (gsize i = 0; i < size; i++)
    if (text[i] != MT940_CUT)
      g_string_append_c(reader->remark, text[i]);
}

static const char *slash_or_end(const char *from, const char *end) {
  const char *slash = memchr(from, '/', (gsize)(end - from));
  return slash == NULL ? end : slash;
}

/* "NL12BANK34/BANKNL2A/Acme/Utrecht/" */
static void store_parties(Mt940InfoReader *reader, const char *text, const char *end) {
  const char *account = slash_or_end(text, end);
  mt940_keep_number(reader, MT940_FIELD_ACCOUNT, text, (gsize)(account - text));
  if (account == end)
    return;
  const char *bank = slash_or_end(account + 1, end);
  mt940_keep_number(reader, MT940_FIELD_BANK, account + 1, (gsize)(bank - account - 1));
  if (bank < end)
    mt940_keep(reader, MT940_FIELD_NAME, bank + 1, (gsize)(slash_or_end(bank + 1, end) - bank - 1));
}

/* An account or a name; lines "/..." below hold the name and then free text. */
static void store_party(Mt940InfoReader *reader, const char *text, const char *end) {
  gboolean first = TRUE;
  for (const char *line = text, *next; line < end; line = next) {
    const char *stop = line;
    while ((stop = memchr(stop, '\n', (gsize)(end - stop))) != NULL && stop + 1 < end && stop[1] != '/')
      stop++;
    next = stop == NULL ? end : MIN(stop + 2, end);
    gsize size = (gsize)((stop == NULL ? end : stop) - line);
    while (size > 0 && strchr(" /", line[size - 1]) != NULL)
      size--;
    if (first && is_account(line, size))
      mt940_keep_number(reader, MT940_FIELD_ACCOUNT, line, size);
    else if (reader->info->text[MT940_FIELD_NAME] == NULL)
      mt940_keep(reader, MT940_FIELD_NAME, line, size);
    else
      mt940_add_remark(reader, line, size);
    first = FALSE;
  }
}

static void store_remark(Mt940InfoReader *reader, const char *text, const char *end) {
  static const char *const kinds[] = {"USTD/", "STRD/"};
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    if ((gsize)(end - text) >= strlen(kinds[i]) && strncmp(text, kinds[i], strlen(kinds[i])) == 0)
      text += strlen(kinds[i]);
  while (text < end && *text == '/')
    text++;
  mt940_add_remark(reader, text, (gsize)(end - text));
}

static void store(Mt940InfoReader *reader, Mt940Part part, const char *text, const char *end) {
  gsize size = (gsize)(end - text);
  switch (part) {
  case MT940_END_TO_END:
    return mt940_keep_reference(reader, MT940_FIELD_END_TO_END, text, size);
  case MT940_CUSTOMER:
    return mt940_keep_reference(reader, MT940_FIELD_REFERENCE, text, size);
  case MT940_NAME:
    return mt940_keep(reader, MT940_FIELD_NAME, text, size);
  case MT940_ACCOUNT:
    return mt940_keep_number(reader, MT940_FIELD_ACCOUNT, text, size);
  case MT940_BANK:
    return mt940_keep_number(reader, MT940_FIELD_BANK, text, size);
  case MT940_REMARK:
    return store_remark(reader, text, end);
  case MT940_PURPOSE:
    return mt940_keep(reader, MT940_FIELD_PURPOSE, text, size);
  case MT940_SUMMARY:
    return mt940_keep(reader, MT940_FIELD_SUMMARY, text, size);
  case MT940_RETURN:
    return mt940_keep(reader, MT940_FIELD_RETURN, text, size);
  case MT940_PARTY:
    return store_party(reader, text, end);
  case MT940_PARTIES:
    return store_parties(reader, text, end);
  case MT940_CLOSED:
    if (slash_or_end(text, end) < end)
      store_remark(reader, slash_or_end(text, end), end);
    return;
  case MT940_IGNORED:
    return;
  }
}

/* Where a value ends: slashes and blanks before the next word are no part of it. A German piece that ended early ends
 * its reference too, and what follows is free text. */
static void store_value(Mt940InfoReader *reader, Mt940Style style, Mt940Part part, const char *text, const char *end) {
  if (style == MT940_SLASHES && part != MT940_CLOSED)
    while (end > text && strchr("/ \n", end[-1]) != NULL)
      end--;
  while (style == MT940_PLUS && text < end && (*text == ' ' || *text == MT940_BREAK))
    text++; /* "END-TO-END-REF.:" and the reference in the next piece */
  const char *stop =
      style == MT940_PLUS && part != MT940_REMARK ? memchr(text, MT940_BREAK, (gsize)(end - text)) : NULL;
  store(reader, part, text, stop == NULL ? end : stop);
  if (stop != NULL)
    mt940_add_remark(reader, stop + 1, (gsize)(end - stop - 1));
}

/* Parts that matching and tying believe: German banks write them before the remark, and a payer could write them into
 * it. */
static gboolean speaks(Mt940Part part) {
  return part == MT940_END_TO_END || part == MT940_CUSTOMER || part == MT940_ACCOUNT || part == MT940_BANK ||
         part == MT940_PURPOSE;
}

void mt940_store_words(Mt940InfoReader *reader, Mt940Style style, const GString *text, Mt940Part before,
                       const char *place) {
  const char *from = text->str, *end = text->str + text->len, *at = from, *start, *value;
  Mt940Part part = before;
  gboolean free = FALSE; /* the remark has begun */
  reader->place = place;
  for (const Mt940Word *word; (word = mt940_tag_next(style, text->str, at, end, &start, &value)) != NULL;) {
    if (style == MT940_PLUS && free && speaks(word->part)) { /* the payer's own words */
      at = value;
      continue;
    }
    store_value(reader, style, part, from, start);
    part = word->part;
    free |= part == MT940_REMARK;
    reader->place = word->place;
    at = from = value;
  }
  store_value(reader, style, part, from, end);
}
