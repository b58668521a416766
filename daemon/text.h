/* Texts for people. The source language is Chinese: _("...") marks a text; English comes from a catalogue. */
#ifndef YIFEN_DAEMON_TEXT_H
#define YIFEN_DAEMON_TEXT_H

#include <glib.h>
#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)

/* Chooses the language by name: `language` (from the configuration) or, when NULL, LC_ALL, LC_MESSAGES, LANG. The process
 * itself stays in C.UTF-8. */
void text_init(const char *language);

/* One clear sentence: what, where, what was expected. The caller frees. */
char *text_error(const GError *error);

/* The word of a machine word ("short", "awaiting_code", "own_transfer", ...) as people read it; the word itself when unknown. */
const char *text_word(const char *word);

#endif
