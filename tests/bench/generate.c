/* generate camt|csv|mt940 N: a statement of N lines on stdout, the same for the same N. Line i is the same movement in
 * every format. Sizes as banks have them: about 1,150 bytes an entry in camt.053, 170 bytes a row in CSV (GB18030,
 * twelve columns, thousands separators in quotes, a TAB before account numbers, names outside GBK now and then). */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const cities[] = {"广州", "珠海", "福州", "昆明", "贵阳", "南宁",
                                     "海口", "沈阳", "大连", "济南", "郑州", "太原"};
static const char *const firms[] = {"云岭", "海棠", "蓝溪", "白桦", "青禾", "南屏", "长宁",
                                    "景和", "松涛", "百川", "晨曦", "安澜", "镕㙍"};
static const char *const trades[] = {"软件",     "印刷", "食品",   "纺织",     "仪器",
                                     "咨询服务", "园林", "供应链", "检测技术", "建筑设计"};
static const char *const forms[] = {"有限公司", "有限责任公司", "股份有限公司", "商贸有限公司"};
static const char *const people[] = {"卢静宜", "方子墨", "叶知秋", "陆一鸣", "姚望舒",
                                     "邱㛃",   "丁以宁", "范仲平", "石磊",   "贺兰㼆"};
static const char *const banks[] = {"中国工商银行", "中国建设银行", "中国农业银行", "中国银行", "招商银行", "交通银行"};
static const char *const remarks[] = {"证书服务费", "数字证书 年费",  "货款",   "电子印章费用", "退款",
                                      "转账",       "服务费，请开票", "备用金", "房租",         "结息"};

typedef struct {
  gboolean credit;
  gint64 fen;
  char name[160], account[24], bank[96], serial[32], reference[40], remark[200], day[16], time[16];
} Movement;

static guint64 mixed(guint64 line, guint64 purpose) {
  guint64 x = line * 0x9E3779B97F4A7C15u + purpose * 0xC2B2AE3D27D4EB4Fu + 1;
  x = (x ^ (x >> 31)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 29)) * 0x94D049BB133111EBu;
  return x ^ (x >> 32);
}

#define PICK(list, line, purpose) (list)[mixed(line, purpose) % G_N_ELEMENTS(list)]

static void make(guint64 line, guint64 count, Movement *out) {
  guint64 seconds = mixed(line, 1) % 86400, day = line * 28 / count + 1;
  out->credit = mixed(line, 2) % 10 < 8;
  out->fen = (gint64)(1 + mixed(line, 3) % 5000000);
  if (mixed(line, 4) % 10 < 6)
    g_snprintf(out->name, sizeof out->name, "%s%s%s%s", PICK(cities, line, 5), PICK(firms, line, 6),
               PICK(trades, line, 7), PICK(forms, line, 8));
  else
    g_strlcpy(out->name, PICK(people, line, 9), sizeof out->name);
  g_snprintf(out->account, sizeof out->account, "62%017" PRIu64, mixed(line, 10) % 100000000000000000u);
  g_snprintf(out->bank, sizeof out->bank, "%s%s分行营业部", PICK(banks, line, 11), PICK(cities, line, 12));
  g_snprintf(out->day, sizeof out->day, "202611%02" PRIu64, day);
  g_snprintf(out->time, sizeof out->time, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600, seconds / 60 % 60,
             seconds % 60);
  g_snprintf(out->serial, sizeof out->serial, "%s%08" PRIu64 "%04" PRIu64, out->day, line, mixed(line, 13) % 10000);
  g_snprintf(out->reference, sizeof out->reference, "E2E%s%012" PRIx64, out->day, mixed(line, 14) >> 16);
  if (mixed(line, 15) % 10 < 6)
    g_snprintf(out->remark, sizeof out->remark, "%s%s202611%09" PRIu64, PICK(remarks, line, 16),
               mixed(line, 17) % 2 == 0 ? " " : "", line);
  else
    g_strlcpy(out->remark, PICK(remarks, line, 16), sizeof out->remark);
  if (mixed(line, 20) % 16 == 0)
    g_strlcat(out->remark, ",\"三季度\"", sizeof out->remark);
}

/* As a CSV cell: in quotes when it must be. */
static void quoted(const char *text, char out[400]) {
  gboolean plain = strpbrk(text, ",\"") == NULL;
  if (!plain)
    *out++ = '"';
  for (; *text != '\0'; text++) {
    if (*text == '"')
      *out++ = '"';
    *out++ = *text;
  }
  g_strlcpy(out, plain ? "" : "\"", 2);
}

