#include "parsers/order_json.h"

#include <string.h>

#include "rules/error.h"
#include "rules/name.h"

#define NAME_MAX_CHARACTERS 100
#define ADDRESS_MAX_CHARACTERS 200
#define CERTIFICATES_MAX 200
#define ORGANIZATION_MAX 1
#define BUSINESS_MAX 8
#define YEARS_MAX 5

static const Field applicant_fields[] = {{"name", FIELD_TEXT, FALSE, 2, NAME_MAX_CHARACTERS},
                                         {"uscc", FIELD_USCC},
                                         {"division", FIELD_DIVISION},
                                         {"address", FIELD_TEXT, FALSE, 1, ADDRESS_MAX_CHARACTERS},
                                         {NULL}};

static const Field handler_fields[] = {{"name", FIELD_TEXT, FALSE, 1, NAME_MAX_CHARACTERS},
                                       {"id_number", FIELD_ID_NUMBER},
                                       {"mobile", FIELD_MOBILE},
                                       {"email", FIELD_EMAIL},
                                       {"title", FIELD_TEXT, TRUE, 0, NAME_MAX_CHARACTERS},
                                       {NULL}};

static const Field representative_fields[] = {{"name", FIELD_TEXT, FALSE, 1, NAME_MAX_CHARACTERS},
                                              {"id_number", FIELD_ID_NUMBER},
                                              {"mobile", FIELD_MOBILE},
                                              {NULL}};

const Field order_account_fields[] = {{"name", FIELD_TEXT, FALSE, 2, NAME_MAX_CHARACTERS},
                                      {"number", FIELD_ACCOUNT},
                                      {"bank", FIELD_TEXT, FALSE, 2, NAME_MAX_CHARACTERS},
                                      {"cnaps", FIELD_CNAPS, TRUE},
                                      {NULL}};

static const Field certificate_fields[] = {{"kind", FIELD_WORD, .words = "organization|business|personal"},
                                           {"years", FIELD_INTEGER, FALSE, 1, YEARS_MAX},
                                           {"quantity", FIELD_INTEGER, TRUE, 1, CERTIFICATES_MAX},
                                           {"name", FIELD_TEXT, TRUE, 1, NAME_MAX_CHARACTERS},
                                           {"id_number", FIELD_ID_NUMBER, TRUE},
                                           {"mobile", FIELD_MOBILE, TRUE},
                                           {"csr", FIELD_BLOCK, TRUE, 1, 8192},
                                           {NULL}};

static const Field delivery_fields[] = {{"name", FIELD_TEXT, FALSE, 1, NAME_MAX_CHARACTERS},
                                        {"mobile", FIELD_MOBILE},
                                        {"division", FIELD_DIVISION},
                                        {"town", FIELD_TEXT, TRUE, 0, NAME_MAX_CHARACTERS},
                                        {"address", FIELD_TEXT, FALSE, 1, ADDRESS_MAX_CHARACTERS},
                                        {"postcode", FIELD_POSTCODE, TRUE},
                                        {"carriage", FIELD_WORD, TRUE, .words = "prepaid|collect"},
                                        {"fee", FIELD_AMOUNT, TRUE, 0},
                                        {NULL}};

static const Field invoice_fields[] = {{"kind", FIELD_WORD, .words = "electronic|none"},
                                       {"title", FIELD_TEXT, TRUE, 1, NAME_MAX_CHARACTERS},
                                       {"tax_number", FIELD_TAX_NUMBER, TRUE},
                                       {NULL}};

static const Field seal_fields[] = {{"style", FIELD_WORD, .words = "imprint|generated"},
                                    {"name", FIELD_TEXT, TRUE, 1, NAME_MAX_CHARACTERS},
                                    {"picture", FIELD_TEXT, TRUE, 1, FIELDS_LIMIT},
                                    {NULL}};

static const Field payment_fields[] = {{"method", FIELD_WORD, .words = "wire|alipay|wechat"},
                                       {"amount", FIELD_AMOUNT, FALSE, 1},
                                       {"currency", FIELD_WORD, .words = "CNY"},
                                       {"transaction_id", FIELD_TEXT, TRUE, 1, 64},
                                       {"paid_at", FIELD_INSTANT, TRUE},
                                       {NULL}};

static const Field order_fields[] = {
    {"order_no", FIELD_ORDER_NO},
    {"submitted_at", FIELD_INSTANT},
    {"applicant", FIELD_OBJECT, .children = applicant_fields},
    {"handler", FIELD_OBJECT, .children = handler_fields},
    {"legal_representative", FIELD_OBJECT, .children = representative_fields},
    {"bank_account", FIELD_OBJECT, .children = order_account_fields},
    {"certificates", FIELD_LIST, FALSE, 1, CERTIFICATES_MAX, .children = certificate_fields},
    {"delivery", FIELD_OBJECT, .children = delivery_fields},
    {"invoice", FIELD_OBJECT, .children = invoice_fields},
    {"seal", FIELD_OBJECT, TRUE, .children = seal_fields},
    {"publish", FIELD_BOOLEAN, TRUE},
    {"payment", FIELD_OBJECT, .children = payment_fields},
    {NULL}};

