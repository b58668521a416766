#include "rules/tie.h"

#include <string.h>

#include "rules/name.h"

const char *tie_word(TieKind kind) {
  static const char *const words[TIE_KINDS] = {
      [TIE_DEBIT] = "debit",
      [TIE_RETURN] = "return",
      [TIE_ARRIVED] = "arrived",
      [TIE_SENT_BACK] = "sent_back",
      [TIE_ORDINARY] = "ordinary",
      [TIE_UNKNOWN_DEBIT] = "unknown_debit",
      [TIE_UNKNOWN_RETURN] = "unknown_return",
  };
  return words[kind];
}

static gboolean same_amount(Money a, Money b) {
  return a.minor == b.minor && strcmp(a.currency, b.currency) == 0;
}

/* Does the code stand in the texts, as a digit run of its own? */
static gboolean holds_code(const char *texts, const char *code) {
  if (code == NULL)
    return FALSE;
  gsize size = strlen(code);
  for (const char *at = texts; (at = strstr(at, code)) != NULL; at++)
    if ((at == texts || !g_ascii_isdigit(at[-1])) && !g_ascii_isdigit(at[size]))
      return TRUE;
  return FALSE;
}

typedef gboolean Fits(const TieLine *line, const TieTransfer *transfer);

static gboolean named(const TieLine *line, const TieTransfer *t) {
  return strstr(line->texts, t->reference) != NULL;
}

/* By account; the line's name, where it has one, must not speak against it. */
static gboolean to_counterparty(const TieLine *line, const TieTransfer *t) {
  return t->here && same_amount(line->amount, t->amount) && account_equal(line->account, t->payee_account);
}

static gboolean debit_with_code(const TieLine *line, const TieTransfer *t) {
  return to_counterparty(line, t) && !t->debited && holds_code(line->texts, t->code);
}

/* What was refused, too: somebody may have paid it by hand. */
static gboolean looks_like_refund(const TieLine *line, const TieTransfer *t) {
  return t->code == NULL && t->state != TRANSFER_PLANNED && to_counterparty(line, t);
}

static gboolean open_refund(const TieLine *line, const TieTransfer *t) {
  gboolean open = t->state == TRANSFER_SENDING || t->state == TRANSFER_ACCEPTED || t->state == TRANSFER_UNKNOWN ||
                  t->state == TRANSFER_BOOKED; /* by a person's word, while no line shows it */
  return looks_like_refund(line, t) && open && !t->debited;
}

/* The bank may have said that it came back before the line shows it. */
static gboolean may_return(const TieLine *line, const TieTransfer *t) {
  gboolean out = t->state == TRANSFER_BOOKED || t->state == TRANSFER_RETURNED;
  return to_counterparty(line, t) && out && !t->returned &&
         (line->name == NULL || name_grade(line->name, t->payee_name) <= NAME_WILDCARD);
}

/* Its reference may be all that the line says of whence it comes; without that the account must. */
static gboolean arrived(const TieLine *line, const TieTransfer *t) {
  return t->due_here && line->direction == DIRECTION_CREDIT && same_amount(line->amount, t->amount) &&
         !line->return_evidence && t->state != TRANSFER_PLANNED &&
         (line->account == NULL ? named(line, t) : t->from_payer);
}

static gboolean return_with_code(const TieLine *line, const TieTransfer *t) {
  return may_return(line, t) && holds_code(line->texts, t->code);
}

static gboolean was_sent(const TieLine *line, const TieTransfer *t) {
  return t->state != TRANSFER_PLANNED && t->state != TRANSFER_REJECTED &&
         account_equal(line->account, t->payee_account);
}

/* How many fit, and the first of them. */
static gsize pick(const TieLine *line, const TieTransfer *transfers, gsize count, Fits *fits,
                  const TieTransfer **first) {
  gsize found = 0;
  for (gsize i = 0; i < count; i++)
    if (fits(line, &transfers[i]) && found++ == 0)
      *first = &transfers[i];
  return found;
}

/* A reference alone is not enough: where amount or account speak against it, or it has such a line already, somebody
 * must look. */
static gboolean agrees(const TieLine *line, const TieTransfer *t) {
  gboolean used = line->direction == DIRECTION_DEBIT ? t->debited : t->returned;
  return t->here && !used && same_amount(line->amount, t->amount) &&
         (line->account == NULL || account_equal(line->account, t->payee_account));
}

static TieVerdict decide_named(const TieLine *line, const TieTransfer *t, gsize found) {
  gboolean debit = line->direction == DIRECTION_DEBIT;
  if (found == 1 && arrived(line, t))
    return (TieVerdict){TIE_ARRIVED, t};
  if (found == 1 && agrees(line, t))
    return (TieVerdict){debit ? TIE_DEBIT : TIE_RETURN, t};
  return (TieVerdict){debit ? TIE_UNKNOWN_DEBIT : TIE_UNKNOWN_RETURN, t};
}

static TieVerdict decide_debit(const TieLine *line, const TieTransfer *transfers, gsize count) {
  const TieTransfer *first = NULL;
  if (pick(line, transfers, count, debit_with_code, &first) == 1)
    return (TieVerdict){TIE_DEBIT, first};
  if (pick(line, transfers, count, open_refund, &first) == 1)
    return (TieVerdict){TIE_DEBIT, first};
  gboolean ours = line->fen || line->our_words || pick(line, transfers, count, looks_like_refund, &first) > 0;
  return (TieVerdict){ours ? TIE_UNKNOWN_DEBIT : TIE_ORDINARY, NULL};
}

static TieVerdict decide_return(const TieLine *line, const TieTransfer *transfers, gsize count) {
  const TieTransfer *first = NULL;
  if (pick(line, transfers, count, return_with_code, &first) == 1 ||
      pick(line, transfers, count, may_return, &first) == 1)
    return (TieVerdict){TIE_RETURN, first};
  return (TieVerdict){TIE_UNKNOWN_RETURN, NULL};
}

TieVerdict tie_decide(const TieLine *line, const TieTransfer *transfers, gsize count) {
  const TieTransfer *first = NULL;
  gsize found = pick(line, transfers, count, named, &first);
  if (found > 0)
    return decide_named(line, first, found);
  if (line->direction == DIRECTION_DEBIT)
    return decide_debit(line, transfers, count);
  if (line->return_evidence)
    return decide_return(line, transfers, count);
  if (pick(line, transfers, count, arrived, &first) == 1)
    return (TieVerdict){TIE_ARRIVED, first};
  gboolean ours = line->fen && pick(line, transfers, count, was_sent, &first) > 0;
  return (TieVerdict){ours ? TIE_SENT_BACK : TIE_ORDINARY, NULL};
}
