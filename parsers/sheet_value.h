/* What stands in the cells of bank exports, read exactly. Texts are UTF-8; cells are narrowed to what they say. */
#ifndef YIFEN_PARSERS_SHEET_VALUE_H
#define YIFEN_PARSERS_SHEET_VALUE_H

#include "parsers/sheet_row.h"
#include "rules/day.h"
#include "rules/money.h"

/* Outer blanks, TABs and control characters go. */
void sheet_clean(SheetCell *cell);

/* A cell as text, cleaned; NULL when nothing, only dashes or a slash are left. */
char *sheet_text(SheetCell *cell);

/* A cell that holds a number of an account or the like: also without ="...", a leading ' or `, and [...]. */
char *sheet_number(SheetCell *cell);

/* Was it damaged by a spreadsheet ("8.15E+14")? */
gboolean sheet_is_scientific(const char *text, gsize size);

/* Is it what a spreadsheet shows where it has lost a value (#N/A, #REF!, ####)? */
gboolean sheet_is_error(const char *text);

/* An amount: blanks, a currency sign or word, 元, and thousands separators in their places are left out; brackets
 * around it are a minus. *has is FALSE
 * for a cell that is blank, or "-", "--", "/". ERROR_REFUSED "amount" with value. */
gboolean sheet_amount(const char *cell, const char *currency, gboolean *has, Money *amount, GError **error);

/* ISO code of a currency as banks write it (CNY, RMB, 人民币, 人民币元, 156, 美元, ...), by its beginning; NULL when
 * unknown. */
const char *sheet_currency(const char *text);

typedef struct {
  Day day;         /* DAY_NONE when the form has no year */
  int month, mday; /* then, or 0 */
  gboolean has_time;
  int hour, minute, second;
} SheetMoment;

/* Reads a date or time by the first form that fits whole: YYYY MM DD hh mm ss are that many digits, M D h m s one or
 * two; a blank fits any blanks; all else stands for itself. FALSE when none fits. */
gboolean sheet_moment(const char *text, char *const *forms, SheetMoment *moment);

#endif
