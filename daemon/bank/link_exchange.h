/* A request over a direct link and what its answer says: sent, taken out of frame and envelope, its signature checked
 * over the raw bytes, read in the cage, and known to answer this very request. */
#ifndef YIFEN_DAEMON_BANK_LINK_EXCHANGE_H
#define YIFEN_DAEMON_BANK_LINK_EXCHANGE_H

#include "daemon/bank/call.h"
#include "daemon/bank/link_party.h"
#include "parsers/profile.h"

typedef struct {
  const ConfChannel *channel;
  const Profile *profile; /* that has a link */
  const char *profiles;   /* folder, or NULL */
} LinkPeer;

/* BankStatus (daemon/bank/statuses.h), as parsers/link_answer.h says; NULL with any of the errors of call.h,
 * link_message.h, link_answer.h and cage.h, or ERROR_REFUSED "answer_foreign" for the answer of another request. echo:
 * link_echo(). call->began says whether the request may have left. */
GPtrArray *link_exchange(const LinkPeer *peer, const Party *party, gboolean query, GBytes *request, const char *echo,
                         Call *call, GError **error);

#endif
