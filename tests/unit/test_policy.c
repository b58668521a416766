#include "rules/policy.h"

#define CNY(fen)                                                                                                       \
  { fen, "CNY" }

static void test_round(void) {
  static const PolicyLimits limits = {3, 2, 500, CNY(500)};
  static const struct {
    const char *what;
    PolicyUse use;
    Money amount;
    PolicyVerdict want;
  } cases[] = {
      {"first", {0, 0, 0, CNY(0)}, CNY(1), POLICY_SEND},
      {"third of three", {2, 1, 10, CNY(10)}, CNY(1), POLICY_SEND},
      {"fourth", {3, 0, 0, CNY(0)}, CNY(1), POLICY_NO_ROUND},
      {"fourth on a full day: no use to wait", {3, 2, 500, CNY(500)}, CNY(1), POLICY_NO_ROUND},
      {"third to one account today", {1, 2, 10, CNY(10)}, CNY(1), POLICY_TOMORROW},
      {"last of the day", {0, 0, 499, CNY(499)}, CNY(1), POLICY_SEND},
      {"count reached", {0, 0, 500, CNY(100)}, CNY(1), POLICY_TOMORROW},
      {"sum reached", {0, 0, 10, CNY(500)}, CNY(1), POLICY_TOMORROW},
      {"sum passed by this one", {0, 0, 10, CNY(499)}, CNY(2), POLICY_TOMORROW},
      {"overflow", {0, 0, 10, CNY(G_MAXINT64)}, CNY(1), POLICY_TOMORROW},
      {"other currency", {0, 0, 10, {0, "USD"}}, CNY(1), POLICY_TOMORROW},
      {"other currency than the limit", {0, 0, 10, {0, "USD"}}, {1, "USD"}, POLICY_TOMORROW},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].what);
    g_assert_cmpint(policy_round(&limits, &cases[i].use, cases[i].amount), ==, cases[i].want);
  }
}

