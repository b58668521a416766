/* Keys on a token 密码设备, through PKCS#11 (OASIS, version 2.40): made there, used there, never read out. The module
 * is a shared library of the token's maker, loaded into this process. SM2 is not part of PKCS#11, so RSA-3072 and P-256
 * only.
 *
 * Errors: ERROR_PERMANENT "token" (file: the module; detail: what and the code, "C_Login 0xa0") when a person must act;
 * ERROR_TEMPORARY "token_gone" when the token was pulled or does not answer: open it anew later. */
#ifndef YIFEN_DAEMON_ISSUE_TOKEN_H
#define YIFEN_DAEMON_ISSUE_TOKEN_H

#include "daemon/issue/cakey.h"
#include "rules/plainkey.h"

typedef struct Token Token;

/* The token of this label, logged in. Of several with the same label, none. */
Token *token_open(const char *module, const char *label, const char *pin, GError **error);
void token_free(Token *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Token, token_free)

/* Gives the first empty token of the module a label, the administrator's PIN and the holder's PIN. Never touches one
 * that is initialised. */
gboolean token_prepare(const char *module, const char *label, const char *admin_pin, const char *pin, GError **error);

/* Makes a key pair of this name (1 to 64 bytes, the order's item), which cannot leave the token; when there is one of
 * the name already, after a crash, gives that. ERROR_REFUSED "subject_key" for SM2. */
gboolean token_generate(Token *token, KeyKind kind, const char *name, PlainKey *key, GError **error);

/* Puts the certificate (DER) beside the key of this name; once, however often it is called. */
gboolean token_store(Token *token, const char *name, GBytes *certificate, GError **error);

/* Signs by the private key of this name, as cakey_sign() says. ERROR_PERMANENT "token" when there is no such key, or
 * more than one. */
GBytes *token_sign(Token *token, const char *name, SignAlgorithm algorithm, GBytes *bytes, GError **error);

/* A CA key on a token; the PIN from a file by the rules of secret_read(). Beside the errors above: ERROR_PERMANENT
 * "ca_key", "ca_certificate". When cakey_sign() fails with "token_gone", free it and open it anew. */
CaKey *cakey_open_token(const char *module, const char *label, const char *pin_file, const char *key_name,
                        const char *certificate, GError **error);

#endif
