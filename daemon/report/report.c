#include "daemon/report/report.h"

#include "daemon/case_text.h"
#include "daemon/gap_text.h"
#include "daemon/place_text.h"
#include "daemon/report/page.h"
#include "daemon/report/workbook.h"
#include "daemon/text.h"
#include "spool/files.h"

#define TEXT_SHOWN 300 /* characters of one text */

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static json_int_t count_of(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

/* "12,345.60": people read sums in groups. */
static char *grouped(const char *amount) {
  return page_cell(">", amount);
}

static char *account_label(const Conf *conf, const char *section) {
  const ConfAccount *account = conf != NULL && section != NULL ? conf_account(conf, section) : NULL;
  gsize length = account != NULL ? strlen(account->number) : 0;
  return account == NULL
             ? g_strdup(section)
             : g_strdup_printf(_("%s（尾号 %s）"), section, account->number + (length > 4 ? length - 4 : 0));
}

/* The day and minute of an RFC 3339 time in Shanghai. */
static char *minute_of(const char *instant) {
  g_autofree char *text = g_strndup(instant, 16);
  char *mark = strchr(text, 'T');
  if (mark != NULL)
    *mark = ' ';
  return g_steal_pointer(&text);
}

static void join(GString *into, const char *separator, const char *text) {
  if (text == NULL)
    return;
  if (into->len > 0)
    g_string_append(into, separator);
  g_string_append(into, text);
}

static char *case_orders(const json_t *one) {
  GString *text = g_string_new(NULL);
  gsize i;
  json_t *order;
  json_array_foreach(json_object_get(one, "orders"), i, order) {
    g_autofree char *line = g_strdup_printf("%s %s", text_of(order, "order_no"), text_of(order, "applicant"));
    join(text, "\n", line);
  }
  return g_string_free(text, FALSE);
}

/* What an application shows of money and proof. */
static char *application_line(const json_t *card) {
  g_autofree char *amount = grouped(text_of(card, "price"));
  g_autofree char *payment = g_strconcat("payment.", text_of(card, "payment"), NULL);
  g_autofree char *proof = g_strconcat("proof.", text_of(card, "proof"), NULL);
  const char *warnings = text_of(card, "warnings");
  return g_strdup_printf(_("%s %s，%s%s%s"), text_word(payment), amount, text_word(proof),
                         warnings != NULL ? _("；请核对：") : "", warnings != NULL ? warnings : "");
}

static char *entry_line(const json_t *entry) {
  g_autofree char *amount = grouped(text_of(entry, "amount"));
  g_autofree char *place =
      place_brief(text_of(entry, "format"), count_of(entry, "line"), json_object_get(entry, "origin"));
  g_autofree char *source = g_strdup_printf(_("出处：“%s”%s"), text_of(entry, "file"), place);
  const char *name = text_of(entry, "name"), *remark = text_of(entry, "remark");
  return g_strdup_printf("%s %s %s %s%s%s\n%s", text_of(entry, "date"), text_word(text_of(entry, "direction")), amount,
                         name != NULL ? name : "", remark != NULL ? _(" 附言：") : "", remark != NULL ? remark : "",
                         source);
}

static char *case_evidence(const json_t *one) {
  const json_t *card = json_object_get(one, "card");
  GString *text = g_string_new(NULL);
  gsize i;
  json_t *entry;
  if (g_str_equal(text_of(one, "reason"), "application")) {
    g_autofree char *line = application_line(card);
    join(text, "\n", line);
  }
  json_array_foreach(json_object_get(one, "entries"), i, entry) {
    g_autofree char *line = entry_line(entry);
    join(text, "\n", line);
  }
  g_autofree char *said = case_text(one);
  join(text, "\n", *said != '\0' ? said : NULL);
  return g_string_free(text, FALSE);
}

static char *case_time(const json_t *one) {
  if (text_of(one, "due_on") == NULL)
    return g_strdup(_("未定（超出已导入的工作日历）"));
  if (json_is_true(json_object_get(one, "overdue")))
    return g_strconcat(PAGE_LOUD, _("已逾期"), NULL);
  if (json_object_get(one, "workdays_left") == NULL)
    return NULL;
  json_int_t left = count_of(one, "workdays_left");
  return left == 0 ? g_strconcat(PAGE_LOUD, _("今天到期"), NULL) : g_strdup_printf(_("还有 %lld 个工作日"), left);
}

/* "受理、退回修改" */
static char *case_actions(const json_t *one) {
  GString *text = g_string_new(NULL);
  gsize i;
  json_t *action;
  json_array_foreach(json_object_get(one, "actions"), i, action)
      join(text, _("、"), case_action_word(one, json_string_value(action)));
  return g_string_free(text, FALSE);
}

static void add_case(PageSection *section, const json_t *one) {
  g_autofree char *id = g_strdup_printf("%" JSON_INTEGER_FORMAT, count_of(one, "id"));
  g_autofree char *orders = case_orders(one), *evidence = case_evidence(one), *left = case_time(one);
  g_autofree char *actions = case_actions(one);
  section_row(section, id, text_word(text_of(one, "reason")), text_of(one, "due_on"), left, text_of(one, "assignee"),
              orders, evidence, actions);
}

/* Cases that are due by today, or whose due day is not known; or those that have more time. */
static void add_some_cases(Page *page, const json_t *cases, const char *title, const char *none, gboolean now) {
  PageSection *section = page_section(page, title, _("案号"), _("事由"), _("~到期日"), _("时限"), _("负责人"),
                                      _("业务单"), _("依据"), _("可以做"), NULL);
  section->cards = TRUE;
  gsize i;
  json_t *one;
  json_array_foreach(cases, i, one) if ((count_of(one, "workdays_left") <= 0) == now) add_case(section, one);
  if (section->rows->len == 0)
    section_say(section, g_strdup(none));
  else
    section_say(section, g_strdup(_("办理：运行 yifen case show 案号 看全部依据和可用的命令。")));
}

static void add_cases(Page *page, const json_t *report) {
  const json_t *cases = json_object_get(report, "cases");
  add_some_cases(page, cases, _("今天需要您处理"), _("没有今天到期或已经逾期的审核案。"), TRUE);
  add_some_cases(page, cases, _("其他待处理的审核案"), _("没有其他待处理的审核案。"), FALSE);
}

static char *paid_orders(const json_t *entry) {
  GString *text = g_string_new(NULL);
  gsize i;
  json_t *order;
  json_array_foreach(json_object_get(entry, "orders"), i, order) {
    g_autofree char *amount = grouped(text_of(order, "amount"));
    g_autofree char *line = g_strdup_printf(_("%s（%s）"), text_of(order, "order_no"), amount);
    join(text, "\n", line);
  }
  return g_string_free(text, FALSE);
}

static char *disposition_of(const json_t *entry) {
  const char *disposition = text_of(entry, "disposition"), *reason = text_of(entry, "reason");
  return reason == NULL ? g_strdup(text_word(disposition))
                        : g_strdup_printf(_("%s：%s"), text_word(disposition), text_word(reason));
}

static void add_sums(PageSection *section, const json_t *money) {
  gsize i;
  json_t *sum;
  json_array_foreach(json_object_get(money, "credit_sum"), i, sum) {
    g_autofree char *amount = grouped(text_of(sum, "amount"));
    section_say(section, g_strdup_printf(_("合计收到 %s %s，其中："), text_of(sum, "currency"), amount));
  }
  json_array_foreach(json_object_get(money, "dispositions"), i, sum) {
    g_autofree char *amount = grouped(text_of(sum, "amount"));
    section_say(section, g_strdup_printf(_("· %s %lld 笔，%s %s"), text_word(text_of(sum, "disposition")),
                                         count_of(sum, "count"), text_of(sum, "currency"), amount));
  }
  if (count_of(money, "credits") == 0)
    section_say(section, g_strdup(_("没有新的到账。")));
}

static void add_money(Page *page, const json_t *report, const Conf *conf) {
  const json_t *money = json_object_get(report, "money");
  PageSection *section = page_section(page, _("到账与用途"), _("账户"), _("~记账日期"), _(">金额"), _("外币"),
                                      _("付款户名"), _("附言"), _("去向"), _("业务单（金额）"), NULL);
  gsize i;
  json_t *entry;
  add_sums(section, money);
  json_array_foreach(json_object_get(money, "entries"), i, entry) {
    g_autofree char *account = account_label(conf, text_of(entry, "account")), *orders = paid_orders(entry),
                    *disposition = disposition_of(entry);
    const char *currency = text_of(entry, "currency");
    section_row(section, account, text_of(entry, "date"), text_of(entry, "amount"),
                g_str_equal(currency, "CNY") ? NULL : currency, text_of(entry, "name"), text_of(entry, "remark"),
                disposition, orders);
  }
}

static void add_verifications(Page *page, const json_t *report) {
  const json_t *states = json_object_get(report, "verifications");
  PageSection *section = page_section(page, _("金融认证"), _("状态"), _(">笔数"), NULL);
  if (json_object_size(states) == 0)
    section_say(section, g_strdup(_("没有金融认证。")));
  const char *state;
  json_t *count;
  json_object_foreach((json_t *)(gintptr)states, state, count) {
    g_autofree char *text = g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(count));
    g_autofree char *word = g_strconcat("verification.", state, NULL);
    section_row(section, text_word(word), text);
  }
}

