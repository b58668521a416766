/* The six-digit code that travels with a fen. It is derived, never stored: RFC 4226 (HOTP, HMAC-SHA-1, 6 digits) with
 * key = HMAC-SHA-256(code key, "yifen verification code" || reference) and counter = round. A code is text: 056869
 * keeps its zero. */
#ifndef YIFEN_RULES_CODE_H
#define YIFEN_RULES_CODE_H

#include <glib.h>

#define CODE_DIGITS 6
#define CODE_SIZE (CODE_DIGITS + 1)

/* The code of one round. key: the code key (keys/code.key). The caller wipes `code`. */
void code_derive(const guint8 key[32], const char *reference, guint64 round, char code[CODE_SIZE]);

/* RFC 4226 section 5.3. */
void code_hotp(const guint8 *key, gsize size, guint64 counter, char code[CODE_SIZE]);

/* Compares in constant time. */
gboolean code_equal(const char a[CODE_SIZE], const char b[CODE_SIZE]);

/* What a person typed, NFKC'd (full-width digits) and freed of blanks and invisible characters. FALSE, code untouched,
 * when that is not exactly six ASCII digits, or typed is NULL, no UTF-8 or longer than CODE_TYPED_LIMIT bytes:
 * malformed, which costs no try. */
#define CODE_TYPED_LIMIT 256
gboolean code_normalise(const char *typed, char code[CODE_SIZE]);

#endif
