#include <jansson.h>

#include "parsers/fields.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/life.h"
#include "spool/cases.h"
#include "spool/doubts.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/orders.h"
#include "spool/receipt_doubts.h"

typedef struct {
  gint64 id, revision;
  char *order_no, *applicant, *warnings, *method;
  int payment, proof, review;
  Money price;
  int clock_left;   /* working days of a clock that was stopped before; -1: it never was */
  gboolean blocked; /* another case is open */
} Situation;

static void situation_clear(Situation *situation) {
  g_free(situation->order_no);
  g_free(situation->applicant);
  g_free(situation->warnings);
  g_free(situation->method);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Situation, situation_clear)

static gboolean look(Store *store, gint64 id, Situation *out, GError **error) {
  gboolean found;
  gint64 left = 0;
  g_autofree char *payment = NULL, *proof = NULL, *review = NULL, *currency = NULL;
  if (!store_row(store, error, &found,
                 "SELECT order_no, revision, applicant_name, warnings, method, payment, proof, review, price, "
                 "currency, coalesce(clock_left, -1) FROM purchase WHERE id = ?",
                 "i", id, "tittttttiti", &out->order_no, &out->revision, &out->applicant, &out->warnings, &out->method,
                 &payment, &proof, &review, &out->price.minor, &currency, &left))
    return FALSE;
  g_assert(found);
  out->id = id;
  out->clock_left = (int)left;
  out->payment = life_state(&life_payment, payment);
  out->proof = life_state(&life_proof, proof);
  out->review = life_state(&life_review, review);
  g_strlcpy(out->price.currency, currency, sizeof out->price.currency);
  return TRUE;
}

static gboolean ready(const Situation *is) {
  gboolean proven = is->proof == PROOF_WIRE || is->proof == PROOF_CODE || is->proof == PROOF_DOCUMENTS;
  gboolean paid = is->payment == PAYMENT_RECEIVED || is->payment == PAYMENT_OVER; /* what is over has its own case */
  return paid && proven && !is->blocked;
}

/* Money without proof: the fen and the code prove the account. Wires that intake can still tie to the applicant are
 * left to it; a wire that proves nothing was settled so by a person. */
static gboolean ask_for_code(Store *store, const Situation *is, Instant now, GError **error) {
  gboolean found;
  gint64 wanted = 0;
  if (is->payment != PAYMENT_RECEIVED || is->proof != PROOF_NONE || is->review != REVIEW_WAITING)
    return TRUE;
  if (!store_row(store, error, &found,
                 "SELECT (p.method <> 'wire' OR EXISTS (SELECT 1 FROM allocation a WHERE a.purchase_id = p.id AND "
                 "a.proves = 0)) AND NOT EXISTS (SELECT 1 FROM allocation a WHERE a.purchase_id = p.id AND "
                 "a.proves = 1) AND NOT EXISTS (SELECT 1 FROM verification v WHERE v.purchase_id = p.id) "
                 "FROM purchase p WHERE p.id = ?",
                 "i", is->id, "i", &wanted))
    return FALSE;
  return wanted == 0 || job_add(store, "pay", "verify", is->order_no, now, error);
}

/* When the applicant had done its part: the code, or the documents, or else the receipt, or else the wire; or handed in
 * again. */
static gboolean clock_start(Store *store, const Situation *is, Instant *start, GError **error) {
  gboolean found;
  gint64 code = 0, receipt = 0, again = 0, documents = 0;
  g_autofree char *booked = NULL;
  Day day;
  if (!store_row(store, error, &found,
                 "SELECT (SELECT max(changed_at) FROM verification WHERE purchase_id = ?1 AND state = 'verified'), "
                 "(SELECT min(at) FROM receipt WHERE purchase_id = ?1), "
                 "(SELECT max(e.booking_on) FROM allocation a JOIN entry e ON e.id = a.entry_id WHERE a.purchase_id = "
                 "?1), (SELECT max(at) FROM purchase_revision WHERE purchase_id = ?1 AND revision > 1), "
                 "(SELECT max(at) FROM document_proof WHERE purchase_id = ?1)",
                 "i", is->id, "iitii", &code, &receipt, &booked, &again, &documents))
    return FALSE;
  *start = INSTANT_NONE;
  if (is->proof == PROOF_CODE)
    *start = code;
  else if (is->proof == PROOF_DOCUMENTS)
    *start = documents;
  else if (receipt != 0)
    *start = receipt;
  else if (booked != NULL && day_parse(booked, &day))
    *start = instant_at(day, 0, 0, 0);
  if (*start != INSTANT_NONE)
    *start = MAX(*start, again);
  return TRUE;
}

/* The clock stands while the applicant must act, and ends with the review. */
static gboolean clock_runs(const Situation *is) {
  gboolean reviewing = is->review == REVIEW_WAITING || is->review == REVIEW_OPEN;
  gboolean theirs = is->payment == PAYMENT_CLAIMED || is->payment == PAYMENT_RECEIVED || is->payment == PAYMENT_OVER;
  gboolean code_missing = is->payment == PAYMENT_RECEIVED && (is->proof == PROOF_NONE || is->proof == PROOF_WITHDRAWN);
  return reviewing && theirs && !code_missing;
}