static void add_unknown(Page *page, const json_t *report) {
  const json_t *list = json_object_get(report, "unknown");
  PageSection *section =
      page_section(page, _("结果不明的付款"), _("业务参考号"), _("业务单"), _("申请单位"), _(">金额"), _("自"), NULL);
  if (json_array_size(list) == 0)
    section_say(section, g_strdup(_("没有结果不明的付款。")));
  for (gsize i = 0; i < json_array_size(list); i++) {
    const json_t *one = json_array_get(list, i);
    g_autofree char *since = minute_of(text_of(one, "since"));
    section_row(section, text_of(one, "reference"), text_of(one, "order_no"), text_of(one, "applicant"),
                text_of(one, "amount"), since);
  }
}

/* The last day that the account's statements reach; DAY_NONE: none came. */
static Day reached(const json_t *report, const char *account) {
  Day last = DAY_NONE, to;
  gsize i;
  json_t *one;
  json_array_foreach(json_object_get(report, "balances"), i, one) {
    const char *text = text_of(one, "to");
    if (g_str_equal(text_of(one, "account"), account) && text != NULL && day_parse(text, &to))
      last = MAX(last, to);
  }
  return last;
}

static void add_late(PageSection *section, const json_t *report, const Conf *conf, Instant now) {
  for (guint i = 0; conf != NULL && i < conf->accounts->len; i++) {
    const ConfAccount *account = conf->accounts->pdata[i];
    Day last = reached(report, account->name);
    g_autofree char *label = account_label(conf, account->name), *text = gap_late_text(last);
    g_autofree char *loud = g_strconcat(PAGE_LOUD, text, NULL);
    if (gap_late(account, last, now))
      section_row(section, label, loud);
  }
}

