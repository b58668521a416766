/* SWIFT MT940 customer statements and MT942 interim reports (SWIFT Standards MT, category 9), and MT950, which is MT940
 * without :86:. Fed decoded UTF-8 in pieces; memory does not grow with the file.
 *
 * A file holds many messages, bare or in {1:}{2:}{4: envelopes, with lines of LF, CR or CRLF; what stands between them
 * (session headers, headings) is passed over. A message is one Statement: id is :20:, account :25: without the bank
 * before a slash and without a currency behind, sequence and page :28C: (numbers of zero are none), opening :60F: or
 * :60M:, closing :62F: or :62M:, last_page FALSE for :62M:. `from` is the day after the opening balance unless a line
 * is booked on its day, since banks date it either way; `to` is the day of the closing balance. MT942 is
 * STATEMENT_INTERIM: claims of :90D: and :90C:, currency of :34F:, day of :13D:. What ING writes into the :86: behind
 * :62F: (/SUM/18/3/14830,45/14640,00/, D000018C000003D14830,45C14640,00) are claims
 * too. Lines may be joined by "@@" (FinTS). Fields :NS: (Swiss and Hungarian banks) stand in for a missing :86:.
 * Entry.line is the physical line of its :61:.
 *
 * ERROR_REFUSED, with line and field (the tag): "mt940_field" (value, expected), "mt940_order" (a tag where expected
 * should have come before), "mt940_cut" (the file ends before expected: an MT940 needs :62F:, or :64: or :65:, an MT942
 * its end), "currency", "date", "field_too_long". */
#ifndef YIFEN_PARSERS_MT940_H
#define YIFEN_PARSERS_MT940_H

#include "parsers/record.h"

typedef struct Mt940 Mt940;
Mt940 *mt940_new(const RecordSink *sink);
void mt940_free(Mt940 *mt940);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mt940, mt940_free)

gboolean mt940_feed(Mt940 *mt940, const char *text, gsize size, GError **error);
gboolean mt940_finish(Mt940 *mt940, GError **error);

/* Does a line, blanks before it aside, begin with a tag as ":61:"? Its size, 0 when not. */
gsize mt940_tag(const char *line);

#endif
