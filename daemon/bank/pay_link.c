#include "daemon/bank/pay_link.h"

#include "parsers/encoding.h"
#include "rules/error.h"
#include "rules/policy.h"

const Link *pay_link(const Conf *conf, const ConfAccount *account, const Profile *profile) {
  const ConfChannel *channel = account->payments == NULL ? NULL : conf_channel(conf, account->payments);
  return channel == NULL || channel->kind != CHANNEL_HTTPS || profile == NULL ? NULL : profile->link;
}

/* As the paying account is chosen: against an account of no bank, this one's must fit. */
static gboolean same_bank(const Profile *profile, const PainTransfer *transfer) {
  const PolicyAccount banks[] = {{.title = "", .pays = TRUE},
                                 {.title = profile->title,
                                  .names = (const char *const *)profile->names,
                                  .clearing = profile->clearing,
                                  .pays = TRUE}};
  return policy_account(banks, G_N_ELEMENTS(banks), transfer->payee_bank, transfer->payee_cnaps) == 1;
}

GBytes *pay_link_write(void *user, const PainMessage *message, GError **error) {
  const LinkWriter *writer = user;
  const Link *link = writer->profile->link;
  g_autofree gboolean *same = g_new0(gboolean, message->count);
  for (gsize i = 0; i < message->count; i++)
    same[i] = same_bank(writer->profile, &message->transfers[i]);
  return link_write(link, &link->pay, &writer->party.party, message, same, error);
}

gboolean pay_link_check(const Link *link, const PainTransfer *t, GError **error) {
  const struct {
    const char *field, *value;
  } texts[] = {{"account_name", t->payee_name}, {"account_bank", t->payee_bank}, {"remark", t->remark}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (encoding_bytes(texts[i].value, link->encoding) < 0)
      return error_set(error, ERROR_REFUSED, "encoding", "field", texts[i].field, "expected", link->encoding, NULL);
  return TRUE;
}
