#include <string.h>

#include "parsers/clean.h"
#include "parsers/frame.h"
#include "parsers/frame_kinds.h"
#include "rules/error.h"
#include "rules/origin.h"

/* A frame that begins below FLUSH finds place: texts end before TEXTS_END, and behind it is room for the few dozen
 * numbers of any frame. */
enum { HEAD = 5, FLUSH = 128 * 1024, TEXTS_END = FLUSH + HEAD + FRAME_MAX, ROOM = TEXTS_END + 4096 };

enum { LAST = 4 };

typedef struct {
  const char *text; /* the parser's own, of this statement; NULL: none yet */
  gint64 number;
} Origin;

/* The open frame. */
typedef struct {
  guint8 *start, *at, *texts_end;
  gboolean overflowed; /* a text found no place */
} Frame;

struct FrameWriter {
  FrameWrite *write;
  void *user;
  guint8 *bytes; /* ROOM */
  gsize used;
  gint64 statements, entries, statuses;
  char *account;       /* of the open statement, or NULL */
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
  g_free(writer->account);
  g_hash_table_unref(writer->origins);
  g_free(writer);
}

static inline guint8 *write_int(guint8 *to, gint64 value) {
  guint64 rest = (guint64)value << 1 ^ (0 - (guint64)(value < 0));
  for (; rest >= 0x80; rest >>= 7) /* most are small */
    *to++ = (guint8)rest | 0x80;
  *to++ = (guint8)rest;
  return to;
}

static inline void put_int(Frame *frame, gint64 value) {
  frame->at = write_int(frame->at, value);
}

static inline void put_text(Frame *frame, const char *text) {
  gsize size = text == NULL || *text == '\0' ? 0 : strlen(text) + 1;
  if (frame->texts_end - frame->at < (gssize)size) {
    frame->overflowed = TRUE;
    return;
  }
  put_int(frame, (gint64)size);
  if (size == 0)
    return;
  memcpy(frame->at, text, size);
  frame->at += size;
}

static inline void put_money(Frame *frame, const Money *money) {
  put_int(frame, money->minor);
  memcpy(frame->at, money->currency, sizeof money->currency);
  frame->at += sizeof money->currency;
}

static inline void put_known_money(Frame *frame, gboolean known, const Money *money) {
  put_int(frame, known);
  if (known)
    put_money(frame, money);
}

static inline Frame frame_begin(FrameWriter *writer, FrameKind kind) {
  guint8 *start = writer->bytes + writer->used;
  start[HEAD - 1] = (guint8)kind;
  return (Frame){start, start + HEAD, writer->bytes + TEXTS_END, FALSE};
}

static gboolean flush(FrameWriter *writer, GError **error) {
  gboolean done = writer->write(writer->user, writer->bytes, writer->used, error);
  writer->used = 0;
  return done;
}

static inline gboolean frame_end(FrameWriter *writer, const Frame *frame, GError **error) {
  gsize size = (gsize)(frame->at - frame->start) - HEAD;
  if (frame->overflowed || size > FRAME_MAX)
    return error_set(error, ERROR_REFUSED, "field_too_long", NULL);
  guint32 little = GUINT32_TO_LE((guint32)size);
  memcpy(frame->start, &little, sizeof little);
  writer->used = (gsize)(frame->at - writer->bytes);
  return writer->used < FLUSH || flush(writer, error);
}

static gboolean put_statement(FrameWriter *writer, FrameKind kind, const Statement *statement, GError **error) {
  Frame frame = frame_begin(writer, kind);
#define INT(field, low, high) put_int(&frame, statement->field);
#define TEXT(field) put_text(&frame, statement->field);
#define MONEY(has, field) put_known_money(&frame, statement->has, &statement->field);
  FRAME_STATEMENT(INT, TEXT, MONEY)
#undef INT
#undef TEXT
#undef MONEY
  return frame_end(writer, &frame, error);
}

static gboolean write_statement(void *user, const Statement *statement, GError **error) {
  FrameWriter *writer = user;
  writer->statements++;
  g_free(writer->account);
  writer->account = g_strdup(statement->account);
  memset(writer->last, 0, sizeof writer->last);
  writer->next = 0;
  return put_statement(writer, FRAME_STATEMENT_BEGIN, statement, error);
}

