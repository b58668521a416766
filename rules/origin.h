/* Where the fields of an entry stood in its file (Entry.origin): "amount=贷方金额\nremark=附言\n". One line a field:
 * its name in JSON, `=`, the place: the column's name, the element's path below the entry, or the tag. */
#ifndef YIFEN_RULES_ORIGIN_H
#define YIFEN_RULES_ORIGIN_H

#include <glib.h>

/* Bounds: bytes of a whole origin, and of one place in it. */
enum { ORIGIN_MAX = 4096, ORIGIN_PLACE_MAX = 200 };

/* Appends one line: control characters of the place become blanks, a long one is cut between characters. Nothing is
 * appended without a place, or when the whole would grow beyond ORIGIN_MAX. place: UTF-8 or NULL. */
void origin_add(GString *origin, const char *field, const char *place);

/* Is it an origin: whole lines as above, UTF-8, within the bounds? */
gboolean origin_valid(const char *origin, gsize size);

/* One line of it; neither text ends with a NUL. */
typedef struct {
  const char *field, *place;
  gsize field_size, place_size;
} OriginPart;

/* *at: the origin at first (NULL is an empty one), the rest after each line. FALSE: there are no more. */
gboolean origin_next(const char **at, OriginPart *part);

/* The place of one field, the caller frees; NULL when the origin does not say. */
char *origin_place(const char *origin, const char *field);

#endif
