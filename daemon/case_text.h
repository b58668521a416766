/* What a case's card says, for people. */
#ifndef YIFEN_DAEMON_CASE_TEXT_H
#define YIFEN_DAEMON_CASE_TEXT_H

#include <glib.h>
#include <jansson.h>

/* Lines joined by '\n', "" when the card holds nothing to say: facts, why each candidate was not chosen; for
 * a held file what it claims, what was counted, and what can be done. one: a
 * case as spool/case_list.h gives it. The caller frees. */
char *case_text(const json_t *one);

/* What an action is called in this case: of a held file, of a round of verification, else "受理", "退回修改", ... */
const char *case_action_word(const json_t *one, const char *action);

#endif
