#include "rules/order.h"

void order_clear(Order *order) {
  g_free(order->order_no);
  g_free(order->applicant_name);
  g_free(order->uscc);
  g_free(order->handler_name);
  g_free(order->handler_mobile);
  g_free(order->handler_email);
  g_free(order->account_name);
  g_free(order->account_number);
  g_free(order->account_bank);
  g_free(order->account_cnaps);
  g_free(order->warnings);
  g_free(order->body);
  *order = (Order){0};
}

void order_free(Order *order) {
  if (order == NULL)
    return;
  order_clear(order);
  g_free(order);
}
