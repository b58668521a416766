/* A mail as bytes: RFC 5322 headers, RFC 2047 encoded words, multipart/alternative with text and HTML in base64. */
#ifndef YIFEN_DAEMON_MAIL_MIME_H
#define YIFEN_DAEMON_MAIL_MIME_H

#include <glib.h>

#include "rules/day.h"

typedef struct {
  const char *from;
  char *const *to; /* addresses */
  const char *subject;
  const char *message_id; /* "<...@...>" */
  Instant date;
  const char *text, *html;
} Mail;

/* Lines end with CR LF. Header values that hold control characters are a bug of the caller. The caller frees. */
char *mime_write(const Mail *mail);

/* Random "<...@DOMAIN>", the domain taken from the address `from`. */
char *mime_message_id(const char *from);

#endif
