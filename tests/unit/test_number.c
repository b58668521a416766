#include "rules/number.h"

#include <string.h>

static const char *const known[] = {"202610130001136", "202610150003422", "202610150003431", "2026101300",
                                    "123456789",       "SZCA2026000001",  "AAAAAAAAAA"};

/* want: the numbers found, by their place in known[], in the order of the text, with byte offsets. */
static const struct {
  const char *text, *want;
} finds[] = {
    {"202610130001136", "0@0+15"},
    {"业务单号202610130001136，请查收", "0@12+15"},
    {"２０２６１０１３０００１１３６", "0@0+45"},
    {"单号２０２６１０１３０００１１３６号", "0@6+45"},
    {"2026 10130001136", "0@0+16"},
    {"20261013-0001136", "0@0+16"},
    {"2026101300-01136", "0@0+16 3@0+10"}, /* both stand there: whoever decides must see both */
    {"2026_1013　0001136", "0@0+19"},
    {"CA202610130001136余款", "0@2+15"},
    {"202610130001136 202610130001136", "0@0+15 0@16+15"},
    {"202610150003422/202610150003431", "1@0+15 2@16+15"},
    {"202610150003422202610150003431", "1@0+15 2@15+15"},
    {"2026101500034222026101500034312026101300", "1@0+15 2@15+15 3@30+10"},
    {"202610150003422202610150003432", ""}, /* leaves a rest */
    {"1202610130001136", ""},
    {"2026101300011361", ""},
    {"1 202610130001136 1", "0@2+15"},
    {"2026.10130001136", ""},
    {"20261013000113", ""},
    {"123456789", ""}, /* too short to be evidence */
    {"2026101300", "3@0+10"},
    {"20261013001", ""},
    {"szca-2026-000001", "5@0+16"},
    {"xSZCA2026000001", "5@1+14"},
    {"SZCA20260000019", ""},
    {"AAAAAAAAAAAA", "6@0+10 6@1+10 6@2+10"},
    {"①202610130001136", ""}, /* NFKC: a digit stands before it */
    {"\xff"
     "202610130001136\xff",
     "0@1+15"},
    {"", ""},
    {NULL, ""},
};

static char *found_text(const GArray *hits) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < hits->len; i++) {
    const NumberHit *hit = &g_array_index(hits, NumberHit, i);
    g_string_append_printf(text, "%s%u@%u+%u", i == 0 ? "" : " ", (guint)hit->number, (guint)hit->offset,
                           (guint)hit->length);
  }
  return g_string_free(text, FALSE);
}

static gint compare_hits(gconstpointer a, gconstpointer b) {
  const NumberHit *left = a, *right = b;
  if (left->offset != right->offset)
    return left->offset < right->offset ? -1 : 1;
  return (left->number > right->number) - (left->number < right->number);
}

static void test_find(void) {
  g_autoptr(NumberIndex) index = number_index_new(known, G_N_ELEMENTS(known));
  for (gsize i = 0; i < G_N_ELEMENTS(finds); i++) {
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(NumberHit));
    number_find(index, finds[i].text, hits);
    g_array_sort(hits, compare_hits);
    g_autofree char *got = found_text(hits);
    g_test_message("%s", finds[i].text == NULL ? "(null)" : finds[i].text);
    g_assert_cmpstr(got, ==, finds[i].want);
  }
}

static gboolean contains(const GPtrArray *keys, const char *key) {
  for (guint i = 0; i < keys->len; i++)
    if (strcmp(keys->pdata[i], key) == 0)
      return TRUE;
  return FALSE;
}

/* The store is asked for keys only: whatever can be found must be among them. */
static void test_keys(void) {
  g_autoptr(NumberIndex) index = number_index_new(known, G_N_ELEMENTS(known));
  for (gsize i = 0; i < G_N_ELEMENTS(finds); i++) {
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(NumberHit));
    g_autoptr(GPtrArray) keys = number_keys(finds[i].text);
    number_find(index, finds[i].text, hits);
    for (guint k = 0; k < hits->len; k++)
      g_assert_true(contains(keys, known[g_array_index(hits, NumberHit, k).number]));
  }
  g_autoptr(GPtrArray) few = number_keys("业务单号202610130001136，请查收");
  g_autoptr(GPtrArray) none = number_keys("货款 12345");
  g_assert_cmpuint(few->len, ==, 1);
  g_assert_cmpuint(none->len, ==, 0);
}

/* Texts from strangers must not cost much. */
static void test_bounds(void) {
  g_autoptr(NumberIndex) index = number_index_new(known, G_N_ELEMENTS(known));
  static const char *const units[] = {"1", "A", "1A", "1 ", "A-1"};
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 1000000)
      g_string_append(text, units[i]);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(NumberHit));
    g_autoptr(GPtrArray) keys = number_keys(text->str);
    number_find(index, text->str, hits);
    g_assert_cmpuint(keys->len, <, NUMBER_TEXT_LONGEST * NUMBER_LONGEST);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/number/find", test_find);
  g_test_add_func("/number/keys", test_keys);
  g_test_add_func("/number/bounds", test_bounds);
  return g_test_run();
}
