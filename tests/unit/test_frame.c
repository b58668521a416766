#include "tests/unit/parsing.h"

#include "parsers/frame.h"
#include "rules/origin.h"

static gboolean append(void *user, const void *bytes, gsize size, G_GNUC_UNUSED GError **error) {
  g_byte_array_append(user, bytes, (guint)size);
  return TRUE;
}

static Money cny(gint64 minor) {
  return (Money){minor, "CNY"};
}

/* A statement with two lines and a status, as frames. */
static GByteArray *stream(void) {
  GByteArray *bytes = g_byte_array_new();
  g_autoptr(FrameWriter) writer = frame_writer_new(append, bytes);
  RecordSink sink = frame_writer_sink(writer);
  char account[] = "1", currency[] = "CNY", format[] = "csv", name[] = "甲公司", remark[] = "备注", empty[] = "";
  char origin[] = "amount=贷方金额\nremark=附言\nsummary=摘要\n", other[] = "remark=用途\n", own[] = "2";
  Statement statement = {.number = 1,
                         .account = account,
                         .currency = currency,
                         .page = 1,
                         .last_page = TRUE,
                         .format = format,
                         .from = DAY_NONE,
                         .to = 20000,
                         .has_closing = TRUE,
                         .closing = cny(-5),
                         .claimed_entries = -1};
  Entry entry = {.statement = 1,
                 .line = 2,
                 .account = account,
                 .booking_date = 20000,
                 .value_date = DAY_NONE,
                 .amount = cny(73500),
                 .direction = DIRECTION_DEBIT,
                 .counterparty_name = name,
                 .remark = remark,
                 .purpose = empty,
                 .has_balance = TRUE,
                 .balance = cny(1),
                 .origin = origin};
  char message[] = "M", code[] = "RJCT";
  BankStatus status = {.level = STATUS_GROUP, .message_id = message, .status = code};
  g_assert_true(frame_writer_ready(writer, NULL) && sink.statement(sink.user, &statement, NULL) &&
                sink.entry(sink.user, &entry, NULL));
  entry.line = 3;
  entry.account = own;
  entry.origin = other;
  g_assert_true(sink.entry(sink.user, &entry, NULL) && sink.statement_end(sink.user, &statement, NULL) &&
                sink.status(sink.user, &status, NULL) && frame_writer_end(writer, NULL));
  return bytes;
}

static gboolean collect_fit(void *user, const ColumnFit *fit, G_GNUC_UNUSED GError **error) {
  Collector *collector = user;
  g_string_append_printf(collector->text, "%s %" G_GINT64_FORMAT " %s %s %d %" G_GINT64_FORMAT " %s\n", fit->layout,
                         fit->line, fit->column, fit->wanted, fit->found, fit->at, fit->header);
  return TRUE;
}

/* A refusal forgets statements that are not yet written, but not why it comes. */
static void test_column_fit(void) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(FrameWriter) writer = frame_writer_new(append, bytes);
  g_autoptr(GError) reason = NULL, error = NULL;
  char layout[] = "icbc/history", column[] = "amount", wanted[] = "金额|发生额", header[] = "发生额(元)";
  ColumnFit fit = {layout, 7, column, wanted, TRUE, 256, header}, bare = {layout, 1, column, wanted, FALSE, 0, NULL};
  RecordSink sink = frame_writer_sink(writer);
  error_set(&reason, ERROR_REFUSED, "sheet_misfit", "cell", "B3", NULL);
  g_assert_true(frame_writer_ready(writer, NULL) && sink.column_fit(sink.user, &fit, NULL) &&
                sink.column_fit(sink.user, &bare, NULL) && frame_writer_refuse(writer, reason, NULL));
  Collector collector = collector_make(NULL);
  RecordSink collects = collector_sink(&collector);
  collects.column_fit = collect_fit;
  g_autoptr(FrameReader) reader = frame_reader_new(&collects);
  g_assert_true(frame_reader_feed(reader, bytes->data, bytes->len, &error));
  g_assert_false(frame_reader_finish(reader, &error));
  g_assert_cmpstr(error == NULL ? NULL : error->message, ==, "sheet_misfit cell=B3");
  g_assert_cmpstr(collector.text->str, ==,
                  "icbc/history 7 amount 金额|发生额 1 256 发生额(元)\nicbc/history 1 amount 金额|发生额 0 0 (null)\n");
  collector_free(&collector);
}

static gboolean collect_left_out(void *user, const char *sheet, G_GNUC_UNUSED GError **error) {
  g_string_append_printf(((Collector *)user)->text, "left out %s\n", sheet);
  return TRUE;
}

