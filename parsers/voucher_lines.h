/* The lines of a bkrs statement as a statement and its entries (voucher.h says what becomes of them). */
#ifndef YIFEN_PARSERS_VOUCHER_LINES_H
#define YIFEN_PARSERS_VOUCHER_LINES_H

#include "parsers/record.h"
#include "parsers/sheet_statement.h"
#include "parsers/voucher_facts.h"

/* A tuple that moves nothing, until the one after it is seen. */
typedef struct {
  gboolean waits, zero; /* zero: the amount is there, and zero */
  gboolean has_direction, has_balance;
  Direction direction;
  Money balance;
  char *day, *receipt, *serial; /* as written, may be NULL */
} VoucherIdle;

typedef struct {
  const RecordSink *sink;
  const char *format; /* of the statement, NULL before the first fact came */
  int number;
  gboolean announced;
  gint64 ordinal; /* of the last tuple */
  gint64 entries;
  SheetStatement state;
  gboolean has_before; /* balance before the next tuple */
  Money before;
  VoucherIdle idle;
  gboolean unpaired; /* the last entry may yet find its idle half */
  VoucherIdle last;  /* what that entry shares with it */
} VoucherLines;

void voucher_lines_init(VoucherLines *lines, int number, const RecordSink *sink);
void voucher_lines_clear(VoucherLines *lines);

/* One tuple. single: SINGLE_FACTS, line: LINE_FACTS of them. ERROR_REFUSED "missing", "voucher_idle" (value: the
 * tuple's ordinal) and those of single values. */
gboolean voucher_lines_add(VoucherLines *lines, const VoucherFact *single, const VoucherFact *line, GError **error);

/* After the last tuple. ERROR_REFUSED "voucher_empty" when there was nothing. */
gboolean voucher_lines_end(VoucherLines *lines, const VoucherFact *single, GError **error);

#endif