static void test_doubts(void) {
  static const PolicySpread most = {1, 3};
  static const struct {
    gboolean holder;
    int companies, accounts;
    guint want;
  } cases[] = {
      {TRUE, 1, 1, 0},
      {TRUE, 1, 3, 0},
      {TRUE, 2, 3, 1u << DOUBT_SHARED},
      {TRUE, 1, 4, 1u << DOUBT_MANY},
      {FALSE, 1, 1, 1u << DOUBT_HOLDER},
      {FALSE, 2, 4, 1u << DOUBT_HOLDER | 1u << DOUBT_SHARED | 1u << DOUBT_MANY},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpuint(policy_doubts(cases[i].holder, cases[i].companies, cases[i].accounts, &most), ==, cases[i].want);
  for (int i = 0; i < POLICY_DOUBTS; i++)
    g_assert_cmpint(policy_doubt(policy_doubt_word((PolicyDoubt)i)), ==, i);
  g_assert_cmpint(policy_doubt("application"), ==, -1);
  g_assert_cmpstr(policy_doubt_field(DOUBT_HOLDER), ==, "name");
}

static const char *const icbc_names[] = {"工商银行", "工行", "工商", "ICBC", NULL};
static const char *const abc_names[] = {"农业银行", "农行", "农业", "ABC", NULL};
static const PolicyAccount accounts[] = {
    {"中国建设银行", NULL, "105", FALSE}, /* receives only */
    {"中国工商银行", icbc_names, "102", TRUE}, {"中国农业银行", abc_names, "103", TRUE},
    {"中国工商银行", icbc_names, "102", TRUE}, {"中国银行", NULL, "104", TRUE},
    {"农业发展银行", NULL, "203", TRUE},
};

static void test_account(void) {
  static const struct {
    const char *bank, *cnaps;
    int want;
  } cases[] = {
      {"中国农业银行深圳分行", NULL, 2},
      {"农行深圳福田支行", NULL, 2},
      {"　中国 农业银行", NULL, 2},
      {"abc shenzhen", NULL, 2},
      {"ＡＢＣ", NULL, 2},
      {"中国工商银行股份有限公司深圳分行", NULL, 1},
      {"中国银行深圳分行", NULL, 4},
      {"中国农业发展银行", NULL, 5}, /* longer than 农业 */
      {"中国建设银行深圳分行", NULL, 1},
      {"招商银行", NULL, 1},
      {"深圳农村商业银行", NULL, 1},
      {"", NULL, 1},
      {NULL, NULL, 1},
      {"中国工商银行", "103100000026", 2}, /* the code outranks the name */
      {"中国农业银行", "308584000013", 1},
      {NULL, "104100000004", 4},
      {"中国农业银行", "10", 2},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(policy_account(accounts, G_N_ELEMENTS(accounts), cases[i].bank, cases[i].cnaps), ==, cases[i].want);
  }
  g_assert_cmpint(policy_account(accounts, 1, "中国建设银行", "105100000017"), ==, -1);
  g_assert_cmpint(policy_account(NULL, 0, "中国建设银行", NULL), ==, -1);
}

static void test_reason(void) {
  static const struct {
    const char *code, *text;
    ReasonClass class;
    const char *field;
  } cases[] = {
      {"AC01", NULL, REASON_APPLICANT, "number"},
      {"AC03", NULL, REASON_APPLICANT, "number"},
      {"AC04", NULL, REASON_APPLICANT, "number"},
      {"AC06", NULL, REASON_APPLICANT, "number"},
      {"AC16", NULL, REASON_APPLICANT, "number"},
      {"BE01", NULL, REASON_APPLICANT, "name"},
      {"RR03", NULL, REASON_APPLICANT, "name"},
      {"RC04", NULL, REASON_APPLICANT, "bank"},
      {"CNOR", NULL, REASON_APPLICANT, "bank"},
      {"AC02", NULL, REASON_OURS, NULL}, /* the debtor's account is ours */
      {"AC05", NULL, REASON_OURS, NULL},
      {"AM04", NULL, REASON_OURS, NULL},
      {"AM02", NULL, REASON_OURS, NULL},
      {"AM14", NULL, REASON_OURS, NULL},
      {"AG01", NULL, REASON_OURS, NULL},
      {"DT01", NULL, REASON_OURS, NULL},
      {"FF01", NULL, REASON_OURS, NULL},
      {"RR02", NULL, REASON_OURS, NULL},
      {"AM05", NULL, REASON_DUPLICATE, NULL},
      {"DU01", NULL, REASON_DUPLICATE, NULL},
      {"DU05", NULL, REASON_DUPLICATE, NULL},
      {"AM04", "收款人户名不符", REASON_OURS, NULL}, /* a listed code outranks words */
      {"AC01", "余额不足", REASON_APPLICANT, "number"},
      {"NARR", "收款人户名不符", REASON_APPLICANT, "name"},
      {"MS03", "账号户名不符", REASON_APPLICANT, "name"},
      {"NARR", "账号不存在", REASON_APPLICANT, "number"},
      {"NARR", "收款账户已销户", REASON_APPLICANT, "number"},
      {"NARR", "收款行行号错误", REASON_APPLICANT, "bank"},
      {"NARR", "余额不足", REASON_OURS, NULL},
      {"NARR", "付款账户余额不足", REASON_OURS, NULL},
      {"NARR", "付款账户已冻结", REASON_OURS, NULL},
      {"NARR", "收款账户已冻结", REASON_APPLICANT, "number"},
      {"NARR", "付款人账号户名不符", REASON_OURS, NULL},
      {"NARR", "超过单日限额", REASON_OURS, NULL},
      {"NARR", "重复的指令", REASON_DUPLICATE, NULL},
      {"E1203", "户名不符", REASON_APPLICANT, "name"},
      {"户名不符", NULL, REASON_APPLICANT, "name"},
      {NULL, "帐户长期不动,已久悬", REASON_APPLICANT, "number"},
      {"NARR", NULL, REASON_OURS, NULL},
      {"MS03", "未知原因", REASON_OURS, NULL},
      {"ZZ99", "whatever", REASON_OURS, NULL},
      {"01 A", NULL, REASON_OURS, NULL}, /* not across two codes of a list */
      {"ac01", NULL, REASON_OURS, NULL},
      {"", "", REASON_OURS, NULL},
      {NULL, NULL, REASON_OURS, NULL},
      {NULL, "\xff", REASON_OURS, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Reason reason = policy_reason(cases[i].code, cases[i].text);
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(reason.class, ==, cases[i].class);
    g_assert_cmpstr(reason.field, ==, cases[i].field);
  }
  g_assert_cmpstr(policy_class_word(REASON_APPLICANT), ==, "applicant");
  g_assert_cmpstr(policy_class_word(REASON_OURS), ==, "ours");
  g_assert_cmpstr(policy_class_word(REASON_DUPLICATE), ==, "duplicate");
}

static void test_cause(void) {
  static const struct {
    const char *code, *text, *field, *cause;
  } cases[] = {
      {"AC01", NULL, "number", "number_wrong"},
      {"AC04", NULL, "number", "account_closed"},
      {"AC06", NULL, "number", "account_blocked"},
      {"AC14", NULL, "number", "account_kind"},
      {"BE01", NULL, "name", "name_differs"},
      {"RC04", NULL, "bank", "bank_wrong"},
      {"RC01", NULL, "bank", "bank_wrong"},
      {NULL, "账号户名不符", "name", "name_differs"},
      {NULL, "账号、户名不符", "name", "name_differs"},
      {NULL, "账号不存在", "number", "number_wrong"},
      {NULL, "查无此账号", "number", "number_wrong"},
      {NULL, "该户已销户", "number", "account_closed"},
      {NULL, "收款行退回：账户已销户", "number", "account_closed"},
      {NULL, "收款行退回：账户不存在", "number", "number_wrong"},
      {NULL, "收款行退回", "bank", "bank_wrong"},
      {NULL, "账户冻结", "number", "account_blocked"},
      {NULL, "久悬户", "number", "account_blocked"},
      {NULL, "收款账户状态异常", "number", "account_blocked"},
      {NULL, "零余额账户", "number", "account_kind"},
      {NULL, "收款行行号已停用", "bank", "bank_wrong"},
      {NULL, "支付行号不存在", "bank", "bank_wrong"},
      {NULL, "开户行名称有误", "name", "name_differs"}, /* of two the first; the applicant sees all three fields */
      {"AM04", NULL, NULL, NULL},
      {"AM05", NULL, NULL, NULL},
      {NULL, "未知", NULL, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Reason reason = policy_reason(cases[i].code, cases[i].text);
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr(reason.field, ==, cases[i].field);
    g_assert_cmpstr(reason.cause, ==, cases[i].cause);
  }
}

static void test_return(void) {
  static const struct {
    const char *code, *text;
    ReasonClass class;
    const char *field, *cause;
  } cases[] = {
      {"AC04", NULL, REASON_APPLICANT, "number", "account_closed"},
      {"BE01", "账号户名不符", REASON_APPLICANT, "name", "name_differs"},
      {"NARR", "账号户名不符", REASON_APPLICANT, "name", "name_differs"},
      {NULL, "退汇 原交易日期2026-11-20 付款人我方 户名不符", REASON_APPLICANT, "name", "name_differs"},
      {NULL, "退汇 余额不足", REASON_APPLICANT, "number", "sent_back"},
      {NULL, "退票", REASON_APPLICANT, "number", "sent_back"},
      {"MS03", NULL, REASON_APPLICANT, "number", "sent_back"},
      {NULL, NULL, REASON_APPLICANT, "number", "sent_back"},
      {"AG01", NULL, REASON_OURS, NULL, NULL},
      {"RR02", "退汇", REASON_OURS, NULL, NULL},
      {"AM05", NULL, REASON_OURS, NULL, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Reason reason = policy_return(cases[i].code, cases[i].text);
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(reason.class, ==, cases[i].class);
    g_assert_cmpstr(reason.field, ==, cases[i].field);
    g_assert_cmpstr(reason.cause, ==, cases[i].cause);
  }
}

static void test_reversed(void) {
  static const char *const words[] = {"退汇", "退票", "", NULL};
#define REMARK "Y0123456789ABCDEF 办理数字证书编码: 056869 "
  static const struct {
    BounceLine line;
    gboolean want;
  } cases[] = {
      {{"AC01", REMARK, words, TRUE}, FALSE}, /* RtrInf */
      {{"AC01", REMARK "冲账", words, TRUE}, FALSE},
      {{NULL, REMARK "退汇", words, TRUE}, FALSE},
      {{NULL, REMARK "退汇冲账", words, TRUE}, FALSE},
      {{NULL, REMARK "退票", words, FALSE}, FALSE},
      {{NULL, REMARK "冲正", words, TRUE}, TRUE},
      {{NULL, REMARK "冲账 账号记错", words, FALSE}, TRUE},
      {{NULL, REMARK "抹账", NULL, FALSE}, TRUE},
      {{NULL, REMARK "红字", NULL, FALSE}, TRUE},
      {{NULL, REMARK, words, TRUE}, TRUE}, /* the bare mark */
      {{NULL, REMARK "账户调整", words, TRUE}, TRUE},
      {{NULL, REMARK "户名不符", words, TRUE}, FALSE},
      {{NULL, REMARK "收款人已销户", words, TRUE}, FALSE},
      {{NULL, REMARK, words, FALSE}, FALSE}, /* our reference in a credit */
      {{NULL, NULL, NULL, TRUE}, TRUE},
      {{NULL, NULL, NULL, FALSE}, FALSE},
      {{NULL, "退票", NULL, TRUE}, TRUE}, /* a profile without return words: people look */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(policy_reversed(&cases[i].line), ==, cases[i].want);
    g_assert_true(policy_came_back(&cases[i].line) || !cases[i].want);
  }
}

static void test_came_back(void) {
  static const char *const words[] = {"退汇", "", NULL};
  g_assert_true(policy_came_back(&(BounceLine){"AC01", "", words, FALSE}));
  g_assert_true(policy_came_back(&(BounceLine){NULL, "", words, TRUE}));
  g_assert_true(policy_came_back(&(BounceLine){NULL, "网银退汇", words, FALSE}));
  g_assert_true(policy_came_back(&(BounceLine){NULL, "冲正", NULL, FALSE}));
  g_assert_false(policy_came_back(&(BounceLine){NULL, "退还一分钱", words, FALSE}));
  g_assert_false(policy_came_back(&(BounceLine){NULL, NULL, NULL, FALSE}));
}

static void test_status(void) {
  static const struct {
    const char *status;
    ReasonClass class;
    int want; /* -1: says nothing */
  } cases[] = {
      {"ACTC", REASON_OURS, TRANSFER_STATUS_PROGRESS},
      {"ACCP", REASON_OURS, TRANSFER_STATUS_PROGRESS},
      {"ACSP", REASON_OURS, TRANSFER_STATUS_PROGRESS},
      {"PDNG", REASON_DUPLICATE, TRANSFER_STATUS_PROGRESS},
      {"ACSC", REASON_OURS, TRANSFER_STATUS_SETTLED},
      {"ACCC", REASON_OURS, TRANSFER_STATUS_SETTLED},
      {"RJCT", REASON_OURS, TRANSFER_STATUS_REJECT},
      {"RJCT", REASON_APPLICANT, TRANSFER_STATUS_REJECT},
      {"RJCT", REASON_DUPLICATE, TRANSFER_STATUS_DUPLICATE},
      {"CANC", REASON_OURS, TRANSFER_STATUS_REJECT},
      {"RTND", REASON_APPLICANT, TRANSFER_STATUS_RETURN},
      {"PART", REASON_OURS, -1},
      {"rjct", REASON_OURS, -1},
      {"", REASON_OURS, -1},
      {NULL, REASON_OURS, -1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    TransferEvent event = TRANSFER_EVENTS;
    Reason reason = {cases[i].class, NULL};
    g_test_message("%s", cases[i].status ? cases[i].status : "none");
    g_assert_cmpint(policy_status(cases[i].status, reason, &event), ==, cases[i].want >= 0);
    g_assert_cmpint((int)event, ==, cases[i].want >= 0 ? cases[i].want : (int)TRANSFER_EVENTS);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/policy/round", test_round);
  g_test_add_func("/policy/doubts", test_doubts);
  g_test_add_func("/policy/account", test_account);
  g_test_add_func("/policy/reason", test_reason);
  g_test_add_func("/policy/cause", test_cause);
  g_test_add_func("/policy/return", test_return);
  g_test_add_func("/policy/reversed", test_reversed);
  g_test_add_func("/policy/came_back", test_came_back);
  g_test_add_func("/policy/status", test_status);
  return g_test_run();
}
