/* What follows from taking back a settlement, and where it is too late. */
#include "rules/undo.h"

#define PAY UNDO_PAYMENT
#define PROOF UNDO_PROOF
#define REVIEW UNDO_REVIEW

static const struct {
  const char *name;
  UndoFacts is;
  unsigned steps;
  PaymentEvent payment;
  const char *against;
} table[] = {
    {"paid by its own wire",
     {.payment = PAYMENT_RECEIVED, .proof = PROOF_WIRE, .review = REVIEW_OPEN},
     PAY | PROOF,
     PAYMENT_UNSETTLED,
     NULL},
    {"a third party paid, the code proves",
     {.payment = PAYMENT_RECEIVED, .proof = PROOF_CODE, .review = REVIEW_OPEN},
     PAY,
     PAYMENT_UNSETTLED,
     NULL},
    {"one of two wires",
     {.payment = PAYMENT_RECEIVED, .proof = PROOF_WIRE, .left = 1},
     PAY | PROOF,
     PAYMENT_LESS,
     NULL},
    {"all of what was short", {.payment = PAYMENT_SHORT}, PAY, PAYMENT_UNSETTLED, NULL},
    {"accepted, nothing begun",
     {.payment = PAYMENT_RECEIVED, .proof = PROOF_WIRE, .review = REVIEW_ACCEPTED},
     PAY | PROOF | REVIEW,
     PAYMENT_UNSETTLED,
     NULL},
    {"queued for issuance",
     {.payment = PAYMENT_RECEIVED, .review = REVIEW_ACCEPTED, .issuance = UNDO_QUEUED, .parcel = UNDO_PARCEL_DUE},
     PAY | REVIEW | UNDO_DEQUEUE,
     PAYMENT_UNSETTLED,
     NULL},
    {"with its label printed",
     {.payment = PAYMENT_RECEIVED, .review = REVIEW_ACCEPTED, .issuance = UNDO_QUEUED, .parcel = UNDO_LABELLED},
     PAY | REVIEW | UNDO_DEQUEUE | UNDO_VOID,
     PAYMENT_UNSETTLED,
     NULL},
    {"recorded: it may be signed", {.review = REVIEW_ACCEPTED, .issuance = UNDO_RECORDED}, 0, 0, "issued"},
    {"signed", {.review = REVIEW_ACCEPTED, .issuance = UNDO_SIGNED, .parcel = UNDO_LABELLED}, 0, 0, "issued"},
    {"the PIN is out", {.review = REVIEW_ACCEPTED, .issuance = UNDO_PIN_DELIVERED}, 0, 0, "issued"},
    {"handed over", {.review = REVIEW_ACCEPTED, .parcel = UNDO_HANDED_OVER}, 0, 0, "handed_over"},
    {"delivered", {.review = REVIEW_ACCEPTED, .parcel = UNDO_DELIVERED}, 0, 0, "handed_over"},
    {"a refund is asked for", {.payment = PAYMENT_RECEIVED, .refunding = TRUE}, 0, 0, "refunding"},
    {"the applicant wishes one", {.payment = PAYMENT_RECEIVED, .review = REVIEW_REFUND_REQUESTED}, 0, 0, "refunding"},
    {"it is under way", {.payment = PAYMENT_REFUNDING}, 0, 0, "refunding"},
    {"it went back", {.payment = PAYMENT_REFUNDED}, 0, 0, "refunding"},
    {"closed", {.payment = PAYMENT_RECEIVED, .review = REVIEW_CLOSED}, 0, 0, "closed"},
    {"sent back", {.payment = PAYMENT_RECEIVED, .review = REVIEW_SENT_BACK}, PAY, PAYMENT_UNSETTLED, NULL},
};

static void test_table(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    Undo got = undo_decide(&table[i].is);
    g_test_message("%s", table[i].name);
    g_assert_cmphex(got.steps, ==, table[i].steps);
    g_assert_cmpstr(got.against, ==, table[i].against);
    if (got.against == NULL)
      g_assert_cmpint(got.payment, ==, table[i].payment);
  }
}

static gboolean may(const LifeCycle *cycle, int state, int event) {
  LifeVerdict verdict = life_next(cycle, state, event).verdict;
  return verdict == LIFE_MOVE || verdict == LIFE_STAY;
}

/* Whatever it decides, the life cycles allow: every payment, proof, review, issuance and parcel. */
static void test_allowed(void) {
  int undone = 0;
  for (int n = 0; n < PAYMENT_STATES * PROOF_STATES * REVIEW_STATES * UNDO_ISSUANCES * UNDO_PARCELS * 2; n++) {
    int rest = n / 2;
    UndoFacts is = {.left = n % 2};
    is.payment = (PaymentState)(rest % PAYMENT_STATES), rest /= PAYMENT_STATES;
    is.proof = (ProofState)(rest % PROOF_STATES), rest /= PROOF_STATES;
    is.review = (ReviewState)(rest % REVIEW_STATES), rest /= REVIEW_STATES;
    is.issuance = (UndoIssuance)(rest % UNDO_ISSUANCES), rest /= UNDO_ISSUANCES;
    is.parcel = (UndoParcel)rest;
    Undo got = undo_decide(&is);
    g_assert_true((got.against != NULL) == (got.steps == 0));
    if (got.against != NULL)
      continue;
    undone++;
    g_assert_true(may(&life_payment, (int)is.payment, (int)got.payment));
    g_assert_true((got.steps & UNDO_PROOF) == 0 || may(&life_proof, (int)is.proof, PROOF_WIRE_GONE));
    g_assert_true((got.steps & UNDO_REVIEW) == 0 || may(&life_review, (int)is.review, REVIEW_UNDO));
  }
  g_assert_cmpint(undone, >, 100);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/undo/table", test_table);
  g_test_add_func("/undo/allowed", test_allowed);
  return g_test_run();
}
