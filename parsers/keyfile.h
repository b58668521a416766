/* Key files: yifen.conf and profiles. "[section name]", "key = value", comments with # or ; at the start of a line,
 * values run to the end of the line without outer blanks; a line that begins with a blank continues the value above it
 * with a line feed. Every item knows its line. A line that is none of these, bad UTF-8 and NUL are ERROR_PERMANENT
 * "config_syntax", a section or key that stands twice is "config_twice"; both with file, line and value or field. */
#ifndef YIFEN_PARSERS_KEYFILE_H
#define YIFEN_PARSERS_KEYFILE_H

#include <glib.h>

typedef struct {
  char *key, *value;
  int line;
} KeyItem;

typedef struct {
  char *kind; /* "account" of "[account icbc]" */
  char *name; /* "icbc"; NULL for "[yifen]" */
  int line;
  GPtrArray *items; /* KeyItem */
} KeySection;

typedef struct {
  char *file;
  GPtrArray *sections; /* KeySection */
} KeyFile;

KeyFile *keyfile_parse(const char *file, const char *text, gsize length, GError **error);
void keyfile_free(KeyFile *keyfile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyFile, keyfile_free)

const KeySection *keyfile_section(const KeyFile *keyfile, const char *kind,
                                  const char *name);                      /* name NULL: the plain one */
const char *keysection_value(const KeySection *section, const char *key); /* NULL when absent */
int keysection_line(const KeySection *section, const char *key);          /* the section's own when absent */

/* The one of `known` (ended by NULL) with the smallest edit distance to the word; NULL when there is none. */
const char *keyfile_nearest(const char *word, const char *const *known);

/* Refuses keys that are not in `known` (ended by NULL): ERROR_PERMANENT "config_key" with file, line, field and the
 * nearest known key as "expected". */
gboolean keysection_check(const KeyFile *keyfile, const KeySection *section, const char *const *known, GError **error);

#endif
