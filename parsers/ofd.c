#include "parsers/ofd.h"

#include "parsers/attachment.h"
#include "rules/error.h"

gboolean ofd_is(const Zip *zip) {
  return zip_has(zip, "OFD.xml");
}

gboolean ofd_parse(Zip *zip, const RecordSink *sink, GError **error) {
  int vouchers = 0;
  const char *name;
  for (guint i = 0; (name = zip_name(zip, i)) != NULL; i++) {
    g_autoptr(Attachment) attachment = attachment_new(vouchers + 1, sink);
    gboolean voucher;
    if (!zip_read(zip, name, attachment_feed, attachment, error) || !attachment_finish(attachment, &voucher, error))
      return FALSE;
    vouchers += voucher;
  }
  return vouchers > 0 || error_set(error, ERROR_REFUSED, "voucher_none", "value", "OFD", NULL);
}
