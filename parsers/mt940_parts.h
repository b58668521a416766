/* What a :86: says, put together from its parts. Only for the readers of its dialects (mt940_info.c). */
#ifndef YIFEN_PARSERS_MT940_PARTS_H
#define YIFEN_PARSERS_MT940_PARTS_H

#include "parsers/mt940_info.h"
#include "parsers/mt940_tags.h"

struct Mt940InfoReader {
  GString *joined, *purpose, *remark, *value;
  GStringChunk *texts;
  Mt940Info *info;
  const char *place; /* of what is being kept */
};

/* Keeps a part, its marks MT940_CUT and MT940_BREAK dissolved, unless the field has one already. A number loses its
 * blanks: lines cut it and banks group it. NOTPROVIDED is no reference. */
void mt940_keep(Mt940InfoReader *reader, Mt940Field field, const char *text, gsize size);
void mt940_keep_number(Mt940InfoReader *reader, Mt940Field field, const char *text, gsize size);
void mt940_keep_reference(Mt940InfoReader *reader, Mt940Field field, const char *text, gsize size);
void mt940_add_remark(Mt940InfoReader *reader, const char *text, gsize size); /* behind what is there */

/* The parts of a text by its words; what stands before the first word is `before`, from `place`. */
void mt940_store_words(Mt940InfoReader *reader, Mt940Style style, const GString *text, Mt940Part before,
                       const char *place);

#endif
