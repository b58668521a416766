#include "daemon/table.h"

#include <stdarg.h>

#define GAP "  "

struct Table {
  guint columns;
  gboolean *right;
  GPtrArray *cells; /* row by row, the headings first */
};

static int cells_of(gunichar c) {
  return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

int text_width(const char *text) {
  int width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
    width += cells_of(g_utf8_get_char(p));
  return width;
}

char *text_cut(const char *text, int cells) {
  const char *end = text;
  if (text_width(text) <= cells)
    return g_strdup(text);
  for (int left = cells - 1 - cells_of(g_utf8_get_char(end)); left >= 0; left -= cells_of(g_utf8_get_char(end)))
    end = g_utf8_next_char(end);
  return g_strdup_printf("%.*s…", (int)(end - text), text);
}

static char *cell_text(const char *text) {
  char *clean = text == NULL ? g_strdup("") : g_utf8_make_valid(text, -1);
  for (char *p = clean; *p != '\0'; p++)
    if (g_ascii_iscntrl(*p))
      *p = ' ';
  return clean;
}

Table *table_new(const char *heading, ...) {
  Table *table = g_new0(Table, 1);
  table->cells = g_ptr_array_new_with_free_func(g_free);
  va_list headings;
  va_start(headings, heading);
  for (const char *text = heading; text != NULL; text = va_arg(headings, const char *)) {
    table->right = g_renew(gboolean, table->right, table->columns + 1);
    table->right[table->columns++] = *text == '>';
    g_ptr_array_add(table->cells, cell_text(*text == '>' ? text + 1 : text));
  }
  va_end(headings);
  return table;
}

void table_free(Table *table) {
  if (table == NULL)
    return;
  g_ptr_array_unref(table->cells);
  g_free(table->right);
  g_free(table);
}

void table_row(Table *table, ...) {
  va_list cells;
  va_start(cells, table);
  for (guint i = 0; i < table->columns; i++)
    g_ptr_array_add(table->cells, cell_text(va_arg(cells, const char *)));
  va_end(cells);
}

static int column_width(const Table *table, guint column) {
  int width = 0;
  for (guint i = column; i < table->cells->len; i += table->columns)
    width = MAX(width, text_width(table->cells->pdata[i]));
  return width;
}

static void print_cell(const char *text, int width, gboolean right, gboolean last, FILE *out) {
  int blanks = width - text_width(text);
  if (right)
    (void)fprintf(out, "%*s%s", blanks, "", text);
  else
    (void)fprintf(out, "%s%*s", text, last ? 0 : blanks, "");
  (void)fputs(last ? "\n" : GAP, out);
}

void table_print(const Table *table, FILE *out) {
  g_autofree int *widths = g_new(int, table->columns);
  for (guint c = 0; c < table->columns; c++)
    widths[c] = column_width(table, c);
  for (guint i = 0; i < table->cells->len; i++) {
    guint c = i % table->columns;
    print_cell(table->cells->pdata[i], widths[c], table->right[c], c + 1 == table->columns, out);
  }
}
