#include "daemon/conf.h"

#include <string.h>

#include "daemon/conf_value.h"
#include "parsers/keyfile.h"
#include "rules/error.h"

typedef struct {
  const char *key;
  ValueReader *read;
  gsize offset;
  const char *standard; /* value when absent; NULL: the field stays as it is */
  gboolean required;
  int least, most;
  const char *words;
} Setting;

#define IN(type, field) G_STRUCT_OFFSET(type, field)
#define MOST_SETTINGS 16

static const Setting general[] = {
    {"state", value_path, IN(Conf, state), "."},
    {"profiles", value_path, IN(Conf, profiles)},
    {"calendar", value_path, IN(Conf, calendar)},
    {"language", value_choice, IN(Conf, language), "zh_CN", .words = "zh_CN|en"},
    {"settle", value_count, IN(Conf, settle_seconds), "30", .least = 0, .most = 3600},
    {"socket", value_path, IN(Conf, socket)},
    {"listen", value_loopback, IN(Conf, listen)},
    {"token", value_path, IN(Conf, token)},
    {NULL},
};

static const Setting verification[] = {
    {"remark", value_remark, IN(Conf, remark), "办理数字证书编码: {code}"},
    {"tries", value_count, IN(Conf, tries), "3", .least = 1, .most = 10},
    {"valid_days", value_count, IN(Conf, valid_days), "10", .least = 1, .most = 90},
    {"rounds", value_count, IN(Conf, rounds), "3", .least = 1, .most = 10},
    {"rounds_a_day", value_count, IN(Conf, rounds_a_day), "2", .least = 1, .most = 10},
    {"daily_count", value_count, IN(Conf, daily_count), "500", .least = 1, .most = 1000000},
    {"daily_sum", value_money, IN(Conf, daily_sum), "5.00"},
    {"companies_an_account", value_count, IN(Conf, companies_an_account), "1", .least = 1, .most = 100},
    {"accounts_a_company", value_count, IN(Conf, accounts_a_company), "3", .least = 1, .most = 100},
    {"spread_days", value_count, IN(Conf, spread_days), "30", .least = 1, .most = 366},
    {NULL},
};

/* `server` is kept whole until both its parts are known to fit. */
static const Setting mail[] = {
    {"server", value_text, IN(Conf, smtp_host), .required = TRUE},
    {"tls", value_choice, IN(Conf, smtp_tls), .words = "none|starttls|tls"},
    {"user", value_text, IN(Conf, smtp_user)},
    {"password", value_path, IN(Conf, smtp_password)},
    {"from", value_address, IN(Conf, mail_from), .required = TRUE},
    {"reviewers", value_addresses, IN(Conf, reviewers), .required = TRUE},
    {"report", value_clock, IN(Conf, report_hour), "18:00"},
    {"certificate", value_path, IN(Conf, mail_certificate)},
    {"certificate_key", value_path, IN(Conf, mail_key)},
    {NULL},
};

static const Setting invoice[] = {
    {"certificate", value_text, IN(Conf, invoice_certificates.goods), .required = TRUE},
    {"certificate_code", value_text, IN(Conf, invoice_certificates.code), .required = TRUE},
    {"certificate_rate", value_count, IN(Conf, invoice_certificates.rate), .required = TRUE, .least = 0, .most = 99},
    {"courier", value_text, IN(Conf, invoice_courier.goods), .required = TRUE},
    {"courier_code", value_text, IN(Conf, invoice_courier.code), .required = TRUE},
    {"courier_rate", value_count, IN(Conf, invoice_courier.rate), .required = TRUE, .least = 0, .most = 99},
    {"daily", value_clock, IN(Conf, invoice_hour), "17:00"},
    {NULL},
};

