#include "parsers/xls.h"

#include <string.h>

#include "parsers/biff.h"
#include "parsers/book.h"
#include "parsers/cell.h"
#include "parsers/cells.h"
#include "parsers/clean.h"
#include "parsers/ieee.h"
#include "parsers/ole.h"
#include "rules/error.h"

enum {
  BIFF5 = 0x500,
  BIFF8 = 0x600,
  WORKSHEET = 0x10,
  SHEETS_MAX = 256,
  STYLES_MAX = 65536,
  CELLS_MAX = 4 << 20,
  BLANK_SIZE = 6
};
enum { RESULT_TEXT, RESULT_BOOLEAN, RESULT_ERROR, RESULT_EMPTY };

typedef struct {
  char *name;
  gsize offset;
  gboolean hidden, worksheet;
} Tab;

typedef struct {
  const guint8 *stream;
  gsize size;
  BiffTexts texts;
  gboolean from_1904;
  GPtrArray *tabs;     /* Tab */
  GHashTable *formats; /* id to CellFormat */
  GArray *styles;      /* guint16: the format's id */
  GString *shared;     /* texts, each with its NUL */
  GArray *starts;      /* guint32, into shared */
} Workbook;

/* Where a cell's record begins, by row and column: records may come in any order. */
typedef struct {
  guint16 row, column;
  guint32 offset;
} Place;

