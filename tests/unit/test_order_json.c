#include "tests/unit/orders.h"

#include "parsers/json_difference.h"
#include "rules/error.h"

typedef struct {
  const char *name, *from, *to; /* one text of the good order replaced */
  const char *reason, *field;
  const char *value, *expected; /* NULL: not looked at */
} Bad;

static const Bad bad[] = {
    {"unknown key", "\"seal\":{", "\"seel\":{", "field_unknown", "seel", NULL, "seal"},
    {"unknown nested key", "\"applicant\":{\"name\"", "\"applicant\":{\"nmae\"", "field_unknown", "applicant.nmae",
     NULL, "name"},
    {"unknown key in a list", "\"quantity\":8", "\"quantty\":8", "field_unknown", "certificates[1].quantty", NULL,
     "quantity"},
    {"doubled key", "\"publish\":true", "\"publish\":true,\"publish\":true", "json_duplicate", NULL},
    {"not JSON", "\"publish\":true", "\"publish\":yes", "json_syntax", NULL},
    {"missing", "\"uscc\":\"91440300123456788M\",", "", "field_missing", "applicant.uscc"},
    {"missing object", "\"invoice\":{\"kind\"", "\"seal\":{\"kind\"", "json_duplicate", NULL},
    {"number for a text", "\"1048.00\"", "1048.00", "field_type", "payment.amount", NULL, "string"},
    {"text for a number", "\"years\":2", "\"years\":\"2\"", "field_type", "certificates[1].years", NULL, "integer"},
    {"fraction for a number", "\"years\":2", "\"years\":2.0", "field_type", "certificates[1].years", NULL, "integer"},
    {"null", "\"出纳\"", "null", "field_type", "handler.title", NULL, "string"},
    {"text for a boolean", "\"publish\":true", "\"publish\":\"true\"", "field_type", "publish", NULL, "boolean"},
    {"list for an object", "\"seal\":{\"style\":\"generated\",\"name\":\"深圳市一分科技有限公司\"}", "\"seal\":[]",
     "field_type", "seal", NULL, "object"},
    {"order number in small letters", "202611220000038", "2026a", "shape_order_no", "order_no", "2026a"},
    {"order number empty", "202611220000038", "", "shape_order_no", "order_no"},
    {"order number long", "202611220000038", "202611220000038202611220000038123", "shape_order_no", "order_no"},
    {"instant without zone", "2026-11-20T09:12:33+08:00", "2026-11-20T09:12:33", "shape_instant", "submitted_at"},
    {"name empty", "深圳市一分科技有限公司", "", "field_length", "applicant.name", "0", "2-100"},
    {"name of blanks", "深圳市一分科技有限公司", " \xE3\x80\x80 ", "field_length", "applicant.name", "0", "2-100"},
    {"control character", "深圳市一分科技", "深圳市\\u0007科技", "field_text", "applicant.name"},
    {"line feed", "深圳市一分科技", "深圳市\\n科技", "field_text", "applicant.name"},
    {"direction mark", "深圳市一分科技", "深圳市\\u202E科技", "field_text", "applicant.name"},
    {"NUL", "深圳市一分科技", "深圳市\\u0000科技", "json_syntax", NULL},
    {"identifier with O", "91440300123456788M", "9144030012345678OM", "shape_uscc", "applicant.uscc"},
    {"identifier short", "91440300123456788M", "91440300123456788", "shape_uscc", "applicant.uscc"},
    {"division", "\"440304\"", "\"4403\"", "shape_division", "applicant.division"},
    {"card short", "44030119900307233X", "44030119900307233", "shape_id_number", "handler.id_number", "440****33"},
    {"card of 30 February", "44030119900307233X", "440301199002300011", "shape_id_number", "handler.id_number",
     "440****11"},
    {"mobile", "13800138000", "12800138000", "shape_mobile", "handler.mobile", "12800138000"},
    {"mail", "zs@example.com", "zs.example.com", "shape_email", "handler.email"},
    {"mail with a header", "zs@example.com", "zs@example.com\\nBcc: a@b.c", "shape_email", "handler.email"},
    {"account short", "4000021219200012345", "12345", "shape_account", "bank_account.number"},
    {"account with a star", "4000021219200012345", "4000****2345", "shape_account", "bank_account.number"},
    {"cnaps short", "308584000013", "30858400001", "shape_cnaps", "bank_account.cnaps"},
    {"no certificate", "\"certificates\":[", "\"certificates\":[],\"x\":[", "field_unknown", "x"},
    {"kind", "\"kind\":\"business\"", "\"kind\":\"bussiness\"", "field_word", "certificates[1].kind", "bussiness",
     "organization|business|personal"},
    {"no year", "\"years\":2", "\"years\":0", "field_range", "certificates[1].years", "0", "1-5"},
    {"six years", "\"years\":2", "\"years\":6", "field_range", "certificates[1].years", "6", "1-5"},
    {"two organisations", "\"years\":1,\"quantity\":1", "\"years\":1,\"quantity\":2", "field_many", "certificates", "2",
     "1"},
    {"nine business", "\"quantity\":8", "\"quantity\":9", "field_many", "certificates", "9", "8"},
    {"business without quantity", ",\"quantity\":8", "", "field_missing", "certificates[1].quantity"},
    {"business with a name", "\"quantity\":8", "\"quantity\":8,\"name\":\"王五\"", "field_not_here",
     "certificates[1].name"},
    {"personal without mobile", ",\"mobile\":\"13700137000\"", "", "field_missing", "certificates[2].mobile"},
    {"personal with quantity", "\"years\":5", "\"years\":5,\"quantity\":1", "field_not_here",
     "certificates[2].quantity"},
    {"postcode", "518000", "51800", "shape_postcode", "delivery.postcode"},
    {"carriage", "prepaid", "free", "field_word", "delivery.carriage", "free", "prepaid|collect"},
    {"fee", "13.00", "-13.00", "amount", "delivery.fee", "-13.00"},
    {"invoice kind", "electronic", "paper", "field_word", "invoice.kind", "paper", "electronic|none"},
    {"invoice without number", ",\"tax_number\":\"91440300123456788M\"", "", "field_missing", "invoice.tax_number"},
    {"tax number", "\"tax_number\":\"91440300123456788M\"", "\"tax_number\":\"914403001\"", "shape_tax_number",
     "invoice.tax_number"},
    {"seal imprint without picture", "generated", "imprint", "field_missing", "seal.picture"},
    {"seal generated with picture", "\"style\":\"generated\"", "\"style\":\"generated\",\"picture\":\"AA\"",
     "field_not_here", "seal.picture"},
    {"method", "\"wire\"", "\"cash\"", "field_word", "payment.method", "cash", "wire|alipay|wechat"},
    {"wire with transaction", WIRE, "\"method\":\"wire\",\"transaction_id\":\"1\"", "field_not_here",
     "payment.transaction_id"},
    {"wire with paid_at", WIRE, "\"method\":\"wire\",\"paid_at\":\"2026-11-20T09:12:33+08:00\"", "field_not_here",
     "payment.paid_at"},
    {"online without transaction", WIRE, "\"method\":\"wechat\",\"paid_at\":\"2026-11-20T09:12:33+08:00\"",
     "field_missing", "payment.transaction_id"},
    {"online without paid_at", WIRE, "\"method\":\"wechat\",\"transaction_id\":\"1\"", "field_missing",
     "payment.paid_at"},
    {"nothing to pay", "1048.00", "0.00", "amount", "payment.amount", "0.00"},
    {"third decimal", "1048.00", "1048.005", "amount", "payment.amount", "1048.005"},
    {"separator", "1048.00", "1,048.00", "amount", "payment.amount", "1,048.00"},
    {"overflow", "1048.00", "99999999999999999999.00", "amount", "payment.amount"},
    {"currency", "\"CNY\"", "\"USD\"", "field_word", "payment.currency", "USD", "CNY"},
};

