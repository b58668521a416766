/* A page as HTML that old mail programs show too: tables and inline style, no script, nothing from elsewhere. */
#include <string.h>

#include "daemon/report/page.h"
#include "daemon/text.h"

#define SHORT_LINE 10 /* characters */
#define FEW_COLUMNS 3 /* that a phone shows side by side */

#define LINE "#d0d5dd"
#define GREY "#667085"
#define RED "#b42318"

/* On a phone a row is a block and each cell names its column: nothing to scroll for. Mail programs that know no media
 * queries show the table. */
#define PHONE                                                                                                          \
  "@media(max-width:640px){.t,.t tbody,.t tr,.t td{display:block!important;width:auto!important}"                      \
  ".t tr{border:1px solid " LINE "!important;margin:0 0 8px;padding:4px 10px}"                                         \
  ".t .head,.t .empty{display:none!important}"                                                                         \
  ".t td{border:0!important;padding:2px 0!important;text-align:left!important;white-space:normal!important}"           \
  ".t td:before{content:attr(title) ' ';color:" GREY                                                                   \
  ";font-weight:normal;display:inline-block;min-width:84px;padding-right:6px}}"

#define CELL "border:1px solid " LINE ";padding:6px 8px;vertical-align:top;text-align:"

static void append_escaped(GString *out, const char *text) {
  g_autofree char *escaped = g_markup_escape_text(text, -1);
  g_auto(GStrv) lines = g_strsplit(escaped, "\n", -1);
  g_autofree char *joined = g_strjoinv("<br>", lines);
  g_string_append(out, joined);
}

static void add_paragraph(GString *out, const char *style, const char *text) {
  g_string_append_printf(out, "<p style=\"margin:6px 0%s\">", style);
  append_escaped(out, text);
  g_string_append(out, "</p>\n");
}

/* Dates and short words must not break in their middle. */
static gboolean one_piece(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_utf8_strlen(*line, -1) > SHORT_LINE)
      return FALSE;
  return TRUE;
}

static void add_cell(GString *out, const char *heading, const char *cell) {
  gboolean right = page_column(heading) == COLUMN_NUMBER;
  g_autofree char *title = g_markup_escape_text(page_heading(heading), -1), *text = page_cell(heading, cell);
  g_string_append_printf(out, "<td title=\"%s\"%s style=\"" CELL "%s%s%s\">", title,
                         *text == '\0' ? " class=\"empty\"" : "", right ? "right" : "left",
                         right || one_piece(text) ? ";white-space:nowrap" : "",
                         page_loud(cell) ? ";color:" RED ";font-weight:bold" : "");
  append_escaped(out, text);
  g_string_append(out, "</td>");
}

static void add_heading(GString *out, const char *heading) {
  g_string_append_printf(out, "<th style=\"" CELL "%s;background:#f2f4f7;white-space:nowrap\">",
                         page_column(heading) == COLUMN_NUMBER ? "right" : "left");
  append_escaped(out, page_heading(heading));
  g_string_append(out, "</th>");
}

/* A column that says nothing takes no place. */
static gboolean filled(const PageSection *section, guint column) {
  for (guint i = 0; i < section_shown(section); i++)
    if (*((char **)section->rows->pdata[i])[column] != '\0')
      return TRUE;
  return FALSE;
}

static void add_table(GString *out, const PageSection *section) {
  gboolean narrow = g_strv_length(section->headings) <= FEW_COLUMNS;
  g_string_append_printf(out,
                         "<div style=\"overflow-x:auto\"><table%s cellspacing=\"0\" "
                         "style=\"border-collapse:collapse;%sfont-size:14px\">\n<tr class=\"head\">",
                         narrow ? "" : " class=\"t\"", narrow ? "" : "width:100%;");
  for (guint i = 0; section->headings[i] != NULL; i++)
    if (filled(section, i))
      add_heading(out, section->headings[i]);
  g_string_append(out, "</tr>\n");
  for (guint row = 0; row < section_shown(section); row++) {
    g_string_append(out, "<tr>");
    for (guint i = 0; section->headings[i] != NULL; i++)
      if (filled(section, i))
        add_cell(out, section->headings[i], ((char **)section->rows->pdata[row])[i]);
    g_string_append(out, "</tr>\n");
  }
  g_string_append(out, "</table></div>\n");
}

static void add_card_line(GString *out, const char *heading, const char *cell) {
  if (*cell == '\0')
    return;
  g_autofree char *text = page_cell(heading, cell);
  g_string_append(out,
                  "<tr><td style=\"padding:2px 10px 2px 0;vertical-align:top;white-space:nowrap;color:" GREY "\">");
  append_escaped(out, page_heading(heading));
  g_string_append_printf(out, "</td><td style=\"padding:2px 0;vertical-align:top;word-break:break-word%s\">",
                         page_loud(cell) ? ";color:" RED ";font-weight:bold" : "");
  append_escaped(out, text);
  g_string_append(out, "</td></tr>\n");
}

/* A block of its own, with a bar that shows from afar what is urgent. */
static void add_card(GString *out, const PageSection *section, char *const *row) {
  g_string_append_printf(out,
                         "<table width=\"100%%\" cellspacing=\"0\" style=\"border-collapse:separate;width:100%%;"
                         "margin:0 0 10px;border:1px solid " LINE ";border-left:5px solid %s;font-size:14px\">"
                         "<tr><td style=\"padding:8px 12px\"><div style=\"font-size:16px;font-weight:bold\">",
                         page_row_loud(row) ? RED : "#98a2b3");
  g_autofree char *title = g_strdup_printf("%s %s　%s", page_heading(section->headings[0]), row[0], row[1]);
  append_escaped(out, title);
  g_string_append(out, "</div>\n<table cellspacing=\"0\" style=\"border-collapse:collapse;font-size:14px\">\n");
  for (guint i = 2; section->headings[i] != NULL; i++)
    add_card_line(out, section->headings[i], row[i]);
  g_string_append(out, "</table></td></tr></table>\n");
}

static void add_section(GString *out, const PageSection *section) {
  g_autofree char *more = section_more(section);
  g_string_append(out,
                  "<h2 style=\"font-size:17px;margin:24px 0 8px;border-bottom:2px solid #175cd3;padding-bottom:4px\">");
  append_escaped(out, section->title);
  g_string_append(out, "</h2>\n");
  for (guint i = 0; i < section->paragraphs->len; i++)
    add_paragraph(out, ";color:#475467", section->paragraphs->pdata[i]);
  if (more != NULL)
    add_paragraph(out, ";color:#475467", more);
  if (section->cards)
    for (guint i = 0; i < section_shown(section); i++)
      add_card(out, section, section->rows->pdata[i]);
  else if (section->rows->len > 0)
    add_table(out, section);
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
      "</title></head>\n<body style=\"margin:0 auto;padding:12px;max-width:960px;color:#101828;background:#ffffff;"
      "font-family:'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;font-size:15px;line-height:1.5\">\n"
      "<h1 style=\"font-size:21px;margin:4px 0 8px\">");
  append_escaped(out, page->title);
  g_string_append(out, "</h1>\n");
  for (guint i = 0; i < page->paragraphs->len; i++)
    add_paragraph(out, i == 0 ? ";font-size:17px;font-weight:bold" : ";color:#475467", page->paragraphs->pdata[i]);
  for (guint i = 0; i < page->sections->len; i++)
    add_section(out, page->sections->pdata[i]);
  g_string_append(out, "</body></html>\n");
  return g_string_free(out, FALSE);
}