static gboolean refuse(const char *reason, const char *value, GError **error) {
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

static gboolean damaged(guint kind, GError **error) {
  g_autofree char *detail = g_strdup_printf("%x", kind);
  return error_set(error, ERROR_REFUSED, "xls_damaged", "detail", detail, NULL);
}

static void tab_free(gpointer data) {
  Tab *tab = data;
  g_free(tab->name);
  g_free(tab);
}

static gboolean read_version(Workbook *book, BiffCursor *cursor, GError **error) {
  guint version = (guint)biff_number(cursor, 2);
  book->texts.wide = version == BIFF8;
  if (version == BIFF5 || version == BIFF8)
    return TRUE;
  g_autofree char *text = g_strdup_printf("%x", version);
  return refuse("xls_version", text, error);
}

static gboolean read_codepage(Workbook *book, BiffCursor *cursor, GError **error) {
  guint page = (guint)biff_number(cursor, 2);
  gboolean chinese = page == 936 || page == 54936, western = page == 1252 || page == 0x8001 || page == 0x16F;
  book->texts.encoding = chinese ? ENCODING_GB18030 : ENCODING_LATIN1;
  if (book->texts.wide || chinese || western)
    return TRUE;
  g_autofree char *text = g_strdup_printf("%u", page);
  return refuse("xls_codepage", text, error);
}

static gboolean read_tab(Workbook *book, BiffCursor *cursor, GError **error) {
  GString *name = g_string_new(NULL);
  Tab *tab = g_new0(Tab, 1);
  g_ptr_array_add(book->tabs, tab);
  tab->offset = (gsize)biff_number(cursor, 4);
  tab->hidden = (biff_number(cursor, 1) & 3) != 0;
  tab->worksheet = biff_number(cursor, 1) == 0;
  gboolean good = biff_text(cursor, &book->texts, 1, name) && !cursor->over;
  const char *clean = clean_text(name->str, name->len);
  tab->name = g_strdup(clean == NULL ? "" : clean);
  g_string_free(name, TRUE);
  if (book->tabs->len > SHEETS_MAX)
    return refuse("xlsx_too_large", "sheets", error);
  return good || damaged(BIFF_SHEET, error);
}

static gboolean read_format(Workbook *book, BiffCursor *cursor, GError **error) {
  GString *code = g_string_new(NULL);
  guint id = (guint)biff_number(cursor, 2);
  gboolean good = biff_text(cursor, &book->texts, book->texts.wide ? 2 : 1, code) && !cursor->over;
  CellFormat format = cell_format(code->str);
  g_string_free(code, TRUE);
  g_hash_table_insert(book->formats, GUINT_TO_POINTER(id), g_memdup2(&format, sizeof format));
  return good || damaged(BIFF_FORMAT, error);
}

static gboolean read_style(Workbook *book, BiffCursor *cursor, GError **error) {
  biff_number(cursor, 2); /* font */
  guint16 format = (guint16)biff_number(cursor, 2);
  g_array_append_val(book->styles, format);
  return (!cursor->over && book->styles->len <= STYLES_MAX) || damaged(BIFF_XF, error);
}

/* Texts that cells share (2.4.265), over CONTINUE records. */
static gboolean read_shared(Workbook *book, BiffCursor *cursor, GError **error) {
  biff_number(cursor, 4); /* how often they are used */
  guint64 count = biff_number(cursor, 4);
  for (guint64 i = 0; i < count; i++) {
    guint32 start = (guint32)book->shared->len;
    if (cursor->at == cursor->end) { /* a text may begin with its CONTINUE */
      gsize next = (gsize)(cursor->end - book->stream);
      guint kind;
      if (!biff_record(book->stream, book->size, &next, &kind, cursor) || kind != BIFF_CONTINUE)
        return damaged(BIFF_STRINGS, error);
    }
    if (!biff_text(cursor, &book->texts, 2, book->shared))
      return damaged(BIFF_STRINGS, error);
    g_array_append_val(book->starts, start);
    g_string_append_c(book->shared, '\0');
    if (book->shared->len + book->starts->len * sizeof start > XLS_TEXTS_MAX)
      return refuse("xlsx_too_large", "sharedStrings", error);
  }
  return TRUE;
}

static gboolean read_global(Workbook *book, guint kind, BiffCursor *cursor, GError **error) {
  switch (kind) {
  case BIFF_BOF:
    return read_version(book, cursor, error);
  case BIFF_PASSWORD:
    return refuse("file_encrypted", NULL, error);
  case BIFF_CODEPAGE:
    return read_codepage(book, cursor, error);
  case BIFF_1904:
    book->from_1904 = biff_number(cursor, 2) == 1;
    return TRUE;
  case BIFF_SHEET:
    return read_tab(book, cursor, error);
  case BIFF_FORMAT:
  case BIFF_FORMAT5:
    return read_format(book, cursor, error);
  case BIFF_XF:
    return read_style(book, cursor, error);
  case BIFF_STRINGS:
    return read_shared(book, cursor, error);
  default:
    return TRUE;
  }
}

static gboolean read_globals(Workbook *book, GError **error) {
  gsize offset = 0;
  guint kind, first = 0;
  BiffCursor cursor;
  while (biff_record(book->stream, book->size, &offset, &kind, &cursor)) {
    if (first == 0 && kind != BIFF_BOF)
      return damaged(kind, error);
    first = BIFF_BOF;
    if (kind == BIFF_EOF)
      return TRUE;
    if (!read_global(book, kind, &cursor, error))
      return FALSE;
  }
  return damaged(BIFF_EOF, error);
}

/* What a cell shows. */

static CellFormat format_of(const Workbook *book, guint style) {
  if (style >= book->styles->len)
    return (CellFormat){CELL_PLAIN, 0};
  guint id = g_array_index(book->styles, guint16, style);
  const CellFormat *own = g_hash_table_lookup(book->formats, GUINT_TO_POINTER(id));
  return own != NULL ? *own : cell_format_builtin(id);
}

/* NULL when the number is none. Takes over the decimal text. */
static char *shown(const Workbook *book, guint style, char *decimal) {
  g_autofree char *number = decimal;
  return number == NULL ? NULL : cell_text(number, format_of(book, style), book->from_1904);
}

static char *inline_text(const Workbook *book, BiffCursor *cursor) {
  GString *text = g_string_new(NULL);
  gboolean good = biff_text(cursor, &book->texts, 2, text);
  return g_string_free(text, !good);
}

static gboolean is_cell(guint kind) {
  return kind == BIFF_RK || kind == BIFF_MULRK || kind == BIFF_NUMBER || kind == BIFF_SHARED_TEXT ||
         kind == BIFF_TEXT || kind == BIFF_RICH_TEXT || kind == BIFF_BOOLEAN || kind == BIFF_FORMULA;
}

/* A formula's text stands in a record of its own after it, behind other parts of the formula. */
static char *result_text(const Workbook *book, const BiffCursor *formula) {
  gsize offset = (gsize)(formula->end - book->stream);
  guint kind;
  BiffCursor cursor;
  while (biff_record(book->stream, book->size, &offset, &kind, &cursor) && !is_cell(kind) && kind != BIFF_EOF)
    if (kind == BIFF_RESULT)
      return inline_text(book, &cursor);
  return NULL;
}

static char *formula_text(const Workbook *book, guint style, BiffCursor *cursor) {
  guint64 bits = biff_number(cursor, 8);
  guint value = bits >> 16 & 0xFF;
  if (bits >> 48 != 0xFFFF)
    return shown(book, style, ieee_decimal(bits));
  switch (bits & 0xFF) {
  case RESULT_TEXT:
    return result_text(book, cursor);
  case RESULT_BOOLEAN:
    return g_strdup(value != 0 ? "TRUE" : "FALSE");
  case RESULT_ERROR:
    return g_strdup(biff_error(value));
  case RESULT_EMPTY:
    return g_strdup("");
  default:
    return NULL;
  }
}

static char *shared_text(const Workbook *book, BiffCursor *cursor) {
  guint64 index = biff_number(cursor, 4);
  if (cursor->over || index >= book->starts->len)
    return NULL;
  return g_strdup(book->shared->str + g_array_index(book->starts, guint32, (guint)index));
}

static char *boolean_text(BiffCursor *cursor) {
  guint value = (guint)biff_number(cursor, 1);
  return g_strdup(biff_number(cursor, 1) != 0 ? biff_error(value) : value != 0 ? "TRUE" : "FALSE");
}

/* The text of the cell in a column, NULL when there is none to be had; the caller frees. */
static char *text_of(const Workbook *book, const Place *place) {
  gsize offset = place->offset;
  guint kind;
  BiffCursor cursor;
  if (!biff_record(book->stream, book->size, &offset, &kind, &cursor))
    return NULL;
  biff_number(&cursor, 2); /* row */
  guint first = (guint)biff_number(&cursor, 2);
  if (kind == BIFF_MULRK)
    cursor.at += 6 * (place->column - first);
  guint style = (guint)biff_number(&cursor, 2);
  char *text = NULL;
  switch (kind) {
  case BIFF_RK:
  case BIFF_MULRK:
    text = shown(book, style, biff_rk((guint32)biff_number(&cursor, 4)));
    break;
  case BIFF_NUMBER:
    text = shown(book, style, ieee_decimal(biff_number(&cursor, 8)));
    break;
  case BIFF_SHARED_TEXT:
    text = shared_text(book, &cursor);
    break;
  case BIFF_TEXT:
  case BIFF_RICH_TEXT:
    text = inline_text(book, &cursor);
    break;
  case BIFF_BOOLEAN:
    text = boolean_text(&cursor);
    break;
  default:
    text = formula_text(book, style, &cursor);
  }
  if (cursor.over)
    g_clear_pointer(&text, g_free);
  return text;
}

/* 2.4: what is left of a cell's record behind row and column; 0: it varies. */
static gsize rest_of(guint kind) {
  switch (kind) {
  case BIFF_RK:
  case BIFF_SHARED_TEXT:
    return 6;
  case BIFF_NUMBER:
    return 10;
  case BIFF_BOOLEAN:
    return 4;
  default:
    return 0;
  }
}

static gboolean note_places(const BiffCursor *record, guint kind, gsize offset, GArray *places, GError **error) {
  BiffCursor cursor = *record;
  Place place = {(guint16)biff_number(&cursor, 2), (guint16)biff_number(&cursor, 2), (guint32)offset};
  gsize size = (gsize)(cursor.end - cursor.at);
  guint count = kind == BIFF_MULRK ? (guint)size / 6 : 1;
  if (cursor.over || count == 0 || (kind == BIFF_MULRK && size % 6 != 2) ||
      (rest_of(kind) > 0 && size != rest_of(kind)) || place.column + count > G_MAXUINT16)
    return damaged(kind, error);
  for (guint i = 0; i < count; i++, place.column++)
    g_array_append_val(places, place);
  return TRUE;
}

/* May this record stand between two cells (2.1.7.20.5, CELLTABLE; links by writers other than Excel)? One that may not
 * was a cell, or a part of one, before it was damaged. */
static gboolean joins_cells(guint kind, const BiffCursor *record) {
  static const guint kinds[] = {BIFF_MULBLANK, BIFF_ROWS_END, BIFF_LINK,           BIFF_ROW,     BIFF_ARRAY,
                                BIFF_TABLE,    BIFF_RESULT,   BIFF_SHARED_FORMULA, BIFF_CONTINUE};
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (kind == kinds[i])
      return TRUE;
  return kind == BIFF_BLANK && record->end - record->at == BLANK_SIZE;
}

/* Finds the cells of a sheet, up to the EOF of its own; charts within it have theirs. */
static gboolean find_cells(const Workbook *book, gsize offset, GArray *places, GError **error) {
  guint kind, depth = 0, odd = 0; /* odd: what stood behind a cell and may not stand between two */
  BiffCursor cursor;
  for (gsize at = offset; biff_record(book->stream, book->size, &offset, &kind, &cursor); at = offset) {
    if (depth == 0 && kind != BIFF_BOF)
      return damaged(kind, error);
    if (kind == BIFF_PASSWORD)
      return refuse("file_encrypted", NULL, error);
    if (kind == BIFF_EOF && cursor.at < cursor.end)
      return damaged(kind, error);
    depth += kind == BIFF_BOF;
    depth -= kind == BIFF_EOF;
    if (depth == 0)
      return TRUE;
    if (places->len > CELLS_MAX)
      return refuse("xlsx_too_large", "cells", error);
    if (depth == 1 && is_cell(kind) &&
        (odd != 0 ? !damaged(odd, error) : !note_places(&cursor, kind, at, places, error)))
      return FALSE;
    if (places->len > 0 && !is_cell(kind) && !joins_cells(kind, &cursor))
      odd = kind;
  }
  return damaged(BIFF_EOF, error);
}

static int by_place(gconstpointer a, gconstpointer b) {
  const Place *left = a, *right = b;
  return left->row != right->row ? left->row - right->row : left->column - right->column;
}

static gboolean put_cell(const Workbook *book, const Place *place, Cells *cells, GError **error) {
  g_autofree char *text = text_of(book, place);
  if (text != NULL)
    return cells_put(cells, place->column, clean_text(text, strlen(text)), error);
  g_autofree char *line = g_strdup_printf("%d", place->row + 1), *column = g_strdup_printf("%d", place->column + 1);
  g_autofree char *cell = cell_name(place->column, place->row + 1);
  return error_set(error, ERROR_REFUSED, "sheet_value", "line", line, "column", column, "cell", cell, NULL);
}

static gboolean read_sheet(const Workbook *book, const Tab *tab, Cells *cells, GError **error) {
  g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
  if (!find_cells(book, tab->offset, places, error))
    return FALSE;
  g_array_sort(places, by_place);
  cells_restart(cells);
  for (guint i = 0; i < places->len; i++) {
    const Place *place = &g_array_index(places, Place, i);
    gboolean first = i == 0 || place[-1].row != place->row, last = i + 1 == places->len || place[1].row != place->row;
    if ((first && !cells_begin(cells, place->row + 1, error)) || !put_cell(book, place, cells, error) ||
        (last && !cells_end(cells, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean read_tabs(const Workbook *workbook, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  g_autoptr(Book) book = book_new(profiles, "xls", sink);
  g_autoptr(Cells) cells = cells_new(book_row, book);
  for (guint i = 0; i < workbook->tabs->len; i++) {
    const Tab *tab = workbook->tabs->pdata[i];
    if (!tab->worksheet)
      continue;
    if (!book_sheet(book, tab->name, tab->hidden, error) || !read_sheet(workbook, tab, cells, error)) {
      error_add(error, "sheet", tab->name);
      return FALSE;
    }
  }
  return book_finish(book, error);
}

static gboolean read_stream(GBytes *stream, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  Workbook book = {.texts = {TRUE, ENCODING_LATIN1}};
  book.stream = g_bytes_get_data(stream, &book.size);
  book.tabs = g_ptr_array_new_with_free_func(tab_free);
  book.formats = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  book.styles = g_array_new(FALSE, FALSE, sizeof(guint16));
  book.shared = g_string_new(NULL);
  book.starts = g_array_new(FALSE, FALSE, sizeof(guint32));
  gboolean good = read_globals(&book, error) && read_tabs(&book, profiles, sink, error);
  g_ptr_array_unref(book.tabs);
  g_hash_table_unref(book.formats);
  g_array_unref(book.styles);
  g_string_free(book.shared, TRUE);
  g_array_unref(book.starts);
  return good;
}

gboolean xls_parse(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  g_autoptr(Ole) ole = ole_open(source, error);
  if (ole == NULL)
    return FALSE;
  if (ole_has(ole, "EncryptedPackage"))
    return refuse("file_encrypted", NULL, error);
  if (ole_has(ole, "_VBA_PROJECT_CUR"))
    return refuse("xlsx_macro", "_VBA_PROJECT_CUR", error);
  const char *name = ole_has(ole, "Workbook") ? "Workbook" : "Book";
  if (!ole_has(ole, name))
    return refuse("file_ole", NULL, error);
  g_autoptr(GBytes) stream = ole_read(ole, name, error);
  return stream != NULL && read_stream(stream, profiles, sink, error);
}
