#include "daemon/report/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/text.h"

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

static const char *plain(const char *cell) {
  return *cell == *PAGE_LOUD ? cell + 1 : cell;
}

static const char *heading_text(const char *heading) {
  return *heading == '>' ? heading + 1 : heading;
}

/* Plain text: one block a row, since a table of long Chinese cells breaks in every mail program. */
static void text_row(const PageSection *section, char *const *row, FILE *out) {
  for (guint i = 0; section->headings[i] != NULL; i++) {
    const char *heading = section->headings[i];
    if (*row[i] == '\0')
      continue;
    (void)fprintf(out, _("%s%s：%s"), i == 0 ? "- " : "  ", heading_text(heading),
                  *row[i] == *PAGE_LOUD ? _("【！】") : "");
    g_auto(GStrv) lines = g_strsplit(plain(row[i]), "\n", -1);
    for (guint line = 0; lines[line] != NULL; line++)
      (void)fprintf(out, "%s%s\n", line == 0 ? "" : "      ", lines[line]);
  }
}

static void text_section(const PageSection *section, FILE *out) {
  (void)fprintf(out, "\n■ %s\n", section->title);
  for (guint i = 0; i < section->paragraphs->len; i++)
    (void)fprintf(out, "%s\n", (const char *)section->paragraphs->pdata[i]);
  for (guint i = 0; i < section->rows->len; i++)
    text_row(section, section->rows->pdata[i], out);
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

static void append_escaped(GString *out, const char *text) {
  g_autofree char *escaped = g_markup_escape_text(text, -1);
  g_auto(GStrv) lines = g_strsplit(escaped, "\n", -1);
  g_autofree char *joined = g_strjoinv("<br>", lines);
  g_string_append(out, joined);
}

static void html_paragraphs(GString *out, const GPtrArray *paragraphs) {
  for (guint i = 0; i < paragraphs->len; i++) {
    g_string_append(out, "<p style=\"margin:6px 0\">");
    append_escaped(out, paragraphs->pdata[i]);
    g_string_append(out, "</p>\n");
  }
}

#define SHORT_LINE 10 /* characters */

/* On a phone a row is a block and each cell names its column: nothing to scroll for. Mail programs that know no media
 * queries show the table. */
#define PHONE                                                                                                          \
  "@media(max-width:640px){table,tbody,tr,td{display:block!important;width:auto!important}"                            \
  "tr{border:1px solid #d0d5dd;margin:0 0 10px;padding:4px 8px}tr.head,td.empty{display:none!important}"               \
  "td{border:0!important;padding:2px 0!important;text-align:left!important;white-space:normal!important}"              \
  "td:before{content:attr(title) ': ';color:#667085}}"

#define CELL "border:1px solid #d0d5dd;padding:6px 8px;vertical-align:top;text-align:"

/* Dates and short words must not break in their middle. */
static gboolean one_piece(const char *text) {
  g_auto(GStrv) lines = g_strsplit(plain(text), "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_utf8_strlen(*line, -1) > SHORT_LINE)
      return FALSE;
  return TRUE;
}

static void html_heading(GString *out, const char *heading) {
  g_string_append_printf(out, "<th style=\"" CELL "%s;background:#f2f4f7;white-space:nowrap\">",
                         *heading == '>' ? "right" : "left");
  append_escaped(out, heading_text(heading));
  g_string_append(out, "</th>");
}

static void html_cell(GString *out, const char *heading, const char *text) {
  gboolean loud = *text == *PAGE_LOUD, right = *heading == '>';
  g_autofree char *title = g_markup_escape_text(heading_text(heading), -1);
  g_string_append_printf(out, "<td title=\"%s\"%s style=\"" CELL "%s%s%s\">", title,
                         *text == '\0' ? " class=\"empty\"" : "", right ? "right" : "left",
                         right || one_piece(text) ? ";white-space:nowrap" : "",
                         loud ? ";color:#b42318;font-weight:bold" : "");
  append_escaped(out, plain(text));
  g_string_append(out, "</td>");
}

static void html_row(GString *out, const PageSection *section, char *const *cells) {
  g_string_append(out, "<tr>");
  for (guint i = 0; section->headings[i] != NULL; i++)
    html_cell(out, section->headings[i], cells[i]);
  g_string_append(out, "</tr>\n");
}

static void html_head(GString *out, const PageSection *section) {
  g_string_append(out, "<tr class=\"head\">");
  for (guint i = 0; section->headings[i] != NULL; i++)
    html_heading(out, section->headings[i]);
  g_string_append(out, "</tr>\n");
}

static void html_section(GString *out, const PageSection *section) {
  g_string_append(out,
                  "<h2 style=\"font-size:17px;margin:22px 0 6px;border-bottom:2px solid #175cd3;padding-bottom:4px\">");
  append_escaped(out, section->title);
  g_string_append(out, "</h2>\n");
  html_paragraphs(out, section->paragraphs);
  if (section->rows->len == 0)
    return;
  g_string_append(
      out, "<div style=\"overflow-x:auto\"><table style=\"border-collapse:collapse;width:100%;font-size:14px\">\n");
  html_head(out, section);
  for (guint i = 0; i < section->rows->len; i++)
    html_row(out, section, section->rows->pdata[i]);
  g_string_append(out, "</table></div>\n");
}

char *page_html(const Page *page, const char *language) {
  GString *out = g_string_new(NULL);
  g_string_append_printf(
      out,
      "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>%s</style><title>",
      language, PHONE);
  append_escaped(out, page->title);
  g_string_append(
      out,
      "</title></head>\n<body style=\"margin:0 auto;padding:12px;max-width:960px;color:#101828;"
      "font-family:'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;font-size:15px;line-height:1.5\">\n"
      "<h1 style=\"font-size:21px;margin:4px 0 8px\">");
  append_escaped(out, page->title);
  g_string_append(out, "</h1>\n");
  html_paragraphs(out, page->paragraphs);
  for (guint i = 0; i < page->sections->len; i++)
    html_section(out, page->sections->pdata[i]);
  g_string_append(out, "</body></html>\n");
  return g_string_free(out, FALSE);
}
