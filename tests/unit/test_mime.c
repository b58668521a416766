/* Mails as bytes. */
#include <glib.h>
#include <string.h>

#include "daemon/mail/mime.h"

static char *write_mail(const char *subject, const char *text) {
  char *to[] = {(char[]){"a@example.com"}, (char[]){"b@example.com"}, NULL};
  Mail mail = {.from = "yifen@example.com",
               .to = to,
               .subject = subject,
               .message_id = "<1@example.com>",
               .date = G_GINT64_CONSTANT(1795330800000000),
               .text = text,
               .html = "<p>x</p>"};
  return mime_write(&mail);
}

static void test_headers(void) {
  g_autofree char *mail = write_mail("Hi", "x");
  static const char *const want[] = {"From: yifen@example.com\r\n", "To: a@example.com,\r\n b@example.com\r\n",
                                     "Subject: Hi\r\n", "Message-ID: <1@example.com>\r\n",
                                     "Date: Sun, 22 Nov 2026 15:00:00 +0800\r\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
    g_test_message("%s", want[i]);
    g_assert_nonnull(strstr(mail, want[i]));
  }
}

/* Every line of the mail is short enough and ends with CR LF; every encoded word stands alone and decodes. */
static void test_lines(void) {
  GString *text = g_string_new(NULL);
  for (int i = 0; i < 300; i++)
    g_string_append(text, "一分日报：待审核");
  g_autofree char *mail =
      write_mail("一分日报 2026-11-22：待审核 12 件，其他 3 件，其中逾期 1 件，请尽快处理并答复申请单位", text->str);
  g_auto(GStrv) lines = g_strsplit(mail, "\r\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_assert_cmpint((int)strlen(*line), <=, 78);
    g_assert_null(strchr(*line, '\n'));
    const char *word = strstr(*line, "=?UTF-8?B?");
    if (word != NULL) {
      g_autofree char *base64 = g_strndup(word + 10, strcspn(word + 10, "?"));
      gsize size;
      g_autofree guchar *bytes = g_base64_decode(base64, &size);
      g_assert_true(g_utf8_validate((const char *)bytes, (gssize)size, NULL));
    }
  }
  (void)g_string_free(text, TRUE);
}

/* With a file: both texts are one part beside it. Every boundary that is opened is closed, and they differ. */
static void test_file(void) {
  char *to[] = {(char[]){"a@example.com"}, NULL};
  g_autoptr(GBytes) bytes = g_bytes_new_static("\0=+\xff", 4);
  const MailFile file = {"yifen-2026-11-22.xlsx", "application/x", bytes};
  Mail mail = {.from = "yifen@example.com",
               .to = to,
               .subject = "x",
               .message_id = "<1@example.com>",
               .text = "x",
               .html = "x",
               .file = &file};
  g_autofree char *text = mime_write(&mail), *again = mime_write(&mail);
  g_assert_cmpstr(text, ==, again);
  g_assert_nonnull(strstr(text, "\r\nContent-Type: multipart/mixed; boundary="));
  g_assert_nonnull(strstr(text, "\r\nContent-Type: multipart/alternative; boundary="));
  g_assert_nonnull(strstr(text, "filename=\"yifen-2026-11-22.xlsx\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                                "AD0r/w==\r\n--"));
  const char *inner = strstr(strstr(text, "boundary=\"") + 1, "boundary=\"");
  g_autofree char *first = g_strndup(strstr(text, "boundary=\"") + 10, 26), *second = g_strndup(inner + 10, 26);
  g_assert_cmpstr(first, !=, second);
  g_autofree char *end = g_strdup_printf("--%s--\r\n", first), *inner_end = g_strdup_printf("--%s--\r\n", second);
  g_assert_true(g_str_has_suffix(text, end));
  g_assert_nonnull(strstr(text, inner_end));
}

static void test_message_id(void) {
  g_autofree char *one = mime_message_id("Yifen <yifen@ca.example.com>"),
                  *two = mime_message_id("yifen@ca.example.com");
  g_assert_true(g_str_has_suffix(one, "@ca.example.com>"));
  g_assert_cmpstr(one, !=, two);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/mime/headers", test_headers);
  g_test_add_func("/mime/lines", test_lines);
  g_test_add_func("/mime/file", test_file);
  g_test_add_func("/mime/message-id", test_message_id);
  return g_test_run();
}
