#include "daemon/issue/picture.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/helper.h"
#include "rules/error.h"

enum { PIECE = 64 * 1024, SIZES = 24, TOLD_MAX = 256 };

void picture_clear(Picture *picture) {
  g_clear_pointer(&picture->png, g_bytes_unref);
}

/* Of a PNG that our own program wrote; 0 when it cannot be one. */
static guint32 pixels(const guint8 *png, gsize at) {
  guint32 value;
  memcpy(&value, png + at, sizeof value);
  value = GUINT32_FROM_BE(value);
  return value <= G_MAXUINT16 ? value : 0;
}

static gboolean broken(GError **error, const char *detail) {
  return error_set(error, ERROR_REFUSED, "seal_program", "detail", detail, NULL);
}

static gboolean take_picture(GByteArray *told, Picture *picture, GError **error) {
  if (told->len < SIZES || memcmp(told->data, "\x89PNG\r\n\x1a\n", 8) != 0)
    return broken(error, "no PNG");
  guint32 width = pixels(told->data, 16), height = pixels(told->data, 20), longer = MAX(width, height);
  if (width == 0 || height == 0)
    return broken(error, "no size");
  picture->width = (int)MAX((width * PICTURE_MM + longer / 2) / longer, 1);
  picture->height = (int)MAX((height * PICTURE_MM + longer / 2) / longer, 1);
  picture->png = g_bytes_new(told->data, told->len);
  return TRUE;
}

/* What the child says is data from a cage: only the reasons it may have, and only as text. */
static gboolean take_refusal(GByteArray *told, GError **error) {
  static const char *const reasons[] = {"seal_name",   "seal_long",   "seal_glyph", "seal_png",
                                        "seal_pixels", "seal_opaque", "seal_empty", NULL};
  g_autofree char *text = g_strndup((const char *)told->data, MIN(told->len, TOLD_MAX));
  g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
  if (!g_utf8_validate(text, -1, NULL) || g_strv_length(lines) != 3)
    return broken(error, "no reason");
  if (g_str_equal(lines[0], "seal_font"))
    return error_set(error, ERROR_PERMANENT, "seal_font", "value", lines[1], NULL);
  if (!g_strv_contains(reasons, lines[0]))
    return broken(error, "no reason");
  return error_set(error, ERROR_REFUSED, lines[0], "value", *lines[1] != '\0' ? lines[1] : NULL, "expected",
                   *lines[2] != '\0' ? lines[2] : NULL, NULL);
}

static gboolean hear(Helper *helper, GByteArray *told, GError **error) {
  guint8 piece[PIECE];
  gssize size;
  while ((size = helper_read(helper, piece, sizeof piece, error)) > 0) {
    g_byte_array_append(told, piece, (guint)size);
    if (told->len > PICTURE_OUT_MAX)
      return broken(error, "too much");
  }
  return size == 0;
}

static gboolean run(int fd, gsize size, char *what, Picture *picture, GError **error) {
  char program[] = "yifen-seal", *argv[] = {program, what, NULL};
  Helper helper = {0};
  if (!helper_start(&helper, argv, fd, (goffset)size, error))
    return FALSE;
  g_autoptr(GByteArray) told = g_byte_array_new();
  gboolean heard = hear(&helper, told, error);
  int status = helper_end(&helper);
  if (!heard)
    return FALSE;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return take_picture(told, picture, error);
  if (WIFEXITED(status) && (WEXITSTATUS(status) == ERROR_REFUSED || WEXITSTATUS(status) == ERROR_PERMANENT))
    return take_refusal(told, error);
  g_autofree char *detail = g_strdup_printf("status %d", status);
  return broken(error, detail);
}

static gboolean ask(char *what, const void *bytes, gsize size, Picture *picture, GError **error) {
  int fd = memfd_create("seal", MFD_CLOEXEC);
  gboolean ready = fd >= 0 && write(fd, bytes, size) == (gssize)size && lseek(fd, 0, SEEK_SET) == 0;
  gboolean done = ready ? run(fd, size, what, picture, error)
                        : error_set(error, ERROR_TEMPORARY, "parser_missing", "detail", g_strerror(errno), NULL);
  if (fd >= 0)
    close(fd);
  return done;
}

gboolean picture_draw(const char *name, const char *below, Picture *picture, GError **error) {
  g_autofree char *words = g_strdup_printf("%s\n%s\n", name, below != NULL ? below : "");
  char what[] = "draw";
  return ask(what, words, strlen(words), picture, error);
}

gboolean picture_check(const void *png, gsize size, Picture *picture, GError **error) {
  char what[] = "check";
  if (size < PICTURE_IN_MAX)
    return ask(what, png, size, picture, error);
  g_autofree char *value = g_strdup_printf("%" G_GSIZE_FORMAT, size), *expected = g_strdup_printf("%d", PICTURE_IN_MAX);
  return error_set(error, ERROR_REFUSED, "seal_large", "value", value, "expected", expected, NULL);
}