static const Setting sms[] = {
    {"kind", value_choice, IN(Conf, sms_kind), .required = TRUE, .words = "kannel|aliyun|tencent"},
    {"url", value_text, IN(Conf, sms_url), .required = TRUE},
    {"user", value_text, IN(Conf, sms_user), .required = TRUE},
    {"password", value_path, IN(Conf, sms_password), .required = TRUE},
    {"from", value_text, IN(Conf, sms_from), .required = TRUE},
    {"app", value_text, IN(Conf, sms_app)},
    {"region", value_text, IN(Conf, sms_region), "ap-guangzhou"},
    {"ca", value_path, IN(Conf, sms_ca)},
    {"report", value_text, IN(Conf, sms_report)},
    {"quiet_from", value_clock, IN(Conf, sms_quiet_from), "21:00"},
    {"quiet_until", value_clock, IN(Conf, sms_quiet_until), "08:00"},
    {"an_hour", value_count, IN(Conf, sms_an_hour), "5", .least = 1, .most = 1000},
    {"a_day", value_count, IN(Conf, sms_a_day), "10", .least = 1, .most = 1000},
    {NULL},
};

static const Setting staff[] = {
    {"socket", value_path, IN(Conf, staff_socket)},
    {"second_above", value_money, IN(Conf, second_above), "10000.00"},
    {"finance", value_text, IN(Conf, staff_groups[STAFF_FINANCE]), "yifen-finance"},
    {"reviewer", value_text, IN(Conf, staff_groups[STAFF_REVIEWER]), "yifen-reviewer"},
    {"supervisor", value_text, IN(Conf, staff_groups[STAFF_SUPERVISOR]), "yifen-supervisor"},
    {"operator", value_text, IN(Conf, staff_groups[STAFF_OPERATOR]), "yifen-operator"},
    {NULL},
};

static const Setting account[] = {
    {"number", value_digits, IN(ConfAccount, number), .required = TRUE},
    {"name", value_text, IN(ConfAccount, owner), .required = TRUE},
    {"bank", value_text, IN(ConfAccount, bank), .required = TRUE},
    {"statements", value_text, IN(ConfAccount, statements)},
    {"payments", value_text, IN(ConfAccount, payments)},
    {"pays", NULL},
    {"expect", value_daily, IN(ConfAccount, expect_hour)},
    {"also", value_numbers, IN(ConfAccount, also)},
    {NULL},
};

static const Setting channel_sftp[] = {
    {"kind", NULL},
    {"host", value_text, IN(ConfChannel, host), .required = TRUE},
    {"port", value_count, IN(ConfChannel, port), "22", .least = 1, .most = 65535},
    {"user", value_text, IN(ConfChannel, user), .required = TRUE},
    {"key", value_path, IN(ConfChannel, key), .required = TRUE},
    {"passphrase", value_path, IN(ConfChannel, passphrase)},
    {"host_key", value_pin, IN(ConfChannel, host_key), .required = TRUE},
    {"upload", value_remote, IN(ConfChannel, upload)},
    {"answers", value_remote, IN(ConfChannel, answers)},
    {"statements", value_remote, IN(ConfChannel, statements)},
    {"answer_names", value_text, IN(ConfChannel, answer_names)},
    {"acknowledged", value_patterns, IN(ConfChannel, acknowledged)},
    {"refused", value_patterns, IN(ConfChannel, refused)},
    {"poll", value_count, IN(ConfChannel, poll_seconds), "60", .least = 1, .most = 86400},
    {NULL},
};

static const Setting channel_folder[] = {
    {"kind", NULL},
    {"upload", value_path, IN(ConfChannel, upload)},
    {"answers", value_path, IN(ConfChannel, answers)},
    {"statements", value_path, IN(ConfChannel, statements)},
    {"answer_names", value_text, IN(ConfChannel, answer_names)},
    {"acknowledged", value_patterns, IN(ConfChannel, acknowledged)},
    {"refused", value_patterns, IN(ConfChannel, refused)},
    {"poll", value_count, IN(ConfChannel, poll_seconds), "60", .least = 1, .most = 86400},
    {NULL},
};

