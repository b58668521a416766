/* Orders as JSON, and the smaller bodies of the HTTP API. Errors: parsers/fields.h, and
 *     field_not_here  a field that this kind of certificate, payment or seal does not have
 *     field_many      more certificates than the hall may sell (one organisation, eight business) */
#ifndef YIFEN_PARSERS_ORDER_JSON_H
#define YIFEN_PARSERS_ORDER_JSON_H

#include "parsers/fields.h"
#include "rules/order.h"
#include "rules/receipt.h"

/* One order object. NULL on error; the caller frees. */
Order *order_json_read(const char *text, gsize size, GError **error);

/* The order with another bank account, checked by the same rules. cnaps may be NULL. */
Order *order_json_with_account(const Order *order, const char *name, const char *number, const char *bank,
                               const char *cnaps, GError **error);

/* Does a stored order (its canonical body) let its certificates be published? TRUE where it says nothing; FALSE for
 * what is no JSON. */
gboolean order_json_publish(const char *body);

#define RECEIPT_FILE_TEXT ((RECEIPT_FILE_MAX + 2) / 3 * 4) /* characters of base64 */
#define RECEIPT_BODY_MAX (RECEIPT_FILE_TEXT + FIELDS_LIMIT)

extern const Field order_code_fields[];    /* {"code"} */
extern const Field order_account_fields[]; /* {"name","number","bank","cnaps"?} */
extern const Field order_resend_fields[];  /* {"reason"?} */
extern const Field order_receipt_fields[]; /* {"number"?,"amount"?,"paid_on"?,"payer_name"?,"payer_account"?,"file"?} */
extern const Field order_refund_fields[];  /* {"reason"} */
extern const Field order_refund_result_fields[]; /* {"result":"done|failed","detail"?} */
/* {"person","decision":"accept|...","reason"?,"assignee"?,"fields"?:[{"field"}],"orders"?:[{"order_no","amount"}],
 * "waive"?:[{"order_no","amount"}],"entries"?:[{"id","amount"}],"payee"?:{"name"?,"number"?,"bank"?,"cnaps"?}} */
extern const Field order_decision_fields[];

#endif
