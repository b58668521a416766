/* rules.conf: what reads, what is refused and where, what prints. */
#include "parsers/match_rules.h"

#include <string.h>

#include "rules/error.h"

#define HEAD "[pass a]\nnumber = one\npayer = self\n"
#define GOOD HEAD "amount = exact\nthen = settle\n"

static const struct {
  const char *text, *reason, *line;
} bad[] = {
    {"number = one\n", "config_syntax", "1"},
    {"[rule a]\n", "config_section", "1"},
    {"[pass]\n", "config_section", "1"},
    {"[pass person]\n", "pass_name", "1"},
    {"[pass a\"b]\n", "pass_name", "1"},
    {"[pass 123456789012345678901234567890123]\n", "pass_name", "1"},
    {GOOD "\n[pass a]\n", "config_twice", "7"},
    {GOOD "\n[规则 a]\n", "config_twice", "7"},
    {GOOD "colour = red\n", "config_key", "6"},
    {GOOD "金额 = 相等\n", "config_twice", "4"},
    {"[pass a]\nnumber = one\n", "config_missing", "1"},
    {HEAD "amount = about\nthen = settle\n", "config_value", "4"},
    {HEAD "amount = exact less\nthen = settle\n", "config_value", "4"},
    {GOOD "days = 0\n", "config_value", "6"},
    {GOOD "days = -3\n", "config_value", "6"},
    {GOOD "name = equal, similar\n", "config_value", "6"},
    {HEAD "amount = less\nthen = settle\n", "pass_amount", "4"},
    {"[pass a]\nnumber = one\npayer = self, branch\namount = exact\nthen = settle\n", "config_value", "3"},
    {"[pass a]\nnumber = one\npayer = self, related\namount = exact\nthen = settle\n", "pass_payer", "3"},
    {"[规则 甲]\n单号 = 一个\n付款人 = 其他人\n金额 = 相等\n处理 = 入账\n", "pass_payer", "3"},
    {"[pass a]\nnumber = none\npayer = self, other_account\namount = exact\ndate = not_later\nthen = settle\n",
     "pass_payer", "3"},
    {"[pass a]\nnumber = none\npayer = self\namount = exact\nthen = settle\n", "pass_date", "1"},
    {"[pass a]\nnumber = any\npayer = self\namount = exact\nthen = settle\n", "pass_number", "2"},
    {GOOD "order = open, paid\n", "pass_due", "6"},
    {GOOD "besides = own\n", "pass_own", "6"},
    {GOOD "reason = short\n", "pass_reason", "6"},
    {HEAD "amount = any\nthen = case\n", "pass_reason", "1"},
    {HEAD "amount = sum\nthen = case\nreason = over\n", "pass_case_amount", "4"},
    {HEAD "amount = any\nthen = case\nreason = bank_refused\n", "config_value", "6"},
    {HEAD "amount = any\nthen = explained\n", "config_value", "5"},
};

static void test_bad(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(MatchRules) rules = match_rules_parse("rules.conf", bad[i].text, strlen(bad[i].text), &error);
    g_assert_true((rules == NULL) == (error != NULL));
    if (error == NULL || strcmp(error_reason(error), bad[i].reason) != 0 ||
        g_strcmp0(error_fact(error, "line"), bad[i].line) != 0)
      g_test_fail_printf("row %d: want %s line %s, got %s line %s", (int)i, bad[i].reason, bad[i].line,
                         error != NULL ? error_reason(error) : "rules", error != NULL ? error_fact(error, "line") : "");
  }
}

static gboolean same(const MatchPass *a, const MatchPass *b) {
  return strcmp(a->name, b->name) == 0 && a->number == b->number && a->payers == b->payers && a->due == b->due &&
         a->amount == b->amount && a->in_time == b->in_time && a->own_besides == b->own_besides &&
         a->disposition == b->disposition && a->reason == b->reason && a->grades == b->grades && a->days == b->days;
}

/* The built-in passes as a file read back as themselves, in both languages, and nothing follows them. */
static void test_round_trip(void) {
  for (int chinese = 0; chinese < 2; chinese++) {
    g_autoptr(GString) text = g_string_new("\xEF\xBB\xBF# 匹配规则\r\n");
    gsize count = 0;
    for (const MatchPass *pass = match_passes; pass->name != NULL; pass++, count++) {
      g_autofree char *section = match_pass_text(pass, chinese);
      g_string_append(text, section);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(MatchRules) rules = match_rules_parse("rules.conf", text->str, text->len, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rules->own, ==, count);
    g_assert_null(rules->passes[count].name);
    for (gsize i = 0; i < count; i++)
      g_assert_true(same(&rules->passes[i], &match_passes[i]));
  }
}

static void test_closer(void) {
  const char *text = "[规则 户名一致]\n单号=一个\n付款人=本单位、其他账号\n户名 = 相同，写法不同\n金额 = 相等\n天数 = "
                     "30\n处理 = 入账\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(MatchRules) rules = match_rules_parse("rules.conf", text, strlen(text), &error);
  g_assert_no_error(error);
  const MatchPass want = {.name = "户名一致",
                          .number = NUMBER_ONE,
                          .payers = PAYER_SELF | PAYER_OTHER_ACCOUNT,
                          .due = DUE_OPEN,
                          .amount = AMOUNT_EXACT,
                          .disposition = DISPOSITION_SETTLED,
                          .grades = 1u << NAME_EQUAL | 1u << NAME_NORMALISED,
                          .days = 30};
  g_assert_true(same(&rules->passes[0], &want));
}

/* What a file does not say never settles, and always ends with a person. */
static void test_net(void) {
  const char *text =
      GOOD "[pass b]\nnumber = any\npayer = self, other_account\norder = paid\namount = any\nthen = case\n"
           "reason = over\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(MatchRules) rules = match_rules_parse("rules.conf", text, strlen(text), &error);
  g_assert_no_error(error);
  g_assert_cmpuint(rules->own, ==, 2);
  gsize at = 2;
  for (const MatchPass *pass = match_passes; pass->name != NULL; pass++)
    if (pass->disposition == DISPOSITION_REVIEW && strcmp(pass->name, "number_paid") != 0) /* b covers that */
      g_assert_true(same(&rules->passes[at++], pass));
  g_assert_null(rules->passes[at].name);
}

static void test_empty(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(MatchRules) rules = match_rules_parse("rules.conf", "# nothing\n", 10, &error);
  g_assert_no_error(error);
  g_assert_true(same(&rules->passes[0], &match_passes[0]));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/match_rules/bad", test_bad);
  g_test_add_func("/match_rules/round_trip", test_round_trip);
  g_test_add_func("/match_rules/closer", test_closer);
  g_test_add_func("/match_rules/net", test_net);
  g_test_add_func("/match_rules/empty", test_empty);
  return g_test_run();
}
