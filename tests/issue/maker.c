/* Makes one CA and everything that it signs in a folder, for other programs to judge (tests/flow/certificate_test.py).
 *
 *     maker FOLDER KIND                the CA is of KIND: rsa-3072 p-256 sm2
 *     maker --csr FILE                 the plain key of a request, or why it is refused
 *
 * In FOLDER: ca.pem; NAME.der and NAME.p12 with NAME.pin for a certificate of each kind, NAME of KIND-single or
 * KIND-dual (whose encryption certificate is KIND-dual-2.der); ca.crl, empty.crl; good.ocsp and revoked.ocsp for the
 * first. */
#include "daemon/issue/bundle.h"
#include "daemon/issue/certificate.h"
#include "daemon/issue/csr.h"
#include "daemon/issue/guard.h"
#include "daemon/issue/ocsp.h"
#include "daemon/issue/signed.h"
#include "rules/error.h"
#include "tests/unit/authority.h"

#define PROFILE                                                                                                        \
  "[p]\nsubject = C:CN|ST:{province}|O:{organisation}|OU:{unit}|CN:{name}\nidentity = plain\n"                         \
  "usage_single = digitalSignature,nonRepudiation,keyEncipherment\nusage_signing = digitalSignature,nonRepudiation\n"  \
  "usage_encryption = keyEncipherment,dataEncipherment,keyAgreement\nextended_usage = clientAuth,emailProtection\n"    \
  "policies = 1.2.156.112586.1\nstatement = https://ca.example.cn/cps\ncrl = http://ca.example.cn/ca.crl\n"            \
  "ocsp = http://ocsp.example.cn\nissuer = http://ca.example.cn/ca.cer\n"

enum { DAY_SECONDS = 86400, YEAR = 365 * DAY_SECONDS };

static const char *folder;
static Instant now;

static void save(const char *name, const char *ending, const void *bytes, gsize size) {
  g_autofree char *file = g_strconcat(name, ending, NULL), *path = g_build_filename(folder, file, NULL);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
}

static void save_bytes(const char *name, const char *ending, GBytes *bytes) {
  save(name, ending, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/* The first serial is given back. */
static GBytes *certify(CaKey *ca, const CertificateProfile *profile, EVP_PKEY *key, CertificateUse use, char **serial) {
  const CertificateSubject subject = {.name = "杭州一分测试有限公司",
                                      .organisation = "杭州一分测试有限公司",
                                      .unit = "机构章",
                                      .province = "浙江省",
                                      .uscc = "91330106MA2B0XLJ4R",
                                      .id_number = "330106199001010017",
                                      .email = "a@example.cn"};
  g_autoptr(GError) error = NULL;
  g_autofree char *number = certificate_serial(&error);
  CertificatePlan plan = {
      profile, use, &subject, number, now - DAY_SECONDS * INSTANT_SECOND, now + YEAR * INSTANT_SECOND, key};
  g_autoptr(GBytes) tbs = certificate_tbs(&plan, ca, &error);
  GBytes *der = tbs != NULL ? signed_make(ca, tbs, &error) : NULL;
  g_assert_no_error(error);
  if (*serial == NULL)
    *serial = g_steal_pointer(&number);
  return der;
}

static void pack(CaKey *ca, const char *name, const BundleItem *items, gsize count) {
  g_autoptr(GError) error = NULL;
  char *pin = pin_make(PIN_FILE, &error);
  g_autoptr(GBytes) bundle = bundle_make(items, count, cakey_certificate(ca), "杭州一分测试有限公司", pin, &error);
  g_assert_no_error(error);
  save_bytes(name, ".p12", bundle);
  save(name, ".pin", pin, strlen(pin));
  pin_free(pin);
}

static void make_one(CaKey *ca, const CertificateProfile *profile, KeyKind kind, gboolean dual, char **serial) {
  g_autofree char *name = g_strdup_printf("%s-%s", keykind_word(kind), dual ? "dual" : "single");
  g_autoptr(EVP_PKEY) first = subject_key_make(kind, NULL);
  g_autoptr(EVP_PKEY) second = dual ? subject_key_make(kind, NULL) : NULL;
  g_autoptr(GBytes) one = certify(ca, profile, first, dual ? CERTIFICATE_SIGNING : CERTIFICATE_SINGLE, serial);
  g_autoptr(GBytes) two = dual ? certify(ca, profile, second, CERTIFICATE_ENCRYPTION, serial) : NULL;
  const BundleItem items[] = {{first, one}, {second, two}};
  save_bytes(name, ".der", one);
  if (dual)
    save_bytes(name, "-2.der", two);
  pack(ca, name, items, dual ? 2 : 1);
}

static void make_lists(CaKey *ca, const char *serial) {
  g_autoptr(GError) error = NULL;
  const Revocation revoked[] = {{serial, now - 60 * INSTANT_SECOND, REVOKED_KEY_COMPROMISE},
                                {"41", now - 60 * INSTANT_SECOND, REVOKED_UNSPECIFIED}};
  Instant next = now + 7 * DAY_SECONDS * INSTANT_SECOND;
  for (gsize full = 0; full < 2; full++) {
    CrlPlan list = {7, now, next, revoked, full * G_N_ELEMENTS(revoked)};
    OcspPlan answer = {serial, full ? revoked : NULL, now, next};
    g_autoptr(GBytes) tbs = crl_tbs(&list, ca, &error), crl = tbs != NULL ? signed_make(ca, tbs, &error) : NULL;
    g_assert_no_error(error);
    g_autoptr(GBytes) data = ocsp_tbs(&answer, ca, &error), ocsp = data != NULL ? ocsp_make(ca, data, &error) : NULL;
    g_assert_no_error(error);
    save_bytes(full ? "ca" : "empty", ".crl", crl);
    save_bytes(full ? "revoked" : "good", ".ocsp", ocsp);
  }
}

static void make_all(KeyKind authority) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GKeyFile) file = g_key_file_new();
  g_autofree char *serial = NULL;
  g_assert_true(g_key_file_load_from_data(file, PROFILE, (gsize)-1, G_KEY_FILE_NONE, NULL));
  g_autoptr(CertificateProfile) profile = certificate_profile_read(file, "profile", "p", &error);
  authority_make(folder, authority);
  g_autoptr(CaKey) ca = authority_open(folder, &error);
  g_assert_no_error(error);
  make_one(ca, profile, authority, FALSE, &serial);
  make_one(ca, profile, authority, TRUE, &serial);
  if (authority == KEY_RSA_3072)
    make_one(ca, profile, KEY_P256, FALSE, &serial);
  make_lists(ca, serial);
}

static int show_csr(const char *path) {
  g_autofree char *bytes = NULL, *text = NULL;
  gsize size;
  PlainKey key;
  g_autoptr(GError) error = NULL;
  if (g_file_get_contents(path, &bytes, &size, &error) && csr_read(bytes, size, &key, &error))
    text = plainkey_format(&key);
  g_print("%s\n", text != NULL ? text : error_fact(error, "detail"));
  return text != NULL ? 0 : 1;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  KeyKind kind;
  if (argc != 3)
    return ERROR_USAGE;
  if (g_str_equal(argv[1], "--csr"))
    return show_csr(argv[2]);
  if (!keykind_parse(argv[2], &kind))
    return ERROR_USAGE;
  guard_memory(&error);
  g_assert_no_error(error);
  folder = argv[1];
  now = g_get_real_time() / INSTANT_SECOND * INSTANT_SECOND;
  make_all(kind);
  return 0;
}
