/* yifen-seal: draws a seal picture, or checks one from outside and writes it anew. Started by yifen-issue, which holds
 * keys and so parses no pictures and links no drawing library (daemon/issue/picture.h).
 *
 *     yifen-seal draw    stdin: the name on the arc, line feed, the name below the star or nothing, line feed
 *     yifen-seal check   stdin: a PNG
 *
 * stdin is a regular file. stdout: the PNG, exit 0; or, exit 1 or 100, the reason word and, each after a line feed, the
 * facts value and expected. What comes from outside is looked at only after the cage is closed.
 */
#include <string.h>
#include <unistd.h>

#include "daemon/parse/sandbox.h"
#include "daemon/seal/check.h"
#include "daemon/seal/draw.h"
#include "rules/error.h"

enum { INPUT_MAX = 1 << 20 };

static gboolean write_all(const void *bytes, gsize size) {
  for (const guint8 *at = bytes; size > 0;) {
    gssize done = write(STDOUT_FILENO, at, size);
    if (done <= 0)
      return FALSE;
    at += done;
    size -= (gsize)done;
  }
  return TRUE;
}

static cairo_status_t give(G_GNUC_UNUSED void *user, const unsigned char *bytes, unsigned int size) {
  return write_all(bytes, size) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* The whole input and a NUL; NULL when it is too long. The caller frees. */
static guint8 *read_input(gsize *size) {
  g_autofree guint8 *bytes = g_malloc(INPUT_MAX + 1);
  gssize got;
  for (*size = 0; *size < INPUT_MAX && (got = read(STDIN_FILENO, bytes + *size, INPUT_MAX - *size)) != 0;
       *size += (gsize)got)
    if (got < 0)
      return NULL;
  bytes[*size] = '\0';
  return *size < INPUT_MAX ? g_steal_pointer(&bytes) : NULL;
}

static cairo_surface_t *draw(cairo_font_face_t *font, const char *words, GError **error) {
  g_auto(GStrv) lines = g_strsplit(words, "\n", 4);
  if (g_strv_length(lines) == 3 && *lines[2] == '\0')
    return draw_seal(font, lines[0], lines[1], error);
  error_set(error, ERROR_REFUSED, "seal_name", NULL);
  return NULL;
}

static int refuse(GError *error) {
  g_autoptr(GError) owned = error;
  const char *value = error_fact(owned, "value"), *expected = error_fact(owned, "expected");
  g_autofree char *told =
      g_strdup_printf("%s\n%s\n%s", error_reason(owned), value != NULL ? value : "", expected != NULL ? expected : "");
  return write_all(told, strlen(told)) ? (int)error_kind(owned) : ERROR_TEMPORARY;
}

int main(int argc, char **argv) {
  GError *error = NULL;
  gboolean drawing = argc == 2 && strcmp(argv[1], "draw") == 0;
  if (!drawing && (argc != 2 || strcmp(argv[1], "check") != 0))
    return ERROR_USAGE;
  cairo_font_face_t *font = drawing ? draw_font(&error) : NULL;
  if (drawing && font == NULL)
    return refuse(error);
  if (!sandbox_close(INPUT_MAX))
    return ERROR_PERMANENT;
  gsize size = 0;
  g_autofree guint8 *input = read_input(&size);
  if (input == NULL)
    return ERROR_USAGE;
  cairo_surface_t *surface = drawing ? draw(font, (const char *)input, &error) : check_picture(input, size, &error);
  if (surface == NULL)
    return refuse(error);
  return cairo_surface_write_to_png_stream(surface, give, NULL) == CAIRO_STATUS_SUCCESS ? 0 : ERROR_TEMPORARY;
}
