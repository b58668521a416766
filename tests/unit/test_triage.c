#include "rules/triage.h"

#define T(text) ((char[]){text}) /* an Entry owns its texts */

static const struct {
  const char *name;
  Entry line;
  Triage want;
  const char *rule;
} rows[] = {
#define C .direction = DIRECTION_CREDIT
#define D .direction = DIRECTION_DEBIT
#define FEN .amount = {1, "CNY"}
#define MUCH .amount = {104800, "CNY"}
#define YEN .amount = {1, "JPY"}
    {"a wire",
     {C, MUCH, .counterparty_name = T("甲乙有限公司"), .counterparty_account = T("123")},
     TRIAGE_MATCH,
     "credit"},
    {"a payer may write fee",
     {C, MUCH, .counterparty_name = T("甲乙有限公司"), .remark = T("证书手续费")},
     TRIAGE_MATCH,
     "credit"},
    {"interest", {C, MUCH, .summary = T("结息")}, TRIAGE_EXPLAINED, "interest_or_fee"},
    {"a credit without a word", {C, MUCH}, TRIAGE_MATCH, "credit"},
    {"between our accounts",
     {C, MUCH, .counterparty_account = T("4000 0001"), .remark = T("202610130001136")},
     TRIAGE_EXPLAINED,
     "own_account"},
    {"a fen", {C, FEN, .counterparty_name = T("甲乙有限公司")}, TRIAGE_TIE, "verification_amount"},
    {"return word", {C, MUCH, .remark = T("退 汇 账号户名不符")}, TRIAGE_TIE, "return_evidence"},
    {"return code", {C, MUCH, .return_reason = T("AC01")}, TRIAGE_TIE, "return_evidence"},
    {"reversal of a debit", {C, MUCH, .reversal = TRUE}, TRIAGE_TIE, "reversal"},
    {"our reference comes back", {C, MUCH, .remark = T("ref Y0123456789ABCDEF.")}, TRIAGE_TIE, "our_reference"},
    {"longer than our reference", {C, MUCH, .remark = T("Y0123456789ABCDEF0")}, TRIAGE_MATCH, "credit"},
    {"not in our alphabet", {C, MUCH, .end_to_end_id = T("Y0123456789ABCDEI")}, TRIAGE_MATCH, "credit"},
    {"within a word", {C, MUCH, .remark = T("XY0123456789ABCDEF")}, TRIAGE_MATCH, "credit"},
    {"our debit by remark", {D, MUCH, .remark = T("办理数字证书编码：******")}, TRIAGE_TIE, "our_remark"},
    {"our debit by amount", {D, FEN, .counterparty_name = T("甲")}, TRIAGE_TIE, "verification_amount"},
    {"one yen is no fen", {D, YEN, .counterparty_name = T("甲")}, TRIAGE_EXPLAINED, "ordinary_debit"},
    {"one yen comes in", {C, YEN, .counterparty_name = T("甲")}, TRIAGE_MATCH, "credit"},
    {"our debit by a wide reference",
     {D, MUCH, .remark = T("Ｙ０１２３４５６７８９ＡＢＣＤＥＦ")},
     TRIAGE_TIE,
     "our_reference"},
    {"our debit by a wide remark", {D, MUCH, .remark = T("办理数字证书编码: ******")}, TRIAGE_TIE, "our_remark"},
    {"an order's number is no reference",
     {D, MUCH, .remark = T("202610130001136 货款")},
     TRIAGE_EXPLAINED,
     "ordinary_debit"},
    {"our debit by reference", {D, MUCH, .end_to_end_id = T("Y0123456789ABCDEF")}, TRIAGE_TIE, "our_reference"},
    {"reversal by flag", {D, MUCH, .reversal = TRUE}, TRIAGE_REVERSAL, "reversal"},
    {"reversal by word", {D, MUCH, .remark = T("202610270001094 冲正")}, TRIAGE_REVERSAL, "reversal"},
    {"fee", {D, MUCH, .remark = T("转账手续费")}, TRIAGE_EXPLAINED, "interest_or_fee"},
    {"salaries", {D, MUCH, .remark = T("工资")}, TRIAGE_EXPLAINED, "ordinary_debit"},
    {"a refund", {D, MUCH, .counterparty_account = T("6222 0001"), .remark = T("手续费")}, TRIAGE_TIE, "our_refund"},
    {"a refund's payee",
     {D, .amount = {104800, "USD"}, .counterparty_account = T("62220001")},
     TRIAGE_EXPLAINED,
     "ordinary_debit"},
    {"a refund's payee, another amount",
     {D, .amount = {104801, "CNY"}, .counterparty_account = T("62220001")},
     TRIAGE_EXPLAINED,
     "ordinary_debit"},
    {"a refund's amount", {D, MUCH, .counterparty_account = T("62220002")}, TRIAGE_EXPLAINED, "ordinary_debit"},
    {"a refund's amount, nobody named", {D, MUCH, .counterparty_name = T("甲")}, TRIAGE_EXPLAINED, "ordinary_debit"},
    {"a refund's payee pays", {C, MUCH, .counterparty_account = T("62220001")}, TRIAGE_MATCH, "credit"},
    {"to our account", {D, MUCH, .counterparty_account = T("40000001")}, TRIAGE_EXPLAINED, "own_account"},
};

static void test_rows(void) {
  static const char *const own[] = {"40000001", NULL}, *const returns[] = {"退汇", "退票", NULL};
  static const char *const fees[] = {"手续费", "结息", NULL}, *const remarks[] = {"办理数字证书编码:", NULL};
  static const TriageRefund refunds[] = {{"1", {1, "CNY"}}, {"62220001", {104800, "CNY"}}};
  const TriageRules rules = {own, returns, fees, remarks, {1, "CNY"}, refunds, G_N_ELEMENTS(refunds)};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const char *rule = NULL;
    g_test_message("%s", rows[i].name);
    g_assert_cmpint(triage_entry(&rows[i].line, &rules, &rule), ==, rows[i].want);
    g_assert_cmpstr(rule, ==, rows[i].rule);
  }
}

static void test_no_rules(void) {
  const TriageRules none = {.verification = {1, "CNY"}};
  const Entry credit = {C, MUCH, .remark = T("退汇")};
  g_assert_cmpint(triage_entry(&credit, &none, NULL), ==, TRIAGE_MATCH);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/triage/rows", test_rows);
  g_test_add_func("/triage/no_rules", test_no_rules);
  return g_test_run();
}
