#include "spool/receipts.h"

#include "parsers/json_text.h"
#include "rules/error.h"
#include "rules/life.h"
#include "spool/durable.h"
#include "spool/files.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/order_change.h"
#include "spool/receipt_doubts.h"

#define FOLDER "archive/receipts"

typedef struct {
  ReceiptFileKind kind;
  char *sha256;
  gsize size;
} Kept;

static gboolean keep_claim(Store *store, const OrderStand *stand, const Receipt *claim, gint64 file_id,
                           const OrderBy *by, GError **error) {
  g_autofree char *paid_on = day_format(claim->paid_on);
  if (!store_run(store, error,
                 "INSERT INTO receipt (purchase_id, number, amount, currency, paid_on, payer_name, payer_account, at, "
                 "file_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0)) ON CONFLICT (purchase_id, number) DO UPDATE "
                 "SET file_id = excluded.file_id WHERE file_id IS NULL AND excluded.file_id IS NOT NULL",
                 "itittttii", stand->id, claim->number, claim->amount.minor, claim->amount.currency, paid_on,
                 claim->payer_name != NULL ? claim->payer_name : "",
                 claim->payer_account != NULL ? claim->payer_account : "", by->now, file_id))
    return FALSE;
  LifeNews news = {.actor = by->actor, .now = by->now};
  return store_changes(store) == 0 ||
         (order_audit(store, stand->order.order_no, "order.receipt", "number", claim->number, by, error) &&
          life_apply(store, &life_payment, stand->id, PAYMENT_RECEIPT, &news, NULL, NULL, NULL, error) &&
          receipt_ask_reused(store, stand->id, claim, by, error) &&
          job_add(store, "intake", "match", stand->order.order_no, by->now, error) &&
          order_refresh(store, stand->id, by->calendar, by->actor, by->now, error));
}

/* The file's row; an equal file of the same order is the same row. *id 0 without a file. */
static gboolean keep_file(Store *store, const OrderStand *stand, const Kept *kept, const OrderBy *by, gint64 *id,
                          GError **error) {
  gboolean found;
  gint64 files = 0;
  *id = 0;
  if (kept == NULL)
    return TRUE;
  if (!store_row(store, error, &found, "SELECT count(*) FROM receipt_file WHERE purchase_id = ?1 AND sha256 <> ?2",
                 "it", stand->id, kept->sha256, "i", &files))
    return FALSE;
  if (files >= RECEIPT_FILES_MAX)
    return error_set(error, ERROR_REFUSED, "receipt_many", "value", stand->order.order_no, NULL);
  if (!store_run(store, error,
                 "INSERT INTO receipt_file (purchase_id, sha256, kind, size, by, at) VALUES (?, ?, ?, ?, ?, ?) "
                 "ON CONFLICT (purchase_id, sha256) DO NOTHING",
                 "ittiti", stand->id, kept->sha256, receipt_file_word(kept->kind), (gint64)kept->size, by->actor,
                 by->now))
    return FALSE;
  return (store_changes(store) == 0 ||
          order_audit(store, stand->order.order_no, "order.receipt_file", "sha256", kept->sha256, by, error)) &&
         store_row(store, error, &found, "SELECT id FROM receipt_file WHERE purchase_id = ? AND sha256 = ?", "it",
                   stand->id, kept->sha256, "i", id);
}

static gboolean read_later(Store *store, gint64 file_id, const OrderBy *by, GError **error) {
  g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, file_id);
  return job_add(store, "intake", "receipt", subject, by->now, error);
}

static gboolean find_order(Store *store, const char *order_no, OrderStand *stand, GError **error) {
  if (!order_stand(store, order_no, stand, NULL, error))
    return FALSE;
  if (stand->review == REVIEW_CLOSED)
    return error_set(error, ERROR_REFUSED, "order_closed", "value", order_no, NULL);
  return stand->order.method == METHOD_WIRE ||
         error_set(error, ERROR_REFUSED, "receipt_online", "value", order_no, NULL);
}

static gboolean take(Store *store, const char *order_no, const Receipt *claim, const Kept *kept, const OrderBy *by,
                     GError **error) {
  g_auto(OrderStand) stand = {0};
  gint64 file_id;
  if (!find_order(store, order_no, &stand, error) || !keep_file(store, &stand, kept, by, &file_id, error) ||
      (kept != NULL && !receipt_ask_same_file(store, stand.id, kept->sha256, by, error)))
    return FALSE;
  return claim != NULL ? keep_claim(store, &stand, claim, file_id, by, error) : read_later(store, file_id, by, error);
}

/* Is it one that may be kept? */
static gboolean look(const Receipt *claim, const ReceiptUpload *file, Kept *kept, GError **error) {
  static const char taken[] = "jpg, png, bmp, gif, pdf, xml, ofd";
  kept->size = file->size;
  kept->kind = receipt_file_kind(file->bytes, file->size);
  if (file->size > RECEIPT_FILE_MAX)
    return error_set(error, ERROR_REFUSED, "receipt_large", NULL);
  if (kept->kind == RECEIPT_FILE_UNKNOWN)
    return error_set(error, ERROR_REFUSED, "receipt_kind", "expected", taken, NULL);
  if (claim != NULL && !receipt_file_viewable(kept->kind))
    return error_set(error, ERROR_REFUSED, "receipt_voucher", NULL);
  return claim != NULL || receipt_file_readable(kept->kind) ||
         error_set(error, ERROR_REFUSED, "receipt_unclaimed", NULL);
}

