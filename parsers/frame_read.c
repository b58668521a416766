#include <string.h>

#include "parsers/frame.h"
#include "parsers/frame_kinds.h"
#include "parsers/utf8.h"
#include "rules/error.h"
#include "rules/origin.h"

enum { HEAD = 5 };

const char *const frame_facts[] = {"file",  "line",  "column",   "cell",   "sheet",
                                   "field", "value", "expected", "detail", NULL};

struct FrameReader {
  RecordSink sink;
  GByteArray *bytes; /* what is not yet a whole frame */
  gboolean ready, in_statement, ended, refused, ledger;
  gint64 statements, entries, statuses, column_fits, left_outs;
  char *account;      /* of the statement, or NULL */
  GPtrArray *origins; /* texts, by number - 1 */
  GError *reason;     /* of REFUSED */
};

typedef struct {
  char *at, *end;
  gboolean bad;
} Cursor;

FrameReader *frame_reader_new(const RecordSink *sink) {
  FrameReader *reader = g_new0(FrameReader, 1);
  reader->sink = *sink;
  reader->bytes = g_byte_array_new();
  reader->origins = g_ptr_array_new_with_free_func(g_free);
  return reader;
}

void frame_reader_free(FrameReader *reader) {
  if (reader == NULL)
    return;
  g_byte_array_unref(reader->bytes);
  g_free(reader->account);
  g_ptr_array_unref(reader->origins);
  g_clear_error(&reader->reason);
  g_free(reader);
}

static gboolean broken(GError **error, const char *detail) {
  return error_set(error, ERROR_REFUSED, "parser_died", "detail", detail, NULL);
}

static char *take(Cursor *cursor, gsize size) {
  if (cursor->bad || (gsize)(cursor->end - cursor->at) < size) {
    cursor->bad = TRUE;
    return NULL;
  }
  char *at = cursor->at;
  cursor->at += size;
  return at;
}

static gint64 signed_of(guint64 bits) {
  return (gint64)(bits >> 1 ^ (0 - (bits & 1)));
}

/* An integer in the fewest bytes, of two or more, or a bad one. */
static gint64 take_long_number(Cursor *cursor) {
  guint64 bits = 0;
  const guint8 *at = (const guint8 *)cursor->at, *end = (const guint8 *)cursor->end;
  for (guint shift = 0; !cursor->bad; shift += 7) {
    if (at == end || shift > 63 || (shift == 63 && *at > 1) || (shift > 0 && *at == 0))
      cursor->bad = TRUE;
    else {
      bits |= (guint64)(*at & 0x7F) << shift;
      if ((*at++ & 0x80) == 0)
        break;
    }
  }
  cursor->at = (char *)(guintptr)at;
  return signed_of(bits);
}

static inline gint64 take_number(Cursor *cursor) {
  if (cursor->bad || cursor->at == cursor->end || (*cursor->at & 0x80) != 0)
    return take_long_number(cursor);
  return signed_of((guint8)*cursor->at++);
}

static inline gint64 take_int(Cursor *cursor, gint64 low, gint64 high) {
  gint64 value = take_number(cursor);
  /* a day: a range of years, or none */
  gboolean is_day = low == DAY_NONE;
  if (value > high || value < low || (is_day && value != DAY_NONE && value < RECORD_DAY_MIN)) {
    cursor->bad = TRUE;
    return low;
  }
  return value;
}

/* A text whose bytes are yet to be judged; *size without its NUL. */
static char *take_bytes(Cursor *cursor, gsize *size) {
  gsize length = (gsize)take_int(cursor, 0, FRAME_TEXT_MAX + 1);
  if (length == 0)
    return NULL;
  char *text = take(cursor, length);
  if (text == NULL || length < 2 || text[length - 1] != '\0') {
    cursor->bad = TRUE;
    return NULL;
  }
  *size = length - 1;
  return text;
}

static char *take_text(Cursor *cursor) {
  gsize size;
  char *text = take_bytes(cursor, &size);
  if (text != NULL && !utf8_is_printable(text, size)) {
    cursor->bad = TRUE;
    return NULL;
  }
  return text;
}

static Money take_money(Cursor *cursor) {
  Money money = {take_number(cursor), ""};
  const char *currency = take(cursor, sizeof money.currency);
  if (currency == NULL)
    return money;
  memcpy(money.currency, currency, sizeof money.currency);
  if (money.currency[MONEY_CURRENCY_SIZE - 1] != '\0' || money_exponent(money.currency) < 0)
    cursor->bad = TRUE;
  return money;
}

