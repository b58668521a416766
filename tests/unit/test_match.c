/* Every pass and every rule that never bends, one small scene each. */
#include "parsers/match_json.h"
#include "rules/match_pass.h"

#include <jansson.h>
#include <string.h>

#define N1 "202611010000001"
#define N2 "202611010000002"
#define N3 "202611010000003"
#define JIA "深圳市甲乙科技有限公司"
#define YI "广州丙丁贸易有限公司"
#define LONG "深圳国际控股投资发展市信诚金新能源（广"

typedef struct {
  const char *no, *applicant, *account;
  gint64 price;
  Day day; /* of submission */
  MatchOrderState state;
} SceneOrder;

typedef struct {
  const char *payer, *account;
  gint64 amount;
  Day day;
  const char *remark;
  enum { WIRE, REVERSAL, WORDED, BATCH, EURO, DECIDED } kind;
  const char *time, *reference;
} SceneLine;

typedef struct {
  const char *name;
  SceneOrder orders[4];
  SceneLine lines[5];
  const char *want[5]; /* "settled PASS NO,NO" "review REASON PASS #CASE" "explained PASS" "pending PASS" */
  MatchFixed fixed[2]; /* amount 0 ends */
} Scene;

static const Scene scenes[] = {
    {"number", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 100, 2, N1}}, {"settled number " N1}},
    {"number, normalised name",
     {{N1, JIA, "11", 100, 1}},
     {{"深圳市甲 乙科技有限公司", "1 1", 100, 2, "号" N1}},
     {"settled number " N1}},
    {"number, another account", {{N1, JIA, "11", 100, 1}}, {{JIA, "12", 100, 2, N1}}, {"settled number " N1}},
    {"number, no account", {{N1, JIA, "11", 100, 1}}, {{JIA, NULL, 100, 2, N1}}, {"settled number " N1}},
    {"number, wire before its order", {{N1, JIA, "11", 100, 9}}, {{JIA, "11", 100, 2, N1}}, {"settled number " N1}},
    {"number twice in the text", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 100, 2, N1 " " N1}}, {"settled number " N1}},
    {"truncated with account",
     {{N1, LONG "东）第二工程有限公司", "11", 100, 1}},
     {{LONG, "11", 100, 2}},
     {"settled payer_amount " N1}},
    {"truncated without account",
     {{N1, LONG "东）第二工程有限公司", "11", 100, 1}},
     {{LONG, "12", 100, 2, N1}},
     {"review name_differs related_number #0"}},
    {"truncated, and two applicants gave this account",
     {{N1, LONG "东）第二工程有限公司", "11", 100, 1}, {N2, LONG "东）第三工程有限公司", "11", 70, 1}},
     {{LONG, "11", 100, 2}},
     {"review name_differs related_payer #0"}},
    {"truncated, and its applicant has two orders",
     {{N1, LONG "东）第二工程有限公司", "11", 100, 1}, {N2, LONG "东）第二工程有限公司", "11", 70, 1}},
     {{LONG, "11", 100, 2}},
     {"settled payer_amount " N1}},
    {"rare character with account",
     {{N1, "深圳市龘鑫科技有限公司", "11", 100, 1}},
     {{"深圳市?鑫科技有限公司", "11", 100, 2}},
     {"settled payer_amount " N1}},
    {"rare character without account",
     {{N1, "深圳市龘鑫科技有限公司", "11", 100, 1}},
     {{"深圳市?鑫科技有限公司", "12", 100, 2, N1}},
     {"review name_differs related_number #0"}},
    {"payer and amount", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 100, 1, "货款"}}, {"settled payer_amount " N1}},
    {"payer and amount, order later",
     {{N1, JIA, "11", 100, 3}},
     {{JIA, "11", 100, 2}},
     {"review late_order later_order #0"}},
    {"payer and amount, another account",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "12", 100, 2}},
     {"review account_differs other_account #0"}},
    {"account, no name",
     {{N1, JIA, "11", 100, 1}},
     {{NULL, "11", 100, 2}},
     {"review unknown_payer nameless_account #0"}},
    {"number, no name",
     {{N1, JIA, "11", 100, 1}},
     {{" ", "11", 100, 2, N1}},
     {"review unknown_payer nameless_number #0"}},
    {"account, other name",
     {{N1, JIA, "11", 100, 1}},
     {{"张三", "11", 100, 2}},
     {"review third_party account_only #0"}},
    {"nothing in common", {{N1, JIA, "11", 100, 1}}, {{YI, "22", 100, 2, "服务费"}}, {"pending no_order"}},
    {"empty equals nothing", {{N1, "", "", 100, 1}}, {{NULL, NULL, 100, 2}}, {"pending no_order"}},
    {"no orders at all", {{NULL}}, {{YI, "22", 100, 2, "202611010000099"}}, {"pending no_order"}},
    {"equal orders",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2}},
     {"review ambiguous equal_orders #0"}},
    {"equal orders, two wires: one case",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2}, {JIA, "11", 100, 3}},
     {"review ambiguous equal_orders #0", "review ambiguous equal_orders #0"}},
    {"one of two equal orders is named: the other is left",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2}, {JIA, "11", 100, 3, N1}},
     {"settled payer_amount " N2, "settled number " N1}},
    {"the second order came after the first wire",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 100, 4}},
     {{JIA, "11", 100, 2}, {JIA, "11", 100, 5}},
     {"settled payer_amount " N1, "settled payer_amount " N2}},
    {"one order or the sum of two others",
     {{N1, JIA, "11", 300, 1}, {N2, JIA, "11", 100, 1}, {N3, JIA, "11", 200, 1}},
     {{JIA, "11", 300, 2}},
     {"review ambiguous equal_orders #0"}},
    {"silent sum",
     {{N1, JIA, "11", 300, 1}, {N2, JIA, "11", 100, 1}},
     {{JIA, "11", 400, 2}},
     {"review combined silent_sum #0"}},
    {"paid twice",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 100, 2, N1}},
     {"settled number " N1, "review already_paid number_paid #0"}},
    {"paid twice, no number",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2}, {JIA, "11", 100, 3}},
     {"settled payer_amount " N1, "review already_paid paid_again #0"}},
    {"the number goes before the earlier wire",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2}, {JIA, "11", 100, 3, N1}},
     {"review already_paid paid_again #0", "settled number " N1}},
    {"time of day decides within a day",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1, WIRE, "1970-01-03T09:00:01"}, {JIA, "11", 100, 2, N1, WIRE, "1970-01-03T09:00:00"}},
     {"review already_paid number_paid #0", "settled number " N1}},
    {"paid online",
     {{N1, JIA, "11", 100, 1, MATCH_ONLINE}},
     {{JIA, "11", 100, 2, N1}},
     {"review already_paid number_paid #0"}},
    {"accepted",
     {{N1, JIA, "11", 100, 1, MATCH_ACCEPTED}},
     {{JIA, "11", 100, 2, N1}},
     {"review already_paid number_paid #0"}},
    {"lapsed, named",
     {{N1, JIA, "11", 100, 1, MATCH_GONE}},
     {{JIA, "11", 100, 2, N1}},
     {"review order_closed closed_number #0"}},
    {"lapsed, not named", {{N1, JIA, "11", 100, 1, MATCH_GONE}}, {{JIA, "11", 100, 2}}, {"pending no_order"}},
    {"lapsed number is a veto",
     {{N1, JIA, "11", 100, 1, MATCH_GONE}, {N2, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}},
     {"review order_closed closed_number #0"}},
    {"short", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 95, 2, N1}}, {"review short number_short #0"}},
    {"over", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 105, 2, N1}}, {"review over number_over #0"}},
    {"short, no number", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 95, 2}}, {"review short amount_short #0"}},
    {"over, no number", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 105, 2}}, {"review over amount_over #0"}},
    {"short, other account", {{N1, JIA, "11", 100, 1}}, {{JIA, "12", 95, 2}}, {"review short amount_short #0"}},
    {"parts",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 60, 2, N1}, {JIA, "11", 40, 3, N1 "余款"}},
     {"settled number_parts " N1, "settled number_parts " N1}},
    {"parts, one does not name it",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 60, 2, N1}, {JIA, "11", 40, 3, "余款"}},
     {"review short number_short #0", "review short amount_short #0"}},
    {"parts, one by another payer",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 60, 2, N1}, {YI, "22", 40, 3, N1}},
     {"review short number_short #0", "review third_party foreign_number #1"}},
    {"parts that step over the price",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 60, 2, N1}, {JIA, "11", 60, 3, N1}, {JIA, "11", 40, 4, N1}},
     {"review short number_short #0", "review short number_short #0", "review short number_short #0"}},
    {"parts, then one more",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 60, 2, N1}, {JIA, "11", 40, 3, N1}, {JIA, "11", 60, 4, N1}},
     {"settled number_parts " N1, "settled number_parts " N1, "review already_paid number_paid #0"}},
    {"two orders named",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 70, 1}},
     {{JIA, "11", 170, 2, N1 "/" N2}},
     {"settled numbers_sum " N1 "," N2}},
    {"two orders named without a gap",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 70, 1}},
     {{JIA, "11", 170, 2, N2 N1}},
     {"settled numbers_sum " N1 "," N2}},
    {"two orders named, sum differs",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 70, 1}},
     {{JIA, "11", 171, 2, N1 "/" N2}},
     {"review combined number_left #0"}},
    {"two orders named, amount of one",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 70, 1}},
     {{JIA, "11", 100, 2, N1 "/" N2}},
     {"review combined number_left #0"}},
    {"two orders named, one another's",
     {{N1, JIA, "11", 100, 1}, {N2, YI, "22", 70, 1}},
     {{JIA, "11", 170, 2, N1 "/" N2}},
     {"review contradiction other_number #0"}},
    {"two orders named, one paid",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 70, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 170, 3, N1 "/" N2}},
     {"settled number " N1, "review already_paid number_paid #0"}},
    {"another's number is a veto",
     {{N1, JIA, "11", 100, 1}, {N2, YI, "22", 100, 1}},
     {{JIA, "11", 100, 2, N2}},
     {"review contradiction other_number #0"}},
    {"third party", {{N1, JIA, "11", 100, 1}}, {{"张三", "62", 100, 2, N1}}, {"review third_party foreign_number #0"}},
    {"third party does not keep the applicant out",
     {{N1, JIA, "11", 100, 1}},
     {{"张三", "62", 100, 2, N1}, {JIA, "11", 100, 3}},
     {"review third_party foreign_number #0", "settled payer_amount " N1}},
    {"branch", {{N1, JIA, "11", 100, 1}}, {{JIA "东莞分公司", "12", 100, 2}}, {"review name_differs related_payer #0"}},
    {"branch names the order",
     {{N1, JIA, "11", 100, 1}},
     {{JIA "东莞分公司", "11", 100, 2, N1}},
     {"review name_differs related_number #0"}},
    {"parent pays for its branch",
     {{N1, JIA "东莞分公司", "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}},
     {"review name_differs related_number #0"}},
    {"legal form",
     {{N1, JIA, "11", 100, 1}},
     {{"深圳甲乙科技有限责任公司", "11", 100, 2, N1}},
     {"review name_differs related_number #0"}},
    {"a batch that was not split",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1, BATCH}},
     {"review combined batch #0"}},
    {"another currency", {{N1, JIA, "11", 100, 1}}, {{JIA, "11", 100, 2, N1, EURO}}, {"review currency currency #0"}},
    {"platform",
     {{N1, JIA, "11", 100, 1}},
     {{"支付宝（中国）网络技术有限公司客户备付金", "33", 100, 2, "提现"}},
     {"explained platform"}},
    {"platform names an order",
     {{N1, JIA, "11", 100, 1}},
     {{"支付宝（中国）网络技术有限公司", "33", 100, 2, N1}},
     {"review third_party foreign_number #0"}},
    {"reversal",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 100, 3, N1 " 冲正", WORDED}},
     {"explained reversal", "explained reversal"}},
    {"reversal, paid again",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 100, 3, NULL, REVERSAL}, {JIA, "11", 100, 4, N1}},
     {"explained reversal", "explained reversal", "settled number " N1}},
    {"reversal, two credits fit: frozen",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 100, 2, N1}, {JIA, "11", 100, 3, NULL, REVERSAL}},
     {"review reversed reversal #0", "review reversed reversal #0", "review reversed reversal #0"}},
    {"reversal by reference",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1, WIRE, NULL, "SN0000001"},
      {JIA, "11", 100, 2, N1, WIRE, NULL, "SN0000002"},
      {NULL, NULL, 100, 3, "SN0000001", REVERSAL}},
     {"explained reversal", "settled number " N1, "explained reversal"}},
    {"reversal by number among equals",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 100, 2, N2}, {JIA, "11", 100, 3, N2, REVERSAL}},
     {"settled number " N1, "explained reversal", "explained reversal"}},
    {"two reversals, one credit",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 100, 3, NULL, REVERSAL}, {JIA, "11", 100, 3, NULL, REVERSAL}},
     {"review reversed reversal #0", "review reversed reversal #0", "review reversed reversal #0"}},
    {"reversal of another amount",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 99, 3, NULL, REVERSAL}},
     {"settled number " N1, "review reversed reversal #0"}},
    {"reversal before its credit",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 4, N1}, {JIA, "11", 100, 3, NULL, REVERSAL}},
     {"settled number " N1, "review reversed reversal #0"}},
    {"reversal, nobody named",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1}, {NULL, NULL, 100, 3, NULL, REVERSAL}},
     {"settled number " N1, "review reversed reversal #0"}},
    {"reversal of a stranger's wire",
     {{N1, JIA, "11", 100, 1}},
     {{YI, "22", 100, 2}, {YI, "22", 100, 3, "冲正", WORDED}},
     {"explained reversal", "explained reversal"}},
    {"a word is no reversal",
     {{N1, JIA, "11", 100, 1}},
     {{YI, "22", 77, 3, "红字发票", WORDED}},
     {"explained ordinary_debit"}},
    {"fixed stays, and is used",
     {{N1, JIA, "11", 100, 1}},
     {{"张三", "62", 100, 2, N1}, {JIA, "11", 100, 3, N1}},
     {"settled fixed " N1, "review already_paid number_paid #0"},
     {{0, 0, 100}}},
    {"the rest of a fixed order is open",
     {{N1, JIA, "11", 100, 1}},
     {{"张三", "62", 30, 2, N1}, {JIA, "11", 70, 3, N1}},
     {"settled fixed " N1, "settled number " N1},
     {{0, 0, 30}}},
    {"one of two named orders was accepted",
     {{N1, JIA, "11", 100, 1, MATCH_ACCEPTED}, {N2, JIA, "11", 70, 1}},
     {{JIA, "11", 170, 2, N1 "/" N2}},
     {"settled fixed " N1 "," N2},
     {{0, 0, 100}}},
    {"a person left a rest",
     {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 70, 1}},
     {{JIA, "11", 170, 2, N1 "/" N2, DECIDED}},
     {"settled fixed " N1},
     {{0, 0, 100}}},
    {"a person explained it",
     {{N1, JIA, "11", 100, 1}},
     {{JIA, "11", 100, 2, N1, DECIDED}, {JIA, "11", 100, 3, N1}},
     {"explained person", "settled number " N1}},
    {"reversal after acceptance",
     {{N1, JIA, "11", 100, 1, MATCH_ACCEPTED}},
     {{JIA, "11", 100, 2, N1}, {JIA, "11", 100, 3, NULL, REVERSAL}},
     {"review reversed reversal #0 " N1, "review reversed reversal #0"},
     {{0, 0, 100}}},
};

