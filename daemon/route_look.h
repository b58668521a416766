/* Where a paying account's money instructions go, and whether that was proven (rules/route.h). */
#ifndef YIFEN_DAEMON_ROUTE_LOOK_H
#define YIFEN_DAEMON_ROUTE_LOOK_H

#include <jansson.h>

#include "daemon/conf.h"
#include "spool/routes.h"

/* SHA-256 in hex over what decides where instructions go: the account's number and bank, the channel's kind, host,
 * port, host key, user, upload folder, path, the bytes of the bank's CA, and the customer's number. Not over names of
 * sections, folders of answers, or keys of ours. The caller frees. */
char *route_fingerprint(const ConfAccount *account, const ConfChannel *channel);

/* The account that gets its fen: the first other one whose statements come; NULL when there is none. */
const ConfAccount *route_second(const Conf *conf, const ConfAccount *account);

typedef struct {
  const ConfAccount *account, *second; /* second: that got its fen, or would get it; may be NULL */
  char *fingerprint;
  Route route;
  RouteFacts facts;
  RouteStand stand;
} RouteLook;
void route_look_clear(RouteLook *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RouteLook, route_look_clear)

/* Of an account with a channel for payments. */
gboolean route_look(Store *store, const Conf *conf, const ConfAccount *account, RouteLook *look, GError **error);
RouteKey route_key(const RouteLook *look); /* borrowed from it */

/* One clear sentence: free, or held and why. The caller frees. */
char *route_text(const RouteLook *look);

/* {"account","channel","stand","held","lacks":["answer","debit","credit"],"reference","transfer","to","proven_at",
 * "fingerprint","text"} */
json_t *route_json(const RouteLook *look);

#endif
