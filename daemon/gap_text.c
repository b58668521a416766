#include "daemon/gap_text.h"

#include "daemon/text.h"

char *gap_text(const char *kind, const char *after, const char *from, const char *expected, const char *found) {
  if (g_str_equal(kind, "balance"))
    return g_strdup_printf(_("%s 的期末余额是 %s，%s 的期初余额却是 %s，中间缺对账单。"), after, expected, from, found);
  if (g_str_equal(kind, "page"))
    return g_strdup_printf(_("%s 的对账单缺第 %s 页。"), after, expected);
  return g_strdup_printf(_("%s 的对账单是第 %s 号，下一份 %s 的是第 %s 号，中间缺号。"), after, expected, from, found);
}

gboolean gap_late(const ConfAccount *account, Day last, Instant now) {
  Day today = day_of_instant(now);
  return account->expect_hour >= 0 && now >= instant_at(today, account->expect_hour, account->expect_minute, 0) &&
         last < today - 1;
}

char *gap_late_text(Day last) {
  g_autofree char *day = day_format(last);
  return g_strdup_printf(_("应到的对账单还没有到，最近一份到 %s 为止。"), day != NULL ? day : _("（无）"));
}
