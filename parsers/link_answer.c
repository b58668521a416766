#include "parsers/link_answer.h"

#include <jansson.h>
#include <string.h>

#include "parsers/clean.h"
#include "parsers/encoding.h"
#include "parsers/link_message.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { REQUEST, REFERENCE, REASON, TEXT, BANK_REFERENCE, STATUS, STATUS_MOST = 8, FIELDS = STATUS + STATUS_MOST };
enum { LINES_MOST = 1000, TEXT_MOST = 2000, EACH_ID = FIELDS + 1 };

typedef struct {
  char *values[FIELDS];
} Fields;

typedef struct {
  const Link *link;
  const LinkCall *call;
  const char *paths[FIELDS]; /* NULL: not asked for */
  Fields whole;              /* what stands outside the lines */
  GPtrArray *lines;          /* Fields */
  Fields *line;              /* the one that is open, or NULL */
} Answer;

static void fields_clear(Fields *fields) {
  for (int i = 0; i < FIELDS; i++)
    g_free(fields->values[i]);
}

static void fields_free(gpointer fields) {
  fields_clear(fields);
  g_free(fields);
}

static gboolean per_line(const Answer *answer, int field) {
  gsize length = answer->call->each == NULL ? 0 : strlen(answer->call->each);
  const char *path = answer->paths[field];
  return length > 0 && path != NULL && strncmp(path, answer->call->each, length) == 0 && path[length] == '/';
}

static void answer_init(Answer *answer, const Link *link, const LinkCall *call) {
  const char *const paths[] = {call->request, call->reference, call->reason, call->text, call->bank_reference};
  *answer = (Answer){.link = link, .call = call, .lines = g_ptr_array_new_with_free_func(fields_free)};
  memcpy(answer->paths, paths, sizeof paths);
  for (int i = 0; i < STATUS_MOST && call->status[i] != NULL; i++)
    answer->paths[STATUS + i] = call->status[i];
}

static void answer_clear(Answer *answer) {
  fields_clear(&answer->whole);
  g_ptr_array_unref(answer->lines);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static gboolean add_line(Answer *answer, GError **error) {
  if (answer->lines->len >= LINES_MOST)
    return error_set(error, ERROR_REFUSED, "too_large", NULL);
  answer->line = g_new0(Fields, 1);
  g_ptr_array_add(answer->lines, answer->line);
  return TRUE;
}

/* text NULL: the element is empty, which is as if it were not there. */
static gboolean set(Answer *answer, int field, const char *text, GError **error) {
  Fields *fields = per_line(answer, field) ? answer->line : &answer->whole;
  g_autofree char *copy = text == NULL ? NULL : g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), TEXT_MOST));
  const char *clean = copy == NULL ? NULL : clean_text(copy, strlen(copy));
  if (fields == NULL || clean == NULL)
    return TRUE;
  if (fields->values[field] != NULL)
    return error_set(error, ERROR_REFUSED, "answer_twice", "field", answer->paths[field], NULL);
  fields->values[field] = g_strdup(clean);
  return TRUE;
}

/* ---- meaning ---- */

static const char *value(const Answer *answer, const Fields *line, int field) {
  const char *own = line == NULL ? NULL : line->values[field];
  return own != NULL ? own : answer->whole.values[field];
}

/* "SUC0000/FIN/S"; parts that the answer has not are empty. NULL when all are. */
static char *status_of(const Answer *answer, const Fields *line) {
  GString *status = g_string_new(NULL);
  gboolean any = FALSE;
  for (int i = STATUS; i < FIELDS && answer->paths[i] != NULL; i++) {
    const char *part = value(answer, line, i);
    g_string_append_printf(status, "%s%s", i > STATUS ? "/" : "", part == NULL ? "" : part);
    any |= part != NULL;
  }
  return g_string_free(status, !any);
}

static LinkMeaning meaning_of(const LinkCall *call, const char *status) {
  for (LinkMeaning meaning = 0; meaning < LINK_MEANINGS; meaning++)
    for (char **word = call->words[meaning]; word != NULL && *word != NULL; word++)
      if (g_pattern_match_simple(*word, status))
        return meaning;
  return LINK_MEANINGS;
}

