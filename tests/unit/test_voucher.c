#include "tests/unit/parsing.h"

#define NAMESPACES                                                                                                     \
  "xmlns='http://www.xbrl.org/2003/instance' xmlns:s='http://xbrl.mof.gov.cn/taxonomy/2022-01-01/bkrs' "               \
  "xmlns:r='http://xbrl.mof.gov.cn/taxonomy/2022-01-01/bker' "                                                         \
  "xmlns:o='http://xbrl.mof.gov.cn/taxonomy/2022-01-01/rai' "                                                          \
  "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:link='http://www.xbrl.org/2003/linkbase'"
#define UNITS                                                                                                          \
  "<context id='c'><period><instant>2026-10-31</instant></period></context><context id='p'><period><instant>"          \
  "2026-09-30</instant></period></context><unit id='u'><measure>iso4217:CNY</measure></unit><unit id='d'><measure>"    \
  "iso4217:USD</measure></unit><unit id='n'><measure>xbrli:pure</measure></unit>"
#define VOUCHER(text) "<xbrl " NAMESPACES ">" UNITS text "</xbrl>"
#define ACCOUNT "<s:CustomerSettlementBankAccount>6222</s:CustomerSettlementBankAccount>"
#define STATEMENT(text) VOUCHER(ACCOUNT "<s:Currency>CNY</s:Currency>" text)
#define TUPLE(text) "<s:InformationOfReconcileDetailsTuple>" text "</s:InformationOfReconcileDetailsTuple>"
#define DAY "<s:DateOfBookkeeping>2026-10-14</s:DateOfBookkeeping>"
#define FLAG(text) "<s:IdentificationOfCreditOrDebit>" text "</s:IdentificationOfCreditOrDebit>"
#define AMOUNT(text) "<s:TransactionAmount unitRef='u' decimals='2'>" text "</s:TransactionAmount>"
#define NIL "<s:TransactionAmount xsi:nil='true' unitRef='u'/>"
#define BALANCE(text) "<s:AccountBalance unitRef='u' decimals='2'>" text "</s:AccountBalance>"
#define SERIAL(text) "<s:BusinessSerialNumber>" text "</s:BusinessSerialNumber>"
#define MOVE(flag, amount, balance) TUPLE(DAY FLAG(flag) AMOUNT(amount) BALANCE(balance))
#define CLOSING(attributes, text)                                                                                      \
  "<s:AccountBalanceAtTheEndOfReconciliationCycleAmount unitRef='u' " attributes ">" text                              \
  "</s:AccountBalanceAtTheEndOfReconciliationCycleAmount>"

#define MONEY(text) "<r:TransactionAmountInFigures unitRef='u' decimals='2'>" text "</r:TransactionAmountInFigures>"
#define WHEN "<r:DateOfBookkeeping>20261014</r:DateOfBookkeeping>"
#define PAYER(text) "<r:AccountNumberOfPayer>" text "</r:AccountNumberOfPayer>"
#define PAYEE(text) "<r:AccountNumberOfPayee>" text "</r:AccountNumberOfPayee>"
#define OWN(text) "<r:AccountNumberOfRecipient>" text "</r:AccountNumberOfRecipient>"
#define SIDE(text) "<r:IdentificationOfCreditOrDebit>" text "</r:IdentificationOfCreditOrDebit>"
#define RECEIPT(text) VOUCHER(WHEN MONEY("5.00") text)

typedef struct {
  const char *name, *text;
  const char *want; /* refused..., or what the lines say in short: "opening lines... closing" */
} Case;

