#include "daemon/label/write.h"

#include "daemon/label/draw.h"
#include "rules/error.h"

PangoLayout *write_begin(cairo_t *cairo) {
  PangoLayout *layout = pango_cairo_create_layout(cairo);
  PangoContext *context = pango_layout_get_context(layout);
  cairo_font_options_t *options = cairo_font_options_create();
  /* hinted widths would break lines elsewhere on pixels than on vectors */
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
  pango_context_set_language(context, pango_language_from_string("zh-cn")); /* else fallback takes Japanese shapes */
  pango_context_set_round_glyph_positions(context, FALSE);
  pango_layout_context_changed(layout);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing(layout, 0.85F); /* the font's own lines are 1.45 of its height apart */
  return layout;
}

static void set_type(PangoLayout *layout, gboolean bold, double height) {
  PangoFontDescription *font = pango_font_description_from_string(DRAW_FAMILY);
  pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(font, height * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
}

static gboolean fits(PangoLayout *layout, const LabelBox *box) {
  PangoRectangle ink, logical;
  pango_layout_get_extents(layout, &ink, &logical);
  return logical.height <= box->height * PANGO_SCALE && logical.width <= box->width * PANGO_SCALE && ink.x >= 0 &&
         ink.x + ink.width <= box->width * PANGO_SCALE;
}

/* Private use and control characters mean nothing between strangers, whatever picture some font has for them. */
static gboolean means_nothing(gunichar c) {
  GUnicodeType type = g_unichar_type(c);
  return c != '\n' && (type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_CONTROL || type == G_UNICODE_UNASSIGNED);
}

/* The first character that no font has; 0 when there is none. */
static gunichar missing(PangoLayout *layout) {
  for (const char *at = pango_layout_get_text(layout); *at != '\0'; at = g_utf8_next_char(at))
    if (means_nothing(g_utf8_get_char(at)))
      return g_utf8_get_char(at);
  if (pango_layout_get_unknown_glyphs_count(layout) == 0)
    return 0;
  for (GSList *line = pango_layout_get_lines_readonly(layout); line != NULL; line = line->next)
    for (GSList *run = ((PangoLayoutLine *)line->data)->runs; run != NULL; run = run->next) {
      const PangoGlyphString *glyphs = ((PangoGlyphItem *)run->data)->glyphs;
      for (int i = 0; i < glyphs->num_glyphs; i++)
        if (glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG)
          return glyphs->glyphs[i].glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
    }
  return 0xFFFD;
}

static gboolean refuse_missing(gunichar character, const char *field, GError **error) {
  char shown[7] = "";
  if (g_unichar_isprint(character) && !means_nothing(character))
    shown[g_unichar_to_utf8(character, shown)] = '\0';
  g_autofree char *value = g_strdup_printf("%s U+%04X", shown, character);
  return error_set(error, ERROR_REFUSED, "label_glyph", "field", field, "value", g_strstrip(value), NULL);
}

gboolean write_text(cairo_t *cairo, PangoLayout *layout, const LabelBox *box, const WriteStyle *style, const char *text,
                    GError **error) {
  static const PangoAlignment sides[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
  pango_layout_set_text(layout, text, -1);
  pango_layout_set_width(layout, box->width * PANGO_SCALE);
  pango_layout_set_alignment(layout, sides[style->side]);
  int height = style->most;
  for (set_type(layout, style->bold, height); !fits(layout, box); set_type(layout, style->bold, height))
    if (--height < style->least)
      return error_set(error, ERROR_REFUSED, "label_long", "field", style->field, NULL);
  gunichar character = missing(layout);
  if (character != 0)
    return refuse_missing(character, style->field, error);
  PangoRectangle logical;
  pango_layout_get_extents(layout, NULL, &logical);
  cairo_move_to(cairo, box->x, box->y + (box->height - (double)logical.height / PANGO_SCALE) / 2);
  pango_cairo_show_layout(cairo, layout);
  return TRUE;
}