static const Setting channel_https[] = {
    {"kind", NULL},
    {"host", value_text, IN(ConfChannel, host), .required = TRUE},
    {"port", value_count, IN(ConfChannel, port), "443", .least = 1, .most = 65535},
    {"path", value_remote, IN(ConfChannel, path), "/"},
    {"ca", value_path, IN(ConfChannel, ca)},
    {"cert", value_path, IN(ConfChannel, cert)},
    {"cert_key", value_path, IN(ConfChannel, cert_key)},
    {"sign_key", value_path, IN(ConfChannel, sign_key)},
    {"bank_key", value_path, IN(ConfChannel, bank_key)},
    {"secret", value_path, IN(ConfChannel, secret)},
    {"envelope_key", value_path, IN(ConfChannel, envelope_key)},
    {"customer", value_text, IN(ConfChannel, customer)},
    {"operator", value_text, IN(ConfChannel, operator_no)},
    {"authorization", value_text, IN(ConfChannel, authorization)},
    {"timeout", value_count, IN(ConfChannel, timeout_seconds), "60", .least = 1, .most = 600},
    {NULL},
};

static const Setting pin[] = {
    {"template", value_text, IN(Conf, pin_template), .required = TRUE},
    {NULL},
};

static const Setting message[] = {
    {"text", value_text, IN(ConfMessage, text)},
    {"text_en", value_text, IN(ConfMessage, text_en)},
    {"template", value_text, IN(ConfMessage, template_id)},
    {"variables", value_names, IN(ConfMessage, variables)},
    {NULL},
};

/* In the order of ConfKind. */
static const struct {
  const char *word;
  const Setting *settings;
} kinds[] = {{"sftp", channel_sftp}, {"folder", channel_folder}, {"https", channel_https}};

/* Sections without a name: their settings are the configuration's own. */
static const struct {
  const char *kind;
  const Setting *settings;
} plain[] = {{"yifen", general}, {"verification", verification}, {"mail", mail},
             {"staff", staff},   {"invoice", invoice},           {"sms", sms}};

typedef struct {
  const KeyFile *file;
  const char *folder;
} Source;

static gboolean refuse(const Source *source, const KeySection *section, const char *key, const char *reason,
                       const char *value, const char *expected, GError **error) {
  int at = section == NULL ? 0 : key != NULL ? keysection_line(section, key) : section->line;
  g_autofree char *line = at > 0 ? g_strdup_printf("%d", at) : NULL;
  return error_set(error, ERROR_PERMANENT, reason, "file", source->file->file, "line", line, "field", key, "value",
                   value, "expected", expected, NULL);
}

/* The value of a key; NULL when it is absent or empty. */
static const char *value_of(const KeySection *section, const char *key) {
  const char *value = section != NULL ? keysection_value(section, key) : NULL;
  return value != NULL && *value != '\0' ? value : NULL;
}

static gboolean one_line(const char *value) {
  for (; *value != '\0'; value++)
    if (g_ascii_iscntrl(*value))
      return FALSE;
  return TRUE;
}

static gboolean read_setting(const Source *source, const KeySection *section, const Setting *setting, char *into,
                             GError **error) {
  const char *given = value_of(section, setting->key), *value = given != NULL ? given : setting->standard;
  if (given == NULL && setting->required && section != NULL)
    return refuse(source, section, setting->key, "config_missing", section->name, NULL, error);
  if (value == NULL || setting->read == NULL)
    return TRUE;
  ValueBounds bounds = {source->folder, setting->least, setting->most, setting->words};
  g_autofree char *expected =
      one_line(value) ? setting->read(&bounds, value, into + setting->offset) : g_strdup("1 line");
  return expected == NULL || refuse(source, section, setting->key, "config_value", value, expected, error);
}

/* section NULL: the standard values. */
static gboolean read_section(const Source *source, const KeySection *section, const Setting *settings, void *into,
                             GError **error) {
  const char *known[MOST_SETTINGS + 1] = {NULL};
  for (gsize i = 0; settings[i].key != NULL; i++) {
    g_assert(i < MOST_SETTINGS);
    known[i] = settings[i].key;
  }
  if (section != NULL && !keysection_check(source->file, section, known, error))
    return FALSE;
  for (; settings->key != NULL; settings++)
    if (!read_setting(source, section, settings, into, error))
      return FALSE;
  return TRUE;
}

