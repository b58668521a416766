/* What a case says about refunds, for people. */
#ifndef YIFEN_DAEMON_REFUND_TEXT_H
#define YIFEN_DAEMON_REFUND_TEXT_H

#include <jansson.h>

/* Lines about a case of spool/case_list.h: why and how much may go back, each refund with its two people, and what can
 * be done next. "" for a case that has none. The caller frees. */
char *refund_text(const json_t *one);

#endif