/* A sheet is named between statements, and nowhere else. */
static void test_left_out(void) {
  for (int inside = 0; inside < 2; inside++) {
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(FrameWriter) writer = frame_writer_new(append, bytes);
    RecordSink sink = frame_writer_sink(writer);
    char format[] = "xls";
    Statement statement = {.number = 1, .page = 1, .from = DAY_NONE, .to = DAY_NONE, .format = format};
    statement.claimed_entries = -1;
    g_assert_true(frame_writer_ready(writer, NULL) && (inside || sink.left_out(sink.user, "封面", NULL)) &&
                  sink.statement(sink.user, &statement, NULL) && (!inside || sink.left_out(sink.user, "封面", NULL)) &&
                  sink.statement_end(sink.user, &statement, NULL) && frame_writer_end(writer, NULL));
    Collector collector = collector_make(NULL);
    RecordSink collects = collector_sink(&collector);
    collects.left_out = collect_left_out;
    g_autoptr(FrameReader) reader = frame_reader_new(&collects);
    gboolean good = frame_reader_feed(reader, bytes->data, bytes->len, NULL) && frame_reader_finish(reader, NULL);
    g_assert_cmpint(good, ==, !inside);
    if (good)
      g_assert_true(g_str_has_prefix(collector.text->str, "left out 封面\n{"));
    collector_free(&collector);
  }
}

/* What the reader says of these bytes, fed in pieces; the caller frees. */
static char *replay(const guint8 *bytes, gsize size, gsize piece) {
  Collector collector = collector_make(NULL);
  RecordSink sink = collector_sink(&collector);
  g_autoptr(FrameReader) reader = frame_reader_new(&sink);
  g_autoptr(GError) error = NULL;
  gboolean good = TRUE;
  for (gsize at = 0; good && at < size; at += piece)
    good = frame_reader_feed(reader, bytes + at, MIN(piece, size - at), &error);
  good = good && frame_reader_finish(reader, &error);
  char *said = good ? g_strdup(collector.text->str) : g_strdup_printf("refused %s", error->message);
  collector_free(&collector);
  return said;
}

static void test_round(void) {
  g_autoptr(GByteArray) bytes = stream();
  g_autofree char *want = g_strdup("{\"type\":\"statement\",\"statement\":1,\"account\":\"1\",\"currency\":\"CNY\","
                                   "\"page\":1,\"last_page\":true,\"to\":"
                                   "\"2024-10-04\",\"closing\":\"-0.05\",\"format\":\"csv\"}\n"
                                   "{\"type\":\"entry\",\"statement\":1,\"line\":2,\"account\":\"1\",\"booking_date\":"
                                   "\"2024-10-04\",\"amount\":\"735.00\","
                                   "\"currency\":\"CNY\",\"direction\":\"debit\",\"status\":\"booked\",\"reversal\":"
                                   "false,\"counterparty_name\":\"甲公司\","
                                   "\"remark\":\"备注\",\"balance\":\"0.01\","
                                   "\"origin\":{\"amount\":\"贷方金额\",\"remark\":\"附言\"}}\n"
                                   "{\"type\":\"entry\",\"statement\":1,\"line\":3,\"account\":\"2\",\"booking_date\":"
                                   "\"2024-10-04\",\"amount\":\"735.00\","
                                   "\"currency\":\"CNY\",\"direction\":\"debit\",\"status\":\"booked\",\"reversal\":"
                                   "false,\"counterparty_name\":\"甲公司\","
                                   "\"remark\":\"备注\",\"balance\":\"0.01\","
                                   "\"origin\":{\"remark\":\"用途\"}}\n"
                                   "0 M (null) (null) RJCT (null) (null) (null)\n");
  for (gsize piece = 1; piece <= bytes->len; piece += 7) {
    g_autofree char *got = replay(bytes->data, bytes->len, piece);
    g_assert_cmpstr(got, ==, want);
  }
}

static void test_cut(void) {
  g_autoptr(GByteArray) bytes = stream();
  for (gsize cut = 0; cut < bytes->len; cut++) {
    g_autofree char *got = replay(bytes->data, cut, 64);
    if (!g_str_has_prefix(got, "refused parser_died"))
      g_test_fail_printf("cut at %" G_GSIZE_FORMAT ": %s", cut, got);
  }
}

/* Every bit of every byte: read or refused, and nothing of it unclean. */
static void test_changed(void) {
  g_autoptr(GByteArray) bytes = stream();
  int refused = 0;
  for (gsize i = 0; i < bytes->len; i++)
    for (int bit = 0; bit < 8; bit++) {
      bytes->data[i] ^= (guint8)(1 << bit);
      g_autofree char *got = replay(bytes->data, bytes->len, bytes->len);
      refused += g_str_has_prefix(got, "refused");
      g_assert_true(g_utf8_validate(got, -1, NULL));
      bytes->data[i] ^= (guint8)(1 << bit);
    }
  g_test_message("%d of %u refused", refused, bytes->len * 8);
  g_assert_cmpint(refused, >, (int)bytes->len * 4);
}

