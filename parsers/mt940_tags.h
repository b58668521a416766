/* Texts of MT940's :86: that name their parts: "/NAME/Acme/REMI/Invoice 7" (SWIFT, Dutch banks), "EREF+1 SVWZ+Invoice"
 * (German banks, DFÜ-Abkommen Anlage 3) and "IBAN: ... NAAM: ..." (ABN AMRO's columns). */
#ifndef YIFEN_PARSERS_MT940_TAGS_H
#define YIFEN_PARSERS_MT940_TAGS_H

#include <glib.h>

typedef enum {
  MT940_IGNORED,
  MT940_END_TO_END,
  MT940_CUSTOMER, /* the owner's own reference */
  MT940_NAME,
  MT940_ACCOUNT,
  MT940_BANK,
  MT940_REMARK,
  MT940_PURPOSE,
  MT940_SUMMARY,
  MT940_RETURN,
  MT940_PARTY,   /* SWIFT: account or name, then lines that begin with a slash */
  MT940_PARTIES, /* ING: account/BIC/name/city */
  MT940_CLOSED   /* a value that its own slash ends; what follows it is free text */
} Mt940Part;

typedef struct {
  const char *word;
  Mt940Part part;
  const char *place; /* for Entry.origin: ":86:/NAME/" */
} Mt940Word;

typedef enum { MT940_SLASHES, MT940_PLUS, MT940_COLON } Mt940Style;

/* Marks within a joined text, where the bank cut it: MT940_CUT between two pieces of one run (no width), MT940_BREAK
 * where a piece ended early (a blank). */
#define MT940_CUT '\x1E'
#define MT940_BREAK '\x1F'

/* The next word of a style in [from, end) of a text: where it stands, where its value begins. NULL when there is none.
 */
const Mt940Word *mt940_tag_next(Mt940Style style, const char *text, const char *from, const char *end,
                                const char **start, const char **value);

/* Is the text the beginning of a word of the slash style, and not the whole? So a line may have cut it. */
gboolean mt940_tag_begins(const char *text, gsize size);

#endif
