/* Booked lines: stored once each, over whatever files show them. */
#include <string.h>

#include "spool/entries.h"
#include "spool/files.h"
#include "spool/statements.h"
#include "tests/unit/spooldir.h"

typedef struct {
  char *dir;
  Store *store;
  gint64 files;
} World;

static void setup(World *world, gconstpointer data) {
  (void)data;
  world->dir = spooldir_new();
  world->store = spooldir_open(world->dir);
  world->files = 0;
}

static void teardown(World *world, gconstpointer data) {
  (void)data;
  store_close(world->store);
  spooldir_remove(world->dir);
}

static void must(gboolean done, GError *error) {
  if (!done)
    g_error("%s", error != NULL ? error->message : "?");
}

/* One line as a test writes it: "DAY AMOUNT REMARK", a credit; a minus sign makes it a debit. */
static void read_line(const char *text, Entry *line) {
  g_auto(GStrv) parts = g_strsplit(text, " ", 3);
  gboolean debit = parts[1][0] == '-';
  *line = (Entry){.status = ENTRY_BOOKED, .direction = debit ? DIRECTION_DEBIT : DIRECTION_CREDIT};
  g_assert_true(day_parse(parts[0], &line->booking_date));
  line->value_date = DAY_NONE;
  g_assert_true(money_parse(parts[1] + debit, "CNY", &line->amount, NULL));
  line->remark = g_strdup(parts[2]);
  line->origin = g_strdup("amount=金额\nremark=附言\n");
}

/* Imports a file of these lines; gives how many were new. */
static gint64 import_at(World *world, gboolean serial, const char *const *lines, gint64 *conflicts) {
  GError *error = NULL;
  world->files++;
  g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT ".csv", world->files);
  FileRow file = {.origin = (char *)(gsize) "inbox:x", .name = name, .path = name, .sha256 = {(guint8)world->files}};
  must(store_begin(world->store, &error) && file_receive(world->store, &file, "intake", SPOOLDIR_NOW, &error) &&
           store_commit(world->store, &error),
       error);
  StatementRow statement = {.file_id = file.id, .account = (char *)(gsize) "icbc", .source = (char *)(gsize) "csv"};
  statement.head = (Statement){
      .number = 1, .currency = (char *)(gsize) "CNY", .page = 1, .last_page = TRUE, .from = DAY_NONE, .to = DAY_NONE};
  g_autoptr(EntryCounter) counter = entry_counter_new();
  g_auto(Piece) piece = {0};
  must(piece_begin(&piece, world->store, file.id, "intake", SPOOLDIR_NOW, &error) &&
           statement_put(world->store, &statement, &error),
       error);
  for (; *lines != NULL; lines++) {
    g_auto(Entry) line = {0};
    read_line(*lines, &line);
    if (serial)
      line.bank_reference = g_strdup(line.remark);
    g_autofree char *identity = entry_identity(counter, "icbc", &line, serial);
    EntryDraft draft = {.line = &line,
                        .account = "icbc",
                        .identity = identity,
                        .statement_id = statement.id,
                        .disposition = DISPOSITION_PENDING,
                        .reason = ENTRY_REASON_NEW,
                        .match = TRUE};
    gint64 id;
    gboolean conflict;
    must(entry_put(world->store, &draft, &id, &conflict, &error) && piece_line(&piece, id, identity, &error), error);
    *conflicts += conflict;
  }
  must(piece_end(&piece, &error), error);
  g_auto(FileRow) kept = {0};
  must(file_load(world->store, file.id, &kept, &error), error);
  return kept.added;
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct {
  const char *name;
  gboolean serial;
  const char *const *first, *const *second;
  gint64 added_first, added_second, conflicts;
} overlaps[] = {
    {"the same file again", FALSE, LINES("2026-10-15 735.00 a", "2026-10-15 361.00 b"),
     LINES("2026-10-15 735.00 a", "2026-10-15 361.00 b"), 2, 0, 0},
    {"two equal payments survive", FALSE, LINES("2026-10-15 735.00 a", "2026-10-15 735.00 a"),
     LINES("2026-10-15 735.00 a", "2026-10-15 735.00 a"), 2, 0, 0},
    {"the largest number that one file shows", FALSE, LINES("2026-10-15 735.00 a"),
     LINES("2026-10-15 735.00 a", "2026-10-15 735.00 a", "2026-10-15 735.00 a"), 1, 2, 0},
    {"another order of lines", FALSE, LINES("2026-10-15 735.00 a", "2026-10-15 361.00 b"),
     LINES("2026-10-15 361.00 b", "2026-10-15 735.00 a"), 2, 0, 0},
    {"another day", FALSE, LINES("2026-10-15 735.00 a"), LINES("2026-10-16 735.00 a"), 1, 1, 0},
    {"another direction", FALSE, LINES("2026-10-15 735.00 a"), LINES("2026-10-15 -735.00 a"), 1, 1, 0},
    {"width and blanks are no difference", FALSE, LINES("2026-10-15 735.00 a b1"), LINES("2026-10-15 735.00 ａ　b１ "),
     1, 0, 0},
    {"a serial is enough", TRUE, LINES("2026-10-15 735.00 SN1"), LINES("2026-10-15 735.00 SN1"), 1, 0, 0},
    {"other serials", TRUE, LINES("2026-10-15 735.00 SN1", "2026-10-15 735.00 SN2"),
     LINES("2026-10-15 735.00 SN2", "2026-10-15 735.00 SN3"), 2, 1, 0},
    {"a serial twice in one file is two lines", TRUE, LINES("2026-10-15 735.00 SN1", "2026-10-15 1.00 SN1"),
     LINES("2026-10-15 735.00 SN1", "2026-10-15 1.00 SN1"), 2, 0, 0},
    {"a serial with another amount contradicts", TRUE, LINES("2026-10-15 735.00 SN1"), LINES("2026-10-15 736.00 SN1"),
     1, 0, 1},
};

