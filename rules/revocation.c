#include "rules/revocation.h"

static const struct {
  RevocationReason reason;
  const char *word;
} REASONS[] = {
    {REVOKED_UNSPECIFIED, "unspecified"},
    {REVOKED_KEY_COMPROMISE, "keyCompromise"},
    {REVOKED_AFFILIATION_CHANGED, "affiliationChanged"},
    {REVOKED_SUPERSEDED, "superseded"},
    {REVOKED_CESSATION, "cessationOfOperation"},
    {REVOKED_PRIVILEGE_WITHDRAWN, "privilegeWithdrawn"},
};

const char *revocation_word(RevocationReason reason) {
  for (guint i = 0; i < G_N_ELEMENTS(REASONS); i++)
    if (REASONS[i].reason == reason)
      return REASONS[i].word;
  return NULL;
}

gboolean revocation_parse(const char *word, RevocationReason *reason) {
  for (guint i = 0; i < G_N_ELEMENTS(REASONS); i++)
    if (g_str_equal(word, REASONS[i].word)) {
      *reason = REASONS[i].reason;
      return TRUE;
    }
  return FALSE;
}