/* "1234567.89"; with a separator also "1,234,567.89". */
static void amount(gint64 fen, char point, char separator, char out[40]) {
  char digits[32];
  int size = g_snprintf(digits, sizeof digits, "%" PRId64, ABS(fen) / 100), at = 0;
  if (fen < 0)
    out[at++] = '-';
  for (int i = 0; i < size; i++) {
    if (separator != '\0' && i > 0 && (size - i) % 3 == 0)
      out[at++] = separator;
    out[at++] = digits[i];
  }
  g_snprintf(out + at, (gulong)(40 - at), "%c%02d", point, (int)(ABS(fen) % 100));
}

#define OWNER "深圳市拾叶认证有限公司"
#define ACCOUNT "1100990000000000017"
#define OPENING 100000000

static void camt_balance(const char *code, gint64 fen, const char *day) {
  char text[40];
  amount(fen, '.', '\0', text);
  printf("   <Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">%s</Amt><CdtDbtInd>%s</CdtDbtInd>"
         "<Dt><Dt>%s</Dt></Dt></Bal>\n",
         code, fen < 0 ? text + 1 : text, fen < 0 ? "DBIT" : "CRDT", day);
}

static void camt_entry(const Movement *m) {
  char text[40], day[16];
  const char *way = m->credit ? "CRDT" : "DBIT", *name = m->name, *account = m->account;
  amount(m->fen, '.', '\0', text);
  g_snprintf(day, sizeof day, "%.4s-%.2s-%.2s", m->day, m->day + 4, m->day + 6);
  printf("   <Ntry>\n    <NtryRef>%s</NtryRef>\n    <Amt Ccy=\"CNY\">%s</Amt>\n    <CdtDbtInd>%s</CdtDbtInd>\n"
         "    <Sts><Cd>BOOK</Cd></Sts>\n    <BookgDt><DtTm>%sT%s+08:00</DtTm></BookgDt>\n"
         "    <ValDt><Dt>%s</Dt></ValDt>\n    <AcctSvcrRef>%s</AcctSvcrRef>\n"
         "    <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>%s</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>\n",
         m->serial, text, way, day, m->time, day, m->serial, m->credit ? "RCDT" : "ICDT");
  printf("    <NtryDtls>\n     <TxDtls>\n      <Refs><AcctSvcrRef>%s</AcctSvcrRef><EndToEndId>%s</EndToEndId></Refs>\n"
         "      <Amt Ccy=\"CNY\">%s</Amt>\n      <CdtDbtInd>%s</CdtDbtInd>\n      <RltdPties>\n"
         "       <Dbtr><Pty><Nm>%s</Nm></Pty></Dbtr>\n"
         "       <DbtrAcct><Id><Othr><Id>%s</Id></Othr></Id></DbtrAcct>\n",
         m->serial, m->reference, text, way, m->credit ? name : OWNER, m->credit ? account : ACCOUNT);
  printf("       <Cdtr><Pty><Nm>%s</Nm></Pty></Cdtr>\n"
         "       <CdtrAcct><Id><Othr><Id>%s</Id></Othr></Id></CdtrAcct>\n      </RltdPties>\n"
         "      <RltdAgts><DbtrAgt><FinInstnId><Nm>%s</Nm></FinInstnId></DbtrAgt></RltdAgts>\n"
         "      <RmtInf><Ustrd>%s</Ustrd></RmtInf>\n     </TxDtls>\n    </NtryDtls>\n   </Ntry>\n",
         m->credit ? OWNER : name, m->credit ? ACCOUNT : account, m->bank, m->remark);
}

static void camt(guint64 count) {
  Movement m;
  gint64 balance = OPENING;
  printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n <BkToCstmrStmt>\n"
         "  <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-29T06:00:00+08:00</CreDtTm></GrpHdr>\n  <Stmt>\n   <Id>S1</Id>\n"
         "   <ElctrncSeqNb>1</ElctrncSeqNb>\n   <Acct><Id><Othr><Id>" ACCOUNT "</Id></Othr></Id><Ccy>CNY</Ccy>"
         "<Nm>" OWNER "</Nm></Acct>\n");
  camt_balance("OPBD", balance, "2026-11-01");
  for (guint64 i = 0; i < count; i++) {
    make(i, count, &m);
    balance += m.credit ? m.fen : -m.fen;
    camt_entry(&m);
  }
  camt_balance("CLBD", balance, "2026-11-28");
  printf("  </Stmt>\n </BkToCstmrStmt>\n</Document>\n");
}

