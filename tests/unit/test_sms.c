/* Short messages: signatures of the gateways against vectors, quiet hours, and the queue's promise of at most one
 * extra. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/orderstore.h"

#include "daemon/sms/send.h"
#include "daemon/sms/signature.h"
#include "spool/keys.h"
#include "spool/sms.h"

/* Computed apart from this program from the published scheme (Alibaba Cloud, "V3 request syntax and signature"). */
static void test_acs3(void) {
  static const char *const pairs[] = {"OutId",  "job-42",       "PhoneNumbers", "13800138000",   "SignName",
                                      "深圳CA", "TemplateCode", "SMS_71390007", "TemplateParam", "{\"pin\":\"056869\"}",
                                      NULL};
  static const char *const headers[] = {"host",
                                        "dysmsapi.aliyuncs.com",
                                        "x-acs-action",
                                        "SendSms",
                                        "x-acs-content-sha256",
                                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                        "x-acs-date",
                                        "2026-11-22T07:00:00Z",
                                        "x-acs-signature-nonce",
                                        "3156853299f313e23d1673dc12e1703d",
                                        "x-acs-version",
                                        "2017-05-25",
                                        NULL};
  g_autofree char *query = signature_query(pairs);
  g_autofree char *value = signature_acs3(query, headers, "testId", "testSecret");
  g_assert_true(g_str_has_suffix(value, ",Signature=d79bf93fdb8528308766b991ed6648172f30446f4609fba85b72467451f4ceb2"));
  g_assert_true(g_str_has_prefix(value, "ACS3-HMAC-SHA256 Credential=testId,SignedHeaders=host;x-acs-action;"));
}

