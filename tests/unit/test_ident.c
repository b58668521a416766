#include "rules/ident.h"

#include <string.h>

#define VECTORS "../shared/data/vectors.tsv"

typedef IdentVerdict (*Check)(const char *text, char plain[IDENT_SIZE]);

static void test_shapes(void) {
  static const struct {
    Check check;
    const char *text;
    IdentVerdict want;
    const char *plain; /* NULL: untouched */
  } cases[] = {
      {ident_uscc, "91440300123456788M", IDENT_OK, "91440300123456788M"},
      {ident_uscc, "91440300123456788m", IDENT_OK, "91440300123456788M"},
      {ident_uscc, "９１４４０３００ 1234 5678 8Ｍ", IDENT_OK, "91440300123456788M"},
      {ident_uscc, "91350203M0001QAY9B", IDENT_WARN_CHECK, "91350203M0001QAY9B"},
      {ident_uscc, "91440300123456789M", IDENT_WARN_CHECK, "91440300123456789M"},
      {ident_uscc, "9144030012345678IM", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "9144030012345678ZM", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "91A40300123456788M", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "91440300123456788", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "91440300123456788MM", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "91440300123456788M91440300123456788M", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "91440300-12345678-8M", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "12345678-X", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "", IDENT_BAD_SHAPE, NULL},
      {ident_uscc, NULL, IDENT_BAD_SHAPE, NULL},
      {ident_uscc, "\xff", IDENT_BAD_SHAPE, NULL},
      {ident_card, "11010519491231002X", IDENT_OK, "11010519491231002X"},
      {ident_card, "11010519491231002x", IDENT_OK, "11010519491231002X"},
      {ident_card, "810000199003070015", IDENT_OK, "810000199003070015"},
      {ident_card, "110105194912310021", IDENT_WARN_CHECK, "110105194912310021"},
      {ident_card, "440301199002300011", IDENT_BAD_SHAPE, NULL}, /* 30 February */
      {ident_card, "440301000001010011", IDENT_BAD_SHAPE, NULL},
      {ident_card, "110105491231002", IDENT_BAD_SHAPE, NULL},
      {ident_card, "1101051949123100XX", IDENT_BAD_SHAPE, NULL},
      {ident_card, "11010519491231002Z", IDENT_BAD_SHAPE, NULL},
      {ident_mobile, "13800138000", IDENT_OK, "13800138000"},
      {ident_mobile, "+86 138-0013-8000", IDENT_OK, "13800138000"},
      {ident_mobile, "008613800138000", IDENT_OK, "13800138000"},
      {ident_mobile, "１３８００１３８０００", IDENT_OK, "13800138000"},
      {ident_mobile, "8613800138000", IDENT_BAD_SHAPE, NULL},
      {ident_mobile, "12800138000", IDENT_BAD_SHAPE, NULL},
      {ident_mobile, "23800138000", IDENT_BAD_SHAPE, NULL},
      {ident_mobile, "1380013800", IDENT_BAD_SHAPE, NULL},
      {ident_mobile, "+8675526588388", IDENT_BAD_SHAPE, NULL},
      {ident_cnaps, "102100099996", IDENT_OK, "102100099996"},
      {ident_cnaps, "308584000013", IDENT_OK, "308584000013"},
      {ident_cnaps, "102100099995", IDENT_WARN_CHECK, "102100099995"},
      {ident_cnaps, "10210009999", IDENT_BAD_SHAPE, NULL},
      {ident_cnaps, "10210009999X", IDENT_BAD_SHAPE, NULL},
      {ident_account, "7559 5218 0510 101", IDENT_OK, "755952180510101"},
      {ident_account, "4000-0212-1920-0888-866", IDENT_OK, "4000021219200888866"},
      {ident_account, "nra4000021219", IDENT_OK, "NRA4000021219"},
      {ident_account, "123456", IDENT_OK, "123456"},
      {ident_account, "12345", IDENT_BAD_SHAPE, NULL},
      {ident_account, "12345678901234567890123456789012", IDENT_OK, "12345678901234567890123456789012"},
      {ident_account, "123456789012345678901234567890123", IDENT_BAD_SHAPE, NULL},
      {ident_account, "400002****8866", IDENT_BAD_SHAPE, NULL},
      {ident_account, "账号4000021219", IDENT_BAD_SHAPE, NULL},
      {ident_division, "440304", IDENT_OK, "440304"},
      {ident_division, "040304", IDENT_BAD_SHAPE, NULL},
      {ident_division, "44030", IDENT_BAD_SHAPE, NULL},
      {ident_division, "4403040", IDENT_BAD_SHAPE, NULL},
      {ident_division, "44030A", IDENT_BAD_SHAPE, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    char plain[IDENT_SIZE] = "untouched";
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(cases[i].check(cases[i].text, plain), ==, cases[i].want);
    g_assert_cmpstr(plain, ==, cases[i].plain != NULL ? cases[i].plain : "untouched");
  }
}

/* Every other check character is wrong: the check finds each single error at its place. */
static void test_check_digits(void) {
  static const struct {
    Check check;
    const char *good, *alphabet;
  } cases[] = {
      {ident_uscc, "91440300123456788M", "0123456789ABCDEFGHJKLMNPQRTUWXY"},
      {ident_card, "11010519491231002X", "0123456789X"},
      {ident_cnaps, "308584000013", "0123456789"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    for (const char *c = cases[i].alphabet; *c != '\0'; c++) {
      char plain[IDENT_SIZE];
      g_autofree char *text = g_strdup(cases[i].good);
      gsize last = strlen(text) - 1;
      text[last] = *c;
      g_assert_cmpint(cases[i].check(text, plain), ==, *c == cases[i].good[last] ? IDENT_OK : IDENT_WARN_CHECK);
    }
}

static void test_vectors(void) {
  static const struct {
    const char *kind;
    Check check;
  } kinds[] = {{"uscc", ident_uscc}, {"idcard", ident_card}, {"cnaps", ident_cnaps}, {"mobile", ident_mobile}};
  g_autofree char *text = NULL;
  if (!g_file_get_contents(VECTORS, &text, NULL, NULL)) {
    g_test_skip(VECTORS " is absent");
    return;
  }
  g_auto(GStrv) rows = g_strsplit(text, "\n", 0);
  int tried = 0;
  for (int i = 1; rows[i] != NULL && *rows[i] != '\0'; i++) {
    g_auto(GStrv) row = g_strsplit(rows[i], "\t", 4);
    gboolean ok = strcmp(row[2], "1") == 0 || strstr(row[3], "upcase first then valid") != NULL;
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++)
      if (strcmp(row[0], kinds[k].kind) == 0) {
        char plain[IDENT_SIZE];
        g_test_message("%s", rows[i]);
        g_assert_cmpint(kinds[k].check(row[1], plain) == IDENT_OK, ==, ok);
        tried++;
      }
  }
  g_assert_cmpint(tried, >=, 40);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/ident/shapes", test_shapes);
  g_test_add_func("/ident/check-digits", test_check_digits);
  g_test_add_func("/ident/vectors", test_vectors);
  return g_test_run();
}
