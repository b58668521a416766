/* IEEE 754 binary64 numbers of files as exact decimal text, by integers alone. */
#ifndef YIFEN_PARSERS_IEEE_H
#define YIFEN_PARSERS_IEEE_H

#include <glib.h>

/* Of its bits: digits and an exponent of ten, "5001000000000000227E-16". NULL for infinities, NaN, and what no
 * statement holds (beyond 2^128, or with bits below 2^-256). The caller frees. */
char *ieee_decimal(guint64 bits);

#endif
