#include "parsers/html.h"

#include <string.h>

#include "parsers/cells.h"
#include "parsers/clean.h"
#include "parsers/html_text.h"
#include "rules/error.h"

typedef enum { IN_TEXT, IN_TAG, IN_QUOTE, IN_COMMENT, IN_RAW } State;

enum { SPAN_MAX = 65534 };

struct Html {
  Cells *cells;
  State state;
  char quote;
  GString *tag;  /* what follows '<', when one is open; the end of a comment or of raw text */
  char raw[16];  /* the element whose text is passed over */
  GString *text; /* of the open cell */
  guint depth;   /* open tables */
  gboolean in_row, in_cell, page, page_ended;
  gint64 line;                  /* rows so far */
  guint column;                 /* of the open cell */
  guint next;                   /* the column after it */
  guint width;                  /* columns the open cell covers */
  guint rows;                   /* and rows */
  guint spans[SHEET_CELLS_MAX]; /* rows that a cell above still covers */
};

Html *html_new(SheetRowFunction *function, void *user) {
  Html *html = g_new0(Html, 1);
  html->cells = cells_new(function, user);
  html->tag = g_string_new(NULL);
  html->text = g_string_new(NULL);
  return html;
}

void html_free(Html *html) {
  if (html == NULL)
    return;
  cells_free(html->cells);
  g_string_free(html->tag, TRUE);
  g_string_free(html->text, TRUE);
  g_free(html);
}

static gboolean refuse(const Html *html, const char *reason, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, html->line);
  return error_set(error, ERROR_REFUSED, reason, "line", line, NULL);
}

static gboolean end_cell(Html *html, GError **error) {
  if (!html->in_cell)
    return TRUE;
  html->in_cell = FALSE;
  for (guint i = html->column; i < MIN(html->column + html->width, SHEET_CELLS_MAX); i++)
    html->spans[i] = html->rows;
  html->next = html->column + html->width;
  html_text_decode(html->text);
  return cells_put(html->cells, html->column, clean_text(html->text->str, html->text->len), error);
}

static gboolean end_row(Html *html, GError **error) {
  if (!html->in_row)
    return TRUE;
  if (!end_cell(html, error))
    return FALSE;
  html->in_row = FALSE;
  for (guint i = 0; i < SHEET_CELLS_MAX; i++)
    html->spans[i] -= html->spans[i] > 0;
  return cells_end(html->cells, error);
}

static gboolean begin_row(Html *html, GError **error) {
  if (!end_row(html, error))
    return FALSE;
  html->in_row = html->depth > 0;
  html->next = 0;
  return !html->in_row || cells_begin(html->cells, ++html->line, error);
}

static gboolean begin_cell(Html *html, GError **error) {
  if (html->depth == 0 || (!html->in_row && !begin_row(html, error)) || !end_cell(html, error))
    return html->depth == 0;
  while (html->next < SHEET_CELLS_MAX && html->spans[html->next] > 0)
    html->next++;
  html->in_cell = TRUE;
  html->column = html->next;
  html->width = html_text_number(html->tag->str, "colspan", SHEET_CELLS_MAX);
  html->rows = html_text_number(html->tag->str, "rowspan", SPAN_MAX);
  g_string_truncate(html->text, 0);
  return TRUE;
}

static gboolean begin_table(Html *html, GError **error) {
  if (html->depth == HTML_TABLES_MAX)
    return refuse(html, "html_tables", error);
  if (!end_row(html, error))
    return FALSE;
  memset(html->spans, 0, sizeof html->spans);
  html->depth++;
  return TRUE;
}

static gboolean end_table(Html *html, GError **error) {
  if (!end_row(html, error))
    return FALSE;
  memset(html->spans, 0, sizeof html->spans);
  html->depth -= html->depth > 0;
  return TRUE;
}

static gboolean on_begin(Html *html, const char *name, GError **error) {
  static const char *const raws[] = {"script", "style", "title", "textarea", "xml", NULL};
  if (g_str_equal(name, "table"))
    return begin_table(html, error);
  if (g_str_equal(name, "tr"))
    return begin_row(html, error);
  if (g_str_equal(name, "td") || g_str_equal(name, "th"))
    return begin_cell(html, error);
  if (g_str_equal(name, "br") && html->in_cell)
    g_string_append_c(html->text, ' ');
  if (g_str_equal(name, "html"))
    html->page = TRUE;
  if (g_strv_contains(raws, name) && !g_str_has_suffix(html->tag->str, "/")) {
    html->state = IN_RAW;
    g_strlcpy(html->raw, name, sizeof html->raw);
  }
  return TRUE;
}

