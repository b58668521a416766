#include "tests/unit/parsing.h"

#include "parsers/sheet_value.h"

static GPtrArray *profiles;

static void test_amounts(void) {
  static const struct {
    const char *cell, *want; /* NULL: none; "!": refused */
  } cases[] = {
      {"735.00", "735.00"},
      {"\"", "!"},
      {"1,234.56", "1234.56"},
      {"-1,234.56", "-1234.56"},
      {"+267.10", "267.10"},
      {"¥20.00", "20.00"},
      {"￥20", "20.00"},
      {"190.50元", "190.50"},
      {"CNY 123.18", "123.18"},
      {"CNY13.50", "13.50"},
      {"１２.５０", "12.50"},
      {"", NULL},
      {"--", NULL},
      {"-", NULL},
      {"/", NULL},
      {" \t", NULL},
      {"0", "0.00"},
      {"(18.00)", "-18.00"},
      {"（1,280.00）", "-1280.00"},
      {"(-18.00)", "!"},
      {"(18.00", "!"},
      {"()", "!"},
      {"12,34.5", "!"},
      {"1,2345", "!"},
      {",123", "!"},
      {"1234,567", "!"},
      {"1.234.5", "!"},
      {"1.005", "!"},
      {"1.500", "1.50"},
      {"1E3", "!"},
      {"(5.00)", "-5.00"},
      {"5.00-", "!"},
      {"1 234.00", "!"},
      {"abc", "!"},
      {"1,234,567.89", "1234567.89"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    gboolean has;
    Money amount;
    g_autofree char *got = NULL;
    if (!sheet_amount(cases[i].cell, "CNY", &has, &amount, NULL))
      got = g_strdup("!");
    else if (has)
      got = money_format(amount);
    if (g_strcmp0(got, cases[i].want) != 0)
      g_test_fail_printf("%s: %s, not %s", cases[i].cell, got, cases[i].want);
  }
}

static void test_moments(void) {
  static char form_list[] = "YYYY-MM-DD hh:mm:ss|YYYYMMDD|YYYY/M/D h:mm|hmmss|YYYY年M月D日|YYYY-MM-DD-hh.mm.ss";
  g_auto(GStrv) forms = g_strsplit(form_list, "|", -1);
  static const struct {
    const char *text, *want;
  } cases[] = {
      {"2026-04-16 11:09:16", "2026-04-16 11:09:16"},
      {"2026-04-16   11:09:16", "2026-04-16 11:09:16"},
      {"20260416", "2026-04-16"},
      {"2026/9/1 9:05", "2026-09-01 09:05:00"},
      {"2026/12/31 23:59", "2026-12-31 23:59:00"},
      {"83533", "- 08:35:33"},
      {"183533", "- 18:35:33"},
      {"2026年9月2日", "2026-09-02"},
      {"2026-04-16-11.09.16", "2026-04-16 11:09:16"},
      {"2026-02-30 00:00:00", NULL},
      {"20261301", NULL},
      {"30260101", NULL},
      {"2026-04-16 25:00:00", NULL},
      {"14928.64", NULL},
      {"", NULL},
      {"2026-04-16", NULL},
      {"合计", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    SheetMoment moment;
    g_autofree char *got = NULL;
    if (sheet_moment(cases[i].text, forms, &moment)) {
      g_autofree char *day = moment.day == DAY_NONE ? g_strdup("-") : day_format(moment.day);
      got = moment.has_time ? g_strdup_printf("%s %02d:%02d:%02d", day, moment.hour, moment.minute, moment.second)
                            : g_strdup(day);
    }
    if (g_strcmp0(got, cases[i].want) != 0)
      g_test_fail_printf("%s: %s, not %s", cases[i].text, got, cases[i].want);
  }
}

static void test_numbers(void) {
  static const struct {
    const char *cell, *want;
    gboolean scientific;
  } cases[] = {
      {"6222\t", "6222", FALSE}, {"=\"6222\"", "6222", FALSE}, {"'6222", "6222", FALSE}, {"[6222]", "6222", FALSE},
      {"`6222", "6222", FALSE},  {"--", NULL, FALSE},          {" ", NULL, FALSE},       {"8.15E+14", "8.15E+14", TRUE},
      {"4E+18", "4E+18", TRUE},  {"4e18", "4e18", TRUE},       {"4E", "4E", FALSE},      {"E12", "E12", FALSE},
      {"1E1A", "1E1A", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *copy = g_strdup(cases[i].cell);
    SheetCell cell = {.text = copy, .size = (guint)strlen(copy)};
    const char *got = sheet_number(&cell);
    g_assert_cmpstr(got, ==, cases[i].want);
    if (got != NULL)
      g_assert_cmpint(sheet_is_scientific(got, strlen(got)), ==, cases[i].scientific);
    g_assert_cmpuint(got == NULL ? cell.size : (guint)strlen(got), ==, cell.size);
  }
}

static void test_currencies(void) {
  static const char *const cases[][2] = {{"人民币", "CNY"}, {"人民币元", "CNY"}, {"CNY", "CNY"}, {"RMB", "CNY"},
                                         {"156", "CNY"},    {"美元", "USD"},     {"USD", "USD"}, {"火星币", NULL},
                                         {"", NULL},        {"CNYX", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpstr(sheet_currency(cases[i][0]), ==, cases[i][1]);
}

#define QUERY "本方账号,对方账号,交易时间,借/贷,金额,凭证号,对方单位,对方行号,用途,摘要,附言,个性化信息\n"
#define LEDGER "日期,借方发生额,贷方发生额,余额,摘要\n"
#define FULL                                                                                                                                                           \
  "交易日期,交易时间戳,收入金额,支出金额,本次余额,手续费总额,交易方式,交易行名,交易类别,对方省市,对方账号,对方户名," \
  "交易说明,交易摘要,"                                                                                                                                         \
  "交易附言\n"
#define FULL_ROW "20261013,20261013080043,735.00,,100735.00,0.00,网银,,转账,广东,1,甲,,转账,备注\n"
#define LABELS "总收入笔数,总收入金额,总支出笔数,总支出金额\n"

static const struct {
  const char *name, *text, *want; /* want: parts that must all be said, or with ! must not be, by | */
} cases[] = {
    {"no header", "a,b,c\n1,2,3\n", "refused sheet_unknown"},
    {"nearest layout", "日期,借方发生额,余额,摘要\n",
     "refused sheet_unknown line=1 value=icbc/ledger expected=贷方发生额"},
    {"header only", QUERY, "\"format\":\"csv\",\"profile\":\"icbc\""},
    {"oldest first", LEDGER "2026-01-01,,5.00,105.00,a\n2026-01-02,1.00,,104.00,b\n",
     "\"opening\":\"100.00\",\"closing\":\"104.00\",\"derived\":true"},
    {"newest first", LEDGER "2026-01-02,1.00,,104.00,b\n2026-01-01,,5.00,105.00,a\n",
     "\"opening\":\"100.00\",\"closing\":\"104.00\",\"derived\":true"},
    {"both chain, time decides", LEDGER "2026-01-02,,5.00,105.00,b\n2026-01-01,,5.00,100.00,a\n",
     "\"opening\":\"95.00\",\"closing\":\"105.00\""},
    {"no chain", LEDGER "2026-01-01,,5.00,105.00,a\n2026-01-02,1.00,,103.00,b\n", "\"broken\":true"},
    {"red figures", LEDGER "2026-01-01,,-5.00,95.00,冲正\n",
     "\"amount\":\"5.00\"|\"direction\":\"debit\"|\"reversal\":true|\"opening\":\"100.00\""},
    {"both sides", LEDGER "2026-01-01,1.00,5.00,105.00,a\n",
     "refused sheet_both value=5.00 line=2 column=3 field=贷方发生额"},
    {"neither side", LEDGER "2026-01-01,0.00,,105.00,a\n", "\"amount\":\"0.00\"|\"status\":\"info\""},
    {"bad amount", LEDGER "2026-01-01,abc,,105.00,a\n",
     "refused amount value=abc detail=CNY line=2 column=2 field=借方发生额"},
    {"bad balance", LEDGER "2026-01-01,1.00,,1O5.00,a\n", "refused amount value=1O5.00"},
    {"bad date", LEDGER "2026-13-01,1.00,,105.00,a\n", "refused date value=2026-13-01 line=2 column=1 field=日期"},
    {"sums", LEDGER "2026-01-01,1.00,,105.00,a\n合计,1.00,0.00,,\n", "\"claimed_debit\":\"1.00\""},
    {"sums differ", LEDGER "2026-01-01,1.00,,105.00,a\n合计,2.00,0.00,,\n",
     "\"claimed_debit\":\"2.00\""}, /* whoever stores it compares */
    {"text below", LEDGER "2026-01-01,1.00,,105.00,a\n-----列表结束-----\n", "\"amount\":\"1.00\""},
    {"header again", LEDGER "2026-01-01,1.00,,105.00,a\n" LEDGER "2026-01-02,1.00,,104.00,a\n",
     "\"closing\":\"104.00\""},
    {"comma too many", LEDGER "2026-01-01,1.00,,105.00,a,b\n", "refused sheet_columns line=2 value=6 expected=5"},
    {"empty cell too many", LEDGER "2026-01-01,1.00,,105.00,a,,\n", "\"amount\":\"1.00\""},
    {"short row", LEDGER "2026-01-01,1.00,,105.00\n", "\"amount\":\"1.00\""},
    {"too short row", LEDGER "2026-01-01,1.00\n", "refused sheet_columns"},
    {"no line end", LEDGER "2026-01-01,1.00,,105.00,a", "\"amount\":\"1.00\"|\"summary\":\"a\"|\"open_end\":true"},
    {"no line end, cut before the amount", LEDGER "2026-01-01,1.0", "refused csv_cut line=2"},
    {"no line end, cut in the date", LEDGER "2026-01-01,1.00,,105.00,a\n2026-01",
     "\"amount\":\"1.00\"|\"open_end\":true"},
    {"no line end behind the header", "日期,借方发生额,贷方发生额,余额,摘要", "\"statement\":1|\"open_end\":true"},
    {"no line end behind another account's number", "账号:6001\n" LEDGER "2026-01-01,1.00,,105.00,a\n账号:6002",
     "\"amount\":\"1.00\"|\"open_end\":true"},
    {"no line end, and the last column is not read", "日期,收/支,金额,页码\n2026-01-01,收入,1.00,1", "!open_end"},
    {"open quote", LEDGER "2026-01-01,1.00,,105.00,\"a\n2026-01-02,1.00,,104.00,b\n", "refused csv_quote line=2"},
    {"swallowed row", LEDGER "2026-01-01,1.00,,105.00,\"a\n2026-01-02,\"1.00\",,104.00,b\"\n",
     "refused csv_quote line=2"},
    {"quoted line break", LEDGER "2026-01-01,1.00,,105.00,\"a\nb\"\"\"\n2026-01-02,1.00,,104.00,c\n",
     "\"summary\":\"a b\\\"\"|\"line\":4"},
    {"header with line break", "日期,\"借方\n发生额\",贷方发生额,余额,摘要\n2026-01-01,1.00,,105.00,a\n", "\"line\":3"},
    {"full-width header", "日　期,借 方 发生额,贷方发生额,余额[ Balance ],摘要\n2026-01-01,1.00,,105.00,a\n",
     "\"balance\":\"105.00\""},
    {"scientific account", QUERY "1,8.15E+14,2026-10-15 08:13:45,贷,735.00,,甲,,,汇款,a,\n",
     "refused account_scientific value=8.15E+14 line=2 column=2 field=对方账号"},
    {"scientific own account", QUERY "4E+18,8,2026-10-15 08:13:45,贷,735.00,,甲,,,汇款,a,\n",
     "refused account_scientific value=4E+18"},
    {"unknown flag", QUERY "1,2,2026-10-15 08:13:45,平,735.00,,甲,,,汇款,a,\n",
     "refused sheet_flag value=平 line=2 column=4 field=借/贷"},
    {"two accounts", QUERY "1,2,2026-10-15,贷,5.00,,甲,,,汇款,a,\n3,2,2026-10-15,贷,6.00,,甲,,,汇款,a,\n",
     "\"statement\":2,\"account\":\"3\""},
    {"mixed accounts",
     QUERY "1,2,2026-10-15,贷,5.00,,甲,,,汇款,a,\n3,2,2026-10-15,贷,6.00,,甲,,,汇款,a,\n1,2,2026-10-15,贷,5.00,,甲,,,"
           "汇款,a,\n",
     "refused sheet_accounts line=4 value=1"},
    {"totals", FULL FULL_ROW LABELS "1,735.00,0,0\n", "\"claimed_entries\":1"},
    {"count differs", FULL FULL_ROW LABELS "2,735.00,0,0\n", "\"claimed_entries\":2"},
    {"count differs, perhaps cut", FULL FULL_ROW LABELS "2,735.00,0,0", "\"claimed_entries\":2|\"open_end\":true"},
    {"count holds, no line end", FULL FULL_ROW LABELS "1,735.00,0,0", "\"claimed_entries\":1|!open_end"},
    {"totals missing", FULL FULL_ROW, "refused sheet_totals_missing"},
    {"totals cut", FULL FULL_ROW LABELS, "refused sheet_totals_missing"},
    {"totals of two currencies",
     "日期,币种,借方发生额,贷方发生额,余额,摘要\n2026-01-01,人民币,1.00,,105.00,a\n2026-01-01,美元,2.00,,5.00,a\n合计,,"
     "3.00,0.00,,\n",
     "\"currency\":\"USD\"|\"statement\":2|\"doubtful\":true"},
    {"count of two currencies",
     "日期,币种,借方发生额,贷方发生额,余额,摘要\n2026-01-01,人民币,1.00,,105.00,a\n2026-01-01,美元,2.00,,5.00,"
     "a\n借方笔数:2\n",
     "\"statement\":2|!doubtful"},
    {"account above", "户名:甲公司 账号: 4100 0500 0040 币种:人民币\n" LEDGER "2026-01-01,1.00,,105.00,a\n",
     "\"account\":\"410005000040\""},
    {"label within a word", "对方账号:999,本方账号:123\n" LEDGER "2026-01-01,1.00,,105.00,a\n", "\"account\":\"123\""},
    {"NUL-free binary", "\x01\x02\x03\xFF\xFE\n", "refused encoding"},
    {"tabs", "日期\t借方发生额\t贷方发生额\t余额\t摘要\n2026-01-01\t1.00\t\t105.00\ta\n", "\"amount\":\"1.00\""},
    {"quote over carriage returns",
     "日期,借方发生额,贷方发生额,余额,摘要\r2026-01-01,1.00,,105.00,\"a\r2026-01-02,,1.00,106.00,b\"c\r\n",
     "refused csv_quote line=2"},
    {"semicolons", "日期;借方发生额;贷方发生额;余额;摘要\n2026-01-01;\"1,001.00\";;105.00;a\n",
     "\"amount\":\"1001.00\""},
    {"tabs and unquoted thousands", "日期\t借方发生额\t贷方发生额\t余额\t摘要\n2026-01-01\t1,001.00\t\t1,105.00\ta,b\n",
     "\"amount\":\"1001.00\"|\"summary\":\"a,b\""},
    {"last line quoted", LEDGER "2026-01-01,1.00,,105.00,\"a\"", "\"amount\":\"1.00\"|!open_end"},
    {"last text seen before", LEDGER "2026-01-01,1.00,,105.00,汇款\n2026-01-02,1.00,,104.00,汇款",
     "\"line\":3|!open_end"},
    {"last reference as long as all before",
     "日期,收/支,金额,流水号\n2026-01-01,收入,1.00,LS000001\n2026-01-02,收入,2.00,LS000002",
     "\"bank_reference\":\"LS000002\"|!open_end"},
    {"last reference shorter", "日期,收/支,金额,流水号\n2026-01-01,收入,1.00,LS000001\n2026-01-02,收入,2.00,LS00000",
     "\"bank_reference\":\"LS00000\"|\"open_end\":true"},
    {"last cell blank as all before", LEDGER "2026-01-01,1.00,,105.00,\n2026-01-02,1.00,,104.00,",
     "\"line\":3|!open_end"},
    {"last cell blank but not before", LEDGER "2026-01-01,1.00,,105.00,a\n2026-01-02,1.00,,104.00,",
     "\"line\":3|\"open_end\":true"},
    {"money out with a minus", "日期,金额,收/支,摘要\n2026-01-01,-15.50,支出,a\n2026-01-02,20.00,收入,b\n",
     "\"amount\":\"15.50\",\"currency\":\"CNY\",\"direction\":\"debit\",\"status\":\"booked\",\"reversal\":false"},
    {"money out with and without a minus", "日期,金额,收/支,摘要\n2026-01-01,-15.50,支出,a\n2026-01-02,20.00,支出,b\n",
     "refused sheet_sign value=20.00 line=3 column=2 field=金额"},
    {"money out, then red figures", "日期,金额,收/支,摘要\n2026-01-01,15.50,支出,a\n2026-01-02,-15.50,支出,b\n",
     "\"direction\":\"credit\"|\"reversal\":true"},
    {"red figures beside 借", "日期,金额,借贷,摘要\n2026-01-01,-15.50,借,a\n",
     "\"direction\":\"credit\"|\"reversal\":true"},
    {"a row of sums that the layout does not name", QUERY "1,2,2026-10-15,贷,5.00,,甲,,,汇款,a,\n合计,,,,5.00,,,,,,,\n",
     "\"amount\":\"5.00\""},
    {"a row of sums under one amount", "账务日期,金额,借贷标志,摘要\n2026-01-01,15.50,借,a\n合计,15.50,,\n",
     "\"amount\":\"15.50\""},
    {"a quote opens at the end", LEDGER "2026-01-01,1.00,,105.00,a\n\"", "refused csv_cut"},
    {"masked balance", LEDGER "2026-01-01,1.00,,xx.yy,a\n", "\"amount\":\"1.00\""},
    {"30 February", LEDGER "2026-2-30,1.00,,105.00,a\n", "refused date value=2026-2-30 line=2 column=1 field=日期"},
    {"carriage returns", "日期,借方发生额,贷方发生额,余额,摘要\r2026-01-01,1.00,,105.00,a\r2026-01-02,,1.00,106.00,b\r",
     "\"line\":2|\"line\":3"},
};

static void test_files(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = parse_text("x", cases[i].text, strlen(cases[i].text), FALSE, profiles);
    g_auto(GStrv) parts = g_strsplit(cases[i].want, "|", -1);
    for (char **part = parts; *part != NULL; part++)
      if ((strstr(got, *part + (**part == '!')) == NULL) != (**part == '!'))
        g_test_fail_printf("%s: no %s in %s", cases[i].name, *part, got);
  }
}

/* A field that the bank cut by bytes, in the middle of a character. */
static void test_cut_field(void) {
  static const char text[] = LEDGER "2026-01-01,1.00,,105.00,证\n";
  gsize size;
  g_autofree char *bytes = g_convert(text, -1, "GB18030", "UTF-8", NULL, &size, NULL);
  bytes[size - 2] = '\n'; /* the second half of the last character */
  g_autofree char *got = parse_text("x", bytes, size - 1, FALSE, profiles);
  g_assert_nonnull(strstr(got, "\"balance\":\"105.00\""));
  g_assert_null(strstr(got, "summary"));
}

/* A blank before an amount sends it the long way: both must say the same. */
static void test_amounts_both_ways(void) {
  static const char alphabet[] = "0123456789,,,...--+5000E ";
  static const char *const codes[] = {"CNY", "JPY", "KWD", "XXX"};
  g_autoptr(GRand) rand = g_rand_new_with_seed(8);
  int good = 0;
  for (int i = 0; i < 300000; i++) {
    char cell[24] = " ";
    int size = g_rand_int_range(rand, 1, sizeof cell - 1);
    for (int k = 1; k < size; k++)
      cell[k] = i % 2 == 0 && k > 1 && k % 4 == 0 ? ',' : alphabet[g_rand_int_range(rand, 0, sizeof alphabet - 1)];
    const char *code = codes[g_rand_int_range(rand, 0, G_N_ELEMENTS(codes))];
    gboolean has[2] = {FALSE, FALSE}, read[2];
    Money amount[2] = {{0}, {0}};
    for (int plain = 0; plain < 2; plain++)
      read[plain] = sheet_amount(cell + plain, code, &has[plain], &amount[plain], NULL);
    g_assert_cmpint(read[0], ==, read[1]);
    if (!read[0])
      continue;
    g_assert_cmpint(has[0], ==, has[1]);
    g_assert_cmpint(amount[0].minor, ==, amount[1].minor);
    g_assert_cmpstr(amount[0].currency, ==, amount[1].currency);
    good += has[0];
  }
  g_assert_cmpint(good, >, 10000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  profiles = profiles_load(NULL, NULL);
  g_test_add_func("/csv/amounts", test_amounts);
  g_test_add_func("/csv/amounts_both_ways", test_amounts_both_ways);
  g_test_add_func("/csv/moments", test_moments);
  g_test_add_func("/csv/numbers", test_numbers);
  g_test_add_func("/csv/currencies", test_currencies);
  g_test_add_func("/csv/files", test_files);
  g_test_add_func("/csv/cut_field", test_cut_field);
  int code = g_test_run();
  g_ptr_array_unref(profiles);
  return code;
}