/* "2.00 +1.00 -3.00! 0.00": balances around signed amounts, '!' on reversals; "broken" behind it. */
static char *shorten(const char *said) {
  if (g_str_has_prefix(said, "refused"))
    return g_strdup(said);
  GString *lines = g_string_new(NULL);
  g_autofree char *opening = NULL, *closing = NULL;
  gboolean broken = FALSE;
  g_auto(GStrv) all = g_strsplit(said, "\n", -1);
  for (char **line = all; *line != NULL && **line != '\0'; line++) {
    json_t *object = json_loads(*line, 0, NULL);
    const char *amount = json_string_value(json_object_get(object, "amount"));
    if (amount == NULL) {
      opening = g_strdup(json_string_value(json_object_get(object, "opening")));
      closing = g_strdup(json_string_value(json_object_get(object, "closing")));
      broken = json_is_true(json_object_get(object, "broken"));
    } else
      g_string_append_printf(lines, "%s%s%s ",
                             g_str_equal(json_string_value(json_object_get(object, "direction")), "debit") ? "-" : "+",
                             amount, json_is_true(json_object_get(object, "reversal")) ? "!" : "");
    json_decref(object);
  }
  char *all_of_it = g_strdup_printf("%s %s%s%s", opening == NULL ? "?" : opening, lines->str,
                                    closing == NULL ? "?" : closing, broken ? " broken" : "");
  g_string_free(lines, TRUE);
  return all_of_it;
}

static void run(const Case *cases, gsize count) {
  for (gsize i = 0; i < count; i++) {
    g_autofree char *said = parse_text("x", cases[i].text, strlen(cases[i].text), FALSE, NULL);
    g_autofree char *got = shorten(said);
    gboolean refusal = g_str_has_prefix(cases[i].want, "refused");
    if (refusal ? strstr(got, cases[i].want) == NULL : !g_str_equal(got, cases[i].want))
      g_test_fail_printf("%s: %s", cases[i].name, got);
  }
}

