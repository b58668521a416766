/* Certificates of every kind under every kind of CA; what a CA key, a profile, a plain key must be. */
#include "daemon/issue/certificate.h"

#include <glib/gstdio.h>
#include <openssl/pkcs12.h>

#include "daemon/issue/bundle.h"
#include "daemon/issue/ocsp.h"
#include "daemon/issue/signed.h"
#include "rules/error.h"
#include "tests/unit/authority.h"

#define PROFILE                                                                                                        \
  "[p]\nsubject = C:CN|ST:{province}|O:{organisation}|OU:{unit}|CN:{name}\nidentity = hashed\n"                        \
  "usage_single = digitalSignature,nonRepudiation,keyEncipherment\nusage_signing = digitalSignature,nonRepudiation\n"  \
  "usage_encryption = keyEncipherment,dataEncipherment,keyAgreement\nextended_usage = clientAuth,emailProtection\n"    \
  "policies = 1.2.156.112586.1\nstatement = https://ca.example.cn/cps\ncrl = http://ca.example.cn/ca.crl\n"            \
  "ocsp = http://ocsp.example.cn\nissuer = http://ca.example.cn/ca.cer\n"

static const CertificateSubject SUBJECT = {.name = "杭州一分测试有限公司",
                                           .organisation = "杭州一分测试有限公司",
                                           .unit = "机构章",
                                           .province = "浙江省",
                                           .uscc = "91330106MA2B0XLJ4R",
                                           .id_number = "330106199001010017",
                                           .email = "a@example.cn"};

static CertificateProfile *profile_of(const char *text, GError **error) {
  g_autoptr(GKeyFile) file = g_key_file_new();
  g_assert_true(g_key_file_load_from_data(file, text, (gsize)-1, G_KEY_FILE_NONE, NULL));
  return certificate_profile_read(file, "p.conf", "p", error);
}

static char *folder_make(void) {
  return g_dir_make_tmp("yifen-ca-XXXXXX", NULL);
}

static void folder_drop(char *folder) {
  static const char *const NAMES[] = {"ca.key", "ca.pass", "ca.pem"};
  for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
    g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
  g_free(folder);
}

static CertificatePlan plan_of(const CertificateProfile *profile, CertificateUse use, EVP_PKEY *key) {
  return (CertificatePlan){.profile = profile,
                           .use = use,
                           .subject = &SUBJECT,
                           .serial = "4b00112233445566778899aabbccddee",
                           .not_before = (AUTHORITY_BEGIN + 86400) * INSTANT_SECOND,
                           .not_after = (AUTHORITY_BEGIN + 366 * 86400) * INSTANT_SECOND,
                           .key = key};
}

static void look(const X509 *certificate, CertificateUse use) {
  static const guint32 USAGE[] = {KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT,
                                  KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION,
                                  KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT | KU_KEY_AGREEMENT};
  g_assert_cmpuint(X509_get_key_usage((X509 *)certificate), ==, USAGE[use]);
  g_assert_cmpint(X509_get_ext_count(certificate), ==, 11);
  g_assert_cmpint(X509_check_ca((X509 *)certificate), ==, 0);
  g_assert_nonnull(X509_get0_authority_key_id((X509 *)certificate));
}

static void one(CaKey *ca, const CertificateProfile *profile, KeyKind kind, CertificateUse use) {
  g_autoptr(GError) error = NULL;
  g_autoptr(EVP_PKEY) key = subject_key_make(kind, &error);
  PlainKey plain;
  g_assert_true(subject_key_plain(key, &plain, &error));
  g_autoptr(EVP_PKEY) public = subject_key_public(&plain, &error);
  g_assert_no_error(error);
  CertificatePlan plan = plan_of(profile, use, public);
  g_autoptr(GBytes) tbs = certificate_tbs(&plan, ca, &error), again = certificate_tbs(&plan, ca, &error);
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(tbs, again));
  g_autoptr(GBytes) der = signed_make(ca, tbs, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) inside = signed_tbs(der);
  g_assert_true(g_bytes_equal(tbs, inside) && signed_verify(cakey_certificate(ca), der));
  gsize size;
  const guint8 *at = g_bytes_get_data(der, &size);
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)size);
  g_assert_nonnull(certificate);
  look(certificate, use);
  g_autofree char *pin = pin_make(PIN_FILE, &error);
  g_autoptr(GBytes) bundle = bundle_make(&(BundleItem){key, der}, 1, cakey_certificate(ca), SUBJECT.name, pin, &error);
  g_assert_no_error(error);
  at = g_bytes_get_data(bundle, &size);
  PKCS12 *opened = d2i_PKCS12(NULL, &at, (long)size);
  g_assert_true(PKCS12_verify_mac(opened, pin, -1) == 1 && PKCS12_verify_mac(opened, "wrong", -1) == 0);
  PKCS12_free(opened);
}