static GIConv to_gb18030;

static void say(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void say(const char *format, ...) {
  char text[2048], bytes[2048], *from = text, *to = bytes;
  va_list arguments;
  va_start(arguments, format);
  gsize left = (gsize)g_vsnprintf(text, sizeof text, format, arguments), room = sizeof bytes;
  va_end(arguments);
  if (g_iconv(to_gb18030, &from, &left, &to, &room) == (gsize)-1)
    exit(1);
  fwrite(bytes, 1, sizeof bytes - room, stdout);
}

static void csv(guint64 count) {
  Movement m;
  gint64 balance = OPENING, sums[2] = {0, 0};
  char text[40], after[40], remark[400];
  to_gb18030 = g_iconv_open("GB18030", "UTF-8");
  say("账户交易明细\r\n账号:," ACCOUNT ",户名:," OWNER "\r\n起止日期:,20261101,20261128,币种:,人民币\r\n\r\n");
  say("记账日,记账时刻,凭证号码,借方金额,贷方金额,账户余额,对方名称,对方账户,对方行名,银行流水,业务摘要,附加信息\r\n");
  for (guint64 i = 0; i < count; i++) {
    make(i, count, &m);
    balance += m.credit ? m.fen : -m.fen;
    sums[m.credit] += m.fen;
    amount(m.fen, '.', ',', text);
    amount(balance, '.', ',', after);
    quoted(m.remark, remark);
    say("%s,%s,%08" PRIu64 ",%s%s%s,\"%s\",%s,\t%s,%s,%s,%s,%s\r\n", m.day, m.time, mixed(i, 18) % 100000000,
        m.credit ? ",\"" : "\"", text, m.credit ? "\"" : "\",", after, m.name, m.account, m.bank, m.serial,
        m.credit ? "转账存入" : "转账支取", remark);
  }
  amount(sums[FALSE], '.', ',', text);
  amount(sums[TRUE], '.', ',', after);
  say("总计,,,\"%s\",\"%s\",,,,,,,\r\n", text, after);
}

static void mt940(guint64 count) {
  enum { PAGE = 1000 };
  Movement m;
  gint64 balance = OPENING;
  char text[40];
  for (guint64 i = 0; i < count; i++) {
    make(i, count, &m);
    if (i % PAGE == 0) {
      amount(balance, ',', '\0', text);
      printf(":20:STMT%08" PRIu64 "\r\n:25:" ACCOUNT "\r\n:28C:1/%" PRIu64 "\r\n:60%c:C%sCNY%s\r\n", i / PAGE + 1,
             i / PAGE + 1, i == 0 ? 'F' : 'M', m.day + 2, text);
    }
    balance += m.credit ? m.fen : -m.fen;
    amount(m.fen, ',', '\0', text);
    printf(":61:%s%s%c%sNTRF%.16s//%.16s\r\n:86:166?00TRANSFER?109310?20EREF+%.22s?21ORDER %015" PRIu64
           "?30PCBCCNBJ?31%s?32PAYER %08" PRIu64 "\r\n",
           m.day + 2, m.day + 4, m.credit ? 'C' : 'D', text, m.reference + 3, m.serial + 8, m.reference, i, m.account,
           mixed(i, 19) % 100000000);
    if (i % PAGE == PAGE - 1 || i + 1 == count) {
      amount(balance, ',', '\0', text);
      printf(":62%c:C%sCNY%s\r\n-\r\n", i + 1 == count ? 'F' : 'M', m.day + 2, text);
    }
  }
}

int main(int argc, char **argv) {
  guint64 count = argc == 3 ? g_ascii_strtoull(argv[2], NULL, 10) : 0;
  if (count == 0 || count > 99999999)
    return 2;
  if (g_str_equal(argv[1], "camt"))
    camt(count);
  else if (g_str_equal(argv[1], "csv"))
    csv(count);
  else if (g_str_equal(argv[1], "mt940"))
    mt940(count);
  else
    return 2;
  return fflush(stdout) == 0 ? 0 : 1;
}
