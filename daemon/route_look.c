#include "daemon/route_look.h"

#include "daemon/text.h"
#include "parsers/json_text.h"

/* ---- what decides where instructions go ---- */

static void add(GChecksum *sum, const char *key, const char *value) {
  g_autofree char *line = g_strdup_printf("%s=%s\n", key, value == NULL ? "" : value);
  g_checksum_update(sum, (const guchar *)line, -1);
}

/* The same path may hold another CA tomorrow. */
static void add_file(GChecksum *sum, const char *key, const char *path) {
  g_autofree char *bytes = NULL;
  gsize size = 0;
  if (path == NULL || !g_file_get_contents(path, &bytes, &size, NULL))
    return;
  g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
  add(sum, key, digest);
}

char *route_fingerprint(const ConfAccount *account, const ConfChannel *channel) {
  static const char *const kinds[] = {[CHANNEL_SFTP] = "sftp", [CHANNEL_FOLDER] = "folder", [CHANNEL_HTTPS] = "https"};
  g_autofree char *port = g_strdup_printf("%d", channel->port);
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  add(sum, "number", account->number);
  add(sum, "bank", account->bank);
  add(sum, "kind", kinds[channel->kind]);
  add(sum, "host", channel->host);
  add(sum, "port", port);
  add(sum, "host_key", channel->host_key);
  add(sum, "user", channel->user);
  add(sum, "upload", channel->upload);
  add(sum, "path", channel->path);
  add(sum, "customer", channel->customer);
  add_file(sum, "ca", channel->ca);
  return g_strdup(g_checksum_get_string(sum));
}

const ConfAccount *route_second(const Conf *conf, const ConfAccount *account) {
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *other = conf->accounts->pdata[i];
    if (other != account && other->statements != NULL)
      return other;
  }
  return NULL;
}

/* ---- looking ---- */

void route_look_clear(RouteLook *look) {
  g_free(look->fingerprint);
  route_clear(&look->route);
  *look = (RouteLook){0};
}

RouteKey route_key(const RouteLook *look) {
  return (RouteKey){look->account->name, look->account->payments, look->fingerprint};
}

static gboolean answers(const ConfChannel *channel) {
  return channel->kind == CHANNEL_HTTPS || channel->answers != NULL || channel->acknowledged != NULL;
}

gboolean route_look(Store *store, const Conf *conf, const ConfAccount *account, RouteLook *look, GError **error) {
  const ConfChannel *channel = conf_channel(conf, account->payments);
  RouteLook l = {.account = account, .fingerprint = route_fingerprint(account, channel)};
  const RouteKey key = route_key(&l);
  Route *route = &l.route;
  if (!route_load(store, &key, route, error)) {
    route_look_clear(&l);
    return FALSE;
  }
  l.second = route->sent ? conf_account_by_number(conf, route->fen.payee_account) : route_second(conf, account);
  l.facts = (RouteFacts){.proven = route->proven_at != INSTANT_NONE,
                         .second = route_second(conf, account) != NULL,
                         .sent = route->sent,
                         .state = route->sent ? route->fen.state : TRANSFER_PLANNED,
                         .answers = answers(channel),
                         .answered = route->answered,
                         .debited = route->fen.debit_entry_id != 0,
                         .credited = route->credit_entry_id != 0};
  l.stand = route_decide(&l.facts);
  *look = l;
  return TRUE;
}

/* ---- saying ---- */

static const struct {
  guint bit;
  const char *word, *text;
} lacks[] = {
    {ROUTE_ANSWER, "answer", N_("银行的答复")},
    {ROUTE_DEBIT, "debit", N_("付款账户流水上的扣款")},
    {ROUTE_CREDIT, "credit", N_("收款账户流水上的收款")},
};

static char *lacks_text(const RouteFacts *facts) {
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(lacks); i++)
    if ((route_lacks(facts) & lacks[i].bit) != 0)
      g_string_append_printf(text, "%s%s", text->len > 0 ? _("、") : "", _(lacks[i].text));
  return g_string_free(text, FALSE);
}

static char *proving_text(const RouteLook *look) {
  g_autofree char *missing = lacks_text(&look->facts), *key = NULL;
  key = g_strconcat("transfer.", life_transfer.states[look->facts.state], NULL);
  return g_strdup_printf(_("账户 %s 的付款通道 %s 正在验证，还没有放行：一分钱 %s（%s）付给我方账户 %s，还缺 %s。"),
                         look->account->name, look->account->payments, look->route.fen.reference, text_word(key),
                         look->second == NULL ? look->route.fen.payee_account : look->second->name, missing);
}

char *route_text(const RouteLook *look) {
  const char *account = look->account->name, *channel = look->account->payments;
  switch (look->stand) {
  case ROUTE_PROVEN:
    return g_strdup_printf(_("账户 %s 的付款通道 %s 已经验证，可以付款。"), account, channel);
  case ROUTE_AGREES:
    return g_strdup_printf(_("账户 %s 的付款通道 %s 三方相符，即将放行。"), account, channel);
  case ROUTE_PROVING:
    return proving_text(look);
  case ROUTE_DUE:
    return g_strdup_printf(_("账户 %s 的付款通道 %s 是新的或改过的，还没有放行：先付一分钱给我方账户 %s 来验证。"),
                           account, channel, look->second->name);
  case ROUTE_FAILED:
    return g_strdup_printf(
        _("账户 %s 的付款通道 %s 没有验证成，不放行：一分钱 %s 被拒绝或退回。改正以后运行 yifen pay prove %s。"),
        account, channel, look->route.fen.reference, account);
  case ROUTE_ALONE:
    return g_strdup_printf(
        _("账户 %s 的付款通道 %s 不能验证，不放行：配置里没有第二个有对账单（statements）的我方账户来收这一分钱。"),
        account, channel);
  default:
    g_assert_not_reached();
  }
}

json_t *route_json(const RouteLook *look) {
  json_t *object = json_object(), *missing = json_array();
  g_autofree char *text = route_text(look), *proven = instant_format(look->route.proven_at);
  json_text_set(object, "account", look->account->name);
  json_text_set(object, "channel", look->account->payments);
  json_text_set(object, "stand", route_word(look->stand));
  (void)json_object_set_new(object, "held", json_boolean(look->stand != ROUTE_PROVEN));
  for (gsize i = 0; look->stand == ROUTE_PROVING && i < G_N_ELEMENTS(lacks); i++)
    if ((route_lacks(&look->facts) & lacks[i].bit) != 0)
      (void)json_array_append_new(missing, json_string(lacks[i].word));
  (void)json_object_set_new(object, "lacks", missing);
  json_text_set(object, "reference", look->route.fen.reference);
  json_text_set(object, "to", look->second == NULL ? NULL : look->second->name);
  json_text_set(object, "proven_at", proven);
  json_text_set(object, "fingerprint", look->fingerprint);
  json_text_set(object, "text", text);
  return object;
}
