#include "spool/entries.h"

#include <string.h>

#include "rules/error.h"
#include "rules/name.h"
#include "rules/number.h"
#include "spool/audit.h"
#include "spool/cases.h"

#define PIECE_LINES 1000
#define PIECE_US 4000
#define STEP_ASIDE_US 500

/* Its place under the texts by which matching finds it again when an order comes. */
static gboolean put_numbers(Store *store, gint64 id, const Entry *line, GError **error) {
  g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  number_keys_add(line->remark, set);
  number_keys_add(line->purpose, set);
  number_keys_add(line->summary, set);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, set);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    if (!store_run(store, error, "INSERT INTO entry_number (number, entry_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                   "ti", (const char *)key, id))
      return FALSE;
  return TRUE;
}

static gboolean find_conflict(Store *store, const EntryDraft *draft, gboolean *conflict, GError **error) {
  gboolean found;
  gint64 amount = 0;
  g_autofree char *day = day_format(draft->line->booking_date), *direction = NULL;
  if (!store_row(store, error, &found,
                 "SELECT amount, direction FROM entry WHERE account = ? AND booking_on = ? AND identity = ?", "ttt",
                 draft->account, day, draft->identity, "it", &amount, &direction))
    return FALSE;
  *conflict = found && (amount != draft->line->amount.minor ||
                        (strcmp(direction, "credit") == 0) != (draft->line->direction == DIRECTION_CREDIT));
  return TRUE;
}

/* 0 while the line has none. */
static gboolean put_origin(Store *store, const char *origin, gint64 *id, GError **error) {
  gboolean found;
  *id = 0;
  if (origin == NULL)
    return TRUE;
  if (!store_row(store, error, &found, "SELECT id FROM origin WHERE text = ?", "t", origin, "i", id) ||
      (!found && !store_run(store, error, "INSERT INTO origin (text) VALUES (?)", "t", origin)))
    return FALSE;
  if (!found)
    *id = store_last_id(store);
  return TRUE;
}

static gboolean insert(Store *store, const EntryDraft *draft, GError **error) {
  const Entry *line = draft->line;
  gint64 origin;
  if (!put_origin(store, line->origin, &origin, error))
    return FALSE;
  g_autofree char *booked = day_format(line->booking_date), *valued = day_format(line->value_date);
  g_autofree char *key = draft->match ? name_key(line->counterparty_name) : NULL;
  g_autofree char *account = draft->match ? account_normal(line->counterparty_account) : NULL;
  gsize sealed_size = 0;
  const void *sealed = draft->sealed != NULL ? g_bytes_get_data(draft->sealed, &sealed_size) : NULL;
  g_autofree char *balance = line->has_balance ? g_strdup_printf("%" G_GINT64_FORMAT, line->balance.minor) : NULL;
  return store_run(
      store, error,
      "INSERT INTO entry (account, identity, statement_id, line, place, booking_on, value_on, time, amount, currency, "
      "direction, reversal, return_reason, bank_reference, entry_reference, batch_index, transactions, end_to_end_id, "
      "counterparty_name, counterparty_account, counterparty_bank, remark, purpose, summary, balance, payer_key, "
      "payer_account, disposition, reason, sealed, origin_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, CAST(? AS INTEGER), ?, ?, ?, ?, ?, nullif(?, 0)) "
      "ON CONFLICT (account, booking_on, identity) DO NOTHING",
      "ttiiitttittitttiittttttttttttbi", draft->account, draft->identity, draft->statement_id, line->line, draft->place,
      booked, valued, line->time, line->amount.minor, line->amount.currency,
      line->direction == DIRECTION_CREDIT ? "credit" : "debit", (gint64)line->reversal, line->return_reason,
      line->bank_reference, line->entry_reference, (gint64)line->index, (gint64)line->transactions, line->end_to_end_id,
      line->counterparty_name, line->counterparty_account, line->counterparty_bank, line->remark, line->purpose,
      line->summary, balance, key, account, disposition_word(draft->disposition), draft->reason, sealed, sealed_size,
      origin);
}

gboolean entry_put(Store *store, const EntryDraft *draft, gint64 *id, gboolean *conflict, GError **error) {
  g_assert(store_in_transaction(store));
  *id = 0;
  *conflict = FALSE;
  if (!insert(store, draft, error))
    return FALSE;
  if (store_changes(store) == 0)
    return !g_str_has_prefix(draft->identity, "s:") || find_conflict(store, draft, conflict, error);
  *id = store_last_id(store);
  return !draft->match || put_numbers(store, *id, draft->line, error);
}

gboolean entry_promote(Store *store, gint64 id, const Entry *line, GError **error) {
  g_autofree char *key = name_key(line->counterparty_name), *account = account_normal(line->counterparty_account);
  return store_run(store, error,
                   "UPDATE entry SET payer_key = ?, payer_account = ?, disposition = 'pending', "
                   "reason = '" ENTRY_REASON_NEW "', sealed = NULL WHERE id = ?",
                   "tti", key, account, id) &&
         put_numbers(store, id, line, error);
}

gboolean entries_wait(Store *store, gint64 file_id, gboolean *wait, GError **error) {
  gint64 id;
  return store_row(store, error, wait,
                   "SELECT e.id FROM entry e JOIN statement s ON s.id = e.statement_id WHERE e.disposition = 'pending' "
                   "AND e.reason = '" ENTRY_REASON_TIE "' AND s.file_id = ? LIMIT 1",
                   "i", file_id, "i", &id);
}

gboolean piece_begin(Piece *piece, Store *store, gint64 file_id, const char *actor, Instant now, GError **error) {
  *piece = (Piece){.store = store, .file_id = file_id, .actor = actor, .now = now};
  piece->digest = g_checksum_new(G_CHECKSUM_SHA256);
  piece->started = g_get_monotonic_time();
  return store_begin(store, error);
}

/* The piece's row in the audit log and the file's count of what it added, then the commit. */
static gboolean commit(Piece *piece, GError **error) {
  if (piece->added > 0) {
    g_autofree char *subject = g_strdup_printf("file:%" G_GINT64_FORMAT, piece->file_id);
    g_autofree char *detail = g_strdup_printf("{\"added\":%" G_GINT64_FORMAT ",\"sha256\":\"%s\"}", piece->added,
                                              g_checksum_get_string(piece->digest));
    if (!audit_append(piece->store, piece->now, piece->actor, "entries.import", subject, detail, error) ||
        !store_run(piece->store, error, "UPDATE file SET added = coalesce(added, 0) + ? WHERE id = ?", "ii",
                   piece->added, piece->file_id))
      return FALSE;
  }
  g_checksum_reset(piece->digest);
  piece->added = 0;
  piece->lines = 0;
  return store_commit(piece->store, error);
}

void piece_step_aside(Store *store) {
  for (int i = 0; i < 20 && store_awaited(store); i++)
    g_usleep(STEP_ASIDE_US);
}

gboolean piece_line(Piece *piece, gint64 id, const char *identity, GError **error) {
  piece->lines++;
  if (id != 0) {
    piece->added++;
    g_checksum_update(piece->digest, (const guchar *)identity, (gssize)strlen(identity) + 1);
  }
  if (piece->lines < PIECE_LINES && g_get_monotonic_time() - piece->started < PIECE_US)
    return TRUE;
  if (!commit(piece, error))
    return FALSE;
  piece_step_aside(piece->store);
  piece->started = g_get_monotonic_time();
  return store_begin(piece->store, error);
}

gboolean piece_end(Piece *piece, GError **error) {
  return commit(piece, error);
}

void piece_clear(Piece *piece) {
  if (piece->store != NULL)
    store_rollback(piece->store);
  g_clear_pointer(&piece->digest, g_checksum_free);
  *piece = (Piece){0};
}

void entry_row_clear(EntryRow *row) {
  entry_clear(&row->line);
  g_free(row->account);
  g_free(row->identity);
  g_free(row->reason);
  g_free(row->transfer);
  g_free(row->file);
  g_free(row->format);
  *row = (EntryRow){0};
}

void entry_row_free(EntryRow *row) {
  if (row == NULL)
    return;
  entry_row_clear(row);
  g_free(row);
}

#define COLUMNS                                                                                                        \
  "SELECT e.id, e.account, e.identity, e.statement_id, e.line, e.booking_on, e.value_on, e.time, e.amount, "           \
  "e.currency, e.direction, e.reversal, e.return_reason, e.bank_reference, e.entry_reference, e.batch_index, "         \
  "e.transactions, e.end_to_end_id, e.counterparty_name, e.counterparty_account, e.counterparty_bank, e.remark, "      \
  "e.purpose, e.summary, e.balance, e.disposition, e.reason, e.allocated, e.transfer_id, t.reference, e.place, "       \
  "s.number, f.name, o.text, s.format, e.refunded, e.waived "                                                          \
  "FROM entry e JOIN statement s ON s.id = e.statement_id JOIN file f ON f.id = s.file_id "                            \
  "LEFT JOIN origin o ON o.id = e.origin_id "                                                                          \
  "LEFT JOIN transfer t ON t.id = e.transfer_id "

static Day read_day(Rows *rows, int column) {
  Day day;
  return day_parse(rows_text(rows, column), &day) ? day : DAY_NONE;
}

static Money read_money(Rows *rows, int column) {
  Money money = {.minor = rows_int(rows, column)};
  g_strlcpy(money.currency, rows_text(rows, 9), sizeof money.currency);
  return money;
}

static void read_line(Rows *rows, Entry *line) {
  *line = (Entry){.id = rows_int(rows, 0),
                  .line = rows_int(rows, 4),
                  .booking_date = read_day(rows, 5),
                  .value_date = rows_null(rows, 6) ? DAY_NONE : read_day(rows, 6),
                  .time = g_strdup(rows_text(rows, 7)),
                  .amount = read_money(rows, 8),
                  .direction = strcmp(rows_text(rows, 10), "credit") == 0 ? DIRECTION_CREDIT : DIRECTION_DEBIT,
                  .status = ENTRY_BOOKED,
                  .reversal = rows_int(rows, 11) != 0,
                  .return_reason = g_strdup(rows_text(rows, 12)),
                  .bank_reference = g_strdup(rows_text(rows, 13)),
                  .entry_reference = g_strdup(rows_text(rows, 14)),
                  .index = (int)rows_int(rows, 15),
                  .transactions = (int)rows_int(rows, 16),
                  .end_to_end_id = g_strdup(rows_text(rows, 17)),
                  .counterparty_name = g_strdup(rows_text(rows, 18)),
                  .counterparty_account = g_strdup(rows_text(rows, 19)),
                  .counterparty_bank = g_strdup(rows_text(rows, 20)),
                  .remark = g_strdup(rows_text(rows, 21)),
                  .purpose = g_strdup(rows_text(rows, 22)),
                  .summary = g_strdup(rows_text(rows, 23)),
                  .has_balance = !rows_null(rows, 24),
                  .origin = g_strdup(rows_text(rows, 33))};
  if (line->has_balance)
    line->balance = read_money(rows, 24);
}

static void read_row(Rows *rows, EntryRow *row) {
  *row = (EntryRow){.account = g_strdup(rows_text(rows, 1)),
                    .identity = g_strdup(rows_text(rows, 2)),
                    .statement_id = rows_int(rows, 3),
                    .reason = g_strdup(rows_text(rows, 26)),
                    .allocated = rows_int(rows, 27),
                    .transfer_id = rows_int(rows, 28),
                    .transfer = g_strdup(rows_text(rows, 29)),
                    .place = rows_int(rows, 30),
                    .file = g_strdup(rows_text(rows, 32)),
                    .format = g_strdup(rows_text(rows, 34)),
                    .refunded = rows_int(rows, 35),
                    .waived = rows_int(rows, 36)};
  read_line(rows, &row->line);
  row->line.statement = (int)rows_int(rows, 31);
  gboolean known = disposition_parse(rows_text(rows, 25), &row->disposition);
  g_assert(known);
}

gboolean entry_load(Store *store, gint64 id, EntryRow *row, GError **error) {
  g_auto(Rows) rows = store_rows(store, COLUMNS "WHERE e.id = ?", "i", id);
  if (rows_next(&rows, error)) {
    read_row(&rows, row);
    return TRUE;
  }
  if (rows.failed)
    return FALSE;
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, "unknown_entry", "value", value, NULL);
}