const Field order_code_fields[] = {{"code", FIELD_TEXT, FALSE, 0, 64}, {NULL}};
const Field order_resend_fields[] = {{"reason", FIELD_TEXT, TRUE, 1, ADDRESS_MAX_CHARACTERS}, {NULL}};
const Field order_receipt_fields[] = {{"number", FIELD_TEXT, TRUE, 1, 64},
                                      {"amount", FIELD_AMOUNT, TRUE, 1},
                                      {"paid_on", FIELD_DAY, TRUE},
                                      {"payer_name", FIELD_TEXT, TRUE, 1, NAME_MAX_CHARACTERS},
                                      {"payer_account", FIELD_ACCOUNT, TRUE},
                                      {"file", FIELD_TEXT, TRUE, 1, RECEIPT_BODY_MAX},
                                      {NULL}};

const Field order_refund_fields[] = {{"reason", FIELD_TEXT, FALSE, 1, ADDRESS_MAX_CHARACTERS}, {NULL}};
const Field order_refund_result_fields[] = {
    {"result", FIELD_WORD, .words = "done|failed"}, {"detail", FIELD_TEXT, TRUE, 1, ADDRESS_MAX_CHARACTERS}, {NULL}};

#define DECISION_PARTS 100
static const Field part_fields[] = {{"order_no", FIELD_ORDER_NO}, {"amount", FIELD_AMOUNT, FALSE, 1}, {NULL}};
static const Field line_fields[] = {
    {"id", FIELD_INTEGER, FALSE, 1, G_MAXINT}, {"amount", FIELD_AMOUNT, FALSE, 1}, {NULL}};
static const Field correction_fields[] = {{"field", FIELD_TEXT, FALSE, 1, 64}, {NULL}};
static const Field payee_fields[] = {{"name", FIELD_TEXT, TRUE, 1, NAME_MAX_CHARACTERS},
                                     {"number", FIELD_ACCOUNT, TRUE},
                                     {"bank", FIELD_TEXT, TRUE, 1, NAME_MAX_CHARACTERS},
                                     {"cnaps", FIELD_CNAPS, TRUE},
                                     {NULL}};
const Field order_decision_fields[] = {
    {"person", FIELD_TEXT, FALSE, 1, 32},
    {"decision", FIELD_WORD, .words = "accept|refuse|send_back|settle|consent|refund|approve|close|undo|assign|note"},
    {"reason", FIELD_TEXT, TRUE, 1, ADDRESS_MAX_CHARACTERS},
    {"assignee", FIELD_TEXT, TRUE, 1, ADDRESS_MAX_CHARACTERS},
    {"fields", FIELD_LIST, TRUE, 1, DECISION_PARTS, NULL, correction_fields},
    {"orders", FIELD_LIST, TRUE, 1, DECISION_PARTS, NULL, part_fields},
    {"waive", FIELD_LIST, TRUE, 1, DECISION_PARTS, NULL, part_fields},
    {"entries", FIELD_LIST, TRUE, 1, DECISION_PARTS, NULL, line_fields},
    {"payee", FIELD_OBJECT, TRUE, .children = payee_fields},
    {NULL}};

