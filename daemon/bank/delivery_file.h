/* Bringing one batch to a bank through a folder (daemon/bank/exchange.h), so that a crash at any instruction neither
 * loses it nor brings it twice.
 *
 *     sealed -> [commit] uploading -> write FOLDER/NAME.tmp, read its size back
 *            -> [commit] releasing -> rename FOLDER/NAME.tmp to FOLDER/NAME
 *            -> [commit] delivered
 *
 * The bank takes files of final names only; the rename is the one moment at which it can see the message. NAME holds
 * the random message id, so nobody else ever makes such a file.
 *
 * In `uploading` the final name was never asked for: the same bytes are simply written again. (A write of the old
 * connection that arrives late writes the same bytes to the same place.)
 *
 * In `releasing` the temporary file had been there, whole, before the rename was asked for. So we look:
 *     NAME there, of our size      it was renamed, and the bank has not taken it yet: delivered. (OpenSSH renames by
 * link and unlink; both names are there when it died in between.) only NAME.tmp there          the rename was not done:
 * ask for it now. A late rename of the old connection and ours cannot both succeed, since there is one temporary file
 * and no rename onto an existing name. neither there                it was renamed and taken, or somebody cleared the
 * folder: unknown, until an answer or our statement tells. It is never written again. NAME there, of another size  not
 * ours to explain: unknown. A look that fails changes nothing: the batch stays `releasing` and its transfers `sending`,
 * however long the bank is away. Both are decided by the next look that succeeds. */
#ifndef YIFEN_DAEMON_BANK_DELIVERY_FILE_H
#define YIFEN_DAEMON_BANK_DELIVERY_FILE_H

#include "daemon/bank/delivery.h"

/* REJECTED is never given: a folder does not read. */
extern const ChannelKind delivery_file;

#endif
