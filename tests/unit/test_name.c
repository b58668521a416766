#include "rules/name.h"

#include <string.h>

static const struct {
  const char *name, *input, *want;
} normals[] = {
    {"full width and ideographic blank", "深圳市ＡＢＣ（集团）有限公司　", "深圳市ABC(集团)有限公司"},
    {"blanks inside", " 上海安 居锦\t建筑 ", "上海安居锦建筑"},
    {"lower case", "abc有限公司", "ABC有限公司"},
    {"middle dots", "阿·卜•杜・拉．公司", "阿卜杜拉公司"},
    {"quotes and hyphens", "“甲”-‘乙’—丙'丁\"", "甲乙丙丁"},
    {"brackets", "甲〔乙〕【丙】[丁]{戊}", "甲(乙)(丙)(丁)(戊)"},
    {"invisible", "甲\xe2\x80\x8b乙\xef\xbb\xbf丙\xc2\xa0", "甲乙丙"},
    {"what a bank cannot write", "王\xef\xbf\xbd□\xee\x80\x80？", "王????"},
    {"an accent behind a dropped hyphen", "E-\xcc\x81", "É"},
    {"broken bytes", "甲\xff", "甲?"},
    {"empty", "", ""},
    {"nothing but blanks", " 　", ""},
    {"null", NULL, ""},
};

static void test_normal(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(normals); i++) {
    g_autofree char *got = name_normal(normals[i].input);
    g_test_message("%s", normals[i].name);
    g_assert_cmpstr(got, ==, normals[i].want);
  }
}

#define LONG "深圳国际控股投资发展市信诚金新能源（广"

static const struct {
  const char *payer, *applicant;
  NameGrade want;
} grades[] = {
    {"甲乙有限公司", "甲乙有限公司", NAME_EQUAL},
    {"甲 乙有限公司", "甲乙有限公司", NAME_NORMALISED},
    {"甲乙（集团）有限公司", "甲乙(集团)有限公司", NAME_NORMALISED},
    {LONG, LONG "东）第二工程技术服务有限公司", NAME_TRUNCATED},
    {"北京国际控股投资发展云帆瑞电子科技(集团)", "北京国际控股投资发展云帆瑞电子科技(集团)第二工程有限公司",
     NAME_TRUNCATED},
    /* too short for a bank's field; or a whole name, so it may be the parent */
    {"深圳市信诚金新能", "深圳市信诚金新能源有限公司", NAME_LEGAL_FORM},
    {"深圳国际控股投资发展市信诚金新能源股份有限公司", "深圳国际控股投资发展市信诚金新能源股份有限公司工会",
     NAME_BRANCH},
    {"深圳国际控股投资发展市信诚金新能源股份有限公司", "深圳国际控股投资发展市信诚金新能源股份有限公司东莞分公司",
     NAME_BRANCH},
    /* a house of no known word: what follows it is a branch's word alone */
    {"东莞信诚金建筑工程第二工程技术服务中的商行", "东莞信诚金建筑工程第二工程技术服务中的商行东莞分公司", NAME_BRANCH},
    {"东莞信诚金建筑工程第二工程技术服务中的商行", "东莞信诚金建筑工程第二工程技术服务中的商行有限公司东莞分公司",
     NAME_TRUNCATED},
    /* the applicant's name cut is no truncation of the payer's */
    {LONG "东）第二工程技术服务有限公司", LONG, NAME_OTHER},
    {"深圳市?鑫科技有限公司", "深圳市龘鑫科技有限公司", NAME_WILDCARD},
    {"深圳市??鑫科技有限公司", "深圳市龘鑫科技有限公司", NAME_WILDCARD},
    {"深圳市□鑫科技有限公司", "深圳市𠮷鑫科技有限公司", NAME_WILDCARD},
    {"深圳市?鑫科技有限公司", "深圳市鑫科技有限公司", NAME_OTHER},
    {"深圳市?鑫科技有限公司", "深圳市龘䶮鑫科技有限公司", NAME_OTHER},
    {"????????", "深圳市甲乙丙丁戊", NAME_OTHER},
    {"?甲乙", "龘甲乙", NAME_OTHER},
    /* an applicant cannot call itself "anybody" */
    {"深圳市甲科技有限公司", "深圳市?科技有限公司", NAME_OTHER},
    {"深圳市?科技有限公司", "深圳市?科技有限公司", NAME_WILDCARD},
    {"甲乙有限责任公司", "甲乙有限公司", NAME_LEGAL_FORM},
    {"甲乙股份有限公司", "甲乙(股份)有限公司", NAME_LEGAL_FORM},
    {"深圳甲乙有限公司", "深圳市甲乙有限公司", NAME_LEGAL_FORM},
    {"广东深圳甲乙有限公司", "广东省深圳市甲乙有限公司", NAME_LEGAL_FORM},
    {"深圳甲乙丙商行(张三)", "深圳甲乙丙商行", NAME_LEGAL_FORM},
    {"深圳甲乙丙商行（个体工商户）", "深圳甲乙丙商行", NAME_LEGAL_FORM},
    {"甲乙電子有限公司", "甲乙电子有限公司", NAME_LEGAL_FORM},
    {"甲乙有限公司东莞分公司", "甲乙有限公司", NAME_BRANCH},
    {"甲乙有限公司", "甲乙有限公司东莞分公司", NAME_BRANCH},
    {"甲乙有限公司东莞分公司", "甲乙有限公司深圳分公司", NAME_BRANCH},
    {"甲乙有限责任公司东莞分公司", "甲乙有限公司", NAME_BRANCH},
    {"甲乙有限公司工会委员会", "甲乙有限公司", NAME_BRANCH},
    {"甲乙有限公司", "甲丙有限公司", NAME_OTHER},
    {"张三", "甲乙有限公司", NAME_OTHER},
    {"甲", "甲乙有限公司", NAME_OTHER},
    {NULL, "甲乙有限公司", NAME_NONE},
    {"", "甲乙有限公司", NAME_NONE},
    {" · ", "甲乙有限公司", NAME_NONE},
    {NULL, NULL, NAME_NONE},
    {"甲乙有限公司", "", NAME_NONE},
};

