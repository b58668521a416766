/* camt.052, camt.053 and camt.054: every version and dress, and what is made of their elements. */
#include "tests/unit/parsing.h"

#define NS "urn:iso:std:iso:20022:tech:xsd:"
#define ACCOUNT "<Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
#define AMOUNT "<Amt Ccy='CNY'>30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
#define DAY "<BookgDt><Dt>2026-10-14</Dt></BookgDt>"
#define NTRY(text) "<Ntry>" AMOUNT DAY text "</Ntry>"
#define TX(text) "<NtryDtls><TxDtls>" text "</TxDtls></NtryDtls>"
#define TX_AMOUNT(amount) "<Amt Ccy='CNY'>" amount "</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
#define STMT(text) "<Document><BkToCstmrStmt><Stmt>" ACCOUNT text "</Stmt></BkToCstmrStmt></Document>"
#define RPT(text) "<Document><BkToCstmrAcctRpt><Rpt>" ACCOUNT text "</Rpt></BkToCstmrAcctRpt></Document>"
#define BAL(code, amount, day)                                                                                         \
  "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>" amount "</Amt><CdtDbtInd>CRDT</CdtDbtInd>"   \
  "<Dt><Dt>" day "</Dt></Dt></Bal>"

static char *parse_one(const char *text) {
  return parse_text("x", text, strlen(text), FALSE, NULL);
}

static void check(const char *name, const char *text, const char *want, const char *never) {
  g_autofree char *got = parse_one(text);
  if (strstr(got, want) == NULL)
    g_test_fail_printf("%s: no %s in %s", name, want, got);
  if (never != NULL && strstr(got, never) != NULL)
    g_test_fail_printf("%s: %s in %s", name, never, got);
}

static const struct {
  const char *number, *root, *statement;
} messages[] = {
    {"052", "BkToCstmrAcctRpt", "Rpt"}, {"053", "BkToCstmrStmt", "Stmt"}, {"054", "BkToCstmrDbtCdtNtfctn", "Ntfctn"}};

/* A document with every name under a prefix ("d:" or ""). */
static char *dressed(gsize message, const char *namespace, const char *prefix) {
  const char *root = messages[message].root, *statement = messages[message].statement;
  g_autofree char *mark = *prefix == '\0' ? g_strdup("") : g_strdup_printf(":%.*s", (int)strlen(prefix) - 1, prefix);
  g_autofree char *plain = g_strdup_printf("<Document><%s><%s>" ACCOUNT NTRY("<Sts>BOOK</Sts>") "</%s></%s></Document>",
                                           root, statement, statement, root);
  g_autoptr(GString) text = g_string_new(plain);
  if (*prefix != '\0') {
    g_autofree char *open = g_strconcat("<", prefix, NULL), *close = g_strconcat("</", prefix, NULL);
    g_string_replace(text, "</", "\1", 0);
    g_string_replace(text, "<", open, 0);
    g_string_replace(text, "\1", close, 0);
  }
  g_autofree char *head = g_strdup_printf("<%sDocument>", prefix);
  g_autofree char *named =
      namespace == NULL ? g_strdup(head) : g_strdup_printf("<%sDocument xmlns%s='%s'>", prefix, mark, namespace);
  g_string_replace(text, head, named, 1);
  return g_strdup(text->str);
}

static void test_versions(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(messages); i++)
    for (int version = 2; version <= 13; version++)
      for (int prefixed = 0; prefixed < 2; prefixed++) {
        g_autofree char *namespace = g_strdup_printf(NS "camt.%s.001.%02d", messages[i].number, version);
        g_autofree char *text = dressed(i, namespace, prefixed ? "d:" : "");
        g_autofree char *want =
            g_strdup_printf("\"format\":\"camt.%s.001.%02d\"}\n{\"type\":\"entry\"", messages[i].number, version);
        check(namespace, text, want, "refused");
      }
}

