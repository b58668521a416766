#include "spool/group.h"

#include <string.h>

#include "rules/life.h"
#include "rules/name.h"
#include "rules/number.h"

static void order_free_one(gpointer data) {
  GroupOrder *order = data;
  order_clear(&order->order);
  g_free(order);
}

Group *group_new(Store *store) {
  Group *group = g_new(Group, 1);
  *group = (Group){.store = store,
                   .entries = g_ptr_array_new_with_free_func((GDestroyNotify)entry_row_free),
                   .orders = g_ptr_array_new_with_free_func(order_free_one),
                   .allocations = g_array_new(FALSE, FALSE, sizeof(GroupAllocation)),
                   .entry_seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                   .order_seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                   .asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  return group;
}

void group_free(Group *group) {
  if (group == NULL)
    return;
  g_ptr_array_unref(group->entries);
  g_ptr_array_unref(group->orders);
  g_array_unref(group->allocations);
  g_hash_table_unref(group->entry_seen);
  g_hash_table_unref(group->order_seen);
  g_hash_table_unref(group->asked);
  g_free(group);
}

static gboolean note(GHashTable *seen, gint64 id, gsize index) {
  gint64 *key = g_new(gint64, 1);
  *key = id;
  return g_hash_table_insert(seen, key, GSIZE_TO_POINTER(index + 1));
}

/* The index of a member; FALSE when it is none. */
static gboolean member(GHashTable *seen, gint64 id, gsize *index) {
  gsize found = GPOINTER_TO_SIZE(g_hash_table_lookup(seen, &id));
  *index = found - 1;
  return found != 0;
}

gboolean group_add_entry(Group *group, gint64 id, GError **error) {
  gsize index;
  if (member(group->entry_seen, id, &index))
    return TRUE;
  g_auto(EntryRow) row = {0};
  if (!entry_load(group->store, id, &row, error))
    return FALSE;
  note(group->entry_seen, id, group->entries->len);
  EntryRow *kept = g_memdup2(&row, sizeof row);
  kept->line.amount.minor -= row.refunded + row.waived; /* what went back, or was let go, pays nothing */
  row = (EntryRow){0};
  g_ptr_array_add(group->entries, kept);
  return TRUE;
}

/* An order whose money goes back is no longer open to other wires. */
static MatchOrderState state_of(const char *method, const char *review, int payment) {
  if (payment == PAYMENT_REFUNDING || payment == PAYMENT_REFUNDED)
    return strcmp(method, "wire") == 0 ? MATCH_ACCEPTED : MATCH_ONLINE;
  switch (life_state(&life_review, review)) {
  case REVIEW_CLOSED:
    return MATCH_GONE;
  case REVIEW_ACCEPTED:
  case REVIEW_REFUND_REQUESTED:
    return strcmp(method, "wire") == 0 ? MATCH_ACCEPTED : MATCH_ONLINE;
  default:
    return strcmp(method, "wire") == 0 ? MATCH_OPEN : MATCH_ONLINE;
  }
}

static gboolean load_order(Store *store, gint64 id, GroupOrder *row, gboolean *found, GError **error) {
  Order *order = &row->order;
  gint64 revision = 0;
  g_autofree char *currency = NULL, *method = NULL, *review = NULL, *payment = NULL, *proof = NULL;
  if (!store_row(store, error, found,
                 "SELECT p.id, order_no, revision, submitted_at, applicant_name, account_name, account_number, "
                 "p.price - m.waived, currency, method, review, payment, proof FROM purchase p JOIN purchase_money m "
                 "ON m.purchase_id = p.id WHERE p.id = ?",
                 "i", id, "itiitttittttt", &order->id, &order->order_no, &revision, &order->submitted_at,
                 &order->applicant_name, &order->account_name, &order->account_number, &order->price.minor, &currency,
                 &method, &review, &payment, &proof))
    return FALSE;
  if (!*found)
    return TRUE;
  order->revision = (int)revision;
  g_strlcpy(order->price.currency, currency, sizeof order->price.currency);
  row->payment = life_state(&life_payment, payment);
  row->state = state_of(method, review, row->payment);
  row->proof = life_state(&life_proof, proof);
  return TRUE;
}

gboolean group_add_order(Group *group, gint64 purchase_id, GError **error) {
  gsize index;
  gboolean found = FALSE;
  if (member(group->order_seen, purchase_id, &index))
    return TRUE;
  GroupOrder *row = g_new0(GroupOrder, 1);
  gboolean done = load_order(group->store, purchase_id, row, &found, error);
  if (!done || !found) {
    order_free_one(row);
    return done;
  }
  note(group->order_seen, purchase_id, group->orders->len);
  g_ptr_array_add(group->orders, row);
  return TRUE;
}

/* Runs a query for ids and adds each; the same query is not asked twice. */
typedef gboolean Adder(Group *group, gint64 id, GError **error);

static gboolean add_found(Group *group, Adder *add, const char *sql, const char *text, gint64 id, GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (text != NULL && !g_hash_table_add(group->asked, g_strconcat(sql, "\n", text, NULL)))
    return TRUE;
  {
    g_auto(Rows) rows =
        text != NULL ? store_rows(group->store, sql, "t", text) : store_rows(group->store, sql, "i", id);
    while (rows_next(&rows, error)) {
      gint64 one = rows_int(&rows, 0);
      g_array_append_val(ids, one);
    }
    if (rows.failed)
      return FALSE;
  }
  for (guint i = 0; i < ids->len; i++)
    if (!add(group, g_array_index(ids, gint64, i), error))
      return FALSE;
  return TRUE;
}

#define ENTRIES_BY_KEY                                                                                                 \
  "SELECT id FROM entry WHERE payer_key = ? AND payer_key IS NOT NULL AND disposition NOT IN "                         \
  "('own_transfer', 'returned')"
#define ENTRIES_BY_ACCOUNT                                                                                             \
  "SELECT id FROM entry WHERE payer_account = ? AND payer_key IS NOT NULL AND disposition NOT IN "                     \
  "('own_transfer', 'returned')"
#define ENTRIES_BY_NUMBER                                                                                              \
  "SELECT n.entry_id FROM entry_number n JOIN entry e ON e.id = n.entry_id WHERE n.number = ? AND e.disposition NOT "  \
  "IN ('own_transfer', 'returned')"
#define ORDERS_BY_KEY "SELECT id FROM purchase WHERE applicant_key = ? AND review <> 'closed'"
#define ORDERS_BY_ACCOUNT "SELECT id FROM purchase WHERE account_number = ? AND review <> 'closed'"
#define ORDERS_BY_NUMBER "SELECT id FROM purchase WHERE order_no = ?"
#define ORDERS_PAID "SELECT purchase_id FROM allocation WHERE entry_id = ?"
#define ENTRIES_PAYING "SELECT entry_id FROM allocation WHERE purchase_id = ?"

static gboolean spread_numbers(Group *group, const Entry *line, GError **error) {
  g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  number_keys_add(line->remark, keys);
  number_keys_add(line->purpose, keys);
  number_keys_add(line->summary, keys);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, keys);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    if (!add_found(group, group_add_order, ORDERS_BY_NUMBER, key, 0, error))
      return FALSE;
  return TRUE;
}

