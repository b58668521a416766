#include "parsers/profile.h"

#include <stdio.h>
#include <string.h>

#include "parsers/keyfile.h"
#include "parsers/layout.h"
#include "rules/error.h"

enum { FILE_MAX = 256 * 1024 };

#define BUILT_IN(name)                                                                                                 \
  extern const char profile_##name[];                                                                                  \
  __asm__(".section .rodata\nprofile_" #name ":\n.incbin \"parsers/profiles/" #name ".conf\"\n.byte 0\n.previous\n")
BUILT_IN(abc);
BUILT_IN(alipay);
BUILT_IN(boc);
BUILT_IN(bocom);
BUILT_IN(bosc);
BUILT_IN(ccb);
BUILT_IN(ceb);
BUILT_IN(cgb);
BUILT_IN(cib);
BUILT_IN(citic);
BUILT_IN(cmb);
BUILT_IN(cmbc);
BUILT_IN(czb);
BUILT_IN(generic);
BUILT_IN(hxb);
BUILT_IN(icbc);
BUILT_IN(jd);
BUILT_IN(pingan);
BUILT_IN(psbc);
BUILT_IN(spdb);
BUILT_IN(wechat);

static const struct {
  const char *name, *text;
} built_in[] = {
    {"abc", profile_abc},       {"alipay", profile_alipay},   {"boc", profile_boc},   {"bocom", profile_bocom},
    {"bosc", profile_bosc},     {"ccb", profile_ccb},         {"ceb", profile_ceb},   {"cgb", profile_cgb},
    {"cib", profile_cib},       {"citic", profile_citic},     {"cmb", profile_cmb},   {"cmbc", profile_cmbc},
    {"czb", profile_czb},       {"generic", profile_generic}, {"hxb", profile_hxb},   {"icbc", profile_icbc},
    {"jd", profile_jd},         {"pingan", profile_pingan},   {"psbc", profile_psbc}, {"spdb", profile_spdb},
    {"wechat", profile_wechat},
};

typedef struct {
  const KeyFile *file;
  const KeySection *section; /* NULL when the file has none */
  gboolean bad;
  GError **error;
} Reader;

static void profile_free(gpointer data) {
  Profile *profile = data;
  if (profile == NULL)
    return;
  g_free(profile->name);
  g_free(profile->title);
  g_strfreev(profile->names);
  g_free(profile->clearing);
  g_strfreev(profile->return_words);
  g_strfreev(profile->fee_words);
  g_free(profile->balances_unproven);
  g_free(profile->totals_unproven);
  g_free(profile->message);
  g_free(profile->encoding);
  link_free(profile->link);
  g_ptr_array_unref(profile->layouts);
  g_free(profile);
}

static const char *value_of(const Reader *reader, const char *key) {
  return reader->section == NULL ? NULL : keysection_value(reader->section, key);
}

static void bad_value(Reader *reader, const char *key, const char *expected) {
  g_autofree char *line = g_strdup_printf("%d", keysection_line(reader->section, key));
  if (!reader->bad)
    error_set(reader->error, ERROR_PERMANENT, "config_value", "file", reader->file->file, "line", line, "field", key,
              "value", value_of(reader, key), "expected", expected, NULL);
  reader->bad = TRUE;
}

static char **read_words(const Reader *reader, const char *key) {
  const char *value = value_of(reader, key);
  char **words = g_strsplit(value == NULL ? "" : value, "|", -1);
  for (char **word = words; *word != NULL; word++)
    g_strstrip(*word);
  return words;
}

/* One of a few words, or NULL when the key is absent. */
static char *read_choice(Reader *reader, const char *key, const char *const *choices, const char *expected) {
  const char *value = value_of(reader, key);
  if (value != NULL && !g_strv_contains(choices, value))
    bad_value(reader, key, expected);
  return g_strdup(value);
}

static int read_number(Reader *reader, const char *key, int otherwise, int low, int high) {
  const char *value = value_of(reader, key);
  guint64 number = (guint64)otherwise;
  g_autofree char *expected = g_strdup_printf("%d-%d", low, high);
  if (value != NULL && !g_ascii_string_to_unsigned(value, 10, (guint64)low, (guint64)high, &number, NULL))
    bad_value(reader, key, expected);
  return (int)number;
}

/* "HH:MM" in minutes after midnight; -1 when the key is absent. */
static int read_clock(Reader *reader, const char *key) {
  const char *value = value_of(reader, key);
  if (value == NULL)
    return -1;
  int hour = 0, minute = 0, end = 0;
  if (strlen(value) == 5 && sscanf(value, "%2d:%2d%n", &hour, &minute, &end) == 2 && end == 5 && hour >= 0 &&
      hour <= 23 && minute >= 0 && minute <= 59)
    return hour * 60 + minute;
  bad_value(reader, key, "HH:MM");
  return -1;
}

static gboolean enter(Reader *reader, const char *kind, const char *const *known) {
  reader->section = keyfile_section(reader->file, kind, NULL);
  if (reader->section != NULL && !keysection_check(reader->file, reader->section, known, reader->error))
    reader->bad = TRUE;
  return !reader->bad;
}

static void read_bank(Reader *reader, Profile *profile) {
  static const char *const known[] = {"title", "names", "clearing", NULL};
  if (!enter(reader, "bank", known))
    return;
  profile->title = g_strdup(value_of(reader, "title"));
  profile->names = read_words(reader, "names");
  profile->clearing = g_strdup(value_of(reader, "clearing"));
}

static void read_statement(Reader *reader, Profile *profile) {
  static const char *const known[] = {"serial", "return_words", "explained", "balances_unproven", "totals_unproven",
                                      NULL};
  static const char *const serials[] = {"unique", NULL};
  if (!enter(reader, "statement", known))
    return;
  g_autofree char *serial = read_choice(reader, "serial", serials, "unique");
  profile->serial_unique = serial != NULL;
  profile->return_words = read_words(reader, "return_words");
  profile->fee_words = read_words(reader, "explained");
  profile->balances_unproven = g_strdup(value_of(reader, "balances_unproven"));
  profile->totals_unproven = g_strdup(value_of(reader, "totals_unproven"));
}

/* Silence is the default: a bank that documents nothing has said nothing. */
static void read_absence(Reader *reader, AbsenceRules *absence) {
  static const char *const meanings[] = {"nothing", "never_arrived", NULL};
  g_autofree char *meaning = read_choice(reader, "not_found", meanings, "nothing | never_arrived");
  absence->not_found = g_strcmp0(meaning, "never_arrived") == 0 ? NOT_FOUND_NEVER_ARRIVED : NOT_FOUND_NOTHING;
  absence->window_minutes = read_number(reader, "query_window_minutes", 24 * 60, 1, 30 * 24 * 60);
  absence->query_days = read_number(reader, "query_days", 30, 1, 1000);
}

static void read_payment(Reader *reader, Profile *profile) {
  static const char *const known[] = {
      "message",        "encoding",  "remark_bytes",         "name_bytes", "clearing_id", "answer_hours",
      "not_found_days", "not_found", "query_window_minutes", "query_days", "cut_off",     NULL};
  static const char *const messages[] = {"pain.001.001.03", "pain.001.001.09", NULL};
  static const char *const encodings[] = {"GB18030", "UTF-8", NULL}, *const ids[] = {"CNAPS", NULL};
  if (!enter(reader, "payment", known))
    return;
  profile->message = read_choice(reader, "message", messages, "pain.001.001.03 | pain.001.001.09");
  profile->encoding = read_choice(reader, "encoding", encodings, "GB18030 | UTF-8");
  profile->remark_bytes = read_number(reader, "remark_bytes", 60, 1, 1000);
  profile->name_bytes = read_number(reader, "name_bytes", 60, 1, 1000);
  g_autofree char *id = read_choice(reader, "clearing_id", ids, "CNAPS");
  profile->clearing_id = id != NULL;
  profile->answer_hours = read_number(reader, "answer_hours", 24, 1, 1000);
  profile->cut_off = read_clock(reader, "cut_off");
  profile->not_found_days = read_number(reader, "not_found_days", 2, 1, 100);
  read_absence(reader, &profile->absence);
  if (profile->encoding == NULL)
    profile->encoding = g_strdup("GB18030");
}

static gboolean link_section(const KeySection *section) {
  static const char *const names[] = {"pay", "query", NULL};
  return g_str_equal(section->kind, "link") && (section->name == NULL || g_strv_contains(names, section->name));
}

static void read_layouts(Reader *reader, Profile *profile) {
  static const char *const kinds[] = {"bank", "statement", "payment", NULL};
  for (guint i = 0; i < reader->file->sections->len && !reader->bad; i++) {
    const KeySection *section = reader->file->sections->pdata[i];
    if ((section->name == NULL && g_strv_contains(kinds, section->kind)) || link_section(section))
      continue;
    reader->section = section;
    if (section->name == NULL || !g_str_equal(section->kind, "csv")) {
      g_autofree char *line = g_strdup_printf("%d", section->line);
      error_set(reader->error, ERROR_PERMANENT, "config_section", "file", reader->file->file, "line", line, "value",
                section->kind, "expected", "[bank] [statement] [payment] [link] [csv …]", NULL);
      reader->bad = TRUE;
      return;
    }
    Layout *layout = layout_parse(reader->file, section, profile->name, reader->error);
    if (layout == NULL)
      reader->bad = TRUE;
    else
      g_ptr_array_add(profile->layouts, layout);
  }
}

static Profile *profile_parse(const char *name, const char *file, const char *text, gsize length, GError **error) {
  g_autoptr(KeyFile) keyfile = keyfile_parse(file, text, length, error);
  if (keyfile == NULL)
    return NULL;
  Profile *profile = g_new0(Profile, 1);
  profile->cut_off = -1;
  profile->name = g_strdup(name);
  profile->layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
  Reader reader = {keyfile, NULL, FALSE, error};
  read_bank(&reader, profile);
  read_statement(&reader, profile);
  read_payment(&reader, profile);
  read_layouts(&reader, profile);
  reader.bad = reader.bad || !link_parse(keyfile, &profile->link, error);
  if (reader.bad)
    g_clear_pointer(&profile, profile_free);
  return profile;
}

/* Adds a profile, or puts it in the place of the built-in one of its name. */
static void add(GPtrArray *profiles, Profile *profile) {
  for (guint i = 0; i < profiles->len; i++) {
    Profile *other = profiles->pdata[i];
    if (g_str_equal(other->name, profile->name)) {
      profile_free(other);
      profiles->pdata[i] = profile;
      return;
    }
  }
  g_ptr_array_add(profiles, profile);
}

static gboolean add_file(GPtrArray *profiles, const char *dir, const char *file, GError **error) {
  g_autofree char *path = g_build_filename(dir, file, NULL), *text = NULL;
  gsize length;
  if (!g_file_get_contents(path, &text, &length, NULL) || length > FILE_MAX)
    return error_set(error, ERROR_PERMANENT, "config_unreadable", "file", path, NULL);
  g_autofree char *name = g_strndup(file, strlen(file) - strlen(".conf"));
  Profile *profile = profile_parse(name, path, text, length, error);
  if (profile != NULL)
    add(profiles, profile);
  return profile != NULL;
}

static gboolean add_folder(GPtrArray *profiles, const char *dir, GError **error) {
  g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
  if (folder == NULL)
    return error_set(error, ERROR_PERMANENT, "folder", "file", dir, NULL);
  for (const char *file; (file = g_dir_read_name(folder)) != NULL;)
    if (g_str_has_suffix(file, ".conf") && *file != '.' && !add_file(profiles, dir, file, error))
      return FALSE;
  return TRUE;
}

static gint by_name(gconstpointer a, gconstpointer b) {
  const Profile *const *left = a, *const *right = b;
  return strcmp((*left)->name, (*right)->name);
}

/* All built-in profiles, or only one. */
static gboolean add_built_in(GPtrArray *profiles, const char *only, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(built_in); i++) {
    const char *text = built_in[i].text, *name = built_in[i].name;
    Profile *profile = NULL;
    if (only != NULL && !g_str_equal(name, only))
      continue;
    if ((profile = profile_parse(name, name, text, strlen(text), error)) == NULL)
      return FALSE;
    g_ptr_array_add(profiles, profile);
  }
  return TRUE;
}

