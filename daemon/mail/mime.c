#include "daemon/mail/mime.h"

#include <string.h>
#include <sys/random.h>

#define ENCODED_BYTES 42 /* of UTF-8 in one encoded word: 75 characters at most (RFC 2047, section 2) */
#define BASE64_LINE 57   /* bytes that give a line of 76 characters (RFC 2045, section 6.8) */

static void check_header(const char *value) {
  for (const char *p = value; *p != '\0'; p++)
    g_assert((guchar)*p >= 0x20 && *p != 0x7f);
}

static gsize encoded_piece(const char *text) {
  gsize size = 0;
  while (text[size] != '\0') {
    gsize next = (gsize)(g_utf8_next_char(text + size) - (text + size));
    if (size + next > ENCODED_BYTES)
      break;
    size += next;
  }
  return size;
}

/* Encoded words never cut a character (RFC 2047, section 5). */
static void append_words(GString *out, const char *text) {
  if (g_str_is_ascii(text)) {
    g_string_append(out, text);
    return;
  }
  for (gboolean first = TRUE; *text != '\0'; first = FALSE) {
    gsize size = encoded_piece(text);
    g_autofree char *base64 = g_base64_encode((const guchar *)text, size);
    g_string_append_printf(out, "%s=?UTF-8?B?%s?=", first ? "" : "\r\n ", base64);
    text += size;
  }
}

/* Text travels with lines that end with CR LF, under base64 too (RFC 2046, section 4.1.1). */
static char *canonical(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  return g_strjoinv("\r\n", lines);
}

void mime_append_base64(GString *out, const void *bytes, gsize size) {
  for (gsize at = 0; at < size; at += BASE64_LINE) {
    g_autofree char *line = g_base64_encode((const guchar *)bytes + at, MIN(size - at, BASE64_LINE));
    g_string_append_printf(out, "%s\r\n", line);
  }
}

static void append_text(GString *out, const char *boundary, const char *type, const char *text) {
  g_autofree char *body = canonical(text);
  g_string_append_printf(out, "--%s\r\nContent-Type: %s; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                         boundary, type);
  mime_append_base64(out, body, strlen(body));
}

static void append_file(GString *out, const char *boundary, const MailFile *file) {
  gsize size;
  const void *bytes = g_bytes_get_data(file->bytes, &size);
  check_header(file->name);
  g_string_append_printf(out,
                         "--%s\r\nContent-Type: %s\r\nContent-Disposition: attachment; filename=\"%s\"\r\n"
                         "Content-Transfer-Encoding: base64\r\n\r\n",
                         boundary, file->type, file->name);
  mime_append_base64(out, bytes, size);
}

/* The boundary's name comes from the Message-ID, so that the same mail is the same bytes. */
static char *boundary_of(const Mail *mail, const char *part) {
  g_autofree char *seed = g_strconcat(part, mail->message_id, NULL);
  g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
  return g_strdup_printf("=_%.24s", digest);
}

static void append_alternatives(GString *out, const Mail *mail) {
  g_autofree char *boundary = boundary_of(mail, "alternative");
  g_string_append_printf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
  append_text(out, boundary, "text/plain", mail->text);
  append_text(out, boundary, "text/html", mail->html);
  g_string_append_printf(out, "--%s--\r\n", boundary);
}

static void append_with_file(GString *out, const Mail *mail) {
  g_autofree char *boundary = boundary_of(mail, "mixed");
  g_string_append_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
  append_alternatives(out, mail);
  append_file(out, boundary, mail->file);
  g_string_append_printf(out, "--%s--\r\n", boundary);
}

static void append_date(GString *out, Instant date) {
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(8 * 3600);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(date / INSTANT_SECOND);
  g_autoptr(GDateTime) time = g_date_time_to_timezone(utc, zone);
  /* The process runs in the C locale: English names of days and months, as RFC 5322 wants. */
  g_autofree char *text = g_date_time_format(time, "%a, %d %b %Y %H:%M:%S +0800");
  g_string_append_printf(out, "Date: %s\r\n", text);
}

static void append_headers(GString *out, const Mail *mail) {
  check_header(mail->from);
  check_header(mail->subject);
  check_header(mail->message_id);
  g_string_append_printf(out, "From: %s\r\nTo: ", mail->from);
  for (gsize i = 0; mail->to[i] != NULL; i++) {
    check_header(mail->to[i]);
    g_string_append_printf(out, "%s%s", i > 0 ? ",\r\n " : "", mail->to[i]);
  }
  g_string_append(out, "\r\nSubject: ");
  append_words(out, mail->subject);
  g_string_append_printf(out, "\r\nMessage-ID: %s\r\n", mail->message_id);
  append_date(out, mail->date);
  g_string_append(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
}

char *mime_write(const Mail *mail) {
  GString *out = g_string_new(NULL);
  append_headers(out, mail);
  if (mail->file != NULL)
    append_with_file(out, mail);
  else
    append_alternatives(out, mail);
  return g_string_free(out, FALSE);
}

char *mime_message_id(const char *from) {
  guint8 random[16];
  g_assert(getrandom(random, sizeof random, 0) == sizeof random);
  GString *id = g_string_new("<");
  for (gsize i = 0; i < sizeof random; i++)
    g_string_append_printf(id, "%02x", random[i]);
  const char *at = strrchr(from, '@');
  g_autofree char *domain = g_strdup(at != NULL ? at + 1 : "localhost");
  domain[strcspn(domain, "> ")] = '\0';
  g_string_append_printf(id, "@%s>", domain);
  return g_string_free(id, FALSE);
}
