#include "daemon/case_text.h"

#include "daemon/match_text.h"
#include "daemon/refund_text.h"
#include "daemon/text.h"
#include "rules/error.h"

static const struct {
  const char *key, *label;
  const char *cycle; /* its values are words of this kind; NULL: shown as they are */
} facts[] = {
    {"instance", N_("情形"), "instance"},
    {"store_epoch", N_("数据库的发送序号"), NULL},
    {"pass_epoch", N_("发送凭证的序号"), NULL},
    {"applicant", N_("申请单位"), NULL},
    {"account_name", N_("登记的户名"), NULL},
    {"account_number", N_("登记的账号"), NULL},
    {"owner", N_("法定代表人"), NULL},
    {"reference", N_("业务参考号"), NULL},
    {"account", N_("账户"), NULL},
    {"batch", N_("付款批次"), NULL},
    {"channel", N_("通道"), NULL},
    {"reference", N_("参考号"), NULL},
    {"payee", N_("收款账户"), NULL},
    {"state", N_("现在"), "transfer"},
    {"news", N_("新的证据"), "event"},
    {"kind", N_("情形"), "gap"},
    {"after", N_("前一份到"), NULL},
    {"from", N_("后一份从"), NULL},
    {"expected", N_("应为"), NULL},
    {"found", N_("实际"), NULL},
    {"differences", N_("不符的笔数"), NULL},
    {"shown_amount", N_("文件中的金额"), NULL},
    {"receipt", N_("凭据号"), NULL},
    {"other_order", N_("已用于业务单"), NULL},
    {"claimed_amount", N_("凭据金额"), NULL},
    {"booked_amount", N_("到账金额"), NULL},
    {"claimed_payer", N_("凭据付款人"), NULL},
    {"booked_payer", N_("到账付款人"), NULL},
    {"claimed_on", N_("凭据日期"), NULL},
    {"booked_on", N_("记账日期"), NULL},
    {"return_reason", N_("退回原因"), NULL},
    {"mobile", N_("手机"), NULL},
    {"undone_case", N_("原审核案"), NULL},
    {"undo_text", N_("撤销的理由"), NULL},
    {"against", N_("不能撤销，因为"), "undo"},
};

static void join(GString *text, const char *separator, const char *part) {
  g_string_append_printf(text, "%s%s", text->len > 0 ? separator : "", part);
}

static char *value_of(const json_t *value, const char *cycle) {
  if (json_is_integer(value))
    return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
  if (!json_is_string(value))
    return NULL;
  g_autofree char *word = g_strconcat(cycle != NULL ? cycle : "", ".", json_string_value(value), NULL);
  return g_strdup(cycle != NULL ? text_word(word) : json_string_value(value));
}

static char *fact_line(const json_t *card) {
  GString *line = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
    g_autofree char *value = value_of(json_object_get(card, facts[i].key), facts[i].cycle);
    g_autofree char *part = value == NULL ? NULL : g_strdup_printf("%s %s", _(facts[i].label), value);
    if (part != NULL)
      join(line, _("，"), part);
  }
  return g_string_free(line, FALSE);
}

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

/* Only errors know how to say what does not agree. */
static char *mismatch_sentence(const json_t *mismatch) {
  g_autofree char *number = value_of(json_object_get(mismatch, "statement"), NULL);
  const char *reason = text_of(mismatch, "reason");
  GError *error = NULL;
  error_set(&error, ERROR_REFUSED, reason != NULL ? reason : "balance_mismatch", "field", number, "value",
            text_of(mismatch, "counted"), "expected", text_of(mismatch, "claimed"), "detail", text_of(mismatch, "side"),
            NULL);
  char *sentence = text_error(error);
  g_error_free(error);
  return sentence;
}

static char *sums_line(const json_t *mismatch) {
  static const struct {
    const char *key, *label;
  } sums[] = {{"opening", N_("文件写的期初")},
              {"credits", N_("流水收入合计")},
              {"debits", N_("流水支出合计")},
              {"closing", N_("文件写的期末")}};
  GString *line = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(sums); i++) {
    const char *value = text_of(mismatch, sums[i].key);
    g_autofree char *part = value == NULL ? NULL : g_strdup_printf("%s %s", _(sums[i].label), value);
    if (part != NULL)
      join(line, _("，"), part);
  }
  return g_string_free(line, FALSE);
}

