/* Taking back what was settled: what follows for the order, and where it is too late. */
#ifndef YIFEN_RULES_UNDO_H
#define YIFEN_RULES_UNDO_H

#include "rules/life.h"

/* How far the order's certificates and its parcel are. What will be signed is recorded before it is signed, so from
 * `recorded` on a certificate may exist. */
typedef enum {
  UNDO_NOT_ISSUED,
  UNDO_QUEUED,
  UNDO_RECORDED,
  UNDO_SIGNED,
  UNDO_PIN_DELIVERED,
  UNDO_ISSUANCES
} UndoIssuance;
typedef enum {
  UNDO_NO_PARCEL,
  UNDO_PARCEL_DUE,
  UNDO_LABELLED,
  UNDO_HANDED_OVER,
  UNDO_DELIVERED,
  UNDO_PARCELS
} UndoParcel;

typedef struct {
  PaymentState payment;
  ProofState proof;
  ReviewState review;
  gint64 left;        /* minor units that other settlements still pay of the order */
  gboolean refunding; /* a refund of the order was asked for or is under way */
  UndoIssuance issuance;
  UndoParcel parcel;
} UndoFacts;

typedef enum {
  UNDO_PAYMENT = 1 << 0, /* the payment is open again */
  UNDO_PROOF = 1 << 1,   /* the wire was the proof */
  UNDO_REVIEW = 1 << 2,  /* the acceptance falls */
  UNDO_DEQUEUE = 1 << 3, /* the certificates are not issued */
  UNDO_VOID = 1 << 4,    /* the label must not be used */
} UndoStep;
#define UNDO_STEPS 5

typedef struct {
  unsigned steps;       /* UndoStep bits; 0 when it is too late */
  PaymentEvent payment; /* what the payment is told */
  const char *against;  /* NULL, or why it is too late: "issued" "handed_over" "refunding" "closed". Static */
} Undo;

Undo undo_decide(const UndoFacts *is);

/* "payment" "proof" "review" "issuance" "label" of 1 << index. */
const char *undo_word(int index);

#endif
