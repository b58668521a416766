#include "rules/ident.h"

#include "rules/day.h"

#include <string.h>

/* NFKC, upper case, without blanks, invisible characters and those of `drop`. FALSE when that is empty, not ASCII, or
 * does not fit. */
static gboolean make_plain(const char *text, const char *drop, char plain[IDENT_SIZE]) {
  g_autofree char *normal = text != NULL ? g_utf8_normalize(text, -1, G_NORMALIZE_NFKC) : NULL;
  gsize length = 0;
  for (const char *p = normal; p != NULL && *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT || (c < 128 && strchr(drop, (int)c) != NULL))
      continue;
    if (c >= 128 || length == IDENT_SIZE - 1)
      return FALSE;
    plain[length++] = g_ascii_toupper((char)c);
  }
  plain[length] = '\0';
  return length > 0;
}

static gboolean all_digits(const char *text, gsize count) {
  for (gsize i = 0; i < count; i++)
    if (!g_ascii_isdigit(text[i]))
      return FALSE;
  return TRUE;
}

static IdentVerdict verdict(const char *found, gboolean check, char plain[IDENT_SIZE]) {
  g_strlcpy(plain, found, IDENT_SIZE);
  return check ? IDENT_OK : IDENT_WARN_CHECK;
}

IdentVerdict ident_uscc(const char *text, char plain[IDENT_SIZE]) {
  static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  char found[IDENT_SIZE];
  if (!make_plain(text, "", found) || strlen(found) != 18 || strspn(found, alphabet) != 18 || !all_digits(found + 2, 6))
    return IDENT_BAD_SHAPE;
  int sum = 0, weight = 1; /* weights are the powers of 3 */
  for (int i = 0; i < 17; i++, weight = weight * 3 % 31)
    sum += (int)(strchr(alphabet, found[i]) - alphabet) * weight;
  return verdict(found, found[17] == alphabet[(31 - sum % 31) % 31], plain);
}

static gboolean born(const char *digits) {
  char date[] = {digits[0], digits[1], digits[2], digits[3], '-', digits[4],
                 digits[5], '-',       digits[6], digits[7], '\0'};
  Day day;
  return day_parse(date, &day);
}

gboolean ident_sole_trader(const char *uscc) {
  return strlen(uscc) == 18 && strncmp(uscc, "92", 2) == 0;
}

IdentVerdict ident_card(const char *text, char plain[IDENT_SIZE]) {
  char found[IDENT_SIZE];
  if (!make_plain(text, "", found) || strlen(found) != 18 || !all_digits(found, 17) ||
      (!g_ascii_isdigit(found[17]) && found[17] != 'X') || !born(found + 6))
    return IDENT_BAD_SHAPE;
  int sum = 0, weight = 2; /* weights from the right are the powers of 2 */
  for (int i = 16; i >= 0; i--, weight = weight * 2 % 11)
    sum += (found[i] - '0') * weight;
  return verdict(found, found[17] == "10X98765432"[sum % 11], plain);
}

IdentVerdict ident_mobile(const char *text, char plain[IDENT_SIZE]) {
  char found[IDENT_SIZE];
  if (!make_plain(text, "-", found))
    return IDENT_BAD_SHAPE;
  const char *number = found;
  if (g_str_has_prefix(number, "+86"))
    number += 3;
  else if (g_str_has_prefix(number, "0086"))
    number += 4;
  if (strlen(number) != 11 || !all_digits(number, 11) || number[0] != '1' || number[1] < '3')
    return IDENT_BAD_SHAPE;
  return verdict(number, TRUE, plain);
}

IdentVerdict ident_cnaps(const char *text, char plain[IDENT_SIZE]) {
  char found[IDENT_SIZE];
  if (!make_plain(text, "", found) || strlen(found) != 12 || !all_digits(found, 12))
    return IDENT_BAD_SHAPE;
  int product = 10;
  for (int i = 0; i < 11; i++) {
    int sum = (product + found[i] - '0') % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return verdict(found, found[11] - '0' == (11 - product) % 10, plain);
}

IdentVerdict ident_account(const char *text, char plain[IDENT_SIZE]) {
  char found[IDENT_SIZE];
  if (!make_plain(text, "-", found) || strlen(found) < 6)
    return IDENT_BAD_SHAPE;
  for (const char *p = found; *p != '\0'; p++)
    if (!g_ascii_isalnum(*p))
      return IDENT_BAD_SHAPE;
  return verdict(found, TRUE, plain);
}

IdentVerdict ident_division(const char *text, char plain[IDENT_SIZE]) {
  char found[IDENT_SIZE];
  if (!make_plain(text, "", found) || strlen(found) != 6 || !all_digits(found, 6) || found[0] == '0')
    return IDENT_BAD_SHAPE;
  return verdict(found, TRUE, plain);
}
