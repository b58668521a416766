#include "parsers/match_rules.h"

#include <string.h>

#include "parsers/keyfile.h"
#include "rules/error.h"

#define MOST_PASSES 100
#define MOST_DAYS 3660
#define NAME_CHARACTERS 32

typedef struct {
  const char *word, *chinese;
  int value;
} Word;

static const Word numbers[] = {{"none", "没有", NUMBER_NONE},
                               {"one", "一个", NUMBER_ONE},
                               {"several", "几个", NUMBER_SEVERAL},
                               {"any", "有", NUMBER_ANY},
                               {NULL}};
static const Word payers[] = {{"self", "本单位", PAYER_SELF},
                              {"other_account", "其他账号", PAYER_OTHER_ACCOUNT},
                              {"related", "相近单位", PAYER_RELATED},
                              {"account", "账号相同", PAYER_ACCOUNT},
                              {"stranger", "其他人", PAYER_STRANGER},
                              {"nameless", "没有户名", PAYER_NAMELESS},
                              {NULL}};
static const Word grades[] = {{"equal", "相同", 1 << NAME_EQUAL},
                              {"normalised", "写法不同", 1 << NAME_NORMALISED},
                              {"truncated", "被截断", 1 << NAME_TRUNCATED},
                              {"wildcard", "生僻字", 1 << NAME_WILDCARD},
                              {"legal_form", "组织形式不同", 1 << NAME_LEGAL_FORM},
                              {"branch", "分支机构", 1 << NAME_BRANCH},
                              {"other", "不同", 1 << NAME_OTHER},
                              {"none", "没有", 1 << NAME_NONE},
                              {NULL}};
static const Word orders[] = {
    {"open", "待缴", DUE_OPEN}, {"paid", "已缴", DUE_NOTHING}, {"closed", "已关闭", DUE_GONE}, {NULL}};
static const Word amounts[] = {{"any", "任意", AMOUNT_ANY},
                               {"exact", "相等", AMOUNT_EXACT},
                               {"parts", "分次合计", AMOUNT_PARTS},
                               {"sum", "各单合计", AMOUNT_SUM},
                               {"silent_sum", "未写明的合计", AMOUNT_SILENT_SUM},
                               {"less", "不足", AMOUNT_LESS},
                               {"more", "超出", AMOUNT_MORE},
                               {"price", "等于定价", AMOUNT_PRICE},
                               {NULL}};
static const Word dates[] = {{"any", "任意", FALSE}, {"not_later", "先提交后汇款", TRUE}, {NULL}};
static const Word besides[] = {{"nothing", "不要求", FALSE}, {"own", "本单位待缴单", TRUE}, {NULL}};
static const Word thens[] = {{"settle", "入账", DISPOSITION_SETTLED}, {"case", "审核", DISPOSITION_REVIEW}, {NULL}};
static const Word reasons[] = {{"", "", 0},
                               {"account_differs", "账号不符", 1},
                               {"already_paid", "重复缴费", 2},
                               {"ambiguous", "不止一个", 3},
                               {"combined", "合并汇款", 4},
                               {"contradiction", "证据矛盾", 5},
                               {"late_order", "业务单较晚", 6},
                               {"name_differs", "户名不同", 7},
                               {"order_closed", "业务单已关闭", 8},
                               {"over", "多付", 9},
                               {"short", "少付", 10},
                               {"third_party", "第三方付款", 11},
                               {"unknown_payer", "付款人未知", 12},
                               {NULL}};

enum { NUMBER, PAYER, NAME, ORDER, AMOUNT, DATE, DAYS, BESIDES, THEN, REASON, FIELDS };

