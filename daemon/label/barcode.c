#include "daemon/label/barcode.h"

#include <math.h>
#include <string.h>
#include <zint.h>

#include "rules/error.h"

void barcode_clear(Barcode *barcode) {
  g_clear_pointer(&barcode->bars, g_array_unref);
}

int barcode_quiet(BarcodeKind kind) {
  return kind == BARCODE_LINEAR ? 10 : 4;
}

static void take(Barcode *barcode, const struct zint_vector *vector, gboolean linear) {
  barcode->bars = g_array_new(FALSE, FALSE, sizeof(BarcodeBar));
  barcode->width = (int)lroundf(vector->width);
  barcode->height = linear ? 1 : (int)lroundf(vector->height);
  for (const struct zint_vector_rect *one = vector->rectangles; one != NULL; one = one->next) {
    BarcodeBar bar = {(int)lroundf(one->x), linear ? 0 : (int)lroundf(one->y), (int)lroundf(one->width),
                      linear ? 1 : (int)lroundf(one->height)};
    g_array_append_val(barcode->bars, bar);
  }
}

gboolean barcode_make(BarcodeKind kind, const char *text, Barcode *barcode, GError **error) {
  struct zint_symbol *symbol = ZBarcode_Create();
  symbol->symbology = kind == BARCODE_LINEAR ? BARCODE_CODE128 : BARCODE_QRCODE;
  symbol->scale = 0.5F; /* of a vector, which has two units a module */
  symbol->show_hrt = 0;
  symbol->option_1 = kind == BARCODE_SQUARE ? 2 : -1; /* level M */
  int length = (int)strlen(text);
  gboolean made = ZBarcode_Encode_and_Buffer_Vector(symbol, (const unsigned char *)text, length, 0) < ZINT_ERROR;
  if (made)
    take(barcode, symbol->vector, kind == BARCODE_LINEAR);
  ZBarcode_Delete(symbol);
  return made || error_set(error, ERROR_REFUSED, "label_barcode", "value", text, NULL);
}
