#include "rules/name_stem.h"

#include <string.h>

static const char *const houses[] = {"公司", "厂",   "店",   "院",     "校",   "大学",   "中心",   "协会",
                                     "学会", "银行", "集团", "合作社", "商会", "事务所", "委员会", "有限合伙)"};

static const char *const branches[] = {"分公司", "支公司", "分行", "支行",       "分店",   "门店",  "营业部", "经营部",
                                       "办事处", "联络处", "分部", "分院",       "分校",   "分厂",  "分所",   "分社",
                                       "分会",   "项目部", "工会", "工会委员会", "门市部", "营业所"};

/* Pairs: as written, as compared. Only forms that the same office may write for the same name. */
static const char *const variants[][2] = {
    {"發", "发"}, {"発", "发"}, {"廣", "广"}, {"東", "东"}, {"國", "国"}, {"業", "业"}, {"華", "华"}, {"電", "电"},
    {"爲", "为"}, {"為", "为"}, {"興", "兴"}, {"豐", "丰"}, {"龍", "龙"}, {"鵬", "鹏"}, {"貿", "贸"}, {"實", "实"},
    {"長", "长"}, {"達", "达"}, {"億", "亿"}, {"萬", "万"}, {"臺", "台"}, {"環", "环"}, {"聯", "联"}, {"網", "网"},
    {"術", "术"}, {"務", "务"}, {"設", "设"}, {"計", "计"}, {"車", "车"}, {"門", "门"}, {"雲", "云"}, {"鋒", "锋"},
    {"偉", "伟"}, {"貴", "贵"}, {"寶", "宝"}, {"島", "岛"}, {"嶽", "岳"}, {"製", "制"}, {"機", "机"}, {"飛", "飞"},
};

static const char *const forms[][2] = {
    {"有限责任公司", "有限公司"}, {"股份有限公司", "有限公司"}, {"(股份)有限公司", "有限公司"}, {"(", ""}, {")", ""}};

gboolean name_stem_whole(const char *normal) {
  for (gsize i = 0; i < G_N_ELEMENTS(houses); i++)
    if (!g_str_equal(houses[i], "集团") && g_str_has_suffix(normal, houses[i]))
      return TRUE;
  return FALSE;
}

/* Where a branch's own word begins, NULL when the name does not end with one. */
static const char *branch_word(const char *name) {
  gsize length = strlen(name);
  const char *tail = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(branches); i++)
    if (g_str_has_suffix(name, branches[i]) && (tail == NULL || name + length - strlen(branches[i]) < tail))
      tail = name + length - strlen(branches[i]);
  return tail;
}

/* Where the last word for a house ends before the tail; 0: there is none. */
static gsize house_end(const char *name, const char *tail) {
  gsize best = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(houses); i++) {
    const char *found = g_strrstr_len(name, tail - name, houses[i]);
    gsize end = found == NULL ? 0 : (gsize)(found - name) + strlen(houses[i]);
    best = MAX(best, end);
  }
  return best;
}

gboolean name_stem_branch(const char *end) {
  const char *tail = branch_word(end);
  return tail != NULL && house_end(end, tail) == 0;
}

/* Byte length of the parent's name when this is a branch's; else the whole length. */
static gsize parent_length(const char *name) {
  const char *tail = branch_word(name);
  gsize end = tail == NULL ? 0 : house_end(name, tail);
  return end == 0 ? strlen(name) : end;
}

/* "(个体工商户)", "(张三)": a last bracket of at most five characters after at least four others. */
static void drop_last_bracket(GString *name) {
  const char *open = strrchr(name->str, '(');
  if (open == NULL || name->str[name->len - 1] != ')')
    return;
  if (g_utf8_strlen(open + 1, -1) <= 6 && g_utf8_strlen(name->str, open - name->str) >= 4)
    g_string_truncate(name, open - name->str);
}

/* 广东省深圳市某某 and 广东深圳某某 are written for each other. */
static void drop_place_suffix(GString *name, const char *suffix, glong last) {
  const char *found = strstr(name->str, suffix);
  if (found == NULL || g_utf8_strlen(found, -1) < 5)
    return;
  glong place = g_utf8_strlen(name->str, found - name->str);
  if (place >= 2 && place <= last)
    g_string_erase(name, found - name->str, strlen(suffix));
}

NameStem name_stem(const char *normal) {
  gsize parent = parent_length(normal);
  g_autoptr(GString) name = g_string_new_len(normal, parent);
  drop_last_bracket(name);
  for (gsize i = 0; i < G_N_ELEMENTS(variants); i++)
    g_string_replace(name, variants[i][0], variants[i][1], 0);
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
    g_string_replace(name, forms[i][0], forms[i][1], 0);
  drop_place_suffix(name, "省", 3);
  drop_place_suffix(name, "市", 7);
  return (NameStem){.stem = g_strdup(name->str), .branch = g_strdup(normal + parent)};
}

void name_stem_clear(NameStem *stem) {
  g_free(stem->stem);
  g_free(stem->branch);
  *stem = (NameStem){0};
}
