/* Messages of payments over a direct link, written by the profile's template and signed. */
#ifndef YIFEN_DAEMON_BANK_PAY_LINK_H
#define YIFEN_DAEMON_BANK_PAY_LINK_H

#include "daemon/bank/link_party.h"
#include "daemon/conf.h"
#include "parsers/profile.h"

/* The link by which an account pays; NULL: it pays by files. */
const Link *pay_link(const Conf *conf, const ConfAccount *account, const Profile *profile);

typedef struct {
  const Profile *profile;
  Party party;
} LinkWriter;

/* BatchPlan.write with a LinkWriter as user: the exact bytes that the bank will get. */
GBytes *pay_link_write(void *writer, const PainMessage *message, GError **error);

/* Would the bank's encoding hold it? ERROR_REFUSED "encoding" (field). To be asked before a transfer is planned. */
gboolean pay_link_check(const Link *link, const PainTransfer *transfer, GError **error);

#endif