typedef struct {
  Order order_rows[4];
  MatchOrder orders[4];
  Entry lines[5];
  MatchEntry entries[5];
  MatchGroup group;
} Stage;

static void set_order(Stage *stage, const SceneOrder *from, gsize i) {
  stage->order_rows[i] = (Order){.id = (gint64)i + 1,
                                 .order_no = g_strdup(from->no),
                                 .applicant_name = g_strdup(from->applicant),
                                 .account_number = g_strdup(from->account),
                                 .submitted_at = instant_at(from->day, 9, 0, 0),
                                 .price = {from->price, "CNY"}};
  stage->orders[i] = (MatchOrder){&stage->order_rows[i], from->state};
}

static void set_line(Stage *stage, const SceneLine *from, gsize i) {
  gboolean debit = from->kind == REVERSAL || from->kind == WORDED;
  stage->lines[i] = (Entry){.id = (gint64)i + 1,
                            .account = g_strdup("own"),
                            .booking_date = from->day,
                            .time = g_strdup(from->time),
                            .amount = {from->amount, "CNY"},
                            .direction = debit ? DIRECTION_DEBIT : DIRECTION_CREDIT,
                            .reversal = from->kind == REVERSAL,
                            .transactions = from->kind == BATCH ? 3 : 0,
                            .counterparty_name = g_strdup(from->payer),
                            .counterparty_account = g_strdup(from->account),
                            .bank_reference = g_strdup(from->reference),
                            .remark = g_strdup(from->remark)};
  if (from->kind == EURO)
    g_strlcpy(stage->lines[i].amount.currency, "EUR", MONEY_CURRENCY_SIZE);
  stage->entries[i] = (MatchEntry){.line = &stage->lines[i],
                                   .place = (gint64)i,
                                   .decided = from->kind == DECIDED,
                                   .disposition = DISPOSITION_EXPLAINED};
}

