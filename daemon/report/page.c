#include "daemon/report/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/text.h"

#define ROWS_SHOWN 200

static void section_free(gpointer data) {
  PageSection *section = data;
  g_free(section->title);
  g_ptr_array_unref(section->paragraphs);
  g_strfreev(section->headings);
  g_ptr_array_unref(section->rows);
  g_free(section);
}

Page *page_new(char *title) {
  Page *page = g_new0(Page, 1);
  page->title = title;
  page->paragraphs = g_ptr_array_new_with_free_func(g_free);
  page->sections = g_ptr_array_new_with_free_func(section_free);
  return page;
}

void page_free(Page *page) {
  if (page == NULL)
    return;
  g_free(page->title);
  g_ptr_array_unref(page->paragraphs);
  g_ptr_array_unref(page->sections);
  g_free(page);
}

void page_say(Page *page, char *paragraph) {
  g_ptr_array_add(page->paragraphs, paragraph);
}

PageSection *page_section(Page *page, const char *title, ...) {
  PageSection *section = g_new0(PageSection, 1);
  section->title = g_strdup(title);
  section->paragraphs = g_ptr_array_new_with_free_func(g_free);
  section->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  g_autoptr(GStrvBuilder) headings = g_strv_builder_new();
  va_list list;
  va_start(list, title);
  for (const char *heading; (heading = va_arg(list, const char *)) != NULL;)
    g_strv_builder_add(headings, heading);
  va_end(list);
  section->headings = g_strv_builder_end(headings);
  g_ptr_array_add(page->sections, section);
  return section;
}

void section_say(PageSection *section, char *paragraph) {
  g_ptr_array_add(section->paragraphs, paragraph);
}

void section_row(PageSection *section, ...) {
  guint columns = g_strv_length(section->headings);
  char **row = g_new0(char *, columns + 1);
  va_list cells;
  va_start(cells, section);
  for (guint i = 0; i < columns; i++) {
    const char *cell = va_arg(cells, const char *);
    row[i] = g_strdup(cell != NULL ? cell : "");
  }
  va_end(cells);
  g_ptr_array_add(section->rows, row);
}

ColumnKind page_column(const char *heading) {
  return *heading == '>' ? COLUMN_NUMBER : *heading == '~' ? COLUMN_DAY : COLUMN_TEXT;
}

const char *page_heading(const char *heading) {
  return page_column(heading) == COLUMN_TEXT ? heading : heading + 1;
}

gboolean page_loud(const char *cell) {
  return *cell == *PAGE_LOUD;
}

const char *page_plain(const char *cell) {
  return page_loud(cell) ? cell + 1 : cell;
}

gboolean page_row_loud(char *const *row) {
  for (; *row != NULL; row++)
    if (page_loud(*row))
      return TRUE;
  return FALSE;
}

char *page_cell(const char *heading, const char *cell) {
  const char *text = page_plain(cell), *digits = text + (*text == '-');
  if (page_column(heading) != COLUMN_NUMBER)
    return g_strdup(text);
  gsize whole = strcspn(digits, ".");
  GString *out = g_string_new_len(text, digits - text);
  for (gsize i = 0; i < whole; i++) {
    if (i > 0 && (whole - i) % 3 == 0)
      g_string_append_c(out, ',');
    g_string_append_c(out, digits[i]);
  }
  g_string_append(out, digits + whole);
  return g_string_free(out, FALSE);
}

guint section_shown(const PageSection *section) {
  return MIN(section->rows->len, ROWS_SHOWN);
}

char *section_more(const PageSection *section) {
  return section->rows->len <= ROWS_SHOWN
             ? NULL
             : g_strdup_printf(_("共 %u 条，这里列出前 %d 条，全部见附表（XLSX）。"), section->rows->len, ROWS_SHOWN);
}

/* Plain text: one block a row, since a table of long Chinese cells breaks in every mail program. */
static void text_row(const PageSection *section, char *const *row, FILE *out) {
  gboolean first = TRUE;
  for (guint i = 0; section->headings[i] != NULL; i++) {
    const char *heading = section->headings[i];
    if (*row[i] == '\0')
      continue;
    (void)fprintf(out, _("%s%s：%s"), first ? "- " : "  ", page_heading(heading), page_loud(row[i]) ? _("【！】") : "");
    first = FALSE;
    g_autofree char *text = page_cell(heading, row[i]);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint line = 0; lines[line] != NULL; line++)
      (void)fprintf(out, "%s%s\n", line == 0 ? "" : "      ", lines[line]);
  }
}

static void text_section(const PageSection *section, FILE *out) {
  g_autofree char *more = section_more(section);
  (void)fprintf(out, "\n■ %s\n", section->title);
  for (guint i = 0; i < section->paragraphs->len; i++)
    (void)fprintf(out, "%s\n", (const char *)section->paragraphs->pdata[i]);
  if (more != NULL)
    (void)fprintf(out, "%s\n", more);
  for (guint i = 0; i < section_shown(section); i++) {
    (void)fputs(section->cards && i > 0 ? "\n" : "", out);
    text_row(section, section->rows->pdata[i], out);
  }
}

char *page_text(const Page *page) {
  char *buffer = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&buffer, &size);
  g_assert(out != NULL);
  (void)fprintf(out, "%s\n", page->title);
  for (guint i = 0; i < page->paragraphs->len; i++)
    (void)fprintf(out, "%s\n", (const char *)page->paragraphs->pdata[i]);
  for (guint i = 0; i < page->sections->len; i++)
    text_section(page->sections->pdata[i], out);
  g_assert(fclose(out) == 0);
  char *text = g_strdup(buffer);
  free(buffer);
  return text;
}
