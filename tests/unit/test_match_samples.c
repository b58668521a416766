/* The invented month with known truth: no wrong settlement, and nearly every line right. */
#include "rules/match.h"
#include "rules/triage.h"

#include <jansson.h>
#include <string.h>

#define ROOT "../shared/samples"

typedef struct {
  GPtrArray *orders;    /* Order */
  GArray *match_orders; /* MatchOrder */
  GPtrArray *lines;     /* Entry */
  GPtrArray *truths;    /* char ** of the row */
  GArray *entries;      /* MatchEntry, those that triage hands to matching */
  GArray *rows;         /* guint: truth row of each of these */
} Sample;

static const char *string_at(json_t *object, const char *outer, const char *inner) {
  return json_string_value(json_object_get(json_object_get(object, outer), inner));
}

static Order *read_order(const char *line) {
  json_t *object = json_loads(line, 0, NULL);
  g_assert_nonnull(object);
  Order *order = g_new0(Order, 1);
  order->order_no = g_strdup(json_string_value(json_object_get(object, "order_no")));
  g_assert_true(instant_parse(json_string_value(json_object_get(object, "submitted_at")), &order->submitted_at));
  order->applicant_name = g_strdup(string_at(object, "applicant", "name"));
  order->account_number = g_strdup(string_at(object, "bank_account", "number"));
  order->method = g_str_equal(string_at(object, "payment", "method"), "wire") ? METHOD_WIRE : METHOD_ALIPAY;
  g_assert_true(money_parse(string_at(object, "payment", "amount"), string_at(object, "payment", "currency"),
                            &order->price, NULL));
  json_decref(object);
  return order;
}

static void read_orders(Sample *sample, const char *path) {
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '\0')
      continue;
    Order *order = read_order(lines[i]);
    MatchOrder one = {order, order->method == METHOD_WIRE ? MATCH_OPEN : MATCH_ONLINE};
    g_ptr_array_add(sample->orders, order);
    g_array_append_val(sample->match_orders, one);
  }
}

static char *present(const char *text) {
  return *text == '\0' ? NULL : g_strdup(text);
}

enum { ACCOUNT, DATE, AMOUNT, DIRECTION, REFERENCE, NAME, PARTY, REMARK, CLASS, WANT, ORDERS, REASON };

static Entry *read_line(char **row) {
  Entry *line = g_new0(Entry, 1);
  line->account = g_strdup(row[ACCOUNT]);
  g_assert_true(day_parse(row[DATE], &line->booking_date));
  g_assert_true(money_parse(row[AMOUNT], "CNY", &line->amount, NULL));
  line->direction = g_str_equal(row[DIRECTION], "credit") ? DIRECTION_CREDIT : DIRECTION_DEBIT;
  line->bank_reference = present(row[REFERENCE]);
  line->counterparty_name = present(row[NAME]);
  line->counterparty_account = present(row[PARTY]);
  line->remark = present(row[REMARK]);
  return line;
}

static Triage look(const Entry *line) {
  static const char *const own[] = {"4000021219200888866", "41005000040088866", "755952180510888", NULL};
  static const char *const returns[] = {"退汇", "退票", NULL}, *const fees[] = {"手续费", "结息", NULL};
  static const char *const remarks[] = {"办理数字证书编码:", NULL};
  const TriageRules rules = {own, returns, fees, remarks, {1, "CNY"}};
  return triage_entry(line, &rules, NULL);
}

static void read_truth(Sample *sample, const char *path) {
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (int i = 1; lines[i] != NULL; i++) {
    if (*lines[i] == '\0')
      continue;
    char **row = g_strsplit(lines[i], "\t", -1);
    g_assert_cmpuint(g_strv_length(row), ==, 12);
    Entry *line = read_line(row);
    line->id = i;
    guint at = sample->truths->len;
    g_ptr_array_add(sample->truths, row);
    g_ptr_array_add(sample->lines, line);
    Triage triage = look(line);
    MatchEntry entry = {.line = line, .place = i};
    if (triage == TRIAGE_MATCH || triage == TRIAGE_REVERSAL) {
      g_array_append_val(sample->entries, entry);
      g_array_append_val(sample->rows, at);
    }
  }
}

static char *outcome_text(const Sample *sample, const MatchOutcome *outcome) {
  GString *text = g_string_new(disposition_word(outcome->disposition));
  for (guint i = 0; i < outcome->allocations->len; i++) {
    gsize order = g_array_index(outcome->allocations, MatchAllocation, i).order;
    g_string_append_printf(text, "%c%s", i == 0 ? ' ' : ',',
                           g_array_index(sample->match_orders, MatchOrder, order).order->order_no);
  }
  return g_string_free(text, FALSE);
}