/* Lines of one payer hang together too: a reversal names its credit in no other way. */
static gboolean spread_entry(Group *group, const EntryRow *row, GError **error) {
  g_autofree char *key = name_key(row->line.counterparty_name);
  g_autofree char *account = account_normal(row->line.counterparty_account);
  if (key[0] != '\0' && (!add_found(group, group_add_order, ORDERS_BY_KEY, key, 0, error) ||
                         !add_found(group, group_add_entry, ENTRIES_BY_KEY, key, 0, error)))
    return FALSE;
  if (account != NULL && (!add_found(group, group_add_order, ORDERS_BY_ACCOUNT, account, 0, error) ||
                          !add_found(group, group_add_entry, ENTRIES_BY_ACCOUNT, account, 0, error)))
    return FALSE;
  return spread_numbers(group, &row->line, error) &&
         add_found(group, group_add_order, ORDERS_PAID, NULL, row->line.id, error);
}

static gboolean spread_order(Group *group, const GroupOrder *row, GError **error) {
  const Order *order = &row->order;
  g_autofree char *key = name_key(order->applicant_name);
  g_autofree char *account = account_normal(order->account_number);
  gboolean gone = row->state == MATCH_GONE;
  if (!gone && key[0] != '\0' && !add_found(group, group_add_entry, ENTRIES_BY_KEY, key, 0, error))
    return FALSE;
  if (!gone && account != NULL && !add_found(group, group_add_entry, ENTRIES_BY_ACCOUNT, account, 0, error))
    return FALSE;
  return add_found(group, group_add_entry, ENTRIES_BY_NUMBER, order->order_no, 0, error) &&
         add_found(group, group_add_entry, ENTRIES_PAYING, NULL, order->id, error);
}

