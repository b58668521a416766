#include "rules/name.h"
#include "rules/name_stem.h"

#include <string.h>

/* Widths in GBK bytes. The shortest name field known is 40 bytes wide; a cut may cost half a character. */
#define FIELD_SHORTEST 38
#define BEGINNING_SHORTEST 4 /* characters */
#define WILDCARDS_MOST 8     /* '?' in one name: more say too little, and would take long */
#define WILDCARD_LITERALS 4  /* characters that must be really equal, and twice as many as were guessed */

static const char *const words[NAME_GRADES] = {"equal",      "normalised", "truncated", "wildcard",
                                               "legal_form", "branch",     "other",     "none"};

const char *name_grade_word(NameGrade grade) {
  g_assert(grade >= 0 && grade < NAME_GRADES);
  return words[grade];
}

static int field_width(const char *name) {
  int width = 0;
  for (const char *p = name; *p != '\0'; p = g_utf8_find_next_char(p, NULL))
    width += (guchar)*p < 0x80 ? 1 : 2;
  return width;
}

static gboolean proper_prefix(const char *shorter, const char *longer) {
  return strlen(shorter) < strlen(longer) && g_str_has_prefix(longer, shorter);
}

static gboolean truncated(const char *raw, const char *payer, const char *applicant) {
  g_autofree char *trimmed = g_strstrip(g_utf8_make_valid(raw, -1));
  return proper_prefix(payer, applicant) && field_width(trimmed) >= FIELD_SHORTEST && !name_stem_whole(payer) &&
         !name_stem_branch(applicant + strlen(payer)) && strchr(payer, '?') == NULL;
}

/* A run of k '?' stands for 1 to k characters outside ASCII (a bank writes one '?' a character or a byte). guessed and
 * literal count characters of the applicant's name. */
static gboolean wild_match(const char *payer, const char *applicant, int guessed, int literal) {
  if (*payer == '\0')
    return *applicant == '\0' && guessed > 0 && literal >= WILDCARD_LITERALS && literal >= 2 * guessed;
  if (*payer != '?') {
    gsize size = (gsize)(g_utf8_find_next_char(payer, NULL) - payer);
    return strncmp(payer, applicant, size) == 0 && wild_match(payer + size, applicant + size, guessed, literal + 1);
  }
  int run = (int)strspn(payer, "?");
  for (int count = 1; count <= run; count++) {
    if ((guchar)*applicant < 0x80 && *applicant != '?')
      return FALSE;
    applicant = g_utf8_find_next_char(applicant, NULL);
    if (wild_match(payer + run, applicant, guessed + count, literal))
      return TRUE;
  }
  return FALSE;
}

static gboolean wildcard(const char *payer, const char *applicant) {
  int count = 0;
  for (const char *p = payer; *p != '\0'; p++)
    count += *p == '?';
  return count > 0 && count <= WILDCARDS_MOST && wild_match(payer, applicant, 0, 0);
}

static NameGrade grade_house(const char *payer, const char *applicant) {
  g_auto(NameStem) left = name_stem(payer), right = name_stem(applicant);
  if (*left.stem != '\0' && strcmp(left.stem, right.stem) == 0)
    return strcmp(left.branch, right.branch) == 0 ? NAME_LEGAL_FORM : NAME_BRANCH;
  gboolean below = proper_prefix(applicant, payer), above = proper_prefix(payer, applicant);
  const char *shorter = below ? applicant : payer;
  if ((!below && !above) || g_utf8_strlen(shorter, -1) < BEGINNING_SHORTEST)
    return NAME_OTHER;
  if (name_stem_whole(shorter) || (above && name_stem_branch(applicant + strlen(payer))))
    return NAME_BRANCH;
  return above ? NAME_LEGAL_FORM : NAME_OTHER;
}

NameGrade name_grade(const char *payer, const char *applicant) {
  g_autofree char *left = name_normal(payer), *right = name_normal(applicant);
  if (*left == '\0' || *right == '\0')
    return NAME_NONE;
  if (strcmp(left, right) == 0 && strchr(left, '?') == NULL)
    return strcmp(payer, applicant) == 0 ? NAME_EQUAL : NAME_NORMALISED;
  if (truncated(payer, left, right))
    return NAME_TRUNCATED;
  if (wildcard(left, right))
    return NAME_WILDCARD;
  return grade_house(left, right);
}
