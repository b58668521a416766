/* Text in a box of a label: as large as it may be, as small as it must be, never cut. */
#ifndef YIFEN_DAEMON_LABEL_WRITE_H
#define YIFEN_DAEMON_LABEL_WRITE_H

#include <pango/pangocairo.h>

#include "rules/label.h"

typedef enum { WRITE_LEFT, WRITE_CENTER, WRITE_RIGHT } WriteSide;

typedef struct {
  const char *field; /* machine word, for errors */
  int least, most;   /* height of the type, tenths of a millimetre */
  WriteSide side;
  gboolean bold;
} WriteStyle;

/* A layout for the page, with the one family for all. The caller frees with g_object_unref. */
PangoLayout *write_begin(cairo_t *cairo);

/* Writes text, middle in height, in lines as they are needed. ERROR_REFUSED "label_long" or "label_glyph", see
 * daemon/label/draw.h. */
gboolean write_text(cairo_t *cairo, PangoLayout *layout, const LabelBox *box, const WriteStyle *style, const char *text,
                    GError **error);

#endif
