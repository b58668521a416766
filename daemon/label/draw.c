#include "daemon/label/draw.h"

#include <math.h>

#include "daemon/label/barcode.h"
#include "daemon/label/write.h"
#include "rules/error.h"

#define PAD 10           /* between a zone's border and what stands in it, tenths of a millimetre */
#define MODULE_LEAST 2.5 /* of Code 128 (GB/T 41833-2022: 0.25 mm) */

typedef struct {
  cairo_t *cairo;
  PangoLayout *layout;
  const LabelBox *zones;
  double dot;
} Page;

/* A part of a zone within its padding, by thousandths of the inner box. */
static LabelBox part(const LabelBox *zone, int left, int top, int right, int bottom) {
  int width = zone->width - 2 * PAD, height = zone->height - PAD;
  return (LabelBox){zone->x + PAD + width * left / 1000, zone->y + PAD / 2 + height * top / 1000,
                    width * (right - left) / 1000, height * (bottom - top) / 1000};
}

static gboolean put(const Page *page, LabelBox box, WriteStyle style, const char *text, GError **error) {
  return write_text(page->cairo, page->layout, &box, &style, text, error);
}

static void borders(const Page *page) {
  cairo_set_line_width(page->cairo, 2 * page->dot);
  for (guint i = 0; i < LABEL_ZONES; i++) {
    const LabelBox *zone = &page->zones[i];
    cairo_rectangle(page->cairo, zone->x, zone->y, zone->width, zone->height);
  }
  cairo_stroke(page->cairo);
}

/* A bar on half a dot would be widened or narrowed by the printer. */
static gboolean bars(const Page *page, BarcodeKind kind, const LabelBox *box, const char *text, GError **error) {
  g_auto(Barcode) code = {0};
  if (!barcode_make(kind, text, &code, error))
    return FALSE;
  gboolean linear = kind == BARCODE_LINEAR;
  int across = code.width + 2 * barcode_quiet(kind);
  int room = linear ? box->width : MIN(box->width, box->height);
  double module = floor(room / page->dot / across) * page->dot;
  if (module < MODULE_LEAST - 0.01)
    return error_set(error, ERROR_REFUSED, "label_barcode", "value", text, NULL);
  double high = linear ? floor(box->height / page->dot) * page->dot : module;
  double x = floor((box->x + (box->width - code.width * module) / 2) / page->dot) * page->dot;
  double y = floor((box->y + (box->height - code.height * high) / 2) / page->dot) * page->dot;
  cairo_save(page->cairo);
  cairo_set_antialias(page->cairo, CAIRO_ANTIALIAS_NONE);
  for (guint i = 0; i < code.bars->len; i++) {
    const BarcodeBar *bar = &g_array_index(code.bars, BarcodeBar, i);
    cairo_rectangle(page->cairo, x + bar->x * module, y + bar->y * high, bar->width * module, bar->height * high);
  }
  cairo_fill(page->cairo);
  cairo_restore(page->cairo);
  return TRUE;
}

static gboolean head(const Page *page, const Label *label, GError **error) {
  const LabelBox *zone = &page->zones[LABEL_HEAD];
  return put(page, part(zone, 0, 0, 520, 1000), (WriteStyle){"label.courier", 20, 60, WRITE_LEFT, TRUE}, label->courier,
             error) &&
         (!label->reprint || put(page, part(zone, 530, 0, 790, 1000),
                                 (WriteStyle){"label.courier", 20, 50, WRITE_CENTER, TRUE}, "补打", error)) &&
         put(page, part(zone, 800, 0, 1000, 1000), (WriteStyle){"label.courier", 20, 60, WRITE_RIGHT, TRUE},
             label->carriage, error);
}

static gboolean code(const Page *page, const Label *label, GError **error) {
  const LabelBox *zone = &page->zones[LABEL_CODE];
  LabelBox box = part(zone, 0, 40, 1000, 720);
  return bars(page, BARCODE_LINEAR, &box, label->waybill, error) &&
         put(page, part(zone, 0, 740, 1000, 1000), (WriteStyle){"label.waybill", 20, 38, WRITE_CENTER, TRUE},
             label->waybill, error);
}

