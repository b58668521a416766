/* For tests of parsers: bytes in memory to records as JSON lines. */
#ifndef YIFEN_TESTS_PARSING_H
#define YIFEN_TESTS_PARSING_H

#include <glib.h>
#include <string.h>

#include "parsers/entry_json.h"
#include "parsers/parse.h"
#include "parsers/profile.h"
#include "rules/error.h"

typedef struct {
  const char *bytes;
  gsize size;
} Memory;

typedef struct {
  const char *file;
  GString *text;  /* what was said, statement first */
  GString *lines; /* of the open statement */
  gboolean open, disorder;
  int statuses;
} Collector;

static inline gssize memory_read(void *user, goffset offset, void *buffer, gsize size, G_GNUC_UNUSED GError **error) {
  const Memory *memory = user;
  gsize left = memory->size - MIN((gsize)offset, memory->size), got = MIN(left, size);
  memcpy(buffer, memory->bytes + MIN((gsize)offset, memory->size), got);
  return (gssize)got;
}

static inline void collect_json(GString *text, json_t *object) {
  char *line = json_dumps(object, JSON_COMPACT);
  g_string_append_printf(text, "%s\n", line);
  free(line);
  json_decref(object);
}

static inline gboolean collect_statement(void *user, G_GNUC_UNUSED const Statement *statement,
                                         G_GNUC_UNUSED GError **error) {
  Collector *collector = user;
  collector->disorder |= collector->open;
  collector->open = TRUE;
  return TRUE;
}

static inline gboolean collect_entry(void *user, const Entry *entry, G_GNUC_UNUSED GError **error) {
  Collector *collector = user;
  collector->disorder |= !collector->open;
  collect_json(collector->lines, entry_json(entry, collector->file));
  return TRUE;
}

static inline gboolean collect_end(void *user, const Statement *statement, G_GNUC_UNUSED GError **error) {
  Collector *collector = user;
  collector->disorder |= !collector->open;
  collector->open = FALSE;
  collect_json(collector->text, statement_json(statement, collector->file));
  g_string_append_len(collector->text, collector->lines->str, (gssize)collector->lines->len);
  g_string_truncate(collector->lines, 0);
  return TRUE;
}

static inline gboolean collect_status(void *user, const BankStatus *status, G_GNUC_UNUSED GError **error) {
  Collector *collector = user;
  collector->statuses++;
  g_string_append_printf(collector->text, "%d %s %s %s %s %s %s %s\n", status->level, status->message_id,
                         status->payment_id, status->end_to_end_id, status->status, status->reason, status->detail,
                         status->bank_reference);
  return TRUE;
}

static inline Collector collector_make(const char *file) {
  return (Collector){.file = file, .text = g_string_new(NULL), .lines = g_string_new(NULL)};
}

static inline void collector_free(Collector *collector) {
  g_string_free(collector->text, TRUE);
  g_string_free(collector->lines, TRUE);
}

static inline RecordSink collector_sink(Collector *collector) {
  return (RecordSink){collect_statement, collect_entry, collect_end, collect_status, collector};
}

/* The records as JSON lines, or "refused REASON" with line, column, field and value; the caller frees. */
static inline char *parse_text(const char *file, const void *bytes, gsize size, gboolean status, GPtrArray *profiles) {
  Memory memory = {bytes, size};
  Source source = {memory_read, &memory};
  Collector collector = collector_make(file);
  RecordSink sink = collector_sink(&collector);
  g_autoptr(GError) error = NULL;
  gboolean good = status ? parse_status(&source, &sink, &error) : parse_statement(&source, profiles, &sink, &error);
  g_assert_false(good && (collector.disorder || collector.open));
  char *said = good ? g_strdup(collector.text->str) : g_strdup_printf("refused %s", error->message);
  collector_free(&collector);
  return said;
}

#endif
