/* Names of organisations as banks show them, and how sure we may be that a payer is an applicant.
 * Chinese banks write the same name full-width or half-width, with blanks in it, cut at the end of a field of 40 to 70
 * bytes, or with '?' for characters outside GBK. */
#ifndef YIFEN_RULES_NAME_H
#define YIFEN_RULES_NAME_H

#include <glib.h>

/* From best to worst. Only the first four can be the applicant itself; TRUNCATED and WILDCARD need its account too. */
typedef enum {
  NAME_EQUAL,      /* the same characters */
  NAME_NORMALISED, /* equal after name_normal() */
  NAME_TRUNCATED,  /* cut by the bank's field: a beginning at least 19 double-byte characters wide that is no whole
                      name, and is not continued by a branch's word alone */
  NAME_WILDCARD,   /* equal but for '?' in the payer's name where the applicant's has characters outside ASCII */
  NAME_LEGAL_FORM, /* same name, other legal form, place suffix, variant characters, or a shorter beginning */
  NAME_BRANCH,     /* a branch, the parent, a sister branch, a body of the same house: another account holder */
  NAME_OTHER,      /* another name */
  NAME_NONE,       /* no name: empty equals nothing */
  NAME_GRADES
} NameGrade;

const char *
name_grade_word(NameGrade grade); /* "equal" "normalised" "truncated" "wildcard" "legal_form" "branch" "other" "none" */

/* For comparison: NFKC, upper-case, without blanks, invisible characters, middle dots, full stops, quotes and hyphens;
 * all brackets round; U+25A1, U+FFFD and private-use characters as '?'. "" for NULL. The caller frees. */
char *name_normal(const char *name);

/* For looking up (purchase.applicant_key, entry.payer_key): the normal name without branch, legal form and place
 * suffixes, so that names of grades EQUAL, NORMALISED, LEGAL_FORM (but for shorter beginnings) and BRANCH share one
 * key. An equal key proves nothing; name_grade() judges. "" for NULL: empty equals nothing. The caller frees. */
char *name_key(const char *name);

/* How the payer's name compares with the applicant's. NULL and blank names are NAME_NONE. */
NameGrade name_grade(const char *payer, const char *applicant);

/* Is the holder of an account, as the applicant wrote it, the applicant itself? Its name, EQUAL or NORMALISED. A sole
 * trader (个体工商户) may also hold it with the form or the owner's name behind its own (甲商行（个体工商户）,
 * 甲商行（张三）), and one without a trade name as 个体户张三; the owner's bare name is a personal account. owner may
 * be NULL. */
gboolean name_is_holder(const char *holder, const char *applicant, const char *owner, gboolean sole_trader);

/* Account numbers compare as letters and digits: NFKC, upper-case, blanks and hyphens dropped. NULL when it is empty or
 * holds anything else ('*' of a masked number): such a number equals nothing. The caller frees. */
char *account_normal(const char *account);
gboolean account_equal(const char *a, const char *b);

#endif
