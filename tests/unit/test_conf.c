#include "daemon/conf.h"

#include <glib/gstdio.h>

#include "rules/error.h"

#define ACCOUNT "[account icbc]\nnumber = 4000021219200888866\nname = 公司\nbank = icbc\n"
#define PIN "SHA256:0123456789012345678901234567890123456789012"
#define CHANNEL "[channel b]\nkind = sftp\nhost = bank\nuser = u\nkey = keys/id\nhost_key = " PIN "\n"
#define MAIL "[mail]\nserver = 127.0.0.1:2525\nfrom = a@b.c\nreviewers = d@e.f, g@h.i\n"

static Conf *load(const char *text, GError **error) {
  g_autofree char *dir = g_dir_make_tmp("yifen-conf-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(dir, "yifen.conf", NULL);
  g_file_set_contents(file, text, -1, NULL);
  Conf *conf = conf_load(file, error);
  g_unlink(file);
  g_rmdir(dir);
  return conf;
}

static void test_standard(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Conf) conf = load("[yifen]\n", &error);
  g_assert_no_error(error);
  g_assert_nonnull(conf);
  g_autofree char *folder = g_path_get_dirname(conf->file), *socket = g_build_filename(folder, "run/hall.sock", NULL);
  g_assert_cmpstr(conf->state, ==, folder);
  g_assert_cmpstr(conf->socket, ==, socket);
  g_assert_cmpstr(conf->language, ==, "zh_CN");
  g_assert_cmpstr(conf->remark, ==, "办理数字证书编码: {code}");
  g_assert_cmpint(conf->settle_seconds, ==, 30);
  g_assert_cmpint(conf->tries, ==, 3);
  g_assert_cmpint(conf->daily_sum.minor, ==, 500);
  g_assert_null(conf->smtp_host);
  g_assert_nonnull(conf->reviewers);
  g_assert_cmpint(conf->report_hour, ==, 18);
  g_assert_cmpstr(conf->staff_groups[STAFF_SUPERVISOR], ==, "yifen-supervisor");
  g_assert_cmpint(conf->second_above.minor, ==, 1000000);
}

static void test_whole(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Conf) conf =
      load("[yifen]\nstate = s\n" ACCOUNT "statements = b\npayments = b\npays = verification, refund\n"
           "expect = daily 09:05\nalso = 4000-0212, 123 456\n" CHANNEL
           "upload = /in/\nanswers = /out\nstatements = /st\nport = 2022\n" MAIL "report = 17:30\n",
           &error);
  g_assert_no_error(error);
  g_assert_nonnull(conf);
  const ConfAccount *account = conf_account(conf, "icbc");
  g_assert_nonnull(account);
  g_assert_true(account->pays_verification && account->pays_refund);
  g_assert_cmpint(account->expect_hour * 60 + account->expect_minute, ==, 545);
  g_assert_true(conf_account_by_number(conf, "4000 0212 1920 0888 866") == account);
  g_assert_true(conf_account_by_number(conf, "40000212") == account);
  g_assert_null(conf_account_by_number(conf, "4000021"));
  g_assert_null(conf_account_by_number(conf, ""));
  const ConfChannel *channel = conf_channel(conf, account->payments);
  g_assert_nonnull(channel);
  g_assert_cmpstr(channel->upload, ==, "/in");
  g_assert_cmpint(channel->port, ==, 2022);
  g_assert_cmpint(channel->poll_seconds, ==, 60);
  g_assert_true(g_path_is_absolute(channel->key));
  g_assert_cmpstr(conf->smtp_host, ==, "127.0.0.1");
  g_assert_cmpint(conf->smtp_port, ==, 2525);
  g_assert_cmpstr(conf->smtp_tls, ==, "none");
  g_assert_cmpuint(g_strv_length(conf->reviewers), ==, 2);
  g_assert_cmpstr(conf->reviewers[1], ==, "g@h.i");
}