static void put(GByteArray *bytes, guint8 kind, const void *payload, guint32 size) {
  guint32 little = GUINT32_TO_LE(size);
  g_byte_array_append(bytes, (const guint8 *)&little, 4);
  g_byte_array_append(bytes, &kind, 1);
  g_byte_array_append(bytes, payload, size);
}

/* Streams that only a hostile child writes. */
static void test_hostile(void) {
  static const guint8 zeros[3] = {0}, one_entry[3] = {0, 2, 0}, negative[3] = {0, 1, 0};
  static const guint8 longer[4] = {0, 0x80, 0, 0}, endless[] = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80";
  static const guint8 reason[1 + 6 + 7] = "\x0C<bad>"; /* and no facts */
  static const guint8 huge[] = {0xFF, 0xFF, 0xFF, 0x7F, 2};
  g_autoptr(GByteArray) early = g_byte_array_new(), twice = g_byte_array_new(), counts = g_byte_array_new(),
                        kind = g_byte_array_new(), word = g_byte_array_new(), length = g_byte_array_new(),
                        minus = g_byte_array_new(), padded = g_byte_array_new(), open = g_byte_array_new();
  put(early, 5, zeros, 3);
  put(twice, 7, NULL, 0);
  put(twice, 5, zeros, 3);
  put(twice, 5, zeros, 3);
  put(counts, 7, NULL, 0);
  put(counts, 5, one_entry, 3);
  put(kind, 7, NULL, 0);
  put(kind, 99, zeros, 3);
  put(word, 6, reason, sizeof reason);
  g_byte_array_append(length, huge, sizeof huge);
  put(minus, 7, NULL, 0);
  put(minus, 5, negative, 3);
  put(padded, 7, NULL, 0);
  put(padded, 5, longer, 4);
  put(open, 7, NULL, 0);
  put(open, 5, endless, sizeof endless - 1);
  GByteArray *const streams[] = {early, twice, counts, kind, word, length, minus, padded, open};
  for (gsize i = 0; i < G_N_ELEMENTS(streams); i++) {
    g_autofree char *got = replay(streams[i]->data, streams[i]->len, 1000);
    if (!g_str_has_prefix(got, "refused parser_died"))
      g_test_fail_printf("stream %" G_GSIZE_FORMAT ": %s", i, got);
  }
}

/* Entries with `kinds` distinct origins, three times each; how many came back with theirs, and the stream's size. */
static guint count_origins(guint kinds, gsize *size) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(FrameWriter) writer = frame_writer_new(append, bytes);
  RecordSink sink = frame_writer_sink(writer);
  char format[] = "csv";
  Statement statement = {.number = 1, .page = 1, .format = format, .from = DAY_NONE, .to = DAY_NONE};
  Entry entry = {.statement = 1, .line = 1, .booking_date = 20000, .value_date = DAY_NONE, .amount = cny(1)};
  g_assert_true(frame_writer_ready(writer, NULL) && sink.statement(sink.user, &statement, NULL));
  g_autoptr(GPtrArray) origins = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < 3 * kinds; i++) {
    entry.origin = g_strdup_printf("amount=金额%u\n", i % kinds);
    g_ptr_array_add(origins, entry.origin);
    g_assert_true(sink.entry(sink.user, &entry, NULL));
  }
  g_assert_true(sink.statement_end(sink.user, &statement, NULL) && frame_writer_end(writer, NULL));
  *size = bytes->len;
  g_autofree char *got = replay(bytes->data, bytes->len, 1000);
  guint count = 0;
  for (guint i = 0; i < kinds; i++) {
    g_autofree char *place = g_strdup_printf("\"origin\":{\"amount\":\"金额%u\"}", i);
    for (const char *at = got; (at = strstr(at, place)) != NULL; at++)
      count++;
  }
  return count;
}

static void test_origins(void) {
  gsize one, many;
  g_assert_cmpuint(count_origins(1, &one), ==, 3);
  g_assert_cmpuint(count_origins(500, &many), ==, 1500);
  g_assert_cmpuint(count_origins(FRAME_ORIGINS + 10, &many), ==, 3 * FRAME_ORIGINS);
  g_assert_cmpuint(one, <, 1000);
}

static void put_origin(GByteArray *bytes, const char *text) {
  g_autoptr(GByteArray) payload = g_byte_array_new();
  guint32 bits = ((guint32)strlen(text) + 1) * 2;
  for (; bits >= 0x80; bits >>= 7)
    g_byte_array_append(payload, &(guint8){(guint8)(bits | 0x80)}, 1);
  g_byte_array_append(payload, &(guint8){(guint8)bits}, 1);
  g_byte_array_append(payload, (const guint8 *)text, (guint)strlen(text) + 1);
  put(bytes, 8, payload->data, payload->len);
}

