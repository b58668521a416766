#include "rules/error.h"
#include "rules/money.h"

typedef struct {
  const char *text, *currency;
  gint64 want;
  const char *shown; /* NULL: refused */
} ParseCase;

static const ParseCase parse_cases[] = {
    {"1048.00", "CNY", 104800, "1048.00"},
    {"0.01", "CNY", 1, "0.01"},
    {"-0.01", "CNY", -1, "-0.01"},
    {"+7", "CNY", 700, "7.00"},
    {"0", "CNY", 0, "0.00"},
    {"-0", "CNY", 0, "0.00"},
    {"007.5", "CNY", 750, "7.50"},
    {"1.00000", "CNY", 100, "1.00"},
    {"1.001", "CNY", 0, NULL},
    {"1048.", "CNY", 0, NULL},
    {".50", "CNY", 0, NULL},
    {"", "CNY", 0, NULL},
    {"-", "CNY", 0, NULL},
    {"+-1", "CNY", 0, NULL},
    {" 1", "CNY", 0, NULL},
    {"1 ", "CNY", 0, NULL},
    {"1,048.00", "CNY", 0, NULL},
    {"1.0.0", "CNY", 0, NULL},
    {"1e3", "CNY", 0, NULL},
    {"0x1", "CNY", 0, NULL},
    {"１", "CNY", 0, NULL},
    {"92233720368547758.07", "CNY", G_MAXINT64, "92233720368547758.07"},
    {"92233720368547758.08", "CNY", 0, NULL},
    {"-92233720368547758.08", "CNY", G_MININT64, "-92233720368547758.08"},
    {"-92233720368547758.09", "CNY", 0, NULL},
    {"92233720368547759", "CNY", 0, NULL},
    {"99999999999999999999999999", "CNY", 0, NULL},
    {"5", "JPY", 5, "5"},
    {"5.0", "JPY", 5, "5"},
    {"5.5", "JPY", 0, NULL},
    {"-5", "JPY", -5, "-5"},
    {"1.234", "KWD", 1234, "1.234"},
    {"0.0001", "CLF", 1, "0.0001"},
    {"1", "XXX", 0, NULL},
    {"1", "cny", 0, NULL},
    {"1", "", 0, NULL},
    {"1", "CN", 0, NULL},
    {"1", "CNYY", 0, NULL},
    {"1", "NY ", 0, NULL},
    {NULL, "CNY", 0, NULL},
    {"1", NULL, 0, NULL},
};

static void test_parse(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(parse_cases); i++) {
    const ParseCase *c = &parse_cases[i];
    g_autoptr(GError) error = NULL;
    Money money = {42, "ZZZ"};
    gboolean ok = money_parse(c->text, c->currency, &money, &error);
    g_test_message("%s %s", c->text ? c->text : "NULL", c->currency ? c->currency : "NULL");
    g_assert_cmpint(ok, ==, c->shown != NULL);
    if (!ok) {
      g_assert_cmpstr(error_reason(error), ==, "amount");
      g_assert_cmpint(error_kind(error), ==, ERROR_REFUSED);
      g_assert_cmpint(money.minor, ==, 42);
      continue;
    }
    g_autofree char *shown = money_format(money);
    g_assert_no_error(error);
    g_assert_cmpint(money.minor, ==, c->want);
    g_assert_cmpstr(money.currency, ==, c->currency);
    g_assert_cmpstr(shown, ==, c->shown);
  }
}

static void test_exponent(void) {
  static const struct {
    const char *currency;
    int want;
  } cases[] = {{"CNY", 2}, {"AED", 2}, {"ZWG", 2}, {"EUR", 2},  {"USD", 2},  {"HKD", 2}, {"JPY", 0}, {"KRW", 0},
               {"BHD", 3}, {"UYW", 4}, {"DEM", 2}, {"RMB", -1}, {"ED ", -1}, {"", -1},   {NULL, -1}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(money_exponent(cases[i].currency), ==, cases[i].want);
}

static void test_arithmetic(void) {
  static const struct {
    Money a, b;
    gboolean adds, subtracts;
    gint64 sum, difference;
  } cases[] = {
      {{104800, "CNY"}, {1, "CNY"}, TRUE, TRUE, 104801, 104799},
      {{-1, "CNY"}, {-2, "CNY"}, TRUE, TRUE, -3, 1},
      {{G_MAXINT64, "CNY"}, {1, "CNY"}, FALSE, TRUE, 0, G_MAXINT64 - 1},
      {{G_MININT64, "CNY"}, {1, "CNY"}, TRUE, FALSE, G_MININT64 + 1, 0},
      {{0, "CNY"}, {G_MININT64, "CNY"}, TRUE, FALSE, G_MININT64, 0},
      {{1, "CNY"}, {1, "USD"}, FALSE, FALSE, 0, 0},
      {{1, "CNY"}, {1, ""}, FALSE, FALSE, 0, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Money sum = {7, "???"}, difference = {7, "???"};
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(money_add(cases[i].a, cases[i].b, &sum), ==, cases[i].adds);
    g_assert_cmpint(sum.minor, ==, cases[i].adds ? cases[i].sum : 7);
    g_assert_cmpint(money_subtract(cases[i].a, cases[i].b, &difference), ==, cases[i].subtracts);
    g_assert_cmpint(difference.minor, ==, cases[i].subtracts ? cases[i].difference : 7);
    g_assert_cmpstr(sum.currency, ==, cases[i].adds ? "CNY" : "???");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/money/parse", test_parse);
  g_test_add_func("/money/exponent", test_exponent);
  g_test_add_func("/money/arithmetic", test_arithmetic);
  return g_test_run();
}
