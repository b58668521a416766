#include "daemon/place_text.h"

#include <string.h>

#include "daemon/text.h"

static const struct {
  const char *format;
  gint64 line;
  const char *origin, *whole, *brief;
} cases[] = {
    {"csv", 17, "{\"amount\":\"贷方发生额\",\"remark\":\"附言\",\"time\":\"交易时间\"}",
     "第 17 行，金额在“贷方发生额”列，附言在“附言”列", "第 17 行，附言在“附言”列"},
    {"csv", 2, "{\"amount\":\"金额\",\"summary\":\"摘要\"}", "第 2 行，金额在“金额”列，摘要在“摘要”列",
     "第 2 行，摘要在“摘要”列"},
    {"csv", 2, "{\"amount\":\"金额\"}", "第 2 行，金额在“金额”列", "第 2 行"},
    {"camt.053.001.08", 3, "{\"amount\":\"Amt\",\"remark\":\"NtryDtls/TxDtls/RmtInf/Ustrd\"}",
     "第 3 笔，金额在 Amt，附言在 NtryDtls/TxDtls/RmtInf/Ustrd", "第 3 笔，附言在 NtryDtls/TxDtls/RmtInf/Ustrd"},
    {"mt940", 30, "{\"amount\":\":61:\",\"remark\":\":86:\"}",
     "第 30 行，金额在 :61:，附言在 :86:", "第 30 行，附言在 :86:"},
    {"camt.053.001.08", 3, "null", "第 3 笔", "第 3 笔"},
    {NULL, 5, "{}", "第 5 行", "第 5 行"},
};

static void test_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_auto_t *origin = json_loads(cases[i].origin, JSON_DECODE_ANY, NULL);
    g_autofree char *whole = place_text(cases[i].format, cases[i].line, origin);
    g_autofree char *brief = place_brief(cases[i].format, cases[i].line, origin);
    g_assert_cmpstr(whole, ==, cases[i].whole);
    g_assert_cmpstr(brief, ==, cases[i].brief);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  text_init("zh_CN");
  g_test_add_func("/place_text/cases", test_cases);
  return g_test_run();
}
