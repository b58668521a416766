#include "rules/invoice.h"

#include <string.h>

static InvoiceLine line_of(const InvoiceGoods *what, Money included, gboolean red) {
  InvoiceLine line = {what, included, included, included};
  gint64 parts = 100 + what->rate;
  g_assert(included.minor >= 0 && included.minor < G_MAXINT64 / 400);
  line.excluded.minor = (included.minor * 200 + parts) / (2 * parts);
  line.tax.minor = included.minor - line.excluded.minor;
  if (red) {
    line.included.minor = -line.included.minor;
    line.excluded.minor = -line.excluded.minor;
    line.tax.minor = -line.tax.minor;
  }
  return line;
}

gsize invoice_lines(Money price, Money carriage, const InvoiceGoods *certificates, const InvoiceGoods *courier,
                    gboolean red, InvoiceLine lines[INVOICE_LINES]) {
  Money rest;
  if (carriage.minor <= 0 || !money_subtract(price, carriage, &rest) || rest.minor <= 0) {
    lines[0] = line_of(certificates, price, red);
    return 1;
  }
  lines[0] = line_of(certificates, rest, red);
  lines[1] = line_of(courier, carriage, red);
  return 2;
}

gboolean invoice_number(const char *text) {
  return strlen(text) == INVOICE_NUMBER_DIGITS && strspn(text, "0123456789") == INVOICE_NUMBER_DIGITS;
}