static gboolean write_statement_end(void *user, const Statement *statement, GError **error) {
  FrameWriter *writer = user;
  return put_statement(writer, FRAME_STATEMENT_END, statement, error);
}

/* Announces a new origin; 0 for one that cannot be sent: a line without its place is worth more than no line. */
static gint64 announce(FrameWriter *writer, const char *origin, GError **error) {
  guint count = g_hash_table_size(writer->origins);
  if (count >= FRAME_ORIGINS || !origin_valid(origin, strlen(origin)))
    return 0;
  g_hash_table_insert(writer->origins, g_strdup(origin), GUINT_TO_POINTER(count + 1));
  Frame frame = frame_begin(writer, FRAME_ORIGIN);
  put_text(&frame, origin);
  return frame_end(writer, &frame, error) ? (gint64)count + 1 : -1;
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
  Frame frame = frame_begin(writer, FRAME_ENTRY);
#define INT(field, low, high) put_int(&frame, entry->field);
#define TEXT(field) put_text(&frame, entry->field);
#define MONEY(has, field) put_known_money(&frame, entry->has, &entry->field);
  put_money(&frame, &entry->amount);
  put_text(&frame, g_strcmp0(entry->account, writer->account) == 0 ? NULL : entry->account);
  FRAME_ENTRY_FIELDS(INT, TEXT, MONEY)
  put_int(&frame, origin);
#undef INT
#undef TEXT
#undef MONEY
  return frame_end(writer, &frame, error);
}

static gboolean write_status(void *user, const BankStatus *status, GError **error) {
  FrameWriter *writer = user;
  writer->statuses++;
  Frame frame = frame_begin(writer, FRAME_STATUS);
#define INT(field, low, high) put_int(&frame, status->field);
#define TEXT(field) put_text(&frame, status->field);
  FRAME_STATUS_FIELDS(INT, TEXT)
#undef INT
#undef TEXT
  return frame_end(writer, &frame, error);
}

/* Goes out at once: a refusal forgets what is not yet written, and this is why it comes. */
static gboolean write_column_fit(void *user, const ColumnFit *fit, GError **error) {
  FrameWriter *writer = user;
  Frame frame = frame_begin(writer, FRAME_COLUMN_FIT);
#define INT(field, low, high) put_int(&frame, fit->field);
#define TEXT(field) put_text(&frame, fit->field);
  FRAME_COLUMN_FIT_FIELDS(INT, TEXT)
#undef INT
#undef TEXT
  return frame_end(writer, &frame, error) && (writer->used == 0 || flush(writer, error));
}

static gboolean write_left_out(void *user, const char *sheet, GError **error) {
  FrameWriter *writer = user;
  Frame frame = frame_begin(writer, FRAME_LEFT_OUT);
  put_text(&frame, sheet);
  return frame_end(writer, &frame, error);
}

RecordSink frame_writer_sink(FrameWriter *writer) {
  return (RecordSink){write_statement, write_entry,      write_statement_end, write_status,
                      writer,          write_column_fit, write_left_out};
}

gboolean frame_writer_ready(FrameWriter *writer, GError **error) {
  Frame frame = frame_begin(writer, FRAME_READY);
  return frame_end(writer, &frame, error) && flush(writer, error);
}

gboolean frame_writer_end(FrameWriter *writer, GError **error) {
  Frame frame = frame_begin(writer, FRAME_END);
  put_int(&frame, writer->statements);
  put_int(&frame, writer->entries);
  put_int(&frame, writer->statuses);
  return frame_end(writer, &frame, error) && flush(writer, error);
}

/* Facts may hold raw pieces of the file. */
static void put_fact(Frame *frame, const char *fact) {
  g_autofree char *valid = fact == NULL ? NULL : g_utf8_make_valid(fact, (gssize)MIN(strlen(fact), FRAME_FACT_MAX / 4));
  put_text(frame, valid == NULL ? NULL : clean_text(valid, strlen(valid)));
}

gboolean frame_writer_refuse(FrameWriter *writer, const GError *reason, GError **error) {
  writer->used = 0;
  Frame frame = frame_begin(writer, FRAME_REFUSED);
  put_text(&frame, error_reason(reason));
  for (int i = 0; frame_facts[i] != NULL; i++)
    put_fact(&frame, error_fact(reason, frame_facts[i]));
  return frame_end(writer, &frame, error) && flush(writer, error);
}
