/* What statements in the store prove of the days on which a transfer may have run. */
#include "tests/unit/orderstore.h"

#include "spool/absence.h"

/* The message of transfer 1 was made on Thursday 19 November 2026; the bank's last word came a day later. */
static void add_transfer(Fixture *f) {
  OrderTaken taken;
  g_assert_null(take(f, "1048.00", "1048.00", &taken, NULL));
  run(f, "INSERT INTO batch (message_id, account, channel, file_name, state, transfers, total, sha256, key_id, "
         "created_at, changed_at) VALUES ('M', 'icbc', 'c', 'f', 'delivered', 1, 1, x'00', 'k', 1795053600000000, 0)");
  run(f,
      "INSERT INTO transfer (reference, purpose, purchase_id, account, amount, currency, payee_name, payee_account, "
      "payee_bank, state, batch_id, created_at, changed_at) VALUES ('Y0123456789ABCDEF', 'verification', 1, 'icbc', 1, "
      "'CNY', '甲', '6222 0001', '乙', 'unknown', 1, 0, 0)");
  run(f,
      "INSERT INTO evidence (transfer_id, event, verdict, source, at) VALUES "
      "(1, 'send', 'move', 'channel', 1795053600000000), (1, 'status_progress', 'stay', 'file:1', 1795140000000000), "
      "(1, 'lost', 'move', 'clock', 1798000000000000), (1, 'not_found', 'stay', 'query', 1798000000000000), "
      "(1, 'lost', 'stay', 'query', 1798000000000000)");
  run(f, "INSERT INTO file (id, origin, name, path, size, sha256, state, received_at, changed_at) VALUES "
         "(1, 'inbox:x', 'x', 'x', 1, x'00', 'taken', 1796000000000000, 0), " /* 30 November */
         "(2, 'inbox:x', 'x', 'x', 1, x'00', 'taken', 1795500000000000, 0)"); /* 24 November */
}

#define STATEMENT                                                                                                      \
  "INSERT INTO statement (file_id, number, account, currency, page, last_page, source, entries, credits, debits, "     \
  "from_on, to_on, proof, derived, kind) VALUES "
#define LINE                                                                                                           \
  "INSERT INTO entry (account, identity, statement_id, line, currency, direction, disposition, booking_on, amount, "   \
  "counterparty_account, transfer_id) VALUES "
#define WHOLE                                                                                                          \
  STATEMENT "(1, 1, 'icbc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-19', '2026-11-24', 'balance', 0, 'ledger')"

static const struct Row {
  const char *name, *setup, *more;
  const char *proven_to;
  guint suspects;
  gboolean want;
} rows[] = {
    {"nothing came", NULL, NULL, NULL, 0, FALSE},
    {"every day", WHOLE, NULL, "2026-11-24", 0, TRUE},
    {"a day is missing",
     STATEMENT "(1, 1, 'icbc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-19', '2026-11-23', 'balance', 0, 'ledger')", NULL,
     "2026-11-23", 0, FALSE},
    {"two that join",
     STATEMENT "(1, 1, 'icbc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-01', '2026-11-20', 'balance', 0, 'ledger'), "
               "(1, 2, 'icbc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-21', '2026-11-24', 'balance', 0, 'ledger')",
     NULL, "2026-11-24", 0, TRUE},
    {"another account",
     STATEMENT "(1, 1, 'abc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-19', '2026-11-24', 'balance', 0, 'ledger')", NULL,
     NULL, 0, FALSE},
    {"proven by totals only",
     STATEMENT "(1, 1, 'icbc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-19', '2026-11-24', 'totals', 0, 'ledger')", NULL,
     NULL, 0, FALSE},
    {"a report of a day not over",
     STATEMENT "(1, 1, 'icbc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-19', '2026-11-24', 'balance', 0, 'interim')",
     NULL, NULL, 0, FALSE},
    {"one page of several",
     STATEMENT "(1, 1, 'icbc', 'CNY', 1, 0, 'camt', 1, 0, 1, '2026-11-19', '2026-11-24', 'balance', 0, 'ledger')", NULL,
     NULL, 0, FALSE},
    {"it came while its last day ran",
     STATEMENT "(2, 1, 'icbc', 'CNY', 1, 1, 'camt', 1, 0, 1, '2026-11-19', '2026-11-24', 'balance', 0, 'ledger')", NULL,
     "2026-11-23", 0, FALSE},
    {"running balances: the last day may be cut",
     STATEMENT "(1, 1, 'icbc', 'CNY', 1, 1, 'csv', 1, 0, 1, '2026-11-01', '2026-11-24', 'balance', 1, 'ledger')", NULL,
     "2026-11-23", 0, FALSE},
    {"running balances, a day more",
     STATEMENT "(1, 1, 'icbc', 'CNY', 1, 1, 'csv', 1, 0, 1, '2026-11-18', '2026-11-25', 'balance', 1, 'ledger')", NULL,
     "2026-11-24", 0, TRUE},
    {"a debit to the payee", WHOLE,
     LINE "('icbc', 'a', 1, 1, 'CNY', 'debit', 'review', '2026-11-20', 1, '62220001', "
          "NULL)",
     "2026-11-24", 1, FALSE},
    {"a debit to nobody", WHOLE, LINE "('icbc', 'a', 1, 1, 'CNY', 'debit', 'review', '2026-11-20', 1, NULL, NULL)",
     "2026-11-24", 1, FALSE},
    {"a debit to a number with stars", WHOLE,
     LINE "('icbc', 'a', 1, 1, 'CNY', 'debit', 'review', '2026-11-20', 1, '6222****', NULL)", "2026-11-24", 1, FALSE},
    {"a debit behind the days", WHOLE,
     LINE "('icbc', 'a', 1, 1, 'CNY', 'debit', 'review', '2026-11-27', 1, NULL, NULL)", "2026-11-24", 1, FALSE},
    {"the debit of another transfer", WHOLE,
     LINE "('icbc', 'a', 1, 1, 'CNY', 'debit', 'own_transfer', '2026-11-20', 1, '62220001', 1)", "2026-11-24", 0, TRUE},
    {"debits to others, of other amounts, before, elsewhere; a credit", WHOLE,
     LINE "('icbc', 'a', 1, 1, 'CNY', 'debit', 'review', '2026-11-20', 1, '999', NULL), "
          "('icbc', 'b', 1, 1, 'CNY', 'debit', 'review', '2026-11-20', 2, '62220001', NULL), "
          "('icbc', 'c', 1, 1, 'CNY', 'debit', 'review', '2026-11-18', 1, '62220001', NULL), "
          "('abc', 'd', 1, 1, 'CNY', 'debit', 'review', '2026-11-20', 1, '62220001', NULL), "
          "('icbc', 'e', 1, 1, 'CNY', 'credit', 'review', '2026-11-20', 1, '62220001', NULL)",
     "2026-11-24", 0, TRUE},
};

