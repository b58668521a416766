#include "rules/status.h"

#include <string.h>

static void check(const char *what, const StatusFacts *facts, const char *want) {
  Status status = status_of(facts);
  g_autofree char *got = g_strdup_printf("%s %s", status_words[status.shown], status_nexts[status.next]);
  g_test_message("%s", what);
  g_assert_cmpstr(got, ==, want);
}

#define LEFT .rounds_left = TRUE, .counted = TRUE
#define PAID .payment = PAYMENT_RECEIVED
#define ROUND(state) .has_round = TRUE, .round = VERIFICATION_##state

static void test_shown(void) {
  static const struct {
    const char *what;
    StatusFacts facts;
    const char *want;
  } cases[] = {
      {"new wire order", {LEFT}, "unpaid pay"},
      {"receipt uploaded", {LEFT, .payment = PAYMENT_CLAIMED}, "reviewing wait"},
      {"short", {LEFT, .payment = PAYMENT_SHORT}, "unpaid pay_rest"},
      {"reversed", {LEFT, .payment = PAYMENT_REVERSED, .proof = PROOF_NONE}, "unpaid pay"},
      {"reversed, code proof stays", {LEFT, .payment = PAYMENT_REVERSED, .proof = PROOF_CODE}, "unpaid pay"},
      {"over", {LEFT, .payment = PAYMENT_OVER, .proof = PROOF_WIRE}, "reviewing wait"},
      {"wire found, other case open", {LEFT, PAID, .proof = PROOF_WIRE}, "reviewing wait"},
      {"wire found", {LEFT, PAID, .proof = PROOF_WIRE, .review = REVIEW_OPEN}, "reviewing wait"},
      {"paid online", {LEFT, PAID}, "verifying wait"},
      {"round due", {LEFT, PAID, ROUND(DUE)}, "verifying wait"},
      {"on its way to the bank", {LEFT, PAID, ROUND(SENDING), .transfer = TRANSFER_SENDING}, "verifying wait"},
      {"at the bank", {LEFT, PAID, ROUND(SENDING), .transfer = TRANSFER_ACCEPTED}, "verifying enter_code"},
      {"fate unknown", {LEFT, PAID, ROUND(SENDING), .transfer = TRANSFER_UNKNOWN}, "verifying enter_code"},
      {"fen arrived", {LEFT, PAID, ROUND(AWAITING_CODE), .transfer = TRANSFER_BOOKED}, "code_sent enter_code"},
      {"code right", {LEFT, PAID, ROUND(VERIFIED), .proof = PROOF_CODE}, "reviewing wait"},
      {"wrong account", {LEFT, PAID, ROUND(FAILED)}, "verification_failed correct_account"},
      {"wrong account, last round", {PAID, ROUND(FAILED), .counted = TRUE}, "verification_failed contact"},
      {"three wrong codes", {LEFT, PAID, ROUND(LOCKED)}, "verification_failed ask_round"},
      {"three wrong codes, last round", {PAID, ROUND(LOCKED), .counted = TRUE}, "verification_failed contact"},
      {"code expired", {LEFT, PAID, ROUND(EXPIRED)}, "verification_failed ask_round"},
      {"we had no funds", {PAID, ROUND(EXPIRED), .rounds_left = TRUE}, "verifying wait"},
      {"fen came back", {LEFT, PAID, ROUND(VERIFIED), .proof = PROOF_WITHDRAWN}, "verification_failed correct_account"},
      {"fen came back, new round", {LEFT, PAID, ROUND(DUE), .proof = PROOF_WITHDRAWN}, "verifying wait"},
      {"new details, next round to come", {LEFT, PAID, ROUND(VERIFIED)}, "verifying wait"},
      {"documents", {LEFT, PAID, ROUND(FAILED), .proof = PROOF_DOCUMENTS}, "reviewing wait"},
      {"accepted", {LEFT, PAID, .proof = PROOF_WIRE, .review = REVIEW_ACCEPTED}, "accepted nothing"},
      {"sent back", {LEFT, PAID, .proof = PROOF_WIRE, .review = REVIEW_SENT_BACK}, "sent_back amend"},
      {"sent back unpaid", {LEFT, .review = REVIEW_SENT_BACK}, "sent_back amend"},
      {"refund asked", {LEFT, PAID, .review = REVIEW_REFUND_REQUESTED}, "refund_requested wait"},
      {"refund under way", {LEFT, .payment = PAYMENT_REFUNDING, .review = REVIEW_REFUND_REQUESTED}, "refunding wait"},
      {"refunded", {LEFT, .payment = PAYMENT_REFUNDED, .review = REVIEW_REFUND_REQUESTED}, "refunded nothing"},
      {"refund came back after it was closed",
       {LEFT, .payment = PAYMENT_REFUNDING, .review = REVIEW_CLOSED},
       "refunding wait"},
      {"refunded and closed", {LEFT, .payment = PAYMENT_REFUNDED, .review = REVIEW_CLOSED}, "refunded nothing"},
      {"lapsed", {LEFT, .review = REVIEW_CLOSED}, "closed nothing"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check(cases[i].what, &cases[i].facts, cases[i].want);
}

/* What must hold for every combination of facts there is. */
static void judge(const StatusFacts *f) {
  Status status = status_of(f);
  gboolean good = status.shown >= 0 && status.shown < STATUS_SHOWN && status.next >= 0 && status.next < STATUS_NEXTS;
  if (status.next == NEXT_ENTER_CODE) /* a code is asked for only where one would count */
    good = good && f->has_round && (f->round == VERIFICATION_SENDING || f->round == VERIFICATION_AWAITING_CODE) &&
           f->review == REVIEW_WAITING;
  if (status.next == NEXT_PAY || status.next == NEXT_PAY_REST) /* nobody is asked to pay twice */
    good = good && f->payment != PAYMENT_RECEIVED && f->payment != PAYMENT_OVER && f->payment != PAYMENT_CLAIMED;
  if (status.next == NEXT_ASK_ROUND || status.next == NEXT_CORRECT_ACCOUNT)
    good = good && f->rounds_left;
  if (status.shown == STATUS_ACCEPTED)
    good = good && f->review == REVIEW_ACCEPTED;
  if (!good)
    g_error("payment %d proof %d review %d round %d: %s", f->payment, f->proof, f->review, f->round,
            status_words[status.shown]);
}

static void test_all(void) {
  guint64 seen = 0;
  for (int i = 0; i < PAYMENT_STATES * PROOF_STATES * REVIEW_STATES; i++)
    for (int j = 0; j < VERIFICATION_STATES * TRANSFER_STATES * 8; j++) {
      StatusFacts facts = {
          .payment = (PaymentState)(i % PAYMENT_STATES),
          .proof = (ProofState)(i / PAYMENT_STATES % PROOF_STATES),
          .review = (ReviewState)(i / PAYMENT_STATES / PROOF_STATES),
          .has_round = j & 1,
          .counted = (j & 2) != 0,
          .rounds_left = (j & 4) != 0,
          .round = (VerificationState)(j / 8 % VERIFICATION_STATES),
          .transfer = (TransferState)(j / 8 / VERIFICATION_STATES),
      };
      judge(&facts);
      seen |= (guint64)1 << status_of(&facts).shown;
    }
  g_assert_cmphex(seen, ==, ((guint64)1 << STATUS_SHOWN) - 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/status/shown", test_shown);
  g_test_add_func("/status/all", test_all);
  return g_test_run();
}
