#include "parsers/sheet_miss.h"

#include <string.h>

enum { LIKE = 40 /* per cent */, NAME_CHARACTERS = 64 };

static void near_clear(SheetNear *near) {
  g_strfreev(near->names);
  *near = (SheetNear){0};
}

void sheet_miss_clear(SheetMiss *miss) {
  for (guint i = 0; i < miss->count; i++)
    near_clear(&miss->near[i]);
  *miss = (SheetMiss){0};
}

static gboolean nearer(const SheetNear *one, const SheetNear *other) {
  return one->found * other->wanted > other->found * one->wanted;
}

static void take_out(SheetMiss *miss, guint index) {
  near_clear(&miss->near[index]);
  miss->count--;
  memmove(&miss->near[index], &miss->near[index + 1], (miss->count - index) * sizeof miss->near[0]);
  miss->near[miss->count] = (SheetNear){0};
}

void sheet_miss_note(SheetMiss *miss, const SheetNear *near) {
  guint most = CLAMP(miss->most, 1, SHEET_MISSES_ONE), place = 0;
  if (near->found == 0)
    return;
  for (guint i = 0; i < miss->count; i++)
    if (miss->near[i].layout == near->layout) {
      if (!nearer(near, &miss->near[i]))
        return;
      take_out(miss, i);
    }
  while (place < miss->count && !nearer(near, &miss->near[place]))
    place++;
  if (place == most)
    return;
  if (miss->count == most)
    take_out(miss, most - 1);
  memmove(&miss->near[place + 1], &miss->near[place], (miss->count - place) * sizeof miss->near[0]);
  miss->near[place] = *near;
  miss->near[place].names = g_strdupv(near->names);
  miss->count++;
}

char *sheet_near_missing(const SheetNear *near) {
  GString *names = g_string_new(NULL);
  for (int column = 0; column < COLUMNS; column++)
    if (!near->layout->columns[column].optional && near->at[column] < 0)
      g_string_append_printf(names, "%s%s", names->len > 0 ? "、" : "", near->layout->columns[column].names[0]);
  return g_string_free(names, names->len == 0);
}

/* How alike two names are, in per cent: the characters that they share. */
static guint likeness(const char *name, const char *other) {
  glong length = g_utf8_strlen(name, -1), other_length = g_utf8_strlen(other, -1);
  gboolean used[NAME_CHARACTERS] = {0};
  guint shared = 0;
  if (length == 0 || other_length == 0 || length > NAME_CHARACTERS || other_length > NAME_CHARACTERS)
    return 0;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
    gboolean found = FALSE;
    int i = 0;
    for (const char *to = other; *to != '\0' && !found; to = g_utf8_next_char(to), i++)
      if (!used[i] && g_utf8_get_char(at) == g_utf8_get_char(to))
        used[i] = found = TRUE;
    shared += found;
  }
  return 200 * shared / (guint)(length + other_length);
}

static gboolean is_taken(const SheetNear *near, int cell) {
  for (int column = 0; column < COLUMNS; column++)
    if (near->at[column] == cell)
      return TRUE;
  return FALSE;
}

/* The cell that no column took whose name is most like one of the names; -1 when none is like them. */
static int most_alike(const SheetNear *near, char *const *names) {
  guint best = LIKE;
  int found = -1;
  for (int i = 0; near->names[i] != NULL; i++) {
    g_autofree char *key = layout_key(near->names[i]);
    for (char *const *name = names; *name != NULL && !is_taken(near, i); name++) {
      guint like = likeness(*name, key);
      found = like > best ? i : found;
      best = MAX(best, like);
    }
  }
  return found;
}

static gboolean tell_column(const SheetNear *near, int column, const RecordSink *sink, GError **error) {
  const Layout *layout = near->layout;
  char *const *names = layout->columns[column].names;
  int at = near->at[column], shown = at >= 0 ? at : most_alike(near, names);
  g_autofree char *name = g_strconcat(layout->profile, "/", layout->name, NULL),
                  *wanted = g_strjoinv("|", (char **)names);
  ColumnFit fit = {.layout = name,
                   .line = near->line,
                   .column = (char *)layout_column_name((Column)column),
                   .wanted = wanted,
                   .found = at >= 0,
                   .at = shown + 1,
                   .header = shown < 0 ? NULL : near->names[shown]};
  return sink->column_fit(sink->user, &fit, error);
}

/* The words that stand there, or do not. */
static gboolean tell_rule(const SheetNear *near, const RecordSink *sink, GError **error) {
  g_autofree char *name = g_strconcat(near->layout->profile, "/", near->layout->name, NULL);
  g_autofree char *words = near->rule == NULL ? NULL : g_strjoinv("|", (char **)near->words);
  ColumnFit fit = {.layout = name, .line = near->line, .column = (char *)near->rule, .wanted = words};
  return near->rule == NULL || sink->column_fit(sink->user, &fit, error);
}

static gboolean tell(const SheetNear *near, const RecordSink *sink, GError **error) {
  for (int column = 0; column < COLUMNS; column++)
    if (!near->layout->columns[column].optional && !tell_column(near, column, sink, error))
      return FALSE;
  return tell_rule(near, sink, error);
}

gboolean sheet_miss_tell(const SheetMiss *miss, const RecordSink *sink, GError **error) {
  for (guint i = 0; sink->column_fit != NULL && i < miss->count; i++)
    if (!tell(&miss->near[i], sink, error))
      return FALSE;
  return TRUE;
}
