#include "parsers/mt940_info.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/mt940_parts.h"

enum { LINE_WIDTH = 65, TAG_WIDTH = 4, PIECE_WIDTH = 27, FIELDS_MAX = 100 };

Mt940InfoReader *mt940_info_reader_new(void) {
  Mt940InfoReader *reader = g_new0(Mt940InfoReader, 1);
  reader->joined = g_string_new(NULL);
  reader->purpose = g_string_new(NULL);
  reader->remark = g_string_new(NULL);
  reader->value = g_string_new(NULL);
  return reader;
}

void mt940_info_reader_free(Mt940InfoReader *reader) {
  if (reader == NULL)
    return;
  g_string_free(reader->joined, TRUE);
  g_string_free(reader->purpose, TRUE);
  g_string_free(reader->remark, TRUE);
  g_string_free(reader->value, TRUE);
  g_free(reader);
}

gboolean mt940_is_iban(const char *text, gsize size) {
  if (size < 15 || size > 34 || !g_ascii_isupper(text[0]) || !g_ascii_isupper(text[1]) || !g_ascii_isdigit(text[2]) ||
      !g_ascii_isdigit(text[3]))
    return FALSE;
  for (gsize i = 4; i < size; i++)
    if (!g_ascii_isdigit(text[i]) && !g_ascii_isupper(text[i]))
      return FALSE;
  return TRUE;
}

static gboolean is_bic(const char *text, gsize size) {
  if (size != 8 && size != 11)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isupper(text[i]) && (i < 6 || !g_ascii_isdigit(text[i])))
      return FALSE;
  return TRUE;
}

char *mt940_text(GStringChunk *texts, const char *text, gsize size) {
  char *kept = g_string_chunk_insert_len(texts, text, (gssize)size), *to = kept;
  for (const char *at = kept; at < kept + size; at++) {
    char c = (guchar)*at < 0x20 ? ' ' : *at;
    if (c != ' ' || (to > kept && to[-1] != ' '))
      *to++ = c;
  }
  *to = '\0';
  return clean_text(kept, (gsize)(to - kept));
}

/* Joining lines ---------------------------------------------------------------------------------------------------- */

typedef enum { JOIN_GERMAN, JOIN_SLASHES, JOIN_PLAIN } Join;

static gboolean all_ascii(const char *text, gsize size) {
  for (gsize i = 0; i < size; i++)
    if ((guchar)text[i] >= 0x80)
      return FALSE;
  return TRUE;
}

static gsize width_of(const char *text, gsize size) {
  return all_ascii(text, size) ? size : (gsize)g_utf8_strlen(text, (gssize)size);
}

/* Was a word of the slash style cut at the end of this line? */
static gboolean cuts_word(const char *line, gsize size) {
  gsize tail = 0;
  while (tail < size && tail < 4 && line[size - 1 - tail] != '/')
    tail++;
  return tail < size && line[size - 1 - tail] == '/' && mt940_tag_begins(line + size - tail, tail);
}

/* What stands between a line and the next one: nothing where the bank cut, a blank where the line ended. */
static const char *between(Join join, const char *line, gsize size, gboolean first, const char *next) {
  gsize width = width_of(line, size), tag = first ? TAG_WIDTH : 0;
  gboolean full = width >= LINE_WIDTH || (first && width == LINE_WIDTH - TAG_WIDTH);
  if (join == JOIN_SLASHES && *next == '/')
    return "\n"; /* kept for what SWIFT writes line by line; elsewhere it is a blank before a slash */
  if (full || (join == JOIN_SLASHES && cuts_word(line, size)))
    return "";
  if (join == JOIN_GERMAN) /* a blank that stood last was lost */
    return width + tag + 1 == LINE_WIDTH || width + 1 == LINE_WIDTH ? " " : "";
  return " ";
}

static void join_lines(Mt940InfoReader *reader, Join join, const char *text, gsize size) {
  GString *joined = reader->joined;
  const char *end = text + size, *next;
  gboolean first = TRUE;
  g_string_truncate(joined, 0);
  for (const char *line = text; line < end; line = next, first = FALSE) {
    const char *stop = memchr(line, '\n', (gsize)(end - line));
    next = stop == NULL ? end : stop + 1;
    gsize length = (gsize)((stop == NULL ? end : stop) - line);
    g_string_append_len(joined, line, (gssize)length);
    if (next < end)
      g_string_append(joined, between(join, line, length, first, next));
  }
}

