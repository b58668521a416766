/* pain.001: exact bytes, the official schemas, and texts that do not fit. */
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>
#include <string.h>

#include "parsers/pain001.h"
#include "rules/error.h"

static PainTransfer sample_transfer(void) {
  return (PainTransfer){.reference = "Y0123456789ABCDEFG",
                        .amount = {1, "CNY"},
                        .payee_name = "深圳市甲乙（集团）有限公司 <&>",
                        .payee_account = "4000021219200000001",
                        .payee_bank = "中国工商银行深圳分行",
                        .payee_cnaps = "102584002004",
                        .remark = "办理数字证书编码: 056869"};
}

static PainMessage sample(const char *version, const PainTransfer *transfers, gsize count) {
  return (PainMessage){.version = version,
                       .message_id = "M0123456789ABCDEFG",
                       .created_at = G_GINT64_CONSTANT(1795323600) * INSTANT_SECOND,
                       .execution = 20779,
                       .payer_name = "深圳市电子商务安全证书管理有限公司",
                       .payer_account = "4000021219200888866",
                       .payer_bank = "中国工商银行",
                       .clearing_id = TRUE,
                       .transfers = transfers,
                       .count = count};
}

static void silent(void *context, const char *message, ...) {
  (void)context, (void)message;
}

static int validate(const char *path, GBytes *bytes) {
  gsize size = 0;
  const char *data = g_bytes_get_data(bytes, &size);
  xmlDoc *document = xmlReadMemory(data, (int)size, NULL, NULL, XML_PARSE_NONET);
  xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(path);
  xmlSchema *schema = xmlSchemaParse(parser);
  xmlSchemaValidCtxt *valid = xmlSchemaNewValidCtxt(schema);
  int result = xmlSchemaValidateDoc(valid, document);
  xmlSchemaFreeValidCtxt(valid);
  xmlSchemaFree(schema);
  xmlSchemaFreeParserCtxt(parser);
  xmlFreeDoc(document);
  return result;
}

static void test_schema(gconstpointer data) {
  const char *version = data;
  g_autofree char *path = g_strdup_printf("../shared/corpus/xsd/%s.xsd", version);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_test_skip("shared/ is absent");
    return;
  }
  PainTransfer transfers[] = {sample_transfer(), sample_transfer()};
  transfers[1].payee_cnaps = NULL;
  PainMessage message = sample(version, transfers, 2);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = pain001_write(&message, &error);
  g_assert_no_error(error);
  g_assert_cmpint(validate(path, bytes), ==, 0);
  g_autoptr(GBytes) again = pain001_write(&message, NULL);
  g_assert_true(g_bytes_equal(bytes, again));
  /* The other version's schema must refuse it: the check can fail. */
  g_autofree char *other =
      g_strdup_printf("../shared/corpus/xsd/pain.001.001.%s.xsd", g_str_has_suffix(version, "03") ? "09" : "03");
  g_assert_cmpint(validate(other, bytes), !=, 0);
}

static void test_bytes(void) {
  PainTransfer transfer = sample_transfer();
  PainMessage message = sample("pain.001.001.09", &transfer, 1);
  g_autoptr(GBytes) bytes = pain001_write(&message, NULL);
  g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  static const char *const want[] = {"<MsgId>M0123456789ABCDEFG</MsgId>",
                                     "<NbOfTxs>1</NbOfTxs>",
                                     "<CtrlSum>0.01</CtrlSum>",
                                     "<EndToEndId>Y0123456789ABCDEFG</EndToEndId>",
                                     "<InstdAmt Ccy=\"CNY\">0.01</InstdAmt>",
                                     "<Nm>深圳市甲乙（集团）有限公司 &lt;&amp;&gt;</Nm>",
                                     "<Cd>CNAPS</Cd>",
                                     "<MmbId>102584002004</MmbId>",
                                     "<Ustrd>办理数字证书编码: 056869</Ustrd>",
                                     "<Dt>2026-11-22</Dt>"};
  for (gsize i = 0; i < G_N_ELEMENTS(want); i++)
    if (strstr(text, want[i]) == NULL)
      g_test_fail_printf("%s is missing", want[i]);
}

static void refused(PainTransfer transfer, const char *reason, const char *field) {
  PainMessage message = sample("pain.001.001.03", &transfer, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = pain001_write(&message, &error);
  g_assert_null(bytes);
  g_assert_cmpstr(error_reason(error), ==, reason);
  g_assert_cmpstr(error_fact(error, "field"), ==, field);
}

static void test_refused(void) {
  g_autoptr(GString) exact = g_string_new(NULL);
  for (int i = 0; i < PAIN001_TEXT_MAX; i++)
    g_string_append(exact, "汉");
  PainTransfer transfer = sample_transfer();
  transfer.payee_name = exact->str;
  PainMessage message = sample("pain.001.001.03", &transfer, 1);
  g_autoptr(GBytes) bytes = pain001_write(&message, NULL);
  g_assert_nonnull(bytes);
  g_string_append(exact, "字");
  transfer.payee_name = exact->str;
  refused(transfer, "pain_field", "account_name");
  transfer = sample_transfer();
  transfer.remark = "tab\tinside";
  refused(transfer, "pain_field", "remark");
  transfer = sample_transfer();
  transfer.payee_bank = NULL;
  refused(transfer, "pain_field", "account_bank");
  transfer = sample_transfer();
  transfer.reference = "Y01234567890123456789012345678901234";
  refused(transfer, "pain_field", "reference");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  xmlSetGenericErrorFunc(NULL, silent);
  g_test_add_data_func("/pain001/schema/03", "pain.001.001.03", test_schema);
  g_test_add_data_func("/pain001/schema/09", "pain.001.001.09", test_schema);
  g_test_add_func("/pain001/bytes", test_bytes);
  g_test_add_func("/pain001/refused", test_refused);
  int status = g_test_run();
  xmlSchemaCleanupTypes();
  xmlCleanupParser();
  return status;
}