static void add_held_head(GString *text, const json_t *held) {
  const char *name = text_of(held, "name"), *account = text_of(held, "account"), *from = text_of(held, "from");
  g_autofree char *file = text_clean(name != NULL ? name : "", 80);
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_append_printf(line, _("文件“%s”"), file);
  if (account != NULL)
    g_string_append_printf(line, _("，账户 %s"), account);
  if (from != NULL)
    g_string_append_printf(line, _("，%s 至 %s"), from, text_of(held, "to"));
  g_string_append_printf(line, _("，%lld 笔，整份文件现在没有入账。"),
                         (long long)json_integer_value(json_object_get(held, "entries")));
  join(text, "\n", line->str);
}

/* What does not agree, and what a person can do about it. */
static void add_held(GString *text, const json_t *one, const json_t *held) {
  gsize i;
  json_t *mismatch;
  g_autofree char *id = value_of(json_object_get(one, "id"), NULL);
  add_held_head(text, held);
  const json_t *mismatches = json_object_get(held, "mismatches");
  json_array_foreach(mismatches, i, mismatch) {
    const json_t *next = json_array_get(mismatches, i + 1);
    g_autofree char *sentence = mismatch_sentence(mismatch), *sums = sums_line(mismatch);
    join(text, "\n", sentence);
    if (next == NULL || !json_equal(json_object_get(next, "statement"), json_object_get(mismatch, "statement")))
      join(text, "\n", sums);
  }
  if (g_strcmp0(text_of(one, "state"), "open") == 0) {
    g_autofree char *way = g_strdup_printf(_("可以重新从银行下载，再放一份；\n照样入账：yifen case accept %s --reason "
                                             "理由\n不要这份文件：yifen case refuse %s --reason 理由"),
                                           id, id);
    join(text, "\n", way);
  }
}

/* A round in doubt: the other orders, and what a person can do about it. */
static void add_others(GString *text, const json_t *one, const json_t *others) {
  gsize i;
  json_t *other;
  json_array_foreach(others, i, other) {
    g_autofree char *line = g_strdup_printf(_("另见 %s %s，账号 %s"), text_of(other, "order_no"),
                                            text_of(other, "applicant"), text_of(other, "account_number"));
    join(text, "\n", line);
  }
  if (g_strcmp0(text_of(one, "state"), "open") == 0) {
    g_autofree char *id = value_of(json_object_get(one, "id"), NULL);
    g_autofree char *way = g_strdup_printf(_("这一轮还没有打款。\n核对无误，照常打款：yifen case accept %s --reason "
                                             "理由\n不打款，请申请单位改正：yifen case "
                                             "refuse %s --reason 理由"),
                                           id, id);
    join(text, "\n", way);
  }
}

char *case_text(const json_t *one) {
  const json_t *card = json_object_get(one, "card");
  GString *text = g_string_new(NULL);
  gsize i;
  json_t *entry;
  if (json_object_get(card, "held") != NULL)
    add_held(text, one, json_object_get(card, "held"));
  if (g_strcmp0(json_string_value(json_object_get(one, "reason")), "application") != 0) {
    g_autofree char *line = fact_line(card);
    if (*line != '\0')
      join(text, "\n", line);
  }
  if (json_object_get(card, "instance") != NULL && g_strcmp0(text_of(one, "state"), "open") == 0)
    join(text, "\n",
         _("全部付款已停，结果照常查询。先确认别处没有同一实例在运行，补齐备份之后的对账单，核对来历不明的支出，再运行"
           "：\n"
           "yifen pay release --restored --reason 理由"));
  if (json_object_get(card, "others") != NULL)
    add_others(text, one, json_object_get(card, "others"));
  json_array_foreach(json_object_get(card, "entries"), i, entry) {
    g_autofree char *match = match_text(entry);
    if (*match != '\0')
      join(text, "\n", match);
  }
  g_autofree char *refunds = refund_text(one);
  if (*refunds != '\0')
    join(text, "\n", refunds);
  return g_string_free(text, FALSE);
}

const char *case_action_word(const json_t *one, const char *action) {
  const json_t *card = json_object_get(one, "card");
  const char *about = json_object_get(card, "held") != NULL     ? "file_"
                      : json_object_get(card, "others") != NULL ? "round_"
                                                                : NULL;
  g_autofree char *special = about != NULL ? g_strconcat(about, action, NULL) : NULL;
  g_autofree char *plain = g_strconcat("act.", action, NULL);
  const char *word = special != NULL ? text_word(special) : NULL;
  return word != NULL && word != special ? word : text_word(plain);
}
