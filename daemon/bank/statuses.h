/* What a bank said of transfers, kept from a parse. */
#ifndef YIFEN_DAEMON_BANK_STATUSES_H
#define YIFEN_DAEMON_BANK_STATUSES_H

#include "parsers/record.h"

GPtrArray *statuses_new(void); /* BankStatus, owned */

/* RecordSink.status with such an array as user: keeps a copy whose words are freed of codes, since banks repeat what we
 * wrote. */
gboolean statuses_keep(void *statuses, const BankStatus *status, GError **error);

#endif