#define INT(field, low, high) record->field = take_int(cursor, low, high);
#define TEXT(field) record->field = take_text(cursor);
#define MONEY(has, field)                                                                                              \
  record->has = (gboolean)take_int(cursor, 0, 1);                                                                      \
  if (record->has)                                                                                                     \
    record->field = take_money(cursor);

static void take_statement(Cursor *cursor, Statement *record) {
  FRAME_STATEMENT(INT, TEXT, MONEY)
  if (record->format == NULL || (record->currency != NULL && money_exponent(record->currency) < 0))
    cursor->bad = TRUE;
}

static void take_entry(Cursor *cursor, Entry *record) {
  record->amount = take_money(cursor);
  record->account = take_text(cursor);
  FRAME_ENTRY_FIELDS(INT, TEXT, MONEY)
  if (record->amount.minor < 0)
    cursor->bad = TRUE;
}

static void take_column_fit(Cursor *cursor, ColumnFit *record) {
  FRAME_COLUMN_FIT_FIELDS(INT, TEXT)
  if (record->layout == NULL || record->column == NULL || record->wanted == NULL ||
      (record->found && record->at == 0) || (record->at > 0) != (record->header != NULL))
    cursor->bad = TRUE;
}

static void take_status(Cursor *cursor, BankStatus *record) {
  FRAME_STATUS_FIELDS(INT, TEXT)
  if (record->status == NULL)
    cursor->bad = TRUE;
}

#undef INT
#undef TEXT
#undef MONEY

static gboolean read_statement(FrameReader *reader, Cursor *cursor, gboolean begin, GError **error) {
  Statement statement = {0};
  take_statement(cursor, &statement);
  reader->statements += begin;
  if (cursor->bad || cursor->at != cursor->end || reader->in_statement == begin ||
      statement.number != reader->statements)
    return broken(error, "statement");
  reader->in_statement = begin;
  g_free(reader->account);
  reader->account = g_strdup(statement.account);
  reader->ledger = statement.kind == STATEMENT_LEDGER;
  return (begin ? reader->sink.statement : reader->sink.statement_end)(reader->sink.user, &statement, error);
}

static gboolean read_entry(FrameReader *reader, Cursor *cursor, GError **error) {
  Entry entry = {0};
  take_entry(cursor, &entry);
  gint64 origin = take_int(cursor, 0, reader->origins->len);
  if (entry.account == NULL)
    entry.account = reader->account;
  if (origin > 0)
    entry.origin = reader->origins->pdata[origin - 1];
  if (cursor->bad || cursor->at != cursor->end || !reader->in_statement || entry.statement != reader->statements ||
      (reader->ledger && entry.status == ENTRY_BOOKED && entry.booking_date == DAY_NONE))
    return broken(error, "entry");
  reader->entries++;
  return reader->sink.entry(reader->sink.user, &entry, error);
}

static gboolean read_origin(FrameReader *reader, Cursor *cursor, GError **error) {
  gsize size;
  const char *text = take_bytes(cursor, &size);
  if (text == NULL || cursor->bad || cursor->at != cursor->end || reader->origins->len >= FRAME_ORIGINS ||
      !origin_valid(text, size))
    return broken(error, "origin");
  g_ptr_array_add(reader->origins, g_strdup(text));
  return TRUE;
}

static gboolean read_status(FrameReader *reader, Cursor *cursor, GError **error) {
  BankStatus status = {0};
  take_status(cursor, &status);
  if (cursor->bad || cursor->at != cursor->end || reader->sink.status == NULL)
    return broken(error, "status");
  reader->statuses++;
  return reader->sink.status(reader->sink.user, &status, error);
}

static gboolean read_column_fit(FrameReader *reader, Cursor *cursor, GError **error) {
  ColumnFit fit = {0};
  take_column_fit(cursor, &fit);
  if (cursor->bad || cursor->at != cursor->end || ++reader->column_fits > FRAME_COLUMN_FITS)
    return broken(error, "column fit");
  return reader->sink.column_fit == NULL || reader->sink.column_fit(reader->sink.user, &fit, error);
}

static gboolean read_left_out(FrameReader *reader, Cursor *cursor, GError **error) {
  const char *sheet = take_text(cursor);
  if (cursor->bad || cursor->at != cursor->end || sheet == NULL || reader->in_statement ||
      ++reader->left_outs > FRAME_LEFT_OUTS)
    return broken(error, "left out");
  return reader->sink.left_out == NULL || reader->sink.left_out(reader->sink.user, sheet, error);
}

