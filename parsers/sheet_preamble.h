/* What stands above the header of a bank's export: account, currency, period behind their labels. */
#ifndef YIFEN_PARSERS_SHEET_PREAMBLE_H
#define YIFEN_PARSERS_SHEET_PREAMBLE_H

#include "parsers/sheet_row.h"
#include "parsers/layout.h"
#include "rules/day.h"

/* Stands between the cells of a folded line. */
#define SHEET_BETWEEN '\x1f'

typedef struct {
  char *account;        /* NULL when masked by asterisks, too */
  const char *currency; /* static, or NULL */
  Day from, to;         /* inclusive; a period that ends at 00:00:00 ends the day before */
  Day month_end;        /* the end of the month that is named above (2024年01月), or DAY_NONE */
} SheetPreamble;

/* The row as one folded line, to be searched later; the caller frees. */
char *sheet_preamble_line(const SheetRow *row);

/* What follows a label that a folded line begins with, or that stands in it; NULL when there is none. Labels may be
 * spaced out ("账 号"); 账号 does not stand in 对方账号. */
const char *sheet_label_at(const char *text, char *const *labels);
const char *sheet_label_find(const char *line, char *const *labels);

/* lines: of sheet_preamble_line. ERROR_REFUSED "account_scientific". The caller frees account. */
gboolean sheet_preamble_read(const Layout *layout, GPtrArray *lines, SheetPreamble *preamble, GError **error);

#endif
