/* Routes (rules/route.h) in the store, and the fens that prove them. Only role pay writes them. */
#ifndef YIFEN_SPOOL_ROUTES_H
#define YIFEN_SPOOL_ROUTES_H

#include "rules/route.h"
#include "spool/evidence.h"
#include "spool/transfers.h"

typedef struct {
  gint64 id;         /* 0: this store has never met it */
  Instant proven_at; /* INSTANT_NONE: not proven */
  gboolean sent;     /* it has a fen */
  Transfer fen;
  gint64 credit_entry_id; /* 0: not seen on the second account */
  gboolean answered;      /* the bank has it, or has settled it */
} Route;
void route_clear(Route *route);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Route, route_clear)

/* What the configuration says. Borrowed texts. */
typedef struct {
  const char *account, *channel; /* sections */
  const char *fingerprint;       /* daemon/route_look.h */
} RouteKey;

/* Reads only. A route that paid before schema 8 is taken for this one. */
gboolean route_load(Store *store, const RouteKey *key, Route *route, GError **error);

/* In a transaction of its own when something is to be changed: this is the present route of its account. A fen of
 * another route of the account that has not left yet becomes this one's, since it will leave by it. */
gboolean route_enter(Store *store, const RouteKey *key, const Learner *by, GError **error);

typedef struct {
  const char *name, *account, *bank;
  Day expected; /* when the fen arrives */
} RoutePayee;
/* Within a transaction: plans a fen, with a reference of its own. */
gboolean route_plan(Store *store, const RouteKey *key, const RoutePayee *payee, const Learner *by, GError **error);

/* Within a transaction: its fen stands on our second account. */
gboolean route_arrived(Store *store, gint64 transfer_id, gint64 entry_id, const Learner *by, GError **error);

/* The credit line of a fen that proves a route; 0: none was seen. */
gboolean route_credit(Store *store, gint64 transfer_id, gint64 *entry_id, GError **error);

/* In a transaction of its own: its fen was debited and does not arrive: opens the case "route_astray", once a fen. */
gboolean route_tell_astray(Store *store, const RouteKey *key, const Transfer *fen, const Learner *by, GError **error);

/* In a transaction of its own: it is free from now on. */
gboolean route_proven(Store *store, const RouteKey *key, const Learner *by, GError **error);

/* Does this batch carry the fen of the account's present route? */
gboolean route_carried(Store *store, const char *account, gint64 batch_id, gboolean *carried, GError **error);

#endif
