/* rules.conf: the passes of matching as finance staff write them, one section a pass, tried from top to bottom. Keys
 * and values may be in English or Chinese: [pass number]                     [规则 number] number = one 单号 = 一个
 *     payer = self, other_account       付款人 = 本单位, 其他账号
 *     amount = exact                    金额 = 相等
 *     then = settle                     处理 = 入账
 * docs/matching.md explains each. What the file leaves undecided, the built-in passes that open cases decide, so that
 * no money disappears from sight; what settles, the file alone says. */
#ifndef YIFEN_PARSERS_MATCH_RULES_H
#define YIFEN_PARSERS_MATCH_RULES_H

#include "rules/match_pass.h"

typedef struct {
  MatchPass *passes; /* ended by a NULL name */
  gsize own;         /* so many of them, the first, are the file's */
} MatchRules;

/* ERROR_PERMANENT with file, line, field, value, expected: as of key files, "rules_many", "pass_name", and what
 * match_pass_unsafe() says. A file without passes is the built-in rules. */
MatchRules *match_rules_parse(const char *file, const char *text, gsize length, GError **error);

/* The file's rules. ERROR_PERMANENT "config_unreadable" too. */
MatchRules *match_rules_load(const char *file, GError **error);

MatchRules *match_rules_builtin(void);
void match_rules_free(MatchRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchRules, match_rules_free)

/* One pass as its section in the file, in English or Chinese; match_rules_parse() reads it back. The caller frees. */
char *match_pass_text(const MatchPass *pass, gboolean chinese);

#endif
