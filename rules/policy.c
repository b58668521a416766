#include "rules/policy.h"

#include <string.h>

PolicyVerdict policy_round(const PolicyLimits *limits, const PolicyUse *use, Money amount) {
  Money sum;
  if (use->rounds >= limits->rounds)
    return POLICY_NO_ROUND;
  if (use->to_account_today >= limits->rounds_a_day || use->count_today >= limits->daily_count ||
      !money_add(use->sum_today, amount, &sum) || strcmp(sum.currency, limits->daily_sum.currency) != 0 ||
      sum.minor > limits->daily_sum.minor)
    return POLICY_TOMORROW;
  return POLICY_SEND;
}

static const struct {
  const char *word, *field;
} doubts[POLICY_DOUBTS] = {
    [DOUBT_HOLDER] = {"holder_differs", "name"},
    [DOUBT_SHARED] = {"account_shared", "number"},
    [DOUBT_MANY] = {"accounts_many", "number"},
};

const char *policy_doubt_word(PolicyDoubt doubt) {
  return doubts[doubt].word;
}

const char *policy_doubt_field(PolicyDoubt doubt) {
  return doubts[doubt].field;
}

int policy_doubt(const char *word) {
  for (int i = 0; i < POLICY_DOUBTS; i++)
    if (strcmp(doubts[i].word, word) == 0)
      return i;
  return -1;
}

guint policy_doubts(gboolean holder, int companies, int accounts, const PolicySpread *most) {
  return (holder ? 0 : 1u << DOUBT_HOLDER) | (companies > most->companies_an_account ? 1u << DOUBT_SHARED : 0) |
         (accounts > most->accounts_a_company ? 1u << DOUBT_MANY : 0);
}

/* NFKC, upper case, no blanks, and without the 中国 that people leave away. */
static char *bank_key(const char *name) {
  g_autofree char *normal = name != NULL ? g_utf8_normalize(name, -1, G_NORMALIZE_NFKC) : NULL;
  g_autofree char *upper = normal != NULL ? g_utf8_strup(normal, -1) : NULL;
  g_autoptr(GString) key = g_string_new(NULL);
  for (const char *p = upper; p != NULL && *p != '\0'; p = g_utf8_next_char(p))
    if (!g_unichar_isspace(g_utf8_get_char(p)))
      g_string_append_unichar(key, g_utf8_get_char(p));
  const char *start = key->str;
  if (g_str_has_prefix(start, "中国") && !g_str_has_prefix(start, "中国银行"))
    start += strlen("中国");
  return g_strdup(start);
}

/* Bytes of the key that this account's bank explains; 0: another bank. */
static gsize name_match(const PolicyAccount *account, const char *key) {
  gsize best = 0;
  g_autofree char *title = bank_key(account->title);
  if (*title != '\0' && g_str_has_prefix(key, title))
    best = strlen(title);
  for (int i = 0; account->names != NULL && account->names[i] != NULL; i++) {
    g_autofree char *name = bank_key(account->names[i]);
    if (g_str_has_prefix(key, name))
      best = MAX(best, strlen(name));
  }
  return best;
}

static gsize code_match(const PolicyAccount *account, const char *cnaps) {
  return account->clearing != NULL && strncmp(account->clearing, cnaps, 3) == 0 ? 1 : 0;
}

int policy_account(const PolicyAccount *accounts, int count, const char *bank, const char *cnaps) {
  g_autofree char *key = bank_key(bank);
  gboolean coded = cnaps != NULL && strlen(cnaps) >= 3;
  gsize best = 0;
  int first = -1, chosen = -1;
  for (int i = 0; i < count; i++) {
    if (!accounts[i].pays)
      continue;
    if (first < 0)
      first = i;
    gsize match = coded ? code_match(&accounts[i], cnaps) : name_match(&accounts[i], key);
    if (match > best) {
      best = match;
      chosen = i;
    }
  }
  return chosen >= 0 ? chosen : first;
}
