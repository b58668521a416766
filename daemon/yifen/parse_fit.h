/* yifen parse, when no layout fits a file: which column of which layout was found where, and which was not. */
#ifndef YIFEN_DAEMON_PARSE_FIT_H
#define YIFEN_DAEMON_PARSE_FIT_H

#include <jansson.h>
#include <stdio.h>

#include "parsers/record.h"

/* Adds what the parser tells of one column to a list of layouts:
 * [{"layout","line","columns":[{"column","names":[...],"cell","header"} or {...,"nearest_cell","nearest"}]}] */
void parse_fit_add(json_t *layouts, const ColumnFit *fit);

/* For a person, aligned. */
void parse_fit_print(json_t *layouts, FILE *to);

/* One line, nothing without layouts: the refusal with its reason and facts, and the layouts. */
void parse_fit_print_json(json_t *layouts, const GError *error, FILE *to);

#endif
