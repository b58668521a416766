#include "daemon/conf_value.h"

#include <string.h>

#include "rules/acknowledge.h"
#include "rules/money.h"

#define ADDRESS_BYTES 254 /* RFC 5321 section 4.5.3.1.3, without the angle brackets */

static char *expect(const char *text) {
  return g_strdup(text);
}

static char *give(void *field, char *owned) {
  *(char **)field = owned;
  return NULL;
}

char *value_text(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  return give(field, g_strdup(text));
}

char *value_path(const ValueBounds *bounds, const char *text, void *field) {
  return give(field, g_canonicalize_filename(text, bounds->folder));
}

char *value_remote(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  g_auto(GStrv) parts = g_strsplit(text, "/", -1);
  if (text[0] != '/' || g_strv_contains((const char *const *)parts, ".."))
    return expect("/PATH");
  gsize length = strlen(text);
  return give(field, g_strndup(text, length > 1 && text[length - 1] == '/' ? length - 1 : length));
}

char *value_count(const ValueBounds *bounds, const char *text, void *field) {
  gint64 number;
  if (!g_ascii_string_to_signed(text, 10, bounds->least, bounds->most, &number, NULL))
    return g_strdup_printf("%d..%d", bounds->least, bounds->most);
  *(int *)field = (int)number;
  return NULL;
}

char *value_choice(const ValueBounds *bounds, const char *text, void *field) {
  g_auto(GStrv) words = g_strsplit(bounds->words, "|", -1);
  if (!g_strv_contains((const char *const *)words, text))
    return expect(bounds->words);
  return give(field, g_strdup(text));
}

char *value_money(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  Money money;
  if (!money_parse(text, "CNY", &money, NULL) || money.minor <= 0)
    return expect("0.01..");
  *(Money *)field = money;
  return NULL;
}

static gboolean two_digits(const char *text, int limit, int *number) {
  if (!g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1]))
    return FALSE;
  *number = (text[0] - '0') * 10 + (text[1] - '0');
  return *number < limit;
}

char *value_clock(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  int hour, minute;
  if (strlen(text) != 5 || text[2] != ':' || !two_digits(text, 24, &hour) || !two_digits(text + 3, 60, &minute))
    return expect("HH:MM");
  ((int *)field)[0] = hour;
  ((int *)field)[1] = minute;
  return NULL;
}

char *value_daily(const ValueBounds *bounds, const char *text, void *field) {
  g_autofree char *wrong = g_str_has_prefix(text, "daily ") ? value_clock(bounds, text + 6, field) : expect("HH:MM");
  return wrong != NULL ? expect("daily HH:MM") : NULL;
}

char *value_only_digits(const char *text) {
  GString *digits = g_string_new(NULL);
  for (; *text != '\0'; text++)
    if (g_ascii_isdigit(*text))
      g_string_append_c(digits, *text);
  return g_string_free(digits, FALSE);
}

char *value_digits(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  g_autofree char *digits = value_only_digits(text);
  if (strspn(text, "0123456789 -") != strlen(text) || strlen(digits) < 6 || strlen(digits) > 34)
    return expect("[0-9]{6,34}");
  return give(field, g_steal_pointer(&digits));
}

static gboolean mail_address(const char *text) {
  const char *at = strchr(text, '@');
  if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL || strlen(text) > ADDRESS_BYTES)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph(*c) || strchr("<>()[],;:\\\"", *c) != NULL)
      return FALSE;
  return text[0] != '-';
}

char *value_address(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  return mail_address(text) ? give(field, g_strdup(text)) : expect("name@host");
}

/* Reads each part of a list with `one`; the list replaces the field. */
static char *list(const ValueBounds *bounds, const char *text, void *field, ValueReader *one) {
  g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);
  for (char **part = parts; *part != NULL; part++) {
    char *item = NULL;
    g_autofree char *wrong = one(bounds, g_strstrip(*part), &item);
    if (wrong != NULL)
      return g_steal_pointer(&wrong);
    g_ptr_array_add(read, item);
  }
  g_strfreev(*(char ***)field);
  g_ptr_array_add(read, NULL);
  *(char ***)field = (char **)g_ptr_array_free(g_steal_pointer(&read), FALSE);
  return NULL;
}

char *value_addresses(const ValueBounds *bounds, const char *text, void *field) {
  return list(bounds, text, field, value_address);
}

char *value_numbers(const ValueBounds *bounds, const char *text, void *field) {
  return list(bounds, text, field, value_digits);
}

static char *pattern(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  return acknowledge_pattern_fits(text) ? give(field, g_strdup(text)) : expect("{file}.ack");
}

static char *word(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  gboolean fits = strspn(text, "abcdefghijklmnopqrstuvwxyz_") == strlen(text);
  return fits ? give(field, g_strdup(text)) : expect("[a-z_]+");
}

char *value_names(const ValueBounds *bounds, const char *text, void *field) {
  return list(bounds, text, field, word);
}

char *value_patterns(const ValueBounds *bounds, const char *text, void *field) {
  return list(bounds, text, field, pattern);
}

char *value_pin(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  const char *hash = g_str_has_prefix(text, "SHA256:") ? text + 7 : "";
  gsize length = strlen(hash);
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum(hash[i]) && hash[i] != '+' && hash[i] != '/')
      length = 0;
  return length == 43 ? give(field, g_strdup(text)) : expect("SHA256:[A-Za-z0-9+/]{43}");
}

gboolean value_host_port(const char *text, char **host, int *port) {
  const char *colon = strrchr(text, ':'), *end = text + strlen(text);
  gboolean bracketed = text[0] == '[';
  if (bracketed && (colon == NULL || colon[-1] != ']'))
    colon = NULL;
  gint64 number = *port;
  if (colon != NULL && !g_ascii_string_to_signed(colon + 1, 10, 1, 65535, &number, NULL))
    return FALSE;
  const char *stop = colon != NULL ? colon : end;
  if (bracketed && stop[-1] != ']')
    return FALSE;
  g_autofree char *name =
      bracketed ? g_strndup(text + 1, (gsize)(stop - text) - 2) : g_strndup(text, (gsize)(stop - text));
  if (name[0] == '\0' || strpbrk(name, " /@[]") != NULL || (!bracketed && strchr(name, ':') != NULL))
    return FALSE;
  *host = g_steal_pointer(&name);
  *port = (int)number;
  return TRUE;
}

char *value_loopback(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  g_autofree char *host = NULL;
  int port = 0;
  if (!value_host_port(text, &host, &port) || port == 0 ||
      (!g_str_equal(host, "127.0.0.1") && !g_str_equal(host, "::1")))
    return expect("127.0.0.1:PORT");
  return give(field, g_strdup(text));
}

char *value_remark(const ValueBounds *bounds, const char *text, void *field) {
  (void)bounds;
  const char *first = strstr(text, "{code}");
  if (first == NULL || strstr(first + 1, "{code}") != NULL)
    return expect("…{code}…");
  return give(field, g_strdup(text));
}
