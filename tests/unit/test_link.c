/* Direct links: requests as the shipped profiles write them, frames, signatures of answers, what answers say. */
#include "parsers/encoding.h"
#include "parsers/link_answer.h"
#include "parsers/link_message.h"
#include "tests/unit/parsing.h"

static GPtrArray *profiles;

static const Link *link_of(const char *bank) {
  const Profile *profile = profiles_find(profiles, bank);
  g_assert_nonnull(profile->link);
  return profile->link;
}

static const PainTransfer one = {.reference = "Y0123456789ABCDEF",
                                 .amount = {1, "CNY"},
                                 .payee_name = "深圳<甲>&\"乙\"\\有限公司",
                                 .payee_account = "6222000011112222",
                                 .payee_bank = "招商银行",
                                 .payee_cnaps = "308584000013",
                                 .remark = "办理数字证书编码: 056869"};

static Day today(void) {
  Day day = DAY_NONE;
  g_assert_true(day_parse("2026-11-22", &day));
  return day;
}

static PainMessage message_of(const PainTransfer *transfers, gsize count) {
  return (PainMessage){.message_id = "M0123456789ABCDEF",
                       .created_at = instant_at(today(), 9, 5, 7),
                       .execution = today(),
                       .payer_name = "壹分公司",
                       .payer_account = "755952180510888",
                       .payer_bank = "招商银行",
                       .transfers = transfers,
                       .count = count};
}

static char *text_of(GBytes *bytes) {
  gsize size = 0;
  const char *data = g_bytes_get_data(bytes, &size);
  return g_strndup(data, size);
}

static void has(const char *text, const char *part) {
  if (strstr(text, part) == NULL)
    g_test_message("no %s in %s", part, text);
  g_assert_nonnull(strstr(text, part));
}

static void test_cmb(void) {
  const Link *link = link_of("cmb");
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
  g_autofree char *id = link_customer_text(link->sm2_id, "N003261207");
  g_assert_cmpstr(id, ==, "N003261207000000");
  const Signature sign = {.kind = SIGNATURE_SM2, .raw = TRUE, .id = id, .key = key};
  const LinkParty party = {.customer = "N003261207",
                           .authorization = "00001",
                           .ours = sign,
                           .theirs = sign,
                           .envelope = {.key = "0123456789abcde", .first = "N00326120700000"}};
  const PainMessage message = message_of(&one, 1);
  const gboolean same = TRUE;
  g_autoptr(GBytes) sent = link_write(link, &link->pay, &party, &message, &same, NULL);
  g_assert_nonnull(sent);
  g_autofree char *form = text_of(sent);
  g_assert_true(g_str_has_prefix(form, "UID=N003261207&FUNCODE=BB1PAYOP&ALG=SM&DATA="));
  g_autofree char *data = g_uri_unescape_string(strstr(form, "DATA=") + 5, NULL);
  g_autoptr(GBytes) clear = link_open(link, &party, data, strlen(data), NULL); /* as the bank opens it */
  g_assert_nonnull(clear);
  g_autofree char *text = text_of(clear);
  has(text, "\"bnkFlg\":\"Y\",\"brdNbr\":\"308584000013\"");
  has(text, "\"crtNam\":\"深圳<甲>&\\\"乙\\\"\\\\有限公司\"");
  has(text, "\"nusAge\":\"办理数字证书编码: 056869\"");
  has(text, "\"trsAmt\":\"0.01\",\"trsTyp\":\"100001\",\"yurRef\":\"Y0123456789ABCDEF\"");
  has(text, "\"sigtim\":\"20261122090507\"");
  has(text, "\"reqid\":\"M0123456789ABCDEF\"");
  g_assert_null(strchr(text, '\n'));
  EVP_PKEY_free(key);
}

