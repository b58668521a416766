#include "parsers/csv.h"

#include <csv.h>
#include <string.h>

#include "parsers/csv_split.h"
#include "rules/error.h"

enum { HEAD = 4096 };

struct CsvReader {
  struct csv_parser parser;
  SheetRowFunction *function;
  void *user;
  GString *head;    /* until the separator is known, then NULL */
  GString *text;    /* of the row's cells, each with its NUL */
  GArray *starts;   /* gsize, into text */
  SheetCell *cells; /* SHEET_CELLS_MAX */
  char *copy;       /* of the piece, to split its lines */
  gsize copy_room;
  char separator;
  GString *raw;          /* the row as it stands in the file */
  gint64 line, row_line; /* of the next byte, of the open row */
  GError *error;
};

static int is_blank(unsigned char c) {
  return c == ' ';
}

CsvReader *csv_reader_new(SheetRowFunction *function, void *user) {
  CsvReader *rows = g_new0(CsvReader, 1);
  g_assert(csv_init(&rows->parser, CSV_STRICT_FINI) == 0);
  rows->function = function;
  rows->user = user;
  rows->head = g_string_new(NULL);
  rows->text = g_string_new(NULL);
  rows->starts = g_array_new(FALSE, FALSE, sizeof(gsize));
  rows->raw = g_string_new(NULL);
  rows->cells = g_new(SheetCell, SHEET_CELLS_MAX);
  rows->separator = ',';
  rows->line = rows->row_line = 1;
  return rows;
}

void csv_reader_free(CsvReader *rows) {
  if (rows == NULL)
    return;
  csv_free(&rows->parser);
  if (rows->head != NULL)
    g_string_free(rows->head, TRUE);
  g_string_free(rows->text, TRUE);
  g_array_unref(rows->starts);
  g_string_free(rows->raw, TRUE);
  g_free(rows->copy);
  g_free(rows->cells);
  g_clear_error(&rows->error);
  g_free(rows);
}

static void refuse(CsvReader *rows, const char *reason) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, rows->row_line);
  if (rows->error == NULL)
    error_set(&rows->error, ERROR_REFUSED, reason, "line", line, NULL);
}

/* Would a strict reader read these bytes too? */
static gboolean strictly_quoted(const GString *raw, char separator) {
  struct csv_parser strict;
  if (csv_init(&strict, CSV_STRICT | CSV_STRICT_FINI) != 0)
    return FALSE;
  csv_set_delim(&strict, (unsigned char)separator);
  gboolean good =
      csv_parse(&strict, raw->str, raw->len, NULL, NULL, NULL) == raw->len && csv_fini(&strict, NULL, NULL, NULL) == 0;
  csv_free(&strict);
  return good;
}

static void on_cell(void *text, size_t size, void *user) {
  CsvReader *rows = user;
  gsize start = rows->text->len;
  g_array_append_val(rows->starts, start);
  if (size > 0)
    g_string_append_len(rows->text, text, (gssize)size);
  g_string_append_c(rows->text, '\0');
}

static gboolean is_empty(const CsvReader *rows) {
  return rows->text->len == rows->starts->len;
}

static void hand_over(CsvReader *rows, gboolean ended) {
  guint count = rows->starts->len;
  gsize end = rows->text->len;
  for (guint i = count; i-- > 0; end = g_array_index(rows->starts, gsize, i)) {
    gsize start = g_array_index(rows->starts, gsize, i);
    rows->cells[i] = (SheetCell){rows->text->str + start, (guint)(end - start - 1), FALSE};
  }
  gboolean quoted = !ended && g_str_has_suffix(rows->raw->str, "\"") && strictly_quoted(rows->raw, rows->separator);
  SheetRow row = {rows->row_line, rows->cells, count, ended, quoted};
  rows->function(rows->user, &row, &rows->error);
}

static gboolean spans_lines(const GString *raw) {
  gsize size = raw->len;
  while (size > 0 && (raw->str[size - 1] == '\n' || raw->str[size - 1] == '\r'))
    size--;
  return memchr(raw->str, '\n', size) != NULL || memchr(raw->str, '\r', size) != NULL;
}

/* The text is over, and within a cell: its quote was opened in the last line. */
static gboolean is_open(const GString *raw, int end) {
  return end < 0 && raw->len > 0 && (raw->str[raw->len - 1] == '\n' || raw->str[raw->len - 1] == '\r');
}

/* A quote that opened a cell, and was not meant to, took separators into it; or a line with its end. */
static gboolean took_more(const CsvReader *rows) {
  return spans_lines(rows->raw) || memchr(rows->text->str, rows->separator, rows->text->len) != NULL;
}

static void on_row(int end, void *user) {
  CsvReader *rows = user;
  if (rows->starts->len > SHEET_CELLS_MAX)
    refuse(rows, "csv_row_too_long");
  else if ((took_more(rows) || is_open(rows->raw, end)) && !strictly_quoted(rows->raw, rows->separator))
    refuse(rows, "csv_quote");
  else if (end < 0 && is_empty(rows) && strchr(rows->raw->str, '"') != NULL) /* a quote opens, and the file ends */
    refuse(rows, "csv_cut");
  if (rows->error == NULL && !is_empty(rows))
    hand_over(rows, end >= 0);
  g_string_truncate(rows->text, 0);
  g_array_set_size(rows->starts, 0);
  g_string_truncate(rows->raw, 0);
  rows->row_line = MAX(rows->row_line, rows->line) + 1;
}

