#include "spool/verification.h"

#include <string.h>

#include "rules/code.h"
#include "rules/life.h"
#include "spool/life.h"
#include "spool/order_change.h"
#include "spool/tell.h"

const char *const confirm_words[CONFIRM_WORDS] = {
    [CONFIRM_VERIFIED] = "verified", [CONFIRM_WRONG] = "wrong",     [CONFIRM_MALFORMED] = "malformed",
    [CONFIRM_LOCKED] = "locked",     [CONFIRM_EXPIRED] = "expired", [CONFIRM_NOT_DUE] = "not_due",
};

void try_clear(Try *try) {
  g_free(try->order_no);
  g_free(try->reference);
  *try = (Try){0};
}

typedef struct {
  gint64 purchase_id, id, round, tries;
  int state;
  char *expires_on, *reference;
} Round;

static void round_clear(Round *round) {
  g_free(round->expires_on);
  g_free(round->reference);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Round, round_clear)

static gboolean latest_round(Store *store, const char *order_no, Round *round, gboolean *found, GError **error) {
  g_autofree char *state = NULL;
  if (!store_row(store, error, found,
                 "SELECT v.purchase_id, v.id, v.round, v.tries, v.state, v.expires_on, t.reference FROM purchase p "
                 "JOIN verification v ON v.purchase_id = p.id LEFT JOIN transfer t ON t.verification_id = v.id "
                 "WHERE p.order_no = ? ORDER BY v.round DESC LIMIT 1",
                 "t", order_no, "iiiittt", &round->purchase_id, &round->id, &round->round, &round->tries, &state,
                 &round->expires_on, &round->reference))
    return FALSE;
  round->state = *found ? life_state(&life_verification, state) : VERIFICATION_DUE;
  return TRUE;
}

/* Can the round's code be compared now? */
static gboolean live(const Round *round, int tries, Instant now, ConfirmWord *refusal) {
  Day last;
  gboolean past = round->expires_on != NULL && day_parse(round->expires_on, &last) && day_of_instant(now) > last;
  gboolean waits = round->state == VERIFICATION_SENDING || round->state == VERIFICATION_AWAITING_CODE;
  if (round->state == VERIFICATION_LOCKED || (waits && round->tries >= tries))
    *refusal = CONFIRM_LOCKED;
  else if (round->state == VERIFICATION_EXPIRED || (waits && past))
    *refusal = CONFIRM_EXPIRED;
  else
    *refusal = CONFIRM_NOT_DUE;
  return waits && !past && round->tries < tries && round->reference != NULL;
}

static void fill_try(Try *out, const Round *round, int tries) {
  out->purchase_id = round->purchase_id;
  out->verification_id = round->id;
  out->round = (int)round->round;
  out->ordinal = (int)round->tries + 1;
  out->tries_left = tries - out->ordinal;
  out->reference = g_strdup(round->reference);
}

/* Unknown orders and rounds that are not live leave a row too: guessing at them is seen, and costs the same work. */
static gboolean count(Store *store, const char *order_no, const VerificationLimits *limits, const OrderBy *by, Try *out,
                      GError **error) {
  g_auto(Round) round = {0};
  gboolean found;
  if (!latest_round(store, order_no, &round, &found, error))
    return FALSE;
  gboolean compare = live(&round, limits->tries, by->now, &out->refusal);
  if (compare)
    fill_try(out, &round, limits->tries);
  return store_run(store, error, "UPDATE verification SET tries = tries + 1 WHERE id = ?", "i",
                   compare ? round.id : 0) &&
         order_audit(store, order_no, compare ? "order.try" : "order.try_refused", NULL, NULL, by, error);
}

