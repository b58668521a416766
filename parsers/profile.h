/* Bank profiles: a bank's dialect as data (key file). The built-in ones are part of the program; files of the same name
 * in the configured folder replace them, others add to them. */
#ifndef YIFEN_PARSERS_PROFILE_H
#define YIFEN_PARSERS_PROFILE_H

#include "parsers/link.h"
#include "rules/absence.h"

typedef struct {
  char *name;              /* "icbc" */
  char *title;             /* [bank] title = 中国工商银行 */
  char **names;            /* [bank] names = 工商银行|工行|ICBC: how an applicant may call it */
  char *clearing;          /* [bank] clearing = 102: the first three digits of its CNAPS codes */
  gboolean serial_unique;  /* [statement] serial = unique: AcctSvcrRef / 流水号 alone identifies a line */
  char **return_words;     /* [statement] return_words = 退汇|退票 */
  char **fee_words;        /* [statement] explained = 手续费|结息|...: ordinary lines that people need not see */
  char *balances_unproven; /* [statement] balances_unproven = REASON: balances that need not equal the lines */
  char *totals_unproven;   /* [statement] totals_unproven = REASON: counts and sums that need not */

  char *message;        /* [payment] message = pain.001.001.03 or pain.001.001.09; NULL: cannot pay */
  char *encoding;       /* [payment] encoding = GB18030: of the bank's fields, for the byte limits */
  int remark_bytes;     /* [payment] remark_bytes = 60 */
  int name_bytes;       /* [payment] name_bytes = 60 */
  gboolean clearing_id; /* [payment] clearing_id = CNAPS: write ClrSysId/Cd */
  int answer_hours;     /* [payment] answer_hours = 24: no answer and no line by then: unknown */
  int cut_off;          /* [payment] cut_off = 16:30: minutes after midnight (deadline_fen); -1: at all hours */
  int not_found_days;   /* [payment] not_found_days = 2: working days on which the bank may still debit what was sent */
  AbsenceRules absence; /* [payment] not_found = nothing | never_arrived, query_window_minutes = 1440, query_days = 30:
                         * what the bank's "not found" means, and when (rules/absence.h) */

  Link *link; /* [link]: its direct link; NULL: it has none */

  GPtrArray *layouts; /* Layout (parsers/layout.h), from [csv NAME] sections */
} Profile;

/* All profiles, built-in and of folder `dir` (NULL: built-in only), by name. ERROR_PERMANENT "config_..." names file
 * and line. */
GPtrArray *profiles_load(const char *dir, GError **error); /* Profile *, frees its elements */
const Profile *profiles_find(GPtrArray *profiles, const char *name);

/* All profiles, or only one: ERROR_REFUSED "profile_unknown" when there is no such. */
GPtrArray *profiles_choose(const char *dir, const char *name, GError **error);

#endif
