/* yifen config check: the configuration has been read when this runs; looks at what it points to. */
#include <unistd.h>

#include "daemon/mail/smime.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/config.h"
#include "parsers/profile.h"
#include "rules/error.h"

static gboolean readable(const Conf *conf, const char *field, const char *path, GError **error) {
  return path == NULL || access(path, R_OK) == 0 ||
         error_set(error, ERROR_PERMANENT, "config_file", "file", conf->file, "field", field, "value", path, NULL);
}

static gboolean check_channels(const Conf *conf, GError **error) {
  for (guint i = 0; i < conf->channels->len; i++) {
    const ConfChannel *channel = conf->channels->pdata[i];
    const struct {
      const char *field, *path;
    } files[] = {
        {"key", channel->key},           {"passphrase", channel->passphrase}, {"ca", channel->ca},
        {"cert", channel->cert},         {"cert_key", channel->cert_key},     {"sign_key", channel->sign_key},
        {"bank_key", channel->bank_key}, {"secret", channel->secret},         {"envelope_key", channel->envelope_key}};
    for (gsize f = 0; f < G_N_ELEMENTS(files); f++)
      if (!readable(conf, files[f].field, files[f].path, error))
        return FALSE;
  }
  return TRUE;
}

static gboolean check_mail(const Conf *conf, GError **error) {
  g_autoptr(Signer) signer = NULL;
  return readable(conf, "password", conf->smtp_password, error) && signer_load(conf, &signer, error);
}

static char *names_of(GPtrArray *profiles) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < profiles->len; i++)
    g_ptr_array_add(names, ((const Profile *)profiles->pdata[i])->name);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(", ", (char **)names->pdata);
}

static gboolean can_pay(const Conf *conf, const ConfAccount *account, const Profile *profile) {
  gboolean by_link = conf_channel(conf, account->payments)->kind == CHANNEL_HTTPS;
  return by_link ? profile->link != NULL : profile->message != NULL;
}

static gboolean check_banks(const Conf *conf, GError **error) {
  g_autoptr(GPtrArray) profiles = profiles_load(conf->profiles, error);
  if (profiles == NULL)
    return FALSE;
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *account = conf->accounts->pdata[i];
    const Profile *profile = profiles_find(profiles, account->bank);
    g_autofree char *known = profile == NULL ? names_of(profiles) : NULL;
    if (profile == NULL || (account->payments != NULL && !can_pay(conf, account, profile)))
      return error_set(error, ERROR_PERMANENT, profile == NULL ? "config_bank" : "config_bank_pays", "file", conf->file,
                       "field", account->name, "value", account->bank, "expected", known, NULL);
  }
  return TRUE;
}

gboolean config_check(const Conf *conf, GError **error) {
  g_autoptr(Calendar) calendar = conf_calendar(conf, error);
  return calendar != NULL && readable(conf, "token", conf->token, error) && check_mail(conf, error) &&
         readable(conf, "password", conf->sms_password, error) && readable(conf, "ca", conf->sms_ca, error) &&
         check_channels(conf, error) && check_banks(conf, error);
}

int command_config(CommandContext *context, int argc, char **argv) {
  if (argc != 1 || !g_str_equal(argv[0], "check"))
    return command_usage(context, "config check");
  GError *error = NULL;
  if (!config_check(context->conf, &error))
    return command_failed(context, error);
  fprintf(context->out, _("配置无误：%s（%u 个账户，%u 个通道）\n"), context->conf->file, context->conf->accounts->len,
          context->conf->channels->len);
  if (context->conf->rules_file != NULL)
    fprintf(context->out, _("匹配规则无误：%s（%u 条）\n"), context->conf->rules_file,
            (unsigned)context->conf->rules->own);
  return 0;
}
