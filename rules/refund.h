/* Refunds 退费: how much of a credit may go back, what the order keeps, and to whom. */
#ifndef YIFEN_RULES_REFUND_H
#define YIFEN_RULES_REFUND_H

#include <glib.h>

/* One credit that is to go back, or part of it; minor units. */
typedef struct {
  gint64 asked;
  gint64 amount, allocated, refunded; /* of the line: whole, given to orders, given back or about to be */
  gint64 used;                        /* of allocated: by the order that the refund is of */
} RefundPart;

/* The order that the refund is of. */
typedef struct {
  gint64 price, settled;
  gboolean accepted;
} RefundOrder;

typedef enum {
  REFUND_FITS,
  REFUND_TOO_MUCH,       /* more than is neither used by other orders nor given back (`part` says of which line) */
  REFUND_HALF,           /* the order would keep some money, but less than its price: all of it, or what is over */
  REFUND_ORDER_ACCEPTED, /* it takes money that an accepted order used */
} RefundFit;

/* What is free on a line goes first, then what the order used: that share is written to taken[i] (as many as parts).
 * *left: what stays settled. part: index, or NULL. */
RefundFit refund_fit(const RefundPart *parts, gsize count, const RefundOrder *order, gint64 *taken, gint64 *left,
                     gsize *part);

/* To whom. Borrowed texts; NULL or "": lacking. An account that a bank shows in part (with '*') is lacking too. */
typedef struct {
  const char *name, *account, *bank, *cnaps;
} RefundPayee;

/* Money goes back to the name and account on its line and nowhere else; people complete what the line lacks. Where an
 * earlier refund could not be paid there (`again`), what they give counts before the line. The bank's name and number
 * are no part of that: what people give counts. Gives NULL and *out, else the field: "name" "account" "bank" lacks, and
 * *against FALSE; "name" "account" differs from the line, and *against TRUE. */
const char *refund_payee(const RefundPayee *line, const RefundPayee *given, gboolean again, RefundPayee *out,
                         gboolean *against);

#endif
