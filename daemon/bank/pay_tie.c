/* Job "tie": says what a line of our statement that looks like ours is. */
#include <openssl/crypto.h>
#include <string.h>

#include "daemon/bank/pay.h"
#include "rules/code.h"
#include "rules/error.h"
#include "rules/policy.h"
#include "spool/texts.h"
#include "spool/ties.h"
#include "spool/transfers.h"

/* Everything that was written on the line: sealed, or as it stands when nothing was hidden. */
static gboolean read_texts(RoleRun *run, const TieEntry *entry, Texts *texts, GError **error) {
  const PayState *state = run->state;
  if (entry->sealed == NULL) {
    const char *const parts[] = {entry->end_to_end_id, entry->remark, entry->purpose, entry->summary,
                                 entry->return_reason};
    GString *all = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
      g_string_append_printf(all, "%s\n", parts[i] == NULL ? "" : parts[i]);
    texts->all = g_string_free(all, FALSE);
    return TRUE;
  }
  gsize size = 0;
  const void *blob = g_bytes_get_data(entry->sealed, &size);
  return texts_open(&state->pay_key, entry->account, blob, size, texts, error);
}

/* Width apart: some banks write digits and letters full-width. */
static void normalise(Texts *texts) {
  char *normal = g_utf8_normalize(texts->all, -1, G_NORMALIZE_NFKC);
  if (normal == NULL)
    return;
  texts_clear(texts);
  texts->all = normal;
}

/* NFKC, without blanks: as banks' words and our own are compared. "" for what is not UTF-8. */
static char *squeezed(const char *text, gsize size) {
  g_autofree char *part = g_strndup(text, size), *normal = g_utf8_normalize(part, -1, G_NORMALIZE_NFKC);
  GString *out = g_string_new(NULL);
  for (const char *at = normal != NULL ? normal : ""; *at != '\0'; at = g_utf8_next_char(at))
    if (!g_unichar_isspace(g_utf8_get_char(at)))
      g_string_append_unichar(out, g_utf8_get_char(at));
  return g_string_free(out, FALSE);
}

/* Our remark's words up to the code. */
static gboolean our_words(const RoleRun *run, const char *squeezed_texts) {
  const char *code = strstr(run->conf->remark, "{code}");
  g_autofree char *words = squeezed(run->conf->remark, code == NULL ? 0 : (gsize)(code - run->conf->remark));
  return *words != '\0' && strstr(squeezed_texts, words) != NULL;
}

static BounceLine bounce_line(const RoleRun *run, const TieEntry *entry, const char *squeezed_texts) {
  const ConfAccount *account = conf_account(run->conf, entry->account);
  const Profile *profile = account == NULL ? NULL : pay_profile(run, account);
  return (BounceLine){.code = entry->return_reason,
                      .texts = squeezed_texts,
                      .return_words = profile == NULL ? NULL : (const char *const *)profile->return_words,
                      .reversal = entry->reversal};
}

static gboolean due_here(const RoleRun *run, const TieEntry *entry, const Transfer *t) {
  const ConfAccount *payee = t->purchase_id == 0 ? conf_account_by_number(run->conf, t->payee_account) : NULL;
  return payee != NULL && g_str_equal(payee->name, entry->account);
}

static gboolean from_payer(const RoleRun *run, const TieEntry *entry, const Transfer *t) {
  const ConfAccount *payer =
      entry->counterparty_account == NULL ? NULL : conf_account_by_number(run->conf, entry->counterparty_account);
  return payer != NULL && g_str_equal(payer->name, t->account);
}

typedef char Code[CODE_SIZE];

