#include "rules/refund.h"

#include <string.h>

#include "rules/name.h"

RefundFit refund_fit(const RefundPart *parts, gsize count, const RefundOrder *order, gint64 *taken, gint64 *left,
                     gsize *part) {
  gint64 sum = 0;
  for (gsize i = 0; i < count; i++) {
    const RefundPart *p = &parts[i];
    gint64 free = p->amount - p->allocated - p->refunded;
    if (part != NULL)
      *part = i;
    if (p->asked <= 0 || p->asked > free + p->used)
      return REFUND_TOO_MUCH;
    taken[i] = MAX(p->asked - free, 0);
    sum += taken[i];
  }
  *left = order->settled - sum;
  if (sum == 0 || *left >= order->price)
    return REFUND_FITS;
  if (order->accepted)
    return REFUND_ORDER_ACCEPTED;
  return *left == 0 ? REFUND_FITS : REFUND_HALF;
}

static const char *present(const char *text) {
  return text == NULL || *text == '\0' ? NULL : text;
}

static const char *whole_account(const char *text) {
  return present(text) == NULL || strchr(text, '*') != NULL ? NULL : text;
}

const char *refund_payee(const RefundPayee *line, const RefundPayee *given, gboolean again, RefundPayee *out,
                         gboolean *against) {
  const char *name = present(line->name), *account = whole_account(line->account);
  const char *new_name = present(given->name), *new_account = present(given->account);
  *against = FALSE;
  if (!again && name != NULL && new_name != NULL && strcmp(name, new_name) != 0) {
    *against = TRUE;
    return "name";
  }
  if (!again && account != NULL && new_account != NULL && !account_equal(account, new_account)) {
    *against = TRUE;
    return "account";
  }
  gboolean moved = new_account != NULL && account != NULL && !account_equal(account, new_account);
  const char *new_bank = present(given->bank), *new_cnaps = present(given->cnaps);
  gboolean keep = new_bank == NULL && !moved; /* the bank of another account is another bank */
  *out = (RefundPayee){.name = new_name != NULL ? new_name : name,
                       .account = new_account != NULL ? new_account : account,
                       .bank = keep ? present(line->bank) : new_bank,
                       .cnaps = keep && new_cnaps == NULL ? present(line->cnaps) : new_cnaps};
  return out->name == NULL ? "name" : out->account == NULL ? "account" : out->bank == NULL ? "bank" : NULL;
}
