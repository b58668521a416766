#include "rules/triage.h"
#include "rules/name.h"

#include <string.h>

#define REFERENCE_LENGTH 17 /* Y and 16 characters of Crockford's base 32 */

static const char *const reversal_words[] = {"冲正", "红字", "冲销", "冲账", "抹账", "冲帐", "抹帐", NULL};

/* Is one of the words in one of the line's texts, blanks and width apart? */
static gboolean texts_hold(const Entry *entry, const char *const *words) {
  const char *const texts[] = {entry->remark, entry->purpose, entry->summary};
  for (gsize i = 0; words != NULL && i < G_N_ELEMENTS(texts); i++) {
    if (texts[i] == NULL)
      continue;
    g_autofree char *text = name_normal(texts[i]);
    for (gsize k = 0; words[k] != NULL; k++) {
      g_autofree char *word = name_normal(words[k]);
      if (*word != '\0' && strstr(text, word) != NULL)
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean reference_at(const char *text) {
  if (text[0] != 'Y')
    return FALSE;
  for (int i = 1; i < REFERENCE_LENGTH; i++)
    if (text[i] == '\0' || strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", text[i]) == NULL)
      return FALSE;
  return !g_ascii_isalnum(text[REFERENCE_LENGTH]);
}

static gboolean holds_reference(const char *text) {
  for (const char *p = text; p != NULL && *p != '\0'; p++)
    if ((p == text || !g_ascii_isalnum(p[-1])) && reference_at(p))
      return TRUE;
  return FALSE;
}

/* Some banks write letters and digits full-width. */
static gboolean our_reference(const Entry *entry) {
  const char *const texts[] = {entry->end_to_end_id, entry->remark, entry->purpose, entry->summary};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *narrow = texts[i] == NULL ? NULL : g_utf8_normalize(texts[i], -1, G_NORMALIZE_NFKC);
    if (holds_reference(narrow))
      return TRUE;
  }
  return FALSE;
}

static gboolean own_account(const Entry *entry, const TriageRules *rules) {
  for (gsize i = 0; rules->own_accounts != NULL && rules->own_accounts[i] != NULL; i++)
    if (account_equal(entry->counterparty_account, rules->own_accounts[i]))
      return TRUE;
  return FALSE;
}

/* Its amount and its payee: a bank need not show our reference. */
static gboolean our_refund(const Entry *entry, const TriageRules *rules) {
  for (gsize i = 0; i < rules->refund_count; i++) {
    const TriageRefund *refund = &rules->refunds[i];
    if (entry->amount.minor == refund->amount.minor && strcmp(entry->amount.currency, refund->amount.currency) == 0 &&
        account_equal(entry->counterparty_account, refund->account))
      return TRUE;
  }
  return FALSE;
}

gboolean triage_our_words(const Entry *entry, const TriageRules *rules) {
  return texts_hold(entry, rules->remark_words);
}

gboolean triage_reversal(const Entry *entry) {
  return entry->reversal || texts_hold(entry, reversal_words);
}

static gboolean is_fen(const Entry *entry, const TriageRules *rules) {
  return entry->amount.minor == rules->verification.minor &&
         strcmp(entry->amount.currency, rules->verification.currency) == 0;
}

static Triage verdict(Triage triage, const char *word, const char **rule) {
  if (rule != NULL)
    *rule = word;
  return triage;
}

static Triage triage_debit(const Entry *entry, const TriageRules *rules, const char **rule) {
  if (texts_hold(entry, rules->remark_words))
    return verdict(TRIAGE_TIE, "our_remark", rule);
  if (our_reference(entry))
    return verdict(TRIAGE_TIE, "our_reference", rule);
  if (own_account(entry, rules))
    return verdict(TRIAGE_EXPLAINED, "own_account", rule);
  if (triage_reversal(entry))
    return verdict(TRIAGE_REVERSAL, "reversal", rule);
  if (is_fen(entry, rules))
    return verdict(TRIAGE_TIE, "verification_amount", rule);
  if (our_refund(entry, rules))
    return verdict(TRIAGE_TIE, "our_refund", rule);
  if (texts_hold(entry, rules->explained_words))
    return verdict(TRIAGE_EXPLAINED, "interest_or_fee", rule);
  return verdict(TRIAGE_EXPLAINED, "ordinary_debit", rule);
}

static Triage triage_credit(const Entry *entry, const TriageRules *rules, const char **rule) {
  if (our_reference(entry))
    return verdict(TRIAGE_TIE, "our_reference", rule);
  if (entry->return_reason != NULL || texts_hold(entry, rules->return_words))
    return verdict(TRIAGE_TIE, "return_evidence", rule);
  if (triage_reversal(entry))
    return verdict(TRIAGE_TIE, "reversal", rule);
  if (is_fen(entry, rules))
    return verdict(TRIAGE_TIE, "verification_amount", rule);
  if (own_account(entry, rules))
    return verdict(TRIAGE_EXPLAINED, "own_account", rule);
  gboolean nameless = entry->counterparty_name == NULL && entry->counterparty_account == NULL;
  if (nameless && texts_hold(entry, rules->explained_words))
    return verdict(TRIAGE_EXPLAINED, "interest_or_fee", rule);
  return verdict(TRIAGE_MATCH, "credit", rule);
}

Triage triage_entry(const Entry *entry, const TriageRules *rules, const char **rule) {
  return entry->direction == DIRECTION_DEBIT ? triage_debit(entry, rules, rule) : triage_credit(entry, rules, rule);
}
