#include "daemon/bank/link_party.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "daemon/secret.h"
#include "rules/error.h"

#define KEY_MAX 16384

void party_clear(Party *party) {
  EVP_PKEY_free(party->own);
  EVP_PKEY_free(party->bank);
  if (party->secret != NULL) {
    gsize size = 0;
    void *bytes = g_bytes_unref_to_data(party->secret, &size);
    OPENSSL_cleanse(bytes, size);
    g_free(bytes);
  }
  g_free(party->sm2_id);
  OPENSSL_cleanse(&party->party, sizeof party->party);
  *party = (Party){0};
}

static gboolean unreadable(const char *path, const char *detail, GError **error) {
  return error_set(error, ERROR_PERMANENT, "link_key", "file", path, "detail", detail, NULL);
}

static gboolean named(const ConfChannel *channel, const char *field, const char *path, GError **error) {
  return path != NULL ||
         error_set(error, ERROR_PERMANENT, "config_missing", "field", field, "value", channel->name, NULL);
}

static gboolean load_own(const ConfChannel *channel, const Link *link, Party *party, GError **error) {
  g_auto(Secret) pem = {0};
  char empty[] = ""; /* no prompt for a passphrase */
  if (!named(channel, "sign_key", channel->sign_key, error) || !secret_read(channel->sign_key, "link_key", &pem, error))
    return FALSE;
  BIO *bio = BIO_new_mem_buf(pem.bytes, (int)pem.size);
  party->own = PEM_read_bio_PrivateKey(bio, NULL, NULL, empty);
  BIO_free(bio);
  if (party->own == NULL)
    return unreadable(channel->sign_key, "no private key in PEM", error);
  if (signature_key_fits(link->sign, party->own, error))
    return TRUE;
  error_add(error, "file", channel->sign_key);
  return FALSE;
}

/* A public key, or a certificate that holds it. */
static EVP_PKEY *public_of(const char *pem) {
  BIO *bio = BIO_new_mem_buf(pem, -1);
  EVP_PKEY *key = NULL;
  if (strstr(pem, "-----BEGIN CERTIFICATE-----") != NULL) {
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    key = certificate == NULL ? NULL : X509_get_pubkey(certificate);
    X509_free(certificate);
  } else {
    key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
  }
  BIO_free(bio);
  return key;
}

static gboolean load_bank(const ConfChannel *channel, const Link *link, Party *party, GError **error) {
  g_autofree char *pem = NULL;
  gsize size = 0;
  if (!named(channel, "bank_key", channel->bank_key, error))
    return FALSE;
  if (!g_file_get_contents(channel->bank_key, &pem, &size, NULL) || size > KEY_MAX)
    return unreadable(channel->bank_key, "unreadable", error);
  party->bank = public_of(pem);
  if (party->bank == NULL)
    return unreadable(channel->bank_key, "no public key or certificate in PEM", error);
  if (signature_key_fits(link->sign, party->bank, error))
    return TRUE;
  error_add(error, "file", channel->bank_key);
  return FALSE;
}

static gboolean load_secret(const ConfChannel *channel, Party *party, GError **error) {
  g_auto(Secret) secret = {0};
  if (!named(channel, "secret", channel->secret, error) || !secret_read(channel->secret, "link_key", &secret, error))
    return FALSE;
  secret_strip_line_end(&secret);
  party->secret = g_bytes_new(secret.bytes, secret.size);
  return TRUE;
}

static gboolean load_signature(const ConfChannel *channel, const Link *link, Party *party, GError **error) {
  if (link->sign == SIGNATURE_NONE)
    return TRUE;
  if (!(link->sign == SIGNATURE_HMAC ? load_secret(channel, party, error)
                                     : load_own(channel, link, party, error) && load_bank(channel, link, party, error)))
    return FALSE;
  party->sm2_id = link_customer_text(link->sm2_id, channel->customer);
  party->party.ours = party->party.theirs = (Signature){
      .kind = link->sign, .raw = link->sign_raw, .id = party->sm2_id, .key = party->own, .secret = party->secret};
  party->party.theirs.key = party->bank;
  return TRUE;
}

/* 32 hex digits. */
static gboolean load_envelope(const ConfChannel *channel, const Link *link, Party *party, GError **error) {
  g_auto(Secret) hex = {0};
  if (!link->envelope)
    return TRUE;
  g_autofree char *first = link_customer_text(link->first, channel->customer);
  if (!named(channel, "envelope_key", channel->envelope_key, error) ||
      !secret_read(channel->envelope_key, "link_key", &hex, error))
    return FALSE;
  secret_strip_line_end(&hex);
  Envelope *envelope = &party->party.envelope;
  for (int i = 0; i < 2 * ENVELOPE_BLOCK; i++)
    if (hex.size != 2 * ENVELOPE_BLOCK || !g_ascii_isxdigit(hex.bytes[i]))
      return unreadable(channel->envelope_key, "expected 32 hex digits", error);
  for (int i = 0; i < ENVELOPE_BLOCK; i++)
    envelope->key[i] =
        (guint8)(g_ascii_xdigit_value(hex.bytes[2 * i]) << 4 | g_ascii_xdigit_value(hex.bytes[2 * i + 1]));
  if (strlen(first) != ENVELOPE_BLOCK)
    return error_set(error, ERROR_PERMANENT, "config_missing", "field", "customer", "value", channel->name, NULL);
  memcpy(envelope->first, first, ENVELOPE_BLOCK);
  return TRUE;
}

gboolean party_load(const ConfChannel *channel, const Link *link, Party *party, GError **error) {
  party->party.customer = channel->customer;
  party->party.operator_no = channel->operator_no;
  party->party.authorization = channel->authorization;
  if (link->transport == LINK_HTTPS && !named(channel, "ca", channel->ca, error))
    return FALSE;
  return load_signature(channel, link, party, error) && load_envelope(channel, link, party, error);
}