/* Whoever changes a byte of an answer, cuts it, or says the signature twice, is not believed. */
static void test_open(void) {
  const Link *link = link_of("icbc");
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
  const Signature sign = {.kind = SIGNATURE_RSA, .key = key};
  const LinkParty party = {.customer = "C", .ours = sign, .theirs = sign};
  const PainMessage message = message_of(&one, 1);
  g_autoptr(GBytes) sent = link_write(link, &link->pay, &party, &message, NULL, NULL);
  gsize size = 0;
  const char *bytes = g_bytes_get_data(sent, &size);
  g_autoptr(GBytes) opened = link_open(link, &party, bytes, size, NULL);
  g_assert_nonnull(opened);
  for (gsize i = 0; i < size; i += 7) {
    g_autofree char *changed = g_memdup2(bytes, size);
    g_autoptr(GError) error = NULL;
    changed[i] ^= 1;
    g_autoptr(GBytes) bad = link_open(link, &party, changed, size, &error);
    g_assert_null(bad);
    g_assert_cmpstr(error_reason(error), ==, "answer_signature");
    g_autoptr(GBytes) cut = link_open(link, &party, bytes, i, NULL);
    g_assert_null(cut);
  }
  g_autofree char *twice = g_strdup_printf("%.*s<Sign></Sign>", (int)size, bytes);
  g_autoptr(GBytes) bad = link_open(link, &party, twice, strlen(twice), NULL);
  g_assert_null(bad);
  EVP_PKEY_free(key);
}

static void test_icbc(void) {
  const Link *link = link_of("icbc");
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
  const LinkParty party = {.customer = "C", .operator_no = "op.1", .ours = {.kind = SIGNATURE_RSA, .key = key}};
  PainTransfer two[] = {one, one};
  two[1].reference = "Y2";
  two[1].payee_cnaps = NULL;
  const gboolean same[] = {FALSE, TRUE};
  const PainMessage message = message_of(two, 2);
  g_autoptr(GBytes) sent = link_write(link, &link->pay, &party, &message, same, NULL);
  gsize size = 0;
  const char *bytes = g_bytes_get_data(sent, &size);
  g_autofree char *text = g_convert(bytes, (gssize)size, "UTF-8", "GBK", NULL, NULL, NULL);
  g_assert_nonnull(text);
  has(text, "<TotalNum>2</TotalNum><TotalAmt>0.02</TotalAmt><rd><iSeqno>Y0123456789ABCDEF</iSeqno>");
  has(text, "<RecAccNameCN>深圳&lt;甲&gt;&amp;&quot;乙&quot;\\有限公司</RecAccNameCN><SysIOFlg>0</SysIOFlg>");
  has(text, "</rd><rd><iSeqno>Y2</iSeqno><PayAccNo>755952180510888</PayAccNo>");
  has(text, "<SysIOFlg>1</SysIOFlg><RecBankNo></RecBankNo>");
  two[1].payee_name = "深圳市𠮷祥有限公司"; /* GB18030 has it, GBK has not */
  g_autoptr(GError) error = NULL;
  g_assert_null(link_write(link, &link->pay, &party, &message, same, &error));
  g_assert_cmpstr(error_reason(error), ==, "encoding");
  EVP_PKEY_free(key);
}

static void test_abc(void) {
  const Link *link = link_of("abc");
  const LinkParty party = {.customer = "C"};
  const PainMessage message = message_of(&one, 1);
  g_autoptr(GBytes) sent = link_write(link, &link->pay, &party, &message, NULL, NULL);
  gsize size = 0;
  const char *bytes = g_bytes_get_data(sent, &size);
  g_autofree char *header = g_strdup_printf("0%-6d<ap>", (int)size - 7), *start = g_strndup(bytes, 11);
  g_assert_cmpstr(start, ==, header);
  g_assert_cmpint(link_frame_size(link, bytes, size), ==, (gssize)size);
  g_assert_cmpint(link_frame_size(link, bytes, 6), ==, 0);
  g_autofree char *echo = link_echo(&link->pay, &message);
  g_assert_cmpstr(echo, ==, "Y0123456789ABCDEF");
}

static void test_frames(void) {
  static const struct {
    const char *bytes;
    gssize size;
  } frames[] = {{"05     <a/>", 12}, {"0000005<a/>", 12}, {"1000005", -1}, {"0-5    ", -1}, {"0      ", -1},
                {"00     ", -1},     {"0999999", -1},     {"05 5   ", -1}, {"0x     ", -1}, {"05", 0}};
  const Link *link = link_of("abc");
  const LinkParty party = {0};
  for (gsize i = 0; i < G_N_ELEMENTS(frames); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(link_frame_size(link, frames[i].bytes, strlen(frames[i].bytes)), ==, frames[i].size);
    g_assert_null(link_open(link, &party, frames[i].bytes, strlen(frames[i].bytes), &error));
    g_assert_cmpstr(error_reason(error), ==, "answer_frame");
  }
  g_autoptr(GBytes) whole = link_open(link, &party, "04     <a/>", 11, NULL);
  g_assert_nonnull(whole);
}

