/* One row of a bank's export to one entry. */
#ifndef YIFEN_PARSERS_SHEET_ENTRY_H
#define YIFEN_PARSERS_SHEET_ENTRY_H

#include "parsers/sheet_fit.h"
#include "parsers/sheet_statement.h"
#include "parsers/sheet_value.h"
#include "rules/entry.h"

/* What a minus beside 支出 means, which the first such row tells: red figures, or 支出 once more. Beside 借 it is
 * always red figures. */
typedef enum { MINUS_UNKNOWN, MINUS_RED, MINUS_OUT } SheetMinus;

/* A date cell and what it was read as: rows below often have the same. */
typedef struct {
  char text[24];
  SheetMoment moment;
} SheetDay;

/* entry borrows the row's texts, `time`, `joined` and the fit's origin. credit_column: in which of the two the amount
 * stood; signed_amount: as it stood there. */
typedef struct {
  Entry entry;
  char time[SHEET_TIME_SIZE];
  char *own_account; /* the side of payer and payee that the counterparty is not; NULL when there is none */
  gboolean moved;    /* FALSE: no amount but zero */
  gboolean credit_column;
  Money signed_amount;
  struct { /* what is kept from row to row */
    SheetMinus minus;
    SheetDay booking, value;
    Day time_day;    /* of `time` */
    GString *joined; /* the caller's: for remarks of several columns */
  } kept;
} SheetEntry;

/* Before the first row below a header. */
void sheet_entry_begin(SheetEntry *entry);

/* Is there a date in the row's date cell? */
gboolean sheet_entry_dated(SheetEntry *entry, const SheetFit *fit, const SheetRow *row, SheetMoment *moment);

/* Has the row anything in its amount cells? */
gboolean sheet_entry_has_amounts(const SheetFit *fit, const SheetRow *row);

/* ERROR_REFUSED with line, column, field, value. currency: of the rows whose own cell is blank. Info entries: no amount
 * but zero, a neutral flag (then direction debit, unless the amount has a sign), a void status. "sheet_sign": no minus
 * where the file writes 支出 with one. */
gboolean sheet_entry_read(const SheetFit *fit, const SheetRow *row, const SheetMoment *moment, const char *currency,
                          SheetEntry *out, GError **error);

/* ERROR_REFUSED "date": no date in the cell of a date column; expected: the first forms that the layout lists. */
gboolean sheet_entry_misdated(const SheetFit *fit, const SheetRow *row, Column column, GError **error);

/* Adds line, column (from 1), cell ("B3") and the column's name to an error on its way up; FALSE. */
gboolean sheet_entry_blame(const SheetFit *fit, const SheetRow *row, Column column, GError **error);

#endif
