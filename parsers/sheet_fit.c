#include "parsers/sheet_fit.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/profile.h"
#include "parsers/sheet_origin.h"

enum { LEAST_COLUMNS = 3 };

void sheet_fit_clear(SheetFit *fit) {
  g_strfreev(fit->keys);
  g_strfreev(fit->names);
  g_free(fit->origin[0]);
  g_free(fit->origin[1]);
  *fit = (SheetFit){0};
}

void sheet_header_clear(SheetHeader *header) {
  g_strfreev(header->keys);
  g_strfreev(header->names);
  *header = (SheetHeader){0};
}

static char *name_of(const char *cell) {
  g_autofree char *copy = g_strdup(cell);
  const char *name = clean_text(copy, strlen(copy));
  return g_strdup(name == NULL ? "" : name);
}

void sheet_header_read(SheetHeader *header, const SheetRow *row) {
  sheet_header_clear(header);
  header->keys = g_new0(char *, row->count + 1);
  header->names = g_new0(char *, row->count + 1);
  for (guint i = 0; i < row->count; i++) {
    header->keys[i] = layout_key(row->cells[i].text);
    header->names[i] = name_of(row->cells[i].text);
    header->named += *header->keys[i] != '\0';
  }
}

typedef struct {
  int at[COLUMNS];
  gboolean taken[SHEET_CELLS_MAX];
  guint found, wanted; /* required columns */
  int score;
} Try;

/* Two cells of one name hold different money, or the same text twice. */
static gboolean must_be_single(int column) {
  return column <= COLUMN_BALANCE;
}

/* The cell with a name of this column that no column before it took, -1 when there is none. */
static int find_column(char *const *keys, char *const *names, const Try *attempt, gboolean single) {
  for (; *names != NULL; names++) {
    int found = -1, count = 0;
    for (int i = 0; keys[i] != NULL; i++)
      if (!attempt->taken[i] && g_str_equal(keys[i], *names)) {
        found = found < 0 ? i : found;
        count++;
      }
    if (count > 0)
      return single && count > 1 ? -1 : found;
  }
  return -1;
}

static gboolean stands_above(char *const *words, GPtrArray *above) {
  for (guint i = 0; i < above->len; i++)
    for (char *const *word = words; word != NULL && *word != NULL; word++)
      if (**word != '\0' && strstr(above->pdata[i], *word) != NULL)
        return TRUE;
  return FALSE;
}

/* The rule that excludes a layout from this header, and its words; NULL for none. */
static const char *excluded(const Layout *layout, char *const *keys, GPtrArray *above, char *const **words) {
  *words = layout->without;
  for (int i = 0; keys[i] != NULL; i++)
    if (*keys[i] != '\0' && layout_word(keys[i], layout->without))
      return "without";
  *words = layout->unless_above;
  if (stands_above(layout->unless_above, above))
    return "unless_above";
  *words = layout->only_above;
  return layout->only_above[0] != NULL && !stands_above(layout->only_above, above) ? "only_above" : NULL;
}

static void try_layout(const Layout *layout, const SheetHeader *header, Try *attempt) {
  guint matched = 0, known = 0;
  *attempt = (Try){0};
  for (int column = 0; column < COLUMNS; column++) {
    int at = find_column(header->keys, layout->columns[column].names, attempt, must_be_single(column));
    attempt->at[column] = at;
    if (at >= 0) {
      attempt->taken[at] = TRUE;
      matched++;
    }
    if (!layout->columns[column].optional) {
      attempt->wanted++;
      attempt->found += at >= 0;
    }
  }
  for (int i = 0; header->keys[i] != NULL; i++)
    known += *header->keys[i] != '\0' && !attempt->taken[i] && layout_word(header->keys[i], layout->known);
  attempt->score = 4 * (int)matched + 2 * (int)known - 2 * MAX(0, (int)header->named - (int)matched - (int)known);
}

typedef struct {
  const char *name;
  char *const *words;
} Rule;

static void note_miss(SheetMiss *miss, const Layout *layout, const Try *attempt, const SheetHeader *header, gint64 line,
                      Rule rule) {
  SheetNear near = {.layout = layout, .line = line, .found = attempt->found, .wanted = attempt->wanted};
  near.wanted += rule.name != NULL;
  near.rule = rule.name;
  near.words = rule.words;
  memcpy(near.at, attempt->at, sizeof near.at);
  near.names = header->names;
  sheet_miss_note(miss, &near);
}

