/* A table for a terminal, its columns aligned by display width: a Chinese character is two cells wide (UAX #11). */
#ifndef YIFEN_DAEMON_TABLE_H
#define YIFEN_DAEMON_TABLE_H

#include <glib.h>
#include <stdio.h>

typedef struct Table Table;

/* Headings end with NULL. A heading that begins with '>' aligns its column to the right. */
Table *table_new(const char *heading, ...) G_GNUC_NULL_TERMINATED;
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* One row: as many cells as there are headings; NULL is an empty cell. Control characters print as blanks. */
void table_row(Table *table, ...);
void table_print(const Table *table, FILE *out);

/* Cells that a text takes on a terminal. */
int text_width(const char *text);
/* The text, or as much of it as fits with "…" behind it into so many cells. The caller frees. */
char *text_cut(const char *text, int cells);

#endif
