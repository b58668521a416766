#include "daemon/bank/statuses.h"

#include "rules/mask.h"

static void status_free(gpointer status) {
  bank_status_clear(status);
  g_free(status);
}

GPtrArray *statuses_new(void) {
  return g_ptr_array_new_with_free_func(status_free);
}

gboolean statuses_keep(void *statuses, const BankStatus *status, GError **error) {
  (void)error;
  BankStatus *copy = g_new0(BankStatus, 1);
  *copy = (BankStatus){.level = status->level,
                       .message_id = g_strdup(status->message_id),
                       .payment_id = g_strdup(status->payment_id),
                       .end_to_end_id = g_strdup(status->end_to_end_id),
                       .status = g_strdup(status->status),
                       .reason = mask_codes(status->reason),
                       .detail = mask_codes(status->detail),
                       .bank_reference = g_strdup(status->bank_reference)};
  g_ptr_array_add(statuses, copy);
  return TRUE;
}
