/* The one error type: a GError whose code says who must act, with the facts a sentence needs.
 *
 * Libraries set facts, never sentences; daemon/text renders them for people in their language.
 * The kinds are the programs' exit codes (s6: 100 permanent, 111 temporary).
 *
 * Calling sequence:
 *     return error_set(error, ERROR_REFUSED, "amount_digits", "file", name, "line", "7", "value", text, NULL);
 */
#ifndef YIFEN_RULES_ERROR_H
#define YIFEN_RULES_ERROR_H

#include <glib.h>

typedef enum {
  ERROR_REFUSED = 1,     /* a rule refused the request: the asker must change it */
  ERROR_USAGE = 2,       /* the program was called wrongly */
  ERROR_PERMANENT = 100, /* a person must mend Yifen: configuration, key, schema, disk */
  ERROR_TEMPORARY = 111, /* try again later */
} ErrorKind;

#define YIFEN_ERROR (error_quark())
GQuark error_quark(void);

/* Sets *error, if error is not NULL, to a kind, a reason (a machine word, snake_case) and the facts:
 * pairs of name and value ended by NULL; a pair whose value is NULL is left out. The names in use are
 * "file", "line", "column", "cell", "sheet", "field", "value", "expected", "detail". A value never holds a code, PIN,
 * key or full ID number. Always returns FALSE. */
gboolean error_set(GError **error, ErrorKind kind, const char *reason, ...) G_GNUC_NULL_TERMINATED;

/* Adds a fact, unless it is there already, to an error that is on its way up; does nothing when there is none. */
void error_add(GError **error, const char *name, const char *value);

/* The reason word of an error of this domain; "system" for errors of other domains. */
const char *error_reason(const GError *error);

/* The value of one fact, or NULL. Owned by the error. */
const char *error_fact(const GError *error, const char *name);

/* The kind, that is the exit code; ERROR_TEMPORARY for errors of other domains. */
ErrorKind error_kind(const GError *error);

#endif