static void test_lines(void) {
  static const Case cases[] = {
      {"plain", STATEMENT(MOVE("1", "5.00", "15.00") MOVE("0", "3.00", "12.00")), "10.00 +5.00 -3.00 12.00"},
      {"newest first", STATEMENT(MOVE("0", "3.00", "12.00") MOVE("1", "5.00", "15.00")), "10.00 -3.00 +5.00 12.00"},
      {"words", STATEMENT(MOVE("贷", "5.00", "15.00") MOVE("借", "3.00", "12.00")), "10.00 +5.00 -3.00 12.00"},
      {"closing", STATEMENT(MOVE("1", "5.00", "15.00") CLOSING("", "15.00")), "10.00 +5.00 15.00"},
      {"other closing", STATEMENT(MOVE("1", "5.00", "15.00") CLOSING("", "16.00")), "10.00 +5.00 16.00"},
      {"closings of two days",
       STATEMENT(MOVE("1", "5.00", "15.00") CLOSING("contextRef='c'", "15.00") CLOSING("contextRef='p'", "10.00")),
       "10.00 +5.00 15.00"},
      {"closing twice", STATEMENT(CLOSING("contextRef='c'", "15.00") CLOSING("contextRef='c'", "10.00")),
       "refused repeated"},
      {"no movement", STATEMENT(CLOSING("", "15.00")), "? 15.00"},
      {"a line is missing", STATEMENT(MOVE("1", "5.00", "15.00") MOVE("0", "3.00", "11.00")), "? +5.00 -3.00 ? broken"},
      {"no balances", STATEMENT(TUPLE(DAY FLAG("1") AMOUNT("5.00"))), "? +5.00 ?"},
      {"overdrawn",
       STATEMENT(TUPLE(DAY FLAG("0") AMOUNT("5.00")
                           BALANCE("3.00") "<s:DebitOrCreditOfBalance>0</s:DebitOrCreditOfBalance>")),
       "2.00 -5.00 -3.00"},
      {"out by sign", STATEMENT(MOVE("0", "-3.00", "7.00")), "10.00 -3.00 7.00"},
      {"red figure on the credit side", STATEMENT(MOVE("1", "5.00", "15.00") MOVE("1", "-5.00", "10.00")),
       "10.00 +5.00 -5.00! 10.00"},
      {"red figure on the debit side", STATEMENT(MOVE("0", "5.00", "5.00") MOVE("0", "-5.00", "10.00")),
       "10.00 -5.00 +5.00! 10.00"},
      {"idle half before",
       STATEMENT(MOVE("0", "0.00", "0.00") MOVE("0", "-3.00", "7.00") TUPLE(DAY FLAG("1") NIL)
                     MOVE("1", "2.00", "9.00")),
       "10.00 -3.00 +2.00 9.00"},
      {"idle half behind",
       STATEMENT(MOVE("0", "-3.00", "7.00") MOVE("1", "0", "7.00") MOVE("1", "2.00", "9.00") TUPLE(DAY FLAG("0") NIL)),
       "10.00 -3.00 +2.00 9.00"},
      {"the idle half says the side",
       STATEMENT(TUPLE(DAY FLAG("1") NIL) MOVE("1", "1.00", "10.00") TUPLE(DAY FLAG("1") NIL)
                     MOVE("0", "2.00", "12.00")),
       "9.00 +1.00 +2.00 12.00"},
      {"the idle half of another",
       STATEMENT(TUPLE(DAY FLAG("0") SERIAL("1") NIL) TUPLE(DAY FLAG("0") SERIAL("2") AMOUNT("1.00"))),
       "refused voucher_idle value=1"},
      {"no amounts", STATEMENT(TUPLE(DAY FLAG("0") NIL) TUPLE(DAY FLAG("0") NIL)), "refused voucher_"},
      {"lost amount", STATEMENT(MOVE("1", "5.00", "15.00") TUPLE(DAY FLAG("1") NIL) TUPLE(DAY FLAG("0") NIL)),
       "refused voucher_idle value=3"},
      {"nothing moved",
       STATEMENT(TUPLE(DAY FLAG("1") SERIAL("1") AMOUNT("5.00") BALANCE("15.00"))
                     TUPLE(DAY FLAG("0") SERIAL("2") AMOUNT("0.00") BALANCE("15.00"))),
       "10.00 +5.00 15.00"},
      {"shell", VOUCHER(ACCOUNT), "refused voucher_empty"},
      {"shell of nulls", VOUCHER(ACCOUNT CLOSING("", "null")), "refused voucher_empty"},
      {"no account", VOUCHER(MOVE("1", "5.00", "15.00")), "refused missing field=CustomerSettlementBankAccount"},
      {"no flag", STATEMENT(TUPLE(DAY AMOUNT("5.00"))), "refused missing field=IdentificationOfCreditOrDebit"},
      {"other flag", STATEMENT(MOVE("2", "5.00", "15.00")), "refused voucher_flag"},
      {"no day", STATEMENT(TUPLE(FLAG("1") AMOUNT("5.00"))), "refused missing field=DateOfBookkeeping"},
      {"no such day", STATEMENT(TUPLE("<s:DateOfBookkeeping>2026-02-30</s:DateOfBookkeeping>" FLAG("1") AMOUNT("5"))),
       "refused date field=DateOfBookkeeping"},
      {"third decimal", STATEMENT(MOVE("1", "5.001", "15.00")), "refused amount"},
      {"rounded",
       STATEMENT(TUPLE(DAY FLAG("1") "<s:TransactionAmount unitRef='u' decimals='-3'>5000</s:TransactionAmount>")),
       "refused amount"},
      {"rounded to yuan",
       STATEMENT(TUPLE(DAY FLAG("1") "<s:TransactionAmount unitRef='u' decimals='0'>5.20"
                                     "</s:TransactionAmount>")),
       "refused amount"},
      {"infinitely exact",
       STATEMENT(TUPLE(DAY FLAG("1") "<s:TransactionAmount unitRef='u' decimals='INF'>5.20"
                                     "</s:TransactionAmount>")),
       "? +5.20 ?"},
      {"too large", STATEMENT(MOVE("1", "-92233720368547758.08", "0.00")), "refused amount"},
      {"other unit", STATEMENT(TUPLE(DAY FLAG("1") "<s:TransactionAmount unitRef='d'>5.20</s:TransactionAmount>")),
       "refused currency field=TransactionAmount"},
      {"no money", STATEMENT(TUPLE(DAY FLAG("1") "<s:TransactionAmount unitRef='n'>5.20</s:TransactionAmount>")),
       "refused voucher_unit field=TransactionAmount value=n"},
      {"unknown unit", STATEMENT(TUPLE(DAY FLAG("1") "<s:TransactionAmount unitRef='x'>5</s:TransactionAmount>")),
       "refused voucher_unit field=TransactionAmount value=x"},
      {"unit of the first amount", VOUCHER(ACCOUNT MOVE("1", "5.00", "15.00")), "10.00 +5.00 15.00"},
      {"no currency", VOUCHER(ACCOUNT TUPLE(DAY FLAG("1") "<s:TransactionAmount>5</s:TransactionAmount>")),
       "refused currency"},
      {"other currency", VOUCHER(ACCOUNT "<s:Currency>贝壳</s:Currency>" MOVE("1", "5.00", "15.00")),
       "refused currency field=Currency value=贝壳"},
      {"amount twice", STATEMENT(TUPLE(DAY FLAG("1") AMOUNT("5.00") AMOUNT("6.00"))),
       "refused repeated field=TransactionAmount"},
      {"torn", STATEMENT(TUPLE(DAY FLAG("1") AMOUNT("5<a/>0"))), "refused xml_torn"},
      {"other taxonomy", VOUCHER("<link:schemaRef href='rai_issuer.xsd'/><o:Currency>CNY</o:Currency>"),
       "refused voucher_kind value=rai_issuer.xsd"},
      {"facts of others", STATEMENT("<o:Currency>USD</o:Currency>" MOVE("1", "5.00", "15.00")), "10.00 +5.00 15.00"},
      {"two taxonomies", STATEMENT(MOVE("1", "5.00", "15.00") "<r:Notes>x</r:Notes>"), "refused voucher_mixed"},
      {"cut", "<xbrl " NAMESPACES ">" UNITS ACCOUNT MOVE("1", "5.00", "15.00"), "refused xml_malformed"},
      {"doctype", "<!DOCTYPE xbrl>" STATEMENT(MOVE("1", "5.00", "15.00")), "refused xml_doctype"},
      {"comment first", "<?xml version='1.0'?><!-- <a> -->" STATEMENT(MOVE("1", "5.00", "15.00")), "10.00 +5.00 15.00"},
  };
  run(cases, G_N_ELEMENTS(cases));
}