static gboolean set_due(Store *store, const Situation *is, const Calendar *calendar, Day *due, GError **error) {
  Instant start = INSTANT_NONE;
  *due = DAY_NONE;
  if (clock_runs(is) && !clock_start(store, is, &start, error))
    return FALSE;
  if (start != INSTANT_NONE)
    *due = is->clock_left < 0 ? deadline_review(calendar, start) : deadline_resumed(calendar, start, is->clock_left);
  g_autofree char *due_on = day_format(*due);
  return store_run(store, error, "UPDATE purchase SET due_on = ? WHERE id = ?", "ti", due_on, is->id);
}

static char *card_of(const Situation *is) {
  g_autofree char *price = money_format(is->price);
  json_auto_t *card =
      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*}", "order_no", is->order_no, "applicant", is->applicant,
                "method", is->method, "price", price, "currency", is->price.currency, "payment",
                life_payment.states[is->payment], "proof", life_proof.states[is->proof], "warnings", is->warnings);
  return fields_canonical(card);
}

/* Application cases of older revisions, and this one's too unless it is open, have nothing left to ask. */
static gboolean moot_applications(Store *store, const Situation *is, const char *keep, const char *actor, Instant now,
                                  GError **error) {
  for (;;) {
    gboolean found;
    g_autofree char *subject = NULL;
    if (!store_row(store, error, &found,
                   "SELECT c.subject FROM review_case c JOIN case_purchase l ON l.case_id = c.id WHERE l.purchase_id = "
                   "? AND c.reason = 'application' AND c.state = 'open' AND c.subject <> ? LIMIT 1",
                   "it", is->id, keep, "t", &subject))
      return FALSE;
    if (!found)
      return TRUE;
    if (!case_moot(store, "application", subject, actor, now, error))
      return FALSE;
  }
}

static gboolean keep_case(Store *store, const Situation *is, gboolean open, Day due, const char *actor, Instant now,
                          GError **error) {
  g_autofree char *subject = g_strdup_printf("order:%s:%" G_GINT64_FORMAT, is->order_no, is->revision);
  g_autofree char *card = card_of(is);
  if (!moot_applications(store, is, open ? subject : "", actor, now, error))
    return FALSE;
  CaseDraft draft = {
      .reason = "application", .subject = subject, .card = card, .due_on = due, .orders = &is->id, .order_count = 1};
  return !open || case_open(store, &draft, actor, now, NULL, error);
}

/* Cases whose question has answered itself: an account that is proven after all, or needs no proof any more; money that
 * came after its receipt; the rest of a short payment. */
static gboolean moot_answered(Store *store, const Situation *is, const char *actor, Instant now, GError **error) {
  gboolean closed = is->review == REVIEW_CLOSED;
  gboolean unproven = is->proof == PROOF_NONE || is->proof == PROOF_WITHDRAWN;
  g_autofree char *subject = g_strconcat("order:", is->order_no, NULL);
  if ((closed || !unproven) && (!case_moot(store, "proof_impossible", subject, actor, now, error) ||
                                !doubts_moot(store, is->id, actor, now, error)))
    return FALSE;
  if (closed && (!case_moot(store, "receipt_differs", subject, actor, now, error) ||
                 !case_moot(store, "receipt_reused", subject, actor, now, error)))
    return FALSE;
  return ((!closed && is->payment == PAYMENT_SHORT) || case_moot(store, "deadline", subject, actor, now, error)) &&
         ((!closed && is->payment == PAYMENT_UNPAID) ||
          case_moot(store, "receipt_unreadable", subject, actor, now, error)) &&
         ((!closed && is->payment == PAYMENT_CLAIMED) ||
          case_moot(store, "receipt_without_money", subject, actor, now, error));
}

gboolean order_refresh(Store *store, gint64 purchase_id, const Calendar *calendar, const char *actor, Instant now,
                       GError **error) {
  g_auto(Situation) is = {0};
  LifeNews news = {.actor = actor, .now = now};
  const OrderBy by = {.actor = actor, .now = now, .calendar = calendar};
  Day due;
  if (!look(store, purchase_id, &is, error) || !moot_answered(store, &is, actor, now, error) ||
      (is.review != REVIEW_CLOSED && !receipt_ask_differs(store, purchase_id, &by, error)) ||
      !case_blocks(store, purchase_id, &is.blocked, error))
    return FALSE;
  int event = is.review == REVIEW_WAITING && ready(&is) ? REVIEW_READY
              : is.review == REVIEW_OPEN && !ready(&is) ? REVIEW_NOT_READY
                                                        : -1;
  if (event >= 0 && !life_apply(store, &life_review, is.id, event, &news, NULL, NULL, &is.review, error))
    return FALSE;
  return ask_for_code(store, &is, now, error) && set_due(store, &is, calendar, &due, error) &&
         keep_case(store, &is, is.review == REVIEW_OPEN, due, actor, now, error);
}

gboolean order_clock_stop(Store *store, gint64 purchase_id, const OrderBy *by, GError **error) {
  gboolean found;
  Day due = DAY_NONE;
  g_autofree char *due_on = NULL;
  if (!store_row(store, error, &found, "SELECT due_on FROM purchase WHERE id = ?", "i", purchase_id, "t", &due_on))
    return FALSE;
  if (due_on != NULL && !day_parse(due_on, &due))
    due = DAY_NONE;
  int left = deadline_left(by->calendar, due, by->now);
  return store_run(store, error, "UPDATE purchase SET clock_left = nullif(?, -1), clock_stopped_at = ? WHERE id = ?",
                   "iii", (gint64)left, by->now, purchase_id);
}
