/* Our accounts as refunds see them: which may pay, and how long their banks may still debit what was sent. */
#ifndef YIFEN_DAEMON_REFUND_ACCOUNTS_H
#define YIFEN_DAEMON_REFUND_ACCOUNTS_H

#include "daemon/conf.h"
#include "spool/refund_decide.h"

/* Elements RefundAccount, which borrow from conf; free with g_array_unref. NULL when a profile cannot be read. */
GArray *refund_accounts(const Conf *conf, GError **error);

/* The person and the accounts; borrows both. */
RefundBy refund_by(const GArray *accounts, const OrderBy *by, gint64 uid);

#endif
