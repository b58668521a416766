/* A drawn label as black and white dots, in the languages of thermal printers. */
#ifndef YIFEN_DAEMON_LABEL_DOTS_H
#define YIFEN_DAEMON_LABEL_DOTS_H

#include <cairo.h>
#include <glib.h>

#include "rules/label.h"

/* ZPL II: ^GFA in hexadecimal with its own shortening ("," the rest of a row is white, ":" a row as the one before).
 * surface: CAIRO_FORMAT_RGB24. */
GByteArray *dots_zpl(cairo_surface_t *surface);

/* TSPL2: BITMAP, in which a set bit is white. */
GByteArray *dots_tspl(cairo_surface_t *surface, LabelSize size);

#endif