static gboolean destination(const Page *page, const Label *label, GError **error) {
  const LabelBox *zone = &page->zones[LABEL_DESTINATION];
  int split = label->sorting != NULL ? 500 : 1000;
  return put(page, part(zone, 0, 0, 1000, split), (WriteStyle){"label.destination", 32, 84, WRITE_CENTER, TRUE},
             label->destination, error) &&
         (label->sorting == NULL ||
          put(page, part(zone, 0, split, 1000, 1000), (WriteStyle){"label.sorting", 40, 100, WRITE_CENTER, TRUE},
              label->sorting, error));
}

/* The type grows with the zone, that is with the paper. */
static gboolean party(const Page *page, LabelZone place, const char *mark, const LabelParty *who,
                      const char *const fields[2], GError **error) {
  const LabelBox *zone = &page->zones[place];
  int most = zone->height / 6;
  g_autofree char *first = g_strdup_printf("%s  %s", who->name, who->phone);
  return put(page, part(zone, 0, 0, 90, 1000), (WriteStyle){fields[0], 20, 56, WRITE_CENTER, TRUE}, mark, error) &&
         put(page, part(zone, 110, 0, 1000, 340), (WriteStyle){fields[0], 18, most, WRITE_LEFT, TRUE}, first, error) &&
         put(page, part(zone, 110, 340, 1000, 1000), (WriteStyle){fields[1], 18, most, WRITE_LEFT, FALSE}, who->address,
             error);
}

static gboolean contents(const Page *page, const Label *label, GError **error) {
  const LabelBox *zone = &page->zones[LABEL_CONTENTS];
  g_autofree char *text =
      g_strdup_printf("内件：%s\n业务单：%s\n打印：%s", label->contents, label->order_no, label->printed);
  return put(page, part(zone, 0, 0, 1000, 1000), (WriteStyle){"label.contents", 16, 32, WRITE_LEFT, FALSE}, text,
             error);
}

static gboolean sign(const Page *page, GError **error) {
  const LabelBox *zone = &page->zones[LABEL_SIGN];
  const WriteStyle style = {"label.contents", 16, 28, WRITE_LEFT, FALSE};
  return put(page, part(zone, 0, 0, 1000, 450), style, "签收人：", error) &&
         put(page, part(zone, 0, 550, 1000, 1000), style, "签收时间：", error);
}

static gboolean square(const Page *page, const Label *label, GError **error) {
  LabelBox box = part(&page->zones[LABEL_QR], 0, 0, 1000, 1000);
  return bars(page, BARCODE_SQUARE, &box, label->waybill, error);
}

gboolean draw_ready(GError **error) {
  PangoFontMap *map = pango_cairo_font_map_get_default();
  PangoFontFamily *family = pango_font_map_get_family(map, DRAW_FAMILY);
  return family != NULL || error_set(error, ERROR_PERMANENT, "label_font", "value", DRAW_FAMILY, NULL);
}

gboolean draw_label(cairo_t *cairo, const Label *label, LabelSize size, double dot, GError **error) {
  static const char *const receiver[] = {"field.delivery.name", "field.delivery.address"}, *const sender[] = {
                                                                                               "label.sender",
                                                                                               "label.sender"};
  g_autoptr(PangoLayout) layout = write_begin(cairo);
  Page page = {cairo, layout, label_papers[size].zones, dot};
  cairo_set_source_rgb(cairo, 0, 0, 0);
  borders(&page);
  gboolean drawn = head(&page, label, error) && code(&page, label, error) && destination(&page, label, error) &&
                   party(&page, LABEL_RECEIVER, "收", &label->receiver, receiver, error) &&
                   party(&page, LABEL_SENDER, "寄", &label->sender, sender, error) && contents(&page, label, error) &&
                   sign(&page, error) && square(&page, label, error);
  if (!drawn)
    error_add(error, "detail", label->order_no);
  return drawn;
}