static gboolean read_pays(const Source *source, const KeySection *section, ConfAccount *into, GError **error) {
  const char *value = value_of(section, "pays");
  if (value == NULL)
    return TRUE;
  g_auto(GStrv) words = g_strsplit_set(value, ", \t\n", -1);
  for (char **word = words; *word != NULL; word++) {
    if (g_str_equal(*word, "verification"))
      into->pays_verification = TRUE;
    else if (g_str_equal(*word, "refund"))
      into->pays_refund = TRUE;
    else if (**word != '\0')
      return refuse(source, section, "pays", "config_value", value, "verification, refund", error);
  }
  return into->payments != NULL || refuse(source, section, "payments", "config_missing", section->name, NULL, error);
}

/* Section names become folder names. */
static gboolean check_name(const Source *source, const KeySection *section, GError **error) {
  const char *name = section->name != NULL ? section->name : "";
  gsize length = strlen(name);
  if (length >= 1 && length <= 32 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length &&
      g_ascii_isalnum(name[0]) && !g_str_equal(name, "folder"))
    return TRUE;
  g_autofree char *given = g_strdup_printf("[%s %s]", section->kind, name);
  return refuse(source, section, NULL, "config_value", given, "[a-z0-9][a-z0-9_-]*", error);
}

static gboolean read_account(const Source *source, const KeySection *section, Conf *conf, GError **error) {
  ConfAccount *into = g_new0(ConfAccount, 1);
  g_ptr_array_add(conf->accounts, into);
  into->name = g_strdup(section->name);
  into->also = g_new0(char *, 1);
  into->expect_hour = into->expect_minute = -1;
  return check_name(source, section, error) && read_section(source, section, account, into, error) &&
         read_pays(source, section, into, error);
}

static gboolean same(const char *a, const char *b) {
  return a != NULL && g_strcmp0(a, b) == 0;
}

/* What we bring must not be fetched back; in a folder for both, names tell answers from statements. */
static gboolean check_folders(const Source *source, const KeySection *section, const ConfChannel *one, GError **error) {
  if (same(one->upload, one->answers))
    return refuse(source, section, "answers", "config_folder", one->answers, "upload", error);
  if (same(one->upload, one->statements))
    return refuse(source, section, "statements", "config_folder", one->statements, "upload", error);
  return !same(one->answers, one->statements) || one->answer_names != NULL ||
         refuse(source, section, "answer_names", "config_missing", one->name, NULL, error);
}

static gboolean check_certificate(const Source *source, const KeySection *section, const ConfChannel *one,
                                  GError **error) {
  return (one->cert == NULL) == (one->cert_key == NULL) ||
         refuse(source, section, one->cert == NULL ? "cert" : "cert_key", "config_missing", section->name, NULL, error);
}

static gboolean read_channel(const Source *source, const KeySection *section, Conf *conf, GError **error) {
  ConfChannel *into = g_new0(ConfChannel, 1);
  g_ptr_array_add(conf->channels, into);
  into->name = g_strdup(section->name);
  const char *kind = value_of(section, "kind");
  into->kind = CHANNEL_SFTP;
  while (kind != NULL && into->kind < G_N_ELEMENTS(kinds) && !g_str_equal(kind, kinds[into->kind].word))
    into->kind++;
  if (into->kind == G_N_ELEMENTS(kinds))
    return refuse(source, section, "kind", "config_value", kind, "sftp|folder|https", error);
  return check_name(source, section, error) && read_section(source, section, kinds[into->kind].settings, into, error) &&
         check_folders(source, section, into, error) && check_certificate(source, section, into, error);
}

