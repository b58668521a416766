/* Bodies that the hall sends. */
#include "parsers/json_difference.h"
#include "parsers/order_json.h"
#include "tests/fuzz/fuzz.h"

void fuzz_prepare(void) {
}

static void small_bodies(const char *text, gsize size) {
  static const Field *const tables[] = {order_code_fields, order_account_fields, order_resend_fields,
                                        order_receipt_fields, order_decision_fields};
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
    g_autoptr(GString) warnings = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    json_auto_t *object = fields_read(text, size, tables[i], warnings, &error);
    g_assert((object == NULL) == (error != NULL));
    if (error != NULL)
      fuzz_refused(error, ERROR_REFUSED);
  }
}

/* An order's body is the same order again. */
static void orders(const char *text, gsize size) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Order) order = order_json_read(text, size, &error);
  g_assert((order == NULL) == (error != NULL));
  if (order == NULL) {
    fuzz_refused(error, ERROR_REFUSED);
    return;
  }
  g_assert(order->price.minor > 0 && order->submitted_at != INSTANT_NONE);
  g_autoptr(Order) again = order_json_read(order->body, strlen(order->body), &error);
  g_assert(again != NULL && g_str_equal(again->body, order->body));
  g_autofree char *difference = json_difference(order->body, again->body);
  g_assert(difference == NULL && g_strcmp0(order->warnings, again->warnings) == 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autofree char *text = g_memdup2(data, MAX(size, 1));
  orders(text, size);
  small_bodies(text, size);
  return 0;
}