static TieTransfer *rows_of(const RoleRun *run, const TieEntry *entry, GPtrArray *transfers, Code *codes) {
  const PayState *state = run->state;
  TieTransfer *rows = g_new0(TieTransfer, transfers->len + 1);
  for (guint i = 0; i < transfers->len; i++) {
    const Transfer *t = transfers->pdata[i];
    if (t->verification_id != 0)
      code_derive(state->code_key.bytes, t->reference, (guint64)t->round, codes[i]);
    rows[i] = (TieTransfer){.id = t->id,
                            .reference = t->reference,
                            .payee_name = t->payee_name,
                            .payee_account = t->payee_account,
                            .amount = t->amount,
                            .state = t->state,
                            .here = g_str_equal(t->account, entry->account),
                            .debited = t->debit_entry_id != 0,
                            .returned = t->return_entry_id != 0,
                            .code = t->verification_id != 0 ? codes[i] : NULL,
                            .due_here = due_here(run, entry, t),
                            .from_payer = from_payer(run, entry, t)};
  }
  return rows;
}

static TieVerdict decide(const RoleRun *run, const TieEntry *entry, const char *texts, const BounceLine *back,
                         GPtrArray *transfers, gint64 *transfer_id) {
  const TieLine line = {.direction = entry->direction,
                        .amount = entry->amount,
                        .name = entry->counterparty_name,
                        .account = entry->counterparty_account,
                        .texts = texts,
                        .return_evidence = policy_came_back(back),
                        .fen = entry->amount.minor == 1 && strcmp(entry->amount.currency, "CNY") == 0,
                        .our_words = our_words(run, back->texts)};
  g_autofree Code *codes = g_new0(Code, transfers->len + 1);
  g_autofree TieTransfer *rows = rows_of(run, entry, transfers, codes);
  TieVerdict verdict = tie_decide(&line, rows, transfers->len);
  *transfer_id = verdict.transfer == NULL ? 0 : verdict.transfer->id;
  OPENSSL_cleanse(codes, sizeof(Code) * (transfers->len + 1));
  return verdict;
}

/* 退票 or 冲账, and who must act. */
static Reason why_back(const BounceLine *back) {
  return policy_reversed(back) ? (Reason){REASON_OURS, NULL, NULL} : policy_return(back->code, back->texts);
}

static gboolean tie_as(RoleRun *run, const Job *job, TieEntry *entry, const char *texts, const BounceLine *back,
                       GError **error) {
  const Learner by = pay_learner(run, clock_now());
  g_autoptr(GPtrArray) transfers = tie_candidates(run->store, entry, texts, error);
  if (transfers == NULL)
    return FALSE;
  gint64 transfer_id = 0;
  gboolean wait = FALSE;
  TieKind kind = decide(run, entry, texts, back, transfers, &transfer_id).kind;
  if (kind == TIE_UNKNOWN_RETURN && !tie_debits_wait(run->store, by.now, &wait, error))
    return FALSE;
  if (wait) /* the debit that it gives back may stand behind it in the same file */
    return job_again(run->store, job, by.now, "debits_first", error);
  const Reason why = why_back(back);
  return tie_apply(run->store, entry, kind, transfer_id, kind == TIE_RETURN ? &why : NULL, &by, error) &&
         job_done(run->store, job, error);
}

static gboolean tie(RoleRun *run, const Job *job, TieEntry *entry, GError **error) {
  g_auto(Texts) texts = {0};
  if (!read_texts(run, entry, &texts, error))
    return FALSE;
  normalise(&texts);
  g_autofree char *narrow = squeezed(texts.all, strlen(texts.all));
  const BounceLine back = bounce_line(run, entry, narrow);
  gboolean done = tie_as(run, job, entry, texts.all, &back, error);
  OPENSSL_cleanse(narrow, strlen(narrow));
  return done;
}

gboolean pay_tie(RoleRun *run, const Job *job, GError **error) {
  g_auto(TieEntry) entry = {0};
  if (!store_begin(run->store, error) ||
      !tie_entry_load(run->store, g_ascii_strtoll(job->subject, NULL, 10), &entry, error))
    return FALSE;
  return (entry.tied ? job_done(run->store, job, error) : tie(run, job, &entry, error)) &&
         store_commit(run->store, error);
}