static void stage_set(Stage *stage, const Scene *scene) {
  *stage = (Stage){.group = {.entries = stage->entries, .orders = stage->orders, .fixed = scene->fixed}};
  for (gsize i = 0; i < G_N_ELEMENTS(scene->orders) && scene->orders[i].no != NULL; i++, stage->group.order_count++)
    set_order(stage, &scene->orders[i], i);
  for (gsize i = 0; i < G_N_ELEMENTS(scene->lines) && scene->want[i] != NULL; i++, stage->group.entry_count++)
    set_line(stage, &scene->lines[i], i);
  while (stage->group.fixed_count < 2 && scene->fixed[stage->group.fixed_count].amount > 0)
    stage->group.fixed_count++;
}

static void stage_clear(Stage *stage) {
  for (gsize i = 0; i < stage->group.order_count; i++)
    order_clear(&stage->order_rows[i]);
  for (gsize i = 0; i < stage->group.entry_count; i++)
    entry_clear(&stage->lines[i]);
}

static char *outcome_text(const Stage *stage, const MatchOutcome *outcome) {
  GString *text = g_string_new(disposition_word(outcome->disposition));
  if (outcome->disposition == DISPOSITION_REVIEW)
    g_string_append_printf(text, " %s %s #%d", outcome->reason, outcome->rule, (int)outcome->in_case);
  else
    g_string_append_printf(text, " %s", outcome->rule);
  for (guint i = 0; i < outcome->allocations->len; i++)
    g_string_append_printf(text, "%c%s", i == 0 ? ' ' : ',',
                           stage->order_rows[g_array_index(outcome->allocations, MatchAllocation, i).order].order_no);
  return g_string_free(text, FALSE);
}