static const struct {
  const char *key, *chinese;
  const Word *words; /* NULL: a count of days */
  gboolean several, required;
  int standard;
  const char *broken; /* what match_pass_unsafe() says of it */
} fields[FIELDS] = {
    [NUMBER] = {"number", "单号", numbers, FALSE, TRUE, 0, "pass_number"},
    [PAYER] = {"payer", "付款人", payers, TRUE, TRUE, 0, "pass_payer"},
    [NAME] = {"name", "户名", grades, TRUE, FALSE, 0, NULL},
    [ORDER] = {"order", "业务单", orders, TRUE, FALSE, DUE_OPEN, "pass_due"},
    [AMOUNT] = {"amount", "金额", amounts, FALSE, TRUE, 0, "pass_amount"},
    [DATE] = {"date", "日期", dates, FALSE, FALSE, FALSE, "pass_date"},
    [DAYS] = {"days", "天数", NULL, FALSE, FALSE, 0, NULL},
    [BESIDES] = {"besides", "另有", besides, FALSE, FALSE, FALSE, "pass_own"},
    [THEN] = {"then", "处理", thens, FALSE, TRUE, 0, NULL},
    [REASON] = {"reason", "理由", reasons, FALSE, FALSE, 0, "pass_reason"},
};

typedef struct {
  const KeyFile *file;
  const KeySection *section;
} Source;

static const KeyItem *find(const KeySection *section, int field, const KeyItem *after) {
  gboolean passed = after == NULL;
  for (guint i = 0; i < section->items->len; i++) {
    const KeyItem *item = section->items->pdata[i];
    if (passed && (strcmp(item->key, fields[field].key) == 0 || strcmp(item->key, fields[field].chinese) == 0))
      return item;
    passed |= item == after;
  }
  return NULL;
}

static gboolean refuse(const Source *source, const char *reason, int field, const char *expected, GError **error) {
  const KeyItem *item = field < FIELDS ? find(source->section, field, NULL) : NULL;
  g_autofree char *line = g_strdup_printf("%d", item != NULL ? item->line : source->section->line);
  const char *key = field == FIELDS ? NULL : item != NULL ? item->key : fields[field].key;
  return error_set(error, ERROR_PERMANENT, reason, "file", source->file->file, "line", line, "field", key, "value",
                   item != NULL ? item->value : source->section->name, "expected", expected, NULL);
}

static gboolean refuse_value(const Source *source, int field, GError **error) {
  const KeyItem *item = find(source->section, field, NULL);
  gboolean chinese = strcmp(item->key, fields[field].chinese) == 0;
  g_autoptr(GString) expected = g_string_new(NULL);
  if (fields[field].words == NULL)
    g_string_printf(expected, "1..%d", MOST_DAYS);
  for (const Word *word = fields[field].words; word != NULL && word->word != NULL; word++)
    if (word->word[0] != '\0')
      g_string_append_printf(expected, "%s%s", expected->len > 0 ? "|" : "", chinese ? word->chinese : word->word);
  return refuse(source, "config_value", field, expected->str, error);
}

static const Word *word_of(const Word *words, const char *text) {
  for (; words->word != NULL; words++)
    if (strcmp(words->word, text) == 0 || strcmp(words->chinese, text) == 0)
      return words;
  return NULL;
}

static gboolean read_days(const char *text, int *value) {
  guint64 days;
  if (!g_ascii_string_to_unsigned(text, 10, 1, MOST_DAYS, &days, NULL))
    return FALSE;
  *value = (int)days;
  return TRUE;
}

static gboolean read_words(int field, const char *text, int *value) {
  static const char *const between[] = {"，", "、", NULL};
  g_autoptr(GString) plain = g_string_new(text);
  for (int i = 0; fields[field].several && between[i] != NULL; i++)
    g_string_replace(plain, between[i], ",", 0);
  g_auto(GStrv) parts = g_strsplit_set(plain->str, fields[field].several ? ", \n" : "", -1);
  *value = 0;
  for (char **part = parts; *part != NULL; part++) {
    const Word *word = **part != '\0' ? word_of(fields[field].words, *part) : NULL;
    if (word == NULL && **part != '\0')
      return FALSE;
    *value |= word != NULL ? word->value : 0;
  }
  return parts[0] != NULL;
}