/* Dialects --------------------------------------------------------------------------------------------------------- */

static gboolean known_field(const char *at) {
  if (!g_ascii_isdigit(at[0]) || !g_ascii_isdigit(at[1]))
    return FALSE;
  int number = (at[0] - '0') * 10 + at[1] - '0';
  return number == 0 || number == 10 || (number >= 20 && number <= 39) || (number >= 60 && number <= 69);
}

/* The mark that stands for "?", 0 when the text is not in this dialect. Some banks write letters for the GVC, or none.
 */
static char german_mark(const char *text, gsize size) {
  const char *end = text + size;
  while (text < end && (*text == ' ' || *text == '\n'))
    text++;
  const char *begin = text;
  while (text < end && text < begin + 3 && (g_ascii_isdigit(*text) || g_ascii_isupper(*text)))
    text++;
  if (text == begin && text < end && strchr("?<>^~", *text) == NULL)
    return 0;
  if (text != begin && text < begin + 3)
    return 0;
  while (text < end && *text == '\n')
    text++;
  gboolean mark = end - text > 2 && g_ascii_ispunct(*text) && strchr("/-.,:", *text) == NULL;
  return mark && (known_field(text + 1) || (text[1] == '\n' && end - text > 3 && known_field(text + 2))) ? *text : 0;
}

typedef struct {
  const char *text[FIELDS_MAX], *end[FIELDS_MAX]; /* by number, the first of each */
} GermanFields;

/* One piece of the purpose. */
static void add_piece(Mt940InfoReader *reader, const char *text, gsize size) {
  GString *purpose = reader->purpose;
  gsize width = width_of(text, size);
  g_string_append_len(purpose, text, (gssize)size);
  if (width + 1 == PIECE_WIDTH) /* a blank that stood last was lost */
    g_string_append_c(purpose, ' ');
  g_string_append_c(purpose, width + 1 >= PIECE_WIDTH ? MT940_CUT : MT940_BREAK);
}

static void german_field(Mt940InfoReader *reader, GermanFields *fields, int number, const char *text, const char *end) {
  if ((number >= 20 && number <= 29) || number >= 60)
    add_piece(reader, text, (gsize)(end - text));
  else if (fields->text[number] == NULL) {
    fields->text[number] = text;
    fields->end[number] = end;
  }
}

static void german_split(Mt940InfoReader *reader, GermanFields *fields, char mark) {
  const char *end = reader->joined->str + reader->joined->len, *text = NULL;
  int number = -1;
  g_string_truncate(reader->purpose, 0);
  for (const char *at = reader->joined->str; (at = memchr(at, mark, (gsize)(end - at))) != NULL; at++) {
    if (end - at < 3 || !known_field(at + 1))
      continue;
    if (number >= 0)
      german_field(reader, fields, number, text, at);
    number = (at[1] - '0') * 10 + at[2] - '0';
    text = at + 3;
  }
  if (number >= 0)
    german_field(reader, fields, number, text, end);
}

static gsize german_size(const GermanFields *fields, int number) {
  return fields->text[number] == NULL ? 0 : (gsize)(fields->end[number] - fields->text[number]);
}

/* GVC of the DFÜ-Abkommen that say that a payment came back: direct debits (108, 109, 181, 184) and transfers (159). */
static gboolean is_return(const char *text) {
  static const char *const codes[] = {"108", "109", "159", "181", "184"};
  text += strspn(text, " ");
  for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
    if (strncmp(text, codes[i], 3) == 0)
      return TRUE;
  return FALSE;
}

static void german_keep(Mt940InfoReader *reader, const GermanFields *fields, int number, Mt940Field field,
                        const char *place) {
  reader->place = place;
  if (fields->text[number] != NULL)
    (field == MT940_FIELD_SUMMARY ? mt940_keep : mt940_keep_number)(reader, field, fields->text[number],
                                                                    german_size(fields, number));
}

static void german_name(Mt940InfoReader *reader, const GermanFields *fields) {
  GString *purpose = reader->purpose;
  if (fields->text[32] == NULL)
    return;
  g_string_truncate(purpose, 0);
  add_piece(reader, fields->text[32], german_size(fields, 32));
  g_string_append_len(purpose, fields->text[33], (gssize)german_size(fields, 33));
  reader->place = ":86:?32-33";
  mt940_keep(reader, MT940_FIELD_NAME, purpose->str, purpose->len);
}

