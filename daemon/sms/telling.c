#include "daemon/sms/telling.h"

#include <string.h>

#include "daemon/report/notice.h"
#include "daemon/sms/gateway.h"
#include "daemon/text.h"
#include "spool/order_view.h"
#include "spool/sms.h"
#include "spool/transfers.h"

#define FACT_SHOWN 300

static const struct {
  const char *subject, *text;
} built_in[TELL_KINDS] = {
    [TELL_CODE_SENT] =
        {N_("业务单 {order_no}：0.01 元已转出"),
         N_("业务单 {order_no}：我们已向贵单位尾号 {account} 的账户转出 0.01 元，预计到账日：{expected}。"
            "请在这个账户的收款明细里查看这一笔的附言（有的银行叫摘要或用途），把其中的六位数字填到网上"
            "营业厅。")},
    [TELL_WRONG_CODE] = {N_("业务单 {order_no}：验证码不对"),
                         N_("业务单 {order_no}：刚才填写的验证码不对，还可以试 {left} 次。验证码在 0.01 元收款明细的"
                            "附言里。")},
    [TELL_BOUNCED] = {N_("业务单 {order_no}：请更正银行账户信息"),
                      N_("业务单 {order_no}：转往尾号 {account} 账户的 0.01 元没有付成。原因：{cause}。请在网上营业厅"
                         "更正：{field}。这次退回不占用您输入验证码的次数。")},
    [TELL_SENT_BACK] = {N_("业务单 {order_no}：请修改后重新提交"),
                        N_("业务单 {order_no} 没有通过审核，已退回修改。审核意见：{why}。请更正：{fields}。已交的费用"
                           "保留，审核时限从重新提交起接着计算。")},
    [TELL_ACCEPTED] = {N_("业务单 {order_no}：成功受理"), N_("业务单 {order_no} 已通过审核，成功受理，现在开始制证。")},
    [TELL_SHIPPED] = {N_("业务单 {order_no}：已寄出"), N_("业务单 {order_no} 的证书已寄出：{courier} {number} {link}")},
    [TELL_RENEWAL] = {N_("业务单 {order_no}：证书即将到期"),
                      N_("业务单 {order_no} 的{certificate}将于 {expires} 到期，请在网上营业厅办理续期。")},
    [TELL_REFUNDED] = {N_("业务单 {order_no}：已退费"), N_("业务单 {order_no} 的 {amount} 元已退回原付款账户。")},
    [TELL_INVOICED] = {N_("业务单 {order_no}：发票已开"),
                       N_("业务单 {order_no} 的电子发票已开，号码 {number}。{link}")},
};

const char *telling_template(const Conf *conf, TellKind kind) {
  g_autofree char *language = text_language();
  const ConfMessage *own = &conf->messages[kind];
  const char *text = g_str_has_prefix(language, "en") ? own->text_en : own->text;
  return text != NULL ? text : _(built_in[kind].text);
}

/* ---- facts as people read them ---- */

static char *field_words(const char *fields) {
  g_auto(GStrv) names = g_strsplit(fields, ",", -1);
  GString *words = g_string_new(NULL);
  for (char **name = names; *name != NULL && **name != '\0'; name++) {
    g_autofree char *word = g_strconcat("field.", *name, NULL);
    g_string_append_printf(words, "%s%s", words->len > 0 ? _("、") : "", text_word(word));
  }
  return g_string_free(words, FALSE);
}

static char *qualified(const char *prefix, const char *word) {
  g_autofree char *whole = g_strconcat(prefix, word, NULL);
  return g_strdup(text_word(whole));
}

static char *fact_words(const char *name, const char *value) {
  if (g_str_equal(name, "cause"))
    return qualified("cause.", value);
  if (g_str_equal(name, "field"))
    return qualified("bank_account.", value);
  if (g_str_equal(name, "certificate"))
    return qualified("certificate.", value);
  if (g_str_equal(name, "fields"))
    return field_words(value);
  if (g_str_equal(name, "expected") && *value == '\0')
    return g_strdup(_("近日"));
  return text_clean(value, FACT_SHOWN);
}

GHashTable *telling_facts(const Telling *telling, const Order *order) {
  GHashTable *facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const char *name;
  json_t *value;
  json_object_foreach(telling->facts, name, value)
      g_hash_table_insert(facts, g_strdup(name), fact_words(name, json_string_value(value)));
  g_hash_table_insert(facts, g_strdup("order_no"), g_strdup(order->order_no));
  g_hash_table_insert(facts, g_strdup("applicant"), text_clean(order->applicant_name, FACT_SHOWN));
  g_hash_table_insert(facts, g_strdup("handler"), text_clean(order->handler_name, FACT_SHOWN));
  return facts;
}

