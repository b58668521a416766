#include "parsers/ieee.h"

enum { LIMBS = 32, LIMB = 1000000000, DIGITS_A_LIMB = 9, MANTISSA_BITS = 52, BIAS = 1023 + MANTISSA_BITS };
enum { LARGEST = 128 - MANTISSA_BITS, SMALLEST = -256 };

/* limbs[0] is the lowest. 53 bits times 5^256 have less than 200 digits. */
typedef struct {
  guint32 limbs[LIMBS];
  guint count;
} Big;

static void multiply(Big *big, guint32 factor) {
  guint64 carry = 0;
  for (guint i = 0; i < big->count || carry > 0; i++) {
    g_assert(i < LIMBS);
    carry += (guint64)(i < big->count ? big->limbs[i] : 0) * factor;
    big->limbs[i] = (guint32)(carry % LIMB);
    carry /= LIMB;
    big->count = MAX(big->count, i + 1);
  }
}

/* A number times 2^power is, below zero, the number times 5^-power and ten to the power. */
static char *decimal(gboolean negative, guint64 mantissa, int power) {
  Big big = {{(guint32)(mantissa % LIMB), (guint32)(mantissa / LIMB)}, 2};
  for (int i = 0; i < ABS(power); i++)
    multiply(&big, power < 0 ? 5 : 2);
  GString *text = g_string_new(negative ? "-" : "");
  for (guint i = big.count; i-- > 0;)
    g_string_append_printf(text, "%0*u", DIGITS_A_LIMB, big.limbs[i]);
  g_string_append_printf(text, "E%d", MIN(power, 0));
  return g_string_free(text, FALSE);
}

char *ieee_decimal(guint64 bits) {
  gboolean negative = bits >> 63 != 0;
  int exponent = (int)(bits >> MANTISSA_BITS & 0x7FF);
  guint64 mantissa = bits & ((G_GUINT64_CONSTANT(1) << MANTISSA_BITS) - 1);
  if (exponent == 0 && mantissa == 0)
    return g_strdup("0");
  if (exponent == 0 || exponent == 0x7FF)
    return NULL;
  mantissa |= G_GUINT64_CONSTANT(1) << MANTISSA_BITS;
  int power = exponent - BIAS;
  for (; (mantissa & 1) == 0; mantissa >>= 1)
    power++;
  return power > LARGEST || power < SMALLEST ? NULL : decimal(negative, mantissa, power);
}