gboolean entry_find(Store *store, const char *account, Day day, const char *identity, gint64 *id, GError **error) {
  gboolean found;
  g_autofree char *on = day_format(day);
  *id = 0;
  return store_row(store, error, &found, "SELECT id FROM entry WHERE account = ? AND booking_on = ? AND identity = ?",
                   "ttt", account, on, identity, "i", id);
}

gboolean entry_each(Store *store, Day since, const char *disposition, EntryEach *each, void *user, GError **error) {
  g_autofree char *from = since == DAY_NONE ? g_strdup("") : day_format(since);
  g_auto(Rows) rows = store_rows(store,
                                 COLUMNS "WHERE e.booking_on >= ? AND (? IS NULL OR e.disposition = ?) "
                                         "ORDER BY e.booking_on, e.account, e.id",
                                 "ttt", from, disposition, disposition);
  while (rows_next(&rows, error)) {
    g_auto(EntryRow) row = {0};
    read_row(&rows, &row);
    if (!each(user, &row, error))
      return FALSE;
  }
  return !rows.failed;
}

static void order_free_one(gpointer data) {
  EntryOrder *order = data;
  g_free(order->order_no);
  g_free(order);
}

GPtrArray *entry_orders(Store *store, gint64 id, GError **error) {
  g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func(order_free_one);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT p.order_no, a.amount FROM allocation a JOIN purchase p ON p.id = "
                                 "a.purchase_id WHERE a.entry_id = ? ORDER BY p.order_no",
                                 "i", id);
  while (rows_next(&rows, error)) {
    EntryOrder *order = g_new(EntryOrder, 1);
    *order = (EntryOrder){g_strdup(rows_text(&rows, 0)), rows_int(&rows, 1)};
    g_ptr_array_add(orders, order);
  }
  return rows.failed ? NULL : g_steal_pointer(&orders);
}

gboolean entry_dispose(Store *store, const EntryRow *row, Disposition disposition, const char *reason,
                       const char *actor, Instant now, GError **error) {
  if (row->disposition == disposition && g_strcmp0(row->reason, reason) == 0)
    return TRUE;
  gboolean still_waits = row->disposition == disposition && g_strcmp0(row->reason, ENTRY_REASON_NEW) == 0;
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, row->line.id);
  g_autofree char *detail =
      g_strdup_printf("{\"from\":\"%s\",\"reason\":\"%s\",\"to\":\"%s\"}", disposition_word(row->disposition),
                      reason != NULL ? reason : "", disposition_word(disposition));
  gboolean waited = row->disposition == DISPOSITION_PENDING && disposition != DISPOSITION_PENDING;
  return store_run(store, error, "UPDATE entry SET disposition = ?, reason = ? WHERE id = ?", "tti",
                   disposition_word(disposition), reason, row->line.id) &&
         (!waited || g_strcmp0(row->reason, ENTRY_REASON_NEW) == 0 ||
          case_moot(store, "deadline", subject, actor, now, error)) &&
         (still_waits || audit_append(store, now, actor, "entry.dispose", subject, detail, error));
}
