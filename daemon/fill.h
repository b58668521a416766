/* Paragraphs for a terminal of 80 columns. */
#ifndef YIFEN_DAEMON_FILL_H
#define YIFEN_DAEMON_FILL_H

#include <glib.h>

#define FILL_COLUMNS 80

/* The text in lines of at most FILL_COLUMNS cells (a Chinese character takes two), each but the first indented by
 * `indent` blanks more than the first; its own line breaks stay. Words of letters and digits are kept whole where they
 * fit a line, and no line begins with a closing mark. No line break at the end. The caller frees. */
char *fill_text(const char *text, int first_indent, int indent);

#endif
