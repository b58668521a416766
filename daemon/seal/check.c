#include "daemon/seal/check.h"

#include <string.h>

#include "rules/error.h"

enum { HEADER = 24, FAINT = 16 };

typedef struct {
  const guint8 *bytes;
  gsize left;
} Input;

static cairo_status_t take(void *user, unsigned char *into, unsigned int size) {
  Input *input = user;
  if (size > input->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy(into, input->bytes, size);
  input->bytes += size;
  input->left -= size;
  return CAIRO_STATUS_SUCCESS;
}

static guint32 number(const guint8 *bytes) {
  guint32 value;
  memcpy(&value, bytes, sizeof value);
  return GUINT32_FROM_BE(value);
}

/* Before decoding, so that a small file cannot ask for much memory. */
static gboolean check_size(const guint8 *png, gsize size, GError **error) {
  if (size < HEADER || memcmp(png, "\x89PNG\r\n\x1a\n", 8) != 0 || memcmp(png + 12, "IHDR", 4) != 0)
    return error_set(error, ERROR_REFUSED, "seal_png", NULL);
  guint32 width = number(png + 16), height = number(png + 20);
  if (MIN(width, height) >= CHECK_PIXELS_MIN && MAX(width, height) <= CHECK_PIXELS_MAX)
    return TRUE;
  g_autofree char *value = g_strdup_printf("%ux%u", width, height);
  return error_set(error, ERROR_REFUSED, "seal_pixels", "value", value, NULL);
}

static guint alpha(const cairo_surface_t *surface, int x, int y) {
  cairo_surface_t *image = (cairo_surface_t *)surface;
  guint32 pixel;
  memcpy(&pixel,
         cairo_image_surface_get_data(image) + (gsize)y * (gsize)cairo_image_surface_get_stride(image) + 4 * (gsize)x,
         sizeof pixel);
  return pixel >> 24;
}

static gboolean check_pixels(cairo_surface_t *surface, GError **error) {
  int right = cairo_image_surface_get_width(surface) - 1, low = cairo_image_surface_get_height(surface) - 1;
  if (cairo_image_surface_get_format(surface) != CAIRO_FORMAT_ARGB32 || alpha(surface, 0, 0) > FAINT ||
      alpha(surface, right, 0) > FAINT || alpha(surface, 0, low) > FAINT || alpha(surface, right, low) > FAINT)
    return error_set(error, ERROR_REFUSED, "seal_opaque", NULL);
  for (int y = 0; y <= low; y++)
    for (int x = 0; x <= right; x++)
      if (alpha(surface, x, y) > FAINT)
        return TRUE;
  return error_set(error, ERROR_REFUSED, "seal_empty", NULL);
}

cairo_surface_t *check_picture(const guint8 *png, gsize size, GError **error) {
  Input input = {png, size};
  if (!check_size(png, size, error))
    return NULL;
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(take, &input);
  gboolean good = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS
                      ? check_pixels(surface, error)
                      : error_set(error, ERROR_REFUSED, "seal_png", NULL);
  if (good)
    return surface;
  cairo_surface_destroy(surface);
  return NULL;
}
