#include "daemon/seal/draw.h"

#include <math.h>
#include <string.h>

#include "rules/error.h"

/* All lengths in millimetres from the middle of the seal. */
#define RING 1.2
#define STAR 7.0
#define TEXT_OUTER 17.5          /* the heads of the characters */
#define TALL 4.5                 /* the highest character */
#define WIDE 4.1                 /* the widest */
#define NARROWEST 1.9            /* height over width, at most */
#define FILL 0.97                /* of its share of the arc that a character takes */
#define STEP (G_PI / 6)          /* between two characters of a short name */
#define SPAN (G_PI * 1.6)        /* from the first character's middle to the last one's, at most */
#define SPAN_ABOVE (G_PI * 1.38) /* the same where a name stands below the star */
#define BELOW_LINE 12.2          /* baseline */
#define BELOW_SPAN 14.0          /* wide, at most */
#define BELOW_TALL 3.0
#define ASCENT 0.85 /* of an em: where the heads of this font's characters are */

#define FAMILY "Noto Serif CJK SC"
#define EM 100.0 /* at which the font measures */

/* One line of text as glyphs with the widths of their cells in ems. */
typedef struct {
  cairo_glyph_t *glyphs;
  int count;
  double *widths;
  double sum;
} Line;

static void line_clear(Line *line) {
  cairo_glyph_free(line->glyphs);
  g_free(line->widths);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

static cairo_scaled_font_t *measuring_font(cairo_font_face_t *face) {
  cairo_matrix_t size, identity;
  cairo_matrix_init_scale(&size, EM, EM);
  cairo_matrix_init_identity(&identity);
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_scaled_font_t *font = cairo_scaled_font_create(face, &size, &identity, options);
  cairo_font_options_destroy(options);
  return font;
}

static gboolean measure(cairo_scaled_font_t *font, const char *text, Line *line, GError **error) {
  if (cairo_scaled_font_text_to_glyphs(font, 0, 0, text, -1, &line->glyphs, &line->count, NULL, NULL, NULL) !=
      CAIRO_STATUS_SUCCESS)
    return error_set(error, ERROR_PERMANENT, "seal_font", "value", FAMILY, NULL);
  line->widths = g_new0(double, (gsize)line->count);
  for (int i = 0; i < line->count; i++, text = g_utf8_next_char(text)) {
    cairo_text_extents_t extents;
    g_autofree char *character = g_strndup(text, (gsize)(g_utf8_next_char(text) - text));
    if (line->glyphs[i].index == 0)
      return error_set(error, ERROR_REFUSED, "seal_glyph", "value", character, NULL);
    cairo_scaled_font_glyph_extents(font, &line->glyphs[i], 1, &extents);
    line->widths[i] = extents.x_advance / EM;
    line->sum += line->widths[i];
  }
  return TRUE;
}

static gboolean check_text(const char *text, long most, GError **error) {
  if (!g_utf8_validate(text, -1, NULL) || strpbrk(text, "\t\n\r") != NULL)
    return error_set(error, ERROR_REFUSED, "seal_name", NULL);
  long count = g_utf8_strlen(text, -1);
  if (count <= most)
    return TRUE;
  g_autofree char *value = g_strdup_printf("%ld", count), *expected = g_strdup_printf("%ld", most);
  return error_set(error, ERROR_REFUSED, "seal_long", "value", value, "expected", expected, NULL);
}

static gboolean measure_line(cairo_font_face_t *face, const char *text, long most, Line *line, GError **error) {
  if (!check_text(text, most, error))
    return FALSE;
  cairo_scaled_font_t *font = measuring_font(face);
  gboolean done = measure(font, text, line, error);
  cairo_scaled_font_destroy(font);
  return done;
}

/* A glyph whose baseline begins at the current origin; one em is `wide` and `tall`. */
static void put(cairo_t *cairo, cairo_glyph_t glyph, double wide, double tall) {
  glyph.x = glyph.y = 0;
  cairo_scale(cairo, wide / EM, tall / EM);
  cairo_glyph_path(cairo, &glyph, 1);
  cairo_fill(cairo);
}

/* Characters turned by their place on the arc are closest at their feet, so that is where the width is taken. */
static void draw_arc(cairo_t *cairo, const Line *line, double most) {
  double inner = line->sum - (line->widths[0] + line->widths[line->count - 1]) / 2; /* ems between the two middles */
  double span = MIN(most, STEP * inner), em = inner > 0 ? span / inner : STEP;      /* radians */
  double wide = MIN(WIDE, FILL * em * (TEXT_OUTER - TALL)), tall = MIN(TALL, NARROWEST * wide);
  wide = MIN(WIDE, FILL * em * (TEXT_OUTER - tall));
  double angle = -span / 2 - line->widths[0] / 2 * em;
  for (int i = 0; i < line->count; i++) {
    double half = line->widths[i] / 2;
    cairo_save(cairo);
    cairo_rotate(cairo, angle + half * em);
    cairo_translate(cairo, -half * wide, -TEXT_OUTER + ASCENT * tall);
    put(cairo, line->glyphs[i], wide, tall);
    cairo_restore(cairo);
    angle += line->widths[i] * em;
  }
}

static void draw_below(cairo_t *cairo, const Line *line) {
  double wide = MIN(BELOW_TALL, BELOW_SPAN / line->sum), x = -line->sum / 2 * wide;
  for (int i = 0; i < line->count; i++) {
    cairo_save(cairo);
    cairo_translate(cairo, x, BELOW_LINE);
    put(cairo, line->glyphs[i], wide, MIN(BELOW_TALL, NARROWEST * wide));
    cairo_restore(cairo);
    x += line->widths[i] * wide;
  }
}

static void draw_ring(cairo_t *cairo) {
  cairo_set_line_width(cairo, RING);
  cairo_arc(cairo, 0, 0, (DRAW_MM - RING) / 2 - 0.05, 0, 2 * G_PI);
  cairo_stroke(cairo);
}

/* Every second corner of a pentagon in turn; the winding rule fills the middle. */
static void draw_star(cairo_t *cairo) {
  for (int i = 0; i < 5; i++)
    cairo_line_to(cairo, STAR * sin(i * G_PI * 4 / 5), -STAR * cos(i * G_PI * 4 / 5));
  cairo_close_path(cairo);
  cairo_fill(cairo);
}

cairo_font_face_t *draw_font(GError **error) {
  cairo_font_face_t *face = cairo_toy_font_face_create(FAMILY, CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  g_auto(Line) line = {0};
  if (measure_line(face, "章", 1, &line, NULL)) /* another family than asked for has no such character */
    return face;
  cairo_font_face_destroy(face);
  error_set(error, ERROR_PERMANENT, "seal_font", "value", FAMILY, NULL);
  return NULL;
}

cairo_surface_t *draw_seal(cairo_font_face_t *font, const char *name, const char *below, GError **error) {
  g_auto(Line) arc = {0}, line = {0};
  if (!measure_line(font, name, DRAW_NAME_MAX, &arc, error) || !measure_line(font, below, DRAW_BELOW_MAX, &line, error))
    return NULL;
  if (arc.count == 0) {
    error_set(error, ERROR_REFUSED, "seal_name", NULL);
    return NULL;
  }
  int pixels = (DRAW_MM * DRAW_DPI * 10 + 127) / 254; /* 25.4 mm an inch */
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, pixels, pixels);
  cairo_t *cairo = cairo_create(surface);
  cairo_scale(cairo, (double)pixels / DRAW_MM, (double)pixels / DRAW_MM);
  cairo_translate(cairo, DRAW_MM / 2.0, DRAW_MM / 2.0);
  cairo_set_source_rgb(cairo, 0xe6 / 255.0, 0, 0x12 / 255.0);
  cairo_set_font_face(cairo, font);
  cairo_set_font_size(cairo, EM);
  draw_ring(cairo);
  draw_star(cairo);
  draw_arc(cairo, &arc, line.count > 0 ? SPAN_ABOVE : SPAN);
  if (line.count > 0)
    draw_below(cairo, &line);
  cairo_destroy(cairo);
  return surface;
}
