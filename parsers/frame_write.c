#include <string.h>

#include "parsers/clean.h"
#include "parsers/frame.h"
#include "parsers/frame_kinds.h"
#include "rules/error.h"
#include "rules/origin.h"

enum { HEAD = 5, INT_MAX_BYTES = 10, FLUSH = 256 * 1024, ROOM = FLUSH + HEAD + FRAME_MAX };

enum { LAST = 4 };

typedef struct {
  const char *text; /* the parser's own, of this statement; NULL: none yet */
  gint64 number;
} Origin;

struct FrameWriter {
  FrameWrite *write;
  void *user;
  guint8 *bytes;       /* ROOM: a frame that begins below FLUSH finds place */
  gsize used, start;   /* start: of the open frame */
  gboolean overflowed; /* the open frame, over FRAME_MAX */
  gint64 statements, entries, statuses;
  GHashTable *origins; /* text -> number */
  Origin last[LAST];   /* the latest entries', by turns */
  int next;
};

FrameWriter *frame_writer_new(FrameWrite *write, void *user) {
  FrameWriter *writer = g_new0(FrameWriter, 1);
  writer->write = write;
  writer->user = user;
  writer->bytes = g_malloc(ROOM);
  writer->origins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return writer;
}

void frame_writer_free(FrameWriter *writer) {
  if (writer == NULL)
    return;
  g_free(writer->bytes);
  g_hash_table_unref(writer->origins);
  g_free(writer);
}

/* Place for so many bytes at the end of the open frame; FALSE when it would grow too long. */
static inline gboolean has_room(FrameWriter *writer, gsize size) {
  if (ROOM - writer->used >= size)
    return TRUE;
  writer->overflowed = TRUE;
  return FALSE;
}

static inline guint8 *write_int(guint8 *to, gint64 value) {
  guint64 rest = (guint64)value << 1 ^ (0 - (guint64)(value < 0));
  for (; rest >= 0x80; rest >>= 7) /* most are small */
    *to++ = (guint8)rest | 0x80;
  *to++ = (guint8)rest;
  return to;
}

static inline void put(FrameWriter *writer, const void *bytes, gsize size) {
  if (!has_room(writer, size))
    return;
  memcpy(writer->bytes + writer->used, bytes, size);
  writer->used += size;
}

static inline void put_int(FrameWriter *writer, gint64 value) {
  if (has_room(writer, INT_MAX_BYTES))
    writer->used = (gsize)(write_int(writer->bytes + writer->used, value) - writer->bytes);
}

static inline void put_text(FrameWriter *writer, const char *text) {
  gsize size = text == NULL || *text == '\0' ? 0 : strlen(text) + 1;
  if (size == 0)
    put_int(writer, 0);
  else if (has_room(writer, INT_MAX_BYTES + size)) {
    guint8 *to = write_int(writer->bytes + writer->used, (gint64)size);
    memcpy(to, text, size);
    writer->used = (gsize)(to + size - writer->bytes);
  }
}

static void put_money(FrameWriter *writer, Money money) {
  put_int(writer, money.minor);
  put(writer, money.currency, sizeof money.currency);
}

static void put_known_money(FrameWriter *writer, gboolean known, Money money) {
  put_int(writer, known);
  if (known)
    put_money(writer, money);
}

static void frame_begin(FrameWriter *writer, FrameKind kind) {
  guint8 head[HEAD] = {0, 0, 0, 0, (guint8)kind};
  writer->start = writer->used;
  writer->overflowed = FALSE;
  put(writer, head, sizeof head);
}

static gboolean flush(FrameWriter *writer, GError **error) {
  gboolean done = writer->write(writer->user, writer->bytes, writer->used, error);
  writer->used = 0;
  return done;
}

static gboolean frame_end(FrameWriter *writer, GError **error) {
  gsize size = writer->used - writer->start - HEAD;
  if (writer->overflowed || size > FRAME_MAX)
    return error_set(error, ERROR_REFUSED, "field_too_long", NULL);
  guint32 little = GUINT32_TO_LE((guint32)size);
  memcpy(writer->bytes + writer->start, &little, sizeof little);
  return writer->used < FLUSH || flush(writer, error);
}

static void put_statement(FrameWriter *writer, FrameKind kind, const Statement *statement) {
  frame_begin(writer, kind);
#define INT(field, low, high) put_int(writer, statement->field);
#define TEXT(field) put_text(writer, statement->field);
#define MONEY(has, field) put_known_money(writer, statement->has, statement->field);
  FRAME_STATEMENT(INT, TEXT, MONEY)
#undef INT
#undef TEXT
#undef MONEY
}

static gboolean write_statement(void *user, const Statement *statement, GError **error) {
  FrameWriter *writer = user;
  writer->statements++;
  memset(writer->last, 0, sizeof writer->last);
  writer->next = 0;
  put_statement(writer, FRAME_STATEMENT_BEGIN, statement);
  return frame_end(writer, error);
}

