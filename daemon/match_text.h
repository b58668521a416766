/* One line's card for people: how it was judged, by which evidence, and why not otherwise. */
#ifndef YIFEN_DAEMON_MATCH_TEXT_H
#define YIFEN_DAEMON_MATCH_TEXT_H

#include <glib.h>
#include <jansson.h>

/* Lines joined by '\n', "" when there is nothing to say: where order numbers stand in its texts, the orders that were
 * chosen, the next best ones with what speaks against each. entry: as match_explain() gives it. The caller frees. */
char *match_text(const json_t *entry);

#endif
