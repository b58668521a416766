/* Files of ours in every format, with what they say; and what becomes of them cut at every byte and with every byte
 * changed. */
#include "tests/unit/parsing.h"

#define FOLDER "tests/golden"

static GPtrArray *profiles;

static char *expected_of(const char *file) {
  g_autofree char *stem = g_strndup(file, (gsize)(strrchr(file, '.') - file));
  g_autofree char *path = g_strconcat(FOLDER "/", stem, ".jsonl", NULL);
  char *text = NULL;
  g_file_get_contents(path, &text, NULL, NULL);
  return text;
}

static void test_whole(gconstpointer data) {
  const char *file = data;
  g_autofree char *path = g_build_filename(FOLDER, file, NULL), *bytes = NULL, *want = expected_of(file);
  gsize size;
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  g_autofree char *got = parse_text(file, bytes, size, FALSE, profiles);
  g_assert_cmpstr(got, ==, want);
}

/* An export that ends after a whole line, or just before its end, cannot be told from a shorter one, unless it says
 * what it holds. */
static gboolean may_end_here(const char *file, const char *bytes, gsize size) {
  static const char *const told[] = {"abc-full", "boc-corporate", "wechat-trade", "wechat-funds"};
  for (gsize i = 0; i < G_N_ELEMENTS(told); i++)
    if (g_str_has_prefix(file, told[i]))
      return FALSE;
  return g_str_has_suffix(file, ".csv") && size > 0 &&
         (strchr("\r\n", bytes[size - 1]) != NULL || strchr("\r\n", bytes[size + strspn(bytes + size, ",")]) != NULL);
}

static gint64 minor_of(const json_t *line, const char *key) {
  Money money = {0};
  const char *text = json_string_value(json_object_get(line, key));
  const char *currency = json_string_value(json_object_get(line, "currency"));
  return text != NULL && money_parse(text, currency, &money, NULL) ? money.minor : 0;
}

/* Does a statement in it deny its own balance, or end in a line without end? Then a person decides. */
static gboolean is_held(const char *got) {
  if (strstr(got, "\"open_end\":true") != NULL || strstr(got, "\"doubtful\":true") != NULL)
    return TRUE;
  g_auto(GStrv) lines = g_strsplit(got, "\n", -1);
  gint64 balance = 0, closing = 0;
  gboolean held = FALSE;
  for (char **text = lines; *text != NULL; text++) {
    json_t *line = json_loads(*text, 0, NULL);
    gboolean entry = g_strcmp0(json_string_value(json_object_get(line, "type")), "entry") == 0;
    gboolean credit = g_strcmp0(json_string_value(json_object_get(line, "direction")), "credit") == 0;
    held |= !entry && balance != closing;
    if (entry)
      balance += credit ? minor_of(line, "amount") : -minor_of(line, "amount");
    else {
      balance = minor_of(line, "opening");
      closing = minor_of(line, "closing");
    }
    json_decref(line);
  }
  return held;
}

/* All lines are there: what was cut off came behind them. */
static gboolean has_all_lines(const char *got, const char *want) {
  const char *lines = strchr(want, '\n');
  return g_str_has_suffix(got, lines);
}

/* MT940: whole messages from the start, each with its balance; or a closing balance that was cut and does not hold.
 * MT942: claims behind the lines, and they come true. CSV: the same, or the last line was cut, and a person decides. */
static gboolean is_accounted(const char *file, const char *got, const char *want) {
  if (g_str_has_prefix(file, "mt942"))
    return has_all_lines(got, want);
  if (g_str_has_suffix(file, ".csv"))
    return is_held(got) || has_all_lines(got, want);
  return g_str_has_prefix(file, "mt940") && (g_str_has_prefix(want, got) || is_held(got));
}

static void test_cut(gconstpointer data) {
  const char *file = data;
  g_autofree char *path = g_build_filename(FOLDER, file, NULL), *bytes = NULL, *want = expected_of(file);
  gsize size;
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  for (gsize cut = 0; cut < size; cut++) {
    g_autofree char *piece = g_memdup2(bytes, cut + 1); /* a copy, so that reading past its end is seen */
    g_autofree char *got = parse_text(file, piece, cut, FALSE, profiles);
    if (!g_str_has_prefix(got, "refused") && !g_str_equal(got, want) && !may_end_here(file, bytes, cut) &&
        !is_accounted(file, got, want))
      g_test_fail_printf("%s is read although cut at %" G_GSIZE_FORMAT ": %s", file, cut, got);
  }
}

/* Checksums cover all of it: what is read is what was written. */
static gboolean is_sealed(const char *file) {
  return g_str_has_suffix(file, ".xlsx") || g_str_has_suffix(file, ".ofd") || g_str_has_suffix(file, ".pdf");
}

static int count_entries(const char *said) {
  int entries = 0;
  for (const char *at = said; (at = strstr(at, "\"type\":\"entry\"")) != NULL; at++)
    entries++;
  return entries;
}

static void test_changed(gconstpointer data) {
  static const char masks[] = {0x01, 0x10, (char)0x80};
  const char *file = data;
  g_autofree char *path = g_build_filename(FOLDER, file, NULL), *bytes = NULL, *want = expected_of(file);
  gsize size, refused = 0, lost = 0;
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  for (gsize i = 0; i < size; i++) {
    char was = bytes[i];
    bytes[i] = (char)(was ^ masks[i % G_N_ELEMENTS(masks)]);
    g_autofree char *got = parse_text(file, bytes, size, FALSE, profiles);
    refused += g_str_has_prefix(got, "refused");
    if (is_sealed(file) && !g_str_has_prefix(got, "refused") && !g_str_equal(got, want))
      g_test_fail_printf("%s reads otherwise, changed at %" G_GSIZE_FORMAT ": %s", file, i, got);
    if (!g_str_has_prefix(got, "refused") && count_entries(got) < count_entries(want) && !is_held(got)) {
      lost++;
      g_test_message("%s loses a line, changed at %" G_GSIZE_FORMAT " from %02x", file, i, (guchar)was);
    }
    bytes[i] = was;
  }
  g_test_message("%s: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " refused", file, refused, size);
  g_assert_cmpuint(refused, >, 0);
  g_assert_cmpuint(lost, ==, 0);
}

static void add(const char *kind, const char *file, GTestDataFunc function) {
  g_autofree char *path = g_strconcat("/golden/", kind, "/", file, NULL);
  g_test_add_data_func_full(path, g_strdup(file), function, g_free);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  profiles = profiles_load(NULL, NULL);
  g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, NULL);
  g_assert_nonnull(folder);
  for (const char *file; (file = g_dir_read_name(folder)) != NULL;) {
    if (g_str_has_suffix(file, ".jsonl"))
      continue;
    add("whole", file, test_whole);
    add("cut", file, test_cut);
    add("changed", file, test_changed);
  }
  int code = g_test_run();
  g_ptr_array_unref(profiles);
  return code;
}
