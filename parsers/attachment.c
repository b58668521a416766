#include "parsers/attachment.h"

#include "parsers/sniff.h"
#include "parsers/voucher.h"

struct Attachment {
  RecordSink sink;
  int number;
  GString *head; /* until it is known what it is */
  gboolean known;
  Voucher *voucher; /* NULL: something else */
};

Attachment *attachment_new(int number, const RecordSink *sink) {
  Attachment *attachment = g_new0(Attachment, 1);
  attachment->sink = *sink;
  attachment->number = number;
  attachment->head = g_string_new(NULL);
  return attachment;
}

void attachment_free(Attachment *attachment) {
  if (attachment == NULL)
    return;
  voucher_free(attachment->voucher);
  g_string_free(attachment->head, TRUE);
  g_free(attachment);
}

static gboolean look(Attachment *attachment, GError **error) {
  Sniffed sniffed;
  GString *head = attachment->head;
  attachment->known = TRUE;
  if (!sniff(head->str, MIN(head->len, SNIFF_HEAD), &sniffed, NULL) || sniffed != SNIFF_VOUCHER)
    return TRUE;
  attachment->voucher = voucher_new(attachment->number, &attachment->sink);
  return voucher_feed(attachment->voucher, head->str, head->len, error);
}

gboolean attachment_feed(void *user, const char *bytes, gsize size, GError **error) {
  Attachment *attachment = user;
  if (attachment->known)
    return attachment->voucher == NULL || voucher_feed(attachment->voucher, bytes, size, error);
  g_string_append_len(attachment->head, bytes, (gssize)size);
  return attachment->head->len < SNIFF_HEAD || look(attachment, error);
}

gboolean attachment_finish(Attachment *attachment, gboolean *voucher, GError **error) {
  if (!attachment->known && !look(attachment, error))
    return FALSE;
  *voucher = attachment->voucher != NULL;
  return !*voucher || voucher_finish(attachment->voucher, error);
}
