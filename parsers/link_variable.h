/* The variables in braces that the templates of a direct link may name. */
#ifndef YIFEN_PARSERS_LINK_VARIABLE_H
#define YIFEN_PARSERS_LINK_VARIABLE_H

#include <glib.h>

enum { LINK_NAME_MAX = 24 }; /* of a variable's name, its NUL included */

/* What templates may name. {request}: the message's id. {date} {time} {datetime}: of writing it; {sent_date}: the day
 * of the payment. {customer16}: padded with 0 to 16 characters. {amount}: 0.01; {fen}: 1. Of all transfers: {count},
 * {total}, {transfers} ({item} of each). Of one: {reference} to {same_bank}. */
#define LINK_VARIABLES                                                                                                 \
  "{request} {function} {date} {time} {datetime} {sent_date} {customer} {customer16} {operator} {authorization} "      \
  "{payer_name} {payer_account} {payer_bank} {count} {total} {transfers} {reference} {amount} {fen} {payee_name} "     \
  "{payee_account} {payee_bank} {payee_cnaps} {remark} {same_bank} {number} {signature} {message}"

/* A variable of the template that is none; NULL when all are known. The caller frees. */
char *link_unknown_variable(const char *template);

/* The length of "{name}" at this place, and the name; 0: a brace of its own. */
gsize link_variable_at(const char *at, char name[LINK_NAME_MAX]);

#endif
