#include "parsers/mt940.h"

#include <string.h>

#include "parsers/mt940_message.h"
#include "rules/error.h"

enum { HEAD = 4096, LINE_MAX_BYTES = 16 * 1024, TAG_BYTES = 8 };

struct Mt940 {
  Mt940Message *message;
  GString *pending; /* text whose line has not ended */
  gboolean begun;   /* HEAD bytes were seen, or the end */
  gboolean signs;   /* lines end in "@@" */
  gint64 number;    /* of the present line */

  char tag[TAG_BYTES]; /* open field: "61", "62F"; "" between messages */
  gint64 tag_line;
  GString *field;

  gboolean enveloped; /* in a block {4: that has not ended */
  gboolean ended;     /* a line "-" stood last */
};

Mt940 *mt940_new(const RecordSink *sink) {
  Mt940 *mt940 = g_new0(Mt940, 1);
  mt940->message = mt940_message_new(sink);
  mt940->pending = g_string_new(NULL);
  mt940->field = g_string_new(NULL);
  return mt940;
}

void mt940_free(Mt940 *mt940) {
  if (mt940 == NULL)
    return;
  mt940_message_free(mt940->message);
  g_string_free(mt940->pending, TRUE);
  g_string_free(mt940->field, TRUE);
  g_free(mt940);
}

static gboolean refuse(const Mt940 *mt940, const char *reason, const char *expected, GError **error) {
  error_set(error, ERROR_REFUSED, reason, "expected", expected, NULL);
  return mt940_at_line(mt940->number, mt940->tag, error);
}

static gboolean field_over(Mt940 *mt940, GError **error) {
  if (mt940->tag[0] == '\0')
    return TRUE;
  gboolean done = mt940_message_field(mt940->message, mt940->tag, mt940->field, mt940->tag_line, error);
  mt940->tag[0] = '\0';
  g_string_truncate(mt940->field, 0);
  return done;
}

/* Lines ------------------------------------------------------------------------------------------------------------ */

/* Blanks, and the control characters that frame messages on a line (SOH, ETX). */
static gsize blanks(const char *text) {
  gsize size = 0;
  while (text[size] != '\0' && (guchar)text[size] <= ' ')
    size++;
  return size;
}

gsize mt940_tag(const char *line) {
  gsize at = blanks(line);
  if (line[at] != ':' || !g_ascii_isdigit(line[at + 1]) || !g_ascii_isdigit(line[at + 2]))
    return 0;
  gsize end = at + 3 + (g_ascii_isupper(line[at + 3]) ? 1 : 0);
  return line[end] == ':' ? end + 1 : 0;
}

static gboolean append(Mt940 *mt940, const char *text, gsize size, GError **error) {
  if (mt940->field->len + size > MT940_FIELD_BYTES)
    return refuse(mt940, "field_too_long", NULL, error);
  gsize before = mt940->field->len;
  g_string_append_len(mt940->field, text, (gssize)size);
  for (char *at = mt940->field->str + before; *at != '\0'; at++)
    if ((guchar)*at < 0x20)
      *at = ' ';
  return TRUE;
}

static gboolean is_dash(const char *text) {
  return text[0] == '-' && text[1 + blanks(text + 1)] == '\0';
}

/* A line "-" before the end of a message was no text of its last field. */
static void drop_dash(Mt940 *mt940) {
  if (mt940->ended && mt940->field->len > 0)
    g_string_truncate(mt940->field, (gsize)(strrchr(mt940->field->str, '\n') - mt940->field->str));
}

static gboolean tag_begin(Mt940 *mt940, const char *line, gsize size, gsize tag_size, GError **error) {
  const char *tag = line + blanks(line) + 1;
  if (g_str_has_prefix(tag, "20:"))
    drop_dash(mt940);
  if (!field_over(mt940, error))
    return FALSE;
  g_snprintf(mt940->tag, sizeof mt940->tag, "%.*s", (int)(line + tag_size - 1 - tag), tag);
  mt940->tag_line = mt940->number;
  mt940->ended = FALSE;
  return append(mt940, line + tag_size, size - tag_size, error);
}

static gboolean over(Mt940 *mt940, gboolean ended, GError **error) {
  return mt940_message_over(mt940->message, ended, error) || mt940_at_line(mt940->number, mt940->tag, error);
}

/* The message is over where its closing balance has been, or nothing more comes: else "-" may be text. */
static gboolean message_end(Mt940 *mt940, GError **error) {
  if (!field_over(mt940, error))
    return FALSE;
  mt940->ended = TRUE;
  mt940->enveloped = FALSE;
  return !mt940_message_is_closed(mt940->message) || over(mt940, TRUE, error);
}

/* "{1:F01...}{2:O940...}{4:", perhaps with a tag behind it. */
static gboolean envelope(Mt940 *mt940, const char *line, GError **error);

