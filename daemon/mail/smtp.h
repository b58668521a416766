/* Hands one mail to the configured SMTP server (RFC 5321) through libcurl. */
#ifndef YIFEN_DAEMON_MAIL_SMTP_H
#define YIFEN_DAEMON_MAIL_SMTP_H

#include "daemon/conf.h"

typedef enum {
  SMTP_TAKEN,
  SMTP_AGAIN,   /* not reached, cut off, or a 4xx: the server may or may not have it */
  SMTP_REFUSED, /* a 5xx: it will never take it */
} SmtpOutcome;

/* recipients: addresses joined by ", ". *why, a text for the log, is set unless taken; the caller frees. */
SmtpOutcome smtp_send(const Conf *conf, const char *recipients, const void *body, gsize size, char **why);

#endif
