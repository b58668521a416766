/* Barcodes as bars on a grid of whole modules, by libzint. */
#ifndef YIFEN_DAEMON_LABEL_BARCODE_H
#define YIFEN_DAEMON_LABEL_BARCODE_H

#include <glib.h>

typedef enum {
  BARCODE_LINEAR, /* Code 128, GB/T 18347; sets B and C as libzint finds shortest */
  BARCODE_SQUARE, /* QR, GB/T 18284, level M */
} BarcodeKind;

typedef struct {
  int x, y, width, height; /* modules */
} BarcodeBar;

typedef struct {
  int width, height; /* modules, without the quiet zone; height 1 of a linear one: as high as there is room */
  GArray *bars;      /* BarcodeBar */
} Barcode;
void barcode_clear(Barcode *barcode);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Barcode, barcode_clear)

/* Modules left free on each side: 10 (GB/T 18347) and 4 (GB/T 18284). */
int barcode_quiet(BarcodeKind kind);

/* ERROR_REFUSED "label_barcode" (value: the text) when such a barcode cannot hold it. */
gboolean barcode_make(BarcodeKind kind, const char *text, Barcode *barcode, GError **error);

#endif