static void add_gaps(Page *page, const json_t *report, const Conf *conf, Instant now) {
  PageSection *section = page_section(page, _("对账单缺口"), _("账户"), _("缺什么"), NULL);
  gsize i;
  json_t *gap;
  json_array_foreach(json_object_get(report, "gaps"), i, gap) {
    g_autofree char *label = account_label(conf, text_of(gap, "account"));
    g_autofree char *text = gap_text(text_of(gap, "kind"), text_of(gap, "after"), text_of(gap, "from"),
                                     text_of(gap, "expected"), text_of(gap, "found"));
    g_autofree char *loud = g_strconcat(PAGE_LOUD, text, NULL);
    section_row(section, label, loud);
  }
  add_late(section, report, conf, now);
  section_say(section, g_strdup(section->rows->len == 0 ? _("对账单首尾相接，没有缺口。")
                                                        : _("请从网银下载缺的对账单，放进收件目录。")));
}

static char *proof_word(const json_t *balance) {
  const char *proof = text_of(balance, "proof");
  if (count_of(balance, "breaks") > 0)
    return g_strdup_printf(PAGE_LOUD "%s", _("各份对账单之间不衔接，见上表"));
  if (g_str_equal(proof, "balance"))
    return g_strdup(json_is_true(json_object_get(balance, "first")) ? _("余额相符（首份）")
                                                                    : _("余额相符，与前面各份衔接"));
  return g_str_equal(proof, "totals") ? g_strdup(_("仅合计相符")) : g_strdup_printf(PAGE_LOUD "%s", _("无从核对"));
}

