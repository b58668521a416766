#include "daemon/intake/line.h"

#include <string.h>

#include "rules/mask.h"
#include "spool/keys.h"
#include "spool/refunds.h"

#define FEN ((Money){1, "CNY"})

static char **own_accounts(const Conf *conf) {
  GPtrArray *numbers = g_ptr_array_new();
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *account = conf->accounts->pdata[i];
    g_ptr_array_add(numbers, g_strdup(account->number));
    for (char **also = account->also; *also != NULL; also++)
      g_ptr_array_add(numbers, g_strdup(*also));
  }
  g_ptr_array_add(numbers, NULL);
  return (char **)g_ptr_array_free(numbers, FALSE);
}

/* The remark's template up to the code, without blanks. */
static char **remark_words(const Conf *conf) {
  const char *code = strstr(conf->remark, "{code}");
  g_autofree char *start = g_strndup(conf->remark, code != NULL ? (gsize)(code - conf->remark) : strlen(conf->remark));
  g_autoptr(GString) word = g_string_new(NULL);
  for (const char *at = start; *at != '\0'; at = g_utf8_next_char(at))
    if (!g_unichar_isspace(g_utf8_get_char(at)))
      g_string_append_unichar(word, g_utf8_get_char(at));
  char **words = g_new0(char *, 2);
  if (word->len > 0)
    words[0] = g_strdup(word->str);
  return words;
}

Intake *intake_new(const Conf *conf, Store *store, const Calendar *calendar, GError **error) {
  g_autoptr(Intake) intake = g_new0(Intake, 1);
  *intake = (Intake){.conf = conf, .store = store, .calendar = calendar};
  intake->profiles = profiles_load(conf->profiles, error);
  if (intake->profiles == NULL || !keys_read(conf->state, KEY_PAY_PUBLIC, &intake->pay, error))
    return NULL;
  intake->own_accounts = own_accounts(conf);
  intake->remark_words = remark_words(conf);
  return g_steal_pointer(&intake);
}

void intake_free(Intake *intake) {
  if (intake == NULL)
    return;
  g_clear_pointer(&intake->profiles, g_ptr_array_unref);
  g_strfreev(intake->own_accounts);
  g_strfreev(intake->remark_words);
  g_clear_pointer(&intake->refunds, g_array_unref);
  g_free(intake);
}

gboolean intake_refresh(Intake *intake, GError **error) {
  GArray *refunds = refund_payees(intake->store, error);
  if (refunds == NULL)
    return FALSE;
  g_clear_pointer(&intake->refunds, g_array_unref);
  intake->refunds = refunds;
  return TRUE;
}

static void mask(char **text) {
  char *masked = mask_codes(*text);
  g_free(*text);
  *text = masked;
}

/* Sorted, and masked where a code may stand. */
static void look_at(const Intake *intake, const Profile *bank, const Entry *entry, Line *line) {
  const TriageRules rules = {
      .own_accounts = (const char *const *)intake->own_accounts,
      .return_words = bank != NULL ? (const char *const *)bank->return_words : NULL,
      .explained_words = bank != NULL ? (const char *const *)bank->fee_words : NULL,
      .remark_words = (const char *const *)intake->remark_words,
      .verification = FEN,
      .refunds = intake->refunds != NULL ? (const TriageRefund *)(void *)intake->refunds->data : NULL,
      .refund_count = intake->refunds != NULL ? intake->refunds->len : 0,
  };
  line->triage = triage_entry(entry, &rules, &line->rule);
  entry_copy(entry, &line->masked);
  if (entry->direction == DIRECTION_DEBIT || line->triage == TRIAGE_TIE || triage_our_words(entry, &rules)) {
    mask(&line->masked.remark);
    mask(&line->masked.purpose);
    mask(&line->masked.summary);
    mask(&line->masked.return_reason);
  }
}

void line_prepare(const Intake *intake, const ConfAccount *account, const Entry *entry, EntryCounter *counter,
                  Line *line) {
  const Profile *bank = profiles_find(intake->profiles, account->bank);
  look_at(intake, bank, entry, line);
  line->place = entry_place(counter, account->name, entry->booking_date);
  line->identity = entry_identity(counter, account->name, &line->masked, bank != NULL && bank->serial_unique);
}

void line_announce(const Intake *intake, const ConfAccount *account, const Entry *entry, EntryCounter *counter,
                   Line *line) {
  look_at(intake, profiles_find(intake->profiles, account->bank), entry, line);
  line->identity = entry_identity(counter, account->name, &line->masked, TRUE);
}

gboolean line_counts(const Entry *entry) {
  return entry->status == ENTRY_BOOKED && entry->amount.minor > 0;
}

void line_clear(Line *line) {
  entry_clear(&line->masked);
  g_free(line->identity);
  *line = (Line){0};
}
