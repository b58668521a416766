/* What a receipt claims against the line that came, and what an uploaded file is by its content. */
#include "rules/receipt.h"

#include <string.h>

static Calendar *calendar;

static Day day(const char *text) {
  Day out = DAY_NONE;
  g_assert_true(day_parse(text, &out));
  return out;
}

static void test_differences(void) {
  static const struct {
    const char *name, *account, *booked_on; /* of the line */
    gint64 amount;
    const char *currency;
    unsigned want;
  } cases[] = {
      {"深圳市一分科技有限公司", "4000021219200012345", "2026-11-20", 104800, "CNY", 0},
      {"深圳市一分科技有限公司", "4000 0212 1920 0012 345", "2026-11-20", 104800, "CNY", 0},
      {"深圳市一分科技有限公司", NULL, "2026-11-20", 104800, "CNY", 0},
      {NULL, "4000021219200012345", "2026-11-20", 104800, "CNY", 0},
      {NULL, NULL, "2026-11-20", 104800, "CNY", RECEIPT_PAYER},
      {"", "****2345", "2026-11-20", 104800, "CNY", RECEIPT_PAYER},
      {"深圳市一分科技有限公司", "4000021219200099999", "2026-11-20", 104800, "CNY", RECEIPT_PAYER},
      {"深圳市二分科技有限公司", "4000021219200012345", "2026-11-20", 104800, "CNY", RECEIPT_PAYER},
      {"深圳市一分科技有限公司龙岗分公司", NULL, "2026-11-20", 104800, "CNY", RECEIPT_PAYER},
      {"深圳市一分科技有限公司", NULL, "2026-11-20", 104799, "CNY", RECEIPT_AMOUNT},
      {"深圳市一分科技有限公司", NULL, "2026-11-20", 104800, "USD", RECEIPT_AMOUNT},
      {"深圳市一分科技有限公司", NULL, "2026-11-19", 104800, "CNY", RECEIPT_DATE},
      {"深圳市一分科技有限公司", NULL, "2026-11-24", 104800, "CNY", 0}, /* Friday and two working days */
      {"深圳市一分科技有限公司", NULL, "2026-11-25", 104800, "CNY", RECEIPT_DATE},
      {"另一公司", NULL, "2026-12-25", 1, "CNY", RECEIPT_DATE | RECEIPT_AMOUNT | RECEIPT_PAYER},
  };
  const Receipt claim = {"E1", {104800, "CNY"}, day("2026-11-20"), "深圳市一分科技有限公司", "4000021219200012345"};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Entry line = {.amount = {.minor = cases[i].amount},
                  .booking_date = day(cases[i].booked_on),
                  .counterparty_name = g_strdup(cases[i].name),
                  .counterparty_account = g_strdup(cases[i].account)};
    g_strlcpy(line.amount.currency, cases[i].currency, sizeof line.amount.currency);
    unsigned is = receipt_differences(&claim, &line, calendar);
    if (is != cases[i].want)
      g_test_message("case %u", (unsigned)i);
    g_assert_cmpuint(is, ==, cases[i].want);
    entry_clear(&line);
  }
}

/* A voucher without names: the account alone speaks, and empty equals nothing. */
static void test_nameless(void) {
  const Receipt claim = {"E1", {1, "CNY"}, day("2026-11-20"), "", "4000021219200012345"};
  const Receipt nobody = {"E1", {1, "CNY"}, day("2026-11-20"), NULL, NULL};
  Entry line = {.amount = {1, "CNY"}, .booking_date = claim.paid_on};
  line.counterparty_account = g_strdup("4000021219200012345");
  g_assert_cmpuint(receipt_differences(&claim, &line, calendar), ==, 0);
  g_assert_cmpuint(receipt_differences(&nobody, &line, calendar), ==, RECEIPT_PAYER);
  entry_clear(&line);
}

#define BMP_HEAD "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0"

static void test_kinds(void) {
#define BYTES(text) text, sizeof text - 1
  static const struct {
    const char *bytes;
    gsize size;
    const char *want;
  } cases[] = {
      {BYTES("\xFF\xD8\xFF\xE0\0\x10JFIF"), "jpg"},
      {BYTES("\xFF\xD8"), NULL},
      {BYTES("\x89PNG\r\n\x1A\n\0\0"), "png"},
      {BYTES("\x89PNG\n\n\x1A\n\0\0"), NULL}, /* line ends were changed */
      {BYTES("GIF87a"), "gif"},
      {BYTES("GIF89a"), "gif"},
      {BYTES("GIF88a"), NULL},
      {BYTES("%PDF-1.7\n"), "pdf"},
      {BYTES(" %PDF-1.7\n"), NULL},
      {BYTES(BMP_HEAD), "bmp"},
      {BYTES("BMW is a car, and this is a text"), NULL},
      {BYTES("BM"), NULL},
      {BYTES("PK\3\4"), "ofd"},
      {BYTES("PK\5\6"), NULL},
      {BYTES("<?xml version=\"1.0\"?>"), "xml"},
      {BYTES("\xEF\xBB\xBF<?xml"), "xml"},
      {BYTES("<html>"), NULL},
      {BYTES("MZ\x90"), NULL},
      {BYTES(""), NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpstr(receipt_file_word(receipt_file_kind(cases[i].bytes, cases[i].size)), ==, cases[i].want);
}

/* Every file that is taken either stands beside a claim or is read; a PDF may do both, nothing unknown anything. */
static void test_uses(void) {
  for (int kind = RECEIPT_FILE_UNKNOWN; kind <= RECEIPT_FILE_OFD; kind++) {
    gboolean known = kind != RECEIPT_FILE_UNKNOWN;
    g_assert_cmpint(receipt_file_readable((ReceiptFileKind)kind) || receipt_file_viewable((ReceiptFileKind)kind), ==,
                    known);
    g_assert_cmpint(receipt_file_readable((ReceiptFileKind)kind) && receipt_file_viewable((ReceiptFileKind)kind), ==,
                    kind == RECEIPT_FILE_PDF);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  calendar = calendar_parse(calendar_builtin(), -1, NULL);
  g_test_add_func("/receipt/differences", test_differences);
  g_test_add_func("/receipt/nameless", test_nameless);
  g_test_add_func("/receipt/kinds", test_kinds);
  g_test_add_func("/receipt/uses", test_uses);
  int status = g_test_run();
  calendar_free(calendar);
  return status;
}