static gboolean check_template(const Source *source, const KeySection *section, const char *key, TellKind kind,
                               const char *text, GError **error) {
  g_autofree char *misfit = text != NULL ? tell_misfit(kind, text) : NULL;
  if (misfit == NULL)
    return TRUE;
  g_autofree char *known = g_strjoinv("|", (char **)tell_facts(kind));
  return refuse(source, section, key, "config_value", misfit, known, error);
}

static gboolean check_variables(const Source *source, const KeySection *section, TellKind kind, char *const *names,
                                GError **error) {
  for (; names != NULL && *names != NULL; names++)
    if (!g_strv_contains(tell_facts(kind), *names)) {
      g_autofree char *known = g_strjoinv("|", (char **)tell_facts(kind));
      return refuse(source, section, "variables", "config_value", *names, known, error);
    }
  return TRUE;
}

static gboolean read_message(const Source *source, const KeySection *section, Conf *conf, GError **error) {
  int kind = tell_kind(section->name);
  if (g_strcmp0(section->name, "pin") == 0)
    return read_section(source, section, pin, conf, error);
  if (kind < 0) {
    GString *known = g_string_new(NULL);
    for (TellKind one = 0; one < TELL_KINDS; one++)
      g_string_append_printf(known, "%s%s", one > 0 ? "|" : "", tell_word(one));
    g_autofree char *expected = g_string_free(known, FALSE);
    return refuse(source, section, NULL, "config_value", section->name, expected, error);
  }
  ConfMessage *into = &conf->messages[kind];
  return read_section(source, section, message, into, error) &&
         check_template(source, section, "text", (TellKind)kind, into->text, error) &&
         check_template(source, section, "text_en", (TellKind)kind, into->text_en, error) &&
         check_variables(source, section, (TellKind)kind, into->variables, error);
}

static gboolean loopback(const char *host) {
  return g_str_has_prefix(host, "127.") || g_str_equal(host, "::1") || g_str_equal(host, "localhost");
}

static gboolean check_mail(const Source *source, const KeySection *section, Conf *conf, GError **error) {
  if (section == NULL)
    return TRUE;
  g_autofree char *server = g_steal_pointer(&conf->smtp_host);
  conf->smtp_port = 25;
  if (!value_host_port(server, &conf->smtp_host, &conf->smtp_port))
    return refuse(source, section, "server", "config_value", server, "HOST:PORT", error);
  if (conf->smtp_tls == NULL)
    conf->smtp_tls = g_strdup(loopback(conf->smtp_host) ? "none" : "starttls");
  if (g_str_equal(conf->smtp_tls, "none") && !loopback(conf->smtp_host))
    return refuse(source, section, "tls", "config_value", "none", "starttls|tls", error);
  if ((conf->smtp_user == NULL) != (conf->smtp_password == NULL))
    return refuse(source, section, conf->smtp_user == NULL ? "user" : "password", "config_missing", NULL, NULL, error);
  if ((conf->mail_certificate == NULL) != (conf->mail_key == NULL))
    return refuse(source, section, conf->mail_key == NULL ? "certificate_key" : "certificate", "config_missing", NULL,
                  NULL, error);
  return TRUE;
}

/* Passwords and PINs travel in the request. */
static gboolean fits_url(const char *url) {
  g_autofree char *host = NULL;
  int port = 80;
  if (g_str_has_prefix(url, "https://"))
    return url[8] != '\0';
  if (!g_str_has_prefix(url, "http://"))
    return FALSE;
  g_autofree char *place = g_strndup(url + 7, strcspn(url + 7, "/"));
  return value_host_port(place, &host, &port) && loopback(host);
}

static gboolean check_sms(const Source *source, Conf *conf, GError **error) {
  const KeySection *section = keyfile_section(source->file, "sms", NULL);
  if (section == NULL) {
    g_clear_pointer(&conf->sms_kind, g_free);
    return TRUE;
  }
  char *urls[] = {conf->sms_url, conf->sms_report};
  for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
    if (urls[i] != NULL && !fits_url(urls[i]))
      return refuse(source, section, i == 0 ? "url" : "report", "config_value", urls[i], "https://…|http://127.0.0.1…",
                    error);
    for (gsize size = urls[i] != NULL ? strlen(urls[i]) : 0; size > 0 && urls[i][size - 1] == '/'; size--)
      urls[i][size - 1] = '\0';
  }
  return !g_str_equal(conf->sms_kind, "tencent") || conf->sms_app != NULL ||
         refuse(source, section, "app", "config_missing", NULL, NULL, error);
}

