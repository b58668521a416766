#include "parsers/mt940_info.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/mt940_tags.h"

enum { LINE_WIDTH = 65, TAG_WIDTH = 4, PIECE_WIDTH = 27, FIELDS_MAX = 100 };

#define ORIGIN_LINE                                                                                                    \
  "amount=:61:\ndirection=:61:\nbooking_date=:61:\nvalue_date=:61:\nentry_reference=:61:\nbank_reference=:61://\n"
#define ORIGIN_GERMAN                                                                                                  \
  ORIGIN_LINE "summary=:86:?00\nremark=:86:?20-29\nend_to_end_id=:86:EREF+\npurpose=:86:PURP+\n"                       \
              "counterparty_bank=:86:?30\ncounterparty_account=:86:?31\ncounterparty_name=:86:?32-33\n"                \
              "return_reason=:86:?00\n"
#define ORIGIN_SLASHES                                                                                                 \
  ORIGIN_LINE "summary=:86:/TRTP/\nremark=:86:/REMI/\nend_to_end_id=:86:/EREF/\npurpose=:86:/PURP/\n"                  \
              "counterparty_bank=:86:/BIC/\ncounterparty_account=:86:/IBAN/\ncounterparty_name=:86:/NAME/\n"           \
              "return_reason=:86:/RTRN/\n"
#define ORIGIN_PARTIES                                                                                                 \
  ORIGIN_LINE "summary=:86:/TRTP/\nremark=:86:/REMI/\nend_to_end_id=:86:/EREF/\npurpose=:86:/PURP/\n"                  \
              "counterparty_bank=:86:/CNTP/\ncounterparty_account=:86:/CNTP/\ncounterparty_name=:86:/CNTP/\n"          \
              "return_reason=:86:/RTRN/\n"
#define ORIGIN_SWIFT(party)                                                                                            \
  ORIGIN_LINE "remark=:86:/" party "/\nend_to_end_id=:86:/EREF/\ncounterparty_account=:86:/" party                     \
              "/\ncounterparty_name=:86:/" party "/\n"
#define ORIGIN_COLUMNS                                                                                                 \
  ORIGIN_LINE "summary=:86:\nremark=:86:OMSCHRIJVING\nend_to_end_id=:86:KENMERK\ncounterparty_bank=:86:BIC\n"          \
              "counterparty_account=:86:IBAN\ncounterparty_name=:86:NAAM\n"
#define ORIGIN_PLAIN                                                                                                   \
  ORIGIN_LINE "summary=:61:\nremark=:86:\ncounterparty_bank=:86:\ncounterparty_account=:86:\n"                         \
              "counterparty_name=:61:\n"

struct Mt940InfoReader {
  GString *joined, *purpose, *remark, *value;
  GStringChunk *texts;
  Mt940Info *info;
};

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

/* A run of digits or an IBAN: what SWIFT puts where an account may stand. */
static gboolean is_account(const char *text, gsize size) {
  if (size == 0 || size > 34)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isdigit(text[i]))
      return mt940_is_iban(text, size);
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

/* A part of a joined text, its marks dissolved. */
static char *keep(Mt940InfoReader *reader, const char *text, gsize size) {
  GString *value = reader->value;
  g_string_truncate(value, 0);
  for (gsize i = 0; i < size; i++)
    if (text[i] != MT940_CUT)
      g_string_append_c(value, text[i]);
  return mt940_text(reader->texts, value->str, value->len);
}

static void keep_first(Mt940InfoReader *reader, char **field, const char *text, gsize size) {
  if (*field == NULL)
    *field = keep(reader, text, size);
}

/* Numbers: cut by lines and grouped by banks, so they know no blanks. */
static void keep_number(Mt940InfoReader *reader, char **field, const char *text, gsize size) {
  if (*field != NULL || (*field = keep(reader, text, size)) == NULL)
    return;
  char *to = *field;
  for (const char *at = *field; *at != '\0'; at++)
    if (*at != ' ')
      *to++ = *at;
  *to = '\0';
}

static void keep_reference(Mt940InfoReader *reader, char **field, const char *text, gsize size) {
  keep_first(reader, field, text, size);
  if (*field != NULL &&
      (g_ascii_strcasecmp(*field, "NOTPROVIDED") == 0 || g_ascii_strcasecmp(*field, "NOTPROVIDE") == 0))
    *field = NULL;
}

