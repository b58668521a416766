/* Is a document that calls itself GB18030 (GBK, GB2312) or Latin-1 UTF-8 in truth? Both decode UTF-8 to other
 * characters without a fault, so names would be wrong and nobody would see it. Text of these encodings is practically
 * never UTF-8 by chance, from its first to its last byte. */
#ifndef YIFEN_PARSERS_LABEL_H
#define YIFEN_PARSERS_LABEL_H

#include "parsers/encoding.h"

typedef struct LabelDoubt LabelDoubt;

/* NULL when there is nothing to doubt: a UTF says itself whether it is one. */
LabelDoubt *label_doubt_new(Encoding labelled);
void label_doubt_free(LabelDoubt *doubt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabelDoubt, label_doubt_free)

void label_doubt_feed(LabelDoubt *doubt, const char *bytes, gsize size); /* doubt: or NULL */

/* After the last byte: was all of it UTF-8, with characters that tell? For Latin-1 any of several bytes, for GB18030
 * one of at least three: pairs of its bytes are sometimes characters of two in UTF-8. */
gboolean label_doubt_is_utf8(LabelDoubt *doubt);

#endif
