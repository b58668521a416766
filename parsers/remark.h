/* The remark 附言 that carries the code, and the limits of a bank's fields. A bank cuts what is too long, and a cut
 * code looks like a shorter one; so what does not fit is never sent. */
#ifndef YIFEN_PARSERS_REMARK_H
#define YIFEN_PARSERS_REMARK_H

#include "parsers/profile.h"

#define REMARK_CODE "{code}"

/* The template with the code in its place; the caller frees and overwrites. */
char *remark_fill(const char *template, const char *code);

/* The remark of a refund: it has no code. The caller frees. */
char *refund_remark(const char *words, const char *order_no);

/* Do remarks of this template fit the bank's field, in bytes of its encoding? ERROR_PERMANENT "remark_bytes" with value
 * (bytes), expected (the limit) and file (the profile); "remark_template" when the template lacks {code}, puts a digit
 * beside it or holds it twice. */
gboolean remark_check(const char *template, const Profile *profile, GError **error);

/* Does this remark fit? ERROR_REFUSED "name_bytes", as below. */
gboolean remark_check_text(const char *remark, const Profile *profile, GError **error);

/* Does a name fit? ERROR_REFUSED "name_bytes" with field, value (bytes), expected (the limit) and file (the profile).
 */
gboolean remark_check_name(const char *field, const char *name, const Profile *profile, GError **error);

#endif