typedef struct {
  const char *bank;
  gboolean query;
  const char *answer, *want;
} Case;

#define CMB(result, rows)                                                                                              \
  "{\"response\":{\"body\":{" rows "},\"head\":{\"reqid\":\"M1\",\"resultcode\":\"" result "\"}}}"
#define ROW(kind, facts) "\"bb1pay" kind "z1\":[{\"yurRef\":\"Y1\"," facts "}]"
#define ICBC(code, rows)                                                                                               \
  "<CMS><eb><pub><fSeqno>M1</fSeqno><RetCode>" code "</RetCode></pub><out>" rows "</out></eb></CMS>"
#define RD(reference, result) "<rd><iSeqno>" reference "</iSeqno><Result>" result "</Result></rd>"

static const Case cases[] = {
    {"cmb", FALSE, CMB("SUC0000", ROW("op", "\"reqNbr\":77,\"reqSts\":\"FIN\",\"rtnFlg\":\"S\"")),
     "2 M1 (null) Y1 ACSC (null) SUC0000/FIN/S 77\n"},
    {"cmb", FALSE, CMB("SUC0000", ROW("op", "\"reqSts\":\"AUT\"")), "2 M1 (null) Y1 PDNG (null) SUC0000/AUT/ (null)\n"},
    {"cmb", FALSE,
     CMB("SUC0000", ROW("op", "\"reqSts\":\"FIN\",\"rtnFlg\":\"F\",\"errCod\":\"E1\",\"errTxt\":\" 户名\\n不符\"")),
     "2 M1 (null) Y1 RJCT E1 SUC0000/FIN/F 户名 不符 (null)\n"},
    {"cmb", FALSE, CMB("DUP0001", ""), "2 M1 (null) (null) NONE (null) DUP0001// (null)\n"},
    {"cmb", TRUE, CMB("SUC0000", ""), "2 M1 (null) (null) NOTF (null) SUC0000// (null)\n"},
    {"cmb", TRUE, CMB("SUC0000", "\"bb1payqrz1\":[]"), "2 M1 (null) (null) NOTF (null) SUC0000// (null)\n"},
    {"cmb", TRUE, CMB("SUC0000", ROW("qr", "\"reqSts\":\"FIN\",\"rtnFlg\":\"B\"")),
     "2 M1 (null) Y1 RTND (null) SUC0000/FIN/B (null)\n"},
    {"cmb", TRUE, CMB("SUC0000", ROW("qr", "\"reqSts\":\"FIN\",\"rtnFlg\":\"U\"")),
     "2 M1 (null) Y1 NONE (null) SUC0000/FIN/U (null)\n"},
    {"cmb", TRUE, CMB("SUC0000", "\"bb1payqrz1\":[{\"yurRef\":\"Y1\"},{\"yurRef\":\"Y2\"}]"),
     "refused answer_twice field=response/body/bb1payqrz1/yurRef"},
    {"cmb", TRUE, "{\"response\":{\"head\":{\"resultcode\":\"SUC0000\"}}}",
     "refused answer_field field=response/head/reqid"},
    {"cmb", TRUE, "{\"a\":1,\"a\":2}", "refused json_syntax"},
    {"cmb", TRUE, "[]", "refused json_syntax"},
    {"cmb", TRUE, "{}", "refused answer_field field=response/head/resultcode"},
    {"cmb", TRUE, "{\"response\":", "refused json_syntax"},
    {"icbc", FALSE, ICBC("0", RD("Y1", "7") RD("Y2", "6") RD("Y3", "9")),
     "2 M1 (null) Y1 ACSC (null) 0/7 (null)\n2 M1 (null) Y2 RJCT (null) 0/6 (null)\n2 M1 (null) Y3 PDNG (null) 0/9 "
     "(null)\n"},
    {"icbc", FALSE, ICBC("B1", ""), "2 M1 (null) (null) NONE (null) B1/ (null)\n"},
    {"icbc", FALSE, ICBC("0", "<rd><Result>7</Result></rd>"), "refused answer_field field=CMS/eb/out/rd/iSeqno"},
    {"icbc", FALSE, ICBC("0", "<rd><iSeqno>Y1</iSeqno><iSeqno>Y2</iSeqno></rd>"),
     "refused answer_twice field=CMS/eb/out/rd/iSeqno line=1"},
    {"abc", FALSE, "<ap><ReqSeqNo>Y1</ReqSeqNo><RespCode>0000</RespCode><Corp><WaitFlag>1</WaitFlag></Corp></ap>",
     "2 Y1 (null) Y1 PDNG 0000 0000/1 (null)\n"},
    {"abc", FALSE, "<ap><ReqSeqNo>Y1</ReqSeqNo><RespCode>9999</RespCode><RespInfo>\xC6\xE4\xCB\xFC</RespInfo></ap>",
     "2 Y1 (null) Y1 NONE 9999 9999/ 其它 (null)\n"},
    {"abc", FALSE, "<ap><ReqSeqNo>Y1</ReqSeqNo><RespCode>9999</RespCode></ap>",
     "2 Y1 (null) Y1 NONE 9999 9999/ (null)\n"},
};

