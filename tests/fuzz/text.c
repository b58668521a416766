/* Texts of entries, as matching looks at them: order numbers in remarks, names, accounts, typed codes, remark
 * templates. */
#include "parsers/profile.h"
#include "parsers/remark.h"
#include "rules/code.h"
#include "rules/name.h"
#include "rules/number.h"
#include "tests/fuzz/fuzz.h"

static GPtrArray *profiles;

void fuzz_prepare(void) {
  profiles = profiles_load(NULL, NULL);
}

static gboolean holds(GPtrArray *keys, const char *number) {
  return g_ptr_array_find_with_equal_func(keys, number, g_str_equal, NULL);
}

/* number_keys() gives a superset of what number_find() finds, and hits lie inside the text. */
static void numbers(const char *text) {
  static const char *const known[] = {"202611220000038", "1234567890", "20261122AB", "12345678901234567890"};
  g_autoptr(GPtrArray) keys = number_keys(text);
  g_autoptr(NumberIndex) index = number_index_new(known, G_N_ELEMENTS(known));
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(NumberHit));
  number_find(index, text, hits);
  for (guint i = 0; i < hits->len; i++) {
    const NumberHit *hit = &g_array_index(hits, NumberHit, i);
    g_assert(hit->number < G_N_ELEMENTS(known) && hit->length > 0 && hit->offset + hit->length <= strlen(text));
    g_assert(holds(keys, known[hit->number]));
    g_assert(g_utf8_validate(text + hit->offset, (gssize)hit->length, NULL));
  }
}

static void names(const char *left, const char *right) {
  g_autofree char *normal = name_normal(left), *again = name_normal(normal), *key = name_key(left);
  g_assert(g_str_equal(normal, again) && g_utf8_validate(key, -1, NULL));
  g_assert((name_grade(left, right) == NAME_EQUAL) == (name_grade(right, left) == NAME_EQUAL));
  g_assert(*normal == '\0' || strchr(normal, '?') != NULL || name_grade(left, left) == NAME_EQUAL);
  g_autofree char *account = account_normal(left), *same = account == NULL ? NULL : account_normal(account);
  g_assert(g_strcmp0(account, same) == 0);
  g_assert(account_equal(left, right) == account_equal(right, left));
}

static void codes(const char *text) {
  char code[CODE_SIZE];
  if (code_normalise(text, code))
    g_assert(strlen(code) == CODE_DIGITS && strspn(code, "0123456789") == CODE_DIGITS);
}

static void remarks(const char *text) {
  const Profile *profile = profiles->pdata[0];
  g_autoptr(GError) error = NULL;
  if (!remark_check(text, profile, &error)) {
    fuzz_refused(error, ERROR_PERMANENT);
    return;
  }
  g_autofree char *remark = remark_fill(text, "123456");
  g_assert(strstr(remark, "123456") != NULL);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  if (!g_utf8_validate(text, -1, NULL))
    return 0;
  g_auto(GStrv) parts = g_strsplit(text, "\n", 2);
  numbers(text);
  names(parts[0] == NULL ? "" : parts[0], parts[0] == NULL || parts[1] == NULL ? "" : parts[1]);
  codes(text);
  remarks(text);
  return 0;
}
