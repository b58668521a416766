/* A CA key on a token. */
#include "daemon/issue/cakey_own.h"
#include "daemon/issue/token.h"
#include "daemon/secret.h"

typedef struct {
  Token *token;
  char *name;
} Holder;

static void release(void *user) {
  Holder *holder = user;
  token_free(holder->token);
  g_free(holder->name);
  g_free(holder);
}

static GBytes *sign(void *user, SignAlgorithm algorithm, GBytes *bytes, GError **error) {
  Holder *holder = user;
  return token_sign(holder->token, holder->name, algorithm, bytes, error);
}

CaKey *cakey_open_token(const char *module, const char *label, const char *pin_file, const char *key_name,
                        const char *certificate, GError **error) {
  g_auto(Secret) pin = {0};
  if (!secret_read(pin_file, "ca_key", &pin, error))
    return NULL;
  secret_strip_line_end(&pin);
  Token *token = token_open(module, label, pin.bytes, error);
  if (token == NULL)
    return NULL;
  Holder *holder = g_new(Holder, 1);
  *holder = (Holder){token, g_strdup(key_name)};
  return cakey_join(sign, holder, release, certificate, error);
}
