#include "rules/name.h"

#include <string.h>

#define FORM "(个体工商户)"

/* The normal name without the form behind it. */
static char *trade_name(const char *name) {
  char *normal = name_normal(name);
  if (g_str_has_suffix(normal, FORM))
    normal[strlen(normal) - strlen(FORM)] = '\0';
  return normal;
}

static gboolean sole_trader_holds(const char *holder, const char *applicant, const char *owner) {
  g_autofree char *held = trade_name(holder), *trade = trade_name(applicant), *person = name_normal(owner);
  g_autofree char *with_owner = g_strconcat(trade, "(", person, ")", NULL),
                  *plain = g_strconcat("个体户", person, NULL);
  if (*trade == '\0' || strchr(held, '?') != NULL)
    return FALSE;
  return strcmp(held, trade) == 0 || (*person != '\0' && (strcmp(held, with_owner) == 0 ||
                                                          (strcmp(trade, person) == 0 && strcmp(held, plain) == 0)));
}

gboolean name_is_holder(const char *holder, const char *applicant, const char *owner, gboolean sole_trader) {
  NameGrade grade = name_grade(holder, applicant);
  return grade == NAME_EQUAL || grade == NAME_NORMALISED ||
         (sole_trader && sole_trader_holds(holder, applicant, owner));
}