static gboolean read_field(const Source *source, int field, int *value, GError **error) {
  const KeyItem *item = find(source->section, field, NULL);
  *value = fields[field].standard;
  if (item == NULL || item->value[0] == '\0')
    return !fields[field].required || refuse(source, "config_missing", field, NULL, error);
  if (find(source->section, field, item) != NULL)
    return refuse(source, "config_twice", field, NULL, error);
  gboolean good = fields[field].words != NULL ? read_words(field, item->value, value) : read_days(item->value, value);
  return good || refuse_value(source, field, error);
}

/* Letters, digits and '_' only: the name stands in the audit's JSON. */
static gboolean good_name(const char *name) {
  gboolean good = name != NULL && g_utf8_strlen(name, -1) <= NAME_CHARACTERS && !match_pass_reserved(name);
  for (const char *at = name; good && *at != '\0'; at = g_utf8_next_char(at))
    good = *at == '_' || g_unichar_isalnum(g_utf8_get_char(at));
  return good;
}

static gboolean check_keys(const Source *source, GError **error) {
  const char *known[2 * FIELDS + 1] = {NULL};
  for (int i = 0; i < FIELDS; i++) {
    known[2 * i] = fields[i].key;
    known[2 * i + 1] = fields[i].chinese;
  }
  return keysection_check(source->file, source->section, known, error);
}

static gboolean check_safe(const Source *source, const MatchPass *pass, GError **error) {
  const char *broken = match_pass_unsafe(pass);
  int field = broken == NULL || strcmp(broken, "pass_case_amount") == 0 ? AMOUNT : 0;
  while (broken != NULL && field < FIELDS && strcmp(broken, "pass_case_amount") != 0 &&
         g_strcmp0(fields[field].broken, broken) != 0)
    field++;
  return broken == NULL || refuse(source, broken, field, NULL, error);
}

static gboolean read_pass(const Source *source, MatchPass *pass, GError **error) {
  int values[FIELDS];
  gboolean section = strcmp(source->section->kind, "pass") == 0 || strcmp(source->section->kind, "规则") == 0;
  if (!section || source->section->name == NULL) {
    g_autofree char *line = g_strdup_printf("%d", source->section->line);
    return error_set(error, ERROR_PERMANENT, "config_section", "file", source->file->file, "line", line, "value",
                     source->section->kind, "expected", "[pass NAME]", NULL);
  }
  if (!good_name(source->section->name))
    return refuse(source, "pass_name", FIELDS, NULL, error);
  if (!check_keys(source, error))
    return FALSE;
  for (int i = 0; i < FIELDS; i++)
    if (!read_field(source, i, &values[i], error))
      return FALSE;
  *pass = (MatchPass){.number = (MatchNumber)values[NUMBER],
                      .payers = (unsigned)values[PAYER],
                      .due = (unsigned)values[ORDER],
                      .amount = (MatchAmount)values[AMOUNT],
                      .in_time = values[DATE],
                      .own_besides = values[BESIDES],
                      .disposition = (Disposition)values[THEN],
                      .reason = values[REASON] > 0 ? match_reason(reasons[values[REASON]].word) : NULL,
                      .grades = (unsigned)values[NAME],
                      .days = values[DAYS]};
  if (!check_safe(source, pass, error))
    return FALSE;
  pass->name = g_strdup(source->section->name);
  return TRUE;
}

/* A pass of the same name, [pass a] and [规则 a], is one too many. */
static gboolean check_twice(const Source *source, const MatchRules *rules, GError **error) {
  for (gsize i = 0; i < rules->own; i++)
    if (g_strcmp0(rules->passes[i].name, source->section->name) == 0)
      return refuse(source, "config_twice", FIELDS, NULL, error);
  return TRUE;
}

static gboolean covered(const MatchRules *rules, const MatchPass *pass) {
  for (gsize i = 0; i < rules->own; i++)
    if (match_pass_covers(&rules->passes[i], pass))
      return TRUE;
  return FALSE;
}

/* The built-in passes that open cases, behind the file's. */
static void add_net(MatchRules *rules) {
  gsize at = rules->own;
  for (const MatchPass *pass = match_passes; pass->name != NULL; pass++) {
    if (pass->disposition != DISPOSITION_REVIEW || covered(rules, pass))
      continue;
    rules->passes[at] = *pass;
    rules->passes[at++].name = g_strdup(pass->name);
  }
}

