/* How much of a credit goes back, and to whom. */
#include "rules/refund.h"

static void test_fit(void) {
  static const struct {
    const char *what;
    RefundPart parts[2];
    gsize count;
    RefundOrder order;
    RefundFit want;
    gint64 taken[2], left;
  } cases[] = {
      {"the whole order", {{1048, 1048, 1048, 0, 1048}}, 1, {1048, 1048}, REFUND_FITS, {1048}, 0},
      {"one fen more than the line", {{1049, 1048, 1048, 0, 1048}}, 1, {1048, 1048}, REFUND_TOO_MUCH, {0}, 0},
      {"nothing", {{0, 1048, 1048, 0, 1048}}, 1, {1048, 1048}, REFUND_TOO_MUCH, {0}, 0},
      {"less than nothing", {{-1, 1048, 1048, 0, 1048}}, 1, {1048, 1048}, REFUND_TOO_MUCH, {0}, 0},
      {"what is over and was never used", {{52, 1100, 1048, 0, 1048}}, 1, {1048, 1048}, REFUND_FITS, {0}, 1048},
      {"one fen into the price", {{53, 1100, 1048, 0, 1048}}, 1, {1048, 1048}, REFUND_HALF, {1}, 1047},
      {"what is over, given back already", {{1, 1100, 1048, 52, 1048}}, 1, {1048, 1048}, REFUND_HALF, {1}, 1047},
      {"over and order together", {{1100, 1100, 1048, 0, 1048}}, 1, {1048, 1048}, REFUND_FITS, {1048}, 0},
      {"a lower price", {{313, 1048, 1048, 0, 1048}}, 1, {735, 1048}, REFUND_FITS, {313}, 735},
      {"too much of a lower price", {{314, 1048, 1048, 0, 1048}}, 1, {735, 1048}, REFUND_HALF, {314}, 734},
      {"both wires", {{300, 300, 300, 0, 300}, {748, 748, 748, 0, 748}}, 2, {1048, 1048}, REFUND_FITS, {300, 748}, 0},
      {"one wire of two", {{300, 300, 300, 0, 300}}, 1, {1048, 1048}, REFUND_HALF, {300}, 748},
      {"too little was paid: all of it", {{300, 300, 300, 0, 300}}, 1, {1048, 300}, REFUND_FITS, {300}, 0},
      {"another order's share", {{1000, 2000, 1500, 0, 500}}, 1, {500, 500}, REFUND_FITS, {500}, 0},
      {"into another order's share", {{1001, 2000, 1500, 0, 500}}, 1, {500, 500}, REFUND_TOO_MUCH, {0}, 0},
      {"a line that nothing used", {{777, 777, 0, 0, 0}}, 1, {1048, 0}, REFUND_FITS, {0}, 0},
      {"given back already", {{777, 777, 0, 777, 0}}, 1, {1048, 0}, REFUND_TOO_MUCH, {0}, 0},
      {"accepted", {{1048, 1048, 1048, 0, 1048}}, 1, {1048, 1048, TRUE}, REFUND_ORDER_ACCEPTED, {1048}, 0},
      {"what is over of an accepted order", {{52, 1100, 1048, 0, 1048}}, 1, {1048, 1048, TRUE}, REFUND_FITS, {0}, 1048},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    gint64 taken[2] = {0}, left = 0;
    g_test_message("%s", cases[i].what);
    g_assert_cmpint(refund_fit(cases[i].parts, cases[i].count, &cases[i].order, taken, &left, NULL), ==, cases[i].want);
    for (int k = 0; k < 2; k++)
      g_assert_cmpint(taken[k], ==, cases[i].taken[k]);
    g_assert_cmpint(left, ==, cases[i].left);
  }
}

static void test_payee(void) {
#define LINE                                                                                                           \
  { "甲公司", "4000 1234", "某行" }
  static const struct {
    const char *what;
    RefundPayee line, given;
    gboolean again;
    const char *wrong; /* "!" before a field: it differs */
    RefundPayee want;
  } cases[] = {
      {"as on the line", LINE, {NULL}, FALSE, NULL, {"甲公司", "4000 1234", "某行", NULL}},
      {"the same again", LINE, {"甲公司", "40001234"}, FALSE, NULL, {"甲公司", "40001234", "某行", NULL}},
      {"another name", LINE, {"乙公司"}, FALSE, "!name", {NULL}},
      {"another account", LINE, {NULL, "5555"}, FALSE, "!account", {NULL}},
      {"another bank", LINE, {NULL, NULL, "他行", "102"}, FALSE, NULL, {"甲公司", "4000 1234", "他行", "102"}},
      {"no name", {"", "4000", "某行"}, {NULL}, FALSE, "name", {NULL}},
      {"no name, completed", {NULL, "4000", "某行"}, {"甲公司"}, FALSE, NULL, {"甲公司", "4000", "某行", NULL}},
      {"no account", {"甲公司", NULL, "某行"}, {NULL}, FALSE, "account", {NULL}},
      {"a part of an account", {"甲公司", "6222****1234", "某行"}, {NULL}, FALSE, "account", {NULL}},
      {"a part, completed",
       {"甲公司", "6222****1234", "某行"},
       {NULL, "62220001234"},
       FALSE,
       NULL,
       {"甲公司", "62220001234", "某行", NULL}},
      {"no bank", {"甲公司", "4000", NULL}, {NULL}, FALSE, "bank", {NULL}},
      {"again, to another account", LINE, {NULL, "5555"}, TRUE, "bank", {NULL}},
      {"again, complete", LINE, {NULL, "5555", "他行"}, TRUE, NULL, {"甲公司", "5555", "他行", NULL}},
      {"again, another name", LINE, {"甲有限公司"}, TRUE, NULL, {"甲有限公司", "4000 1234", "某行", NULL}},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    RefundPayee out = {NULL};
    gboolean against = FALSE;
    const char *wrong = refund_payee(&cases[i].line, &cases[i].given, cases[i].again, &out, &against);
    g_autofree char *said = wrong == NULL ? NULL : g_strconcat(against ? "!" : "", wrong, NULL);
    g_test_message("%s", cases[i].what);
    g_assert_cmpstr(said, ==, cases[i].wrong);
    if (wrong != NULL)
      continue;
    g_assert_cmpstr(out.name, ==, cases[i].want.name);
    g_assert_cmpstr(out.account, ==, cases[i].want.account);
    g_assert_cmpstr(out.bank, ==, cases[i].want.bank);
    g_assert_cmpstr(out.cnaps, ==, cases[i].want.cnaps);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/refund/fit", test_fit);
  g_test_add_func("/refund/payee", test_payee);
  return g_test_run();
}