static char *read_answer(const Case *c) {
  const Link *link = link_of(c->bank);
  Memory memory = {c->answer, strlen(c->answer)};
  const Source source = {memory_read, &memory};
  Collector collector = collector_make("-");
  RecordSink sink = collector_sink(&collector);
  g_autoptr(GError) error = NULL;
  gboolean good = link_answer_parse(link, c->query ? &link->query : &link->pay, &source, &sink, &error);
  char *said = good ? g_strdup(collector.text->str) : g_strdup_printf("refused %s", error->message);
  collector_free(&collector);
  return said;
}

static void test_answers(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *said = read_answer(&cases[i]);
    if (!g_str_has_prefix(said, cases[i].want))
      g_test_message("%s", cases[i].answer);
    g_assert_cmpstr(said, ==, cases[i].want);
  }
}

/* Every cut of a whole answer is refused, or says less; none says something else. */
static void test_cuts(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    for (gsize size = 0; size < strlen(cases[i].answer); size++) {
      g_autofree char *cut = g_strndup(cases[i].answer, size);
      const Case part = {cases[i].bank, cases[i].query, cut, NULL};
      g_autofree char *said = read_answer(&part);
      g_assert_true(g_str_has_prefix(said, "refused "));
    }
}

static void test_profile(void) {
  static const struct {
    const char *text, *reason;
  } bad[] = {
      {"[link]\n", "config_missing"},
      {"[link]\nsignature = md5\n", "config_value"},
      {"[link]\nsignature = none\n", "config_missing"},
      {"[link]\nsignature = none\ntransport = socket\n", "config_missing"},
      {"[link]\nsignature = rsa\n", "config_missing"},
      {"[link]\nsignature = none\nfoo = 1\n", "config_key"},
      {"[link]\nsignature = none\n[link pay]\ntemplate = {refrence}\nstatus = a\nreference = b\n", "config_value"},
      {"[link]\nsignature = none\n[link pay]\ntemplate = {signature}\nstatus = a\nreference = b\n", "config_value"},
      {"[link]\nsignature = none\n[link pay]\ntemplate = x\nstatus = a\n", "config_missing"},
      {"[link]\nsignature = none\ntransfers = 2\n[link pay]\ntemplate = x\nstatus = a\nreference = b\n",
       "config_missing"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(KeyFile) file = keyfile_parse("x.conf", bad[i].text, strlen(bad[i].text), NULL);
    Link *link = NULL;
    g_assert_false(link_parse(file, &link, &error));
    g_assert_cmpstr(error_reason(error), ==, bad[i].reason);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  parse_prepare();
  profiles = profiles_load(NULL, NULL);
  g_assert_nonnull(profiles);
  g_test_add_func("/link/profile", test_profile);
  g_test_add_func("/link/cmb", test_cmb);
  g_test_add_func("/link/icbc", test_icbc);
  g_test_add_func("/link/abc", test_abc);
  g_test_add_func("/link/open", test_open);
  g_test_add_func("/link/frames", test_frames);
  g_test_add_func("/link/answers", test_answers);
  g_test_add_func("/link/cuts", test_cuts);
  int result = g_test_run();
  g_ptr_array_unref(profiles);
  return result;
}