static gboolean line_take(Mt940 *mt940, const char *line, gsize size, GError **error) {
  gsize tag = mt940_tag(line);
  const char *text = line + blanks(line);
  if (tag > 0)
    return tag_begin(mt940, line, size, tag, error);
  if (text[0] == '{' && text[1] >= '1' && text[1] <= '5' && text[2] == ':')
    return envelope(mt940, text, error);
  if (text[0] == '-' && text[1] == '}') {
    if (!message_end(mt940, error) || !over(mt940, TRUE, error))
      return FALSE;
    const char *next = strstr(text, "{1:");
    return next == NULL || envelope(mt940, next, error);
  }
  if (g_str_has_prefix(text, ":NS")) { /* a national field, no text of the one before it */
    if (!field_over(mt940, error))
      return FALSE;
    const char *colon = strchr(text + 1, ':');
    g_strlcpy(mt940->tag, "00", sizeof mt940->tag); /* MT940_NATIONAL */
    mt940->tag_line = mt940->number;
    return colon == NULL || append(mt940, colon + 1, strlen(colon + 1), error);
  }
  if (text[0] == '\0' || mt940->tag[0] == '\0')
    return TRUE;
  if (is_dash(text) && mt940_message_is_closed(mt940->message))
    return message_end(mt940, error);
  mt940->ended = is_dash(text);
  g_string_append_c(mt940->field, '\n');
  return append(mt940, line, size, error);
}

static gboolean envelope(Mt940 *mt940, const char *line, GError **error) {
  drop_dash(mt940);
  if (!field_over(mt940, error))
    return FALSE;
  if (!over(mt940, TRUE, error))
    return FALSE;
  const char *type = g_strrstr(line, "{2:"), *body = g_strrstr(line, "{4:"); /* the first may be an acknowledgement's */
  if (type != NULL && (type[3] == 'O' || type[3] == 'I'))
    mt940_message_expect(mt940->message, strncmp(type + 4, "942", 3) == 0);
  mt940->enveloped = body != NULL;
  return body == NULL || body[3] == '\0' || line_take(mt940, body + 3, strlen(body + 3), error);
}

static gboolean take_lines(Mt940 *mt940, gboolean last, GError **error) {
  char *at = mt940->pending->str, *end = at + mt940->pending->len;
  char *feed = at; /* the next LF, or the end */
  while (at < end) {
    if (feed <= at && *feed != '\n' && (feed = memchr(at, '\n', (gsize)(end - at))) == NULL)
      feed = end;
    char *stop = memchr(at, '\r', (gsize)(feed - at));
    if (stop == NULL)
      stop = feed;
    if (!last && (stop == end || (*stop == '\r' && stop + 1 == end)))
      break;
    char *next = stop == end ? end : stop + (stop[0] == '\r' && stop[1] == '\n' ? 2 : 1);
    *stop = '\0';
    mt940->number++;
    if (!line_take(mt940, at, (gsize)(stop - at), error))
      return FALSE;
    at = next;
    if (feed < at)
      feed = at;
  }
  g_string_erase(mt940->pending, 0, at - mt940->pending->str);
  return mt940->pending->len <= LINE_MAX_BYTES || refuse(mt940, "field_too_long", NULL, error);
}

/* FinTS joins lines by "@@"; a file that begins so has no other line ends. */
static void find_signs(Mt940 *mt940) {
  const char *head = mt940->pending->str;
  mt940->signs = g_str_has_prefix(head, "@@:") || g_strstr_len(head, HEAD, "@@:25:") != NULL;
  mt940->begun = TRUE;
}

static void split_signs(Mt940 *mt940, gsize from) {
  GString *text = mt940->pending;
  for (char *at = text->str + (from > 0 ? from - 1 : 0); mt940->signs && (at = strstr(at, "@@")) != NULL;)
    at[0] = at[1] = '\n';
}

gboolean mt940_feed(Mt940 *mt940, const char *text, gsize size, GError **error) {
  gsize from = mt940->begun ? mt940->pending->len : 0;
  g_string_append_len(mt940->pending, text, (gssize)size);
  if (!mt940->begun && mt940->pending->len < HEAD)
    return TRUE;
  if (!mt940->begun)
    find_signs(mt940);
  split_signs(mt940, from);
  return take_lines(mt940, FALSE, error);
}

gboolean mt940_finish(Mt940 *mt940, GError **error) {
  if (!mt940->begun) {
    find_signs(mt940);
    split_signs(mt940, 0);
  }
  if (!take_lines(mt940, TRUE, error))
    return FALSE;
  drop_dash(mt940);
  if (!field_over(mt940, error))
    return FALSE;
  if (mt940_message_is_open(mt940->message) && mt940->enveloped && !mt940->ended)
    return refuse(mt940, "mt940_cut", "-}", error);
  if (!over(mt940, mt940->ended, error))
    return FALSE;
  return mt940_message_found(mt940->message) || refuse(mt940, "mt940_cut", ":20:", error);
}
