#include "parsers/label.h"

struct LabelDoubt {
  Decoder *utf8;
  GString *text;
  guchar least; /* the first byte of a character that tells is at least this */
  gboolean over, told;
};

LabelDoubt *label_doubt_new(Encoding labelled) {
  if (labelled != ENCODING_GB18030 && labelled != ENCODING_LATIN1)
    return NULL;
  LabelDoubt *doubt = g_new0(LabelDoubt, 1);
  doubt->utf8 = decoder_new(ENCODING_UTF8);
  doubt->text = g_string_new(NULL);
  doubt->least = labelled == ENCODING_LATIN1 ? 0xC2 : 0xE0;
  return doubt;
}

void label_doubt_free(LabelDoubt *doubt) {
  if (doubt == NULL)
    return;
  decoder_free(doubt->utf8);
  g_string_free(doubt->text, TRUE);
  g_free(doubt);
}

void label_doubt_feed(LabelDoubt *doubt, const char *bytes, gsize size) {
  if (doubt == NULL || doubt->over)
    return;
  g_string_truncate(doubt->text, 0);
  doubt->over = !decoder_feed(doubt->utf8, bytes, size, doubt->text, NULL);
  for (gsize i = 0; !doubt->told && i < doubt->text->len; i++)
    doubt->told = (guchar)doubt->text->str[i] >= doubt->least;
}

gboolean label_doubt_is_utf8(LabelDoubt *doubt) {
  return doubt != NULL && !doubt->over && doubt->told && decoder_finish(doubt->utf8, NULL);
}