static void test_dresses(void) {
  static const char *const namespaces[] = {NULL, NS "camt", "urn:example",
                                           "http://www.six-interbank-clearing.com/de/camt.053.001.04.ch.02.xsd"};
  static const char *const envelopes[][2] = {
      {"", ""},
      {"\xEF\xBB\xBF\r\n<?xml version='1.0'?><!-- x -->", ""},
      {"<BizMsgEnvlp><AppHdr><BizMsgIdr>Stmt</BizMsgIdr></AppHdr>", "</BizMsgEnvlp>"},
      {"<s:Envelope xmlns:s='urn:s'><s:Body><Rpt><Ntry/></Rpt>", "</s:Body></s:Envelope>"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(messages); i++)
    for (gsize k = 0; k < G_N_ELEMENTS(namespaces); k++)
      for (gsize l = 0; l < G_N_ELEMENTS(envelopes); l++) {
        g_autofree char *document = dressed(i, namespaces[k], "");
        g_autofree char *text = g_strconcat(envelopes[l][0], document, envelopes[l][1], NULL);
        g_autofree char *want = g_strdup_printf("\"format\":\"camt.%s%s\"}\n{\"type\":\"entry\"", messages[i].number,
                                                k == 3 && i == 1 ? ".001.04" : "");
        check(namespaces[k] == NULL ? "none" : namespaces[k], text, want, "refused");
      }
}

static void test_statements(void) {
  static const struct {
    const char *name, *text, *want, *never;
  } cases[] = {
      {"balances", STMT(BAL("OPBD", "1.00", "2026-10-14") BAL("CLBD", "31.00", "2026-10-14") NTRY("")),
       "\"from\":\"2026-10-14\",\"to\":\"2026-10-14\",\"opening\":\"1.00\",\"closing\":\"31.00\"", NULL},
      {"of several days",
       STMT(BAL("OPBD", "2.00", "2026-10-15") BAL("OPBD", "1.00", "2026-10-14") BAL("CLBD", "2.00", "2026-10-14")
                BAL("CLBD", "32.00", "2026-10-15") NTRY("")),
       "\"from\":\"2026-10-14\",\"to\":\"2026-10-15\",\"opening\":\"1.00\",\"closing\":\"32.00\"", NULL},
      {"previous closing", STMT(BAL("PRCD", "1.00", "2026-10-13") NTRY("")),
       "\"from\":\"2026-10-14\",\"opening\":\"1.00\"", NULL},
      {"opening before previous", STMT(BAL("PRCD", "9.00", "2026-10-13") BAL("OPBD", "1.00", "2026-10-14") NTRY("")),
       "\"opening\":\"1.00\"", NULL},
      {"page of two",
       STMT("<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>" BAL("OPBD", "1.00", "2026-10-14")
                BAL("ITBD", "31.00", "2026-10-14") NTRY("")),
       "\"page\":1,\"last_page\":false,\"from\":\"2026-10-14\",\"to\":\"2026-10-14\",\"opening\":\"1.00\",\"closing\":"
       "\"31.00\"",
       NULL},
      {"page two",
       STMT("<StmtPgntn><PgNb>00002</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>" BAL("ITBD", "31.00", "2026-10-14")
                BAL("CLBD", "61.00", "2026-10-14") NTRY("")),
       "\"page\":2,\"last_page\":true,\"from\":\"2026-10-14\",\"to\":\"2026-10-14\",\"opening\":\"31.00\",\"closing\":"
       "\"61.00\"",
       NULL},
      {"a report's interim balance", RPT(BAL("OPBD", "1.00", "2026-10-14") BAL("ITBD", "31.00", "2026-10-14") NTRY("")),
       "\"opening\":\"1.00\"", "closing"},
      {"available balances", STMT(BAL("OPAV", "1.00", "2026-10-14") BAL("CLAV", "31.00", "2026-10-14") NTRY("")),
       "\"last_page\":true,\"format\"", NULL},
      {"report's page", RPT("<RptPgntn><PgNb>3</PgNb><LastPgInd>false</LastPgInd></RptPgntn>" NTRY("")),
       "\"page\":3,\"last_page\":false", NULL},
      {"sum and net of .02",
       STMT("<TxsSummry><TtlNtries><Sum>52.81</Sum><TtlNetNtryAmt>20.79</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd>"
            "</TtlNtries></TxsSummry>" NTRY("")),
       "\"claimed_credit\":\"16.01\",\"claimed_debit\":\"36.80\"", NULL},
      {"sum and net of .08",
       STMT("<TxsSummry><TtlNtries><Sum>30</Sum><TtlNetNtry><Amt>30</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>"
            "</TtlNtries></TxsSummry>" NTRY("")),
       "\"claimed_credit\":\"30.00\",\"claimed_debit\":\"0.00\"", NULL},
      {"a sum alone", STMT("<TxsSummry><TtlNtries><Sum>30</Sum></TtlNtries></TxsSummry>" NTRY("")),
       "\"last_page\":true,\"format\"", NULL},
      {"totals",
       STMT("<TxsSummry><TtlNtries><NbOfNtries>1</NbOfNtries></TtlNtries><TtlCdtNtries><Sum>30</Sum>"
            "</TtlCdtNtries><TtlDbtNtries><Sum>-0.5</Sum></TtlDbtNtries></TxsSummry>" NTRY("")),
       "\"claimed_entries\":1,\"claimed_credit\":\"30.00\",\"claimed_debit\":\"0.50\"", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check(cases[i].name, cases[i].text, cases[i].want, cases[i].never);
}

static void test_entries(void) {
  static const struct {
    const char *name, *text, *want, *never;
  } cases[] = {
      {"batch",
       STMT(NTRY("<AcctSvcrRef>B</AcctSvcrRef><NtryDtls><TxDtls><Refs><AcctSvcrRef>B1</AcctSvcrRef></Refs>" TX_AMOUNT(
           "10.00") "</TxDtls></NtryDtls>" TX(TX_AMOUNT("20")))),
       "\"amount\":\"20.00\",\"currency\":\"CNY\",\"direction\":\"credit\",\"status\":\"booked\",\"reversal\":false,"
       "\"entry_reference\":\"B\",\"index\":2",
       "transactions\":"},
      {"one amount is missing", STMT(NTRY(TX(TX_AMOUNT("30.00")) TX(""))), "\"amount\":\"30.00\"", "index"},
      {"they do not add up", STMT(NTRY(TX(TX_AMOUNT("10.00")) TX(TX_AMOUNT("10.00")))), "\"transactions\":2", "index"},
      {"netted", STMT(NTRY(TX(TX_AMOUNT("40.00")) TX("<Amt Ccy='CNY'>10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"))),
       "\"transactions\":2", "index"},
      {"other currency", STMT(NTRY(TX("<Amt Ccy='USD'>10.00</Amt>") TX("<Amt Ccy='USD'>20.00</Amt>"))),
       "\"transactions\":2", "index"},
      {"own currency first",
       STMT(NTRY(TX("<Amt Ccy='USD'>1.00</Amt><AmtDtls><TxAmt><Amt Ccy='CNY'>10.00</Amt></TxAmt>"
                    "</AmtDtls>") TX(TX_AMOUNT("20.00")))),
       "\"amount\":\"10.00\"", "transactions\":"},
      {"more than are shown",
       STMT(NTRY("<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch></NtryDtls>" TX(TX_AMOUNT("10.00"))
                     TX(TX_AMOUNT("20.00")))),
       "\"transactions\":3", "index"},
      {"details missing", STMT(NTRY("<NtryDtls><Btch><NbOfTxs>7</NbOfTxs></Btch></NtryDtls>")), "\"transactions\":7",
       "index"},
      {"status as text", STMT(NTRY("<Sts>PDNG</Sts>")), "\"status\":\"pending\"", NULL},
      {"status as code", STMT(NTRY("<Sts><Cd>FUTR</Cd></Sts>")), "\"status\":\"info\"", NULL},
      {"the bank's own word", STMT(NTRY("<Sts><Prtry>BOOKED</Prtry></Sts>")), "\"status\":\"booked\"", NULL},
      {"reversal",
       STMT(NTRY("<RvslInd>true</RvslInd>" TX("<RtrInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>x</AddtlInf></RtrInf>"))),
       "\"direction\":\"credit\",\"status\":\"booked\",\"reversal\":true,\"return_reason\":\"AC01\"", NULL},
      {"bare decimals", STMT("<Ntry><Amt Ccy='CNY'>.5</Amt><CdtDbtInd>DBIT</CdtDbtInd>" DAY "</Ntry>"),
       "\"amount\":\"0.50\"", NULL},
      {"empty elements", STMT(NTRY("<Sts/><RvslInd> </RvslInd><ValDt><Dt/></ValDt>" TX("<Amt Ccy='CNY'/>"))),
       "\"status\":\"booked\"", NULL},
      {"value date for a booking date", STMT("<Ntry>" AMOUNT "<ValDt><Dt>2026-10-15</Dt></ValDt></Ntry>"),
       "\"origin\":{\"booking_date\":\"ValDt/Dt\",\"value_date\":\"ValDt/Dt\"", NULL},
      {"no date in a statement", STMT("<Ntry>" AMOUNT "</Ntry>"), "refused missing field=BookgDt", NULL},
      {"no date in a report", RPT("<Ntry>" AMOUNT "</Ntry>"), "\"amount\":\"30.00\"", "booking_date"},
      {"no reference given", STMT(NTRY(TX("<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"))), "\"entry\"",
       "end_to_end_id"},
      {"remark",
       STMT(NTRY(TX("<RmtInf><Ustrd>a</Ustrd><Ustrd>b</Ustrd><Strd><CdtrRefInf><Ref>c</Ref></CdtrRefInf></Strd>"
                    "</RmtInf>"))),
       "\"remark\":\"a b\"", NULL},
      {"where it stood", STMT(NTRY(TX("<RmtInf><Strd><CdtrRefInf><Ref>c</Ref></CdtrRefInf></Strd></RmtInf>"))),
       "\"remark\":\"NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref\"", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check(cases[i].name, cases[i].text, cases[i].want, cases[i].never);
}

/* Who is the other party? */
static void test_counterparty(void) {
#define PARTY(role, name, number)                                                                                      \
  "<" role "><Nm>" name "</Nm></" role "><" role "Acct><Id><Othr><Id>" number "</Id></Othr></Id></" role "Acct>"
#define PARTIES(text) STMT(NTRY(TX("<RltdPties>" text "</RltdPties>")))
  static const struct {
    const char *name, *text, *want;
  } cases[] = {
      {"by account", PARTIES(PARTY("Dbtr", "甲", "1") PARTY("Cdtr", "乙", "2")), "\"counterparty_name\":\"乙\""},
      {"by account, the other way", PARTIES(PARTY("Dbtr", "甲", "2") PARTY("Cdtr", "乙", "1")),
       "\"counterparty_name\":\"甲\",\"counterparty_account\":\"2\""},
      {"by direction", PARTIES(PARTY("Dbtr", "甲", "3") PARTY("Cdtr", "乙", "2")), "\"counterparty_name\":\"甲\""},
      {"only one", PARTIES(PARTY("Cdtr", "乙", "2")), "\"counterparty_name\":\"乙\""},
      {"in .08", PARTIES("<Dbtr><Pty><Nm>丙</Nm></Pty></Dbtr>"), "\"counterparty_name\":\"丙\""},
      {"a bank", PARTIES("<Dbtr><Agt><FinInstnId><Nm>丁</Nm></FinInstnId></Agt></Dbtr>"),
       "\"counterparty_name\":\"丁\""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check(cases[i].name, cases[i].text, cases[i].want, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/camt/versions", test_versions);
  g_test_add_func("/camt/dresses", test_dresses);
  g_test_add_func("/camt/statements", test_statements);
  g_test_add_func("/camt/entries", test_entries);
  g_test_add_func("/camt/counterparty", test_counterparty);
  return g_test_run();
}