static void test_row(Fixture *f, gconstpointer data) {
  const struct Row *row = data;
  g_autoptr(GError) error = NULL;
  g_auto(Transfer) transfer = {0};
  AbsenceFacts facts;
  add_transfer(f);
  if (row->setup != NULL)
    run(f, row->setup);
  if (row->more != NULL)
    run(f, row->more);
  g_assert_true(transfer_by_id(f->store, 1, &transfer, &error));
  g_assert_true(absence_load(f->store, &transfer, f->calendar, 2, &facts, &error));
  g_assert_no_error(error);
  g_autofree char *first = day_format(facts.first), *last = day_format(facts.last);
  g_autofree char *proven_to = day_format(facts.proven_to);
  g_assert_cmpstr(first, ==, "2026-11-19");
  g_assert_cmpstr(last, ==, "2026-11-24");
  g_assert_cmpstr(proven_to, ==, row->proven_to);
  g_assert_cmpuint(facts.suspects, ==, row->suspects);
  g_assert_cmpint(absence_without_debit(&facts), ==, row->want);
}

static void test_never_sent(Fixture *f, gconstpointer data) {
  (void)data;
  g_autoptr(GError) error = NULL;
  g_auto(Transfer) transfer = {0};
  AbsenceFacts facts;
  add_transfer(f);
  run(f, "UPDATE transfer SET batch_id = NULL");
  run(f, WHOLE);
  g_assert_true(transfer_by_id(f->store, 1, &transfer, &error));
  g_assert_true(absence_load(f->store, &transfer, f->calendar, 2, &facts, &error));
  g_assert_cmpint(facts.first, ==, DAY_NONE);
  g_assert_false(absence_without_debit(&facts));
}

static void test_debited(Fixture *f, gconstpointer data) {
  (void)data;
  g_autoptr(GError) error = NULL;
  g_auto(Transfer) transfer = {0};
  AbsenceFacts facts;
  add_transfer(f);
  run(f, WHOLE);
  run(f, LINE "('icbc', 'a', 1, 1, 'CNY', 'debit', 'own_transfer', '2026-11-20', 1, '62220001', 1)");
  run(f, "UPDATE transfer SET debit_entry_id = 1");
  g_assert_true(transfer_by_id(f->store, 1, &transfer, &error));
  g_assert_true(absence_load(f->store, &transfer, f->calendar, 2, &facts, &error));
  g_assert_false(absence_without_debit(&facts));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/absence/store/%s", rows[i].name);
    add(path, &rows[i], test_row);
  }
  add("/absence/store/never sent", NULL, test_never_sent);
  add("/absence/store/debited", NULL, test_debited);
  return g_test_run();
}
