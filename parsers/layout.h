/* A layout: how one bank's CSV export looks, as data.
 * [csv NAME] keys: every column is a key whose value is its header names; | separates alternatives, a final ? makes
 * the column optional. Money is credit (money in) beside debit (money out), or amount (signed), or amount and flag.
 *
 * - known = columns that are usual but not kept: they make the layout fit better
 * - dates = YYYY-MM-DD hh:mm:ss|YYYYMMDD, times = hh:mm:ss|hhmmss: forms, by default the usual ones
 * - credit_words, debit_words: values of the flag column; reversal_words: of the reversal column
 * - currency: when no column and no line above the header says it
 * - account_labels, currency_labels, period_labels: words before these facts above the header
 * - total_words: first cell of a row of sums under the amount columns
 * - total_count, total_credit_count, total_credit, total_debit_count, total_debit: words of a row of labels; the row
 *   after it holds the values
 * - totals = required: a file without its totals was cut; last_line = open: the bank does not end the last line
 *
 * Names are compared after NFKC and without blanks.
 */
#ifndef YIFEN_PARSERS_LAYOUT_H
#define YIFEN_PARSERS_LAYOUT_H

#include "parsers/keyfile.h"

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
  COLUMN_REVERSAL,
  COLUMN_BALANCE,
  COLUMN_BANK_REFERENCE,
  COLUMN_COUNTERPARTY_NAME,
  COLUMN_COUNTERPARTY_ACCOUNT,
  COLUMN_COUNTERPARTY_BANK,
  COLUMN_REMARK,
  COLUMN_PURPOSE,
  COLUMN_SUMMARY,
  COLUMNS
} Column;

typedef enum { TOTAL_COUNT, TOTAL_CREDIT_COUNT, TOTAL_CREDIT, TOTAL_DEBIT_COUNT, TOTAL_DEBIT, TOTALS } Total;

/* All words are keys as clean_key() makes them; lists end with NULL and are never NULL. */
typedef struct {
  char *name;    /* "query" */
  char *profile; /* "icbc" */
  struct {
    char **names; /* empty: the layout has no such column */
    gboolean optional;
  } columns[COLUMNS];
  char **known;
  char **dates, **times; /* as written */
  char **credit_words, **debit_words, **reversal_words;
  char *currency; /* or NULL */
  char **account_labels, **currency_labels, **period_labels;
  char **total_words, **totals[TOTALS];
  gboolean totals_required, open_end;
} Layout;

/* ERROR_PERMANENT "config_..." with file and line. */
Layout *layout_parse(const KeyFile *keyfile, const KeySection *section, const char *profile, GError **error);
void layout_free(Layout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layout, layout_free)

/* The key of a column in a profile: "booking_date". */
const char *layout_column_name(Column column);

#endif
