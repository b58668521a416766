/* What name_normal() evened out in a name, for the card that explains a match. */
#ifndef YIFEN_RULES_NAME_CHANGE_H
#define YIFEN_RULES_NAME_CHANGE_H

#include <glib.h>

typedef enum {
  NAME_CHANGE_WIDTH = 1,    /* full-width or other forms of a character */
  NAME_CHANGE_BLANKS = 2,   /* blanks, invisible characters */
  NAME_CHANGE_CASE = 4,     /* small letters */
  NAME_CHANGE_BRACKETS = 8, /* other brackets than round ones */
  NAME_CHANGE_MARKS = 16,   /* dots, quotes, hyphens */
  NAME_CHANGE_UNKNOWN = 32, /* characters that cannot be shown, read as '?' */
} NameChange;

#define NAME_CHANGES 6

const char *name_change_word(int bit); /* "width" "blanks" "case" "brackets" "marks" "unknown", by number of the bit */

/* The NameChange bits of a name; NULL: none. */
unsigned name_changes(const char *name);

/* In what two names that name_normal() makes equal are written differently: the bits that only one of them has; when
 * both have the same, all these. */
unsigned name_change_between(const char *a, const char *b);

#endif
