/* A layout: how one bank's export looks, as data.
 * [csv NAME] keys: every column is a key whose value is its header names; | separates alternatives, a final ? makes
 * the column optional. Money is credit (money in) beside debit (money out), or amount (signed), or amount and flag.
 *
 * - payer_name, payer_account, payer_bank, payee_…: the counterparty is the payer of money in, the payee of money out
 * - remark2, remark3: stand behind remark, with a blank between
 * - known = columns that are usual but not kept: they make the layout fit better
 * - without = columns, unless_above = words above the header with which the layout does not fit; only_above = words of
 *   which one must stand there
 * - rank = last: only when no other layout fits, and no column of the header lacks a name
 * - dates = YYYY-MM-DD hh:mm:ss|YYYYMMDD, times = hh:mm:ss|hhmmss: forms, by default the usual ones. A form without
 * YYYY takes the year from a month above the header (2024年01月): the nearest such day not after that month
 * - credit_words, debit_words, neutral_words: values of the flag column; neutral rows are info entries
 * - status_booked, status_void, status_pending: values of the status column; void rows are info entries. A value that
 *   none of them lists is refused
 * - reversal_words: of the reversal column
 * - sign = debit: positive amounts are money out (credit cards); debit_sign = minus: the debit column holds its amounts
 *   with a minus
 * - currency: when no column and no line above the header says it
 * - account_labels, currency_labels, period_labels: words before these facts above the header
 * - total_words: first cell of a row of sums under the amount columns, by default 合计|总计
 * - total_count, total_credit_count, total_credit, total_debit_count, total_debit: labels of totals, above or below the
 *   rows. The value stands behind the label (3笔 100.00元 gives both count and sum), in the next cell, or below it
 * - totals = required: a file without its totals was cut; totals = informative REASON: they need not equal the rows
 * - balances = proven: running balances must chain, else the file is refused: they prove the direction
 * - kind = advice: the rows are no ledger; another file books the same money
 *
 * Header names are compared as layout_key() makes them; words as clean_key() does, and a * at one end stands for any
 * text, () for a blank cell.
 */
#ifndef YIFEN_PARSERS_LAYOUT_H
#define YIFEN_PARSERS_LAYOUT_H

#include "parsers/keyfile.h"
#include "rules/entry.h"

/* A cell belongs to the first of these that names it. */
typedef enum {
  COLUMN_BOOKING_DATE,
  COLUMN_VALUE_DATE,
  COLUMN_TIME,
  COLUMN_ACCOUNT,
  COLUMN_CURRENCY,
  COLUMN_CREDIT,
  COLUMN_DEBIT,
  COLUMN_AMOUNT,
  COLUMN_FLAG,
  COLUMN_STATUS,
  COLUMN_REVERSAL,
  COLUMN_BALANCE,
  COLUMN_BANK_REFERENCE,
  COLUMN_COUNTERPARTY_NAME,
  COLUMN_COUNTERPARTY_ACCOUNT,
  COLUMN_COUNTERPARTY_BANK,
  COLUMN_PAYER_NAME,
  COLUMN_PAYER_ACCOUNT,
  COLUMN_PAYER_BANK,
  COLUMN_PAYEE_NAME,
  COLUMN_PAYEE_ACCOUNT,
  COLUMN_PAYEE_BANK,
  COLUMN_REMARK,
  COLUMN_REMARK2,
  COLUMN_REMARK3,
  COLUMN_PURPOSE,
  COLUMN_SUMMARY,
  COLUMNS
} Column;

typedef enum { TOTAL_COUNT, TOTAL_CREDIT_COUNT, TOTAL_CREDIT, TOTAL_DEBIT_COUNT, TOTAL_DEBIT, TOTALS } Total;
typedef enum { TOTALS_PROVEN, TOTALS_REQUIRED, TOTALS_INFORMATIVE } TotalsRule;

/* Lists end with NULL and are never NULL. */
typedef struct {
  char *name;    /* "query" */
  char *profile; /* "icbc" */
  struct {
    char **names; /* empty: the layout has no such column */
    gboolean optional;
  } columns[COLUMNS];
  char **known, **without, **unless_above, **only_above;
  char **dates, **times; /* as written */
  char **credit_words, **debit_words, **neutral_words;
  char **status_booked, **status_void, **status_pending;
  char **reversal_words;
  char *currency; /* or NULL */
  char **account_labels, **currency_labels, **period_labels;
  char **total_words, **totals[TOTALS];
  TotalsRule totals_rule;
  char *totals_reason;  /* TOTALS_INFORMATIVE: the profile's REASON */
  gboolean totals_told; /* a mismatch is no refusal but a claim, for who proves them and asks a person */
  StatementKind kind;
  gboolean positive_debit, minus_debit, last_rank, chained;
} Layout;

/* ERROR_PERMANENT "config_..." with file and line. */
Layout *layout_parse(const KeyFile *keyfile, const KeySection *section, const char *profile, GError **error);
void layout_free(Layout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layout, layout_free)

/* The key of a column in a profile: "booking_date". */
const char *layout_column_name(Column column);

/* A header cell for comparing: clean_key() in lower case, without an English name behind a Chinese one, without the
 * unit (元), a backtick before and a colon behind it; the caller frees. "借方发生额/元(支取)" is "借方发生额(支取)". */
char *layout_key(const char *cell);

/* Is this text one of the words? */
gboolean layout_word(const char *key, char *const *words);

#endif
