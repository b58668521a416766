/* :86: of MT940 and MT942, information to account owner, in the dialects that banks use:
 * - German (DFÜ-Abkommen Anlage 3, chapter 8): three digits GVC, then fields "?00text?20purpose?32name" with any mark
 * in the place of "?"; the purpose holds SEPA words (EREF+ SVWZ+ ...). Lines, and pieces of 27 places, are cut
 * anywhere: a full piece goes on in the next one, a shorter one ends.
 * - SWIFT and Dutch: "/TRTP/.../IBAN/.../NAME/.../REMI/...", ING's "/CNTP/account/BIC/name/city/", "/ORDP/account" with
 *   lines "/name", "/text" below.
 * - ABN AMRO's columns: "SEPA OVERBOEKING   IBAN: ...  NAAM: ...  OMSCHRIJVING: ...".
 * - Plain text, perhaps with an IBAN and a BIC before it.
 * A line of 65 places was cut and goes on without a blank; so was a first line of 61, when the bank counts ":86:". */
#ifndef YIFEN_PARSERS_MT940_INFO_H
#define YIFEN_PARSERS_MT940_INFO_H

#include <glib.h>

typedef enum {
  MT940_FIELD_END_TO_END,
  MT940_FIELD_REFERENCE, /* of the account's owner */
  MT940_FIELD_NAME,
  MT940_FIELD_ACCOUNT,
  MT940_FIELD_BANK, /* of the other party */
  MT940_FIELD_REMARK,
  MT940_FIELD_PURPOSE,
  MT940_FIELD_SUMMARY,
  MT940_FIELD_RETURN,
  MT940_FIELD_BANK_REFERENCE, /* never in :86: */
  MT940_FIELDS
} Mt940Field;

/* NULL where the text says nothing; texts are owned by `texts`, places static: ":86:/NAME/". */
typedef struct {
  char *text[MT940_FIELDS];
  const char *place[MT940_FIELDS];
} Mt940Info;

typedef struct Mt940InfoReader Mt940InfoReader; /* buffers that are used again */
Mt940InfoReader *mt940_info_reader_new(void);
void mt940_info_reader_free(Mt940InfoReader *reader);

/* text: the lines of the field, joined by LF, a NUL behind them; "" when there is no :86:. */
void mt940_info_read(Mt940InfoReader *reader, const char *text, gsize size, GStringChunk *texts, Mt940Info *info);

/* Free of control characters, runs of blanks one blank, no blanks at the ends; owned by `texts`, NULL when empty. */
char *mt940_text(GStringChunk *texts, const char *text, gsize size);

/* Looks like an IBAN: two letters, two digits, 15 to 34 places. */
gboolean mt940_is_iban(const char *text, gsize size);

#endif
