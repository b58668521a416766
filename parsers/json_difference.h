/* Where two JSON texts differ. */
#ifndef YIFEN_PARSERS_JSON_DIFFERENCE_H
#define YIFEN_PARSERS_JSON_DIFFERENCE_H

/* The path of the first place, keys in sorted order, where two valid JSON texts differ: "applicant.name",
 * "certificates[1].years"; a list of another length differs itself, as "certificates". NULL when they are equal. The
 * caller frees. */
char *json_difference(const char *text, const char *other);

#endif
