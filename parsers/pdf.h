/* PDF documents (ISO 32000-1, 7.11.4) that carry vouchers as embedded files: the name tree EmbeddedFiles, read by
 * libqpdf from memory. A damaged document is refused, never repaired. Files are stored plainly or by FlateDecode; the
 * inflated size is bounded, and size and MD5 are checked where the document states them. Signatures are not verified.
 */
#ifndef YIFEN_PARSERS_PDF_H
#define YIFEN_PARSERS_PDF_H

#include "parsers/record.h"
#include "parsers/source.h"

enum {
  PDF_MAX = 32 << 20,         /* bytes of the document */
  PDF_FILES_MAX = 1000,       /* embedded files */
  PDF_INFLATED_MAX = 64 << 20 /* bytes of all of them */
};

/* Loads what reading a PDF needs, if this is one. Before files are out of reach. */
void pdf_prepare(const Source *source);

/* Each voucher is one statement, in the order of the name tree. ERROR_REFUSED "voucher_none" without any,
 * "pdf_damaged", "pdf_encrypted", "pdf_too_large" or "file_pdf" (nothing here to read it with); else those of
 * voucher.h. */
gboolean pdf_parse(const Source *source, const RecordSink *sink, GError **error);

#endif
