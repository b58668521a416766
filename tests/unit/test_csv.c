#include <csv.h>
#include <string.h>

#include "parsers/clean.h"
#include "parsers/csv.h"
#include "parsers/csv_split.h"

enum { ROUNDS = 200000 };

static int is_space_only(unsigned char c) {
  return c == ' ';
}

static void add_cell(void *cell, size_t size, void *said) {
  g_string_append_len(g_string_append_c(said, '['), cell, (gssize)size);
  g_string_append_c(said, ']');
}

static void add_row(int end, void *said) {
  g_string_append_printf(said, "%d\n", end >= 0);
}

/* What libcsv says of a line; the caller frees. */
static char *by_libcsv(const char *line, gsize size, char separator) {
  struct csv_parser parser;
  GString *said = g_string_new(NULL);
  csv_init(&parser, CSV_STRICT_FINI);
  if (separator == '\t') {
    csv_set_delim(&parser, '\t');
    csv_set_space_func(&parser, is_space_only);
  }
  g_assert_cmpuint(csv_parse(&parser, line, size, add_cell, add_row, said), ==, size);
  csv_free(&parser);
  return g_string_free(said, FALSE);
}

/* The same of csv_split, or NULL when it leaves the line. The copy ends where the room does, so that a read beyond is
 * seen under a sanitizer. */
static char *by_split(const char *line, gsize size, char separator) {
  g_autofree char *copy = g_malloc(size + CSV_SPLIT_ROOM);
  SheetCell cells[SHEET_CELLS_MAX];
  memcpy(copy, line, size);
  memset(copy + size, '"', CSV_SPLIT_ROOM);
  CsvSplit split;
  csv_split_begin(&split, copy, size, separator);
  guint count = csv_split(&split, cells);
  g_assert_true(split.at == (count == 0 ? copy : copy + size));
  if (count == 0)
    return NULL;
  GString *said = g_string_new(NULL);
  for (guint i = 0; i < count; i++) {
    g_assert_true(!cells[i].printable || !clean_has_control(cells[i].text, cells[i].size));
    add_cell(cells[i].text, cells[i].size, said);
  }
  add_row(0, said);
  return g_string_free(said, FALSE);
}

