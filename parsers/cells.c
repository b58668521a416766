#include "parsers/cells.h"

#include <string.h>

#include "parsers/cell.h"
#include "rules/error.h"

struct Cells {
  SheetRowFunction *function;
  void *user;
  gint64 line;   /* of the open row, or the last one */
  guint count;   /* columns so far, blank ones included */
  guint used;    /* up to the last text */
  GString *text; /* each with its NUL */
  guint starts[SHEET_CELLS_MAX], sizes[SHEET_CELLS_MAX];
};

Cells *cells_new(SheetRowFunction *function, void *user) {
  Cells *cells = g_new0(Cells, 1);
  cells->function = function;
  cells->user = user;
  cells->text = g_string_new(NULL);
  return cells;
}

void cells_free(Cells *cells) {
  if (cells == NULL)
    return;
  g_string_free(cells->text, TRUE);
  g_free(cells);
}

void cells_restart(Cells *cells) {
  cells->line = 0;
}

static gboolean refuse(const Cells *cells, const char *reason, guint column, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, cells->line);
  g_autofree char *place = g_strdup_printf("%u", column + 1), *cell = cell_name(column, cells->line);
  return error_set(error, ERROR_REFUSED, reason, "line", line, "column", place, "cell", cell, NULL);
}

gboolean cells_begin(Cells *cells, gint64 line, GError **error) {
  gboolean grows = line > cells->line;
  cells->line = line;
  cells->count = cells->used = 0;
  g_string_truncate(cells->text, 0);
  return grows || refuse(cells, "sheet_order", 0, error);
}

gboolean cells_put(Cells *cells, guint column, const char *text, GError **error) {
  if (column < cells->count)
    return refuse(cells, "sheet_order", column, error);
  cells->count = column + 1;
  if (text == NULL || *text == '\0')
    return TRUE;
  if (column >= SHEET_CELLS_MAX)
    return refuse(cells, "sheet_wide", column, error);
  gsize size = strlen(text);
  if (cells->text->len + size > CELLS_ROW_MAX)
    return refuse(cells, "sheet_row_too_long", column, error);
  while (cells->used < column)
    cells->sizes[cells->used++] = 0;
  cells->starts[cells->used] = (guint)cells->text->len;
  cells->sizes[cells->used++] = (guint)size;
  g_string_append_len(cells->text, text, (gssize)size + 1);
  return TRUE;
}

gboolean cells_end(Cells *cells, GError **error) {
  SheetCell texts[SHEET_CELLS_MAX];
  char blank[SHEET_CELLS_MAX] = "";
  if (cells->used == 0)
    return TRUE;
  for (guint i = 0; i < cells->used; i++) /* each its own byte: the reader may change its cells */
    texts[i] =
        (SheetCell){cells->sizes[i] == 0 ? blank + i : cells->text->str + cells->starts[i], cells->sizes[i], FALSE};
  SheetRow row = {cells->line, texts, cells->used, TRUE};
  return cells->function(cells->user, &row, error);
}