static gboolean check_general(const Source *source, Conf *conf, GError **error) {
  if (conf->profiles == NULL)
    conf->profiles = g_build_filename(conf->state, "profiles", NULL);
  if (conf->socket == NULL)
    conf->socket = g_build_filename(conf->state, "run", "hall.sock", NULL);
  if (conf->staff_socket == NULL)
    conf->staff_socket = g_build_filename(conf->state, "run", "staff.sock", NULL);
  if (conf->listen != NULL && conf->token == NULL)
    return refuse(source, keyfile_section(source->file, "yifen", NULL), "token", "config_missing", NULL, NULL, error);
  return TRUE;
}

static gboolean check_invoice(const Source *source, const Conf *conf, GError **error) {
  const KeySection *section = keyfile_section(source->file, "invoice", NULL);
  const char *codes[] = {conf->invoice_certificates.code, conf->invoice_courier.code};
  for (gsize i = 0; section != NULL && i < G_N_ELEMENTS(codes); i++)
    if (strlen(codes[i]) != INVOICE_CODE_DIGITS || strspn(codes[i], "0123456789") != INVOICE_CODE_DIGITS)
      return refuse(source, section, i == 0 ? "certificate_code" : "courier_code", "config_value", codes[i],
                    "[0-9]{19}", error);
  return TRUE;
}

/* The channel that an account's key names must stand in the file and must have the folders that the use needs. */
static gboolean check_channel(const Source *source, const Conf *conf, const char *account_name, const char *key,
                              const char *name, GError **error) {
  const ConfChannel *found = conf_channel(conf, name);
  if (found == NULL) {
    GString *known = g_string_new(g_str_equal(key, "statements") ? "folder" : NULL);
    for (guint i = 0; i < conf->channels->len; i++)
      g_string_append_printf(known, "%s%s", known->len > 0 ? "|" : "", ((ConfChannel *)conf->channels->pdata[i])->name);
    if (known->len == 0)
      g_string_append(known, "[channel NAME]");
    g_autofree char *expected = g_string_free(known, FALSE);
    return refuse(source, keyfile_section(source->file, "account", account_name), key, "config_value", name, expected,
                  error);
  }
  gboolean pays = g_str_equal(key, "payments");
  const char *lacks = !pays && found->statements == NULL ? "statements"
                      : found->kind == CHANNEL_HTTPS     ? NULL
                      : pays && found->upload == NULL    ? "upload"
                                                         : NULL;
  return lacks == NULL ||
         refuse(source, keyfile_section(source->file, "channel", name), lacks, "config_missing", name, NULL, error);
}

static gboolean check_account(const Source *source, const Conf *conf, guint index, GError **error) {
  const ConfAccount *one = conf->accounts->pdata[index];
  const KeySection *section = keyfile_section(source->file, "account", one->name);
  if (conf_account_by_number(conf, one->number) != one)
    return refuse(source, section, "number", "config_twice", NULL, NULL, error);
  for (char **also = one->also; *also != NULL; also++)
    if (conf_account_by_number(conf, *also) != one)
      return refuse(source, section, "also", "config_twice", NULL, NULL, error);
  if (one->statements != NULL && !g_str_equal(one->statements, "folder") &&
      !check_channel(source, conf, one->name, "statements", one->statements, error))
    return FALSE;
  return one->payments == NULL || check_channel(source, conf, one->name, "payments", one->payments, error);
}

