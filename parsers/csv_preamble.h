/* What stands above the header of a bank's export: account, currency, period behind their labels. */
#ifndef YIFEN_PARSERS_CSV_PREAMBLE_H
#define YIFEN_PARSERS_CSV_PREAMBLE_H

#include "parsers/csv_rows.h"
#include "parsers/layout.h"
#include "rules/day.h"

typedef struct {
  char *account;
  const char *currency; /* static, or NULL */
  Day from, to;
} CsvPreamble;

/* The row as one folded line, to be searched later; the caller frees. */
char *csv_preamble_line(const CsvRow *row);

/* lines: of csv_preamble_line. ERROR_REFUSED "account_scientific". The caller frees account. */
gboolean csv_preamble_read(const Layout *layout, GPtrArray *lines, CsvPreamble *preamble, GError **error);

#endif
