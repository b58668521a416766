#include "daemon/bank/login.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "daemon/secret.h"
#include "rules/error.h"

static gboolean refuse(GError **error, const char *path, const char *detail) {
  return error_set(error, ERROR_PERMANENT, "ssh_key", "file", path, "detail", detail, NULL);
}

static gboolean openssh_is_rsa(const char *armour) {
  static const char kind[] = "\0\0\0\7ssh-rsa"; /* of the public key, which is in clear */
  const char *body = strchr(armour, '\n'), *end = strstr(armour, "-----END");
  if (body == NULL || end == NULL)
    return FALSE;
  g_autofree char *base64 = g_strndup(body, (gsize)(end - body));
  gsize size = 0;
  guchar *blob = g_base64_decode(base64, &size);
  gboolean found = memmem(blob, size, kind, sizeof kind - 1) != NULL;
  OPENSSL_cleanse(blob, size);
  OPENSSL_cleanse(base64, strlen(base64));
  g_free(blob);
  return found;
}

static gboolean pem_is_rsa(const Secret *key, Secret *passphrase) {
  BIO *bio = BIO_new_mem_buf(key->bytes, (int)key->size);
  char empty[] = "";
  EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, passphrase->bytes == NULL ? empty : passphrase->bytes);
  gboolean rsa = pkey != NULL && EVP_PKEY_base_id(pkey) == EVP_PKEY_RSA;
  EVP_PKEY_free(pkey);
  BIO_free(bio);
  return rsa;
}

static gboolean is_rsa(const Secret *key, Secret *passphrase) {
  const char *openssh = strstr(key->bytes, "-----BEGIN OPENSSH PRIVATE KEY-----");
  if (strstr(key->bytes, "-----BEGIN RSA PRIVATE KEY-----") != NULL)
    return TRUE;
  return openssh != NULL ? openssh_is_rsa(openssh) : pem_is_rsa(key, passphrase);
}

static gboolean broken(int result) {
  return result == LIBSSH2_ERROR_TIMEOUT || result == LIBSSH2_ERROR_SOCKET_SEND ||
         result == LIBSSH2_ERROR_SOCKET_RECV || result == LIBSSH2_ERROR_SOCKET_DISCONNECT ||
         result == LIBSSH2_ERROR_SOCKET_TIMEOUT;
}

static gboolean explain(int result, LIBSSH2_SESSION *session, const ConfChannel *channel, gboolean rsa,
                        GError **error) {
  char *words = NULL;
  libssh2_session_last_error(session, &words, NULL, 0);
  if (broken(result))
    return error_set(error, ERROR_TEMPORARY, "sftp", "value", channel->host, "detail", words, NULL);
  if (rsa)
    return error_set(error, ERROR_PERMANENT, "ssh_key_rsa", "file", channel->key, "value", channel->host, "detail",
                     "an RSA key: this libssh2 signs with SHA-1 only; use ed25519 or ecdsa", NULL);
  if (result == LIBSSH2_ERROR_FILE || result == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED)
    return refuse(error, channel->key, words == NULL || *words == '\0' ? "wrong or missing passphrase" : words);
  return error_set(error, ERROR_PERMANENT, "ssh_login", "file", channel->key, "field", channel->user, "value",
                   channel->host, "detail", words, NULL);
}

gboolean login(LIBSSH2_SESSION *session, const ConfChannel *channel, GError **error) {
  g_auto(Secret) key = {0};
  g_auto(Secret) passphrase = {0};
  if (!secret_read(channel->key, "ssh_key", &key, error) ||
      (channel->passphrase != NULL && !secret_read(channel->passphrase, "ssh_key", &passphrase, error)))
    return FALSE;
  if (strstr(key.bytes, "PRIVATE KEY-----") == NULL)
    return refuse(error, channel->key, "no private key in PEM or OpenSSH form");
  secret_strip_line_end(&passphrase);
  int result = libssh2_userauth_publickey_frommemory(session, channel->user, strlen(channel->user), NULL, 0, key.bytes,
                                                     key.size, passphrase.bytes);
  return result == 0 || explain(result, session, channel, is_rsa(&key, &passphrase), error);
}
