#include "rules/number.h"

#include <string.h>

#define RUN_LONGEST 140 /* digits of a run that is tried to be split: a bank's longest remark */

/* The letters and digits of a text without what may stand between them. */
typedef struct {
  char c;             /* 0-9A-Z */
  gboolean first;     /* something that is no part of a number stands before it */
  gboolean gap;       /* blanks, '-' or '_' stand before it */
  gsize start, after; /* bytes in the text */
} Mark;

static gboolean between(gunichar c) {
  return c == '-' || c == '_' || g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_SPACE_SEPARATOR ||
         g_unichar_type(c) == G_UNICODE_FORMAT || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

typedef struct {
  GArray *marks; /* Mark */
  gboolean first, gap;
} Reader;

static void read_character(Reader *reader, gunichar c, gsize start, gsize after) {
  if (c < 0x80 && g_ascii_isalnum((char)c)) {
    Mark mark = {g_ascii_toupper((char)c), reader->first, reader->gap, start, after};
    g_array_append_val(reader->marks, mark);
    reader->first = reader->gap = FALSE;
  } else if (between(c)) {
    reader->gap = TRUE;
  } else {
    reader->first = TRUE;
  }
}

/* NFKC of one character is enough: digits and letters never combine with their neighbours into others. */
static void read_composed(Reader *reader, const char *p, gsize start, gsize after) {
  g_autofree char *composed = g_utf8_normalize(p, (gssize)(after - start), G_NORMALIZE_ALL_COMPOSE);
  for (const char *q = composed; q != NULL && *q != '\0'; q = g_utf8_find_next_char(q, NULL))
    read_character(reader, g_utf8_get_char(q), start, after);
}

static GArray *read_marks(const char *text) {
  Reader reader = {g_array_new(FALSE, FALSE, sizeof(Mark)), TRUE, FALSE};
  int left = NUMBER_TEXT_LONGEST;
  for (const char *p = text; p != NULL && *p != '\0' && left > 0; left--) {
    gunichar c = g_utf8_get_char_validated(p, -1);
    gboolean valid = c < 0x110000;
    const char *next = valid ? g_utf8_find_next_char(p, NULL) : p + 1;
    if (!valid || (c >= 0x3400 && c <= 0x9FFF))
      reader.first = TRUE;
    else if (c < 0x80 || between(c))
      read_character(&reader, c, (gsize)(p - text), (gsize)(next - text));
    else
      read_composed(&reader, p, (gsize)(p - text), (gsize)(next - text));
    p = next;
  }
  return reader.marks;
}

#define MARK(marks, i) (&g_array_index(marks, Mark, i))

static gboolean may_start(const GArray *marks, guint i) {
  const Mark *mark = MARK(marks, i);
  return mark->first || mark->gap || !g_ascii_isdigit(MARK(marks, i - 1)->c);
}

static gboolean may_end(const GArray *marks, guint last) {
  if (last + 1 == marks->len)
    return TRUE;
  const Mark *next = MARK(marks, last + 1);
  return next->first || next->gap || !g_ascii_isdigit(next->c);
}

typedef void (*Visit)(const GArray *marks, guint start, guint length, const char *number, gpointer data);

/* Calls visit for every place where a number could stand by itself. */
static void visit_places(const GArray *marks, Visit visit, gpointer data) {
  for (guint start = 0; start < marks->len; start++) {
    if (!may_start(marks, start))
      continue;
    char number[NUMBER_LONGEST + 1] = "";
    for (guint length = 1; length <= NUMBER_LONGEST && start + length <= marks->len; length++) {
      const Mark *mark = MARK(marks, start + length - 1);
      if (length > 1 && mark->first)
        break;
      number[length - 1] = mark->c;
      if (length >= NUMBER_SHORTEST && may_end(marks, start + length - 1))
        visit(marks, start, length, number, data);
    }
  }
}

/* Length of the run of digits that starts here, 0 when none does. */
static guint run_length(const GArray *marks, guint start) {
  const Mark *mark = MARK(marks, start);
  if (!g_ascii_isdigit(mark->c) || (start > 0 && !mark->first && g_ascii_isdigit(MARK(marks, start - 1)->c)))
    return 0;
  guint length = 1;
  while (start + length < marks->len && !MARK(marks, start + length)->first &&
         g_ascii_isdigit(MARK(marks, start + length)->c))
    length++;
  return length;
}

/* Calls visit for every piece of a run of digits that could be split into numbers without rest. */
static void visit_pieces(const GArray *marks, guint start, guint run, Visit visit, gpointer data) {
  for (guint from = 0; from < run; from++) {
    char number[NUMBER_LONGEST + 1] = "";
    for (guint length = 1; length <= NUMBER_LONGEST && from + length <= run; length++) {
      number[length - 1] = MARK(marks, start + from + length - 1)->c;
      guint rest = run - from - length;
      if (length >= NUMBER_SHORTEST && (from == 0 || from >= NUMBER_SHORTEST) && (rest == 0 || rest >= NUMBER_SHORTEST))
        visit(marks, start + from, length, number, data);
    }
  }
}

typedef void (*VisitRun)(const GArray *marks, guint start, guint run, gpointer data);

static void visit_runs(const GArray *marks, VisitRun visit, gpointer data) {
  for (guint start = 0; start < marks->len; start++) {
    guint run = run_length(marks, start);
    if (run >= 2 * NUMBER_SHORTEST && run <= RUN_LONGEST)
      visit(marks, start, run, data);
  }
}

static void add_key(const GArray *marks, guint start, guint length, const char *number, gpointer set) {
  (void)marks, (void)start, (void)length;
  if (!g_hash_table_contains(set, number))
    g_hash_table_add(set, g_strdup(number));
}

static void add_run_keys(const GArray *marks, guint start, guint run, gpointer set) {
  visit_pieces(marks, start, run, add_key, set);
}

void number_keys_add(const char *text, GHashTable *set) {
  g_autoptr(GArray) marks = read_marks(text);
  visit_places(marks, add_key, set);
  visit_runs(marks, add_run_keys, set);
}

static gint compare_keys(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *number_keys(const char *text) {
  g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  number_keys_add(text, set);
  GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, set);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    g_ptr_array_add(keys, g_strdup(key));
  g_ptr_array_sort(keys, compare_keys);
  return keys;
}

struct NumberIndex {
  GHashTable *numbers; /* number -> its place + 1 */
};

NumberIndex *number_index_new(const char *const *numbers, gsize count) {
  NumberIndex *index = g_new0(NumberIndex, 1);
  index->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < count; i++) {
    gsize length = strlen(numbers[i]);
    if (length >= NUMBER_SHORTEST && length <= NUMBER_LONGEST)
      g_hash_table_insert(index->numbers, g_ascii_strup(numbers[i], -1), GSIZE_TO_POINTER(i + 1));
  }
  return index;
}

