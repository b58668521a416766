/* Texts in JSON objects: what is unknown is absent. */
#ifndef YIFEN_PARSERS_JSON_TEXT_H
#define YIFEN_PARSERS_JSON_TEXT_H

#include <jansson.h>

/* Sets `key` to a UTF-8 text; NULL leaves it out. */
void json_text_set(json_t *object, const char *key, const char *text);

#endif
