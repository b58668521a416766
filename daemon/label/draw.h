/* Draws one label with cairo and pango: the same drawing on vectors and on pixels. */
#ifndef YIFEN_DAEMON_LABEL_DRAW_H
#define YIFEN_DAEMON_LABEL_DRAW_H

#include <cairo.h>

#include "rules/label.h"

#define DRAW_FAMILY "Noto Sans CJK SC"

/* Is the family there by its own name, and not another in its place? ERROR_PERMANENT "label_font". */
gboolean draw_ready(GError **error);

/* Draws on a fresh page whose user unit is a tenth of a millimetre. dot: user units of one dot of the printer; bars
 * are whole dots and begin on whole dots. Text that is too long for its zone becomes smaller and is then refused,
 * never cut. ERROR_REFUSED with the order's number as `detail`: "label_glyph" (field; value: the character and its
 * code, no installed font has it), "label_long" (field), "label_barcode" (value). */
gboolean draw_label(cairo_t *cairo, const Label *label, LabelSize size, double dot, GError **error);

#endif
