/* Every XML format under every label, over bytes that fit it and bytes that do not. */
#include "tests/unit/parsing.h"

#define TEXT "深圳证书费"

/* The same text in each; %s: the declaration. */
static const struct {
  const char *name, *text;
  gboolean status;
} documents[] = {
    {"camt",
     "%s<Document "
     "xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>1</Id>"
     "</Othr></Id><Ccy>CNY</Ccy></Acct><Ntry><Amt "
     "Ccy='CNY'>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-10-14"
     "</Dt></BookgDt><AddtlNtryInf>" TEXT "</AddtlNtryInf></Ntry></Stmt></BkToCstmrStmt></Document>",
     FALSE},
    {"pain.002",
     "%s<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><GrpSts>RJCT</"
     "GrpSts><StsRsnInf><AddtlInf>" TEXT "</AddtlInf></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>",
     TRUE},
    {"voucher",
     "%s<xbrl xmlns='http://www.xbrl.org/2003/instance' xmlns:r='http://xbrl.mof.gov.cn/taxonomy/2022-01-01/bker'>"
     "<r:DateOfBookkeeping>2026-10-14</r:DateOfBookkeeping><r:Currency>CNY</"
     "r:Currency><r:TransactionAmountInFigures>1.00"
     "</r:TransactionAmountInFigures><r:IdentificationOfCreditOrDebit>1</r:IdentificationOfCreditOrDebit><r:Notes>" TEXT
     "</r:Notes></xbrl>",
     FALSE},
};

/* want: a part of what is said; NULL: the text must be there. */
static const struct {
  const char *label, *bytes, *mark, *want;
} cases[] = {
    {"UTF-8", "UTF-8", "", NULL},
    {"utf-8", "UTF-8", "\xEF\xBB\xBF", NULL},
    {NULL, "UTF-8", "", NULL},
    {NULL, "UTF-8", "\xEF\xBB\xBF", NULL},
    {"GBK", "GBK", "", NULL},
    {"GB2312", "GB2312", "", NULL},
    {"gb18030", "GB18030", "", NULL},
    {"GB2312", "GB18030", "", NULL}, /* usual */
    {"GB18030", "GB18030", "\x84\x31\x95\x33", NULL},
    {"UTF-16", "UTF-16LE", "\xFF\xFE", NULL},
    {"UTF-16", "UTF-16BE", "\xFE\xFF", NULL},
    {"UTF-16", "UTF-16LE", "", NULL},
    {"UTF-16", "UTF-16BE", "", NULL},
    {"UTF-16LE", "UTF-16LE", "", NULL},
    {NULL, "UTF-16LE", "\xFF\xFE", NULL},
    {NULL, "UTF-16BE", "", NULL},
    /* labels that are wrong, and what outranks them */
    {"UTF-16", "UTF-8", "", NULL}, /* .NET strings */
    {"UTF-16", "UTF-8", "\xEF\xBB\xBF", NULL},
    {"UTF-8", "UTF-16LE", "\xFF\xFE", NULL},
    {"GBK", "UTF-16BE", "", NULL},
    {"GBK", "UTF-8", "\xEF\xBB\xBF", NULL},
    {"UTF-16BE", "UTF-16LE", "", NULL},
    {"GBK", "UTF-8", "", "refused "}, /* "encoding" or "xml_label", by how the bytes pair up */
    {"ISO-8859-1", "UTF-8", "", "refused xml_label"},
    {"UTF-8", "GBK", "", "refused encoding value=UTF-8 line=1"},
    {NULL, "GBK", "", "refused encoding value=UTF-8 line=1"},
    {"UTF-16", "GBK", "", "refused encoding value=UTF-8 line=1"},
    {"US-ASCII", "GBK", "", "refused encoding value=UTF-8 line=1"},
    {"UTF-16", "UTF-16BE", "\xFF\xFE", "refused "},
    {"Big5", "UTF-8", "", "refused xml_encoding value=Big5"},
    {"UTF-32", "UTF-8", "", "refused xml_encoding value=UTF-32"},
};

static void test_labels(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    for (gsize k = 0; k < G_N_ELEMENTS(documents); k++) {
      g_autofree char *head = cases[i].label == NULL
                                  ? g_strdup("")
                                  : g_strdup_printf("<?xml version='1.0' encoding='%s'?>", cases[i].label);
      g_auto(GStrv) parts = g_strsplit(documents[k].text, "%s", 2);
      g_autofree char *text = g_strconcat(head, parts[1], NULL);
      gsize size = 0;
      g_autofree char *bytes = g_convert(text, -1, cases[i].bytes, "UTF-8", NULL, &size, NULL);
      g_autoptr(GByteArray) file = g_byte_array_new();
      g_byte_array_append(file, (const guint8 *)cases[i].mark, (guint)strlen(cases[i].mark));
      g_byte_array_append(file, (const guint8 *)bytes, (guint)size);
      g_autofree char *got = parse_text("x", file->data, file->len, documents[k].status, NULL);
      if (strstr(got, cases[i].want == NULL ? TEXT : cases[i].want) == NULL)
        g_test_fail_printf("%s: %s over %s%s: %.120s", documents[k].name, cases[i].label, cases[i].bytes,
                           *cases[i].mark == '\0' ? "" : " with a mark", got);
    }
}

/* UTF-8 that both decode whole: nothing but the doubt sees it. */
static void test_doubt(void) {
  static const struct {
    const char *label, *text;
    gboolean refused;
  } doubts[] = {
      {"GBK", "证书", TRUE},
      {"GBK", "plain", FALSE},
      {"GBK", "\xC1\xAA\xCD\xA8", FALSE}, /* 联通 in GBK */
      {"GBK", "\xC4\xE3", FALSE},
      {"ISO-8859-1", "\xC3\xA4", TRUE},
      {"ISO-8859-1", "\xE4", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(doubts); i++) {
    g_autofree char *text = g_strdup_printf(
        "<?xml version='1.0' "
        "encoding='%s'?><Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><GrpSts>"
        "RJCT</GrpSts><StsRsnInf><AddtlInf>%s</AddtlInf></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>",
        doubts[i].label, doubts[i].text);
    g_autofree char *got = parse_text("x", text, strlen(text), TRUE, NULL);
    if (g_str_has_prefix(got, "refused xml_label") != doubts[i].refused)
      g_test_fail_printf("%s, case %" G_GSIZE_FORMAT ": %s", doubts[i].label, i, got);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/xml-encoding/labels", test_labels);
  g_test_add_func("/xml-encoding/doubt", test_doubt);
  return g_test_run();
}
