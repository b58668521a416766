#include "daemon/refund_accounts.h"

#include "parsers/profile.h"

GArray *refund_accounts(const Conf *conf, GError **error) {
  g_autoptr(GPtrArray) profiles = profiles_load(conf->profiles, error);
  if (profiles == NULL)
    return NULL;
  GArray *accounts = g_array_new(FALSE, FALSE, sizeof(RefundAccount));
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *account = conf->accounts->pdata[i];
    const Profile *profile = profiles_find(profiles, account->bank);
    RefundAccount is = {.section = account->name,
                        .pays = account->payments != NULL && account->pays_refund && profile != NULL,
                        .not_found_days = profile != NULL ? profile->not_found_days : 0};
    g_array_append_val(accounts, is);
  }
  return accounts;
}

RefundBy refund_by(const GArray *accounts, const OrderBy *by, gint64 uid) {
  return (RefundBy){
      .by = *by, .uid = uid, .accounts = (const RefundAccount *)(void *)accounts->data, .account_count = accounts->len};
}