static void german_return(Mt940InfoReader *reader) {
  Mt940Info *info = reader->info;
  if (!is_return(reader->joined->str))
    return;
  info->text[MT940_FIELD_RETURN] = info->text[MT940_FIELD_SUMMARY];
  info->place[MT940_FIELD_RETURN] = info->place[MT940_FIELD_SUMMARY];
  reader->place = ":86:";
  mt940_keep(reader, MT940_FIELD_RETURN, reader->joined->str + strspn(reader->joined->str, " "), 3);
}

static void read_german(Mt940InfoReader *reader, const char *text, gsize size, char mark) {
  GermanFields fields = {0};
  join_lines(reader, JOIN_GERMAN, text, size);
  german_split(reader, &fields, mark);
  german_keep(reader, &fields, 30, MT940_FIELD_BANK, ":86:?30");
  german_keep(reader, &fields, 31, MT940_FIELD_ACCOUNT, ":86:?31");
  german_keep(reader, &fields, 38, MT940_FIELD_ACCOUNT, ":86:?38");
  german_keep(reader, &fields, 0, MT940_FIELD_SUMMARY, ":86:?00");
  mt940_store_words(reader, MT940_PLUS, reader->purpose, MT940_REMARK, ":86:?20-29");
  german_name(reader, &fields);
  german_return(reader);
}

static gboolean begins_with_word(const char *text, gsize size) {
  const char *start, *value;
  while (size > 0 && *text == ' ')
    text++, size--;
  return size > 0 && *text == '/' && mt940_tag_next(MT940_SLASHES, text, text, text + size, &start, &value) != NULL &&
         start == text;
}

static gboolean has_columns(const char *text, gsize size) {
  const char *start, *value;
  return size > 5 && strncmp(text, "SEPA ", 5) == 0 &&
         mt940_tag_next(MT940_COLON, text, text, text + size, &start, &value) != NULL;
}

/* ISO 20022 ExternalReturnReason1Code: "AC04". */
static gboolean is_return_code(const char *text, gsize size) {
  return size == 4 && g_ascii_isupper(text[0]) && g_ascii_isupper(text[1]) && g_ascii_isdigit(text[2]) &&
         g_ascii_isdigit(text[3]);
}

/* An account, and a BIC, that stand before the text; and before them why it came back (ING). */
static void read_plain(Mt940InfoReader *reader, const char *text, gsize size) {
  join_lines(reader, JOIN_PLAIN, text, size);
  const char *joined = reader->joined->str;
  gsize account = strcspn(joined, " "), bank = 0;
  reader->place = ":86:";
  if (is_return_code(joined, account) && joined[account] == ' ' &&
      mt940_is_iban(joined + 5, strcspn(joined + 5, " "))) {
    mt940_keep(reader, MT940_FIELD_RETURN, joined, account);
    joined += account + 1;
    account = strcspn(joined, " ");
  }
  if (mt940_is_iban(joined, account)) {
    mt940_keep_number(reader, MT940_FIELD_ACCOUNT, joined, account);
    if (joined[account] == ' ')
      bank = strcspn(joined + account + 1, " ");
    if (is_bic(joined + account + 1, bank))
      mt940_keep_number(reader, MT940_FIELD_BANK, joined + account + 1, bank);
  }
  mt940_add_remark(reader, reader->joined->str, reader->joined->len);
}

void mt940_info_read(Mt940InfoReader *reader, const char *text, gsize size, GStringChunk *texts, Mt940Info *info) {
  *info = (Mt940Info){0};
  reader->texts = texts;
  reader->info = info;
  g_string_truncate(reader->remark, 0);
  if (size == 0)
    return;
  char mark = german_mark(text, size);
  if (mark != 0)
    read_german(reader, text, size, mark);
  else if (begins_with_word(text, size)) {
    join_lines(reader, JOIN_SLASHES, text, size);
    mt940_store_words(reader, MT940_SLASHES, reader->joined, MT940_REMARK, ":86:");
  } else if (has_columns(text, size)) {
    join_lines(reader, JOIN_PLAIN, text, size);
    mt940_store_words(reader, MT940_COLON, reader->joined, MT940_SUMMARY, ":86:");
  } else
    read_plain(reader, text, size);
  info->text[MT940_FIELD_REMARK] = mt940_text(texts, reader->remark->str, reader->remark->len);
}