static gboolean missing(GError **error, const char *path) {
  return error_set(error, ERROR_REFUSED, "answer_field", "field", path, NULL);
}

static gboolean emit(const Answer *answer, const Fields *line, const RecordSink *sink, GError **error) {
  g_autofree char *own = status_of(answer, line);
  if (own == NULL)
    return missing(error, answer->paths[STATUS]);
  if (answer->paths[REQUEST] != NULL && value(answer, line, REQUEST) == NULL)
    return missing(error, answer->paths[REQUEST]);
  if (line != NULL && value(answer, line, REFERENCE) == NULL)
    return missing(error, answer->paths[REFERENCE]);
  const char *text = value(answer, line, TEXT);
  g_autofree char *detail = g_strjoin(" ", own, text, NULL);
  const BankStatus status = {.level = STATUS_TRANSACTION,
                             .message_id = (char *)value(answer, line, REQUEST),
                             .end_to_end_id = (char *)value(answer, line, REFERENCE),
                             .status = (char *)link_status_word(meaning_of(answer->call, own)),
                             .reason = (char *)value(answer, line, REASON),
                             .detail = detail,
                             .bank_reference = (char *)value(answer, line, BANK_REFERENCE)};
  return sink->status(sink->user, &status, error);
}

static gboolean emit_all(const Answer *answer, const RecordSink *sink, GError **error) {
  if (answer->lines->len == 0)
    return emit(answer, NULL, sink, error);
  for (guint i = 0; i < answer->lines->len; i++)
    if (!emit(answer, answer->lines->pdata[i], sink, error))
      return FALSE;
  return TRUE;
}

/* ---- XML ---- */

static gboolean on_start(void *user, int id, const XmlElement *element, GError **error) {
  (void)element;
  return id != EACH_ID || add_line(user, error);
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Answer *answer = user;
  if (id == EACH_ID)
    answer->line = NULL;
  for (int i = 0; id != EACH_ID && i < FIELDS; i++) /* one element may be several fields */
    if (g_strcmp0(answer->paths[i], answer->paths[id - 1]) == 0 && !set(answer, i, text, error))
      return FALSE;
  return TRUE;
}

static gboolean first_of_path(const Answer *answer, int field) {
  for (int i = 0; i < field; i++)
    if (g_strcmp0(answer->paths[i], answer->paths[field]) == 0)
      return FALSE;
  return TRUE;
}

static gssize read_text(void *user, goffset offset, void *buffer, gsize size, GError **error) {
  const GString *text = user;
  gsize from = MIN((gsize)offset, text->len), got = MIN(size, text->len - from);
  (void)error;
  memcpy(buffer, text->str + from, got);
  return (gssize)got;
}

static gboolean parse_xml(Answer *answer, const Source *source, GError **error) {
  XmlPath paths[FIELDS + 2] = {{NULL, 0}};
  int count = 0;
  for (int i = 0; i < FIELDS; i++)
    if (answer->paths[i] != NULL && first_of_path(answer, i))
      paths[count++] = (XmlPath){answer->paths[i], i + 1};
  if (answer->call->each != NULL)
    paths[count++] = (XmlPath){answer->call->each, EACH_ID};
  const XmlHandler handler = {on_start, on_end, answer};
  g_autoptr(XmlReader) reader = xml_reader_new(paths, &handler);
  return xml_reader_parse(reader, source, error);
}

/* ---- JSON ---- */

/* One step down; an array of one is its element. *twice: it holds several. */
static const json_t *step(const json_t *at, const char *name, gboolean *twice) {
  while (json_is_array(at)) {
    *twice |= json_array_size(at) > 1;
    at = json_array_get(at, 0);
  }
  return json_object_get(at, name);
}

