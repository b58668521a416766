#include "daemon/report/notice.h"

#include <string.h>

#include "daemon/fate.h"
#include "daemon/mail/mime.h"
#include "daemon/order_answer.h"
#include "daemon/text.h"
#include "spool/order_change.h"
#include "spool/outbox.h"

#define TEXT_SHOWN 300

gboolean notice_queue(RoleRun *run, const char *kind, const char *key, char *const *to, const Page *page, Instant now,
                      GError **error) {
  g_autofree char *text = page_text(page), *html = page_html(page, "zh-CN"),
                  *recipients = g_strjoinv(", ", (char **)to);
  g_autofree char *message_id = mime_message_id(run->conf->mail_from);
  const Mail mail = {.from = run->conf->mail_from,
                     .to = to,
                     .subject = page->title,
                     .message_id = message_id,
                     .date = now,
                     .text = text,
                     .html = html};
  g_autofree char *body = mime_write(&mail);
  const MessageDraft draft = {
      .kind = kind, .key = key, .message_id = message_id, .recipients = recipients, .body = body, .size = strlen(body)};
  gboolean fresh;
  return outbox_add(run->store, &draft, "notify", now, &fresh, error);
}

static gboolean end(RoleRun *run, gboolean done, GError **error) {
  if (done && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

/* ---- to the handler ---- */

static const char *tail_of(const char *number) {
  gsize length = strlen(number);
  return number + (length > 4 ? length - 4 : 0);
}

static void say_account(Page *page, const Transfer *transfer) {
  g_autofree char *name = text_clean(transfer->payee_name, TEXT_SHOWN);
  g_autofree char *bank = text_clean(transfer->payee_bank, TEXT_SHOWN);
  PageSection *section = page_section(page, _("收款账户"), _("户名"), _("账号"), _("开户行"), NULL);
  g_autofree char *number = g_strdup_printf(_("尾号 %s"), tail_of(transfer->payee_account));
  section_row(section, name, number, bank);
}

static char *why_of(const OrderView *view) {
  g_autofree char *cause = g_strconcat("cause.", view->cause != NULL ? view->cause : "sent_back", NULL);
  g_autofree char *field = g_strconcat("bank_account.", view->field != NULL ? view->field : "number", NULL);
  return g_strdup_printf(_("原因：%s。请核对并更正：%s。"), text_word(cause), text_word(field));
}

static Page *account_page(const RoleRun *run, const Transfer *transfer, const OrderView *view, const Order *order) {
  g_autofree char *handler = text_clean(order->handler_name, TEXT_SHOWN);
  g_autofree char *applicant = text_clean(order->applicant_name, TEXT_SHOWN);
  gboolean back = transfer->state == TRANSFER_RETURNED;
  Page *page = page_new(g_strdup_printf(_("业务单 %s：请更正银行账户信息"), order->order_no));
  page_say(page, g_strdup_printf(_("%s，您好："), handler));
  page_say(page, g_strdup_printf(back ? _("%s的业务单 %s 做金融认证时转出的 0.01 元已被银行退回，认证没有成功。")
                                      : _("%s的业务单 %s 做金融认证时，0.01 元没有能付到下面的账户，认证没有成功。"),
                                 applicant, order->order_no));
  page_say(page, why_of(view));
  page_say(page, g_strdup_printf(_("%s。这次退回不占用您输入验证码的次数。"),
                                 order_next_text(order_status(run->conf, view))));
  page_say(page, g_strdup(_("请在网上营业厅办理。本邮件由系统自动发出，不含验证码；我们也不会向您索要验证码。")));
  say_account(page, transfer);
  return page;
}

/* Is this still what the order waits for? */
static gboolean stands(const Transfer *transfer, const OrderView *view) {
  gboolean failed = view->verification == VERIFICATION_FAILED || view->proof == PROOF_WITHDRAWN;
  return transfer->round == view->round && failed && view->review != REVIEW_CLOSED;
}

gboolean notice_account(RoleRun *run, const char *reference, Instant now, GError **error) {
  gboolean found = FALSE;
  g_auto(Transfer) transfer = {0};
  g_auto(OrderView) view = {0};
  g_auto(OrderStand) stand = {0};
  if (run->conf->smtp_host == NULL)
    return TRUE;
  if (!transfer_find(run->store, reference, &transfer, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  if (!order_view(run->store, transfer.order_no, &view, error) ||
      !order_stand(run->store, transfer.order_no, &stand, NULL, error))
    return FALSE;
  char *const to[] = {stand.order.handler_email, NULL};
  if (to[0] == NULL || !stands(&transfer, &view))
    return TRUE;
  g_autoptr(Page) page = account_page(run, &transfer, &view, &stand.order);
  return store_begin(run->store, error) &&
         end(run, notice_queue(run, "account", reference, to, page, now, error), error);
}

/* ---- to the reviewers ---- */

static void add_unknown(Page *page, const Transfer *t, const Fate *fate) {
  g_autofree char *since = fate_minute(t->changed_at), *ends = fate_text(fate, t), *amount = money_format(t->amount);
  g_autofree char *name = text_clean(t->payee_name, TEXT_SHOWN);
  PageSection *section = page_section(page, t->reference, NULL);
  section_say(section, g_strdup_printf(_("%s 元，付给 %s（业务单 %s），付款账户 %s"), amount, name,
                                       t->order_no != NULL ? t->order_no : _("无（验证付款通道）"), t->account));
  section_say(section, g_strdup_printf(_("自 %s 起结果不明。%s。"), since, ends));
}

/* Those whose time has come go onto the page and are marked. */
static gboolean collect(RoleRun *run, GPtrArray *profiles, const GPtrArray *unknown, Instant now, Page *page,
                        Instant *next, GError **error) {
  for (guint i = 0; i < unknown->len; i++) {
    const Transfer *transfer = unknown->pdata[i];
    Fate fate;
    if (!fate_load(run->store, run->conf, run->calendar, profiles, transfer, &fate, error))
      return FALSE;
    if (fate.alarm > now) {
      *next = *next == INSTANT_NONE ? fate.alarm : MIN(*next, fate.alarm);
      continue;
    }
    add_unknown(page, transfer, &fate);
    if (!transfer_alarmed(run->store, transfer->id, now, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean tell(RoleRun *run, GPtrArray *profiles, const GPtrArray *unknown, Instant now, Instant *next,
                     GError **error) {
  g_autoptr(Page) page = page_new(g_strdup(_("有付款结果不明，已超过银行时限")));
  page_say(page, g_strdup(_("没有证据之前，系统不会重付，也不会当作已付。")));
  page_say(page, g_strdup(_("经过见：yifen transfer show 参考号；全部列表见：yifen transfers --unknown")));
  page_say(page,
           g_strdup(_("人工认定：yifen transfer resolve 参考号 --as booked|rejected|returned --evidence 凭据说明")));
  if (!collect(run, profiles, unknown, now, page, next, error))
    return FALSE;
  if (page->sections->len == 0)
    return TRUE;
  const PageSection *first = page->sections->pdata[0];
  return notice_queue(run, "unknown", first->title, run->conf->reviewers, page, now, error);
}

gboolean notice_unknown(RoleRun *run, Instant now, Instant *next, GError **error) {
  g_autoptr(GPtrArray) unknown = transfers_unalarmed(run->store, error);
  if (unknown == NULL || unknown->len == 0)
    return unknown != NULL;
  g_autoptr(GPtrArray) profiles = profiles_load(run->conf->profiles, error);
  return profiles != NULL && store_begin(run->store, error) &&
         end(run, tell(run, profiles, unknown, now, next, error), error);
}