static gboolean failed(CsvReader *rows, GError **error) {
  if (rows->error == NULL)
    return FALSE;
  g_propagate_error(error, g_steal_pointer(&rows->error));
  return TRUE;
}

/* Feeds a piece that holds at most one line end, as its last bytes. */
static gboolean feed_piece(CsvReader *rows, const char *piece, gsize size, GError **error) {
  g_string_append_len(rows->raw, piece, (gssize)size);
  if (csv_parse(&rows->parser, piece, size, on_cell, on_row, rows) != size)
    refuse(rows, "csv_quote");
  if (rows->raw->len > CSV_ROW_MAX)
    refuse(rows, "csv_row_too_long");
  if (failed(rows, error))
    return FALSE;
  gboolean open = rows->parser.pstate != 0;
  if (!open)
    g_string_truncate(rows->raw, 0);
  if (piece[size - 1] == '\n') {
    rows->line++;
    if (!open) /* carriage returns alone may have ended lines */
      rows->line = rows->row_line = MAX(rows->row_line, rows->line);
  }
  return TRUE;
}

/* A whole row in one line, with no quote but those around a cell: split here. FALSE: left to libcsv. */
static gboolean simple_line(CsvReader *rows, CsvSplit *split, GError **error, gboolean *good) {
  guint count = rows->parser.pstate != 0 || rows->raw->len > 0 ? 0 : csv_split(split, rows->cells);
  if (count == 0)
    return FALSE;
  SheetRow row = {rows->row_line, rows->cells, count, TRUE, FALSE};
  *good = rows->function(rows->user, &row, error);
  rows->line = rows->row_line = rows->row_line + 1;
  return TRUE;
}

static void copy_text(CsvReader *rows, const char *text, gsize size) {
  if (rows->copy_room < size + CSV_SPLIT_ROOM) {
    g_free(rows->copy);
    rows->copy_room = size + CSV_SPLIT_ROOM;
    rows->copy = g_malloc(rows->copy_room);
  }
  memcpy(rows->copy, text, size);
}

static gboolean feed_lines(CsvReader *rows, const char *text, gsize size, GError **error) {
  const char *end = text + size, *at = text, *feed = NULL;
  CsvSplit split;
  copy_text(rows, text, size);
  csv_split_begin(&split, rows->copy, size, rows->separator);
  while (at < end) {
    gboolean good = FALSE;
    if (simple_line(rows, &split, error, &good)) {
      if (!good)
        return FALSE;
      at = text + (split.at - rows->copy);
      continue;
    }
    if (feed == NULL || feed < at)
      feed = memchr(at, '\n', (gsize)(end - at));
    if (feed == NULL)
      feed = end;
    const char *stop = feed == end ? end : feed + 1, *back = memchr(at, '\r', (gsize)(stop - at));
    if (back != NULL && back + 1 < stop && back[1] != '\n') /* a carriage return alone */
      stop = back + 1;
    if (!feed_piece(rows, at, (gsize)(stop - at), error))
      return FALSE;
    at = stop;
    csv_split_skip(&split, rows->copy + (at - text));
  }
  return TRUE;
}

/* How often a character stands in the line of the head that has it most. */
static guint most(const char *head, gsize size, char what) {
  guint best = 0, now = 0;
  for (const char *at = head; at < head + size; at++) {
    now = *at == '\n' || *at == '\r' ? 0 : now + (*at == what);
    best = MAX(best, now);
  }
  return best;
}

static gboolean begin(CsvReader *rows, GError **error) {
  GString *text = g_steal_pointer(&rows->head);
  gsize head = MIN(text->len, HEAD);
  rows->separator = ',';
  for (const char *other = "\t;|"; *other != '\0'; other++)
    if (most(text->str, head, *other) > most(text->str, head, rows->separator))
      rows->separator = *other;
  csv_set_delim(&rows->parser, (unsigned char)rows->separator);
  if (rows->separator == '\t')
    csv_set_space_func(&rows->parser, is_blank);
  gboolean fed = feed_lines(rows, text->str, text->len, error);
  g_string_free(text, TRUE);
  return fed;
}

gboolean csv_reader_feed(CsvReader *rows, const char *text, gsize size, GError **error) {
  if (rows->head == NULL)
    return feed_lines(rows, text, size, error);
  g_string_append_len(rows->head, text, (gssize)size);
  return rows->head->len < HEAD || begin(rows, error);
}

gboolean csv_reader_finish(CsvReader *rows, GError **error) {
  if (rows->head != NULL && !begin(rows, error))
    return FALSE;
  if (csv_fini(&rows->parser, on_cell, on_row, rows) != 0)
    refuse(rows, "csv_quote");
  return !failed(rows, error);
}
