/* An order 业务单: one application as the hall hands it over (docs: the order format). Plain data. */
#ifndef YIFEN_RULES_ORDER_H
#define YIFEN_RULES_ORDER_H

#include "rules/day.h"
#include "rules/money.h"

typedef enum { METHOD_WIRE, METHOD_ALIPAY, METHOD_WECHAT } PaymentMethod;

/* What matching, payment and people need as fields; the whole application stays in `body`. Strings are owned, UTF-8,
 * NULL when absent. */
typedef struct {
  gint64 id;      /* row of the store; 0 while not stored */
  char *order_no; /* [0-9A-Z]{1,32} */
  int revision;   /* 1.. */
  Instant submitted_at;
  char *applicant_name;
  char *uscc; /* unified social credit identifier, GB 32100 */
  char *handler_name, *handler_mobile, *handler_email;
  char *account_name, *account_number, *account_bank, *account_cnaps; /* the applicant's bank account */
  PaymentMethod method;
  Money price;
  Instant paid_at; /* INSTANT_NONE for wires */
  char *warnings;  /* identifiers with a wrong check digit, "field reason;..." for the reviewer; NULL when none */
  char *body;      /* canonical JSON: sorted keys, no blanks */
} Order;

void order_clear(Order *order);
void order_free(Order *order);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Order, order_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Order, order_free)

#endif