static gsize builtin_count(void) {
  gsize count = 0;
  while (match_passes[count].name != NULL)
    count++;
  return count;
}

MatchRules *match_rules_parse(const char *file, const char *text, gsize length, GError **error) {
  g_autoptr(KeyFile) keyfile = keyfile_parse(file, text, length, error);
  if (keyfile == NULL)
    return NULL;
  guint count = keyfile->sections->len;
  if (count == 0)
    return match_rules_builtin();
  if (count > MOST_PASSES) {
    error_set(error, ERROR_PERMANENT, "rules_many", "file", file, "expected", G_STRINGIFY(MOST_PASSES), NULL);
    return NULL;
  }
  g_autoptr(MatchRules) rules = g_new0(MatchRules, 1);
  rules->passes = g_new0(MatchPass, count + builtin_count() + 1);
  for (; rules->own < count; rules->own++) {
    Source source = {keyfile, keyfile->sections->pdata[rules->own]};
    if (!check_twice(&source, rules, error) || !read_pass(&source, &rules->passes[rules->own], error))
      return NULL;
  }
  add_net(rules);
  return g_steal_pointer(&rules);
}

MatchRules *match_rules_load(const char *file, GError **error) {
  g_autofree char *text = NULL;
  g_autoptr(GError) cause = NULL;
  gsize length;
  if (!g_file_get_contents(file, &text, &length, &cause)) {
    error_set(error, ERROR_PERMANENT, "config_unreadable", "file", file, "detail", cause->message, NULL);
    return NULL;
  }
  return match_rules_parse(file, text, length, error);
}

MatchRules *match_rules_builtin(void) {
  MatchRules *rules = g_new0(MatchRules, 1);
  rules->own = builtin_count();
  rules->passes = g_memdup2(match_passes, (rules->own + 1) * sizeof(MatchPass));
  for (gsize i = 0; i < rules->own; i++)
    rules->passes[i].name = g_strdup(match_passes[i].name);
  return rules;
}

void match_rules_free(MatchRules *rules) {
  if (rules == NULL)
    return;
  for (MatchPass *pass = rules->passes; pass != NULL && pass->name != NULL; pass++)
    g_free((char *)pass->name);
  g_free(rules->passes);
  g_free(rules);
}

static int reason_value(const char *reason) {
  const Word *word = reason != NULL ? word_of(reasons, reason) : NULL;
  return word != NULL ? word->value : 0;
}

static void add_field(GString *text, int field, int value, gboolean chinese) {
  if (value == fields[field].standard && !fields[field].required)
    return;
  g_string_append_printf(text, "%s = ", chinese ? fields[field].chinese : fields[field].key);
  if (fields[field].words == NULL)
    g_string_append_printf(text, "%d", value);
  gsize empty = text->len;
  for (const Word *word = fields[field].words; word != NULL && word->word != NULL; word++)
    if (fields[field].several ? (value & word->value) != 0 : value == word->value)
      g_string_append_printf(text, "%s%s", text->len > empty ? ", " : "", chinese ? word->chinese : word->word);
  g_string_append_c(text, '\n');
}

char *match_pass_text(const MatchPass *pass, gboolean chinese) {
  const int values[FIELDS] = {[NUMBER] = (int)pass->number,
                              [PAYER] = (int)pass->payers,
                              [NAME] = (int)pass->grades,
                              [ORDER] = (int)pass->due,
                              [AMOUNT] = (int)pass->amount,
                              [DATE] = pass->in_time,
                              [DAYS] = pass->days,
                              [BESIDES] = pass->own_besides,
                              [THEN] = (int)pass->disposition,
                              [REASON] = reason_value(pass->reason)};
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "[%s %s]\n", chinese ? "规则" : "pass", pass->name);
  for (int i = 0; i < FIELDS; i++)
    add_field(text, i, values[i], chinese);
  return g_string_free(text, FALSE);
}
