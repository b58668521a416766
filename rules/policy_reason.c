#include "rules/policy.h"

#include <string.h>

static const Reason ours = {REASON_OURS, NULL, NULL}, duplicate = {REASON_DUPLICATE, NULL, NULL},
                    by_name = {REASON_APPLICANT, "name", "name_differs"},
                    by_number = {REASON_APPLICANT, "number", "number_wrong"},
                    closed = {REASON_APPLICANT, "number", "account_closed"},
                    blocked = {REASON_APPLICANT, "number", "account_blocked"},
                    by_kind = {REASON_APPLICANT, "number", "account_kind"},
                    by_bank = {REASON_APPLICANT, "bank", "bank_wrong"},
                    sent_back = {REASON_APPLICANT, "number", "sent_back"};

/* ISO 20022 external code sets (status and return reasons), the codes by whom they send to act. Debtor means us. */
static const struct {
  const Reason *reason;
  const char *codes;
} code_lists[] = {
    {&by_number, "AC01 AC03 AC09 AC11 AC15 AC16 BE11 "},
    {&closed, "AC04 AC07 "},
    {&blocked, "AC06 "},
    {&by_kind, "AC12 AC14 "},
    {&by_name, "BE01 BE06 RR03 "},
    {&by_bank, "AC08 AG11 CNOR RC01 RC04 RC05 RC07 RC08 RC10 "},
    {&duplicate, "AM05 DU01 DU02 DU03 DU04 DU05 "},
    {&ours, "AC02 AC05 AC10 AC13 AG01 AG02 AG03 AG04 AG05 AG06 AG07 AG08 AG09 AG10 AM01 AM02 AM03 AM04 AM06 AM07 AM09 "
            "AM10 AM11 AM12 AM13 AM14 AM15 AM16 AM17 AM18 AM19 AM20 AM21 AM22 AM23 BE05 BE07 BE08 BE22 CH03 CH04 CH07 "
            "CH09 CH10 CH11 CH13 CURR DNOR DS02 DS03 DS04 DS05 DT01 DT02 DT03 DT04 DT05 DT06 ED05 FF01 FF02 FF03 FF04 "
            "FF05 FF06 FF07 FF08 FF09 FF10 FF11 RC03 RC06 RC09 RC11 RF01 RR01 RR02 RR04 TM01 TS01 TS04 "},
};

/* Words of Chinese banks, tried in this order: what speaks of the payer must not be laid upon the applicant, and what
 * is said of an account stands before the bank that only says it. */
static const struct {
  const Reason *reason;
  gboolean vague; /* may stand in any line: no evidence of a 退票 by itself */
  const char *words;
} word_lists[] = {
    {&duplicate, FALSE, "重复|重号|已处理过"},
    {&ours, FALSE,
     "余额不足|可用余额|透支|限额|超额|额度|授权|权限|未签约|验签|签名|密码|日期|报文|格式|字段|付款账|付款户|付款人|"
     "付款方|付方|借方账"},
    {&by_name, FALSE, "户名|名称不符|名称不一致|名称错误|名称有误|账号名|账名"},
    {&closed, FALSE, "销户|已清户|已注销"},
    {&by_bank, FALSE, "行号|行名|联行|清算行"},
    {&blocked, FALSE, "冻结|久悬|止收|止付|只付不收|不收不付|停用|挂失|状态异常|状态不正常"},
    {&by_kind, FALSE, "零余额|不能入账|不允许入账|无法入账|账户性质|账户类型"},
    {&by_number, FALSE,
     "查无此|无此户|账号不存在|帐号不存在|账户不存在|帐户不存在|卡号不存在|账号错|帐号错|账号有误|账号不符|账号不对"},
    {&by_bank, TRUE, "开户行|收款行|接收行"},
    {&by_number, TRUE, "账号|帐号|账户|帐户|卡号"},
};

static const Reason *of_code(const char *code) {
  if (code == NULL || strlen(code) != 4 || strchr(code, ' ') != NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(code_lists); i++)
    for (const char *p = code_lists[i].codes; *p != '\0'; p += 5)
      if (strncmp(p, code, 4) == 0)
        return code_lists[i].reason;
  return NULL;
}