static void test_both_say_the_same(void) {
  static const char *const pieces[] = {
      ",",    ",",         "\t",      "\"",      "\"",      "\"\"", " ",  "a",
      "证书", "12,345.00", "\"1,2\"", ",\"x\",", "=\"62\"", "\r",   "\r", "long text that is longer than sixteen bytes",
      "'",    ";",         "\x01",    "\x7F",    "\xC2\x85"};
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  int split = 0;
  for (int i = 0; i < ROUNDS; i++) {
    g_autoptr(GString) line = g_string_new(NULL);
    for (int k = g_rand_int_range(rand, 0, 12); k > 0; k--)
      g_string_append(line, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
    g_string_append(line, g_rand_boolean(rand) ? "\r\n" : "\n");
    char separator = g_rand_int_range(rand, 0, 4) == 0 ? '\t' : ',';
    g_autofree char *got = by_split(line->str, line->len, separator);
    if (got == NULL)
      continue;
    g_autofree char *want = by_libcsv(line->str, line->len, separator);
    g_assert_cmpstr(got, ==, want);
    split++;
  }
  g_assert_cmpint(split, >, ROUNDS / 10);
}

/* CSV_SPLIT_ROOM bytes stand behind the line. */
static guint count_cells(char *line, gsize size) {
  SheetCell cells[SHEET_CELLS_MAX];
  CsvSplit split;
  csv_split_begin(&split, line, size, ',');
  return csv_split(&split, cells);
}

/* What banks write must not need libcsv, and what is odd must be left to it. */
static void test_which(void) {
  static const struct {
    const char *line;
    guint count;
  } cases[] = {
      {"a,b,c\n", 3},
      {"a,b,c\r\n", 3},
      {"\"1,000.00\",,\"\"\r\n", 3},
      {"\t62,\" a \"\n", 2},
      {",,x\n", 3},
      {"\n", 0},
      {"\r\n", 0},
      {",,\n", 0},
      {" , \n", 0},
      {"a\"b,c\n", 0},
      {"\"a\"\"b\",c\n", 2},
      {"\"a\"\"\n", 0},
      {"\"a\" ,c\n", 0},
      {" \"a\",c\n", 0},
      {"a\rb\n", 0},
      {"a,b", 0},
      {"a,b\r", 0},
      {"\"a,b\n", 0},
      {"\"a\r\n", 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    char line[256];
    g_strlcpy(line, cases[i].line, sizeof line);
    if (count_cells(line, strlen(cases[i].line)) != cases[i].count)
      g_test_fail_printf("case %" G_GSIZE_FORMAT ": %s", i, cases[i].line);
  }
  g_autofree char *wide = g_strnfill(SHEET_CELLS_MAX, ','), *line = g_strconcat("x", wide, "\n", NULL);
  char *copy = g_realloc(g_steal_pointer(&line), SHEET_CELLS_MAX + 2 + CSV_SPLIT_ROOM);
  g_assert_cmpuint(count_cells(copy, SHEET_CELLS_MAX + 2), ==, 0);
  g_free(copy);
}

static gboolean say(void *said, const SheetRow *row, G_GNUC_UNUSED GError **error) {
  g_string_append_printf(said, "%d:", (int)row->line);
  for (guint i = 0; i < row->count; i++)
    add_cell(row->cells[i].text, row->cells[i].size, said);
  g_string_append_printf(said, "%s\n", row->ended ? "" : " open");
  return TRUE;
}

/* Simple rows and others by turns keep their line numbers, however the text is cut. */
static void test_lines(void) {
  static const char text[] = "a,b\n\n\"x\ny\",c\r\n  \nd,\"e\"\"f\"\r\n,,\n=\"6\",g\nh,i\nlast,j";
  g_autofree char *fill = g_strnfill(5000, ' '), *head = g_strconcat(fill, "\n", NULL); /* past where it is looked at */
  static const char want[] = "2:[a][b]\n4:[x\ny][c]\n7:[d][e\"f]\n9:[=\"6\"][g]\n10:[h][i]\n11:[last][j] open\n";
  for (gsize piece = 1; piece <= sizeof text; piece++) {
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(CsvReader) rows = csv_reader_new(say, said);
    g_assert_true(csv_reader_feed(rows, head, strlen(head), NULL));
    for (gsize at = 0; at < sizeof text - 1; at += piece)
      g_assert_true(csv_reader_feed(rows, text + at, MIN(piece, sizeof text - 1 - at), NULL));
    g_assert_true(csv_reader_finish(rows, NULL));
    g_assert_cmpstr(said->str, ==, want);
  }
}

/* Carriage returns alone end lines too; the last one has no end. */
static void test_returns(void) {
  static const char text[] = "a,b\rc,d\re,f";
  g_autofree char *fill = g_strnfill(5000, ' '), *head = g_strconcat("x,y", fill, "\r", NULL);
  for (gsize piece = 1; piece <= sizeof text; piece++) {
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(CsvReader) rows = csv_reader_new(say, said);
    g_assert_true(csv_reader_feed(rows, head, strlen(head), NULL));
    for (gsize at = 0; at < sizeof text - 1; at += piece)
      g_assert_true(csv_reader_feed(rows, text + at, MIN(piece, sizeof text - 1 - at), NULL));
    g_assert_true(csv_reader_finish(rows, NULL));
    g_assert_cmpstr(said->str, ==, "1:[x][y]\n2:[a][b]\n3:[c][d]\n4:[e][f] open\n");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/csv/both-say-the-same", test_both_say_the_same);
  g_test_add_func("/csv/which", test_which);
  g_test_add_func("/csv/lines", test_lines);
  g_test_add_func("/csv/returns", test_returns);
  return g_test_run();
}