static void test_receipts(void) {
  static const Case cases[] = {
      {"received", RECEIPT(PAYER("1") PAYEE("2") OWN("2") SIDE("1")), "? +5.00 ?"},
      {"paid", RECEIPT(PAYER("1") PAYEE("2") OWN("1") SIDE("0")), "? -5.00 ?"},
      {"grouped digits", RECEIPT(PAYER("12 34-5") PAYEE("2") OWN("12345")), "? -5.00 ?"},
      {"no flag", RECEIPT(PAYER("1") PAYEE("2") OWN("2")), "? +5.00 ?"},
      {"no recipient", RECEIPT(PAYER("1") PAYEE("2") SIDE("借")), "? -5.00 ?"},
      {"neither", RECEIPT(PAYER("1") PAYEE("2")), "refused voucher_sides"},
      {"recipient is neither", RECEIPT(PAYER("1") PAYEE("2") OWN("3")), "refused voucher_sides"},
      {"contradiction", RECEIPT(PAYER("1") PAYEE("2") OWN("2") SIDE("0")), "refused voucher_sides"},
      {"red figure", VOUCHER(WHEN MONEY("-5.00") PAYER("1") PAYEE("2") OWN("1")), "? +5.00! ?"},
      {"no amount", VOUCHER(WHEN PAYER("1") PAYEE("2") OWN("1")), "refused voucher_empty"},
      {"zero", VOUCHER(WHEN MONEY("0.00") PAYER("1") PAYEE("2") OWN("1")), "refused voucher_empty"},
      {"no day", VOUCHER(MONEY("5.00") PAYER("1") PAYEE("2") OWN("1")), "refused missing field=DateOfBookkeeping"},
      {"currency differs", RECEIPT("<r:Currency>美元</r:Currency>" PAYER("1") PAYEE("2") OWN("1")), "refused currency"},
      {"currency by number", RECEIPT("<r:Currency>156</r:Currency>" PAYER("1") PAYEE("2") OWN("1")), "? -5.00 ?"},
  };
  run(cases, G_N_ELEMENTS(cases));
}