static gboolean on_end(Html *html, const char *name, GError **error) {
  if (g_str_equal(name, "table"))
    return end_table(html, error);
  if (g_str_equal(name, "tr"))
    return end_row(html, error);
  if (g_str_equal(name, "td") || g_str_equal(name, "th"))
    return end_cell(html, error);
  html->page_ended |= g_str_equal(name, "html");
  return TRUE;
}

/* A whole tag stands in html->tag. */
static gboolean on_tag(Html *html, GError **error) {
  char name[16];
  const char *tag = html->tag->str;
  gboolean ends = *tag == '/';
  html->state = IN_TEXT;
  html_text_name(tag + ends, name, sizeof name);
  gboolean good = ends ? on_end(html, name, error) : on_begin(html, name, error);
  g_string_truncate(html->tag, 0);
  return good;
}

/* Does a quote that comes now begin a value? */
static gboolean after_equals(const char *tag, gsize size) {
  while (size > 0 && g_ascii_isspace(tag[size - 1]))
    size--;
  return size > 0 && tag[size - 1] == '=';
}

static gboolean in_tag(Html *html, char c, GError **error) {
  if (c == '>')
    return on_tag(html, error);
  g_string_append_c(html->tag, c);
  const char *tag = html->tag->str;
  if (html->tag->len == 1 && !g_ascii_isalpha(c) && c != '/' && c != '!' && c != '?') { /* a '<' in a text */
    if (html->in_cell)
      g_string_append_printf(html->text, "&lt;%c", c);
    g_string_truncate(html->tag, 0);
    html->state = IN_TEXT;
  } else if (g_str_equal(tag, "!--")) {
    g_string_truncate(html->tag, 0);
    html->state = IN_COMMENT;
  } else if ((c == '"' || c == '\'') && after_equals(tag, html->tag->len - 1)) {
    html->quote = c;
    html->state = IN_QUOTE;
  }
  return html->tag->len <= HTML_TAG_MAX || refuse(html, "html_tag", error);
}

static gboolean in_quote(Html *html, char c, GError **error) {
  g_string_append_c(html->tag, c);
  if (c == html->quote)
    html->state = IN_TAG;
  return html->tag->len <= HTML_TAG_MAX || refuse(html, "html_tag", error);
}

/* Keeps the last bytes, in small letters. Are they `end`? */
static gboolean reached(Html *html, const char *end, char c) {
  g_string_append_c(html->tag, g_ascii_tolower(c));
  if (html->tag->len > strlen(end))
    g_string_erase(html->tag, 0, 1);
  return g_str_equal(html->tag->str, end);
}

static void in_comment(Html *html, char c) {
  if (!reached(html, "-->", c))
    return;
  g_string_truncate(html->tag, 0);
  html->state = IN_TEXT;
}

static void in_raw(Html *html, char c) {
  char end[24];
  g_snprintf(end, sizeof end, "</%s", html->raw);
  if (!reached(html, end, c))
    return;
  g_string_assign(html->tag, "/");
  html->state = IN_TAG;
}

static gboolean step(Html *html, char c, GError **error) {
  switch (html->state) {
  case IN_TEXT:
    if (c == '<')
      html->state = IN_TAG;
    else if (html->in_cell)
      g_string_append_c(html->text, c);
    return html->text->len <= CELLS_ROW_MAX || refuse(html, "sheet_row_too_long", error);
  case IN_TAG:
    return in_tag(html, c, error);
  case IN_QUOTE:
    return in_quote(html, c, error);
  case IN_COMMENT:
    in_comment(html, c);
    return TRUE;
  case IN_RAW:
    in_raw(html, c);
  }
  return TRUE;
}

gboolean html_feed(Html *html, const char *text, gsize size, GError **error) {
  for (gsize i = 0; i < size; i++)
    if (!step(html, text[i], error))
      return FALSE;
  return TRUE;
}

gboolean html_finish(Html *html, GError **error) {
  gboolean whole = html->state == IN_TEXT && html->depth == 0 && (html->page_ended || !html->page);
  if (!whole)
    return refuse(html, "html_cut", error);
  return html->line > 0 || error_set(error, ERROR_REFUSED, "file_html", NULL);
}
