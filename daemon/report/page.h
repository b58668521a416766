/* A page for people: sections with paragraphs and a table, rendered as plain text or HTML. */
#ifndef YIFEN_DAEMON_REPORT_PAGE_H
#define YIFEN_DAEMON_REPORT_PAGE_H

#include <glib.h>

#define PAGE_LOUD "\x01" /* no text of a stranger holds it: text_clean() */

typedef struct {
  char *title;
  GPtrArray *paragraphs; /* char * */
  char **headings;       /* a heading that begins with '>' aligns its column to the right; NULL: no table */
  GPtrArray *rows;       /* char **, as long as headings; a cell that begins with PAGE_LOUD is emphasised */
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

char *page_text(const Page *page);
char *page_html(const Page *page, const char *language /* "zh-CN" */);

#endif
