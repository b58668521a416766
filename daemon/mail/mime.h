/* A mail as bytes: RFC 5322 headers, RFC 2047 encoded words, multipart/alternative with text and HTML in base64, and
 * at most one file. */
#ifndef YIFEN_DAEMON_MAIL_MIME_H
#define YIFEN_DAEMON_MAIL_MIME_H

#include <glib.h>

#include "rules/day.h"

typedef struct {
  const char *name; /* ASCII without quotes */
  const char *type; /* "application/..." */
  GBytes *bytes;
} MailFile;

typedef struct {
  const char *from;
  char *const *to; /* addresses */
  const char *subject;
  const char *message_id; /* "<...@...>" */
  Instant date;
  const char *text, *html;
  const MailFile *file; /* NULL: none */
} Mail;

/* Lines end with CR LF. Content-Type is the last header, as smime.h wants it. Header values that hold control
 * characters are a bug of the caller. The caller frees. */
char *mime_write(const Mail *mail);

/* Bytes as lines of base64 (RFC 2045, section 6.8). */
void mime_append_base64(GString *out, const void *bytes, gsize size);

/* Random "<...@DOMAIN>", the domain taken from the address `from`. */
char *mime_message_id(const char *from);

#endif
