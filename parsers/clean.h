/* Texts of files as they may be kept: no control characters, no blanks at the ends. */
#ifndef YIFEN_PARSERS_CLEAN_H
#define YIFEN_PARSERS_CLEAN_H

#include <glib.h>

/* In place, on `size` bytes of UTF-8 that a NUL follows: control characters (Unicode Cc) become blanks, and blanks,
 * no-break and ideographic spaces at both ends go. Gives the start of what is left, NULL when nothing is. */
char *clean_text(char *text, gsize size);

/* The two halves of it: controls to blanks, and the blanks at both ends; *size becomes that of what is left. */
void clean_controls(char *text, gsize size);
char *clean_ends(char *text, gsize *size);

/* Is there a control character (Cc), or a NUL, in this UTF-8? */
gboolean clean_has_control(const char *text, gsize size);

/* For comparing: NFKC, without any white space; the caller frees. NULL gives "". */
char *clean_key(const char *text);

#endif
