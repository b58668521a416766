/* Draws the picture of a company's round seal: red ring, star in the middle, the company's name on the arc, and for a
 * business seal its own name below the star (sizes as in 国发〔1999〕25号: 40 mm, star 14 mm).
 *
 * Each character stands on its own radius and is as wide as its share of the arc; long names become narrow before they
 * become small. Characters that the font lacks are refused, never replaced by another font's. */
#ifndef YIFEN_DAEMON_SEAL_DRAW_H
#define YIFEN_DAEMON_SEAL_DRAW_H

#include <cairo.h>
#include <glib.h>

#define DRAW_MM 40
#define DRAW_DPI 400
#define DRAW_NAME_MAX 40  /* characters on the arc */
#define DRAW_BELOW_MAX 16 /* characters below the star */

/* Opens the font, so that nothing need be opened afterwards. NULL, and ERROR_PERMANENT "seal_font", when it is not
 * installed. The caller frees with cairo_font_face_destroy. */
cairo_font_face_t *draw_font(GError **error);

/* Both names are outside words in UTF-8; below may be empty. ERROR_REFUSED: "seal_name" (empty, not UTF-8), "seal_long"
 * (value: how many characters, expected: at most), "seal_glyph" (value: the character). The caller frees with
 * cairo_surface_destroy. */
cairo_surface_t *draw_seal(cairo_font_face_t *font, const char *name, const char *below, GError **error);

#endif
