#include "parsers/json_text.h"

void json_text_set(json_t *object, const char *key, const char *text) {
  if (text != NULL)
    json_object_set_new(object, key, json_string(text));
}