static gboolean load_allocations(Group *group, gsize entry, GError **error) {
  const EntryRow *row = group->entries->pdata[entry];
  g_auto(Rows) rows = store_rows(group->store,
                                 "SELECT id, purchase_id, amount, rule, proves FROM allocation WHERE entry_id = ? "
                                 "ORDER BY id",
                                 "i", row->line.id);
  while (rows_next(&rows, error)) {
    GroupAllocation allocation = {
        .id = rows_int(&rows, 0), .entry = entry, .amount = rows_int(&rows, 2), .proves = rows_int(&rows, 4) != 0};
    gboolean known = member(group->order_seen, rows_int(&rows, 1), &allocation.order);
    g_assert(known);
    const GroupOrder *order = group->orders->pdata[allocation.order];
    allocation.by_person = strcmp(rows_text(&rows, 3), "person") == 0;
    allocation.fixed = allocation.by_person || order->state != MATCH_OPEN;
    g_array_append_val(group->allocations, allocation);
  }
  return !rows.failed;
}

gboolean group_close(Group *group, GError **error) {
  for (gsize e = 0, o = 0; e < group->entries->len || o < group->orders->len;)
    if (e < group->entries->len ? !spread_entry(group, group->entries->pdata[e++], error)
                                : !spread_order(group, group->orders->pdata[o++], error))
      return FALSE;
  for (gsize e = 0; e < group->entries->len; e++)
    if (!load_allocations(group, e, error))
      return FALSE;
  return TRUE;
}

void group_input(const Group *group, GroupInput *input) {
  input->entries = g_array_new(FALSE, FALSE, sizeof(MatchEntry));
  input->orders = g_array_new(FALSE, FALSE, sizeof(MatchOrder));
  input->fixed = g_array_new(FALSE, FALSE, sizeof(MatchFixed));
  for (guint i = 0; i < group->entries->len; i++) {
    const EntryRow *row = group->entries->pdata[i];
    gboolean conflict = g_strcmp0(row->reason, "statement_conflict") == 0;
    gboolean decided = conflict || (row->reason != NULL && g_str_has_prefix(row->reason, "person"));
    gboolean asked =
        conflict || (decided && row->disposition == DISPOSITION_REVIEW); /* by a case that is none of matching's */
    MatchEntry entry = {.line = &row->line,
                        .place = row->place,
                        .identity = row->identity,
                        .decided = decided,
                        .disposition = asked ? DISPOSITION_EXPLAINED : row->disposition};
    g_array_append_val(input->entries, entry);
  }
  for (guint i = 0; i < group->orders->len; i++) {
    const GroupOrder *row = group->orders->pdata[i];
    MatchOrder order = {&row->order, row->state};
    g_array_append_val(input->orders, order);
  }
  for (guint i = 0; i < group->allocations->len; i++) {
    const GroupAllocation *allocation = &g_array_index(group->allocations, GroupAllocation, i);
    MatchFixed fixed = {allocation->entry, allocation->order, allocation->amount};
    if (allocation->fixed)
      g_array_append_val(input->fixed, fixed);
  }
  input->match = (MatchGroup){(const MatchEntry *)(void *)input->entries->data,
                              input->entries->len,
                              (const MatchOrder *)(void *)input->orders->data,
                              input->orders->len,
                              (const MatchFixed *)(void *)input->fixed->data,
                              input->fixed->len,
                              store_passes(group->store)};
}

void group_input_clear(GroupInput *input) {
  g_clear_pointer(&input->entries, g_array_unref);
  g_clear_pointer(&input->orders, g_array_unref);
  g_clear_pointer(&input->fixed, g_array_unref);
}
