#include "parsers/record.h"

void bank_status_clear(BankStatus *status) {
  g_free(status->message_id);
  g_free(status->payment_id);
  g_free(status->end_to_end_id);
  g_free(status->status);
  g_free(status->reason);
  g_free(status->detail);
  g_free(status->bank_reference);
  *status = (BankStatus){0};
}
