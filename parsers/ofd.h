/* OFD documents (GB/T 33190: a zip with OFD.xml) that carry vouchers as attached files, in Doc_0/Attachs/ as a rule.
 * Every file in the archive is read whole, which proves its checksum, and looked at: makers differ in how the document
 * refers to its attachments. Signed documents are read; the signature is not verified. */
#ifndef YIFEN_PARSERS_OFD_H
#define YIFEN_PARSERS_OFD_H

#include "parsers/record.h"
#include "parsers/zip.h"

gboolean ofd_is(const Zip *zip);

/* Each voucher is one statement, in the archive's order. ERROR_REFUSED "voucher_none" without any; else those of zip.h
 * and voucher.h. */
gboolean ofd_parse(Zip *zip, const RecordSink *sink, GError **error);

#endif