static void test_folder(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Conf) conf = load(ACCOUNT "statements = b\npayments = b\n[channel b]\nkind = folder\nupload = out\n"
                                      "answers = in\nstatements = in\nanswer_names = *.002.xml\n"
                                      "acknowledged = {file}.ack, {message}.ok\nrefused = {file}.err\n",
                              &error);
  g_assert_no_error(error);
  g_assert_nonnull(conf);
  const ConfChannel *channel = conf_channel(conf, "b");
  g_autofree char *folder = g_path_get_dirname(conf->file), *out = g_build_filename(folder, "out", NULL);
  g_assert_cmpint(channel->kind, ==, CHANNEL_FOLDER);
  g_assert_cmpstr(channel->upload, ==, out);
  g_assert_cmpstr(channel->answers, ==, channel->statements);
  g_assert_cmpstr(channel->answer_names, ==, "*.002.xml");
  g_assert_cmpint(channel->poll_seconds, ==, 60);
  g_assert_cmpuint(g_strv_length(channel->acknowledged), ==, 2);
  g_assert_cmpstr(channel->acknowledged[1], ==, "{message}.ok");
  g_assert_cmpstr(channel->refused[0], ==, "{file}.err");
}

static const struct {
  const char *name, *text, *reason, *line, *field, *expected;
} refused[] = {
    {"unknown_key", "[yifen]\n\nsetle = 3\n", "config_key", "3", "setle", "settle"},
    {"unknown_section", "[yifen]\n[acount icbc]\n", "config_section", "2", NULL, "[account NAME]"},
    {"named_plain", "[mail x]\n", "config_section", "1", NULL, "[mail]"},
    {"twice", "[yifen]\nsettle = 1\nsettle = 1\n", "config_twice", "3", "settle", NULL},
    {"settle", "[yifen]\nsettle = -1\n", "config_value", "2", "settle", "0..3600"},
    {"settle_huge", "[yifen]\nsettle = 99999999999999999999\n", "config_value", "2", "settle", "0..3600"},
    {"message_kind", "[message code]\ntext = x\n", "config_value", "1", NULL,
     "code_sent|wrong_code|bounced|sent_back|accepted|shipped|renewal|refunded|invoiced"},
    {"message_fact", "[message accepted]\ntext = 好\ntext_en = {code}\n", "config_value", "3", "text_en",
     "order_no|applicant|handler"},
    {"language", "[yifen]\nlanguage = fr\n", "config_value", "2", "language", "zh_CN|en"},
    {"listen_open", "[yifen]\nlisten = 0.0.0.0:80\ntoken = t\n", "config_value", "2", "listen", "127.0.0.1:PORT"},
    {"listen_token", "[yifen]\nlisten = 127.0.0.1:80\n", "config_missing", "1", "token", NULL},
    {"continued", "[yifen]\nstate = a\n  b\n", "config_value", "2", "state", "1 line"},
    {"remark", "[verification]\nremark = 编码\n", "config_value", "2", "remark", "…{code}…"},
    {"remark_two", "[verification]\nremark = {code}{code}\n", "config_value", "2", "remark", "…{code}…"},
    {"tries", "[verification]\ntries = 0\n", "config_value", "2", "tries", "1..10"},
    {"sum", "[verification]\ndaily_sum = 5.001\n", "config_value", "2", "daily_sum", "0.01.."},
    {"clock", MAIL "report = 24:00\n", "config_value", "5", "report", "HH:MM"},
    {"no_server", "[mail]\nfrom = a@b\nreviewers = a@b\n", "config_missing", "1", "server", NULL},
    {"address", "[mail]\nserver = h\nfrom = a@b\nreviewers = a@b, <c@d>\n", "config_value", "4", "reviewers",
     "name@host"},
    {"address_lf", "[mail]\nserver = h\nfrom = a@b\n  Bcc: x@y\nreviewers = a@b\n", "config_value", "3", "from",
     "1 line"},
    {"plain_mail", "[mail]\nserver = mx:25\ntls = none\nfrom = a@b\nreviewers = a@b\n", "config_value", "3", "tls",
     "starttls|tls"},
    {"mail_user", MAIL "user = u\n", "config_missing", "1", "password", NULL},
    {"server", "[mail]\nserver = h:0\nfrom = a@b\nreviewers = a@b\n", "config_value", "2", "server", "HOST:PORT"},
    {"number", "[account a]\nnumber = 12a\nname = n\nbank = b\n", "config_value", "2", "number", "[0-9]{6,34}"},
    {"no_number", "[account a]\nname = n\nbank = b\n", "config_missing", "1", "number", NULL},
    {"empty_number", "[account a]\nnumber =\nname = n\nbank = b\n", "config_missing", "2", "number", NULL},
    {"account_name", "[account ../x]\nnumber = 123456\nname = n\nbank = b\n", "config_value", "1", NULL,
     "[a-z0-9][a-z0-9_-]*"},
    {"same_number", ACCOUNT "[account b]\nnumber = 4000021219200888866\nname = n\nbank = b\n", "config_twice", "6",
     "number", NULL},
    {"same_also", ACCOUNT "[account b]\nnumber = 123456\nname = n\nbank = b\nalso = 4000021219200888866\n",
     "config_twice", "9", "also", NULL},
    {"no_channel", ACCOUNT "statements = x\n" CHANNEL, "config_value", "5", "statements", "folder|b"},
    {"pay_folder", ACCOUNT "payments = folder\n", "config_value", "5", "payments", "[channel NAME]"},
    {"no_upload", ACCOUNT "payments = b\n" CHANNEL, "config_missing", "6", "upload", NULL},
    {"no_statements", ACCOUNT "statements = b\n" CHANNEL, "config_missing", "6", "statements", NULL},
    {"pays", ACCOUNT "pays = all\n", "config_value", "5", "pays", "verification, refund"},
    {"pays_nothing", ACCOUNT "pays = refund\n", "config_missing", "1", "payments", NULL},
    {"expect", ACCOUNT "expect = 09:00\n", "config_value", "5", "expect", "daily HH:MM"},
    {"kind", "[channel b]\nkind = ftp\n", "config_value", "2", "kind", "sftp|folder|https"},
    {"folder_host", "[channel b]\nkind = folder\nhost = h\n", "config_key", "3", "host", "poll"},
    {"one_folder", "[channel b]\nkind = folder\nupload = x\nanswers = x\n", "config_folder", "4", "answers", "upload"},
    {"two_uses", "[channel b]\nkind = folder\nanswers = x\nstatements = ./x/\n", "config_missing", "1", "answer_names",
     NULL},
    {"https_cert", "[channel b]\nkind = https\nhost = b\ncert = c\n", "config_missing", "1", "cert_key", NULL},
    {"https_user", "[channel b]\nkind = https\nhost = b\nuser = u\n", "config_key", "4", "user", "cert"},
    {"acknowledged", "[channel b]\nkind = folder\nacknowledged = {file}.ack, {file}\n", "config_value", "3",
     "acknowledged", "{file}.ack"},
    {"no_pin", "[channel b]\nhost = h\nuser = u\nkey = k\n", "config_missing", "1", "host_key", NULL},
    {"md5_pin", "[channel b]\nhost = h\nuser = u\nkey = k\nhost_key = MD5:11:22\n", "config_value", "5", "host_key",
     "SHA256:[A-Za-z0-9+/]{43}"},
    {"remote", CHANNEL "upload = /../x\n", "config_value", "7", "upload", "/PATH"},
    {"port", CHANNEL "port = 65536\n", "config_value", "7", "port", "1..65535"},
};

static void test_refused(gconstpointer data) {
  gsize i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(Conf) conf = load(refused[i].text, &error);
  g_assert_null(conf);
  g_assert_error(error, YIFEN_ERROR, ERROR_PERMANENT);
  if (error == NULL)
    return;
  g_assert_cmpstr(error_reason(error), ==, refused[i].reason);
  g_assert_cmpstr(error_fact(error, "line"), ==, refused[i].line);
  g_assert_cmpstr(error_fact(error, "field"), ==, refused[i].field);
  g_assert_cmpstr(error_fact(error, "expected"), ==, refused[i].expected);
}

static void test_absent(void) {
  g_autoptr(GError) error = NULL;
  g_assert_null(conf_load("/nonexistent/yifen.conf", &error));
  g_assert_cmpstr(error_reason(error), ==, "config_unreadable");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/conf/standard", test_standard);
  g_test_add_func("/conf/whole", test_whole);
  g_test_add_func("/conf/folder", test_folder);
  g_test_add_func("/conf/absent", test_absent);
  for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *path = g_strconcat("/conf/refused/", refused[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refused);
  }
  return g_test_run();
}
