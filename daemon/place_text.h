/* Where a line and its fields stood in their file, in the words of people. */
#ifndef YIFEN_DAEMON_PLACE_TEXT_H
#define YIFEN_DAEMON_PLACE_TEXT_H

#include <glib.h>
#include <jansson.h>

/* "第 17 行，金额在“贷方发生额”列，附言在“附言”列", "第 3 笔，金额在 Amt"; only the line where the origin is not known.
 * format: Statement.format or NULL. origin: of entry_json(), or NULL. The caller frees. */
char *place_text(const char *format, gint64 line, const json_t *origin);

/* The same with one field: the text that people look for first. */
char *place_brief(const char *format, gint64 line, const json_t *origin);

#endif
