/* What the answers of a direct link say: one BankStatus (STATUS_TRANSACTION) for each transfer that they speak of, by
 * the paths of the profile. Runs in yifen-parse.
 *
 * message_id: what stands at `request`. status: a word of link_status_word(); detail: the bank's own status and words,
 * joined by a blank. An answer that names no transfer gives one record without end_to_end_id, about the request as a
 * whole. A field that stands twice where it may stand once is ERROR_REFUSED "answer_twice" (field), an answer that does
 * not hold `request`, or no status at all, is "answer_field". */
#ifndef YIFEN_PARSERS_LINK_ANSWER_H
#define YIFEN_PARSERS_LINK_ANSWER_H

#include "parsers/link.h"
#include "parsers/record.h"
#include "parsers/source.h"

/* Source of at most LINK_ANSWER_MAX bytes, else ERROR_REFUSED "too_large". */
gboolean link_answer_parse(const Link *link, const LinkCall *call, const Source *source, const RecordSink *sink,
                           GError **error);

#endif
