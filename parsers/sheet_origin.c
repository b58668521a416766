#include "parsers/sheet_origin.h"

#include <string.h>

enum { COLUMN_BYTES = 90 }; /* bytes of a column's name */

/* Fields by their names in JSON, with their columns. A column of two directions stands in each of them. */
static const struct {
  const char *field;
  Column columns[4]; /* those that the header has, joined by + */
  int count;
} fields[] = {
    {"booking_date", {COLUMN_BOOKING_DATE}, 1},
    {"value_date", {COLUMN_VALUE_DATE}, 1},
    {"time", {COLUMN_TIME}, 1},
    {"account", {COLUMN_ACCOUNT}, 1},
    {"currency", {COLUMN_CURRENCY}, 1},
    {"direction", {COLUMN_FLAG}, 1},
    {"status", {COLUMN_STATUS}, 1},
    {"reversal", {COLUMN_REVERSAL}, 1},
    {"balance", {COLUMN_BALANCE}, 1},
    {"bank_reference", {COLUMN_BANK_REFERENCE}, 1},
    {"remark", {COLUMN_REMARK, COLUMN_REMARK2, COLUMN_REMARK3}, 3},
    {"purpose", {COLUMN_PURPOSE}, 1},
    {"summary", {COLUMN_SUMMARY}, 1},
};

static void append_name(GString *text, const char *name) {
  for (gsize length = 0; *name != '\0' && length < COLUMN_BYTES; name = g_utf8_next_char(name)) {
    gsize size = (gsize)(g_utf8_next_char(name) - name);
    if (*name != '\n')
      g_string_append_len(text, name, (gssize)size);
    length += size;
  }
}

static void append(GString *text, const SheetFit *fit, const char *field, const Column *columns, int count) {
  gboolean begun = FALSE;
  for (int i = 0; i < count; i++) {
    int at = fit->at[columns[i]];
    if (at < 0)
      continue;
    g_string_append_printf(text, begun ? "+" : "%s=", field);
    append_name(text, fit->names[at]);
    begun = TRUE;
  }
  if (begun)
    g_string_append_c(text, '\n');
}

char *sheet_origin(const SheetFit *fit, gboolean credit_column) {
  const Column amounts[] = {COLUMN_AMOUNT, credit_column ? COLUMN_CREDIT : COLUMN_DEBIT},
               names[] = {COLUMN_COUNTERPARTY_NAME, credit_column ? COLUMN_PAYER_NAME : COLUMN_PAYEE_NAME},
               accounts[] = {COLUMN_COUNTERPARTY_ACCOUNT, credit_column ? COLUMN_PAYER_ACCOUNT : COLUMN_PAYEE_ACCOUNT},
               banks[] = {COLUMN_COUNTERPARTY_BANK, credit_column ? COLUMN_PAYER_BANK : COLUMN_PAYEE_BANK};
  GString *text = g_string_new(NULL);
  append(text, fit, "amount", amounts, G_N_ELEMENTS(amounts));
  append(text, fit, "counterparty_name", names, G_N_ELEMENTS(names));
  append(text, fit, "counterparty_account", accounts, G_N_ELEMENTS(accounts));
  append(text, fit, "counterparty_bank", banks, G_N_ELEMENTS(banks));
  for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
    append(text, fit, fields[i].field, fields[i].columns, fields[i].count);
  return g_string_free(text, FALSE);
}
