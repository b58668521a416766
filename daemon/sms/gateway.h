/* One short message to one gateway: Kannel's sendsms (HTTP interface of its smsbox, Kannel user guide 1.4.5, chapter
 * "Using the sendsms service"), Aliyun SendSms (2017-05-25) or Tencent SendSms (2021-01-11). Every outcome is one of
 * ChannelOutcome, as for money: UNKNOWN whenever a byte of the request may have left and no answer says what became of
 * it. */
#ifndef YIFEN_DAEMON_SMS_GATEWAY_H
#define YIFEN_DAEMON_SMS_GATEWAY_H

#include "daemon/bank/channel.h"
#include "daemon/conf.h"

typedef struct {
  const char *mobile; /* 11 digits */
  const char *ticket; /* what reports about it name */
  const char *text;   /* of Kannel */
  const char *template_id;
  const char *const *values; /* of the others: name, value, ..., NULL, in the template's order */
} SmsCall;

typedef struct {
  ChannelOutcome outcome;
  gboolean dead;    /* REJECTED because of the number */
  char *gateway_id; /* DONE, where the gateway tells one */
  char *why;        /* the gateway's word, for the row and the log; NULL when there is none */
} SmsAnswer;
void sms_answer_clear(SmsAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmsAnswer, sms_answer_clear)

/* Does it send templates (Aliyun, Tencent) and not texts? */
gboolean gateway_templates(const Conf *conf);

void gateway_send(const Conf *conf, const SmsCall *call, SmsAnswer *answer);

#endif