static void test_scenes(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(scenes); i++) {
    Stage stage;
    stage_set(&stage, &scenes[i]);
    g_autoptr(MatchResult) result = match_decide(&stage.group);
    for (gsize k = 0; k < stage.group.entry_count; k++) {
      g_autofree char *got = outcome_text(&stage, &result->outcomes[k]);
      if (strcmp(got, scenes[i].want[k]) != 0)
        g_test_fail_printf("%s, line %d: want %s, got %s", scenes[i].name, (int)k, scenes[i].want[k], got);
    }
    stage_clear(&stage);
  }
}

/* Each pass of the table is met by a scene: no row that nothing tests. */
static void test_all_passes(void) {
  for (const MatchPass *pass = match_passes; pass->name != NULL; pass++) {
    gboolean met = FALSE;
    g_autofree char *word = g_strdup_printf(" %s ", pass->name);
    for (gsize i = 0; i < G_N_ELEMENTS(scenes); i++)
      for (gsize k = 0; k < G_N_ELEMENTS(scenes[i].want) && scenes[i].want[k] != NULL; k++)
        met |= strstr(scenes[i].want[k], word) != NULL;
    if (!met)
      g_test_fail_printf("no scene ends in pass %s", pass->name);
    g_assert_true((pass->disposition == DISPOSITION_REVIEW) == (pass->reason != NULL));
  }
}