/* What truth allows, in the form of outcome_text(). */
static gboolean allowed(char **row, const char *got) {
  g_auto(GStrv) wants = g_strsplit(row[WANT], "|", -1);
  for (int i = 0; wants[i] != NULL; i++) {
    g_autofree char *settled = g_strdup_printf("settled %s", row[ORDERS]);
    if (g_str_equal(wants[i], "settled") ? g_str_equal(got, settled) : g_str_equal(got, wants[i]))
      return TRUE;
  }
  return FALSE;
}

/* Lines that no bank field tells apart may share their truths in any order. */
static gboolean same_line(char **a, char **b) {
  for (int i = ACCOUNT; i <= REMARK; i++)
    if (!g_str_equal(a[i], b[i]))
      return FALSE;
  return TRUE;
}

static gboolean right(const Sample *sample, gboolean *used, guint row, const char *got) {
  for (guint i = 0; i < sample->truths->len; i++) {
    char **truth = sample->truths->pdata[i];
    if (used[i] || !same_line(truth, sample->truths->pdata[row]) || !allowed(truth, got))
      continue;
    used[i] = TRUE;
    return TRUE;
  }
  return FALSE;
}

typedef struct {
  guint right, wrong, wrong_settled, reasons;
} Score;

static void judge(const Sample *sample, gboolean *used, guint row, const char *got, const char *reason, Score *score) {
  char **truth = sample->truths->pdata[row];
  if (right(sample, used, row, got)) {
    score->right++;
    score->reasons +=
        *truth[REASON] == '\0' || g_str_has_prefix(got, "settled") || g_strcmp0(reason, truth[REASON]) == 0;
    return;
  }
  score->wrong++;
  score->wrong_settled += g_str_has_prefix(got, "settled");
  g_test_message("%s %s %s %s %s: want %s %s, got %s (%s)", truth[CLASS], truth[DATE], truth[AMOUNT], truth[NAME],
                 truth[REMARK], truth[WANT], truth[ORDERS], got, reason == NULL ? "" : reason);
}

static Score score_sample(const Sample *sample) {
  const MatchGroup group = {(const MatchEntry *)(gpointer)sample->entries->data,
                            sample->entries->len,
                            (const MatchOrder *)(gpointer)sample->match_orders->data,
                            sample->match_orders->len,
                            NULL,
                            0,
                            NULL};
  g_autoptr(MatchResult) result = match_decide(&group);
  g_autofree gboolean *used = g_new0(gboolean, sample->truths->len), *matched = g_new0(gboolean, sample->truths->len);
  Score score = {0};
  for (guint i = 0; i < sample->rows->len; i++) {
    guint row = g_array_index(sample->rows, guint, i);
    g_autofree char *got = outcome_text(sample, &result->outcomes[i]);
    matched[row] = TRUE;
    judge(sample, used, row, got, result->outcomes[i].reason, &score);
  }
  for (guint row = 0; row < sample->lines->len; row++)
    if (!matched[row])
      judge(sample, used, row, look(sample->lines->pdata[row]) == TRIAGE_TIE ? "review" : "explained", "", &score);
  return score;
}

static void free_row(gpointer row) {
  g_strfreev(row);
}

static void test_sample(gconstpointer name) {
  g_autofree char *folder = g_build_filename(ROOT, name, NULL);
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
    g_test_skip("shared/ is absent");
    return;
  }
  g_autofree char *orders = g_build_filename(folder, "orders.jsonl", NULL);
  g_autofree char *online = g_build_filename(folder, "orders-online.jsonl", NULL);
  g_autofree char *truth = g_build_filename(folder, "truth.tsv", NULL);
  g_autoptr(GPtrArray) order_list = g_ptr_array_new_with_free_func((GDestroyNotify)order_free);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
  g_autoptr(GPtrArray) truths = g_ptr_array_new_with_free_func(free_row);
  g_autoptr(GArray) match_orders = g_array_new(FALSE, FALSE, sizeof(MatchOrder));
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(MatchEntry));
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint));
  Sample sample = {order_list, match_orders, lines, truths, entries, rows};
  read_orders(&sample, orders);
  read_orders(&sample, online);
  read_truth(&sample, truth);
  Score score = score_sample(&sample);
  g_test_message("%s: %u right, %u wrong, %u wrong settlements, %u reasons right", (const char *)name, score.right,
                 score.wrong, score.wrong_settled, score.reasons);
  g_assert_cmpuint(score.wrong_settled, ==, 0);
  g_assert_cmpuint(score.right * 100, >=, (score.right + score.wrong) * 99);
  g_assert_cmpuint(score.reasons * 100, >=, score.right * 97);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_data_func("/match/samples/small", "small", test_sample);
  g_test_add_data_func("/match/samples/month", "month", test_sample);
  return g_test_run();
}