static gboolean refuse_section(const Source *source, const KeySection *section, GError **error) {
  const char *known[G_N_ELEMENTS(plain) + 4] = {"account", "channel", "message"};
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
    known[i + 3] = plain[i].kind;
  const char *nearest = keyfile_nearest(section->kind, known);
  gboolean named =
      g_str_equal(nearest, "account") || g_str_equal(nearest, "channel") || g_str_equal(nearest, "message");
  g_autofree char *given =
      g_strdup_printf("[%s%s%s]", section->kind, section->name ? " " : "", section->name ? section->name : "");
  g_autofree char *expected = g_strdup_printf(named ? "[%s NAME]" : "[%s]", nearest);
  return refuse(source, section, NULL, "config_section", given, expected, error);
}

static gboolean is_plain(const KeySection *section) {
  gsize i = 0;
  while (i < G_N_ELEMENTS(plain) && !g_str_equal(section->kind, plain[i].kind))
    i++;
  return i < G_N_ELEMENTS(plain) && section->name == NULL;
}

static gboolean read_plain(const Source *source, Conf *conf, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
    if (!read_section(source, keyfile_section(source->file, plain[i].kind, NULL), plain[i].settings, conf, error))
      return FALSE;
  return TRUE;
}

static gboolean read_named(const Source *source, Conf *conf, GError **error) {
  for (guint i = 0; i < source->file->sections->len; i++) {
    const KeySection *section = source->file->sections->pdata[i];
    const char *kind = section->kind;
    gboolean ok = g_str_equal(kind, "account")   ? read_account(source, section, conf, error)
                  : g_str_equal(kind, "channel") ? read_channel(source, section, conf, error)
                  : g_str_equal(kind, "message") ? read_message(source, section, conf, error)
                  : is_plain(section)            ? TRUE
                                                 : refuse_section(source, section, error);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

static gboolean read_all(const Source *source, Conf *conf, GError **error) {
  const KeySection *mail_section = keyfile_section(source->file, "mail", NULL);
  if (!read_named(source, conf, error) || !read_plain(source, conf, error) ||
      !check_mail(source, mail_section, conf, error) || !check_general(source, conf, error) ||
      !check_invoice(source, conf, error) || !check_sms(source, conf, error))
    return FALSE;
  for (guint i = 0; i < conf->accounts->len; i++)
    if (!check_account(source, conf, i, error))
      return FALSE;
  return TRUE;
}

static void account_free(gpointer data) {
  ConfAccount *one = data;
  g_free(one->name);
  g_free(one->number);
  g_free(one->owner);
  g_free(one->bank);
  g_free(one->statements);
  g_free(one->payments);
  g_strfreev(one->also);
  g_free(one);
}

static void channel_free(gpointer data) {
  ConfChannel *one = data;
  char *owned[] = {one->name,         one->host,   one->user,         one->key,        one->passphrase,
                   one->host_key,     one->upload, one->answers,      one->statements, one->answer_names,
                   one->path,         one->ca,     one->cert,         one->cert_key,   one->sign_key,
                   one->bank_key,     one->secret, one->envelope_key, one->customer,   one->operator_no,
                   one->authorization};
  for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
    g_free(owned[i]);
  g_strfreev(one->acknowledged);
  g_strfreev(one->refused);
  g_free(one);
}

void conf_free(Conf *conf) {
  if (conf == NULL)
    return;
  char *owned[] = {conf->file,
                   conf->state,
                   conf->profiles,
                   conf->calendar,
                   conf->language,
                   conf->socket,
                   conf->listen,
                   conf->token,
                   conf->remark,
                   conf->smtp_host,
                   conf->smtp_tls,
                   conf->smtp_user,
                   conf->smtp_password,
                   conf->mail_from,
                   conf->mail_certificate,
                   conf->mail_key,
                   conf->staff_socket,
                   conf->invoice_certificates.goods,
                   conf->invoice_certificates.code,
                   conf->invoice_courier.goods,
                   conf->invoice_courier.code,
                   conf->pin_template,
                   conf->sms_kind,
                   conf->sms_url,
                   conf->sms_user,
                   conf->sms_password,
                   conf->sms_from,
                   conf->sms_app,
                   conf->sms_region,
                   conf->sms_ca,
                   conf->sms_report};
  for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
    g_free(owned[i]);
  for (int role = 0; role < STAFF_ROLES; role++)
    g_free(conf->staff_groups[role]);
  for (TellKind kind = 0; kind < TELL_KINDS; kind++) {
    g_free(conf->messages[kind].text);
    g_free(conf->messages[kind].text_en);
    g_free(conf->messages[kind].template_id);
    g_strfreev(conf->messages[kind].variables);
  }
  g_strfreev(conf->reviewers);
  g_ptr_array_unref(conf->accounts);
  g_ptr_array_unref(conf->channels);
  g_free(conf->rules_file);
  match_rules_free(conf->rules);
  g_free(conf);
}

static gboolean read_rules(Conf *conf, const char *folder, GError **error) {
  g_autofree char *file = g_build_filename(folder, "rules.conf", NULL);
  if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
    conf->rules = match_rules_builtin();
    return TRUE;
  }
  conf->rules = match_rules_load(file, error);
  conf->rules_file = g_steal_pointer(&file);
  return conf->rules != NULL;
}

Conf *conf_load(const char *file, GError **error) {
  g_autofree char *text = NULL;
  g_autoptr(GError) cause = NULL;
  gsize length;
  if (!g_file_get_contents(file, &text, &length, &cause)) {
    error_set(error, ERROR_PERMANENT, "config_unreadable", "file", file, "detail", cause->message, NULL);
    return NULL;
  }
  g_autoptr(KeyFile) keyfile = keyfile_parse(file, text, length, error);
  if (keyfile == NULL)
    return NULL;
  g_autoptr(Conf) conf = g_new0(Conf, 1);
  conf->file = g_canonicalize_filename(file, NULL);
  conf->reviewers = g_new0(char *, 1);
  conf->accounts = g_ptr_array_new_with_free_func(account_free);
  conf->channels = g_ptr_array_new_with_free_func(channel_free);
  g_autofree char *folder = g_path_get_dirname(conf->file);
  Source source = {keyfile, folder};
  return read_all(&source, conf, error) && read_rules(conf, folder, error) ? g_steal_pointer(&conf) : NULL;
}

char *conf_calendar_file(const Conf *conf) {
  return conf->calendar != NULL ? g_strdup(conf->calendar) : g_build_filename(conf->state, "calendar.tsv", NULL);
}

Calendar *conf_calendar(const Conf *conf, GError **error) {
  g_autofree char *file = conf_calendar_file(conf);
  if (conf->calendar == NULL && !g_file_test(file, G_FILE_TEST_EXISTS))
    return calendar_parse(calendar_builtin(), -1, error);
  g_autofree char *text = NULL;
  g_autoptr(GError) cause = NULL;
  gsize length;
  if (!g_file_get_contents(file, &text, &length, &cause)) {
    error_set(error, ERROR_PERMANENT, "calendar", "file", file, "detail", cause->message, NULL);
    return NULL;
  }
  Calendar *calendar = calendar_parse(text, (gssize)length, error);
  error_add(error, "file", file);
  return calendar;
}

const ConfAccount *conf_account(const Conf *conf, const char *name) {
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *one = conf->accounts->pdata[i];
    if (g_str_equal(one->name, name))
      return one;
  }
  return NULL;
}

const ConfAccount *conf_account_by_number(const Conf *conf, const char *number) {
  g_autofree char *digits = value_only_digits(number);
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *one = conf->accounts->pdata[i];
    if (*digits != '\0' &&
        (g_str_equal(one->number, digits) || g_strv_contains((const char *const *)one->also, digits)))
      return one;
  }
  return NULL;
}

const ConfChannel *conf_channel(const Conf *conf, const char *name) {
  for (guint i = 0; i < conf->channels->len; i++) {
    const ConfChannel *one = conf->channels->pdata[i];
    if (g_str_equal(one->name, name))
      return one;
  }
  return NULL;
}
