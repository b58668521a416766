#include "daemon/receipt_body.h"

#include <string.h>

#include "parsers/order_json.h"
#include "rules/error.h"

void receipt_body_clear(ReceiptBody *receipt) {
  json_decref(receipt->body);
  g_free(receipt->bytes);
  *receipt = (ReceiptBody){0};
}

/* All five or, beside a file, none. */
static gboolean check_typed(ReceiptBody *receipt, GError **error) {
  static const char *const keys[] = {"number", "amount", "paid_on", "payer_name", "payer_account"};
  gsize there = 0;
  const char *missing = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
    if (fields_text(receipt->body, keys[i]) != NULL)
      there++;
    else if (missing == NULL)
      missing = keys[i];
  receipt->typed = there > 0 || fields_text(receipt->body, "file") == NULL;
  return !receipt->typed || missing == NULL || error_set(error, ERROR_REFUSED, "field_missing", "field", missing, NULL);
}

/* GLib's reader passes over what is no base64. */
static gboolean is_base64(const char *text) {
  gsize digits = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize padding = strspn(text + digits, "=");
  return digits > 0 && padding <= 2 && text[digits + padding] == '\0' && (digits + padding) % 4 == 0;
}

static gboolean read_file(ReceiptBody *receipt, GError **error) {
  const char *text = fields_text(receipt->body, "file");
  if (text == NULL)
    return TRUE;
  if (!is_base64(text))
    return error_set(error, ERROR_REFUSED, "field_base64", "field", "file", NULL);
  receipt->bytes = g_base64_decode(text, &receipt->file.size);
  receipt->file.bytes = receipt->bytes;
  return TRUE;
}

static void read_claim(ReceiptBody *receipt) {
  Receipt *claim = &receipt->claim;
  claim->number = fields_text(receipt->body, "number");
  claim->payer_name = fields_text(receipt->body, "payer_name");
  claim->payer_account = fields_text(receipt->body, "payer_account");
  gboolean read = money_parse(fields_text(receipt->body, "amount"), "CNY", &claim->amount, NULL) &&
                  day_parse(fields_text(receipt->body, "paid_on"), &claim->paid_on);
  g_assert(read); /* the table has checked them */
}

gboolean receipt_body_read(const char *text, gsize size, ReceiptBody *receipt, GError **error) {
  g_autoptr(GString) warnings = g_string_new(NULL);
  receipt->body = fields_read_long(text, size, RECEIPT_BODY_MAX, order_receipt_fields, warnings, error);
  if (receipt->body == NULL || !check_typed(receipt, error) || !read_file(receipt, error))
    return FALSE;
  if (receipt->typed)
    read_claim(receipt);
  return TRUE;
}

gboolean receipt_body_take(Store *store, const char *order_no, const ReceiptBody *receipt, const OrderBy *by,
                           GError **error) {
  return receipt_take(store, order_no, receipt->typed ? &receipt->claim : NULL,
                      receipt->bytes != NULL ? &receipt->file : NULL, by, error);
}
