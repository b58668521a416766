/* Checks a seal picture that came from outside. The bytes are hostile: only inside the cage. */
#ifndef YIFEN_DAEMON_SEAL_CHECK_H
#define YIFEN_DAEMON_SEAL_CHECK_H

#include <cairo.h>
#include <glib.h>

#define CHECK_PIXELS_MIN 200 /* a side: 40 mm at 127 dpi */
#define CHECK_PIXELS_MAX 2048

/* Decodes a PNG; writing it anew leaves nothing of the original but its pixels. ERROR_REFUSED: "seal_png",
 * "seal_pixels" (value: "WxH"), "seal_opaque" (a corner hides what lies below the seal), "seal_empty" (nothing is
 * to be seen). The caller frees with cairo_surface_destroy. */
cairo_surface_t *check_picture(const guint8 *png, gsize size, GError **error);

#endif