static gboolean write_statement_end(void *user, const Statement *statement, GError **error) {
  FrameWriter *writer = user;
  put_statement(writer, FRAME_STATEMENT_END, statement);
  return frame_end(writer, error);
}

/* Announces a new origin; 0 for one that cannot be sent: a line without its place is worth more than no line. */
static gint64 announce(FrameWriter *writer, const char *origin, GError **error) {
  guint count = g_hash_table_size(writer->origins);
  if (count >= FRAME_ORIGINS || !origin_valid(origin, strlen(origin)))
    return 0;
  g_hash_table_insert(writer->origins, g_strdup(origin), GUINT_TO_POINTER(count + 1));
  frame_begin(writer, FRAME_ORIGIN);
  put_text(writer, origin);
  return frame_end(writer, error) ? (gint64)count + 1 : -1;
}

/* The number of an entry's origin: one of the few that the entries before had. -1 with error set. */
static gint64 number_origin(FrameWriter *writer, const char *origin, GError **error) {
  if (origin == NULL)
    return 0;
  for (int i = 0; i < LAST && writer->last[i].text != NULL; i++)
    if (writer->last[i].text == origin)
      return writer->last[i].number;
  gint64 number = GPOINTER_TO_UINT(g_hash_table_lookup(writer->origins, origin));
  if (number == 0 && (number = announce(writer, origin, error)) <= 0)
    return number;
  writer->last[writer->next] = (Origin){origin, number};
  writer->next = (writer->next + 1) % LAST;
  return number;
}

static gboolean write_entry(void *user, const Entry *entry, GError **error) {
  FrameWriter *writer = user;
  gint64 origin = number_origin(writer, entry->origin, error);
  if (origin < 0)
    return FALSE;
  writer->entries++;
  frame_begin(writer, FRAME_ENTRY);
#define INT(field, low, high) put_int(writer, entry->field);
#define TEXT(field) put_text(writer, entry->field);
#define MONEY(has, field) put_known_money(writer, entry->has, entry->field);
  put_money(writer, entry->amount);
  FRAME_ENTRY_FIELDS(INT, TEXT, MONEY)
  put_int(writer, origin);
#undef INT
#undef TEXT
#undef MONEY
  return frame_end(writer, error);
}

static gboolean write_status(void *user, const BankStatus *status, GError **error) {
  FrameWriter *writer = user;
  writer->statuses++;
  frame_begin(writer, FRAME_STATUS);
#define INT(field, low, high) put_int(writer, status->field);
#define TEXT(field) put_text(writer, status->field);
  FRAME_STATUS_FIELDS(INT, TEXT)
#undef INT
#undef TEXT
  return frame_end(writer, error);
}

/* Goes out at once: a refusal forgets what is not yet written, and this is why it comes. */
static gboolean write_column_fit(void *user, const ColumnFit *fit, GError **error) {
  FrameWriter *writer = user;
  frame_begin(writer, FRAME_COLUMN_FIT);
#define INT(field, low, high) put_int(writer, fit->field);
#define TEXT(field) put_text(writer, fit->field);
  FRAME_COLUMN_FIT_FIELDS(INT, TEXT)
#undef INT
#undef TEXT
  return frame_end(writer, error) && (writer->used == 0 || flush(writer, error));
}

RecordSink frame_writer_sink(FrameWriter *writer) {
  return (RecordSink){write_statement, write_entry, write_statement_end, write_status, writer, write_column_fit};
}

gboolean frame_writer_ready(FrameWriter *writer, GError **error) {
  frame_begin(writer, FRAME_READY);
  return frame_end(writer, error) && flush(writer, error);
}

gboolean frame_writer_end(FrameWriter *writer, GError **error) {
  frame_begin(writer, FRAME_END);
  put_int(writer, writer->statements);
  put_int(writer, writer->entries);
  put_int(writer, writer->statuses);
  return frame_end(writer, error) && flush(writer, error);
}

/* Facts may hold raw pieces of the file. */
static void put_fact(FrameWriter *writer, const char *fact) {
  g_autofree char *valid = fact == NULL ? NULL : g_utf8_make_valid(fact, (gssize)MIN(strlen(fact), FRAME_FACT_MAX / 4));
  put_text(writer, valid == NULL ? NULL : clean_text(valid, strlen(valid)));
}

gboolean frame_writer_refuse(FrameWriter *writer, const GError *reason, GError **error) {
  writer->used = 0;
  frame_begin(writer, FRAME_REFUSED);
  put_text(writer, error_reason(reason));
  for (int i = 0; frame_facts[i] != NULL; i++)
    put_fact(writer, error_fact(reason, frame_facts[i]));
  return frame_end(writer, error) && flush(writer, error);
}
