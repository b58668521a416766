/* XLS workbooks (MS-XLS; BIFF8, and BIFF5 as Excel 5.0 to 95 wrote it) to records, as parsers/xlsx.h does.
 *
 * Read from the records themselves: freexl 1.0.6 drops formulas' results, booleans and errors without a word, so that
 * an amount could be missing unseen, shows 24:00:00, and opens files by path.
 *
 * A workbook under a password, also an XLSX one, is "file_encrypted"; with macros "xlsx_macro"; another kind of file
 * "file_ole". */
#ifndef YIFEN_PARSERS_XLS_H
#define YIFEN_PARSERS_XLS_H

#include "parsers/record.h"
#include "parsers/source.h"

enum { XLS_TEXTS_MAX = 64 << 20 }; /* bytes of all shared texts */

/* As sheet_new(). ERROR_REFUSED also "ole_...", "xls_damaged" (detail: the kind of record), "xls_version",
 * "xls_codepage", "xlsx_too_large". */
gboolean xls_parse(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error);

#endif
