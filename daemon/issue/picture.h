/* Pictures of seals, made or checked by the caged program yifen-seal, so that a process that holds keys neither parses
 * pictures nor links a drawing library. */
#ifndef YIFEN_DAEMON_ISSUE_PICTURE_H
#define YIFEN_DAEMON_ISSUE_PICTURE_H

#include <glib.h>

#define PICTURE_MM 40             /* the longer side */
#define PICTURE_IN_MAX (1 << 20)  /* bytes of an uploaded picture */
#define PICTURE_OUT_MAX (4 << 20) /* bytes of a PNG of ours */

typedef struct {
  GBytes *png;
  int width, height; /* millimetres */
} Picture;
void picture_clear(Picture *picture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, picture_clear)

/* A round seal: name (1 to 40 characters) on the arc; below the star the seal's own name (at most 16), or NULL.
 * ERROR_REFUSED: "seal_name", "seal_long", "seal_glyph" (daemon/seal/draw.h). ERROR_PERMANENT: "seal_font". Of both
 * functions ERROR_TEMPORARY "parser_missing" and ERROR_REFUSED "seal_program": yifen-seal did not start, or died. */
gboolean picture_draw(const char *name, const char *below, Picture *picture, GError **error);

/* A PNG from outside, written anew: its pixels and nothing else. Its longer side becomes 40 mm. ERROR_REFUSED:
 * "seal_png", "seal_pixels", "seal_opaque", "seal_empty" (daemon/seal/check.h), "seal_large" (value and expected:
 * bytes). */
gboolean picture_check(const void *png, gsize size, Picture *picture, GError **error);

#endif
