#include "daemon/log.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "daemon/text.h"
#include "rules/error.h"

#define MOST_FIELDS 12
#define VALUE_CHARACTERS                                                                                               \
  256 /* of at most 4 bytes: with MOST_FIELDS an event would pass EVENT_BYTES, so the rest is dropped */
#define EVENT_BYTES 4096

typedef struct {
  char *items[MOST_FIELDS]; /* "NAME=value" */
  int count;
  gsize bytes;
} Event;

static const char *speaker = "yifen";
static gboolean to_journal;

void log_init(const char *who) {
  speaker = who;
  const char *stream = g_getenv("JOURNAL_STREAM"); /* "device:inode" of the stderr that systemd gave */
  struct stat status;
  if (stream == NULL || fstat(STDERR_FILENO, &status) != 0)
    return;
  g_autofree char *ours = g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
  to_journal = g_str_equal(stream, ours);
}

static void add(Event *event, const char *name, const char *value) {
  if (value == NULL || event->count == MOST_FIELDS)
    return;
  g_autofree char *clean = text_clean(value, VALUE_CHARACTERS);
  char *item = g_strconcat(name, "=", clean, NULL);
  gsize bytes = strlen(item) + 6; /* quotes, colon, comma in JSON */
  if (event->bytes + bytes > EVENT_BYTES - 64) {
    g_free(item);
    return;
  }
  event->bytes += bytes;
  event->items[event->count++] = item;
}

static void add_pairs(Event *event, va_list pairs) {
  for (const char *name; (name = va_arg(pairs, const char *)) != NULL;)
    add(event, name, va_arg(pairs, const char *));
}

static void send_to_journal(const Event *event) {
  struct iovec fields[MOST_FIELDS];
  for (int i = 0; i < event->count; i++)
    fields[i] = (struct iovec){event->items[i], strlen(event->items[i])};
  (void)sd_journal_sendv(fields, event->count);
}

static void send_to_stderr(const Event *event) {
  json_t *object = json_object();
  for (int i = 0; i < event->count; i++) {
    g_auto(GStrv) pair = g_strsplit(event->items[i], "=", 2);
    json_object_set_new(object, pair[0], json_string(pair[1]));
  }
  char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
  json_decref(object);
  g_autofree char *line = g_strconcat(text, "\n", NULL);
  free(text);
  if (write(STDERR_FILENO, line, strlen(line)) < 0)
    return; /* nobody is left to tell */
}

static void send_event(int priority, const char *message, const GError *error, va_list pairs) {
  Event event = {0};
  char level[] = {(char)('0' + priority), '\0'};
  g_autofree char *time = NULL;
  if (!to_journal) {
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
  }
  add(&event, "TIME", time);
  add(&event, "PRIORITY", level);
  add(&event, "SYSLOG_IDENTIFIER", "yifend");
  add(&event, "ROLE", speaker);
  add(&event, "MESSAGE", message);
  if (error != NULL) {
    add(&event, "REASON", error_reason(error));
    add(&event, "ERROR", error->message);
  }
  add_pairs(&event, pairs);
  if (to_journal)
    send_to_journal(&event);
  else
    send_to_stderr(&event);
  for (int i = 0; i < event.count; i++)
    g_free(event.items[i]);
}

void log_event(int priority, const char *message, ...) {
  va_list pairs;
  va_start(pairs, message);
  send_event(priority, message, NULL, pairs);
  va_end(pairs);
}

void log_error(const GError *error, const char *message, ...) {
  ErrorKind kind = error_kind(error);
  va_list pairs;
  va_start(pairs, message);
  send_event(kind == ERROR_REFUSED     ? LOG_NOTICE
             : kind == ERROR_TEMPORARY ? LOG_WARNING
                                       : LOG_ERR,
             message, error, pairs);
  va_end(pairs);
}
