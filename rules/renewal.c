#include "rules/renewal.h"

Day renewal_notice_on(Day expires_on) {
  int year, month, mday;
  if (expires_on == DAY_NONE)
    return DAY_NONE;
  day_to_ymd(expires_on, &year, &month, &mday);
  year -= month == 1;
  month = month == 1 ? 12 : month - 1;
  Day notice = DAY_NONE;
  while (mday > 0 && !day_from_ymd(year, month, mday, &notice)) /* a shorter month */
    mday--;
  return notice;
}

gboolean renewal_due(const RenewalFacts *facts, Day today) {
  Day last = day_of_instant(facts->valid_until);
  return last != DAY_NONE && !facts->revoked && !facts->renewed && today <= last && today >= renewal_notice_on(last);
}