/* Origins of a hostile child: no origin at all, too long, too many. */
static void test_hostile_origins(void) {
  g_autofree char *wide = g_strnfill(ORIGIN_PLACE_MAX + 1, 'x'), *too_wide = g_strconcat("amount=", wide, "\n", NULL);
  const char *const texts[] = {"amount", "amount=\n", "amount=x", "a=\x1b\n", "a=\xff\n", too_wide, "amount=x\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    gboolean good = i == G_N_ELEMENTS(texts) - 1;
    put(bytes, 7, NULL, 0);
    for (int k = 0; k < (good ? FRAME_ORIGINS + 1 : 1); k++)
      put_origin(bytes, texts[i]);
    g_autofree char *got = replay(bytes->data, bytes->len, 1000);
    if (strstr(got, "detail=origin") == NULL)
      g_test_fail_printf("origin %" G_GSIZE_FORMAT ": %s", i, got);
  }
}

/* The ends of every integer's range come back, and a frame that would be too long is refused. */
static void test_ends(void) {
  static const gint64 minors[] = {0, 63, 64, -64, -65, G_MAXINT64, G_MININT64, 1000000};
  char format[] = "csv";
  for (gsize i = 0; i < G_N_ELEMENTS(minors); i++) {
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(FrameWriter) writer = frame_writer_new(append, bytes);
    RecordSink sink = frame_writer_sink(writer);
    Statement statement = {.number = 1,
                           .page = G_MAXINT32,
                           .format = format,
                           .from = RECORD_DAY_MIN,
                           .to = RECORD_DAY_MAX,
                           .has_opening = TRUE,
                           .opening = {minors[i], "JPY"},
                           .claimed_entries = -1};
    g_assert_true(frame_writer_ready(writer, NULL) && sink.statement(sink.user, &statement, NULL) &&
                  sink.statement_end(sink.user, &statement, NULL) && frame_writer_end(writer, NULL));
    g_autofree char *got = replay(bytes->data, bytes->len, 11);
    g_autofree char *want = g_strdup_printf("\"page\":2147483647,\"last_page\":false,\"from\":\"1900-01-01\",\"to\":"
                                            "\"2999-12-31\",\"opening\":\"%" G_GINT64_FORMAT "\"",
                                            minors[i]);
    if (strstr(got, want) == NULL)
      g_test_fail_printf("%s: %s", want, got);
  }
}

static void test_too_long(void) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(FrameWriter) writer = frame_writer_new(append, bytes);
  RecordSink sink = frame_writer_sink(writer);
  char format[] = "csv";
  g_autofree char *text = g_strnfill(FRAME_TEXT_MAX, 'x');
  Statement statement = {.number = 1, .page = 1, .format = format};
  Entry entry = {.statement = 1, .line = 1, .amount = cny(1), .remark = text, .summary = text, .purpose = text};
  g_autoptr(GError) error = NULL;
  g_assert_true(frame_writer_ready(writer, NULL) && sink.statement(sink.user, &statement, NULL));
  for (int i = 0; i < 5; i++)
    g_assert_true(sink.entry(sink.user, &entry, NULL));
  entry.counterparty_name = entry.bank_reference = text;
  g_assert_false(sink.entry(sink.user, &entry, &error));
  g_assert_cmpstr(error_reason(error), ==, "field_too_long");
  g_assert_true(frame_writer_refuse(writer, error, NULL));
  g_autofree char *got = replay(bytes->data, bytes->len, 5000);
  g_assert_cmpstr(got, ==, "refused field_too_long");
}

static void test_refusal(void) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(FrameWriter) writer = frame_writer_new(append, bytes);
  g_autoptr(GError) error = NULL;
  error_set(&error, ERROR_REFUSED, "amount", "line", "7", "value", "1\x1b[31m\xFF", "field", "Amt", NULL);
  g_assert_true(frame_writer_refuse(writer, error, NULL));
  g_autofree char *got = replay(bytes->data, bytes->len, 10);
  g_assert_cmpstr(got, ==, "refused amount line=7 field=Amt value=1 [31m\xEF\xBF\xBD");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/frame/round", test_round);
  g_test_add_func("/frame/cut", test_cut);
  g_test_add_func("/frame/changed", test_changed);
  g_test_add_func("/frame/hostile", test_hostile);
  g_test_add_func("/frame/origins", test_origins);
  g_test_add_func("/frame/hostile_origins", test_hostile_origins);
  g_test_add_func("/frame/ends", test_ends);
  g_test_add_func("/frame/too_long", test_too_long);
  g_test_add_func("/frame/refusal", test_refusal);
  g_test_add_func("/frame/column_fit", test_column_fit);
  g_test_add_func("/frame/left_out", test_left_out);
  return g_test_run();
}
