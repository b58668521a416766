/* Signatures and envelopes of the direct link, against published vectors and what openssl(1) makes. */
#include <openssl/params.h>
#include <openssl/pem.h>
#include <string.h>

#include "parsers/envelope.h"
#include "parsers/signature.h"
#include "rules/error.h"

/* GB/T 32918.5 appendix A.2: the public key, and the signature of "message digest" under the usual identifier. */
static const char sm2_point[] = "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                                "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
static const char sm2_pair[] = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
                               "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

/* openssl genrsa 2048; openssl dgst -sha256 -sign over 一分钱 */
static const char rsa_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                 "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv+qUtqhEuj9MdBuFI0hD\n"
                                 "QykXGvi+SM1tI9s+i5ClA/HcMuMqjxHnZ1oGpwS/swjUL2/Syuh4s+N19WScCcTJ\n"
                                 "y6A0su20SmpntGXyPEjgfh32yTdZz7oYFDjG8cqH0WdTUj3tf7DLg/Q0ZS35j3PT\n"
                                 "NoLRy3/7DHZu5EZDtuygAv4aIPO8TtQD+ngPFVhqG1Toc9gY0/TscsWIIaZgTdWm\n"
                                 "oRCiSiNBhFNjUk23vzgU3CpdKkQu6FS2YT9EizbdjW/24ejaEGHZLNkFLK8RXLtk\n"
                                 "TLG9aNawnMRzMJAH98Seywk2gDkrj+fq8an/re/fHpbzLnU3ZptI4V8mIOi03a16\n"
                                 "8QIDAQAB\n"
                                 "-----END PUBLIC KEY-----\n";
static const char rsa_signature[] = "Wtuu5xHHKp8sNXT+8tBYE+Uu3KPUIr9OEP4LkRwz+VSncTIgVzsrztoPa+ZCy07c/0SqYj7q4lWI"
                                    "oMGQcHQXzsZ5F2PhO0Nxi69hdIZp56JcV57cBE2km2O4b8uRBWi81hLvFBYzIjTPnzoEVCwKWo33"
                                    "P0VmSeNs4OPCUjHyFXEm74yvzOn62b/vGbav1j9MKBaGw4A0VZ5Np6bLmlsh1AC9GqbxJOOAcajL"
                                    "GEv2NlUPsc1GqJIhIuFZu3Bp+8s8dc1DJApzOpLVweWSXL36AjXKZPkG50yPFRzCDYnSjT7P/oiR"
                                    "AxNzWIajEQCcppaDU4rM4sojYF7EKURDjx3r5Q==";

static guint8 *from_hex(const char *hex, gsize *size) {
  *size = strlen(hex) / 2;
  guint8 *bytes = g_malloc(*size);
  for (gsize i = 0; i < *size; i++)
    bytes[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
  return bytes;
}

static char *base64_of_hex(const char *hex) {
  gsize size;
  g_autofree guint8 *bytes = from_hex(hex, &size);
  return g_base64_encode(bytes, size);
}

static EVP_PKEY *sm2_public(void) {
  gsize size;
  g_autofree guint8 *point = from_hex(sm2_point, &size);
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
  char group[] = "SM2";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("group", group, 0),
                         OSSL_PARAM_construct_octet_string("pub", point, size), OSSL_PARAM_construct_end()};
  g_assert_true(EVP_PKEY_fromdata_init(context) == 1 &&
                EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
  EVP_PKEY_CTX_free(context);
  return key;
}

static gboolean holds(const Signature *signature, const char *text, const char *base64) {
  g_autoptr(GError) error = NULL;
  gboolean good = signature_check(signature, text, strlen(text), base64, &error);
  if (!good)
    g_assert_cmpstr(error_reason(error), ==, "answer_signature");
  return good;
}

static void test_sm2_vector(void) {
  EVP_PKEY *key = sm2_public();
  g_autofree char *given = base64_of_hex(sm2_pair);
  const Signature usual = {.kind = SIGNATURE_SM2, .raw = TRUE, .id = SIGNATURE_SM2_ID, .key = key};
  Signature other = usual;
  g_assert_true(signature_key_fits(SIGNATURE_SM2, key, NULL));
  g_assert_true(holds(&usual, "message digest", given));
  g_assert_false(holds(&usual, "message digesT", given));
  other.id = "";
  g_assert_false(holds(&other, "message digest", given));
  other.id = "1234567812345679";
  g_assert_false(holds(&other, "message digest", given));
  other = usual;
  other.raw = FALSE;
  g_assert_false(holds(&other, "message digest", given));
  EVP_PKEY_free(key);
}

/* What is made holds; with another byte, cut, or with rubbish around it, it does not. */
static void check_made(const Signature *signature) {
  g_autofree char *made = signature_make(signature, "abc", 3, NULL);
  g_autofree char *longer = g_strconcat(made, "\n", NULL), *shorter = g_strndup(made, strlen(made) - 4);
  g_assert_nonnull(made);
  g_assert_true(holds(signature, "abc", made));
  g_assert_false(holds(signature, "abd", made));
  g_assert_false(holds(signature, "abc", longer));
  g_assert_false(holds(signature, "abc", shorter));
  g_assert_false(holds(signature, "abc", ""));
  for (gsize i = 0; i < strlen(made); i++) {
    g_autofree char *changed = g_strdup(made);
    changed[i] = changed[i] == 'B' ? 'C' : 'B';
    g_assert_false(holds(signature, "abc", changed));
  }
}

static void test_sm2_made(void) {
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
  Signature signature = {.kind = SIGNATURE_SM2, .id = SIGNATURE_SM2_ID, .key = key};
  check_made(&signature);
  signature.raw = TRUE;
  for (int i = 0; i < 300; i++) { /* r or s with leading zeros too */
    g_autofree char *made = signature_make(&signature, "abc", 3, NULL);
    g_assert_cmpuint(strlen(made), ==, 88);
    g_assert_true(holds(&signature, "abc", made));
  }
  check_made(&signature);
  EVP_PKEY_free(key);
}

static void test_rsa(void) {
  BIO *bio = BIO_new_mem_buf(rsa_public, -1);
  EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL), *own = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048),
           *small = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
  const Signature theirs = {.kind = SIGNATURE_RSA, .key = key}, ours = {.kind = SIGNATURE_RSA, .key = own};
  g_autoptr(GError) error = NULL;
  g_assert_true(holds(&theirs, "一分钱", rsa_signature));
  g_assert_false(holds(&ours, "一分钱", rsa_signature));
  check_made(&ours);
  g_assert_true(signature_key_fits(SIGNATURE_RSA, key, NULL));
  g_assert_false(signature_key_fits(SIGNATURE_SM2, key, NULL));
  g_assert_false(signature_key_fits(SIGNATURE_RSA, small, &error));
  g_assert_cmpstr(error_reason(error), ==, "link_key");
  BIO_free(bio);
  EVP_PKEY_free(key);
  EVP_PKEY_free(own);
  EVP_PKEY_free(small);
}

