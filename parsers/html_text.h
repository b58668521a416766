/* What stands in HTML tags and between them. */
#ifndef YIFEN_PARSERS_HTML_TEXT_H
#define YIFEN_PARSERS_HTML_TEXT_H

#include <glib.h>

/* The name a tag begins with, in small letters, cut to fit. */
void html_text_name(const char *tag, char *name, gsize size);

/* The number an attribute of the tag holds: 1 to most, 1 without one. */
guint html_text_number(const char *tag, const char *attribute, guint most);

/* In place: character references (the usual names, and numbers) to characters, runs of blanks to one. */
void html_text_decode(GString *text);

/* The charset that a page names in a meta tag of its head, or NULL; the caller frees. */
char *html_text_charset(const char *head, gsize size);

#endif
