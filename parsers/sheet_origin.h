/* Where the fields of entries stood (Entry.origin), once for a header. */
#ifndef YIFEN_PARSERS_SHEET_ORIGIN_H
#define YIFEN_PARSERS_SHEET_ORIGIN_H

#include "parsers/sheet_fit.h"

/* Of rows whose amount stands in the credit column (or the debit column); the caller frees. */
char *sheet_origin(const SheetFit *fit, gboolean credit_column);

#endif
