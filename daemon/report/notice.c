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
