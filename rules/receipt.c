#include "rules/receipt.h"

#include <string.h>

#include "rules/deadline.h"
#include "rules/name.h"

static gboolean same_payer(const Receipt *claim, const Entry *line) {
  g_autofree char *claimed = account_normal(claim->payer_account), *booked = account_normal(line->counterparty_account);
  NameGrade grade = name_grade(line->counterparty_name, claim->payer_name);
  gboolean accounts = claimed != NULL && booked != NULL;
  if ((accounts && strcmp(claimed, booked) != 0) || (grade > NAME_WILDCARD && grade != NAME_NONE))
    return FALSE;
  return accounts || grade != NAME_NONE;
}

static gboolean day_fits(Day paid, Day booked, const Calendar *calendar) {
  Day last = paid + DEADLINE_RECEIPT_DAYS;
  (void)calendar_add_workdays(calendar, paid, DEADLINE_RECEIPT_DAYS, &last);
  return booked >= paid && booked <= last;
}

unsigned receipt_differences(const Receipt *claim, const Entry *line, const Calendar *calendar) {
  gboolean amount =
      claim->amount.minor == line->amount.minor && strcmp(claim->amount.currency, line->amount.currency) == 0;
  return (amount ? 0 : RECEIPT_AMOUNT) | (same_payer(claim, line) ? 0 : RECEIPT_PAYER) |
         (day_fits(claim->paid_on, line->booking_date, calendar) ? 0 : RECEIPT_DATE);
}

static gboolean begins(const guint8 *bytes, gsize size, const char *with, gsize length) {
  return size >= length && memcmp(bytes, with, length) == 0;
}

/* "BM" alone begins many a text: the reserved bytes are zero, and the size of the next header is a known one. */
static gboolean is_bmp(const guint8 *bytes, gsize size) {
  static const guint8 headers[] = {12, 40, 52, 56, 64, 108, 124};
  static const guint8 zero[4] = {0};
  return size >= 26 && begins(bytes, size, "BM", 2) && memcmp(bytes + 6, zero, 4) == 0 &&
         memchr(headers, bytes[14], sizeof headers) != NULL && memcmp(bytes + 15, zero, 3) == 0;
}

static gboolean is_xml(const guint8 *bytes, gsize size) {
  gsize mark = begins(bytes, size, "\xEF\xBB\xBF", 3) ? 3 : 0;
  return begins(bytes + mark, size - mark, "<?xml", 5);
}

ReceiptFileKind receipt_file_kind(const void *bytes, gsize size) {
  static const struct {
    const char *bytes;
    gsize size;
    ReceiptFileKind kind;
  } known[] = {
      {"\xFF\xD8\xFF", 3, RECEIPT_FILE_JPG}, {"\x89PNG\r\n\x1A\n", 8, RECEIPT_FILE_PNG},
      {"GIF87a", 6, RECEIPT_FILE_GIF},       {"GIF89a", 6, RECEIPT_FILE_GIF},
      {"%PDF-", 5, RECEIPT_FILE_PDF},        {"PK\x03\x04", 4, RECEIPT_FILE_OFD},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (begins(bytes, size, known[i].bytes, known[i].size))
      return known[i].kind;
  return is_bmp(bytes, size) ? RECEIPT_FILE_BMP : is_xml(bytes, size) ? RECEIPT_FILE_XML : RECEIPT_FILE_UNKNOWN;
}

const char *receipt_file_word(ReceiptFileKind kind) {
  static const char *const words[] = {NULL, "jpg", "png", "bmp", "gif", "pdf", "xml", "ofd"};
  return words[kind];
}

gboolean receipt_file_readable(ReceiptFileKind kind) {
  return kind == RECEIPT_FILE_PDF || kind == RECEIPT_FILE_XML || kind == RECEIPT_FILE_OFD;
}

gboolean receipt_file_viewable(ReceiptFileKind kind) {
  return kind != RECEIPT_FILE_UNKNOWN && kind != RECEIPT_FILE_XML && kind != RECEIPT_FILE_OFD;
}
