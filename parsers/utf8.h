/* UTF-8 at the speed of memory: what g_utf8_validate_len() says, by blocks where the text is ASCII. */
#ifndef YIFEN_PARSERS_UTF8_H
#define YIFEN_PARSERS_UTF8_H

#include <glib.h>

/* How many bytes from the start are whole, valid characters (Unicode, table 3-7: shortest form, no surrogates, up to
 * U+10FFFF) other than NUL. */
gsize utf8_valid(const char *text, gsize size);

/* Are all these bytes whole, valid characters, and none a control character (Cc) or NUL? */
gboolean utf8_is_printable(const char *text, gsize size);

/* How many line feeds? */
gsize utf8_lines(const char *text, gsize size);

#endif