GPtrArray *profiles_load(const char *dir, GError **error) {
  g_autoptr(GPtrArray) profiles = g_ptr_array_new_with_free_func(profile_free);
  if (!add_built_in(profiles, NULL, error))
    return NULL;
  if (dir != NULL && !add_folder(profiles, dir, error))
    return NULL;
  g_ptr_array_sort(profiles, by_name);
  return g_steal_pointer(&profiles);
}

const Profile *profiles_find(GPtrArray *profiles, const char *name) {
  for (guint i = 0; i < profiles->len; i++) {
    const Profile *profile = profiles->pdata[i];
    if (g_strcmp0(profile->name, name) == 0)
      return profile;
  }
  return NULL;
}

GPtrArray *profiles_choose(const char *dir, const char *name, GError **error) {
  if (name == NULL)
    return profiles_load(dir, error);
  g_autoptr(GPtrArray) profiles = g_ptr_array_new_with_free_func(profile_free);
  if (!add_built_in(profiles, name, error) || (dir != NULL && !add_folder(profiles, dir, error)))
    return NULL;
  for (guint i = profiles->len; i-- > 0;)
    if (!g_str_equal(((Profile *)profiles->pdata[i])->name, name))
      g_ptr_array_remove_index(profiles, i);
  if (profiles->len == 0) {
    error_set(error, ERROR_REFUSED, "profile_unknown", "value", name, NULL);
    return NULL;
  }
  return g_steal_pointer(&profiles);
}
