/* Labels as a file or a printer's stream, one after the other, in flat memory.
 *
 * PDF: vectors, font embedded, text to be selected and searched. PNG: grey, 203 or 300 dots an inch, one label a file.
 * ZPL (Zebra) and TSPL (TSC and most Chinese printers): the whole label as dots of 203 an inch, since the fonts of
 * printers have gaps.
 *
 * Calling sequence: paper_begin, paper_add for each label, paper_end. After a failure only paper_free. */
#ifndef YIFEN_DAEMON_LABEL_PAPER_H
#define YIFEN_DAEMON_LABEL_PAPER_H

#include "rules/label.h"

typedef enum { PAPER_PDF, PAPER_PNG, PAPER_ZPL, PAPER_TSPL, PAPER_FORMATS } PaperFormat;
extern const char *const paper_words[PAPER_FORMATS]; /* "pdf" ..., ends of file names too */

typedef enum { PAPER_203, PAPER_300, PAPER_DPIS } PaperDpi; /* of PNG; 203 is eight dots a millimetre */

typedef struct Paper Paper;
void paper_free(Paper *paper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paper, paper_free)

/* fd stays the caller's. */
Paper *paper_begin(PaperFormat format, LabelSize size, PaperDpi dpi, int fd);

/* Errors of draw_label(), which leave the file as it was before (the label is missing in it, no other is);
 * ERROR_PERMANENT "label_write". */
gboolean paper_add(Paper *paper, const Label *label, GError **error);

/* ERROR_PERMANENT "label_write" when not all reached fd. */
gboolean paper_end(Paper *paper, GError **error);

#endif
