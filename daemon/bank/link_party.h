/* Our side of a direct link as the channel's configuration gives it: names, and keys read from their files. */
#ifndef YIFEN_DAEMON_BANK_LINK_PARTY_H
#define YIFEN_DAEMON_BANK_LINK_PARTY_H

#include "daemon/conf.h"
#include "parsers/link_message.h"

typedef struct {
  LinkParty party;
  EVP_PKEY *own, *bank;
  GBytes *secret;
  char *sm2_id;
} Party;

/* Reads what the link needs. ERROR_PERMANENT "link_key" (missing, open to others, of the wrong kind), "config_missing"
 * when the channel does not name it. */
gboolean party_load(const ConfChannel *channel, const Link *link, Party *party, GError **error);
void party_clear(Party *party);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Party, party_clear)

#endif