static void test_bad(gconstpointer data) {
  const Bad *row = data;
  g_autofree char *text = order_text(row->from, row->to);
  g_autoptr(GError) error = NULL;
  g_autoptr(Order) order = order_json_read(text, strlen(text), &error);
  g_assert_null(order);
  g_assert_error(error, YIFEN_ERROR, ERROR_REFUSED);
  g_assert_cmpstr(error_reason(error), ==, row->reason);
  g_assert_cmpstr(error_fact(error, "field"), ==, row->field);
  if (row->value != NULL)
    g_assert_cmpstr(error_fact(error, "value"), ==, row->value);
  if (row->expected != NULL)
    g_assert_cmpstr(error_fact(error, "expected"), ==, row->expected);
}

static const struct {
  const char *name, *from, *to, *warnings;
} good[] = {
    {"as it is", "", "", NULL},
    {"minimal", ",\"seal\":{\"style\":\"generated\",\"name\":\"深圳市一分科技有限公司\"},\"publish\":true", "", NULL},
    {"no invoice", "\"kind\":\"electronic\"", "\"kind\":\"none\"", NULL},
    {"eight and one", "\"years\":5", "\"years\":1", NULL},
    {"alipay", WIRE, ALIPAY, NULL},
    {"imprint", "\"style\":\"generated\"", "\"style\":\"imprint\",\"picture\":\"iVBORw0KGgo=\"", NULL},
    {"credit code check", "91440300123456788M", "91440300123456788N", "applicant.uscc check_digit;"},
    {"card check", "44030119900307233X", "440301199003072331", "handler.id_number check_digit;"},
    {"cnaps check", "308584000013", "308584000014", "bank_account.cnaps check_digit;"},
    {"another holder", "\"bank_account\":{\"name\":\"深圳市一分科技有限公司\"", "\"bank_account\":{\"name\":\"王五\"",
     "bank_account.name name_differs;"},
};