static void test_fields(void) {
  static const struct {
    const char *name, *text, *want;
  } cases[] = {
      {"month",
       STATEMENT("<s:YearOfBankReconciliationStatement>2026</s:YearOfBankReconciliationStatement>"
                 "<s:MonthOfBankReconciliationStatement>12</s:MonthOfBankReconciliationStatement>" CLOSING("", "1")),
       "\"from\":\"2026-12-01\",\"to\":\"2026-12-31\""},
      {"wider than its month",
       STATEMENT(
           "<s:YearOfBankReconciliationStatement>2026</s:YearOfBankReconciliationStatement>"
           "<s:MonthOfBankReconciliationStatement>09</s:MonthOfBankReconciliationStatement>" MOVE("1", "5", "15")),
       "\"from\":\"2026-09-01\",\"to\":\"2026-10-14\""},
      {"printed before its month is over",
       STATEMENT("<s:YearOfBankReconciliationStatement>2026</s:YearOfBankReconciliationStatement>"
                 "<s:MonthOfBankReconciliationStatement>10</s:MonthOfBankReconciliationStatement>"
                 "<s:PrintDate>2026-10-20</s:PrintDate>" MOVE("1", "5", "15")),
       "\"from\":\"2026-10-01\",\"to\":\"2026-10-20\""},
      {"no month", STATEMENT(MOVE("1", "5", "15")), "\"from\":\"2026-10-14\",\"to\":\"2026-10-14\""},
      {"time", STATEMENT(TUPLE(DAY FLAG("1") AMOUNT("5") "<s:TimeOfBookkeeping>091502</s:TimeOfBookkeeping>")),
       "\"time\":\"2026-10-14T09:15:02\""},
      {"time and day",
       STATEMENT(TUPLE(DAY FLAG("1") AMOUNT("5") "<s:TimeOfBookkeeping>2026-10-13 23:15:02</s:TimeOfBookkeeping>")),
       "\"time\":\"2026-10-13T23:15:02\""},
      {"date from the context", RECEIPT(PAYER("1") PAYEE("2") OWN("2")), "\"booking_date\":\"2026-10-14\""},
      {"the payer is the other", RECEIPT(PAYER("1") PAYEE("2") OWN("2")),
       "\"counterparty_account\":\"1\",\"origin\":{\"booking_date\":\"DateOfBookkeeping\",\"amount\":"
       "\"TransactionAmountInFigures\",\"counterparty_account\":\"AccountNumberOfPayer\",\"direction\":"
       "\"AccountNumberOfRecipient\"}"},
      {"the payee is the other", RECEIPT(PAYER("1") PAYEE("2") SIDE("0")), "\"counterparty_account\":\"2\""},
      {"and we the payer", RECEIPT(PAYER("1") PAYEE("2") SIDE("0")), "\"account\":\"1\""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = parse_text("x", cases[i].text, strlen(cases[i].text), FALSE, NULL);
    if (strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("%s: %s", cases[i].name, got);
  }
}

/* A month with very many lines takes no more memory than its file, and no long time. */
static void test_many(void) {
  GString *text = g_string_new("<xbrl " NAMESPACES ">" UNITS ACCOUNT);
  for (int i = 1; i <= 20000; i++)
    g_string_append_printf(text, TUPLE(DAY FLAG("1") AMOUNT("1.00") BALANCE("%d.00")), i);
  g_string_append(text, "</xbrl>");
  g_autofree char *said = parse_text("x", text->str, text->len, FALSE, NULL);
  g_assert_nonnull(strstr(said, "\"opening\":\"0.00\",\"closing\":\"20000.00\""));
  g_string_free(text, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/voucher/lines", test_lines);
  g_test_add_func("/voucher/receipts", test_receipts);
  g_test_add_func("/voucher/fields", test_fields);
  g_test_add_func("/voucher/many", test_many);
  return g_test_run();
}
