/* A workbook to records: each sheet with a header is read like a file of its own, its statements following the ones
 * before; sheets without a header are left out, and named
 * when they have rows. At least one must have one. A sheet that nearly has one, with three
 * columns and most of those that a layout requires, refuses the file: its lines would be missed. A hidden sheet with a
 * header is refused: nobody can see what would be read. */
#ifndef YIFEN_PARSERS_BOOK_H
#define YIFEN_PARSERS_BOOK_H

#include "parsers/record.h"
#include "parsers/sheet_row.h"

typedef struct Book Book;

/* As for sheet_new(). */
Book *book_new(GPtrArray *profiles, const char *format, const RecordSink *sink);
void book_free(Book *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Book, book_free)

/* The next sheet; name: as its tab says, or NULL. Ends the one before, with its errors. */
gboolean book_sheet(Book *book, const char *name, gboolean hidden, GError **error);

/* A row of it, as for sheet_row(): a SheetRowFunction for the book. Errors gain the fact sheet (its name). */
gboolean book_row(void *book, const SheetRow *row, GError **error);

/* The open sheet turns out to be hidden. */
gboolean book_hidden(Book *book, GError **error);

/* Ends the last sheet. ERROR_REFUSED as sheet_finish(), "sheet_hidden" (value: the sheet). */
gboolean book_finish(Book *book, GError **error);

#endif