/* The worked example of "Signature v3" in Tencent Cloud's API documentation. */
static void test_tc3(void) {
  static const char body[] =
      "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}";
  g_autofree char *value = signature_tc3("cvm.tencentcloudapi.com", "cvm", body, 1551113065,
                                         "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
  g_assert_cmpstr(value, ==,
                  "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
                  "SignedHeaders=content-type;host, "
                  "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
}

static void test_quiet(void) {
  static const struct {
    const char *now;
    int from[2], until[2];
    const char *due;
  } cases[] = {
      {"2026-11-23T20:59:59+08:00", {21, 0}, {8, 0}, NULL},
      {"2026-11-23T21:00:00+08:00", {21, 0}, {8, 0}, "2026-11-24T08:00:00+08:00"},
      {"2026-11-24T00:00:00+08:00", {21, 0}, {8, 0}, "2026-11-24T08:00:00+08:00"},
      {"2026-11-24T07:59:59+08:00", {21, 0}, {8, 0}, "2026-11-24T08:00:00+08:00"},
      {"2026-11-24T08:00:00+08:00", {21, 0}, {8, 0}, NULL},
      {"2026-11-24T12:30:00+08:00", {12, 0}, {14, 0}, "2026-11-24T14:00:00+08:00"},
      {"2026-11-24T14:00:00+08:00", {12, 0}, {14, 0}, NULL},
      {"2026-11-24T03:00:00+08:00", {8, 0}, {8, 0}, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Instant now;
    g_assert_true(instant_parse(cases[i].now, &now));
    g_autofree char *due = instant_format(sms_quiet(now, cases[i].from, cases[i].until));
    g_assert_cmpstr(due, ==, cases[i].due);
  }
}

static void test_masked(void) {
  g_autofree char *whole = sms_masked("13800138000"), *odd = sms_masked("110");
  g_assert_cmpstr(whole, ==, "138****8000");
  g_assert_cmpstr(odd, ==, "****");
}

static void move(Fixture *f, SmsEvent event) {
  g_auto(Sms) sms = {0};
  gboolean found;
  g_autoptr(GError) error = NULL;
  g_assert_true(sms_load(f->store, 1, &sms, &found, &error) && found);
  g_assert_true(store_begin(f->store, &error) && sms_move(f->store, &sms, event, NULL, NULL, f->by.now, &error) &&
                store_commit(f->store, &error));
  g_assert_no_error(error);
}

static void add_pin(Fixture *f) {
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) box = g_bytes_new_static("sealed", 6);
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_true(store_begin(f->store, &error) &&
                sms_add_pin(f->store, "7:1", 1, "13800138000", box, "issue", f->by.now, &error) &&
                sms_add_pin(f->store, "7:1", 1, "13800138000", box, "issue", f->by.now, &error) &&
                store_commit(f->store, &error));
  g_assert_no_error(error);
  g_assert_cmpint(number(f, "SELECT count(*) FROM sms"), ==, 1);
  g_assert_cmpint(number(f, "SELECT length(ticket) FROM sms"), ==, 32);
}

/* Nobody knows twice: lost counts both, and the box stays until the end. */
static void test_lost(Fixture *f, gconstpointer data) {
  (void)data;
  static const SmsEvent events[] = {SMS_SEND, SMS_LOSE, SMS_AGAIN, SMS_SEND, SMS_LOSE};
  add_pin(f);
  for (gsize i = 0; i < G_N_ELEMENTS(events); i++)
    move(f, events[i]);
  g_assert_cmpint(number(f, "SELECT lost FROM sms"), ==, SMS_LOST_MOST);
  g_assert_cmpint(number(f, "SELECT count(*) FROM sms WHERE box IS NOT NULL"), ==, 1);
  move(f, SMS_GIVE_UP);
  g_assert_cmpint(number(f, "SELECT count(*) FROM sms WHERE box IS NULL AND state = 'failed'"), ==, 1);
}

static void report(Fixture *f, gboolean arrived) {
  g_autofree char *ticket = text(f, "SELECT ticket FROM sms");
  g_autoptr(GError) error = NULL;
  g_assert_true(sms_report(f->store, ticket, arrived, arrived ? NULL : "report 2", &f->by, &error));
  g_assert_no_error(error);
}

/* The report wipes the PIN; what arrived after all outranks what was said before. */
static void test_report(Fixture *f, gconstpointer data) {
  (void)data;
  g_autoptr(GError) error = NULL;
  add_pin(f);
  move(f, SMS_SEND);
  move(f, SMS_DONE);
  report(f, FALSE);
  g_assert_cmpint(number(f, "SELECT count(*) FROM sms WHERE box IS NULL AND state = 'unreached'"), ==, 1);
  assert_text(f, "SELECT reason || ' ' || subject || ' ' || card FROM review_case WHERE state = 'open'",
              "number_dead order:" NO " {\"mobile\":\"138****8000\"}");
  report(f, FALSE);
  report(f, TRUE);
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case"), ==, 1);
  assert_text(f, "SELECT state FROM sms", "arrived");
  g_assert_false(sms_report(f->store, "0000", TRUE, NULL, &f->by, &error));
  g_assert_cmpstr(error_reason(error), ==, "sms_unknown");
}

/* ---- a PIN on its way */

typedef struct {
  int listener;
  char asked[2048];
} Box;

/* A gateway that takes one message, as Kannel answers. */
static gpointer take_one(gpointer user) {
  static const char reply[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery";
  Box *box = user;
  int fd = accept(box->listener, NULL, NULL);
  gssize got = recv(fd, box->asked, sizeof box->asked - 1, 0);
  g_assert_cmpint(got, >, 0);
  g_assert_cmpint(send(fd, reply, sizeof reply - 1, 0), ==, sizeof reply - 1);
  close(fd);
  return NULL;
}

static int listen_here(Box *box) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof here;
  box->listener = socket(AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint(bind(box->listener, (struct sockaddr *)&here, size), ==, 0);
  g_assert_cmpint(listen(box->listener, 1), ==, 0);
  g_assert_cmpint(getsockname(box->listener, (struct sockaddr *)&here, &size), ==, 0);
  return ntohs(here.sin_port);
}

static void queue_sealed(Fixture *f, const char *pin) {
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  g_auto(SealKey) key = {0};
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_true(keys_create(f->dir, &error) && keys_read(f->dir, KEY_NOTIFY_PUBLIC, &key, &error));
  g_autoptr(GBytes) box = seal_to(&key, "pin:7:1", pin, strlen(pin), &error);
  g_assert_true(store_begin(f->store, &error) &&
                sms_add_pin(f->store, "7:1", 1, "13800138000", box, "issue", f->by.now, &error) &&
                store_commit(f->store, &error));
  g_assert_no_error(error);
}

static void send_due(Fixture *f, const Conf *conf) {
  RoleRun run = {.conf = conf, .store = f->store, .calendar = f->calendar};
  g_auto(Job) job = {0};
  gboolean found = FALSE;
  g_autoptr(GError) error = NULL;
  g_assert_true(job_claim(f->store, "notify", f->by.now, &job, &found, &error) && found);
  g_assert_true(sms_job(&run, &job, &error));
  g_assert_no_error(error);
}

/* It leaves in clear in the message alone, which names nobody; the report wipes the box. */
static void test_pin(Fixture *f, gconstpointer data) {
  (void)data;
  Box box = {0};
  g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d/cgi-bin/sendsms", listen_here(&box));
  g_autofree char *password = g_build_filename(f->dir, "pw", NULL);
  Conf conf = {.state = f->dir,
               .language = (char *)"zh_CN",
               .sms_kind = (char *)"kannel",
               .sms_url = url,
               .sms_user = (char *)"u",
               .sms_password = password,
               .sms_from = (char *)"1069",
               .sms_an_hour = 9,
               .sms_a_day = 9};
  g_assert_true(g_file_set_contents_full(password, "p\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  queue_sealed(f, "73hK20qd");
  GThread *gateway = g_thread_new("gateway", take_one, &box);
  send_due(f, &conf);
  g_thread_join(gateway);
  close(box.listener);
  g_assert_nonnull(strstr(box.asked, "73hK20qd"));
  g_assert_null(strstr(box.asked, NO));
  assert_text(f, "SELECT state FROM sms", "sent");
  g_assert_cmpint(number(f, "SELECT count(*) FROM sms WHERE box IS NOT NULL AND instr(box, '73hK20qd') = 0"), ==, 1);
  report(f, TRUE);
  g_assert_cmpint(number(f, "SELECT count(*) FROM sms WHERE box IS NULL AND state = 'arrived'"), ==, 1);
  assert_text(f, "SELECT coalesce(group_concat(detail), '') FROM audit_detail WHERE detail LIKE '%73hK%'", "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/sms/acs3", test_acs3);
  g_test_add_func("/sms/tc3", test_tc3);
  g_test_add_func("/sms/quiet", test_quiet);
  g_test_add_func("/sms/masked", test_masked);
  g_test_add("/sms/lost", Fixture, NULL, set_up, test_lost, tear_down);
  g_test_add("/sms/pin", Fixture, NULL, set_up, test_pin, tear_down);
  g_test_add("/sms/report", Fixture, NULL, set_up, test_report, tear_down);
  return g_test_run();
}