/* RFC 4231 test case 2. */
static void test_hmac(void) {
  g_autoptr(GBytes) secret = g_bytes_new_static("Jefe", 4);
  const Signature signature = {.kind = SIGNATURE_HMAC, .secret = secret};
  g_autofree char *want = base64_of_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  g_autofree char *made = signature_make(&signature, "what do ya want for nothing?", 28, NULL);
  g_assert_cmpstr(made, ==, want);
  check_made(&signature);
}

/* GB/T 32907 appendix A.1 (a zero first block makes the first block of CBC that of the bare cipher), and openssl(1). */
static void test_envelope(void) {
  gsize size;
  g_autofree guint8 *key = from_hex("0123456789abcdeffedcba9876543210", &size);
  Envelope envelope = {0};
  memcpy(envelope.key, key, sizeof envelope.key);
  g_autofree char *closed = envelope_close(&envelope, key, size);
  g_autofree guchar *bytes = g_base64_decode(closed, &size);
  g_autofree guint8 *want = from_hex("681edf34d206965e86b3e94f536e4246", &size);
  g_assert_cmpmem(bytes, 16, want, 16);
  memcpy(envelope.first, "1234567812345678", sizeof envelope.first);
  g_autofree char *other = envelope_close(&envelope, "0123456789abcdef", 16);
  g_assert_cmpstr(other, ==, "CXz9ALYgraYARpleBZK4uTwH0NdYkfcrwyT1YFGQgMo=");
  g_autoptr(GBytes) opened = envelope_open(&envelope, "\r\nCXz9ALYgraYARpleBZK4uTwH0NdYkfcrwyT1YFGQgMo=\n", 47, NULL);
  g_assert_nonnull(opened);
  g_assert_cmpmem(g_bytes_get_data(opened, NULL), g_bytes_get_size(opened), "0123456789abcdef", 16);
}

static void test_envelope_broken(void) {
  const Envelope envelope = {{1}, {2}};
  static const char *const broken[] = {"", "CXz9", "CXz9ALYgraYARpleBZK4uQ==", "CDCServer:IP", "ErrMsg: 无权限"};
  for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(envelope_open(&envelope, broken[i], strlen(broken[i]), &error));
    g_assert_cmpstr(error_reason(error), ==, "answer_envelope");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/signature/sm2-vector", test_sm2_vector);
  g_test_add_func("/signature/sm2-made", test_sm2_made);
  g_test_add_func("/signature/rsa", test_rsa);
  g_test_add_func("/signature/hmac", test_hmac);
  g_test_add_func("/envelope/vectors", test_envelope);
  g_test_add_func("/envelope/broken", test_envelope_broken);
  return g_test_run();
}
