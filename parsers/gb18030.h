/* GB18030 to UTF-8 by a table of the two-byte area, which nearly all text outside ASCII comes from; the table is asked
 * of iconv, and what is not in it goes to iconv character by character, so both say the same. */
#ifndef YIFEN_PARSERS_GB18030_H
#define YIFEN_PARSERS_GB18030_H

#include <glib.h>

enum { GB18030_BLOCK = 32 };

/* How much UTF-8 so many bytes become at most, and room to write beyond the end. */
#define GB18030_ROOM(size) (2 * (size) + GB18030_BLOCK)

/* Decodes from the start; gives how many bytes were used, and in *written how many bytes of UTF-8 stand in out. It
 * stops early at half a character, or, with *broken, at bytes that are none. iconv: from GB18030 to UTF-8, kept open.
 */
gsize gb18030_decode(GIConv iconv, const char *bytes, gsize size, char *out, gsize *written, gboolean *broken);

#endif