/* Whatever reason a case can have is known as matching's. */
static void test_reasons(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(scenes); i++) {
    Stage stage;
    stage_set(&stage, &scenes[i]);
    g_autoptr(MatchResult) result = match_decide(&stage.group);
    for (gsize k = 0; k < result->case_count; k++)
      g_assert_nonnull(match_reason(result->cases[k].reason));
    stage_clear(&stage);
  }
  g_assert_null(match_reason("unknown_debit"));
  g_assert_null(match_reason("application"));
}

/* What spoke against each candidate, and where the number stands. */
static void test_evidence(void) {
  static const Scene scene = {"evidence",
                              {{N1, JIA, "11", 100, 1}, {N2, JIA, "11", 70, 1}, {N3, YI, "22", 100, 1, MATCH_GONE}},
                              {{JIA, "11", 100, 2, "单号" N1 "。"}, {JIA, "11", 90, 3, N1}, {JIA, "11", 60, 4, NULL}},
                              {"", "", ""}};
  static const char *const want[3][2] = {{NULL, "other_number"}, {"paid", "other_number"}, {"paid", "amount"}};
  Stage stage;
  stage_set(&stage, &scene);
  g_autoptr(MatchResult) result = match_decide(&stage.group);
  for (int i = 0; i < 3; i++) {
    g_assert_cmpuint(result->outcomes[i].candidates->len, ==, 2);
    for (guint k = 0; k < 2; k++)
      g_assert_cmpstr(g_array_index(result->outcomes[i].candidates, MatchCandidate, k).against, ==, want[i][k]);
  }
  const MatchHit *hit = &g_array_index(result->outcomes[0].hits, MatchHit, 0);
  g_assert_cmpstr(hit->field, ==, "remark");
  g_assert_cmpuint(hit->offset, ==, 6);
  g_assert_cmpuint(hit->length, ==, 15);
  g_assert_true(result->outcomes[0].proves);
  g_assert_false(result->outcomes[1].proves);
  stage_clear(&stage);
}

