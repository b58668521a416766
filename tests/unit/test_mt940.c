/* MT940 and MT942: the statement line, the dialects of :86:, messages and what is refused. */
#include "parsers/mt940.h"
#include "parsers/mt940_info.h"
#include "parsers/mt940_value.h"
#include "tests/unit/parsing.h"

typedef struct {
  const char *name, *text, *want;
} Case;

/* The line as one text, or "refused REASON". */
static char *line_text(const char *input) {
  g_autofree char *text = g_strdup(input);
  g_autoptr(GError) error = NULL;
  Mt940Line line;
  if (!mt940_line(text, "EUR", &line, &error))
    return g_strdup_printf("refused %s", error_reason(error));
  g_autofree char *value = day_format(line.value_date), *booked = day_format(line.booking_date);
  g_autofree char *amount = money_format(line.amount);
  return g_strdup_printf("%s %s %s %s%s%s %s|%s|%s|%s|%s", value, booked,
                         line.direction == DIRECTION_CREDIT ? "in" : "out", amount, line.reversal ? " reversal" : "",
                         line.expected ? " expected" : "", line.type, line.reference, line.bank, line.name,
                         line.details);
}

static void test_line(void) {
  static const Case cases[] = {
      {"whole", "2611091110C1234,56NTRFREF1//BANK1\nDetails",
       "2026-11-09 2026-11-10 in 1234.56 NTRF|REF1|BANK1||Details"},
      {"no entry date", "261109D1,NMSCNONREF", "2026-11-09 2026-11-09 out 1.00 NMSC||||"},
      {"blank entry date", "261109    DD212,39NMSCNONREF//", "2026-11-09 2026-11-09 out 212.39 NMSC||||"},
      {"funds letter", "2611091109CR27,00N051NONREF", "2026-11-09 2026-11-09 in 27.00 N051||||"},
      {"funds letter after a reversal", "2611091109RDR27,00N051A", "2026-11-09 2026-11-09 in 27.00 reversal N051|A|||"},
      {"RC is money out", "261109RC5,NRTIX", "2026-11-09 2026-11-09 out 5.00 reversal NRTI|X|||"},
      {"RD is money in", "261109RD5,NRTIX", "2026-11-09 2026-11-09 in 5.00 reversal NRTI|X|||"},
      {"EC", "261109EC5,NTRFX", "2026-11-09 2026-11-09 in 5.00 expected NTRF|X|||"},
      {"ED", "261109ED5,NTRFX", "2026-11-09 2026-11-09 out 5.00 expected NTRF|X|||"},
      {"lower case mark", "2205120514d1,01N946NONREF", "2022-05-12 2022-05-14 out 1.01 N946||||"},
      {"year before", "2601021231C1,NTRFX", "2026-01-02 2025-12-31 in 1.00 NTRF|X|||"},
      {"year after", "2512310102C1,NTRFX", "2025-12-31 2026-01-02 in 1.00 NTRF|X|||"},
      {"leap day", "2403010229C1,NTRFX", "2024-03-01 2024-02-29 in 1.00 NTRF|X|||"},
      {"30 February", "1602300301D6,00NTRFX", "2016-02-29 2016-03-01 out 6.00 NTRF|X|||"},
      {"cut before the bank's reference", "261109C1,NTRFX\n//BANK9\nmore",
       "2026-11-09 2026-11-09 in 1.00 NTRF|X|BANK9||more"},
      {"last century", "991231C1,NTRFX", "1999-12-31 1999-12-31 in 1.00 NTRF|X|||"},
      {"dot", "261109C12.45NTRFX", "2026-11-09 2026-11-09 in 12.45 NTRF|X|||"},
      {"no decimals", "261109C12NTRFX", "2026-11-09 2026-11-09 in 12.00 NTRF|X|||"},
      {"one decimal", "261109C12,5NTRFX", "2026-11-09 2026-11-09 in 12.50 NTRF|X|||"},
      {"only decimals", "261109C,05NTRFX", "2026-11-09 2026-11-09 in 0.05 NTRF|X|||"},
      {"leading zeros", "261109C000000000001,62NTRFX", "2026-11-09 2026-11-09 in 1.62 NTRF|X|||"},
      {"zero", "261109C0,00NTRFX", "2026-11-09 2026-11-09 in 0.00 NTRF|X|||"},
      {"blank before type", "261109D12,35 NRTIKREF+//7", "2026-11-09 2026-11-09 out 12.35 NRTI||7||"},
      {"type with a blank", "261109D25,03NOV NONREF", "2026-11-09 2026-11-09 out 25.03 NOV ||||"},
      {"no type", "261109D25,03", "2026-11-09 2026-11-09 out 25.03 ||||"},
      {"padded references", "261109D1,NTRF1004688128      //612  ",
       "2026-11-09 2026-11-09 out 1.00 NTRF|1004688128|612||"},
      {"slashes in a reference", "261109D1,NMSCFOO/123//A-B\n\nx",
       "2026-11-09 2026-11-09 out 1.00 NMSC|FOO/123|A-B||\nx"},
      {"name", "261109D1,N0440121470966      W.P. Jansen ",
       "2026-11-09 2026-11-09 out 1.00 N044|0121470966||W.P. Jansen|"},
      {"third decimal", "261109C1,234NTRFX", "refused mt940_field"},
      {"thousand or one", "261109C1.230NTRFX", "refused mt940_field"},
      {"both separators", "261109C1.234,56NTRFX", "refused mt940_field"},
      {"no amount", "261109CNTRFX", "refused mt940_field"},
      {"no digits", "261109C,NTRFX", "refused mt940_field"},
      {"blank amount", "261109C123 45NTRFX", "refused mt940_field"},
      {"too much", "261109C99999999999999999999,00NTRFX", "refused mt940_field"},
      {"no mark", "2611091110X1,NTRFX", "refused mt940_field"},
      {"no day", "261131C1,NTRFX", "refused date"},
      {"no entry day", "2611091332C1,NTRFX", "refused date"},
      {"leap day of no year near", "2606300230C1,NTRFX", "refused date"},
      {"cut", "2611", "refused mt940_field"},
      {"empty", "", "refused mt940_field"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = line_text(cases[i].text);
    if (strcmp(got, cases[i].want) != 0)
      g_test_fail_printf("%s: %s, not %s", cases[i].name, got, cases[i].want);
  }
}

static void add(GString *all, const char *name, const char *value) {
  if (value != NULL)
    g_string_append_printf(all, "%s[%s]=%s", all->len > 0 ? " " : "", name, value);
}

static char *info_text(const char *text) {
  Mt940InfoReader *reader = mt940_info_reader_new();
  GStringChunk *texts = g_string_chunk_new(256);
  Mt940Info info;
  GString *all = g_string_new(NULL);
  mt940_info_read(reader, text, strlen(text), texts, &info);
  static const struct {
    const char *name;
    Mt940Field field;
  } shown[] = {{"name", MT940_FIELD_NAME},       {"account", MT940_FIELD_ACCOUNT}, {"bank", MT940_FIELD_BANK},
               {"e2e", MT940_FIELD_END_TO_END},  {"kref", MT940_FIELD_REFERENCE},  {"remark", MT940_FIELD_REMARK},
               {"purpose", MT940_FIELD_PURPOSE}, {"summary", MT940_FIELD_SUMMARY}, {"return", MT940_FIELD_RETURN}};
  for (gsize i = 0; i < G_N_ELEMENTS(shown); i++) {
    add(all, shown[i].name, info.text[shown[i].field]);
    g_assert_true(info.text[shown[i].field] == NULL || info.place[shown[i].field] != NULL);
  }
  mt940_info_reader_free(reader);
  g_string_chunk_free(texts);
  return g_string_free(all, FALSE);
}

static void test_info(void) {
  static const Case cases[] = {
      {"none", "", ""},
      {"plain", "Payment of invoice 7", "[remark]=Payment of invoice 7"},
      {"plain, a line that ended", "Payment of\ninvoice 7", "[remark]=Payment of invoice 7"},
      {"plain, a full line", "12345678901234567890123456789012345678901234567890123456789012345\n6 end",
       "[remark]=123456789012345678901234567890123456789012345678901234567890123456 end"},
      {"plain, full with the tag", "1234567890123456789012345678901234567890123456789012345678901\n2 end",
       "[remark]=12345678901234567890123456789012345678901234567890123456789012 end"},
      {"plain, padded", "BETALINGSKENM.  123     \nKPN                      ", "[remark]=BETALINGSKENM. 123 KPN"},
      {"plain after an IBAN", "NL57ABNA0987654321 ABNANL2A J AAP text",
       "[account]=NL57ABNA0987654321 [bank]=ABNANL2A [remark]=NL57ABNA0987654321 ABNANL2A J AAP text"},
      {"digits that are no GVC", "911 TRANSAKCJA", "[remark]=911 TRANSAKCJA"},
      {"German, old", "008?00DAUERAUFTRAG?100599?20Miete November?3010020030?31234567?32MUELLER?34339",
       "[name]=MUELLER [account]=234567 [bank]=10020030 [remark]=Miete November [summary]=DAUERAUFTRAG"},
      {"German, a field cut by the line", "020?00A?2\n0one?2\n1two", "[remark]=one two [summary]=A"},
      {"German, full pieces go on", "166?20SVWZ+123456789012345678901 ?21b 3456789012345678901234567?22c",
       "[remark]=123456789012345678901 b 3456789012345678901234567c"},
      {"German, a lost blank", "166?20SVWZ+123456789012345678901?21b", "[remark]=123456789012345678901 b"},
      {"German, SEPA words cut anywhere",
       "166?00GUTSCHRIFT?20EREF+A1.200080779.400143254?21.4961336 KREF+SEPA-DA202006?2201221740-34972000-P12345 "
       "MR?23EF+M1                  ?24SVWZ+Invoice 7?30CSDBDE71XXX?31DE50 7123 4560 0200 6913 29?32Anna Muster?33mann "
       "KG",
       "[name]=Anna Muster mann KG [account]=DE50712345600200691329 [bank]=CSDBDE71XXX "
       "[e2e]=A1.200080779.400143254.4961336 [kref]=SEPA-DA20200601221740-34972000-P12345 [remark]=Invoice 7 "
       "[summary]=GUTSCHRIFT"},
      {"German, NOTPROVIDED", "166?20EREF+NOTPROVIDED?21SVWZ+Rent ABWA+Other", "[remark]=Rent"},
      {"German, a reference that ends early", "166?20EREF+E1?21SO123?22paid", "[e2e]=E1 [remark]=SO123 paid"},
      {"German, no reference word within a word", "166?20Text AEREF+1", "[remark]=Text AEREF+1"},
      {"German, purpose code", "166?20EREF+E1 PURP+SALA SVWZ+x", "[e2e]=E1 [remark]=x [purpose]=SALA"},
      {"German, another mark", "000>100987654321\n>20ALGEMENE TUSSENREKENING KOS>21TEN VAN 01-10\n>310390123456",
       "[account]=0390123456 [remark]=ALGEMENE TUSSENREKENING KOSTEN VAN 01-10"},
      {"German, carets", "020^00Wyplata^20FV 1^32HUTA^38PL0810600076",
       "[name]=HUTA [account]=PL0810600076 "
       "[remark]=FV 1 [summary]=Wyplata"},
      {"German, a mark that is text", "166?20Why? ?99 no?21b", "[remark]=Why? ?99 no b"},
      {"German, more purpose", "166?20a?60b?63c", "[remark]=a b c"},
      {"German, returned", "159?00RETOURE?20SVWZ+x", "[remark]=x [summary]=RETOURE [return]=RETOURE"},
      {"German, name of 27", "166?32123456789012345678901234567?338 GmbH", "[name]=1234567890123456789012345678 GmbH"},
      {"Dutch",
       "/TRTP/SEPA OVERBOEKING/IBAN/FR12345678901234/BIC/GEFRADAM\n/NAME/QASD JGRED/REMI/Dit zijn de "
       "omschrijvingsregels/EREF/NOTPRO\nVIDED",
       "[name]=QASD JGRED [account]=FR12345678901234 [bank]=GEFRADAM [remark]=Dit zijn de omschrijvingsregels "
       "[summary]=SEPA OVERBOEKING"},
      {"Dutch, returned", "/RTYP/Terugboeking/RTRN/\nAC01/IBAN/ NL71ABNA1234567890/NAME/De Boer/REMI/mei/EREF/E1",
       "[name]=De Boer [account]=NL71ABNA1234567890 [e2e]=E1 [remark]=mei [summary]=Terugboeking [return]=AC01"},
      {"Dutch, a word cut",
       "/CNTP/NL21RABO0999999999/RABONL2U/G-A N.V./3000AA WESTBEE\nN Nederland//EREF/NOTPROVIDED//RE"
       "\nMI/USTD//Factuur 201801/",
       "[name]=G-A N.V. [account]=NL21RABO0999999999 [bank]=RABONL2U [remark]=Factuur 201801"},
      {"ING",
       "/EREF/4003//MARF/2.34//CSID/NL11//CNTP/NL21BASN0272727272/COBANL2XXXX/T-Mobile BV///REMI/USTD//Factuur "
       "8//PURP/OTHR/",
       "[name]=T-Mobile BV [account]=NL21BASN0272727272 [bank]=COBANL2XXXX [e2e]=4003 [remark]=Factuur 8 "
       "[purpose]=OTHR"},
      {"ING, no party", "/CNTP/0001234500////", "[account]=0001234500"},
      {"Rabobank", "/ORDP//NAME/J AAP B.V./REMI/xxx yyy\n/ISDT/2013-12-05", "[name]=J AAP B.V. [remark]=xxx yyy"},
      {"Rabobank, own reference", "/PREF/Batch-7/SOMETHING ELSE", "[kref]=Batch-7/SOMETHING ELSE"},
      {"ultimate party", "/NAME/A/REMI/b/ORDP//ID/12", "[name]=A [remark]=b"},
      {"text that looks like a word", "/NAME/A/REMI/see/ID/7", "[name]=A [remark]=see/ID/7"},
      {"SWIFT party", "/ORDP/300000000460495\n/IVOTEHNA DOOEL SKOPJE\n/747//747\n/Uplata po faktura 747",
       "[name]=IVOTEHNA DOOEL SKOPJE [account]=300000000460495 [remark]=747//747 Uplata po faktura 747"},
      {"SWIFT name", "/BENM/Acme Trading\n12 High Street/REMI/Inv 7",
       "[name]=Acme Trading 12 High Street [remark]=Inv 7"},
      {"SWIFT charge", "/OCMT/USD2853,12/\nPAYMENT OF INVOICES 204", "[remark]=PAYMENT OF INVOICES 204"},
      {"slash that is text", "/PT/FT/PY/SOMETHING", "[remark]=/PT/FT/PY/SOMETHING"},
      {"German, letters for the GVC", "TBB+00ПРЕВОД 146 +21Ф1460 +30BFTBBGSF+31BG42BFTB76+32ФИРМА1 ООД ",
       "[name]=ФИРМА1 ООД [account]=BG42BFTB76 [bank]=BFTBBGSF [remark]=Ф1460 [summary]=ПРЕВОД 146"},
      {"German, no GVC", ">20Usługi 2016>31491050195310000\n0477656534>32BOOKING GROUP",
       "[name]=BOOKING GROUP [account]=4910501953100000477656534 [remark]=Usługi 2016"},
      {"German, reference in the next piece", "005?20LASTSCHRIFT?22END-TO-END-REF.:?231\n64618?26DANKE",
       "[e2e]=164618 [remark]=LASTSCHRIFT DANKE"},
      {"German, the payer's words", "166?20SVWZ+Rent EREF+EVIL IBAN+DE99", "[remark]=Rent EREF+EVIL IBAN+DE99"},
      {"plain after a return code", "AC04 NL20INGB0002222222 INGBNL2A Name",
       "[account]=NL20INGB0002222222 "
       "[bank]=INGBNL2A [remark]=AC04 NL20INGB0002222222 INGBNL2A Name [return]=AC04"},
      {"columns",
       "SEPA OVERBOEKING                 IBAN: NL56CHAS0101010101\nBIC: CHASNL2XXXX                 NAAM: AA B.V."
       "\nOMSCHRIJVING: 1412 CONSULTING\nKENMERK: 7541410",
       "[name]=AA B.V. [account]=NL56CHAS0101010101 [bank]=CHASNL2XXXX [e2e]=7541410 [remark]=1412 CONSULTING "
       "[summary]=SEPA OVERBOEKING"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = info_text(cases[i].text);
    if (strcmp(got, cases[i].want) != 0)
      g_test_fail_printf("%s: %s, not %s", cases[i].name, got, cases[i].want);
  }
}

#define HEAD ":20:R1\n:25:12345678/0098\n:28C:7/2\n:60F:C260101EUR10,00\n"
#define LINE ":61:260102C5,NTRFA//B\n:86:x\n"
#define TAIL ":62F:C260102EUR15,00\n-\n"

/* Parts that the records must hold, or "refused" with its facts. */
static const Case files[] = {
    {"whole", HEAD LINE TAIL, "\"opening\":\"10.00\",\"closing\":\"15.00\""},
    {"account without its bank", HEAD LINE TAIL, "\"account\":\"0098\""},
    {"sequence and page", HEAD LINE TAIL, "\"id\":\"R1\",\"sequence\":\"7\",\"page\":2,\"last_page\":true"},
    {"days after the opening", HEAD LINE TAIL, "\"from\":\"2026-01-02\",\"to\":\"2026-01-02\""},
    {"a line on the opening's day", HEAD ":61:260101C5,NTRFA\n" TAIL, "\"from\":\"2026-01-01\""},
    {"more pages", ":20:A\n:25:1\n:28C:1/1\n:60F:C260101EUR1,\n:62M:C260101EUR1,\n-", "\"last_page\":false"},
    {"pages without a head",
     ":20:A\n:25:1\n:28C:4/1\n:60F:C260101EUR1,\n:62M:C260101EUR1,\n:60M:C260101EUR1,\n"
     ":62F:C260101EUR1,\n",
     "\"statement\":2,\"account\":\"1\",\"currency\":\"EUR\",\"id\":\"A\",\"sequence\":\"4\",\"page\":2"},
    {"numbers of zero", ":20:A\n:25:1\n:28:00000/00\n:60F:C260101EUR1,\n:62F:C260101EUR1,\n",
     "\"id\":\"A\",\"page\":1"},
    {"currency behind the account", ":20:A\n:25:1291.99.348EUR\n:60F:D260101EUR1,\n:62F:C260101EUR1,\n",
     "\"account\":\"1291.99.348\""},
    {"debit balance", ":20:A\n:25:1\n:60F:D260101EUR1,\n:62F:C260101EUR1,\n", "\"opening\":\"-1.00\""},
    {"closing without currency", HEAD LINE ":62F:C26010215,00\n", "\"closing\":\"15.00\""},
    {"no such day", ":20:A\n:25:1\n:60F:C261031EUR1,\n:62F:C261131EUR1,\n", "\"closing\":\"1.00\""},
    {"envelope", "{1:F01X}{2:O9401200260102X}{4:\r\n" HEAD LINE ":62F:C260102EUR15,00\r\n-}{5:{CHK:1}}",
     "\"id\":\"R1\""},
    {"envelopes on one line",
     "{1:F01X}{2:I940X}{4:\n" HEAD ":62F:C260102EUR10,\n-}{1:F01X}{2:I940X}{4:\n" HEAD ":62F:C260102EUR10,\n-}",
     "\"statement\":2"},
    {"envelope behind an acknowledgement",
     "{1:F21X}{4:{177:2601021200}{451:0}}{1:F01X}{2:O942X}{4:\n:20:A\n:25:1EUR\n" LINE "-}", "\"format\":\"mt942\""},
    {"envelope lines", "{1:F01X}\n{2:I940X}\n{4:\n" HEAD LINE TAIL, "\"id\":\"R1\""},
    {"indented", "{1:F01X}{2:I940X}{4:\n\t\t:20:R1\n\t\t:25:1\n\t\t:60F:C260101CNY1,\n\t\t:62F:C260101CNY1,\n\t\t-}",
     "\"currency\":\"CNY\""},
    {"CR only", ":20:A\r:25:1\r:60F:C260101EUR1,\r:61:260101C1,NTRFX\r:86:a\rb\r:62F:C260101EUR2,\r-\r",
     "\"remark\":\"a b\""},
    {"framed by SOH and ETX", "\x01:20:A\n:25:1\n:60F:C260101EUR1,\n:62F:C260101EUR1,\n-\n\x03", "\"id\":\"A\""},
    {"a bank's head", "ABNANL2A\n940\nABNANL2A\n" HEAD LINE TAIL "ABNANL2A\n940\n" HEAD LINE TAIL, "\"statement\":2"},
    {"a dash that is text", HEAD ":61:260102C5,NTRFA\n:86:a\n-\nb\n" TAIL, "\"remark\":\"a - b\""},
    {"text that begins with a dash", HEAD ":61:260102C5,NTRFA\n:86:19-08\n-2014 x\n" TAIL,
     "\"remark\":\"19-08 -2014 x\""},
    {"text that begins with a colon", HEAD ":61:260102C5,NTRFA\n:86:at 3\n:08 Card\n" TAIL,
     "\"remark\":\"at 3 :08 Card\""},
    {"no :86:", HEAD ":61:260102C5,NTRFA\nGehalt\n" TAIL, "\"summary\":\"Gehalt\""},
    {"several :86:", HEAD ":61:260102C5,NTRFA\n:86:one\n:86:two\n" TAIL, "\"remark\":\"one two\""},
    {":86: of the statement", HEAD LINE ":62F:C260102EUR15,00\n:86:not mine\n-", "\"remark\":\"x\""},
    {"ING's sums", HEAD LINE ":62F:C260102EUR15,00\n:86:/SUM/0/1/0,00/5,00/\n-}",
     "\"claimed_credit_entries\":1,\"claimed_debit_entries\":0,"
     "\"claimed_credit\":\"5.00\",\"claimed_debit\":\"0.00\""},
    {"details that are an IBAN", HEAD ":61:260102C5,N102EREF\nNL44RABO0123456789\n:86:/EREF/E/NAME/N\n" TAIL,
     "\"counterparty_account\":\"NL44RABO0123456789\""},
    {"ING's sums by letters", HEAD LINE ":62F:C260102EUR15,00\n:86:D000000C000001D0,00C5,00\n-XXX",
     "\"claimed_credit_entries\":1,\"claimed_debit_entries\":0,\"claimed_credit\":\"5.00\",\"claimed_debit\":\"0.00\""},
    {"FinTS",
     "@@:20:A@@:25:1@@:28C:0@@:34F:EUR 999,99@@:13:2601212255@@:61:260121D0,02NMSCKREF+@@:86:177?00Ü?20a@@"
     "?21b?32F@@:90D:1EUR,02@@:90C:EUR,00",
     "\"remark\":\"a b\",\"summary\":\"Ü\""},
    {"no closing, but what follows it", HEAD LINE ":65:C260103EUR1,\n", "\"opening\":\"10.00\",\"format\""},
    {"interim", ":20:A\n:25:1\n:34F:EURD0,\n:13D:2601021200+0100\n" LINE ":90D:0EUR0,\n:90C:1EUR5,\n-\n",
     "\"claimed_credit_entries\":1,\"claimed_debit_entries\":0,\"claimed_credit\":\"5.00\",\"claimed_debit\":\"0.00\","
     "\"format\":\"mt942\""},
    {"interim in an envelope", "{1:F01X}{2:O942X}{4:\n:20:A\n:25:1EUR\n" LINE "-}", "\"format\":\"mt942\""},
    {"national fields", ":20:A\n:25:1\n:NS:22John\n23Doe\n:60F:C260101EUR1,\n:61:260102C5,NTRFA\n:NS:15Name\n" TAIL,
     "\"remark\":\"Name\""},
    {"latin-1", HEAD ":61:260102C5,NTRFA\n:86:M\xFCller Gr\xF6\xDF\x65\n" TAIL, "\"remark\":\"Müller Größe\""},
    {"GB18030", HEAD ":61:260102C5,NTRFA\n:86:\xB1\xB1\xBE\xA9\xB9\xAB\xCB\xBE\n" TAIL, "\"remark\":\"北京公司\""},
    {"UTF-8", HEAD ":61:260102C5,NTRFA\n:86:北京\n" TAIL, "\"remark\":\"北京\""},
    {"cut", HEAD LINE, "refused mt940_cut line=6 expected=:62F:"},
    {"interim that ends in its claims", ":20:A\n:25:1\n:34F:EUR0,\n" LINE ":90C:1EUR5,00",
     "\"claimed_credit\":\"5.00\""},
    {"interim, claims of more", ":20:A\n:25:1\n:34F:EUR0,\n" LINE ":90C:2EUR5,00", "refused mt940_cut"},
    {"cut interim", ":20:A\n:25:1\n:34F:EUR0,\n" LINE, "refused mt940_cut"},
    {"no message", "{1:F01X}{2:I940X}{4:\n", "refused mt940_cut"},
    {"only a line", LINE, "refused mt940_order line=1 field=:61: expected=:20:"},
    {"no opening", ":20:A\n:25:1\n" LINE TAIL, "refused mt940_order line=3 field=:61: expected=:60F:"},
    {"a line after the closing", HEAD LINE ":62F:C260102EUR15,00\n" LINE, "refused mt940_order line=8 field=:61:"},
    {"two openings", HEAD ":60F:C260101EUR10,00\n" TAIL, "refused mt940_order"},
    {"another currency", HEAD ":62F:C260102USD15,00\n", "refused currency line=5 field=:62F:"},
    {"no currency", ":20:A\n:25:1\n:60F:C260101XQX1,\n", "refused currency"},
    {"broken balance", ":20:A\n:25:1\n:60F:C260101EURx\n", "refused mt940_field line=3 field=:60F:"},
    {"broken line", HEAD ":61:2601x2C5,NTRFA\n" TAIL, "refused mt940_field line=5 field=:61:"},
};

/* The facts that a refusal must name: each of the wanted words stands in it. */
static gboolean holds(const char *got, const char *want) {
  if (!g_str_has_prefix(want, "refused"))
    return strstr(got, want) != NULL;
  g_auto(GStrv) words = g_strsplit(want, " ", -1);
  for (char **word = words; *word != NULL; word++)
    if (strstr(got, *word) == NULL)
      return FALSE;
  return TRUE;
}

static void test_files(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *got = parse_text("f", files[i].text, strlen(files[i].text), FALSE, NULL);
    if (!holds(got, files[i].want))
      g_test_fail_printf("%s: %s lacks %s", files[i].name, got, files[i].want);
  }
}

static gboolean ignore_statement(G_GNUC_UNUSED void *user, G_GNUC_UNUSED const Statement *statement,
                                 G_GNUC_UNUSED GError **error) {
  return TRUE;
}

static gboolean see_entry(void *user, const Entry *entry, G_GNUC_UNUSED GError **error) {
  *(char **)user = g_strdup_printf("%d %s", entry->status, entry->origin);
  return TRUE;
}

/* Where the fields stood, and the kind of statement. */
static void test_origin(void) {
  static const char text[] = HEAD ":61:260102EC5,NTRFA\n:86:166?20x\n" TAIL;
  Memory memory = {text, strlen(text)};
  Source source = {memory_read, &memory};
  char *seen = NULL;
  RecordSink sink = {ignore_statement, see_entry, ignore_statement, NULL, &seen};
  g_assert_true(parse_statement(&source, NULL, &sink, NULL));
  g_assert_true(g_str_has_prefix(seen, "1 booking_date=:61:\n")); /* expected, so pending */
  g_assert_nonnull(strstr(seen, "\nremark=:86:?20-29\n"));
  g_free(seen);
}

/* However the bytes arrive. */
static void test_pieces(void) {
  static const char text[] = "{1:F01X}{2:O9401200260102X}{4:\r\n" HEAD LINE ":62F:C260102EUR15,00\r\n-}";
  for (gsize cut = 0; cut < sizeof text; cut++) {
    Collector collector = collector_make("f");
    RecordSink sink = collector_sink(&collector);
    g_autoptr(Mt940) mt940 = mt940_new(&sink);
    g_assert_true(mt940_feed(mt940, text, cut, NULL));
    g_assert_true(mt940_feed(mt940, text + cut, strlen(text) - MIN(cut, strlen(text)), NULL));
    g_assert_true(mt940_finish(mt940, NULL));
    g_assert_nonnull(strstr(collector.text->str, "\"closing\":\"15.00\""));
    g_assert_nonnull(strstr(collector.text->str, "\"bank_reference\":\"B\""));
    collector_free(&collector);
  }
}

static void test_bounds(void) {
  GString *text = g_string_new(HEAD ":61:260102C5,NTRFA\n:86:");
  for (int i = 0; i < 40000; i++)
    g_string_append_c(text, 'x');
  g_autofree char *got = parse_text("f", text->str, text->len, FALSE, NULL);
  g_assert_true(g_str_has_prefix(got, "refused field_too_long"));
  g_string_free(text, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/mt940/line", test_line);
  g_test_add_func("/mt940/info", test_info);
  g_test_add_func("/mt940/files", test_files);
  g_test_add_func("/mt940/origin", test_origin);
  g_test_add_func("/mt940/pieces", test_pieces);
  g_test_add_func("/mt940/bounds", test_bounds);
  return g_test_run();
}