static const char *fact_of(void *user, const char *name) {
  return g_hash_table_lookup(user, name);
}

char *telling_subject(const Telling *telling, GHashTable *facts) {
  return tell_fill(_(built_in[telling->kind].subject), fact_of, facts);
}

char *telling_text(const Conf *conf, const Telling *telling, GHashTable *facts) {
  return tell_fill(telling_template(conf, telling->kind), fact_of, facts);
}

/* ---- does it still stand ---- */

static gboolean is_latest(Store *store, const char *reference, const OrderView *view, gboolean *latest,
                          GError **error) {
  g_auto(Transfer) transfer = {0};
  gboolean found = FALSE;
  if (!transfer_find(store, reference, &transfer, &found, error))
    return FALSE;
  *latest = found && transfer.round == view->round;
  return TRUE;
}

gboolean telling_stands(Store *store, const Telling *telling, gboolean *stands, GError **error) {
  g_auto(OrderView) view = {0};
  if (!order_view(store, telling->order_no, &view, error))
    return FALSE;
  gboolean waits = view.verification == VERIFICATION_SENDING || view.verification == VERIFICATION_AWAITING_CODE;
  gboolean failed = view.verification == VERIFICATION_FAILED || view.proof == PROOF_WITHDRAWN;
  *stands = view.review != REVIEW_CLOSED;
  switch (telling->kind) {
  case TELL_CODE_SENT:
    *stands = *stands && waits;
    return !*stands || is_latest(store, telling->key, &view, stands, error);
  case TELL_BOUNCED:
    *stands = *stands && failed;
    return !*stands || is_latest(store, telling->key, &view, stands, error);
  case TELL_WRONG_CODE:
    *stands = *stands && (waits || view.verification == VERIFICATION_LOCKED);
    return TRUE;
  case TELL_SENT_BACK:
    *stands = view.review == REVIEW_SENT_BACK;
    return TRUE;
  case TELL_ACCEPTED:
    *stands = view.review == REVIEW_ACCEPTED;
    return TRUE;
  default:
    *stands = TRUE;
    return TRUE;
  }
}

/* ---- the job ---- */

static gboolean queue_mail(RoleRun *run, const Telling *telling, const Order *order, GHashTable *facts, Instant now,
                           GError **error) {
  char *const to[] = {order->handler_email, NULL};
  if (run->conf->smtp_host == NULL || to[0] == NULL)
    return TRUE;
  g_autoptr(Page) page = page_new(telling_subject(telling, facts));
  page_say(page, g_strdup_printf(_("%s，您好："), (const char *)g_hash_table_lookup(facts, "handler")));
  page_say(page, telling_text(run->conf, telling, facts));
  page_say(page, g_strdup(_("本邮件由系统自动发出，不含验证码；我们也不会向您索要验证码。")));
  return notice_queue(run, tell_word(telling->kind), telling->key, to, page, now, error);
}

static gboolean queue_sms(RoleRun *run, const Telling *telling, const Order *order, Instant now, GError **error) {
  gboolean lacks = gateway_templates(run->conf) && run->conf->messages[telling->kind].template_id == NULL;
  if (run->conf->sms_kind == NULL || order->handler_mobile == NULL || lacks)
    return TRUE;
  return sms_add(run->store, telling->id, order->id, order->handler_mobile, "notify", now, error);
}

static gboolean queue(RoleRun *run, const Telling *telling, Instant now, GError **error) {
  g_auto(OrderStand) stand = {0};
  gboolean stands;
  if (!order_stand(run->store, telling->order_no, &stand, NULL, error) ||
      !telling_stands(run->store, telling, &stands, error))
    return FALSE;
  if (!stands)
    return TRUE;
  text_init(telling->language != NULL ? telling->language : run->conf->language);
  g_autoptr(GHashTable) facts = telling_facts(telling, &stand.order);
  gboolean done =
      queue_mail(run, telling, &stand.order, facts, now, error) && queue_sms(run, telling, &stand.order, now, error);
  text_init(run->conf->language);
  return done;
}

gboolean telling_job(RoleRun *run, const Job *job, GError **error) {
  g_auto(Telling) telling = {0};
  gboolean found = FALSE;
  if (!store_begin(run->store, error))
    return FALSE;
  if (telling_load(run->store, g_ascii_strtoll(job->subject, NULL, 10), &telling, &found, error) &&
      (!found || queue(run, &telling, clock_now(), error)) && job_done(run->store, job, error) &&
      store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}
