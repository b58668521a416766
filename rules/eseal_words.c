#include "rules/eseal_words.h"

#include <string.h>

void eseal_words_clear(EsealWords *words) {
  g_clear_pointer(&words->name, g_free);
  g_clear_pointer(&words->arc, g_free);
  g_clear_pointer(&words->below, g_free);
}

void eseal_words_organization(const char *applicant, EsealWords *words) {
  *words = (EsealWords){g_strdup(applicant), g_strdup(applicant), NULL};
}

void eseal_words_business(const char *applicant, const char *called, int number, int count, EsealWords *words) {
  const char *own = called == NULL ? "" : called + (g_str_has_prefix(called, applicant) ? strlen(applicant) : 0);
  g_autofree char *ordinal = count > 1 ? g_strdup_printf("(%d)", number) : g_strdup("");
  char *below = g_strconcat(*own != '\0' ? own : "业务专用章", ordinal, NULL);
  *words = (EsealWords){g_strconcat(applicant, below, NULL), g_strdup(applicant), below};
}
