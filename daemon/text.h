/* Texts for people. The source language is Chinese: _("...") marks a text; English comes from a catalogue. */
#ifndef YIFEN_DAEMON_TEXT_H
#define YIFEN_DAEMON_TEXT_H

#include <glib.h>
#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)

/* Chooses the language by name: `language` (from the configuration) or, when NULL, LC_ALL, LC_MESSAGES, LANG. The
 * process itself stays in C.UTF-8. */
void text_init(const char *language);

/* The language's name, to go back to it. The caller frees. */
char *text_language(void);

/* One clear sentence: what, where, what was expected (daemon/sentences.h). Facts are cleaned. The caller frees. */
char *text_error(const GError *error);

/* The word of a machine word ("short", "awaiting_code", "own_transfer", ...) as people read it; the word itself when
 * unknown. Where a word means different things, its cycle stands before it: "review.open", "case.open"; a qualified
 * word that has no entry of its own reads as the plain one. */
const char *text_word(const char *word);

/* A copy for a terminal or a mail: control, bidirectional and invalid characters become U+FFFD, at most `characters`
 * and then "…". The caller frees. */
char *text_clean(const char *text, gsize characters);

#endif