static void test_good(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autofree char *text = *good[i].from == '\0' ? g_strdup(GOOD_ORDER) : order_text(good[i].from, good[i].to);
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = order_json_read(text, strlen(text), &error);
    g_test_message("%s", good[i].name);
    g_assert_no_error(error);
    if (order != NULL)
      g_assert_cmpstr(order->warnings, ==, good[i].warnings);
  }
}

static void test_fields(void) {
  g_autoptr(Order) order = order_good(WIRE, ALIPAY);
  g_assert_cmpstr(order->order_no, ==, "202611220000038");
  g_assert_cmpstr(order->applicant_name, ==, "深圳市一分科技有限公司");
  g_assert_cmpstr(order->uscc, ==, "91440300123456788M");
  g_assert_cmpstr(order->handler_email, ==, "zs@example.com");
  g_assert_cmpstr(order->account_number, ==, "4000021219200012345");
  g_assert_cmpstr(order->account_cnaps, ==, "308584000013");
  g_assert_cmpint(order->method, ==, METHOD_ALIPAY);
  g_assert_cmpint(order->price.minor, ==, 104800);
  g_assert_cmpint(order->paid_at, ==, order->submitted_at);
}

/* Spelling that means the same gives the same body. */
static void test_canonical(void) {
  g_autoptr(Order) plain = order_good("1048.00", "1048.00");
  static const struct {
    const char *from, *to;
    gboolean same;
  } table[] = {
      {"\"number\":\"4000021219200012345\"", "\"number\": \"4000 0212-1920 0012 345\"", TRUE},
      {"13800138000", "+86 138-0013-8000", TRUE},
      {"44030119900307233X", "44030119900307233x", TRUE},
      {"\"name\":\"张三\"", "\"name\":\" 张三\"", TRUE},
      {"1048.00", "1048", TRUE},
      {"\"publish\":true", "\"publish\":false", FALSE},
      {"1048.00", "1048.01", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autoptr(Order) other = order_good(table[i].from, table[i].to);
    g_assert_cmpint(g_str_equal(plain->body, other->body), ==, table[i].same);
  }
}

static void test_difference(void) {
  static const struct {
    const char *from, *to, *path;
  } table[] = {
      {"\"years\":2", "\"years\":3", "certificates[1].years"},
      {"\"postcode\":\"518000\",", "", "delivery.postcode"},
      {"13700137000", "13700137001", "certificates[2].mobile"},
      {"\"name\":\"张三\"", "\"name\":\"张三丰\"", "handler.name"},
      {",{\"kind\":\"personal\",\"years\":5,\"name\":\"王五\",\"id_number\":\"44030119900307233X\",\"mobile\":"
       "\"13700137000\"}",
       "", "certificates"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autofree char *text = order_text(table[i].from, table[i].to);
    g_autofree char *path = json_difference(GOOD_ORDER, text);
    g_assert_cmpstr(path, ==, table[i].path);
  }
  g_assert_null(json_difference(GOOD_ORDER, GOOD_ORDER));
}

static void test_with_account(void) {
  g_autoptr(Order) order = order_good("1048.00", "1048.00");
  g_autoptr(GError) error = NULL;
  g_autoptr(Order) other =
      order_json_with_account(order, order->account_name, "6217 0000 1234", "中国银行", NULL, &error);
  g_assert_no_error(error);
  g_autofree char *path = json_difference(order->body, other->body);
  g_assert_cmpstr(path, ==, "bank_account.bank");
  g_assert_cmpstr(other->account_number, ==, "621700001234");
  g_assert_null(other->account_cnaps);
  g_assert_null(order_json_with_account(order, "深圳市", "12", "中国银行", NULL, &error));
  g_assert_cmpstr(error_fact(error, "field"), ==, "bank_account.number");
}

static void test_bounds(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *blanks = g_strnfill(FIELDS_LIMIT, ' ');
  g_autofree char *text = g_strconcat(GOOD_ORDER, blanks, NULL);
  g_assert_null(order_json_read(text, strlen(text), &error));
  g_assert_cmpstr(error_reason(error), ==, "json_too_large");
  g_clear_error(&error);
  g_autofree char *deep = g_strnfill(60000, '[');
  g_assert_null(order_json_read(deep, strlen(deep), &error));
  g_assert_cmpstr(error_reason(error), ==, "json_syntax");
  g_clear_error(&error);
  g_assert_null(order_json_read("[]", 2, &error));
  g_assert_cmpstr(error_reason(error), ==, "json_syntax");
}

/* Every prefix of a good order is refused, and none crashes. */
static void test_cut(void) {
  for (gsize size = 0; size < strlen(GOOD_ORDER); size++) {
    g_autoptr(Order) order = order_json_read(GOOD_ORDER, size, NULL);
    g_assert_null(order);
  }
}

static int read_sample(const char *name) {
  g_autofree char *path = g_build_filename("..", "shared", "samples", name, NULL);
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL))
    return -1;
  g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
  int read = 0;
  for (char **line = lines; *line != NULL; line++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = order_json_read(*line, strlen(*line), &error);
    g_assert_no_error(error);
    read += order != NULL;
  }
  return read;
}

static void test_samples(void) {
  static const struct {
    const char *name;
    int lines;
  } table[] = {{"small/orders.jsonl", 40},
               {"small/orders-online.jsonl", 20},
               {"month/orders.jsonl", 400},
               {"month/orders-online.jsonl", 66}};
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    int read = read_sample(table[i].name);
    if (read < 0) {
      g_test_skip("shared/ is absent");
      return;
    }
    g_assert_cmpint(read, ==, table[i].lines);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autofree char *path = g_strdup_printf("/order-json/bad/%s", bad[i].name);
    g_test_add_data_func(path, &bad[i], test_bad);
  }
  g_test_add_func("/order-json/good", test_good);
  g_test_add_func("/order-json/fields", test_fields);
  g_test_add_func("/order-json/canonical", test_canonical);
  g_test_add_func("/order-json/difference", test_difference);
  g_test_add_func("/order-json/with-account", test_with_account);
  g_test_add_func("/order-json/bounds", test_bounds);
  g_test_add_func("/order-json/cut", test_cut);
  g_test_add_func("/order-json/samples", test_samples);
  return g_test_run();
}
