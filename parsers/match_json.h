/* What matching decided as JSON: facts in words and numbers for the case's card and for `yifen match explain`.
 * Sentences are daemon's. */
#ifndef YIFEN_PARSERS_MATCH_JSON_H
#define YIFEN_PARSERS_MATCH_JSON_H

#include "rules/match.h"

/* A case's card as one JSON object:
 * {"reason","entries":[...],"orders":[{"order_no","state","applicant","account","price", "submitted"}]}; an entry as
 * match_explain() shows it. The caller frees. */
char *match_card(const MatchGroup *group, const MatchResult *result, gsize case_index);

/* What `yifen match explain` shows of one entry, as JSON:
 * {"id","date","amount","currency","direction","payer_name","payer_account",
 * "remark","purpose","summary","disposition","reason","rule","grade","account","partner","orders":[{"order_no","amount"}],
 * "candidates":[{"order_no","applicant","payer","grade","normalised":["width",...],"account","named","submitted","due","difference","against"}],
 * "hits":[{"order_no","field","offset","length","position","text"}]}; the candidates chosen first, then the nearest;
 * offset and length in bytes, position in characters from 1. Absent what is unknown. The caller frees. */
char *match_explain(const MatchGroup *group, const MatchResult *result, gsize entry_index);

#endif
