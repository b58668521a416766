/* What an order wants as the seal of one of its certificates: words and picture. */
#ifndef YIFEN_DAEMON_ISSUE_ORDER_SEAL_H
#define YIFEN_DAEMON_ISSUE_ORDER_SEAL_H

#include "daemon/issue/picture.h"
#include "rules/eseal_words.h"

typedef struct {
  EsealWords words;
  Picture picture;
} OrderSeal;
void order_seal_clear(OrderSeal *seal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OrderSeal, order_seal_clear)

/* body: the order's JSON, checked by order_json_read before. An uploaded imprint is the picture of the organisation's
 * seal; every other seal is drawn. ERROR_REFUSED "seal_none": the order wants no seals. Otherwise as picture_draw and
 * picture_check. */
gboolean order_seal_organization(const char *body, OrderSeal *seal, GError **error);

/* Of business certificate `number` (1..) of `count`. */
gboolean order_seal_business(const char *body, int number, int count, OrderSeal *seal, GError **error);

#endif