static void test_every_kind(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(CertificateProfile) profile = profile_of(PROFILE, &error);
  g_assert_no_error(error);
  for (guint authority = 0; authority < KEY_KINDS; authority++) {
    char *folder = folder_make();
    authority_make(folder, (KeyKind)authority);
    g_autoptr(CaKey) ca = authority_open(folder, &error);
    g_assert_no_error(error);
    for (guint kind = 0; kind < KEY_KINDS; kind++)
      for (guint use = 0; use < (kind == KEY_RSA_3072 ? 1 : CERTIFICATE_USES); use++)
        one(ca, profile, (KeyKind)kind, (CertificateUse)use);
    folder_drop(folder);
  }
}

/* The standard identifier, not the empty one that OpenSSL takes unless told. */
static void test_sm2_identifier(void) {
  char *folder = folder_make();
  authority_make(folder, KEY_SM2);
  g_autoptr(CaKey) ca = authority_open(folder, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3), signature = cakey_sign(ca, bytes, NULL);
  EVP_PKEY *key = X509_get0_pubkey(cakey_certificate(ca));
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  gsize size;
  const guint8 *value = g_bytes_get_data(signature, &size);
  g_assert_true(cakey_verify(cakey_certificate(ca), bytes, signature));
  g_assert_true(EVP_DigestVerifyInit(digest, NULL, EVP_sm3(), NULL, key) == 1);
  g_assert_true(EVP_DigestVerify(digest, value, size, (const guint8 *)"abc", 3) != 1);
  EVP_MD_CTX_free(digest);
  folder_drop(folder);
}

static void refuse(const char *folder, const char *name, const char *contents, const char *want) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(folder, name, NULL), *kept = NULL;
  gsize size;
  g_assert_true(g_file_get_contents(path, &kept, &size, NULL));
  g_file_set_contents_full(path, contents, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  g_assert_null(authority_open(folder, &error));
  g_assert_cmpstr(error_reason(error), ==, want);
  g_assert_cmpint(error_kind(error), ==, ERROR_PERMANENT);
  g_file_set_contents_full(path, kept, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

static void test_ca_refused(void) {
  char *folder = folder_make(), *other = folder_make();
  authority_make(folder, KEY_P256);
  authority_make(other, KEY_P256);
  g_autofree char *theirs = g_build_filename(other, "ca.pem", NULL), *pem = NULL;
  g_assert_true(g_file_get_contents(theirs, &pem, NULL, NULL));
  refuse(folder, "ca.pem", pem, "ca_certificate"); /* another key's */
  refuse(folder, "ca.pem", "nothing", "ca_certificate");
  refuse(folder, "ca.pass", "wrong", "ca_key");
  refuse(folder, "ca.key", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "ca_key");
  g_autofree char *key = g_build_filename(folder, "ca.key", NULL);
  g_assert_cmpint(g_chmod(key, 0644), ==, 0);
  g_autoptr(GError) error = NULL;
  g_assert_null(authority_open(folder, &error));
  g_assert_cmpstr(error_reason(error), ==, "ca_key");
  folder_drop(folder);
  folder_drop(other);
}

static void test_times_and_subject(void) {
  static const struct {
    gint64 from, until;
    const char *name, *want;
  } ROWS[] = {
      {1, 2, "甲", NULL},
      {-1, 2, "甲", "ca_expired"},
      {1, 5000, "甲", "ca_expired"},
      {2, 2, "甲", "certificate_times"},
      {1, 2,
       "甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲"
       "甲甲甲甲甲甲甲甲甲甲甲",
       "certificate_subject"},
  };
  char *folder = folder_make();
  authority_make(folder, KEY_P256);
  g_autoptr(CaKey) ca = authority_open(folder, NULL);
  g_autoptr(CertificateProfile) profile = profile_of(PROFILE, NULL);
  g_autoptr(EVP_PKEY) key = subject_key_make(KEY_P256, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(GError) error = NULL;
    CertificateSubject subject = SUBJECT;
    subject.name = ROWS[i].name;
    CertificatePlan plan = plan_of(profile, CERTIFICATE_SINGLE, key);
    plan.subject = &subject;
    plan.not_before = (AUTHORITY_BEGIN + ROWS[i].from * 86400) * INSTANT_SECOND;
    plan.not_after = (AUTHORITY_BEGIN + ROWS[i].until * 86400) * INSTANT_SECOND;
    g_autoptr(GBytes) tbs = certificate_tbs(&plan, ca, &error);
    g_assert_cmpstr(error != NULL ? error_reason(error) : NULL, ==, ROWS[i].want);
  }
  folder_drop(folder);
}

static void test_only_own_bytes(void) {
  char *folder = folder_make();
  authority_make(folder, KEY_P256);
  g_autoptr(CaKey) ca = authority_open(folder, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) foreign = g_bytes_new_static("\x30\x03\x02\x01\x05", 5);
  g_assert_null(signed_make(ca, foreign, &error));
  g_assert_cmpstr(error_reason(error), ==, "ca_tbs");
  folder_drop(folder);
}

static void test_profile_refused(void) {
  static const char *const ROWS[] = {"[p]\n",
                                     "[q]\n",
                                     PROFILE "colour = red\n",
                                     PROFILE "identity = open\n",
                                     PROFILE "usage_single = all\n",
                                     PROFILE "crl = ftp://x\n",
                                     PROFILE "crl = http://x,URI:http://y\n",
                                     PROFILE "policies = x\n",
                                     PROFILE "subject = X:{name}\n",
                                     PROFILE "subject = O:{nothing}\n",
                                     PROFILE "extended_usage = anything\n"};
  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(profile_of(ROWS[i], &error));
    g_assert_cmpstr(error_reason(error), ==, "config_certificate");
  }
}

static void test_plain_keys(void) {
  PlainKey key;
  g_autoptr(GError) error = NULL;
  g_autofree char *off = g_strdup_printf("p-256:%0128d", 7), *even = g_strdup_printf("rsa-3072:f%0767d", 0),
                  *many = g_strdup_printf("rsa-3072:f%0767d", 5);
  g_assert_true(plainkey_parse(off, &key));
  g_autofree char *back = plainkey_format(&key);
  g_assert_cmpstr(back, ==, off);
  g_assert_null(subject_key_public(&key, &error)); /* no point of the curve */
  g_assert_cmpstr(error_reason(error), ==, "subject_key");
  g_assert_false(plainkey_parse(even, &key));
  g_assert_true(plainkey_parse(many, &key)); /* 5 divides it */
  g_assert_null(subject_key_public(&key, NULL));
  g_assert_false(plainkey_parse("p-256:00", &key) || plainkey_parse("p-256", &key) || plainkey_parse("", &key));
}

static void test_revocation_words(void) {
  static const struct {
    const char *word;
    int number;
  } ROWS[] = {{"unspecified", 0},          {"keyCompromise", 1},
              {"affiliationChanged", 3},   {"superseded", 4},
              {"cessationOfOperation", 5}, {"privilegeWithdrawn", 9},
              {"cACompromise", -1},        {"certificateHold", -1},
              {"removeFromCRL", -1},       {"", -1}};
  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    RevocationReason reason;
    g_assert_true(revocation_parse(ROWS[i].word, &reason) == (ROWS[i].number >= 0));
    if (ROWS[i].number >= 0)
      g_assert_cmpint(reason, ==, ROWS[i].number);
    if (ROWS[i].number >= 0)
      g_assert_cmpstr(revocation_word(reason), ==, ROWS[i].word);
  }
}

