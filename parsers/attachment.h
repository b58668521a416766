/* A file inside an OFD or PDF document, fed in pieces: a voucher is read, anything else is passed over. Its content
 * says what it is, not its name. */
#ifndef YIFEN_PARSERS_ATTACHMENT_H
#define YIFEN_PARSERS_ATTACHMENT_H

#include "parsers/record.h"

typedef struct Attachment Attachment;

/* number: of its statement, if it is a voucher. */
Attachment *attachment_new(int number, const RecordSink *sink);
void attachment_free(Attachment *attachment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Attachment, attachment_free)

/* An Attachment *; a ZipTake. */
gboolean attachment_feed(void *attachment, const char *bytes, gsize size, GError **error);

/* After the last byte; *voucher: was it one? */
gboolean attachment_finish(Attachment *attachment, gboolean *voucher, GError **error);

#endif
