#include "parsers/sheet_fit.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/profile.h"

enum { LEAST_COLUMNS = 3 };

void sheet_fit_clear(SheetFit *fit) {
  g_strfreev(fit->keys);
  g_strfreev(fit->names);
  *fit = (SheetFit){0};
}

void sheet_miss_clear(SheetMiss *miss) {
  g_free(miss->missing);
  *miss = (SheetMiss){0};
}

gboolean sheet_key_in(const char *key, char *const *words) {
  return g_strv_contains((const char *const *)words, key);
}

/* The key of a header cell, without an English name in brackets. */
static char *header_key(const char *cell) {
  char *key = clean_key(cell);
  char *bracket = strchr(key, '[');
  if (bracket != NULL && bracket != key)
    *bracket = '\0';
  return key;
}

static char **header_keys(const SheetRow *row, guint *named) {
  char **keys = g_new0(char *, row->count + 1);
  *named = 0;
  for (guint i = 0; i < row->count; i++) {
    keys[i] = header_key(row->cells[i]);
    *named += *keys[i] != '\0';
  }
  return keys;
}

static char **header_names(const SheetRow *row) {
  char **names = g_new0(char *, row->count + 1);
  for (guint i = 0; i < row->count; i++) {
    g_autofree char *copy = g_strdup(row->cells[i]);
    const char *name = clean_text(copy, strlen(copy));
    names[i] = g_strdup(name == NULL ? "" : name);
  }
  return names;
}

/* The one cell with a name of this column, -1 when none or several have it. */
static int find_column(char *const *keys, char *const *names) {
  for (; *names != NULL; names++) {
    int found = -1;
    for (int i = 0; keys[i] != NULL; i++)
      if (g_str_equal(keys[i], *names))
        found = found == -1 ? i : -2;
    if (found != -1)
      return MAX(found, -1);
  }
  return -1;
}

typedef struct {
  int at[COLUMNS];
  guint found, wanted; /* required columns */
  int score;
} Try;

static Try try_layout(const Layout *layout, char *const *keys, guint named) {
  Try attempt = {0};
  guint matched = 0;
  for (int column = 0; column < COLUMNS; column++) {
    attempt.at[column] = find_column(keys, layout->columns[column].names);
    gboolean there = attempt.at[column] >= 0;
    matched += there;
    if (!layout->columns[column].optional) {
      attempt.wanted++;
      attempt.found += there;
    }
  }
  guint known = 0;
  for (int i = 0; keys[i] != NULL; i++)
    known += *keys[i] != '\0' && sheet_key_in(keys[i], layout->known);
  attempt.score = 2 * (int)matched + (int)known - MAX(0, (int)named - (int)matched - (int)known);
  return attempt;
}

static char *missing_names(const Layout *layout, const Try *attempt) {
  GString *names = g_string_new(NULL);
  for (int column = 0; column < COLUMNS; column++)
    if (!layout->columns[column].optional && attempt->at[column] < 0)
      g_string_append_printf(names, "%s%s", names->len > 0 ? "、" : "", layout->columns[column].names[0]);
  return g_string_free(names, FALSE);
}

/* Nearer is what has the larger share of its required columns. */
static void note_miss(SheetMiss *miss, const Layout *layout, const Try *attempt, gint64 line) {
  if (attempt->found == 0 || (miss->layout != NULL && attempt->found * miss->wanted <= miss->found * attempt->wanted))
    return;
  sheet_miss_clear(miss);
  *miss = (SheetMiss){layout, line, attempt->found, attempt->wanted, missing_names(layout, attempt)};
}

static guint last_named(char *const *keys) {
  guint count = 0;
  for (guint i = 0; keys[i] != NULL; i++)
    if (*keys[i] != '\0')
      count = i + 1;
  return count;
}

gboolean sheet_fit(GPtrArray *profiles, const SheetRow *row, SheetFit *fit, SheetMiss *miss) {
  guint named;
  g_auto(GStrv) keys = header_keys(row, &named);
  const Layout *best = NULL;
  Try best_try = {.score = G_MININT};
  for (guint i = 0; named >= LEAST_COLUMNS && i < profiles->len; i++) {
    const Profile *profile = profiles->pdata[i];
    for (guint j = 0; j < profile->layouts->len; j++) {
      const Layout *layout = profile->layouts->pdata[j];
      Try attempt = try_layout(layout, keys, named);
      if (attempt.found < attempt.wanted)
        note_miss(miss, layout, &attempt, row->line);
      else if (attempt.score > best_try.score) {
        best = layout;
        best_try = attempt;
      }
    }
  }
  if (best == NULL)
    return FALSE;
  *fit = (SheetFit){.layout = best, .count = last_named(keys), .names = header_names(row)};
  memcpy(fit->at, best_try.at, sizeof fit->at);
  fit->keys = g_steal_pointer(&keys);
  return TRUE;
}