static void test_grade(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(grades); i++) {
    NameGrade got = name_grade(grades[i].payer, grades[i].applicant);
    g_test_message("%s / %s", grades[i].payer, grades[i].applicant);
    g_assert_cmpstr(name_grade_word(got), ==, name_grade_word(grades[i].want));
  }
}

/* Names come from strangers: many '?' must not take long. */
static void test_hostile(void) {
  g_autoptr(GString) payer = g_string_new(NULL);
  g_autoptr(GString) applicant = g_string_new(NULL);
  for (int i = 0; i < 100; i++) {
    g_string_append(payer, "??甲");
    g_string_append(applicant, "甲甲甲");
  }
  g_string_append(payer, "乙");
  g_assert_cmpint(name_grade(payer->str, applicant->str), ==, NAME_OTHER);
}

/* Whatever may be the same house must be found by the key; the empty key finds nothing. */
static void test_key(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(grades); i++) {
    g_autofree char *payer = name_key(grades[i].payer), *applicant = name_key(grades[i].applicant);
    NameGrade grade = grades[i].want;
    if (grade == NAME_EQUAL || grade == NAME_NORMALISED)
      g_assert_cmpstr(payer, ==, applicant);
    if (grade == NAME_OTHER)
      g_assert_cmpstr(payer, !=, applicant);
  }
  static const char *const alike[] = {"深圳市甲乙有限责任公司", "深圳市甲乙（股份）有限公司", "深圳 甲乙股份有限公司",
                                      "深圳市甲乙有限公司东莞分公司", "深圳市甲乙有限公司工会"};
  g_autofree char *key = name_key("深圳市甲乙有限公司"), *none = name_key(" "), *null = name_key(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(alike); i++) {
    g_autofree char *got = name_key(alike[i]);
    g_assert_cmpstr(got, ==, key);
  }
  g_assert_cmpstr(none, ==, "");
  g_assert_cmpstr(null, ==, "");
}

static const struct {
  const char *a, *b;
  gboolean want;
} accounts[] = {
    {"7559 5218 0510 101", "755952180510101", TRUE},
    {"４１０0-5", "41005", TRUE},
    {"475570233828080\t", "475570233828080", TRUE},
    {"nra123", "NRA123", TRUE},
    {"6222****1234", "6222****1234", FALSE},
    {"1234", "12345", FALSE},
    {"", "", FALSE},
    {NULL, NULL, FALSE},
    {NULL, "1", FALSE},
    {" - ", "-", FALSE},
};

static void test_account(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(accounts); i++) {
    g_test_message("%s / %s", accounts[i].a, accounts[i].b);
    g_assert_cmpint(account_equal(accounts[i].a, accounts[i].b), ==, accounts[i].want);
  }
}

static const struct {
  const char *holder, *applicant, *owner;
  gboolean sole, want;
} holders[] = {
    {"甲乙有限公司", "甲乙有限公司", "张三", FALSE, TRUE},
    {"甲乙（深圳） 有限公司", "甲乙(深圳)有限公司", NULL, FALSE, TRUE},
    {"甲乙有限责任公司", "甲乙有限公司", NULL, FALSE, FALSE},
    {"甲乙有限公司深圳分公司", "甲乙有限公司", NULL, FALSE, FALSE},
    {"张三", "甲乙有限公司", "张三", FALSE, FALSE},
    {"甲乙有限公司(张三)", "甲乙有限公司", "张三", FALSE, FALSE}, /* no sole trader */
    {"", "甲乙有限公司", "", FALSE, FALSE},
    {NULL, NULL, NULL, TRUE, FALSE},
    {"福田区甲商行", "福田区甲商行", "张三", TRUE, TRUE},
    {"福田区甲商行（个体工商户）", "福田区甲商行", "张三", TRUE, TRUE},
    {"福田区甲商行", "福田区甲商行(个体工商户)", "张三", TRUE, TRUE},
    {"福田区甲商行（张三）", "福田区甲商行", "张 三", TRUE, TRUE},
    {"福田区甲商行（李四）", "福田区甲商行", "张三", TRUE, FALSE},
    {"福田区甲商行（）", "福田区甲商行", "", TRUE, FALSE},
    {"张三", "福田区甲商行", "张三", TRUE, FALSE}, /* a personal account */
    {"个体户张三", "福田区甲商行", "张三", TRUE, FALSE},
    {"个体户张三", "张三", "张三", TRUE, TRUE},
    {"（个体工商户）", "(个体工商户)甲", "张三", TRUE, FALSE},
    {"?", "?", "?", TRUE, FALSE},
};

static void test_holder(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(holders); i++) {
    g_test_message("%s / %s", holders[i].holder, holders[i].applicant);
    g_assert_cmpint(name_is_holder(holders[i].holder, holders[i].applicant, holders[i].owner, holders[i].sole), ==,
                    holders[i].want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/name/normal", test_normal);
  g_test_add_func("/name/grade", test_grade);
  g_test_add_func("/name/hostile", test_hostile);
  g_test_add_func("/name/key", test_key);
  g_test_add_func("/name/account", test_account);
  g_test_add_func("/name/holder", test_holder);
  return g_test_run();
}
