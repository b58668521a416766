/* A page for people: sections with paragraphs and a table. Rendered as plain text, as HTML for mail programs, and as a
 * workbook (workbook.h). */
#ifndef YIFEN_DAEMON_REPORT_PAGE_H
#define YIFEN_DAEMON_REPORT_PAGE_H

#include <glib.h>

#define PAGE_LOUD "\x01" /* no text of a stranger holds it: text_clean() */

typedef enum {
  COLUMN_TEXT,
  COLUMN_NUMBER, /* heading ">...": cells are "12" or "-1048.00", or empty */
  COLUMN_DAY,    /* heading "~...": cells are "2026-11-22", or empty */
} ColumnKind;

typedef struct {
  char *title;
  GPtrArray *paragraphs; /* char * */
  char **headings;       /* never NULL; none: no table */
  GPtrArray *rows;       /* char **, as long as headings; a cell that begins with PAGE_LOUD is emphasised */
  gboolean cards;        /* each row is shown as a block whose title is the first two cells */
} PageSection;

typedef struct {
  char *title;
  GPtrArray *paragraphs; /* char * */
  GPtrArray *sections;   /* PageSection */
} Page;

Page *page_new(char *title /* owned */);
void page_free(Page *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

void page_say(Page *page, char *paragraph /* owned */);
/* A new section; headings end with NULL, none at all means no table. */
PageSection *page_section(Page *page, const char *title, ...) G_GNUC_NULL_TERMINATED;
void section_say(PageSection *section, char *paragraph /* owned */);
/* As many cells as headings; NULL is empty. Copied. */
void section_row(PageSection *section, ...);

ColumnKind page_column(const char *heading);
const char *page_heading(const char *heading); /* without its mark */
gboolean page_loud(const char *cell);
const char *page_plain(const char *cell); /* without PAGE_LOUD */
gboolean page_row_loud(char *const *row); /* one of its cells is */
/* As people read it: numbers in groups ("1,048.00"). The caller frees. */
char *page_cell(const char *heading, const char *cell);

/* How many rows of a section are shown on a page; the workbook has all. */
guint section_shown(const PageSection *section);
/* "All 812, here the first 200." when there are more than are shown, else NULL. The caller frees. */
char *section_more(const PageSection *section);

char *page_text(const Page *page);
char *page_html(const Page *page, const char *language /* "zh-CN" */);

#endif
