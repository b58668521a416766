#include "tests/unit/parsing.h"

#define STATEMENT_HEAD                                                                                                 \
  "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>1</Id>"   \
  "</Othr></Id><Ccy>CNY</Ccy></Acct>"
#define STATEMENT_TAIL "</Stmt></BkToCstmrStmt></Document>"
#define ENTRY(fields) STATEMENT_HEAD "<Ntry>" fields "</Ntry>" STATEMENT_TAIL
#define DAY "<BookgDt><Dt>2026-10-14</Dt></BookgDt>"
#define AMOUNT "<Amt Ccy='CNY'>1.00</Amt>"
#define CREDIT "<CdtDbtInd>CRDT</CdtDbtInd>"

typedef struct {
  const char *name, *text, *want; /* want: a part of what is said */
} Case;

static void test_refused(void) {
  static const Case cases[] = {
      {"good", ENTRY(AMOUNT CREDIT DAY), "\"amount\":\"1.00\""},
      {"doctype", "<!DOCTYPE a [<!ENTITY x 'y'>]>" ENTRY(AMOUNT CREDIT DAY), "refused xml_doctype line=1"},
      {"entity without doctype", ENTRY("<Amt Ccy='CNY'>&one;</Amt>" CREDIT DAY), "refused xml_malformed"},
      {"cut", STATEMENT_HEAD, "refused xml_malformed"},
      {"two roots", ENTRY(AMOUNT CREDIT DAY) "<a/>", "refused xml_malformed"},
      {"text behind", ENTRY(AMOUNT CREDIT DAY) "x", "refused xml_malformed"},
      {"other root", "<a/>", "refused xml_root value=a"},
      {"other message", "<Document><CstmrPmtStsRpt/></Document>", "refused message_kind value=pain.002"},
      {"no statement", "<Document><BkToCstmrAcctRpt/></Document>", "refused xml_root value=Document"},
      {"unknown encoding", "<?xml version='1.0' encoding='EBCDIC-US'?><a/>", "refused xml_encoding value=EBCDIC-US"},
      {"not UTF-8", "<?xml version='1.0' encoding='UTF-8'?>\n<a>\xC4\xE3</a>", "refused encoding value=UTF-8 line=2"},
      {"NUL character", "<a>&#0;</a>", "refused xml_malformed"},
      {"no amount", ENTRY(CREDIT DAY), "refused missing field=Amt"},
      {"no direction", ENTRY(AMOUNT DAY), "refused missing field=CdtDbtInd"},
      {"no date", ENTRY(AMOUNT CREDIT), "refused missing field=BookgDt"},
      {"third decimal", ENTRY("<Amt Ccy='CNY'>1.001</Amt>" CREDIT DAY), "refused amount"},
      {"third decimal zero", ENTRY("<Amt Ccy='CNY'>1.000</Amt>" CREDIT DAY), "\"amount\":\"1.00\""},
      {"negative", ENTRY("<Amt Ccy='CNY'>-1.00</Amt>" CREDIT DAY), "refused amount field=Amt"},
      {"comma", ENTRY("<Amt Ccy='CNY'>1,00</Amt>" CREDIT DAY), "refused amount"},
      {"overflow", ENTRY("<Amt Ccy='CNY'>99999999999999999999</Amt>" CREDIT DAY), "refused amount"},
      {"empty amount", ENTRY("<Amt Ccy='CNY'></Amt>" CREDIT DAY), "refused missing field=Amt"},
      {"unknown currency", ENTRY("<Amt Ccy='XYZ'>1.00</Amt>" CREDIT DAY), "refused amount"},
      {"account's currency", ENTRY("<Amt>1.00</Amt>" CREDIT DAY), "\"currency\":\"CNY\""},
      {"amount twice", ENTRY(AMOUNT AMOUNT CREDIT DAY), "refused repeated field=Amt"},
      {"direction twice", ENTRY(AMOUNT CREDIT "<CdtDbtInd>DBIT</CdtDbtInd>" DAY), "refused repeated field=CdtDbtInd"},
      {"torn amount", ENTRY("<Amt Ccy='CNY'>1<a/>0</Amt>" CREDIT DAY), "refused xml_torn value=a"},
      {"comment in amount", ENTRY("<Amt Ccy='CNY'>1<!-- -->0</Amt>" CREDIT DAY), "\"amount\":\"10.00\""},
      {"unknown status", ENTRY(AMOUNT CREDIT "<Sts><Cd>HOLD</Cd></Sts>" DAY),
       "refused status_code field=Sts value=HOLD"},
      {"unknown direction", ENTRY(AMOUNT "<CdtDbtInd>credit</CdtDbtInd>" DAY), "refused direction"},
      {"bad date", ENTRY(AMOUNT CREDIT "<BookgDt><Dt>2026-02-30</Dt></BookgDt>"), "refused date"},
      {"no such age", ENTRY(AMOUNT CREDIT "<BookgDt><Dt>9999-12-31</Dt></BookgDt>"), "refused date"},
      {"bad time", ENTRY(AMOUNT CREDIT "<BookgDt><DtTm>2026-02-03T99:00:00</DtTm></BookgDt>"), "refused date"},
      {"zone", ENTRY(AMOUNT CREDIT "<BookgDt><Dt>2026-02-03+08:00</Dt></BookgDt>"), "\"booking_date\":\"2026-02-03\""},
      {"prefixes",
       "<p:Document xmlns:p='urn:p' xmlns:q='urn:q'><q:BkToCstmrStmt><p:Stmt "
       "xmlns:p='urn:r'/></q:BkToCstmrStmt></p:Document>",
       "\"type\":\"statement\""},
      {"undeclared prefix", "<p:Document/>", "refused xml_malformed value=p:Document"},
      {"prefix out of scope", "<a><b xmlns:p='urn:p'/><p:c/></a>", "refused xml_malformed value=p:c"},
      {"prefix undeclared again", "<a xmlns:p='urn:p'><b xmlns:p=''><p:c/></b></a>", "refused xml_malformed value=p:c"},
      {"undeclared prefix of an attribute", "<a p:b='1'/>", "refused xml_malformed value=p:b"},
      {"two colons", "<p:a:b xmlns:p='urn:p'/>", "refused xml_malformed value=p:a:b"},
      {"xml:lang", ENTRY(AMOUNT CREDIT DAY "<AddtlNtryInf xml:lang='zh'>a</AddtlNtryInf>"), "\"summary\":\"a\""},
      {"less-than in a value", "<a b='<'/>", "refused xml_malformed"},
      {"escape sequence", ENTRY(AMOUNT CREDIT DAY "<AddtlNtryInf>a&#9;b&#x85;c</AddtlNtryInf>"),
       "\"summary\":\"a b  c\""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = parse_text("x", cases[i].text, strlen(cases[i].text), FALSE, NULL);
    if (strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("%s: %s", cases[i].name, got);
  }
}

static char *repeat(const char *before, const char *piece, int times, const char *after) {
  GString *text = g_string_new(before);
  for (int i = 0; i < times; i++)
    g_string_append_printf(text, "%s", piece);
  g_string_append(text, after);
  return g_string_free(text, FALSE);
}

/* What libxml2 alone would take long for, or let through. */
static void test_bounds(void) {
  g_autofree char *attributes = g_strdup("<a");
  for (int i = 0; i < 300; i++) {
    char *longer = g_strdup_printf("%s a%d='x'", attributes, i);
    g_free(attributes);
    attributes = longer;
  }
  g_autofree char *many = g_strconcat(attributes, "/>", NULL);
  g_autofree char *tag = repeat("<a b='", "xxxxxxxxxxxxxxxx", 5000, "'/>");
  g_autofree char *comment = repeat("<a><!--", "xxxxxxxxxxxxxxxx", 5000, "--></a>");
  g_autofree char *deep = repeat("", "<a>", 300, "");
  g_autofree char *text =
      repeat(STATEMENT_HEAD "<Ntry><AddtlNtryInf>", "xxxxxxxxxxxxxxxx", 5000, "</AddtlNtryInf></Ntry>" STATEMENT_TAIL);
  g_autofree char *joined = repeat(STATEMENT_HEAD "<Ntry><NtryDtls><TxDtls><RmtInf>", "<Ustrd>xxxxxxxxxxxxxxxx</Ustrd>",
                                   2000, "</RmtInf></TxDtls></NtryDtls></Ntry>" STATEMENT_TAIL);
  GString *distinct = g_string_new("<a>");
  for (int i = 0; i < 11000; i++)
    g_string_append_printf(distinct, "<n%d/>", i);
  g_autofree char *names = g_string_free(distinct, FALSE);
  GString *scope = g_string_new(NULL);
  for (int i = 0; i < 1100; i++)
    g_string_append_printf(scope, i % 10 == 0 ? "%s<a xmlns:p%d='u'" : "%s xmlns:p%d='u'",
                           i % 10 == 0 && i > 0 ? ">" : "", i);
  g_autofree char *prefixes = g_string_free(scope, FALSE);
  const Case cases[] = {{"names", names, "refused xml_names"},
                        {"prefixes", prefixes, "refused xml_names"},
                        {"attributes", many, "refused xml_attributes line=1"},
                        {"tag", tag, "refused xml_tag"},
                        {"comment", comment, "refused xml_tag"},
                        {"depth", deep, "refused xml_"},
                        {"text", text, "refused field_too_long"},
                        {"joined", joined, "refused field_too_long"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = parse_text("x", cases[i].text, strlen(cases[i].text), FALSE, NULL);
    if (strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("%s: %.200s", cases[i].name, got);
  }
}

/* Attributes of any name beside those of elements: nothing that is known of one name may pass for another. */
static void test_attributes(void) {
  GString *text = g_string_new(STATEMENT_HEAD);
  for (int i = 0; i < 40; i++) {
    g_string_append(text, "<Ntry");
    for (int k = 0; k < 200; k++)
      g_string_append_printf(text, " a%d=''", i % 8 * 200 + k);
    g_string_append(text, ">" AMOUNT CREDIT DAY "</Ntry>");
  }
  g_string_append(text, STATEMENT_TAIL);
  g_autofree char *got = parse_text("x", text->str, text->len, FALSE, NULL);
  g_assert_nonnull(strstr(got, "\"line\":40,"));
  g_string_free(text, TRUE);
}

/* The same document in every encoding that is read. */
static void test_encodings(void) {
  static const char *const encodings[] = {"UTF-8", "GB18030", "GBK", "UTF-16", "UTF-16LE", "UTF-16BE"};
  for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++) {
    g_autofree char *text = g_strdup_printf(
        "<?xml version='1.0' encoding='%s'?>" ENTRY(AMOUNT CREDIT DAY "<AddtlNtryInf>证书费</AddtlNtryInf>"),
        encodings[i]);
    gsize size;
    g_autofree char *bytes = g_convert(text, -1, encodings[i], "UTF-8", NULL, &size, NULL);
    g_autofree char *got = parse_text("x", bytes, size, FALSE, NULL);
    if (strstr(got, "\"summary\":\"证书费\"") == NULL)
      g_test_fail_printf("%s: %s", encodings[i], got);
  }
}

static void test_statuses(void) {
#define REPORT(text)                                                                                                   \
  "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId>" text "</CstmrPmtStsRpt></Document>"
#define END_GROUP "</OrgnlGrpInfAndSts>"
#define PAYMENT(text) "<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>" text "</OrgnlPmtInfAndSts>"
#define TX(text) "<TxInfAndSts>" text "</TxInfAndSts>"
#define ID(id) "<OrgnlEndToEndId>" id "</OrgnlEndToEndId>"
#define REASON(code, text) "<StsRsnInf><Rsn><Cd>" code "</Cd></Rsn><AddtlInf>" text "</AddtlInf></StsRsnInf>"
  static const struct {
    const char *name, *text, *want;
  } cases[] = {
      {"group only", REPORT("<GrpSts>ACTC</GrpSts>" END_GROUP), "0 M (null) (null) ACTC (null) (null) (null)\n"},
      {"inherits the payment's",
       REPORT("<GrpSts>ACTC</GrpSts>" END_GROUP PAYMENT("<PmtInfSts>RJCT</PmtInfSts>" REASON("AM04", "余额不足")
                                                            TX(ID("E1")))),
       "0 M (null) (null) ACTC (null) (null) (null)\n1 M P (null) RJCT AM04 余额不足 (null)\n2 M P E1 RJCT AM04 "
       "余额不足 (null)\n"},
      {"own status wins",
       REPORT("<GrpSts>PART</GrpSts>" END_GROUP PAYMENT(TX(ID("E1") "<TxSts>RJCT</TxSts>" REASON("BE01", "户名") REASON(
           "X", "不符")) TX(ID("E2") "<TxSts>ACSC</TxSts><AcctSvcrRef>B2</AcctSvcrRef>") TX(ID("E3")))),
       "0 M (null) (null) PART (null) (null) (null)\n2 M P E1 RJCT BE01 户名 不符 (null)\n2 M P E2 ACSC (null) (null) "
       "B2\n"},
      {"nothing said", REPORT(END_GROUP PAYMENT(TX(ID("E1")))), "refused status_empty"},
      {"status twice", REPORT(END_GROUP PAYMENT(TX("<TxSts>RJCT</TxSts><TxSts>ACSC</TxSts>"))), "refused repeated"},
      {"statement", ENTRY(AMOUNT CREDIT DAY), "refused xml_root"},
      {"text", "RJCT", "refused xml_root"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = parse_text("x", cases[i].text, strlen(cases[i].text), TRUE, NULL);
    if (!g_str_has_prefix(got, cases[i].want))
      g_test_fail_printf("%s: %s", cases[i].name, got);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/xml/refused", test_refused);
  g_test_add_func("/xml/bounds", test_bounds);
  g_test_add_func("/xml/attributes", test_attributes);
  g_test_add_func("/xml/encodings", test_encodings);
  g_test_add_func("/xml/statuses", test_statuses);
  return g_test_run();
}
