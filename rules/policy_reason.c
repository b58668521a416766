#include "rules/policy.h"

#include <string.h>

static const Reason ours = {REASON_OURS, NULL}, duplicate = {REASON_DUPLICATE, NULL},
                    by_name = {REASON_APPLICANT, "name"}, by_number = {REASON_APPLICANT, "number"},
                    by_bank = {REASON_APPLICANT, "bank"};

/* ISO 20022 external code sets (status and return reasons), the codes by whom they send to act. Debtor means us. */
static const struct {
  const Reason *reason;
  const char *codes;
} code_lists[] = {
    {&by_number, "AC01 AC03 AC04 AC06 AC07 AC09 AC11 AC12 AC14 AC15 AC16 BE11 "},
    {&by_name, "BE01 BE06 RR03 "},
    {&by_bank, "AC08 AG11 CNOR RC01 RC04 RC05 RC07 RC08 RC10 "},
    {&duplicate, "AM05 DU01 DU02 DU03 DU04 DU05 "},
    {&ours, "AC02 AC05 AC10 AC13 AG01 AG02 AG03 AG04 AG05 AG06 AG07 AG08 AG09 AG10 AM01 AM02 AM03 AM04 AM06 AM07 AM09 "
            "AM10 AM11 AM12 AM13 AM14 AM15 AM16 AM17 AM18 AM19 AM20 AM21 AM22 AM23 BE05 BE07 BE08 BE22 CH03 CH04 CH07 "
            "CH09 CH10 CH11 CH13 CURR DNOR DS02 DS03 DS04 DS05 DT01 DT02 DT03 DT04 DT05 DT06 ED05 FF01 FF02 FF03 FF04 "
            "FF05 FF06 FF07 FF08 FF09 FF10 FF11 RC03 RC06 RC09 RC11 RF01 RR01 RR02 RR04 TM01 TS01 TS04 "},
};

/* Words of Chinese banks, tried in this order: what speaks of the payer must not be laid upon the applicant. */
static const struct {
  const Reason *reason;
  const char *words;
} word_lists[] = {
    {&duplicate, "重复|重号|已处理过"},
    {&ours,
     "余额不足|可用余额|透支|限额|超额|额度|授权|权限|未签约|验签|签名|密码|日期|报文|格式|字段|付款账|付款户|付款人|"
     "付款方|付方|借方账"},
    {&by_name, "户名|名称不符|名称不一致|名称错误|名称有误|账号名|账名"},
    {&by_bank, "行号|行名|开户行|收款行|接收行|联行|清算行"},
    {&by_number, "账号|帐号|账户|帐户|卡号|销户|冻结|久悬|止收|只付不收|不收不付|停用|挂失|查无此|无此户"},
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

static const Reason *of_words(const char *text) {
  g_autofree char *normal = text != NULL ? g_utf8_normalize(text, -1, G_NORMALIZE_NFKC) : NULL;
  for (gsize i = 0; normal != NULL && i < G_N_ELEMENTS(word_lists); i++) {
    g_auto(GStrv) words = g_strsplit(word_lists[i].words, "|", 0);
    for (int w = 0; words[w] != NULL; w++)
      if (strstr(normal, words[w]) != NULL)
        return word_lists[i].reason;
  }
  return NULL;
}

Reason policy_reason(const char *code, const char *text) {
  const Reason *reason = of_code(code);
  if (reason == NULL)
    reason = of_words(text);
  if (reason == NULL)
    reason = of_words(code);
  return reason != NULL ? *reason : ours;
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
      {"CANC", TRANSFER_STATUS_REJECT},
  };
  for (gsize i = 0; status != NULL && i < G_N_ELEMENTS(known); i++)
    if (strcmp(status, known[i].status) == 0) {
      gboolean twin = known[i].event == TRANSFER_STATUS_REJECT && reason.class == REASON_DUPLICATE;
      *event = twin ? TRANSFER_STATUS_DUPLICATE : known[i].event;
      return TRUE;
    }
  return FALSE;
}
