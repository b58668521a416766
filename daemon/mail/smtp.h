/* Hands one mail to the configured SMTP server (RFC 5321) through libcurl. */
#ifndef YIFEN_DAEMON_MAIL_SMTP_H
#define YIFEN_DAEMON_MAIL_SMTP_H

#include "daemon/conf.h"

typedef enum {
  SMTP_TAKEN,   /* for at least one recipient */
  SMTP_AGAIN,   /* not reached, cut off, or a 4xx: the server may or may not have it */
  SMTP_REFUSED, /* a 5xx: it will never take it */
} SmtpOutcome;

typedef struct {
  SmtpOutcome outcome;
  char *why;     /* for the log; NULL when it was taken for all */
  char *put_off; /* taken, but not now (4xx) for these addresses, joined by ", "; NULL: none */
  char *refused; /* taken, but never (5xx) for these, each with the server's answer; NULL: none */
} SmtpResult;
void smtp_result_clear(SmtpResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpResult, smtp_result_clear)

/* recipients: addresses joined by ", ". One that the server refuses does not keep the mail from the others. */
void smtp_send(const Conf *conf, const char *recipients, const void *body, gsize size, SmtpResult *result);

#endif