static void test_card(void) {
  static const Scene scene = {
      "card", {{N1, JIA, "11", 104800, 1}, {N2, JIA, "11", 104800, 1}}, {{JIA, "11", 104800, 2, "证书费"}}, {""}};
  Stage stage;
  stage_set(&stage, &scene);
  g_autoptr(MatchResult) result = match_decide(&stage.group);
  g_assert_cmpuint(result->case_count, ==, 1);
  g_autofree char *text = match_card(&stage.group, result, 0);
  json_t *card = json_loads(text, 0, NULL);
  json_t *entry = json_array_get(json_object_get(card, "entries"), 0);
  json_t *candidate = json_array_get(json_object_get(entry, "candidates"), 1);
  g_assert_cmpstr(json_string_value(json_object_get(card, "reason")), ==, "ambiguous");
  g_assert_cmpuint(json_array_size(json_object_get(card, "orders")), ==, 2);
  g_assert_cmpstr(json_string_value(json_object_get(entry, "amount")), ==, "1048.00");
  g_assert_cmpstr(json_string_value(json_object_get(entry, "remark")), ==, "证书费");
  g_assert_cmpstr(json_string_value(json_object_get(candidate, "order_no")), ==, N2);
  g_assert_cmpstr(json_string_value(json_object_get(candidate, "against")), ==, "equal_candidate");
  json_decref(card);
  g_autofree char *explained = match_explain(&stage.group, result, 0);
  g_assert_nonnull(strstr(explained, "\"rule\":\"equal_orders\""));
  stage_clear(&stage);
}

static void test_words(void) {
  for (int i = 0; i < DISPOSITIONS; i++) {
    Disposition back = DISPOSITIONS;
    g_assert_true(disposition_parse(disposition_word((Disposition)i), &back));
    g_assert_cmpint(back, ==, i);
  }
  Disposition untouched = DISPOSITION_REVIEW;
  g_assert_false(disposition_parse("lost", &untouched));
  g_assert_cmpint(untouched, ==, DISPOSITION_REVIEW);
  g_assert_cmpstr(match_payer_word(PAYER_SELF), ==, "self");
  g_assert_cmpstr(match_payer_word(PAYER_NAMELESS), ==, "nameless");
}

static void test_nothing(void) {
  const MatchGroup group = {0};
  g_autoptr(MatchResult) result = match_decide(&group);
  g_assert_cmpuint(result->outcome_count + result->case_count, ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/match/scenes", test_scenes);
  g_test_add_func("/match/all_passes", test_all_passes);
  g_test_add_func("/match/reasons", test_reasons);
  g_test_add_func("/match/evidence", test_evidence);
  g_test_add_func("/match/card", test_card);
  g_test_add_func("/match/words", test_words);
  g_test_add_func("/match/nothing", test_nothing);
  return g_test_run();
}
