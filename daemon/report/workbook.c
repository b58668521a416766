#include "daemon/report/workbook.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "daemon/table.h"
#include "daemon/text.h"
#include "rules/error.h"

#define ROWS_MAX 20000 /* of a sheet: a mail must stay one that servers take */
#define CELL_MAX 32767 /* characters; the file format's own limit */
#define NUMBER_MAX 15  /* digits that a spreadsheet holds exactly */
#define NARROW 10
#define WIDE 60
#define LOOKED_AT 500 /* rows that decide a column's width */

typedef struct {
  lxw_format *heading, *text, *loud, *day, *number, *amount;
} Formats;

static lxw_format *add_format(lxw_workbook *book, const char *number) {
  lxw_format *format = workbook_add_format(book);
  format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
  if (number != NULL)
    format_set_num_format(format, number);
  return format;
}

static Formats add_formats(lxw_workbook *book) {
  Formats formats = {.heading = add_format(book, NULL),
                     .text = add_format(book, "@"),
                     .loud = add_format(book, "@"),
                     .day = add_format(book, "yyyy-mm-dd"),
                     .number = add_format(book, "#,##0"),
                     .amount = add_format(book, "#,##0.00")};
  format_set_bold(formats.heading);
  format_set_bg_color(formats.heading, 0xF2F4F7);
  format_set_bottom(formats.heading, LXW_BORDER_THIN);
  format_set_align(formats.day, LXW_ALIGN_LEFT);
  format_set_text_wrap(formats.text);
  format_set_text_wrap(formats.loud);
  format_set_bold(formats.loud);
  format_set_font_color(formats.loud, 0xB42318);
  return formats;
}

static lxw_error write_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                            lxw_format *format) {
  g_autofree char *cut = g_utf8_strlen(text, -1) > CELL_MAX ? g_utf8_substring(text, 0, CELL_MAX) : NULL;
  return worksheet_write_string(sheet, row, column, cut != NULL ? cut : text, format);
}

static lxw_error write_day(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                           const Formats *formats) {
  Day day;
  lxw_datetime time = {0};
  if (!day_parse(text, &day))
    return write_text(sheet, row, column, text, formats->text);
  day_to_ymd(day, &time.year, &time.month, &time.day);
  return worksheet_write_datetime(sheet, row, column, &time, formats->day);
}

/* The file format keeps numbers as IEEE 754 doubles and writes them with 16 digits: the double that is nearest to a
 * decimal of at most 15 digits prints as that very decimal again, so nothing is lost and nothing is calculated here. A
 * longer one stays a text. */
static lxw_error write_number(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                              const Formats *formats) {
  gsize digits = 0;
  for (const char *p = text; *p != '\0'; p++)
    digits += g_ascii_isdigit(*p);
  if (digits == 0 || digits > NUMBER_MAX || strspn(text, "-0123456789.") != strlen(text))
    return write_text(sheet, row, column, text, formats->text);
  return worksheet_write_number(sheet, row, column, g_ascii_strtod(text, NULL),
                                strchr(text, '.') != NULL ? formats->amount : formats->number);
}

static lxw_error write_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *heading,
                            const char *cell, const Formats *formats) {
  const char *text = page_plain(cell);
  if (*text == '\0')
    return LXW_NO_ERROR;
  switch (page_column(heading)) {
  case COLUMN_NUMBER:
    return write_number(sheet, row, column, text, formats);
  case COLUMN_DAY:
    return write_day(sheet, row, column, text, formats);
  case COLUMN_TEXT:
    return write_text(sheet, row, column, text, page_loud(cell) ? formats->loud : formats->text);
  }
  g_assert_not_reached();
}

static int widest_line(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  int width = 0;
  for (char **line = lines; *line != NULL; line++)
    width = MAX(width, text_width(*line));
  return width;
}