static gboolean holds_one_of(const char *text, const char *list) {
  g_auto(GStrv) words = g_strsplit(list, "|", 0);
  for (int w = 0; words[w] != NULL; w++)
    if (strstr(text, words[w]) != NULL)
      return TRUE;
  return FALSE;
}

typedef enum { ALL_WORDS, APPLICANT_WORDS, CLEAR_APPLICANT_WORDS } Words;

static const Reason *of_words(const char *text, Words which) {
  g_autofree char *normal = text != NULL ? g_utf8_normalize(text, -1, G_NORMALIZE_NFKC) : NULL;
  for (gsize i = 0; normal != NULL && i < G_N_ELEMENTS(word_lists); i++)
    if ((which == ALL_WORDS || word_lists[i].reason->class == REASON_APPLICANT) &&
        (which != CLEAR_APPLICANT_WORDS || !word_lists[i].vague) && holds_one_of(normal, word_lists[i].words))
      return word_lists[i].reason;
  return NULL;
}

/* NULL: not understood. */
static const Reason *understood(const char *code, const char *text, Words which) {
  const Reason *reason = of_code(code);
  if (reason == NULL)
    reason = of_words(text, which);
  return reason != NULL ? reason : of_words(code, which);
}

Reason policy_reason(const char *code, const char *text) {
  const Reason *reason = understood(code, text, ALL_WORDS);
  return reason != NULL ? *reason : ours;
}

/* The money had left us, so that words about funds, dates or payers that stand on such a line explain nothing. */
Reason policy_return(const char *code, const char *text) {
  const Reason *reason = understood(code, text, APPLICANT_WORDS);
  return reason == NULL ? sent_back : reason->class == REASON_APPLICANT ? *reason : ours;
}

static gboolean holds_any(const char *texts, const char *const *words) {
  for (; texts != NULL && words != NULL && *words != NULL; words++)
    if (**words != '\0' && strstr(texts, *words) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean reversal_word(const BounceLine *line) {
  return line->texts != NULL && holds_one_of(line->texts, "冲正|冲账|冲帐|抹账|抹帐|红字|冲销");
}

gboolean policy_came_back(const BounceLine *line) {
  return line->code != NULL || line->reversal || reversal_word(line) || holds_any(line->texts, line->return_words);
}

gboolean policy_reversed(const BounceLine *line) {
  if (line->code != NULL || holds_any(line->texts, line->return_words))
    return FALSE;
  if (reversal_word(line))
    return TRUE;
  return line->reversal && of_words(line->texts, CLEAR_APPLICANT_WORDS) == NULL;
}

const char *policy_class_word(ReasonClass class) {
  static const char *const words[] = {
      [REASON_OURS] = "ours", [REASON_APPLICANT] = "applicant", [REASON_DUPLICATE] = "duplicate"};
  return words[class];
}

gboolean policy_status(const char *status, Reason reason, TransferEvent *event) {
  static const struct {
    const char *status;
    TransferEvent event;
  } known[] = {
      {"RCVD", TRANSFER_STATUS_PROGRESS}, {"ACTC", TRANSFER_STATUS_PROGRESS}, {"ACCP", TRANSFER_STATUS_PROGRESS},
      {"ACFC", TRANSFER_STATUS_PROGRESS}, {"ACSP", TRANSFER_STATUS_PROGRESS}, {"ACWC", TRANSFER_STATUS_PROGRESS},
      {"ACWP", TRANSFER_STATUS_PROGRESS}, {"PDNG", TRANSFER_STATUS_PROGRESS}, {"PATC", TRANSFER_STATUS_PROGRESS},
      {"ACSC", TRANSFER_STATUS_SETTLED},  {"ACCC", TRANSFER_STATUS_SETTLED},  {"RJCT", TRANSFER_STATUS_REJECT},
      {"CANC", TRANSFER_STATUS_REJECT},   {"RTND", TRANSFER_STATUS_RETURN},
  };
  for (gsize i = 0; status != NULL && i < G_N_ELEMENTS(known); i++)
    if (strcmp(status, known[i].status) == 0) {
      gboolean twin = known[i].event == TRANSFER_STATUS_REJECT && reason.class == REASON_DUPLICATE;
      *event = twin ? TRANSFER_STATUS_DUPLICATE : known[i].event;
      return TRUE;
    }
  return FALSE;
}