static void test_overlaps(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(overlaps); i++) {
    g_test_message("%s", overlaps[i].name);
    World world;
    gint64 conflicts = 0;
    setup(&world, NULL);
    g_assert_cmpint(import_at(&world, overlaps[i].serial, overlaps[i].first, &conflicts), ==, overlaps[i].added_first);
    g_assert_cmpint(import_at(&world, overlaps[i].serial, overlaps[i].second, &conflicts), ==,
                    overlaps[i].added_second);
    g_assert_cmpint(conflicts, ==, overlaps[i].conflicts);
    teardown(&world, NULL);
  }
}

/* More lines than a piece takes: all are there, each piece with its audit row. */
static void test_pieces(World *world, gconstpointer data) {
  (void)data;
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  for (int i = 0; i < 2500; i++)
    g_ptr_array_add(lines, g_strdup_printf("2026-10-15 %d.00 r", i + 1));
  g_ptr_array_add(lines, NULL);
  gint64 conflicts = 0, pieces = 0, sum = 0;
  gboolean found;
  g_assert_cmpint(import_at(world, FALSE, (const char *const *)lines->pdata, &conflicts), ==, 2500);
  g_assert_true(store_row(world->store, NULL, &found, "SELECT count(*) FROM audit WHERE action = 'entries.import'", "",
                          "i", &pieces));
  g_assert_cmpint(pieces, >=, 3);
  g_assert_true(store_row(world->store, NULL, &found, "SELECT count(*) FROM entry", "", "i", &sum));
  g_assert_cmpint(sum, ==, 2500);
  g_assert_true(store_row(world->store, NULL, &found, "SELECT count(*) FROM origin", "", "i", &sum));
  g_assert_cmpint(sum, ==, 1);
}

/* What is written is what is read. */
static void test_round_trip(World *world, gconstpointer data) {
  (void)data;
  gint64 conflicts = 0;
  import_at(world, FALSE, LINES("2026-10-15 -0.01 办理数字证书编码: ******"), &conflicts);
  g_auto(EntryRow) row = {0};
  g_assert_true(entry_load(world->store, 1, &row, NULL));
  g_assert_cmpstr(row.account, ==, "icbc");
  g_assert_cmpint(row.line.amount.minor, ==, 1);
  g_assert_cmpint(row.line.direction, ==, DIRECTION_DEBIT);
  g_assert_cmpint(row.line.value_date, ==, DAY_NONE);
  g_assert_false(row.line.has_balance);
  g_assert_cmpstr(row.line.remark, ==, "办理数字证书编码: ******");
  g_assert_cmpstr(row.line.origin, ==, "amount=金额\nremark=附言\n");
  g_assert_cmpstr(row.file, ==, "1.csv");
  g_assert_cmpint(row.disposition, ==, DISPOSITION_PENDING);
  g_autoptr(GError) error = NULL;
  g_auto(EntryRow) none = {0};
  g_assert_false(entry_load(world->store, 2, &none, &error));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/entries/overlaps", test_overlaps);
  g_test_add("/entries/pieces", World, NULL, setup, test_pieces, teardown);
  g_test_add("/entries/round_trip", World, NULL, setup, test_round_trip, teardown);
  return g_test_run();
}
