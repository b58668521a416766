#include "parsers/keyfile.h"

#include <string.h>

#include "rules/error.h"

typedef struct {
  KeyFile *file;
  KeySection *section;
  KeyItem *item; /* what a continuation line belongs to */
  int line;
} Reader;

static void item_free(gpointer data) {
  KeyItem *item = data;
  g_free(item->key);
  g_free(item->value);
  g_free(item);
}

static void section_free(gpointer data) {
  KeySection *section = data;
  g_free(section->kind);
  g_free(section->name);
  g_ptr_array_unref(section->items);
  g_free(section);
}

void keyfile_free(KeyFile *keyfile) {
  if (keyfile == NULL)
    return;
  g_free(keyfile->file);
  g_ptr_array_unref(keyfile->sections);
  g_free(keyfile);
}

static gboolean refuse(const char *reason, const char *file, int line, const char *fact, const char *value,
                       GError **error) {
  g_autofree char *number = g_strdup_printf("%d", line);
  return error_set(error, ERROR_PERMANENT, reason, "file", file, "line", number, fact, value, NULL);
}

static gboolean take_section(Reader *reader, char *text, GError **error) {
  const char *file = reader->file->file;
  gsize length = strlen(text);
  if (text[length - 1] != ']')
    return refuse("config_syntax", file, reader->line, "value", text, error);
  text[length - 1] = '\0';
  g_auto(GStrv) words = g_strsplit_set(g_strstrip(text + 1), " \t", 2);
  char *kind = words[0], *name = kind != NULL && words[1] != NULL ? g_strstrip(words[1]) : NULL;
  if (kind == NULL || *kind == '\0' || (name != NULL && *name == '\0'))
    return refuse("config_syntax", file, reader->line, "value", "[]", error);
  if (keyfile_section(reader->file, kind, name) != NULL)
    return refuse("config_twice", file, reader->line, "field", text + 1, error);

  KeySection *section = g_new0(KeySection, 1);
  section->kind = g_strdup(kind);
  section->name = g_strdup(name);
  section->line = reader->line;
  section->items = g_ptr_array_new_with_free_func(item_free);
  g_ptr_array_add(reader->file->sections, section);
  reader->section = section;
  reader->item = NULL;
  return TRUE;
}

static gboolean take_item(Reader *reader, char *text, GError **error) {
  const char *file = reader->file->file;
  char *equals = strchr(text, '=');
  if (equals == NULL || equals == text || reader->section == NULL)
    return refuse("config_syntax", file, reader->line, "value", text, error);
  *equals = '\0';
  const char *key = g_strchomp(text);
  if (keysection_value(reader->section, key) != NULL)
    return refuse("config_twice", file, reader->line, "field", key, error);

  KeyItem *item = g_new0(KeyItem, 1);
  item->key = g_strdup(key);
  item->value = g_strdup(g_strstrip(equals + 1));
  item->line = reader->line;
  g_ptr_array_add(reader->section->items, item);
  reader->item = item;
  return TRUE;
}

static gboolean take_continuation(Reader *reader, const char *text, GError **error) {
  if (reader->item == NULL)
    return refuse("config_syntax", reader->file->file, reader->line, "value", text, error);
  char *joined = g_strconcat(reader->item->value, "\n", text, NULL);
  g_free(reader->item->value);
  reader->item->value = joined;
  return TRUE;
}

static gboolean take_line(Reader *reader, char *line, GError **error) {
  gboolean continued = line[0] == ' ' || line[0] == '\t';
  char *text = g_strstrip(line);
  if (text[0] == '\0' || (!continued && (text[0] == '#' || text[0] == ';')))
    return TRUE;
  if (continued)
    return take_continuation(reader, text, error);
  return text[0] == '[' ? take_section(reader, text, error) : take_item(reader, text, error);
}

static int line_of(const char *text, const char *place) {
  int line = 1;
  for (const char *at = text; at < place; at++)
    line += *at == '\n';
  return line;
}

KeyFile *keyfile_parse(const char *file, const char *text, gsize length, GError **error) {
  const char *bad = NULL;
  if (!g_utf8_validate_len(text, length, &bad)) { /* a NUL is bad here too */
    refuse("config_syntax", file, line_of(text, bad), "value", "UTF-8", error);
    return NULL;
  }
  g_autoptr(KeyFile) keyfile = g_new0(KeyFile, 1);
  keyfile->file = g_strdup(file);
  keyfile->sections = g_ptr_array_new_with_free_func(section_free);

  g_autofree char *copy = g_strndup(text, length);
  g_auto(GStrv) lines = g_strsplit(g_str_has_prefix(copy, "\xEF\xBB\xBF") ? copy + 3 : copy, "\n", -1);
  Reader reader = {.file = keyfile};
  for (char **line = lines; *line != NULL; line++) {
    reader.line++;
    if (!take_line(&reader, *line, error))
      return NULL;
  }
  return g_steal_pointer(&keyfile);
}

const KeySection *keyfile_section(const KeyFile *keyfile, const char *kind, const char *name) {
  for (guint i = 0; i < keyfile->sections->len; i++) {
    const KeySection *section = keyfile->sections->pdata[i];
    if (g_str_equal(section->kind, kind) && g_strcmp0(section->name, name) == 0)
      return section;
  }
  return NULL;
}

static const KeyItem *find_item(const KeySection *section, const char *key) {
  for (guint i = 0; i < section->items->len; i++) {
    const KeyItem *item = section->items->pdata[i];
    if (g_str_equal(item->key, key))
      return item;
  }
  return NULL;
}

const char *keysection_value(const KeySection *section, const char *key) {
  const KeyItem *item = find_item(section, key);
  return item != NULL ? item->value : NULL;
}

int keysection_line(const KeySection *section, const char *key) {
  const KeyItem *item = find_item(section, key);
  return item != NULL ? item->line : section->line;
}

/* Levenshtein's distance, one row at a time. */
static gsize distance(const char *a, const char *b) {
  gsize width = strlen(b);
  g_autofree gsize *row = g_new(gsize, width + 1);
  for (gsize j = 0; j <= width; j++)
    row[j] = j;
  for (gsize i = 0; a[i] != '\0'; i++) {
    gsize diagonal = row[0];
    row[0] = i + 1;
    for (gsize j = 0; j < width; j++) {
      gsize replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = MIN(replaced, MIN(row[j], diagonal) + 1);
    }
  }
  return row[width];
}

const char *keyfile_nearest(const char *word, const char *const *known) {
  const char *nearest = NULL;
  gsize least = G_MAXSIZE;
  for (; *known != NULL; known++) {
    gsize far = distance(word, *known);
    if (far < least) {
      least = far;
      nearest = *known;
    }
  }
  return nearest;
}

gboolean keysection_check(const KeyFile *keyfile, const KeySection *section, const char *const *known, GError **error) {
  for (guint i = 0; i < section->items->len; i++) {
    const KeyItem *item = section->items->pdata[i];
    if (g_strv_contains(known, item->key))
      continue;
    refuse("config_key", keyfile->file, item->line, "field", item->key, error);
    error_add(error, "expected", keyfile_nearest(item->key, known));
    return FALSE;
  }
  return TRUE;
}
