/* Short messages: queued, handed to a gateway, reported about. At least once, never more than one extra: a message that
 * nobody knows the fate of goes out once more, one that the gateway took never. */
#ifndef YIFEN_SPOOL_SMS_H
#define YIFEN_SPOOL_SMS_H

#include "rules/life.h"
#include "spool/orders.h"

#define SMS_LOST_MOST 2 /* times that nobody knows; then it is given up */

typedef struct {
  gint64 id, telling_id, purchase_id; /* telling_id 0: a PIN */
  char *key, *order_no, *mobile, *ticket;
  GBytes *box; /* of a PIN, until its fate is known; else NULL */
  SmsState state;
  int lost;
  Instant created_at;
} Sms;
void sms_clear(Sms *sms);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sms, sms_clear)

/* Within a transaction: queues the short message of a telling and rings notify; once. */
gboolean sms_add(Store *store, gint64 telling_id, gint64 purchase_id, const char *mobile, const char *actor,
                 Instant now, GError **error);

/* Within a transaction: queues a PIN, whose box is sealed to KEY_NOTIFY_PUBLIC under the context "pin:KEY"; one a key.
 * The box is wiped when the fate of the message is known. */
gboolean sms_add_pin(Store *store, const char *key, gint64 purchase_id, const char *mobile, GBytes *box,
                     const char *actor, Instant now, GError **error);

/* What became of "pin:KEY" or "telling:ID". */
gboolean sms_fate(Store *store, const char *key, SmsState *state, gboolean *found, GError **error);

gboolean sms_load(Store *store, gint64 id, Sms *sms, gboolean *found, GError **error);

/* What this number was sent since then: how many, and the first of them. */
gboolean sms_sent_since(Store *store, const char *mobile, Instant since, int *count, Instant *first, GError **error);

/* Within a transaction: the gateway is about to be called, or has answered, or the message is taken up again. why: the
 * gateway's word, without number, PIN or code; may be NULL, as gateway_id. An end wipes the box. */
gboolean sms_move(Store *store, const Sms *sms, SmsEvent event, const char *gateway_id, const char *why, Instant now,
                  GError **error);

/* Within a transaction: the number takes no messages; opens a case `number_dead` about the order, due in
 * SMS_CASE_DAYS working days. */
#define SMS_CASE_DAYS 2
gboolean sms_unreached(Store *store, const Sms *sms, const char *why, const OrderBy *by, GError **error);

/* A delivery report, in a transaction of its own. ERROR_REFUSED "sms_unknown" when no message has the ticket. */
gboolean sms_report(Store *store, const char *ticket, gboolean arrived, const char *why, const OrderBy *by,
                    GError **error);

/* In a transaction of its own: wipes the boxes of PINs that the gateway took before then and never reported about. */
gboolean sms_wipe(Store *store, Instant before, GError **error);

/* "139****1234": as numbers stand in cards and logs. The caller frees. */
char *sms_masked(const char *mobile);

#endif
