/* The rules of single texts in a JSON body, one a kind of field. */
#ifndef YIFEN_PARSERS_FIELD_RULES_H
#define YIFEN_PARSERS_FIELD_RULES_H

#include "parsers/fields.h"

/* The text in its plain form, or NULL with the error of parsers/fields.h. A wrong check digit is appended to warnings
 * as "path reason;". The caller frees. */
char *field_rule_text(const Field *field, const char *path, const char *text, GString *warnings, GError **error);

#endif
