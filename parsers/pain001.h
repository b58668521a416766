/* pain.001, the customer's credit transfer initiation (ISO 20022 CustomerCreditTransferInitiationV03 and V09), for one
 * paying account: GrpHdr, one PmtInf, one CdtTrfTxInf a transfer. The same structs always give the same bytes.
 *
 * Accounts stand in Id/Othr/Id. The payee's branch stands as its CNAPS number in CdtrAgt/FinInstnId/ClrSysMmbId/MmbId.
 * BtchBookg is false: each transfer is to be one line of our statement. ChrgBr is DEBT: the payee is to receive the
 * whole amount. */
#ifndef YIFEN_PARSERS_PAIN001_H
#define YIFEN_PARSERS_PAIN001_H

#include "rules/day.h"
#include "rules/money.h"

#define PAIN001_ID_MAX 35    /* characters, Max35Text */
#define PAIN001_TEXT_MAX 140 /* characters: Nm, Ustrd */

/* Borrowed texts, UTF-8. */
typedef struct {
  const char *reference; /* EndToEndId */
  Money amount;
  const char *payee_name, *payee_account, *payee_bank;
  const char *payee_cnaps; /* 12 digits, or NULL */
  const char *remark;      /* RmtInf/Ustrd */
} PainTransfer;

typedef struct {
  const char *version;    /* "pain.001.001.03" or "pain.001.001.09" */
  const char *message_id; /* MsgId and PmtInfId */
  Instant created_at;
  Day execution;
  const char *payer_name, *payer_account, *payer_bank;
  gboolean clearing_id; /* write ClrSysId/Cd CNAPS beside MmbId */
  const PainTransfer *transfers;
  gsize count; /* at least 1, one currency */
} PainMessage;

/* Can this transfer be written? ERROR_REFUSED "pain_field", as below. To be asked before a transfer is planned: one
 * that cannot be written would hold up its whole batch. */
gboolean pain001_check(const PainTransfer *transfer, GError **error);

/* The whole message; the caller frees. ERROR_REFUSED "pain_field" (facts field, value: the reference, expected: the
 * most characters) for a text that is empty, too long, or holds what XML cannot; "pain_version"; "amount" when the sum
 * overflows. */
GBytes *pain001_write(const PainMessage *message, GError **error);

#endif
