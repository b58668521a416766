/* What stands above the header of a bank's export: account, currency, period behind their labels. */
#ifndef YIFEN_PARSERS_SHEET_PREAMBLE_H
#define YIFEN_PARSERS_SHEET_PREAMBLE_H

#include "parsers/sheet_row.h"
#include "parsers/layout.h"
#include "rules/day.h"

typedef struct {
  char *account;
  const char *currency; /* static, or NULL */
  Day from, to;
} SheetPreamble;

/* The row as one folded line, to be searched later; the caller frees. */
char *sheet_preamble_line(const SheetRow *row);

/* lines: of sheet_preamble_line. ERROR_REFUSED "account_scientific". The caller frees account. */
gboolean sheet_preamble_read(const Layout *layout, GPtrArray *lines, SheetPreamble *preamble, GError **error);

#endif