void number_index_free(NumberIndex *index) {
  if (index == NULL)
    return;
  g_hash_table_unref(index->numbers);
  g_free(index);
}

typedef struct {
  const NumberIndex *index;
  GArray *hits;
  guint known; /* hits that were there before this text */
} Finder;

static gsize known_number(const Finder *finder, const char *number) {
  return GPOINTER_TO_SIZE(g_hash_table_lookup(finder->index->numbers, number));
}

static void add_hit(const GArray *marks, guint start, guint length, const char *number, gpointer data) {
  Finder *finder = data;
  gsize found = known_number(finder, number);
  if (found == 0)
    return;
  gsize offset = MARK(marks, start)->start;
  NumberHit hit = {found - 1, offset, MARK(marks, start + length - 1)->after - offset};
  for (guint i = finder->known; i < finder->hits->len; i++) {
    const NumberHit *old = &g_array_index(finder->hits, NumberHit, i);
    if (old->number == hit.number && old->offset == hit.offset)
      return;
  }
  g_array_append_val(finder->hits, hit);
}

/* A known number within a run, by its place in it. */
typedef struct {
  guint from, after;
} Piece;

typedef struct {
  const Finder *finder;
  guint run;
  GArray *pieces; /* Piece, ordered by from */
} Splitter;

static void add_piece(const GArray *marks, guint start, guint length, const char *number, gpointer data) {
  (void)marks;
  Splitter *splitter = data;
  Piece piece = {start - splitter->run, start - splitter->run + length};
  if (known_number(splitter->finder, number) != 0)
    g_array_append_val(splitter->pieces, piece);
}

static void find_in_run(const GArray *marks, guint start, guint run, gpointer data) {
  g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
  Splitter splitter = {data, start, pieces};
  visit_pieces(marks, start, run, add_piece, &splitter);
  gboolean reached[RUN_LONGEST + 1] = {TRUE}; /* from the start, in whole numbers */
  gboolean leads[RUN_LONGEST + 1] = {FALSE};  /* to the end, in whole numbers */
  leads[run] = TRUE;
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index(pieces, Piece, i);
    reached[piece->after] |= reached[piece->from];
  }
  for (guint i = pieces->len; i-- > 0;) {
    const Piece *piece = &g_array_index(pieces, Piece, i);
    leads[piece->from] |= leads[piece->after];
  }
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index(pieces, Piece, i);
    char number[NUMBER_LONGEST + 1] = "";
    for (guint k = piece->from; k < piece->after; k++)
      number[k - piece->from] = MARK(marks, start + k)->c;
    if (reached[piece->from] && leads[piece->after])
      add_hit(marks, start + piece->from, piece->after - piece->from, number, data);
  }
}

void number_find(const NumberIndex *index, const char *text, GArray *hits) {
  g_autoptr(GArray) marks = read_marks(text);
  Finder finder = {.index = index, .hits = hits, .known = hits->len};
  visit_places(marks, add_hit, &finder);
  visit_runs(marks, find_in_run, &finder);
}