/* The same plan, the same bytes; nothing that the CA's certificate does not outlive; no serial that is none. */
static void test_lists(void) {
  static const struct {
    gint64 number, next;
    const char *serial, *want;
  } ROWS[] = {{1, 7, "4b", NULL},   {0, 7, "4b", "crypto"}, {1, 1, "4b", "crypto"},       {1, 7, "xx", "crypto"},
              {1, 7, "", "crypto"}, {1, 7, "00", "crypto"}, {1, 5000, "4b", "ca_expired"}};
  char *folder = folder_make();
  authority_make(folder, KEY_P256);
  g_autoptr(CaKey) ca = authority_open(folder, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(GError) error = NULL;
    Instant now = (AUTHORITY_BEGIN + 86400) * INSTANT_SECOND;
    Revocation revoked = {ROWS[i].serial, now, REVOKED_SUPERSEDED};
    CrlPlan plan = {ROWS[i].number, now, (AUTHORITY_BEGIN + ROWS[i].next * 86400) * INSTANT_SECOND, &revoked, 1};
    g_autoptr(GBytes) tbs = crl_tbs(&plan, ca, &error), again = crl_tbs(&plan, ca, NULL);
    g_assert_cmpstr(error != NULL ? error_reason(error) : NULL, ==, ROWS[i].want);
    if (tbs == NULL)
      continue;
    g_assert_true(g_bytes_equal(tbs, again));
    g_autoptr(GBytes) answer = ocsp_make(ca, tbs, &error);
    g_assert_true(answer == NULL && g_str_equal(error_reason(error), "ca_tbs"));
  }
  folder_drop(folder);
}

static void test_serial(void) {
  g_autofree char *first = certificate_serial(NULL), *second = certificate_serial(NULL);
  g_assert_cmpuint(strlen(first), ==, 32);
  g_assert_cmpstr(first, !=, second);
  g_assert_true(first[0] >= '4' && first[0] <= '7');
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/certificate/every_kind", test_every_kind);
  g_test_add_func("/certificate/sm2_identifier", test_sm2_identifier);
  g_test_add_func("/certificate/ca_refused", test_ca_refused);
  g_test_add_func("/certificate/times_and_subject", test_times_and_subject);
  g_test_add_func("/certificate/only_own_bytes", test_only_own_bytes);
  g_test_add_func("/certificate/profile_refused", test_profile_refused);
  g_test_add_func("/certificate/plain_keys", test_plain_keys);
  g_test_add_func("/certificate/revocation_words", test_revocation_words);
  g_test_add_func("/certificate/lists", test_lists);
  g_test_add_func("/certificate/serial", test_serial);
  return g_test_run();
}