/* `path` from `at`; NULL: there is none. */
static const json_t *walk(const json_t *at, const char *path, gboolean *twice) {
  g_auto(GStrv) names = g_strsplit(path, "/", -1);
  for (char **name = names; at != NULL && *name != NULL; name++)
    at = step(at, *name, twice);
  return at;
}

static gboolean set_json(Answer *answer, int field, const json_t *from, const char *path, GError **error) {
  gboolean twice = FALSE;
  const json_t *found = walk(from, path, &twice);
  if (twice)
    return error_set(error, ERROR_REFUSED, "answer_twice", "field", path, NULL);
  if (json_is_string(found))
    return set(answer, field, json_string_value(found), error);
  if (!json_is_integer(found))
    return found == NULL || json_is_null(found) || missing(error, path);
  g_autofree char *number = g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(found));
  return set(answer, field, number, error);
}

static gboolean json_fields(Answer *answer, const json_t *from, gboolean lines, GError **error) {
  for (int i = 0; i < FIELDS; i++) {
    const char *path = answer->paths[i];
    if (path == NULL || per_line(answer, i) != lines)
      continue;
    if (!set_json(answer, i, from, lines ? path + strlen(answer->call->each) + 1 : path, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean json_line(Answer *answer, const json_t *line, GError **error) {
  return add_line(answer, error) && json_fields(answer, line, TRUE, error);
}

static gboolean json_lines(Answer *answer, const json_t *root, GError **error) {
  gboolean twice = FALSE;
  const json_t *each = answer->call->each == NULL ? NULL : walk(root, answer->call->each, &twice);
  if (twice)
    return error_set(error, ERROR_REFUSED, "answer_twice", "field", answer->call->each, NULL);
  if (json_is_object(each))
    return json_line(answer, each, error);
  for (gsize i = 0; i < json_array_size(each); i++)
    if (!json_line(answer, json_array_get(each, i), error))
      return FALSE;
  return TRUE;
}

static gboolean decode(const Link *link, const char *bytes, gsize size, GString *text, GError **error) {
  Encoding encoding = ENCODING_UTF8;
  (void)encoding_by_name(link->encoding, &encoding);
  g_autoptr(Decoder) decoder = decoder_new(encoding);
  return decoder_feed(decoder, bytes, size, text, error) && decoder_finish(decoder, error);
}

/* XML that does not say its encoding is in that of the bank. */
static gboolean parse_bare_xml(Answer *answer, const char *bytes, gsize size, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  const Source source = {read_text, text};
  return decode(answer->link, bytes, size, text, error) && parse_xml(answer, &source, error);
}

static gboolean parse_json(Answer *answer, const char *bytes, gsize size, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  if (!decode(answer->link, bytes, size, text, error))
    return FALSE;
  json_auto_t *root = json_loadb(text->str, text->len, JSON_REJECT_DUPLICATES, NULL);
  if (!json_is_object(root))
    return error_set(error, ERROR_REFUSED, "json_syntax", NULL);
  return json_fields(answer, root, FALSE, error) && json_lines(answer, root, error);
}

gboolean link_answer_parse(const Link *link, const LinkCall *call, const Source *source, const RecordSink *sink,
                           GError **error) {
  g_auto(Answer) answer;
  answer_init(&answer, link, call);
  goffset size = source_size(source, error);
  if (size < 0)
    return FALSE;
  if (size > LINK_ANSWER_MAX)
    return error_set(error, ERROR_REFUSED, "too_large", NULL);
  g_autofree char *bytes = g_malloc((gsize)size + 1);
  if (!source_read(source, 0, bytes, (gsize)size, error))
    return *error == NULL ? error_set(error, ERROR_REFUSED, "unreadable", NULL) : FALSE;
  gboolean named = size >= 5 && memcmp(bytes, "<?xml", 5) == 0;
  gboolean parsed = link->format == LINK_JSON ? parse_json(&answer, bytes, (gsize)size, error)
                    : named                   ? parse_xml(&answer, source, error)
                                              : parse_bare_xml(&answer, bytes, (gsize)size, error);
  return parsed && emit_all(&answer, sink, error);
}
