#include "daemon/intake/proof.h"

#include <string.h>

#include "rules/error.h"

static const char *const side_words[] = {[DIRECTION_CREDIT] = "credit", [DIRECTION_DEBIT] = "debit"};

static void mismatch_free(gpointer data) {
  Mismatch *mismatch = data;
  g_free(mismatch->counted);
  g_free(mismatch->claimed);
  g_free(mismatch->waived);
  g_free(mismatch);
}

GPtrArray *mismatches_new(void) {
  return g_ptr_array_new_with_free_func(mismatch_free);
}

static Mismatch *add(GPtrArray *mismatches, const StatementRow *row, const char *reason, const char *waived) {
  Mismatch *mismatch = g_new0(Mismatch, 1);
  mismatch->statement = row->head.number;
  mismatch->reason = reason;
  mismatch->waived = g_strdup(waived);
  g_ptr_array_add(mismatches, mismatch);
  return mismatch;
}

static char *amount_text(const StatementRow *row, gint64 minor) {
  Money money = {.minor = minor};
  g_strlcpy(money.currency, row->head.currency, sizeof money.currency);
  return money_format(money);
}

/* Opening + credits - debits = closing, and running balances that join. The balances of a day not yet over need not
 * agree with the lines that are shown so far. */
static void check_balance(StatementRow *row, const char *waived, GPtrArray *mismatches) {
  const Statement *head = &row->head;
  gint64 want;
  if (head->broken)
    add(mismatches, row, "balance_broken", waived);
  if (head->broken || !head->has_opening || !head->has_closing || head->kind != STATEMENT_LEDGER)
    return;
  if (!__builtin_add_overflow(head->opening.minor, row->credits, &want) &&
      !__builtin_sub_overflow(want, row->debits, &want) && want == head->closing.minor) {
    row->grade = GRADE_BALANCE;
    return;
  }
  Mismatch *mismatch = add(mismatches, row, "balance_mismatch", waived);
  mismatch->counted = amount_text(row, want);
  mismatch->claimed = amount_text(row, head->closing.minor);
}

/* A file counts its lines with or without those that are not booked, a split batch as one or as its parts. */
static gboolean check_count(const StatementRow *row, const char *side, gint64 booked, gint64 claimable, gint64 all,
                            gint64 claimed, const char *waived, GPtrArray *mismatches) {
  if (claimed == booked || claimed == claimable || claimed == all)
    return TRUE;
  Mismatch *mismatch = add(mismatches, row, "count_mismatch", waived);
  mismatch->side = side;
  mismatch->counted = g_strdup_printf("%" G_GINT64_FORMAT, claimable);
  mismatch->claimed = g_strdup_printf("%" G_GINT64_FORMAT, claimed);
  return FALSE;
}

/* As one number, or by direction. */
static gboolean check_counts(const StatementRow *row, const ProofCount *count, const char *waived,
                             GPtrArray *mismatches) {
  const Statement *head = &row->head;
  const gboolean said[] = {[DIRECTION_CREDIT] = head->has_credit_count, [DIRECTION_DEBIT] = head->has_debit_count};
  const gint64 claimed[] = {[DIRECTION_CREDIT] = head->credit_count, [DIRECTION_DEBIT] = head->debit_count};
  gboolean proven = FALSE;
  if (head->claimed_entries >= 0)
    proven = check_count(row, NULL, count->booked[0] + count->booked[1], count->claimable[0] + count->claimable[1],
                         count->lines[0] + count->lines[1], head->claimed_entries, waived, mismatches);
  for (int i = 0; i < 2; i++)
    if (said[i])
      proven |= check_count(row, side_words[i], count->booked[i], count->claimable[i], count->lines[i], claimed[i],
                            waived, mismatches);
  return proven;
}

/* One side's sum, with or without lines that are not booked. */
static gboolean check_sum(const StatementRow *row, const char *side, gint64 booked, gint64 all, gint64 claimed,
                          const char *waived, GPtrArray *mismatches) {
  if (claimed == booked || claimed == all)
    return TRUE;
  Mismatch *mismatch = add(mismatches, row, "totals_mismatch", waived);
  mismatch->side = side;
  mismatch->counted = amount_text(row, booked);
  mismatch->claimed = amount_text(row, claimed);
  return FALSE;
}

static void check_totals(StatementRow *row, const ProofCount *count, const char *waived, GPtrArray *mismatches) {
  const Statement *head = &row->head;
  guint before = mismatches->len;
  gboolean proven = check_counts(row, count, waived, mismatches);
  if (head->has_claimed_credit)
    proven |= check_sum(row, side_words[DIRECTION_CREDIT], row->credits, count->credits, head->claimed_credit.minor,
                        waived, mismatches);
  if (head->has_claimed_debit)
    proven |= check_sum(row, side_words[DIRECTION_DEBIT], row->debits, count->debits, head->claimed_debit.minor, waived,
                        mismatches);
  if (row->grade == GRADE_NONE && proven && mismatches->len == before)
    row->grade = GRADE_TOTALS;
}

void proof_check(StatementRow *row, const ProofCount *count, const Profile *profile, GPtrArray *mismatches) {
  check_balance(row, profile != NULL ? profile->balances_unproven : NULL, mismatches);
  const char *waived = row->head.unproven != NULL ? row->head.unproven
                       : profile != NULL          ? profile->totals_unproven
                                                  : NULL;
  check_totals(row, count, waived, mismatches);
  if (row->head.doubtful)
    add(mismatches, row, "totals_doubtful", NULL);
  if (row->head.open_end)
    add(mismatches, row, "open_end", NULL);
}

gboolean mismatch_error(const Mismatch *mismatch, GError **error) {
  g_autofree char *number = g_strdup_printf("%d", mismatch->statement);
  return error_set(error, ERROR_REFUSED, mismatch->reason, "field", number, "value", mismatch->counted, "expected",
                   mismatch->claimed, "detail", mismatch->side, NULL);
}
