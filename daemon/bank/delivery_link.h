/* Bringing one batch to a bank by its direct link (kind https), so that a crash at any instruction neither loses it nor
 * brings it twice.
 *
 *     sealed -> [commit] uploading -> connect, TLS
 *            -> [commit] releasing -> the sealed bytes, as they are -> the answer
 *            -> [commit] delivered, or unknown
 *
 * In `uploading` no byte of the request had left, so it is tried again. In `releasing` any byte may have: whatever
 * happens then other than a whole, signed answer to this very request that decides is UNKNOWN, also when we come back
 * after a crash. It is never sent again; the question by reference (pay_query.c) or our statement tells. REJECTED: the
 * bank refuses every transfer of it. */
#ifndef YIFEN_DAEMON_BANK_DELIVERY_LINK_H
#define YIFEN_DAEMON_BANK_DELIVERY_LINK_H

#include "daemon/bank/delivery.h"

extern const ChannelKind delivery_link;

#endif
