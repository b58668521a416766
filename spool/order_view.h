/* Orders as people and callers ask for them: where each stands, with its latest round. Read only. */
#ifndef YIFEN_SPOOL_ORDER_VIEW_H
#define YIFEN_SPOOL_ORDER_VIEW_H

#include "rules/day.h"
#include "rules/life.h"
#include "rules/money.h"
#include "spool/store.h"

/* Strings belong to the view, NULL when absent. */
typedef struct {
  gint64 id;
  char *order_no, *applicant, *uscc, *method, *warnings;
  char *account_name, *account_number, *account_bank, *account_cnaps;
  int revision;
  Instant submitted_at, changed_at;
  Money price, settled;
  Money waived;               /* of the price: a person let it go */
  Money announced;            /* the largest wire that a bank announced for it and no statement shows yet; 0: none */
  int payment, proof, review; /* rules/life */
  Day due_on;                 /* of the review; DAY_NONE while unknown */

  int round;                     /* 0: no round was made */
  int verification, tries;       /* state of the latest round and its tries; -1, 0 without one */
  int counted;                   /* rounds that the applicant caused */
  gboolean last_counted;         /* the latest was one of them */
  gboolean round_asked;          /* pay is about to make the next round */
  int transfer;                  /* state of its transfer; -1 without one */
  Day expected_on;               /* when its fen is expected; DAY_NONE while that cannot be known */
  gboolean held;                 /* it does not leave: its paying account is on hold */
  Day settled_on, expires_on;    /* of the round */
  char *corrections, *sent_back; /* while sent back: fields to correct, a JSON array, and why; else NULL */
  int clock_left;                /* while sent back: working days that the review has left; -1: not known */
  char *field, *cause;           /* what the applicant must correct, and what is wrong with it (rules/policy.h) */
} OrderView;
void order_view_clear(OrderView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OrderView, order_view_clear)

/* One order. ERROR_REFUSED "order_unknown". */
gboolean order_view(Store *store, const char *order_no, OrderView *view, GError **error);

/* All orders, oldest first; the view lives for the call. A sink that returns FALSE with an error ends the walk. */
typedef gboolean OrderViewSink(void *user, const OrderView *view, GError **error);
gboolean order_view_each(Store *store, OrderViewSink *sink, void *user, GError **error);

#endif