gboolean verification_count(Store *store, const char *order_no, const VerificationLimits *limits, const OrderBy *by,
                            Try *out, GError **error) {
  *out = (Try){.order_no = g_strdup(order_no)};
  if (!store_begin(store, error))
    return FALSE;
  if (count(store, order_no, limits, by, out, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean apply_right(Store *store, const Try *try, const OrderBy *by, GError **error) {
  LifeNews news = {.actor = by->actor, .now = by->now};
  return life_apply(store, &life_verification, try->verification_id, VERIFICATION_RIGHT_CODE, &news, NULL, NULL, NULL,
                    error) &&
         life_apply(store, &life_proof, try->purchase_id, PROOF_BY_CODE, &news, NULL, NULL, NULL, error) &&
         order_refresh(store, try->purchase_id, by->calendar, by->actor, by->now, error);
}

static gboolean tell_wrong(Store *store, const Try *try, const OrderBy *by, GError **error) {
  g_autofree char *left = g_strdup_printf("%d", try->tries_left);
  g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT ":%s", try->verification_id, left);
  const char *const facts[] = {"left", left, NULL};
  const Tell one = {.kind = TELL_WRONG_CODE, .key = key, .purchase_id = try->purchase_id, .facts = facts};
  return tell_handler(store, &one, by->actor, by->now, error);
}

static gboolean apply_wrong(Store *store, const Try *try, const VerificationLimits *limits, const OrderBy *by,
                            GError **error) {
  LifeNews news = {.actor = by->actor, .now = by->now};
  int event = try->tries_left > 0 ? VERIFICATION_WRONG_CODE : VERIFICATION_LAST_WRONG_CODE;
  if (!life_apply(store, &life_verification, try->verification_id, event, &news, NULL, NULL, NULL, error) ||
      !tell_wrong(store, try, by, error))
    return FALSE;
  return try->tries_left > 0 ||
         verification_exhausted(store, try->order_no, try->purchase_id, limits->rounds, by, error);
}

/* The round may have died or been locked by a parallel try since this one was counted. */
static gboolean still_live(Store *store, const Try *try, gboolean *alive, GError **error) {
  gint64 one;
  return store_row(store, error, alive,
                   "SELECT 1 FROM verification WHERE id = ? AND state IN ('sending','awaiting_code')", "i",
                   try->verification_id, "i", &one);
}

static gboolean record(Store *store, gboolean right, const Try *try, const VerificationLimits *limits,
                       const OrderBy *by, Confirmation *out, GError **error) {
  gboolean alive;
  if (!still_live(store, try, &alive, error))
    return FALSE;
  if (!alive) {
    *out = (Confirmation){.word = try->tries_left > 0 ? CONFIRM_NOT_DUE : CONFIRM_LOCKED};
    return TRUE;
  }
  out->word = right ? CONFIRM_VERIFIED : try->tries_left > 0 ? CONFIRM_WRONG : CONFIRM_LOCKED;
  out->tries_left = try->tries_left;
  return right ? apply_right(store, try, by, error) : apply_wrong(store, try, limits, by, error);
}

gboolean verification_judge(Store *store, const guint8 key[32], const char *code, const Try *try,
                            const VerificationLimits *limits, const OrderBy *by, Confirmation *out, GError **error) {
  const char *reference = try->reference != NULL ? try->reference : "Y0000000000000000";
  char known[CODE_SIZE];
  code_derive(key, reference, (guint64)try->round, known);
  gboolean right = code_equal(known, code);
  memset(known, 0, sizeof known);
  *out = (Confirmation){.word = try->refusal};
  if (try->verification_id == 0)
    return TRUE;
  if (!store_begin(store, error))
    return FALSE;
  if (record(store, right, try, limits, by, out, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* A malformed code must not say more than the order's own page: the tries that its live round has left. */
static gboolean malformed(Store *store, const char *order_no, const VerificationLimits *limits, const OrderBy *by,
                          Confirmation *out, GError **error) {
  g_auto(Round) round = {0};
  gboolean found;
  ConfirmWord refusal;
  if (!latest_round(store, order_no, &round, &found, error))
    return FALSE;
  *out = (Confirmation){.word = CONFIRM_MALFORMED};
  if (live(&round, limits->tries, by->now, &refusal))
    out->tries_left = limits->tries - (int)round.tries;
  return TRUE;
}

gboolean verification_confirm(Store *store, const guint8 key[32], const char *order_no, const char *typed,
                              const VerificationLimits *limits, const OrderBy *by, Confirmation *out, GError **error) {
  g_auto(Try) try = {0};
  char code[CODE_SIZE];
  if (!code_normalise(typed, code))
    return malformed(store, order_no, limits, by, out, error);
  return verification_count(store, order_no, limits, by, &try, error) &&
         verification_judge(store, key, code, &try, limits, by, out, error);
}
