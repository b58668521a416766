#include "daemon/label/paper.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <unistd.h>

#include "daemon/label/dots.h"
#include "daemon/label/draw.h"
#include "rules/error.h"

const char *const paper_words[PAPER_FORMATS] = {"pdf", "png", "zpl", "tspl"};

#define TENTHS_AN_INCH 254.0
#define POINTS_AN_INCH 72.0

struct Paper {
  PaperFormat format;
  LabelSize size;
  double dot; /* tenths of a millimetre */
  int fd;
  cairo_surface_t *pdf; /* NULL: of other formats */
};

static cairo_status_t give(void *user, const unsigned char *bytes, unsigned int size) {
  const Paper *paper = user;
  while (size > 0) {
    ssize_t done = write(paper->fd, bytes, size);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return CAIRO_STATUS_WRITE_ERROR;
    bytes += done;
    size -= (unsigned int)done;
  }
  return CAIRO_STATUS_SUCCESS;
}

static gboolean good(cairo_status_t status, GError **error) {
  return status == CAIRO_STATUS_SUCCESS ||
         error_set(error, ERROR_PERMANENT, "label_write", "detail", cairo_status_to_string(status), NULL);
}

Paper *paper_begin(PaperFormat format, LabelSize size, PaperDpi dpi, int fd) {
  const LabelPaper *sheet = &label_papers[size];
  double scale = POINTS_AN_INCH / TENTHS_AN_INCH;
  Paper *paper = g_new0(Paper, 1);
  *paper = (Paper){.format = format, .size = size, .fd = fd};
  paper->dot = format == PAPER_PNG && dpi == PAPER_300 ? TENTHS_AN_INCH / 300 : 10.0 / 8;
  if (format == PAPER_PDF) {
    paper->pdf = cairo_pdf_surface_create_for_stream(give, paper, sheet->width * scale, sheet->height * scale);
    cairo_pdf_surface_set_metadata(paper->pdf, CAIRO_PDF_METADATA_CREATOR, "yifen-label");
  }
  return paper;
}

static gboolean draw_on(Paper *paper, cairo_surface_t *surface, double scale, const Label *label, GError **error) {
  cairo_t *cairo = cairo_create(surface);
  cairo_set_source_rgb(cairo, 1, 1, 1);
  if (paper->pdf == NULL)
    cairo_paint(cairo);
  cairo_scale(cairo, scale, scale);
  gboolean drawn = draw_label(cairo, label, paper->size, paper->dot, error);
  if (drawn && surface == paper->pdf)
    cairo_show_page(cairo);
  drawn = drawn && good(cairo_status(cairo), error);
  cairo_destroy(cairo);
  return drawn;
}

/* What is drawn on a PDF's page cannot be taken back, so a first drawing on a sheet that keeps nothing finds out
 * whether there is something to refuse. */
static gboolean add_page(Paper *paper, const Label *label, GError **error) {
  double scale = POINTS_AN_INCH / TENTHS_AN_INCH;
  cairo_surface_t *trial = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
  gboolean drawn = draw_on(paper, trial, scale, label, error);
  cairo_surface_destroy(trial);
  return drawn && draw_on(paper, paper->pdf, scale, label, error);
}

static gboolean add_dots(Paper *paper, cairo_surface_t *surface, GError **error) {
  if (paper->format == PAPER_PNG)
    return good(cairo_surface_write_to_png_stream(surface, give, paper), error);
  cairo_surface_flush(surface);
  g_autoptr(GByteArray) bytes = paper->format == PAPER_ZPL ? dots_zpl(surface) : dots_tspl(surface, paper->size);
  return good(give(paper, bytes->data, bytes->len), error);
}

gboolean paper_add(Paper *paper, const Label *label, GError **error) {
  if (paper->pdf != NULL)
    return add_page(paper, label, error);
  const LabelPaper *sheet = &label_papers[paper->size];
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(sheet->width / paper->dot + 0.5),
                                                        (int)(sheet->height / paper->dot + 0.5));
  gboolean added = draw_on(paper, surface, 1 / paper->dot, label, error) && add_dots(paper, surface, error);
  cairo_surface_destroy(surface);
  return added;
}

gboolean paper_end(Paper *paper, GError **error) {
  if (paper->pdf == NULL)
    return TRUE;
  cairo_surface_finish(paper->pdf);
  return good(cairo_surface_status(paper->pdf), error);
}

void paper_free(Paper *paper) {
  if (paper == NULL)
    return;
  if (paper->pdf != NULL)
    cairo_surface_destroy(paper->pdf);
  g_free(paper);
}
