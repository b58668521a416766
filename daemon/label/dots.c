#include "daemon/label/dots.h"

#include <string.h>

/* One row, eight dots a byte, the left one highest; a set bit is black. */
static void pack(cairo_surface_t *surface, int y, guint8 *row, gsize bytes) {
  const guint8 *line = cairo_image_surface_get_data(surface) + (gsize)y * cairo_image_surface_get_stride(surface);
  memset(row, 0, bytes);
  for (int x = 0; x < cairo_image_surface_get_width(surface); x++)
    if (line[4 * x + 1] < 128) /* green, as grey as the others */
      row[x / 8] |= (guint8)(0x80 >> x % 8);
}

static void add_text(GByteArray *out, const char *text) {
  g_byte_array_append(out, (const guint8 *)text, strlen(text));
}

static void add_hex(GByteArray *out, const guint8 *row, gsize bytes) {
  static const char digits[] = "0123456789ABCDEF";
  gsize used = bytes;
  while (used > 0 && row[used - 1] == 0)
    used--;
  for (gsize i = 0; i < used; i++) {
    const guint8 pair[2] = {(guint8)digits[row[i] >> 4], (guint8)digits[row[i] & 15]};
    g_byte_array_append(out, pair, 2);
  }
  if (used < bytes)
    add_text(out, ",");
}

GByteArray *dots_zpl(cairo_surface_t *surface) {
  int height = cairo_image_surface_get_height(surface), width = cairo_image_surface_get_width(surface);
  gsize bytes = ((gsize)width + 7) / 8, all = bytes * (gsize)height;
  g_autofree guint8 *row = g_malloc0(bytes), *before = g_malloc0(bytes);
  g_autofree char *begin =
      g_strdup_printf("^XA^PW%d^LL%d^LH0,0^FO0,0^GFA,%zu,%zu,%zu,", width, height, all, all, bytes);
  GByteArray *out = g_byte_array_new();
  add_text(out, begin);
  for (int y = 0; y < height; y++) {
    pack(surface, y, row, bytes);
    if (y > 0 && memcmp(row, before, bytes) == 0)
      add_text(out, ":");
    else
      add_hex(out, row, bytes);
    memcpy(before, row, bytes);
  }
  add_text(out, "^FS^XZ\n");
  return out;
}

GByteArray *dots_tspl(cairo_surface_t *surface, LabelSize size) {
  int height = cairo_image_surface_get_height(surface), width = cairo_image_surface_get_width(surface);
  gsize bytes = ((gsize)width + 7) / 8;
  g_autofree guint8 *row = g_malloc0(bytes);
  g_autofree char *begin =
      g_strdup_printf("SIZE %d mm,%d mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\nCLS\r\nBITMAP 0,0,%zu,%d,0,",
                      label_papers[size].width / 10, label_papers[size].height / 10, bytes, height);
  GByteArray *out = g_byte_array_new();
  add_text(out, begin);
  for (int y = 0; y < height; y++) {
    pack(surface, y, row, bytes);
    for (gsize i = 0; i < bytes; i++)
      row[i] = (guint8)~row[i];
    g_byte_array_append(out, row, (guint)bytes);
  }
  add_text(out, "\r\nPRINT 1,1\r\n");
  return out;
}