static void add_balances(Page *page, const json_t *report, const Conf *conf) {
  const json_t *list = json_object_get(report, "balances");
  PageSection *section = page_section(page, _("余额核对"), _("账户"), _("~起"), _("~止"), _(">期初"), _(">收入"),
                                      _(">支出"), _(">期末"), _("外币"), _("核对结果"), NULL);
  if (json_array_size(list) == 0)
    section_say(section, g_strdup(_("还没有对账单。")));
  for (gsize i = 0; i < json_array_size(list); i++) {
    const json_t *one = json_array_get(list, i);
    g_autofree char *account = account_label(conf, text_of(one, "account"));
    const char *currency = text_of(one, "currency");
    g_autofree char *proof = proof_word(one);
    section_row(section, account, text_of(one, "from"), text_of(one, "to"), text_of(one, "opening"),
                text_of(one, "credits"), text_of(one, "debits"), text_of(one, "closing"),
                g_str_equal(currency, "CNY") ? NULL : currency, proof);
  }
}

/* Why a file was not taken, in one sentence. */
static char *file_reason(const json_t *file) {
  FileRow row = {.reason = (char *)(gintptr)text_of(file, "reason"), .facts = (char *)(gintptr)text_of(file, "facts")};
  g_autoptr(GError) error = file_error(&row);
  return error == NULL ? NULL : text_error(error);
}

static void add_file(PageSection *section, const json_t *file) {
  const char *state = text_of(file, "state");
  gboolean bad = g_str_equal(state, "rejected") || g_str_equal(state, "held");
  g_autofree char *key = g_strconcat("file.", state, NULL), *reason = file_reason(file);
  g_autofree char *word = g_strconcat(bad ? PAGE_LOUD : "", text_word(key), NULL);
  g_autofree char *entries = g_strdup_printf("%" JSON_INTEGER_FORMAT, count_of(file, "entries"));
  g_autofree char *added = g_strdup_printf("%" JSON_INTEGER_FORMAT, count_of(file, "added"));
  section_row(section, text_of(file, "name"), word, entries, added, reason);
}

static void add_files(Page *page, const json_t *report) {
  const json_t *list = json_object_get(report, "files");
  PageSection *section =
      page_section(page, _("收到的文件"), _("文件"), _("结果"), _(">行数"), _(">新增"), _("说明"), NULL);
  if (json_array_size(list) == 0)
    section_say(section, g_strdup(_("没有收到文件。")));
  for (gsize i = 0; i < json_array_size(list); i++)
    add_file(section, json_array_get(list, i));
}

/* Mails that did not reach everybody: only those who get this report can do something about it. */
static void add_mails(Page *page, const json_t *report) {
  const json_t *list = json_object_get(report, "mails");
  if (json_array_size(list) == 0)
    return;
  PageSection *section =
      page_section(page, _("没有送达的邮件"), _("邮件"), _("结果"), _("收件人"), _("邮件服务器的答复"), NULL);
  for (gsize i = 0; i < json_array_size(list); i++) {
    const json_t *one = json_array_get(list, i);
    gboolean failed = g_str_equal(text_of(one, "state"), "failed");
    g_autofree char *word = g_strconcat(PAGE_LOUD, failed ? _("发送失败") : _("部分收件人被拒"), NULL);
    g_autofree char *kind = g_strconcat("mail.", text_of(one, "kind"), NULL);
    g_autofree char *name = g_strdup_printf("%s %s", text_word(kind), text_of(one, "day"));
    section_row(section, name, word, text_of(one, "recipients"), text_of(one, "error"));
  }
}

static char *headline(const json_t *report) {
  const json_t *todo = json_object_get(report, "todo");
  json_int_t application = count_of(todo, "application"), other = count_of(todo, "other_cases"),
             overdue = count_of(todo, "overdue"), due_today = count_of(todo, "due_today");
  if (application + other == 0)
    return g_strdup(_("没有待处理的审核案"));
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, _("待审核 %lld 件，其他 %lld 件"), application, other);
  if (overdue > 0)
    g_string_append_printf(text, _("，其中逾期 %lld 件"), overdue);
  if (due_today > 0)
    g_string_append_printf(text, _("，今天到期 %lld 件"), due_today);
  return g_string_free(text, FALSE);
}