static const Layout *choose(GPtrArray *profiles, const SheetHeader *header, gint64 line, GPtrArray *above,
                            gboolean last_rank, Try *best, SheetMiss *miss) {
  const Layout *chosen = NULL;
  for (guint i = 0; i < profiles->len; i++) {
    const Profile *profile = profiles->pdata[i];
    int bonus = stands_above(profile->names, above);
    for (guint j = 0; j < profile->layouts->len; j++) {
      const Layout *layout = profile->layouts->pdata[j];
      Try attempt;
      Rule rule;
      if (layout->last_rank != last_rank)
        continue;
      rule.name = excluded(layout, header->keys, above, &rule.words);
      try_layout(layout, header, &attempt);
      attempt.score += bonus;
      if (rule.name != NULL || attempt.found < attempt.wanted)
        note_miss(miss, layout, &attempt, header, line, rule);
      else if (chosen == NULL || attempt.score > best->score) {
        chosen = layout;
        *best = attempt;
      }
    }
  }
  return chosen;
}

static guint last_named(char *const *keys) {
  guint count = 0;
  for (guint i = 0; keys[i] != NULL; i++)
    if (*keys[i] != '\0')
      count = i + 1;
  return count;
}

static guint needed_cells(const int *at) {
  static const Column columns[] = {COLUMN_CREDIT, COLUMN_DEBIT,   COLUMN_AMOUNT, COLUMN_FLAG,
                                   COLUMN_STATUS, COLUMN_BALANCE, COLUMN_ACCOUNT};
  int needed = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
    needed = MAX(needed, at[columns[i]] + 1);
  return (guint)needed;
}

/* A day or an amount? */
static gboolean is_value(const char *key) {
  return g_ascii_isdigit(*key) && strpbrk(key, ".-/:") != NULL && key[strspn(key, "0123456789.,-/:")] == '\0';
}

static gboolean has_value(char *const *keys) {
  for (; *keys != NULL; keys++)
    if (is_value(*keys))
      return TRUE;
  return FALSE;
}

gboolean sheet_fit(GPtrArray *profiles, const SheetHeader *header, gint64 line, GPtrArray *above, SheetFit *fit,
                   SheetMiss *miss) {
  Try best;
  if (header->named < LEAST_COLUMNS || g_strv_length(header->keys) > SHEET_CELLS_MAX)
    return FALSE;
  const Layout *layout = choose(profiles, header, line, above, FALSE, &best, miss);
  if (layout == NULL && last_named(header->keys) == header->named) /* a gap: perhaps the upper half of two rows */
    layout = choose(profiles, header, line, above, TRUE, &best, miss);
  if (layout == NULL)
    return FALSE;
  sheet_fit_clear(fit);
  *fit = (SheetFit){.layout = layout,
                    .count = last_named(header->keys),
                    .needed = needed_cells(best.at),
                    .keys = g_strdupv(header->keys),
                    .names = g_strdupv(header->names),
                    .glued = has_value(header->keys),
                    .last_day = DAY_NONE};
  memcpy(fit->at, best.at, sizeof fit->at);
  for (int credit = 0; credit < 2; credit++)
    fit->origin[credit] = sheet_origin(fit, credit);
  return TRUE;
}

/* Upper and lower cell in one; an upper cell covers the blank ones right of it that have lower names. */
static void join(const SheetHeader *upper, const SheetHeader *lower, SheetHeader *both) {
  guint above = g_strv_length(upper->keys), below = g_strv_length(lower->keys), count = MAX(above, below);
  int covering = -1;
  *both = (SheetHeader){g_new0(char *, count + 1), g_new0(char *, count + 1), 0};
  for (guint i = 0; i < count; i++) {
    const char *low = i < below ? lower->keys[i] : "", *low_name = i < below ? lower->names[i] : "";
    if (i < above && *upper->keys[i] != '\0')
      covering = (int)i;
    else if (*low == '\0')
      covering = -1;
    both->keys[i] = g_strconcat(covering < 0 ? "" : upper->keys[covering], low, NULL);
    both->names[i] = g_strconcat(covering < 0 ? "" : upper->names[covering], low_name, NULL);
    both->named += *both->keys[i] != '\0';
  }
}

gboolean sheet_fit_two(GPtrArray *profiles, const SheetHeader *upper, const SheetHeader *lower, gint64 line,
                       GPtrArray *above, SheetFit *fit, SheetMiss *miss) {
  if (upper->keys == NULL || upper->named < LEAST_COLUMNS - 1 || lower->named == 0)
    return FALSE;
  SheetHeader both;
  join(upper, lower, &both);
  gboolean fits = sheet_fit(profiles, &both, line, above, fit, miss);
  sheet_header_clear(&both);
  return fits;
}

gboolean sheet_fit_again(const SheetFit *fit, const SheetRow *row) {
  guint same = 0;
  for (guint i = 0; i < row->count; i++) {
    g_autofree char *key = layout_key(row->cells[i].text);
    if (*key == '\0')
      continue;
    if (i >= fit->count || !(g_str_has_prefix(fit->keys[i], key) || g_str_has_suffix(fit->keys[i], key)))
      return FALSE;
    same++;
  }
  return same > 1 || (same == 1 && fit->count < LEAST_COLUMNS);
}
