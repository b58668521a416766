#include "rules/undo.h"

const char *undo_word(int index) {
  static const char *const words[UNDO_STEPS] = {"payment", "proof", "review", "issuance", "label"};
  g_return_val_if_fail(index >= 0 && index < UNDO_STEPS, NULL);
  return words[index];
}

/* A certificate cannot be taken back by moving money, nor a parcel. */
static const char *too_late(const UndoFacts *is) {
  if (is->issuance >= UNDO_RECORDED)
    return "issued";
  if (is->parcel >= UNDO_HANDED_OVER)
    return "handed_over";
  if (is->refunding || is->payment == PAYMENT_REFUNDING || is->payment == PAYMENT_REFUNDED ||
      is->review == REVIEW_REFUND_REQUESTED)
    return "refunding";
  return is->review == REVIEW_CLOSED ? "closed" : NULL;
}

Undo undo_decide(const UndoFacts *is) {
  Undo undo = {.against = too_late(is), .payment = is->left > 0 ? PAYMENT_LESS : PAYMENT_UNSETTLED};
  if (undo.against != NULL)
    return undo;
  undo.steps = UNDO_PAYMENT;
  if (is->proof == PROOF_WIRE)
    undo.steps |= UNDO_PROOF;
  if (is->review == REVIEW_ACCEPTED)
    undo.steps |= UNDO_REVIEW;
  if (is->issuance == UNDO_QUEUED)
    undo.steps |= UNDO_DEQUEUE;
  if (is->parcel == UNDO_LABELLED)
    undo.steps |= UNDO_VOID;
  return undo;
}