static void add_remark(Mt940InfoReader *reader, const char *text, gsize size) {
  if (reader->remark->len > 0)
    g_string_append_c(reader->remark, ' ');
  for (gsize i = 0; i < size; i++)
    if (text[i] != MT940_CUT)
      g_string_append_c(reader->remark, text[i]);
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

/* Words ------------------------------------------------------------------------------------------------------------ */

static const char *slash_or_end(const char *from, const char *end) {
  const char *slash = memchr(from, '/', (gsize)(end - from));
  return slash == NULL ? end : slash;
}

/* "NL12BANK34/BANKNL2A/Acme/Utrecht/" */
static void store_parties(Mt940InfoReader *reader, const char *text, const char *end) {
  Mt940Info *info = reader->info;
  const char *account = slash_or_end(text, end);
  keep_number(reader, &info->account, text, (gsize)(account - text));
  if (account == end)
    return;
  const char *bank = slash_or_end(account + 1, end);
  keep_number(reader, &info->bank, account + 1, (gsize)(bank - account - 1));
  if (bank < end)
    keep_first(reader, &info->name, bank + 1, (gsize)(slash_or_end(bank + 1, end) - bank - 1));
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
      keep_number(reader, &reader->info->account, line, size);
    else if (reader->info->name == NULL)
      keep_first(reader, &reader->info->name, line, size);
    else
      add_remark(reader, line, size);
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
  add_remark(reader, text, (gsize)(end - text));
}

static void store(Mt940InfoReader *reader, Mt940Part part, const char *text, const char *end) {
  Mt940Info *info = reader->info;
  gsize size = (gsize)(end - text);
  switch (part) {
  case MT940_END_TO_END:
    keep_reference(reader, &info->end_to_end_id, text, size);
    break;
  case MT940_CUSTOMER:
    keep_reference(reader, &info->customer_reference, text, size);
    break;
  case MT940_NAME:
    keep_first(reader, &info->name, text, size);
    break;
  case MT940_ACCOUNT:
    keep_number(reader, &info->account, text, size);
    break;
  case MT940_BANK:
    keep_number(reader, &info->bank, text, size);
    break;
  case MT940_REMARK:
    store_remark(reader, text, end);
    break;
  case MT940_PURPOSE:
    keep_first(reader, &info->purpose, text, size);
    break;
  case MT940_SUMMARY:
    keep_first(reader, &info->summary, text, size);
    break;
  case MT940_RETURN:
    keep_first(reader, &info->return_reason, text, size);
    break;
  case MT940_PARTY:
    store_party(reader, text, end);
    break;
  case MT940_PARTIES:
    store_parties(reader, text, end);
    break;
  case MT940_CLOSED:
    if (slash_or_end(text, end) < end)
      store_remark(reader, slash_or_end(text, end), end);
    break;
  case MT940_IGNORED:
    break;
  }
}

/* Where a value ends: slashes and blanks before the next word are no part of it. A German piece that ended early ends
 * its reference too, and what follows is free text. */
static void store_value(Mt940InfoReader *reader, Mt940Style style, Mt940Part part, const char *text, const char *end) {
  if (style == MT940_SLASHES && part != MT940_CLOSED)
    while (end > text && strchr("/ \n", end[-1]) != NULL)
      end--;
  const char *stop =
      style == MT940_PLUS && part != MT940_REMARK ? memchr(text, MT940_BREAK, (gsize)(end - text)) : NULL;
  store(reader, part, text, stop == NULL ? end : stop);
  if (stop != NULL)
    add_remark(reader, stop + 1, (gsize)(end - stop - 1));
}

/* The parts of a text; what stands before its first word is `before`. */
static void store_words(Mt940InfoReader *reader, Mt940Style style, const GString *text, Mt940Part before) {
  const char *from = text->str, *end = text->str + text->len, *start, *value;
  Mt940Part part = before;
  for (const Mt940Word *word; (word = mt940_tag_next(style, text->str, from, end, &start, &value)) != NULL;) {
    store_value(reader, style, part, from, start);
    part = word->part;
    from = value;
  }
  store_value(reader, style, part, from, end);
}

/* Dialects --------------------------------------------------------------------------------------------------------- */

static gboolean known_field(const char *at) {
  if (!g_ascii_isdigit(at[0]) || !g_ascii_isdigit(at[1]))
    return FALSE;
  int number = (at[0] - '0') * 10 + at[1] - '0';
  return number == 0 || number == 10 || (number >= 20 && number <= 39) || (number >= 60 && number <= 69);
}

/* The mark that stands for "?", 0 when the text is not in this dialect. */
static char german_mark(const char *text, gsize size) {
  const char *end = text + size;
  while (text < end && (*text == ' ' || *text == '\n'))
    text++;
  for (int i = 0; i < 3; i++, text++)
    if (text >= end || !g_ascii_isdigit(*text))
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

static void german_name(Mt940InfoReader *reader, const GermanFields *fields) {
  GString *purpose = reader->purpose;
  g_string_truncate(purpose, 0);
  add_piece(reader, fields->text[32], german_size(fields, 32));
  g_string_append_len(purpose, fields->text[33], (gssize)german_size(fields, 33));
  keep_first(reader, &reader->info->name, purpose->str, purpose->len);
}

static void read_german(Mt940InfoReader *reader, const char *text, gsize size, char mark) {
  Mt940Info *info = reader->info;
  GermanFields fields = {0};
  join_lines(reader, JOIN_GERMAN, text, size);
  german_split(reader, &fields, mark);
  if (fields.text[30] != NULL)
    keep_number(reader, &info->bank, fields.text[30], german_size(&fields, 30));
  for (int number = 31; number <= 38; number += 7)
    if (fields.text[number] != NULL)
      keep_number(reader, &info->account, fields.text[number], german_size(&fields, number));
  if (fields.text[0] != NULL)
    keep_first(reader, &info->summary, fields.text[0], german_size(&fields, 0));
  store_words(reader, MT940_PLUS, reader->purpose, MT940_REMARK);
  if (fields.text[32] != NULL)
    german_name(reader, &fields);
  if (is_return(reader->joined->str))
    info->return_reason = info->summary != NULL ? info->summary : keep(reader, text, 3);
  info->origin = ORIGIN_GERMAN;
}

static void read_slashes(Mt940InfoReader *reader, const char *text, gsize size) {
  join_lines(reader, JOIN_SLASHES, text, size);
  const char *joined = reader->joined->str;
  store_words(reader, MT940_SLASHES, reader->joined, MT940_REMARK);
  if (strstr(joined, "/CNTP/") != NULL)
    reader->info->origin = ORIGIN_PARTIES;
  else if (strstr(joined, "/NAME/") != NULL || reader->info->name == NULL)
    reader->info->origin = ORIGIN_SLASHES;
  else
    reader->info->origin = strstr(joined, "/ORDP/") != NULL ? ORIGIN_SWIFT("ORDP") : ORIGIN_SWIFT("BENM");
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

/* An account, and a BIC, that stand before the text. */
static void read_plain(Mt940InfoReader *reader, const char *text, gsize size) {
  join_lines(reader, JOIN_PLAIN, text, size);
  const char *joined = reader->joined->str;
  gsize account = strcspn(joined, " "), bank = 0;
  if (mt940_is_iban(joined, account)) {
    keep_number(reader, &reader->info->account, joined, account);
    if (joined[account] == ' ')
      bank = strcspn(joined + account + 1, " ");
    if (is_bic(joined + account + 1, bank))
      keep_number(reader, &reader->info->bank, joined + account + 1, bank);
  }
  add_remark(reader, joined, reader->joined->len);
  reader->info->origin = ORIGIN_PLAIN;
}

void mt940_info_read(Mt940InfoReader *reader, const char *text, gsize size, GStringChunk *texts, Mt940Info *info) {
  *info = (Mt940Info){0};
  reader->texts = texts;
  reader->info = info;
  g_string_truncate(reader->remark, 0);
  char mark = german_mark(text, size);
  if (mark != 0)
    read_german(reader, text, size, mark);
  else if (begins_with_word(text, size))
    read_slashes(reader, text, size);
  else if (has_columns(text, size)) {
    join_lines(reader, JOIN_PLAIN, text, size);
    store_words(reader, MT940_COLON, reader->joined, MT940_SUMMARY);
    info->origin = ORIGIN_COLUMNS;
  } else
    read_plain(reader, text, size);
  info->remark = mt940_text(texts, reader->remark->str, reader->remark->len);
}
