#include "parsers/source.h"

#include "rules/error.h"

/* Is there a byte? 1, 0, or -1 with error. */
static int byte_at(const Source *source, goffset offset, GError **error) {
  char byte;
  gssize got = source->read(source->user, offset, &byte, 1, error);
  return got < 0 ? -1 : got > 0;
}

goffset source_size(const Source *source, GError **error) {
  goffset low = 0, high = 1; /* every byte before low is there */
  int there;
  while ((there = byte_at(source, high - 1, error)) > 0) {
    low = high;
    high *= 2;
    if (high > SOURCE_MAX) {
      error_set(error, ERROR_REFUSED, "too_large", NULL);
      return -1;
    }
  }
  while (there >= 0 && low + 1 < high) {
    goffset middle = low + (high - low) / 2;
    there = byte_at(source, middle - 1, error);
    if (there > 0)
      low = middle;
    else
      high = middle;
  }
  return there < 0 ? -1 : low;
}

gboolean source_read(const Source *source, goffset offset, void *buffer, gsize size, GError **error) {
  gsize done = 0;
  while (done < size) {
    gssize got = source->read(source->user, offset + (goffset)done, (char *)buffer + done, size - done, error);
    if (got <= 0)
      return FALSE;
    done += (gsize)got;
  }
  return TRUE;
}