/* Some fields are there for one kind of their object only: needed ones must be there, others must not. */
static gboolean check_presence(const json_t *object, const char *path, const char *const *needed,
                               const char *const *barred, GError **error) {
  for (; *needed != NULL; needed++)
    if (json_object_get(object, *needed) == NULL) {
      g_autofree char *field = g_strconcat(path, ".", *needed, NULL);
      return error_set(error, ERROR_REFUSED, "field_missing", "field", field, NULL);
    }
  for (; *barred != NULL; barred++)
    if (json_object_get(object, *barred) != NULL) {
      g_autofree char *field = g_strconcat(path, ".", *barred, NULL);
      return error_set(error, ERROR_REFUSED, "field_not_here", "field", field, NULL);
    }
  return TRUE;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_WORDS ((const char *const[]){NULL})

static gboolean check_certificate(json_t *certificate, const char *path, int *organizations, int *businesses,
                                  GError **error) {
  const char *kind = fields_text(certificate, "kind");
  int quantity = json_object_get(certificate, "quantity") == NULL
                     ? 1
                     : (int)json_integer_value(json_object_get(certificate, "quantity"));
  if (strcmp(kind, "personal") == 0)
    return check_presence(certificate, path, WORDS("name", "id_number", "mobile"), WORDS("quantity"), error);
  *(strcmp(kind, "organization") == 0 ? organizations : businesses) += quantity;
  return check_presence(certificate, path, WORDS("quantity"), WORDS("name", "id_number", "mobile"), error);
}

static gboolean check_many(int count, int most, const char *kind, GError **error) {
  if (count <= most)
    return TRUE;
  g_autofree char *value = g_strdup_printf("%d", count);
  g_autofree char *expected = g_strdup_printf("%d", most);
  return error_set(error, ERROR_REFUSED, "field_many", "field", "certificates", "value", value, "expected", expected,
                   "detail", kind, NULL);
}

static gboolean check_certificates(const json_t *list, GError **error) {
  int organizations = 0, businesses = 0;
  for (gsize i = 0; i < json_array_size(list); i++) {
    g_autofree char *path = g_strdup_printf("certificates[%" G_GSIZE_FORMAT "]", i);
    if (!check_certificate(json_array_get(list, i), path, &organizations, &businesses, error))
      return FALSE;
  }
  return check_many(organizations, ORGANIZATION_MAX, "organization", error) &&
         check_many(businesses, BUSINESS_MAX, "business", error);
}

static gboolean check_seal(const json_t *seal, GError **error) {
  if (seal == NULL)
    return TRUE;
  if (strcmp(fields_text(seal, "style"), "imprint") == 0)
    return check_presence(seal, "seal", WORDS("picture"), NO_WORDS, error);
  return check_presence(seal, "seal", WORDS("name"), WORDS("picture"), error);
}

static gboolean check_choices(const json_t *order, GError **error) {
  const json_t *payment = json_object_get(order, "payment");
  gboolean wire = strcmp(fields_text(payment, "method"), "wire") == 0;
  const char *const *collected = WORDS("transaction_id", "paid_at");
  if (!check_presence(payment, "payment", wire ? NO_WORDS : collected, wire ? collected : NO_WORDS, error))
    return FALSE;
  const json_t *invoice = json_object_get(order, "invoice");
  if (strcmp(fields_text(invoice, "kind"), "electronic") == 0 &&
      !check_presence(invoice, "invoice", WORDS("title", "tax_number"), NO_WORDS, error))
    return FALSE;
  return check_seal(json_object_get(order, "seal"), error);
}

/* A code sent to another holder's account would prove that one's control; a reviewer must see it. */
static void warn_names(const json_t *order, GString *warnings) {
  NameGrade grade = name_grade(fields_text(order, "bank_account.name"), fields_text(order, "applicant.name"));
  if (grade != NAME_EQUAL && grade != NAME_NORMALISED)
    g_string_append(warnings, "bank_account.name name_differs;");
}

static PaymentMethod method_of(const char *word) {
  return strcmp(word, "wire") == 0 ? METHOD_WIRE : strcmp(word, "alipay") == 0 ? METHOD_ALIPAY : METHOD_WECHAT;
}

static Order *order_of(const json_t *object, const GString *warnings) {
  Order *order = g_new0(Order, 1);
  order->order_no = g_strdup(fields_text(object, "order_no"));
  order->revision = 1;
  order->applicant_name = g_strdup(fields_text(object, "applicant.name"));
  order->uscc = g_strdup(fields_text(object, "applicant.uscc"));
  order->handler_name = g_strdup(fields_text(object, "handler.name"));
  order->handler_mobile = g_strdup(fields_text(object, "handler.mobile"));
  order->handler_email = g_strdup(fields_text(object, "handler.email"));
  order->account_name = g_strdup(fields_text(object, "bank_account.name"));
  order->account_number = g_strdup(fields_text(object, "bank_account.number"));
  order->account_bank = g_strdup(fields_text(object, "bank_account.bank"));
  order->account_cnaps = g_strdup(fields_text(object, "bank_account.cnaps"));
  order->method = method_of(fields_text(object, "payment.method"));
  order->paid_at = INSTANT_NONE;
  const char *paid_at = fields_text(object, "payment.paid_at");
  gboolean read =
      instant_parse(fields_text(object, "submitted_at"), &order->submitted_at) &&
      (paid_at == NULL || instant_parse(paid_at, &order->paid_at)) &&
      money_parse(fields_text(object, "payment.amount"), fields_text(object, "payment.currency"), &order->price, NULL);
  g_assert(read); /* the table has checked them */
  order->warnings = warnings->len == 0 ? NULL : g_strdup(warnings->str);
  order->body = fields_canonical(object);
  return order;
}

Order *order_json_read(const char *text, gsize size, GError **error) {
  g_autoptr(GString) warnings = g_string_new(NULL);
  json_auto_t *object = fields_read(text, size, order_fields, warnings, error);
  if (object == NULL || !check_certificates(json_object_get(object, "certificates"), error) ||
      !check_choices(object, error))
    return NULL;
  warn_names(object, warnings);
  return order_of(object, warnings);
}

Order *order_json_with_account(const Order *order, const char *name, const char *number, const char *bank,
                               const char *cnaps, GError **error) {
  json_auto_t *object = json_loads(order->body, 0, NULL);
  g_assert(object != NULL);
  json_t *account = json_pack("{s:s, s:s, s:s, s:s*}", "name", name, "number", number, "bank", bank, "cnaps", cnaps);
  if (account == NULL) {
    error_set(error, ERROR_REFUSED, "field_text", "field", "bank_account", NULL);
    return NULL;
  }
  json_object_set_new(object, "bank_account", account);
  g_autofree char *body = fields_canonical(object);
  return order_json_read(body, strlen(body), error);
}

gboolean order_json_publish(const char *body) {
  json_auto_t *object = json_loads(body, 0, NULL);
  return object != NULL && !json_is_false(json_object_get(object, "publish"));
}
