/* A route: a paying account with its channel, as far as they decide where money instructions go. One that is new, or
 * changed, sends nothing but one fen to another account of ours, until the bank's answer, our debit line and the credit
 * line on the second account's statement agree. */
#ifndef YIFEN_RULES_ROUTE_H
#define YIFEN_RULES_ROUTE_H

#include "rules/day.h"
#include "rules/life.h"

typedef struct {
  gboolean proven; /* it was, before */
  gboolean second; /* there is another account of ours, whose statements come */
  gboolean sent;   /* there is a fen of this route; the others speak of the latest */
  TransferState state;
  gboolean answers;  /* the bank says something on this channel, ever */
  gboolean answered; /* it has, and has not refused */
  gboolean debited;  /* the paying account's statement shows it */
  gboolean credited; /* the second account's statement shows it */
} RouteFacts;

typedef enum {
  ROUTE_PROVEN,  /* free */
  ROUTE_AGREES,  /* all three agree: to be recorded as proven */
  ROUTE_PROVING, /* its fen is on its way; route_lacks says what is missing */
  ROUTE_DUE,     /* its fen is to be planned */
  ROUTE_FAILED,  /* its fen was refused or came back: a person mends the cause and asks for another */
  ROUTE_ALONE,   /* there is no second account to pay it to */
  ROUTE_STANDS
} RouteStand;
const char *route_word(RouteStand stand);

RouteStand route_decide(const RouteFacts *facts);

#define ROUTE_ANSWER 1u
#define ROUTE_DEBIT 2u
#define ROUTE_CREDIT 4u
/* What of the three is missing, as bits. A bank that never answers on this channel need not. */
guint route_lacks(const RouteFacts *facts);

/* May a person ask for another fen? Not while the fate of the last one is open. */
gboolean route_again(const RouteFacts *facts);

#define ROUTE_CREDIT_DAYS 2 /* working days */
/* The fen has left, and the second account does not show it in time: people must ask where it went. booked: when its
 * debit was seen. */
gboolean route_astray(const RouteFacts *facts, const Calendar *calendar, Instant booked, Instant now);

#endif
