#include "rules/invoice.h"

static const InvoiceGoods certificates = {(char *)"*信息技术服务*数字证书服务", (char *)"3040203000000000000", 6};
static const InvoiceGoods courier = {(char *)"*物流辅助服务*收派服务", (char *)"3040407000000000000", 9};

static void test_lines(void) {
  static const struct {
    const char *name;
    gint64 price, carriage;
    gboolean red;
    gsize count;
    gint64 lines[INVOICE_LINES][3]; /* included, excluded, tax */
  } cases[] = {
      {"one line", 104800, 0, FALSE, 1, {{104800, 98868, 5932}}},
      {"courier in the price", 106100, 1300, FALSE, 2, {{104800, 98868, 5932}, {1300, 1193, 107}}},
      {"red", 106100, 1300, TRUE, 2, {{-104800, -98868, -5932}, {-1300, -1193, -107}}},
      {"one fen", 1, 0, FALSE, 1, {{1, 1, 0}}},
      {"half a fen is rounded up", 53, 0, FALSE, 1, {{53, 50, 3}}},
      {"nothing but courier", 1300, 1300, FALSE, 1, {{1300, 1226, 74}}},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    InvoiceLine lines[INVOICE_LINES];
    Money price = {cases[i].price, "CNY"}, carriage = {cases[i].carriage, "CNY"};
    g_test_message("%s", cases[i].name);
    g_assert_cmpuint(invoice_lines(price, carriage, &certificates, &courier, cases[i].red, lines), ==, cases[i].count);
    for (gsize j = 0; j < cases[i].count; j++) {
      g_assert_true(lines[j].what == (j == 0 ? &certificates : &courier));
      g_assert_cmpint(lines[j].included.minor, ==, cases[i].lines[j][0]);
      g_assert_cmpint(lines[j].excluded.minor, ==, cases[i].lines[j][1]);
      g_assert_cmpint(lines[j].tax.minor, ==, cases[i].lines[j][2]);
      g_assert_cmpstr(lines[j].tax.currency, ==, "CNY");
    }
  }
}

/* Line by line the parts are the whole, whatever price and rate. */
static void test_sum(void) {
  for (int rate = 0; rate <= 99; rate++)
    for (gint64 price = 1; price < 3000; price += 7) {
      InvoiceGoods goods = {NULL, NULL, rate};
      InvoiceLine lines[INVOICE_LINES];
      g_assert_cmpuint(invoice_lines((Money){price, "CNY"}, (Money){0, "CNY"}, &goods, &goods, FALSE, lines), ==, 1);
      g_assert_cmpint(lines[0].excluded.minor + lines[0].tax.minor, ==, price);
      gint64 off = lines[0].excluded.minor * (100 + rate) - price * 100; /* of the exact quotient, in its parts */
      g_assert_cmpint(ABS(off) * 2, <=, 100 + rate);
    }
}

static void test_number(void) {
  g_assert_true(invoice_number("25952000000123456789"));
  g_assert_false(invoice_number("2595200000012345678"));
  g_assert_false(invoice_number("259520000001234567890"));
  g_assert_false(invoice_number("2595200000012345678X"));
  g_assert_false(invoice_number(""));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/invoice/lines", test_lines);
  g_test_add_func("/invoice/sum", test_sum);
  g_test_add_func("/invoice/number", test_number);
  return g_test_run();
}