static gboolean read_end(FrameReader *reader, Cursor *cursor, GError **error) {
  gint64 statements = take_int(cursor, 0, G_MAXINT64), entries = take_int(cursor, 0, G_MAXINT64),
         statuses = take_int(cursor, 0, G_MAXINT64);
  if (cursor->bad || cursor->at != cursor->end || reader->in_statement || statements != reader->statements ||
      entries != reader->entries || statuses != reader->statuses)
    return broken(error, "end");
  reader->ended = TRUE;
  return TRUE;
}

static gboolean is_reason(const char *word) {
  if (word == NULL || strlen(word) > 64)
    return FALSE;
  for (; *word != '\0'; word++)
    if (!g_ascii_islower(*word) && !g_ascii_isdigit(*word) && *word != '_')
      return FALSE;
  return TRUE;
}

static gboolean read_refused(FrameReader *reader, Cursor *cursor, GError **error) {
  const char *reason = take_text(cursor);
  GError *refusal = NULL;
  error_set(&refusal, ERROR_REFUSED, is_reason(reason) ? reason : "parser_died", NULL);
  for (int i = 0; frame_facts[i] != NULL; i++) {
    const char *value = take_text(cursor);
    if (value != NULL && strlen(value) <= FRAME_FACT_MAX)
      error_add(&refusal, frame_facts[i], value);
  }
  if (cursor->bad || cursor->at != cursor->end) {
    g_clear_error(&refusal);
    return broken(error, "refusal");
  }
  reader->reason = refusal;
  reader->refused = TRUE;
  return TRUE;
}

static gboolean read_frame(FrameReader *reader, FrameKind kind, Cursor *cursor, GError **error) {
  if (reader->ended || reader->refused)
    return broken(error, "after the end");
  if (reader->ready == (kind == FRAME_READY) && kind != FRAME_REFUSED)
    return broken(error, "order");
  switch (kind) {
  case FRAME_STATEMENT_BEGIN:
  case FRAME_STATEMENT_END:
    return read_statement(reader, cursor, kind == FRAME_STATEMENT_BEGIN, error);
  case FRAME_ENTRY:
    return read_entry(reader, cursor, error);
  case FRAME_ORIGIN:
    return read_origin(reader, cursor, error);
  case FRAME_STATUS:
    return read_status(reader, cursor, error);
  case FRAME_COLUMN_FIT:
    return read_column_fit(reader, cursor, error);
  case FRAME_LEFT_OUT:
    return read_left_out(reader, cursor, error);
  case FRAME_END:
    return read_end(reader, cursor, error);
  case FRAME_REFUSED:
    return read_refused(reader, cursor, error);
  case FRAME_READY:
    reader->ready = TRUE;
    return cursor->at == cursor->end || broken(error, "ready");
  }
  return broken(error, "kind");
}

/* Reads whole frames; gives the bytes they took. */
static gboolean read_frames(FrameReader *reader, gsize *used, GError **error) {
  char *data = (char *)reader->bytes->data;
  gsize size = reader->bytes->len;
  *used = 0;
  while (size - *used >= HEAD) {
    guint32 length;
    memcpy(&length, data + *used, sizeof length);
    length = GUINT32_FROM_LE(length);
    if (length > FRAME_MAX)
      return broken(error, "length");
    if (size - *used - HEAD < length)
      return TRUE;
    Cursor cursor = {data + *used + HEAD, data + *used + HEAD + length, FALSE};
    if (!read_frame(reader, (FrameKind)(guint8)data[*used + 4], &cursor, error))
      return FALSE;
    *used += HEAD + length;
  }
  return TRUE;
}

gboolean frame_reader_feed(FrameReader *reader, const void *bytes, gsize size, GError **error) {
  gsize used;
  g_byte_array_append(reader->bytes, bytes, (guint)size);
  if (!read_frames(reader, &used, error))
    return FALSE;
  if (used > 0)
    g_byte_array_remove_range(reader->bytes, 0, (guint)used);
  return TRUE;
}

gboolean frame_reader_ready(const FrameReader *reader) {
  return reader->ready;
}

gboolean frame_reader_finish(FrameReader *reader, GError **error) {
  if (reader->bytes->len > 0)
    return broken(error, "cut");
  if (reader->refused) {
    g_propagate_error(error, g_steal_pointer(&reader->reason));
    return FALSE;
  }
  return reader->ended || broken(error, "no end");
}
