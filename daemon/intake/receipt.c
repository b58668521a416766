#include "daemon/intake/receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/cage.h"
#include "rules/error.h"

void voucher_clear(Voucher *voucher) {
  statement_clear(&voucher->head);
  entry_clear(&voucher->entry);
  *voucher = (Voucher){0};
}

static gboolean on_statement(void *user, const Statement *head, GError **error) {
  Voucher *voucher = user;
  if (head->kind != STATEMENT_ADVICE || !g_str_has_prefix(head->format, "bker"))
    return error_set(error, ERROR_REFUSED, "receipt_statement", NULL);
  statement_clear(&voucher->head);
  statement_copy(head, &voucher->head);
  return TRUE;
}

static gboolean on_entry(void *user, const Entry *entry, GError **error) {
  Voucher *voucher = user;
  (void)error;
  voucher->receipts++;
  entry_clear(&voucher->entry);
  entry_copy(entry, &voucher->entry);
  return TRUE;
}

static gboolean on_end(void *user, const Statement *head, GError **error) {
  (void)user, (void)head, (void)error;
  return TRUE;
}

/* It is the payer's own copy, or else the payee's. */
static gboolean claim_of(const Intake *intake, Voucher *voucher, GError **error) {
  const Entry *entry = &voucher->entry;
  gboolean paid = entry->direction == DIRECTION_DEBIT;
  const char *payee = paid ? entry->counterparty_account : entry->account;
  g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, voucher->receipts);
  if (voucher->receipts != 1)
    return error_set(error, ERROR_REFUSED, "receipt_several", "value", count, NULL);
  if (payee == NULL || conf_account_by_number(intake->conf, payee) == NULL)
    return error_set(error, ERROR_REFUSED, "receipt_payee", "value", payee != NULL ? payee : "", NULL);
  if (entry->bank_reference == NULL || entry->booking_date == DAY_NONE)
    return error_set(error, ERROR_REFUSED, "field_missing", "field",
                     entry->bank_reference == NULL ? "NumberOfBankElectronicReceipt" : "DateOfBookkeeping", NULL);
  voucher->claim = (Receipt){.number = entry->bank_reference,
                             .amount = entry->amount,
                             .paid_on = entry->booking_date,
                             .payer_name = paid ? voucher->head.owner : entry->counterparty_name,
                             .payer_account = paid ? entry->account : entry->counterparty_account};
  return TRUE;
}

gboolean voucher_read(const Intake *intake, const ReceiptFile *file, Voucher *voucher, GError **error) {
  g_autofree char *path = g_build_filename(intake->conf->state, file->path, NULL);
  const RecordSink sink = {.statement = on_statement, .entry = on_entry, .statement_end = on_end, .user = voucher};
  const CageRequest request = {.profiles = intake->conf->profiles, .kind = CAGE_STATEMENT};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return error_set(error, ERROR_PERMANENT, "system", "file", path, "detail", g_strerror(errno), NULL);
  gboolean read = cage_parse(fd, &request, &sink, error);
  (void)close(fd);
  return read && claim_of(intake, voucher, error);
}