/* What cannot wait, and where it stands. */
static void add_first(Page *page, const json_t *report) {
  const json_t *todo = json_object_get(report, "todo");
  const struct {
    const char *key, *what, *how;
  } rows[] = {{"overdue", _("审核案已逾期"), _("见“今天需要您处理”")},
              {"due_today", _("审核案今天到期"), _("见“今天需要您处理”")},
              {"unknown_transfers", _("付款结果不明"), _("见“结果不明的付款”；没有证据之前不会重付")},
              {"held_files", _("文件等待人工处理"), _("见审核案")},
              {"gaps", _("对账单缺口"), _("见“对账单缺口”")},
              {"failed_mails", _("邮件没有送达所有收件人"), _("见“没有送达的邮件”")},
              {"failed_jobs", _("后台任务失败"), _("请运维查看系统状态")}};
  PageSection *section = page_section(page, _("今天先看"), _("事项"), _(">数量"), _("怎么办"), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *count = g_strdup_printf("%" JSON_INTEGER_FORMAT, count_of(todo, rows[i].key));
    g_autofree char *what = g_strconcat(PAGE_LOUD, rows[i].what, NULL);
    if (count_of(todo, rows[i].key) > 0)
      section_row(section, what, count, rows[i].how);
  }
  if (section->rows->len == 0)
    section_say(section, g_strdup(_("没有必须今天处理的事。")));
}

/* Texts of strangers are cleaned before they become cells. "facts" is JSON, whose sentence is cleaned. */
static json_t *cleaned(const json_t *value) {
  json_t *copy;
  const char *key;
  json_t *member;
  gsize i;
  if (json_is_string(value)) {
    g_autofree char *text = text_clean(json_string_value(value), TEXT_SHOWN);
    return json_string(text);
  }
  if (json_is_array(value)) {
    copy = json_array();
    json_array_foreach(value, i, member)(void) json_array_append_new(copy, cleaned(member));
    return copy;
  }
  if (!json_is_object(value))
    return json_deep_copy(value);
  copy = json_object();
  json_object_foreach((json_t *)(gintptr)value, key, member)(void)
      json_object_set_new(copy, key, g_str_equal(key, "facts") ? json_deep_copy(member) : cleaned(member));
  return copy;
}

static void say_scope(Page *page, const json_t *report) {
  g_autofree char *from = minute_of(text_of(report, "from")), *to = minute_of(text_of(report, "to")),
                  *head = headline(report);
  page_say(page, g_strdup_printf(_("%s。"), head));
  page_say(page, g_strdup_printf(_("统计时段：%s 至 %s（北京时间）。"), from, to));
  if (g_str_has_prefix(text_of(report, "as_of"), text_of(report, "date")))
    return;
  g_autofree char *now = minute_of(text_of(report, "as_of"));
  page_say(page, g_strdup_printf(_("审核案、金融认证、余额等是 %s 的情况。"), now));
}

static Page *make_page(const json_t *told, const Conf *conf) {
  json_auto_t *report = cleaned(told);
  Page *page = page_new(g_strdup_printf(_("一分日报 %s"), text_of(report, "date")));
  Instant now = INSTANT_NONE;
  (void)instant_parse(text_of(report, "as_of"), &now);
  say_scope(page, report);
  add_first(page, report);
  add_cases(page, report);
  add_money(page, report, conf);
  add_verifications(page, report);
  add_unknown(page, report);
  add_gaps(page, report, conf, now);
  add_balances(page, report, conf);
  add_files(page, report);
  add_mails(page, report);
  const json_t *audit = json_object_get(report, "audit");
  PageSection *section = page_section(page, _("审计"), NULL);
  section_say(section,
              g_strdup_printf(_("审计记录 %lld 行，链首：%s"), count_of(audit, "rows"), text_of(audit, "head")));
  return page;
}

char *report_text(const json_t *report, const Conf *conf) {
  g_autoptr(Page) page = make_page(report, conf);
  return page_text(page);
}

char *report_html(const json_t *report, const Conf *conf) {
  g_autoptr(Page) page = make_page(report, conf);
  g_autofree char *language = g_strdup(conf != NULL && conf->language != NULL ? conf->language : "zh-CN");
  g_strdelimit(language, "_", '-');
  return page_html(page, language);
}

char *report_subject(const json_t *report) {
  g_autofree char *head = headline(report);
  return g_strdup_printf(_("一分日报 %s：%s"), text_of(report, "date"), head);
}

GBytes *report_workbook(const json_t *report, const Conf *conf, GError **error) {
  g_autoptr(Page) page = make_page(report, conf);
  Instant made = INSTANT_NONE;
  (void)instant_parse(text_of(report, "as_of"), &made);
  return workbook_make(page, made, error);
}
