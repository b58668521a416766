/* Where the zones of a label lie, and what it hides. */
#include "rules/label.h"
#include "rules/label_mask.h"

static gboolean apart(const LabelBox *a, const LabelBox *b) {
  return a->x + a->width <= b->x || b->x + b->width <= a->x || a->y + a->height <= b->y || b->y + b->height <= a->y;
}

static void test_zones(void) {
  for (guint size = 0; size < LABEL_SIZES; size++) {
    const LabelPaper *paper = &label_papers[size];
    for (guint i = 0; i < LABEL_ZONES; i++) {
      const LabelBox *zone = &paper->zones[i];
      g_assert_true(zone->width > 0 && zone->height > 0 && zone->x >= 20 && zone->y >= 20);
      g_assert_true(zone->x + zone->width <= paper->width - 20 && zone->y + zone->height <= paper->height - 20);
      for (guint j = 0; j < i; j++)
        g_assert_true(apart(zone, &paper->zones[j]));
    }
  }
}

static void test_size(void) {
  LabelSize size = LABEL_SIZES;
  g_assert_true(label_size("100x150", &size));
  g_assert_cmpint(size, ==, LABEL_100X150);
  g_assert_false(label_size("100x15", &size));
}

static void test_names(void) {
  static const struct {
    const char *name, *want;
  } rows[] = {
      {"张三", "张*"},
      {"张三丰", "张**"},
      {"𠮷田", "𠮷*"},
      {"张", "*"},
      {"买买提·艾力", "买**·**"},
      {"John Smith", "J*** *****"},
      {"葛\U000E0100洪", "葛\U000E0100*"}, /* a variation selector stays with its character */
      {"", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *masked = label_mask_name(rows[i].name);
    g_assert_cmpstr(masked, ==, rows[i].want);
  }
}

static void test_phones(void) {
  static const struct {
    const char *phone;
    int hidden;
    const char *want;
  } rows[] = {
      {"13800138078", 8, "1********78"},     {"13800138078", 6, "13******078"},
      {"13800138078", 4, "13******078"}, /* never fewer than six */
      {"13800138078", 11, "***********"},    {"+86 138-0013-8078", 8, "+86 ***-****-*078"},
      {"0755-12345678", 8, "07**-******78"}, {"95599", 6, "*****"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *masked = label_mask_phone(rows[i].phone, rows[i].hidden);
    g_assert_cmpstr(masked, ==, rows[i].want);
  }
}

static void test_addresses(void) {
  static const struct {
    const char *address, *want;
  } rows[] = {
      {"福田区一路1号", "福田区一路1号"},
      {"一路1号3栋2单元501", "一路1号3栋*单元***"},
      {"深南大道2008号华商大厦B座1203室", "深南大道2008号华商大厦B座****室"},
      {"华商大厦12层A-08房", "华商大厦**层****房"},
      {"和平路十七号二十三楼", "和平路十七号***楼"},
      {"科技园８栋５０２室", "科技园８栋***室"},
      {"三元里大道1号", "三元里大道1号"},
      {"软件园1203", "软件园****"},
      {"", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *masked = label_mask_address(rows[i].address);
    g_assert_cmpstr(masked, ==, rows[i].want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/label/zones", test_zones);
  g_test_add_func("/label/size", test_size);
  g_test_add_func("/label/names", test_names);
  g_test_add_func("/label/phones", test_phones);
  g_test_add_func("/label/addresses", test_addresses);
  return g_test_run();
}
