#include "parsers/book.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/sheet.h"
#include "rules/error.h"

enum { NEARLY_COLUMNS = 3 }; /* that a cover or a summary does not have */

struct Book {
  GPtrArray *profiles;
  const char *format;
  RecordSink sink;
  Sheet *sheet; /* the open one; NULL between sheets, and once it has shown no header */
  char *name;
  gboolean hidden, rows;  /* rows: the open sheet has some */
  int statements, before; /* handed on; by the sheets before this one */
  GError *unknown;        /* of the sheet that came nearest to having a header */
  guint found, wanted;    /* required columns that it has */
};

static gboolean refuse_hidden(const Book *book, GError **error) {
  return error_set(error, ERROR_REFUSED, "sheet_hidden", "value", book->name, NULL);
}

static gboolean hand_statement(Book *book, const Statement *statement, gboolean begin, GError **error) {
  Statement numbered = *statement;
  if (begin && book->hidden)
    return refuse_hidden(book, error);
  numbered.number += book->before;
  book->statements = numbered.number;
  return (begin ? book->sink.statement : book->sink.statement_end)(book->sink.user, &numbered, error);
}

static gboolean on_statement(void *user, const Statement *statement, GError **error) {
  return hand_statement(user, statement, TRUE, error);
}

static gboolean on_statement_end(void *user, const Statement *statement, GError **error) {
  return hand_statement(user, statement, FALSE, error);
}

static gboolean on_entry(void *user, const Entry *entry, GError **error) {
  Book *book = user;
  Entry numbered = *entry;
  numbered.statement += book->before;
  return book->sink.entry(book->sink.user, &numbered, error);
}

static gboolean on_column_fit(void *user, const ColumnFit *fit, GError **error) {
  const Book *book = user;
  return book->sink.column_fit(book->sink.user, fit, error);
}

Book *book_new(GPtrArray *profiles, const char *format, const RecordSink *sink) {
  Book *book = g_new0(Book, 1);
  book->profiles = profiles;
  book->format = format;
  book->sink = *sink;
  return book;
}

void book_free(Book *book) {
  if (book == NULL)
    return;
  sheet_free(book->sheet);
  g_free(book->name);
  g_clear_error(&book->unknown);
  g_free(book);
}

/* Takes over why a sheet has no header. */
static void keep_nearest(Book *book, GError *failure) {
  const char *detail = error_fact(failure, "detail"); /* "5/7" */
  const char *slash = detail == NULL ? NULL : strchr(detail, '/');
  guint found = slash == NULL ? 0 : (guint)g_ascii_strtoull(detail, NULL, 10);
  guint wanted = slash == NULL ? 1 : (guint)g_ascii_strtoull(slash + 1, NULL, 10);
  if (book->unknown != NULL && found * book->wanted <= book->found * wanted) {
    g_error_free(failure);
    return;
  }
  g_clear_error(&book->unknown);
  book->unknown = failure;
  book->found = found;
  book->wanted = wanted;
}

static gboolean tell_left_out(const Book *book, GError **error) {
  g_autofree char *copy = g_strdup(book->name == NULL ? "" : book->name);
  const char *name = clean_text(copy, strlen(copy));
  return !book->rows || book->sink.left_out == NULL ||
         book->sink.left_out(book->sink.user, name == NULL ? "?" : name, error);
}

/* A sheet without a header is left out; any other failure is the file's. */
static gboolean left_out(Book *book, GError *failure, GError **error) {
  const char *reason = error_reason(failure);
  error_add(&failure, "sheet", book->name);
  if (!g_str_equal(reason, "sheet_unknown") && !g_str_equal(reason, "sheet_misfit")) {
    g_propagate_error(error, failure);
    return FALSE;
  }
  g_clear_pointer(&book->sheet, sheet_free);
  keep_nearest(book, failure);
  return tell_left_out(book, error);
}

static gboolean end_sheet(Book *book, GError **error) {
  GError *failure = NULL;
  if (book->sheet == NULL)
    return TRUE;
  if (!sheet_finish(book->sheet, &failure) && !left_out(book, failure, error))
    return FALSE;
  g_clear_pointer(&book->sheet, sheet_free);
  book->before = book->statements;
  return TRUE;
}

gboolean book_sheet(Book *book, const char *name, gboolean hidden, GError **error) {
  RecordSink sink = {on_statement, on_entry, on_statement_end, NULL, book, NULL};
  if (book->sink.column_fit != NULL)
    sink.column_fit = on_column_fit;
  if (!end_sheet(book, error))
    return FALSE;
  g_free(book->name);
  book->name = g_strdup(name);
  book->hidden = hidden;
  book->rows = FALSE;
  book->sheet = sheet_new(book->profiles, book->format, &sink);
  return TRUE;
}

gboolean book_row(void *user, const SheetRow *row, GError **error) {
  Book *book = user;
  GError *failure = NULL;
  book->rows = TRUE;
  return book->sheet == NULL || sheet_row(book->sheet, row, &failure) || left_out(book, failure, error);
}

gboolean book_hidden(Book *book, GError **error) {
  book->hidden = TRUE;
  return book->statements == book->before || refuse_hidden(book, error);
}

gboolean book_finish(Book *book, GError **error) {
  if (!end_sheet(book, error))
    return FALSE;
  gboolean nearly = book->found >= NEARLY_COLUMNS && 2 * book->found > book->wanted;
  if (book->statements > 0 && !nearly)
    return TRUE;
  if (book->unknown != NULL)
    g_propagate_error(error, g_steal_pointer(&book->unknown));
  else
    error_set(error, ERROR_REFUSED, "sheet_unknown", NULL);
  return FALSE;
}