static gboolean write_file(Store *store, const ReceiptUpload *file, Kept *kept, GError **error) {
  kept->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, file->bytes, file->size);
  g_autofree char *folder = g_build_filename(store_dir(store), FOLDER, NULL);
  g_autofree char *name = g_strconcat(kept->sha256, ".", receipt_file_word(kept->kind), NULL);
  return durable_mkdir(store_dir(store), FOLDER, 0750, error) &&
         durable_write(folder, name, file->bytes, file->size, 0640, FALSE, error);
}

static gboolean commit(Store *store, gboolean done, GError **error) {
  if (done && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* The order is asked for before a byte is written, that strangers to the store fill no disk; and again in the
 * transaction. */
gboolean receipt_take(Store *store, const char *order_no, const Receipt *claim, const ReceiptUpload *file,
                      const OrderBy *by, GError **error) {
  g_auto(OrderStand) stand = {0};
  Kept kept = {0};
  if (!find_order(store, order_no, &stand, error) ||
      (file != NULL && (!look(claim, file, &kept, error) || !write_file(store, file, &kept, error))))
    return FALSE;
  g_autofree char *sha256 = kept.sha256;
  return store_begin(store, error) &&
         commit(store, take(store, order_no, claim, file != NULL ? &kept : NULL, by, error), error);
}

void receipt_file_clear(ReceiptFile *file) {
  g_free(file->order_no);
  g_free(file->path);
  *file = (ReceiptFile){0};
}

gboolean receipt_file_load(Store *store, gint64 id, ReceiptFile *file, GError **error) {
  gboolean found;
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  file->id = id;
  return store_row(store, error, &found,
                   "SELECT p.order_no, '" FOLDER "/' || f.sha256 || '.' || f.kind FROM receipt_file f JOIN purchase p "
                   "ON p.id = f.purchase_id WHERE f.id = ?",
                   "i", id, "tt", &file->order_no, &file->path) &&
         (found || error_set(error, ERROR_REFUSED, "unknown_file", "value", value, NULL));
}

gboolean receipt_read(Store *store, const ReceiptFile *file, const Receipt *claim, const OrderBy *by, GError **error) {
  g_auto(OrderStand) stand = {0};
  return order_stand(store, file->order_no, &stand, NULL, error) &&
         store_run(store, error, "UPDATE receipt_file SET reason = NULL, facts = NULL WHERE id = ?", "i", file->id) &&
         (stand.review == REVIEW_CLOSED || keep_claim(store, &stand, claim, file->id, by, error));
}

gboolean receipt_unread(Store *store, const ReceiptFile *file, const GError *why, const OrderBy *by, GError **error) {
  g_auto(OrderStand) stand = {0};
  gboolean found;
  gint64 since = 0;
  g_autofree char *facts = file_facts(why);
  if (!order_stand(store, file->order_no, &stand, NULL, error) ||
      !store_row(store, error, &found, "SELECT at FROM receipt_file WHERE id = ?", "i", file->id, "i", &since))
    return FALSE;
  gboolean asks = stand.review != REVIEW_CLOSED && stand.payment == PAYMENT_UNPAID;
  return (!asks || receipt_ask_unreadable(store, stand.id, since, by, error)) &&
         store_run(store, error, "UPDATE receipt_file SET reason = ?, facts = ? WHERE id = ?", "tti", error_reason(why),
                   facts, file->id) &&
         order_audit(store, file->order_no, "order.receipt_unread", "reason", error_reason(why), by, error);
}

static json_t *claim_json(Rows *rows) {
  json_t *object = json_object();
  Money amount = {.minor = rows_int(rows, 1)};
  g_strlcpy(amount.currency, rows_text(rows, 2), sizeof amount.currency);
  g_autofree char *money = money_format(amount), *at = instant_format(rows_int(rows, 6));
  json_text_set(object, "number", rows_text(rows, 0));
  json_text_set(object, "amount", money);
  json_text_set(object, "currency", amount.currency);
  json_text_set(object, "paid_on", rows_text(rows, 3));
  json_text_set(object, "payer_name", rows_text(rows, 4));
  json_text_set(object, "payer_account", rows_text(rows, 5));
  json_text_set(object, "at", at);
  json_text_set(object, "file", rows_text(rows, 7));
  json_text_set(object, "kind", rows_text(rows, 8));
  return object;
}

static json_t *file_json(Rows *rows) {
  json_t *object = json_object();
  g_autofree char *at = instant_format(rows_int(rows, 2));
  json_text_set(object, "file", rows_text(rows, 0));
  json_text_set(object, "kind", rows_text(rows, 1));
  json_text_set(object, "at", at);
  json_text_set(object, "reason", rows_text(rows, 3));
  return object;
}

json_t *receipt_list(Store *store, gint64 purchase_id, GError **error) {
  json_auto_t *list = json_array();
  {
    g_auto(Rows) rows = store_rows(store,
                                   "SELECT r.number, r.amount, r.currency, r.paid_on, r.payer_name, r.payer_account, "
                                   "r.at, f.sha256, f.kind FROM receipt r LEFT JOIN receipt_file f ON f.id = r.file_id "
                                   "WHERE r.purchase_id = ? ORDER BY r.id",
                                   "i", purchase_id);
    while (rows_next(&rows, error))
      (void)json_array_append_new(list, claim_json(&rows));
    if (rows.failed)
      return NULL;
  }
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT sha256, kind, at, reason FROM receipt_file f WHERE purchase_id = ? AND NOT "
                                 "EXISTS (SELECT 1 FROM receipt r WHERE r.file_id = f.id) ORDER BY id",
                                 "i", purchase_id);
  while (rows_next(&rows, error))
    (void)json_array_append_new(list, file_json(&rows));
  return rows.failed ? NULL : json_incref(list);
}