static int column_width(const PageSection *section, guint column) {
  const char *heading = section->headings[column];
  int width = MAX(NARROW, text_width(page_heading(heading)) + 4); /* the filter's button */
  for (guint i = 0; i < MIN(section->rows->len, LOOKED_AT); i++) {
    g_autofree char *text = page_cell(heading, ((char **)section->rows->pdata[i])[column]);
    width = MAX(width, widest_line(text) + 2);
  }
  return MIN(width, WIDE);
}

static void lay_out(lxw_worksheet *sheet, const PageSection *section, const Formats *formats, guint rows) {
  guint columns = g_strv_length(section->headings);
  for (guint i = 0; i < columns; i++) {
    (void)worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, column_width(section, i), NULL);
    (void)worksheet_write_string(sheet, 0, (lxw_col_t)i, page_heading(section->headings[i]), formats->heading);
  }
  worksheet_freeze_panes(sheet, 1, 0);
  (void)worksheet_autofilter(sheet, 0, 0, rows, (lxw_col_t)(columns - 1));
  (void)worksheet_repeat_rows(sheet, 0, 0);
  worksheet_set_landscape(sheet);
  worksheet_set_paper(sheet, 9); /* A4 */
  worksheet_fit_to_pages(sheet, 1, 0);
}

static gboolean add_sheet(lxw_workbook *book, const PageSection *section, const Formats *formats) {
  g_autofree char *name = g_utf8_substring(section->title, 0, MIN(g_utf8_strlen(section->title, -1), 31));
  lxw_worksheet *sheet = workbook_add_worksheet(book, name);
  if (sheet == NULL)
    return FALSE;
  guint rows = MIN(section->rows->len, ROWS_MAX);
  lxw_error result = LXW_NO_ERROR;
  lay_out(sheet, section, formats, rows);
  for (guint row = 0; row < rows; row++)
    for (guint i = 0; section->headings[i] != NULL && result == LXW_NO_ERROR; i++)
      result = write_cell(sheet, row + 1, (lxw_col_t)i, section->headings[i], ((char **)section->rows->pdata[row])[i],
                          formats);
  if (rows < section->rows->len && result == LXW_NO_ERROR) {
    g_autofree char *more = g_strdup_printf(_("共 %u 条，这里列出前 %u 条。"), section->rows->len, rows);
    result = write_text(sheet, rows + 1, 0, more, formats->loud);
  }
  return result == LXW_NO_ERROR;
}

static gboolean write_book(const Page *page, Instant made, const char *path) {
  lxw_workbook *book = workbook_new(path);
  if (book == NULL)
    return FALSE;
  lxw_doc_properties properties = {.title = page->title, .created = (time_t)(made / INSTANT_SECOND)};
  gboolean ok = workbook_set_properties(book, &properties) == LXW_NO_ERROR;
  Formats formats = add_formats(book);
  for (guint i = 0; ok && i < page->sections->len; i++) {
    const PageSection *section = page->sections->pdata[i];
    ok = section->headings[0] == NULL || add_sheet(book, section, &formats);
  }
  return workbook_close(book) == LXW_NO_ERROR && ok;
}

static GBytes *read_back(int fd) {
  off_t size = lseek(fd, 0, SEEK_END);
  g_autofree char *bytes = g_malloc((gsize)MAX(size, 1));
  return size > 0 && pread(fd, bytes, (gsize)size, 0) == size ? g_bytes_new_take(g_steal_pointer(&bytes), (gsize)size)
                                                              : NULL;
}

/* libxlsxwriter wants a path: one of memory, so that a crash leaves no payments in a folder of temporary files. */
GBytes *workbook_make(const Page *page, Instant made, GError **error) {
  int fd = memfd_create("workbook", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
  GBytes *bytes = fd >= 0 && write_book(page, made, path) ? read_back(fd) : NULL;
  const char *detail = g_strerror(errno);
  if (fd >= 0)
    (void)close(fd);
  if (bytes == NULL)
    (void)error_set(error, ERROR_TEMPORARY, "workbook", "detail", detail, NULL);
  return bytes;
}
