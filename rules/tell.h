/* What a handler 经办人 is told, and the facts that each message is made of. Never a code, never a PIN. */
#ifndef YIFEN_RULES_TELL_H
#define YIFEN_RULES_TELL_H

#include <glib.h>

typedef enum {
  TELL_CODE_SENT,  /* the fen with its code has left: account (last digits), expected (day, or empty) */
  TELL_WRONG_CODE, /* left (tries) */
  TELL_BOUNCED,    /* cause (a word of rules/policy.h), field ("number", ...), account (last digits) */
  TELL_SENT_BACK,  /* why (the reviewer's words), fields (names of rules/correction.h joined by ",") */
  TELL_ACCEPTED,   /* nothing more */
  TELL_SHIPPED,    /* courier (name), number (waybill), link (its tracking page, or empty) */
  TELL_RENEWAL,    /* certificate (kind), expires (day) */
  TELL_REFUNDED,   /* amount ("1048.00") */
  TELL_INVOICED,   /* number (20 digits), link (where it can be fetched, or empty) */
  TELL_KINDS
} TellKind;

const char *tell_word(TellKind kind); /* "code_sent" */
int tell_kind(const char *word);      /* -1: there is none */

/* What a template of this kind may name, ended by NULL: the names above; and order_no, applicant and handler, which
 * every message has. */
const char *const *tell_facts(TellKind kind);
#define TELL_ORDER_FACTS "order_no", "applicant", "handler"

/* The first {name} of a template that its kind does not have, the template's own text from a brace that closes nothing,
 * or NULL when it fits. The caller frees. */
char *tell_misfit(TellKind kind, const char *text);

/* The text with its facts; a fact that is not there is empty. fact gives what stands for a name, or NULL. The caller
 * frees. text fits. */
char *tell_fill(const char *text, const char *(*fact)(void *user, const char *name), void *user);

#endif
