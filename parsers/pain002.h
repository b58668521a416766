/* Status files pain.002.001.03 and .10 (ISO 20022 CustomerPaymentStatusReport), and what lies between and after, by
 * local names.
 *
 * A status may stand at message, payment or transaction; the lowest level that is present wins and absence inherits
 * from above. One record for the message (when it has a status), one for each payment that has one, one for each
 * transaction named in the file that has or inherits one. A transaction's reason is its own, else that of the level its
 * status came from.
 */
#ifndef YIFEN_PARSERS_PAIN002_H
#define YIFEN_PARSERS_PAIN002_H

#include "parsers/record.h"

typedef struct Pain002 Pain002;

Pain002 *pain002_new(const RecordSink *sink);
void pain002_free(Pain002 *pain002);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pain002, pain002_free)

gboolean pain002_feed(Pain002 *pain002, const char *bytes, gsize size, GError **error);
/* Refuses a file that ends too early, is no pain.002 ("xml_root") or says no status at all ("status_empty"). */
gboolean pain002_finish(Pain002 *pain002, GError **error);

#endif
