/* Identifiers that an order carries: their shape is a rule, their check digit only a warning, because real ones fail it
 * (early Xiamen credit codes, misprinted branch codes) and a reviewer sees the document.
 *
 * Each function brings the text to its plain form first: NFKC, upper case, without blanks and invisible characters;
 * hyphens too in mobile and account numbers. plain is written unless the verdict is IDENT_BAD_SHAPE. NULL is a bad
 * shape.
 */
#ifndef YIFEN_RULES_IDENT_H
#define YIFEN_RULES_IDENT_H

#include <glib.h>

#define IDENT_SIZE 33 /* bytes of the longest plain form and its NUL */

typedef enum {
  IDENT_OK,
  IDENT_WARN_CHECK, /* good shape, wrong check digit: taken, and shown to the reviewer */
  IDENT_BAD_SHAPE,  /* refused */
} IdentVerdict;

/* 统一社会信用代码, GB 32100-2015: 18 of 0-9 A-Z without I O S V Z, digits in places 3 to 8 (GB/T 2260 division), last
 * a check modulo 31 (GB/T 17710). The check inside the organisation's own code (GB 11714, place 17) is not judged: too
 * many valid codes fail it. */
IdentVerdict ident_uscc(const char *text, char plain[IDENT_SIZE]);

/* Is a plain code that of a sole trader (个体工商户, first two places 92)? */
gboolean ident_sole_trader(const char *uscc);

/* 公民身份号码, GB 11643-1999: 17 digits and a digit or X (ISO 7064 MOD 11-2); places 7 to 14 are a day that exists.
 * The area is not judged: retired areas, 81 to 83 and 9 (residents from elsewhere) are real. Cards of 15 digits are
 * retired: a bad shape. */
IdentVerdict ident_card(const char *text, char plain[IDENT_SIZE]);

/* Mainland mobile number: +86 or 0086 dropped, 1, then 3 to 9, then nine digits. It has no check digit. */
IdentVerdict ident_mobile(const char *text, char plain[IDENT_SIZE]);

/* 联行号 of a bank's branch (CNAPS): 12 digits, the last by ISO 7064 MOD 11,10. The first three name the bank. */
IdentVerdict ident_cnaps(const char *text, char plain[IDENT_SIZE]);

/* Bank account of an organisation: 6 to 32 digits or letters. There is no national check digit; Luhn is for cards. */
IdentVerdict ident_account(const char *text, char plain[IDENT_SIZE]);

/* Administrative division, GB/T 2260: six digits, not beginning with 0. */
IdentVerdict ident_division(const char *text, char plain[IDENT_SIZE]);

#endif
