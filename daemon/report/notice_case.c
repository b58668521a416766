#include "daemon/report/notice_case.h"

#include <string.h>

#include "daemon/case_text.h"
#include "daemon/report/notice.h"
#include "daemon/text.h"
#include "rules/deadline.h"
#include "rules/life.h"
#include "spool/case_clock.h"
#include "spool/case_list.h"
#include "spool/order_change.h"

#define TEXT_SHOWN 1000

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

static gboolean end(RoleRun *run, gboolean done, GError **error) {
  if (done && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

typedef struct {
  RoleRun *run;
  Instant now;
  GHashTable *mails; /* recipients -> Page */
} Telling;

static gboolean is_reviewer(const RoleRun *run, const char *address) {
  return address != NULL && g_strv_contains((const char *const *)run->conf->reviewers, address);
}

static Page *page_for(const Telling *telling, const CaseClock *clock, int level) {
  const RoleRun *run = telling->run;
  gboolean one = level < 100 && is_reviewer(run, clock->assignee);
  g_autofree char *to = one ? g_strdup(clock->assignee) : g_strjoinv(", ", run->conf->reviewers);
  Page *page = g_hash_table_lookup(telling->mails, to);
  if (page == NULL) {
    page = page_new(NULL);
    page_say(page, g_strdup(_("下面的审核案到了要提醒的时候。期限按工作日计算，等申请单位修改期间不计。")));
    g_hash_table_insert(telling->mails, g_steal_pointer(&to), page);
  }
  return page;
}

static char *clock_line(const RoleRun *run, const CaseClock *clock, int level, Instant now) {
  g_autofree char *due = day_format(clock->due);
  int left = deadline_left(run->calendar, clock->due, now);
  if (level == 100)
    return g_strdup_printf(_("已到期：期限是 %s。"), due);
  return left > 0 ? g_strdup_printf(_("期限已过 %d%%：%s 到期，还有 %d 个工作日。"), level, due, left)
                  : g_strdup_printf(_("期限已过 %d%%：今天（%s）到期。"), level, due);
}

static void say_orders(PageSection *section, const json_t *orders) {
  gsize i;
  json_t *order;
  json_array_foreach(orders, i, order) {
    g_autofree char *applicant = text_clean(text_of(order, "applicant"), TEXT_SHOWN);
    section_say(section, g_strdup_printf(_("业务单 %s，%s"), text_of(order, "order_no"), applicant));
  }
}

static gboolean tell(Telling *telling, const CaseClock *clock, int level, GError **error) {
  RoleRun *run = telling->run;
  json_auto_t *one = case_show(run->store, clock->id, day_of_instant(telling->now), error);
  if (one == NULL)
    return FALSE;
  g_autofree char *title =
      g_strdup_printf(_("审核案 %lld：%s"), (long long)clock->id, text_word(text_of(one, "reason")));
  g_autofree char *card = case_text(one);
  g_auto(GStrv) lines = g_strsplit(card, "\n", -1);
  PageSection *section = page_section(page_for(telling, clock, level), title, NULL);
  section_say(section, clock_line(run, clock, level, telling->now));
  say_orders(section, json_object_get(one, "orders"));
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    section_say(section, text_clean(*line, TEXT_SHOWN));
  section_say(section, g_strdup_printf(_("查看：yifen case show %lld"), (long long)clock->id));
  return case_noticed(run->store, clock->id, level, telling->now, error);
}

static gboolean queue_all(const Telling *telling, GError **error) {
  GHashTableIter iter;
  gpointer to, value;
  g_hash_table_iter_init(&iter, telling->mails);
  while (g_hash_table_iter_next(&iter, &to, &value)) {
    Page *page = value;
    const PageSection *first = page->sections->pdata[0];
    g_auto(GStrv) recipients = g_strsplit(to, ", ", -1);
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT ":%s", telling->now, (const char *)to);
    page->title = page->sections->len == 1
                      ? g_strdup_printf(_("期限提醒：%s"), first->title)
                      : g_strdup_printf(_("期限提醒：%s 等 %u 件"), first->title, page->sections->len);
    if (!notice_queue(telling->run, "clock", key, recipients, page, telling->now, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean tell_due(Telling *telling, const GPtrArray *clocks, Instant *next, GError **error) {
  for (guint i = 0; i < clocks->len; i++) {
    const CaseClock *clock = clocks->pdata[i];
    Instant at;
    int level = deadline_level(telling->run->calendar, clock->due, clock->length, telling->now, &at);
    if (at != INSTANT_NONE)
      *next = *next == INSTANT_NONE ? at : MIN(*next, at);
    if (level > clock->noticed && !tell(telling, clock, level, error))
      return FALSE;
  }
  return queue_all(telling, error);
}

gboolean notice_clocks(RoleRun *run, Instant now, Instant *next, GError **error) {
  g_autoptr(GPtrArray) clocks = case_clocks(run->store, run->calendar, error);
  if (clocks == NULL || clocks->len == 0)
    return clocks != NULL;
  g_autoptr(GHashTable) mails = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)page_free);
  Telling telling = {run, now, mails};
  return store_begin(run->store, error) && end(run, tell_due(&telling, clocks, next, error), error);
}
