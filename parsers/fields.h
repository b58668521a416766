/* A strict reader of JSON objects by a table of fields (RFC 8259): the bodies that the hall and staff hand us.
 * Keys that the table does not know, doubled keys, wrong types, missing fields and values against a rule are refused
 * with ERROR_REFUSED, the fact "field" (the full path, "certificates[1].years"), and what was expected: json_syntax
 * (line, column)  json_too_large  json_duplicate  field_unknown (expected: the nearest key)  field_missing field_type
 * field_length  field_text  field_word  field_range  shape_KIND  amount A wrong check digit of an identifier is a
 * warning, not an error. ID numbers are masked in every error. */
#ifndef YIFEN_PARSERS_FIELDS_H
#define YIFEN_PARSERS_FIELDS_H

#include <jansson.h>

#include "rules/money.h"

#define FIELDS_LIMIT (64 * 1024) /* bytes of one object */

typedef enum {
  FIELD_OBJECT,  /* children */
  FIELD_LIST,    /* of objects with these children; min..max of them */
  FIELD_TEXT,    /* min..max characters, no control or invisible ones; outer blanks are dropped */
  FIELD_BLOCK,   /* like TEXT, with line feeds */
  FIELD_WORD,    /* one of `words` */
  FIELD_INTEGER, /* min..max */
  FIELD_BOOLEAN,
  FIELD_INSTANT, /* RFC 3339 with zone */
  FIELD_DAY,     /* YYYY-MM-DD */
  FIELD_AMOUNT,  /* decimal string of yuan, at least min fen */
  FIELD_ORDER_NO,
  FIELD_USCC,
  FIELD_ID_NUMBER,
  FIELD_MOBILE,
  FIELD_CNAPS,
  FIELD_ACCOUNT, /* rules/ident */
  FIELD_EMAIL,
  FIELD_DIVISION, /* GB/T 2260: six digits */
  FIELD_TAX_NUMBER,
  FIELD_POSTCODE,
} FieldKind;

typedef struct Field {
  const char *key;
  FieldKind kind;
  gboolean optional;
  int min, max;
  const char *words;            /* "wire|alipay|wechat" */
  const struct Field *children; /* ended by a NULL key */
} Field;

/* Reads and checks one object; identifiers are brought to their plain form in place. Warnings are appended as
 * "field reason;". A new reference; NULL on error. */
json_t *fields_read(const char *text, gsize size, const Field *table, GString *warnings, GError **error);

/* The same for a body of up to `limit` bytes. */
json_t *fields_read_long(const char *text, gsize size, gsize limit, const Field *table, GString *warnings,
                         GError **error);

/* Sorted keys, no blanks. The caller frees with g_free. */
char *fields_canonical(const json_t *object);

/* A string of a checked object by its path ("applicant.name"); NULL when absent. Owned by the object. */
const char *fields_text(const json_t *object, const char *path);

#endif
