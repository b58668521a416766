/* Electronic seals: made around a picture, signed, and again readable; the pictures come from yifen-seal. With --make
 * DIR MAKER KEY it writes one seal for tests/flow/seal_test.py, which reads it without this code. */
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#include "daemon/issue/eseal.h"
#include "daemon/issue/order_seal.h"
#include "daemon/issue/ses.h"
#include "rules/error.h"
#include "rules/eseal_words.h"
#include "spool/durable.h"

static const Instant noon = 1795320000 * INSTANT_SECOND; /* 2026-11-22T12:00:00+08:00 */

static X509 *certificate(EVP_PKEY *key, const EVP_MD *digest) {
  X509 *made = X509_new();
  g_assert_true(ASN1_INTEGER_set(X509_get_serialNumber(made), 7) == 1 && X509_set_pubkey(made, key) == 1);
  g_assert_nonnull(ASN1_TIME_set(X509_getm_notBefore(made), (time_t)(noon / INSTANT_SECOND) - 100));
  g_assert_nonnull(ASN1_TIME_set(X509_getm_notAfter(made), (time_t)(noon / INSTANT_SECOND) + 100));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8, (const guint8 *)"制章者", -1, -1, 0);
  g_assert_true(X509_set_issuer_name(made, X509_get_subject_name(made)) == 1 && X509_sign(made, key, digest) > 0);
  return made;
}

static GBytes *info_of(const Picture *picture) {
  g_autoptr(GBytes) holder = g_bytes_new_static("0\x03\x02\x01\x05", 5);
  GBytes *const holders[] = {holder, NULL};
  Eseal eseal = {.vendor = "YIFEN",
                 .id = "44030020261122000001",
                 .type = ESEAL_TYPE_UNIT,
                 .name = "深圳一分科技有限公司",
                 .certificates = holders,
                 .made_at = noon,
                 .valid_from = noon,
                 .valid_until = noon + 365 * 86400 * INSTANT_SECOND,
                 .picture = picture};
  g_autoptr(GError) error = NULL;
  GBytes *info = eseal_info(&eseal, &error);
  g_assert_no_error(error);
  return info;
}

static void picture_fake(Picture *picture) {
  *picture = (Picture){.png = g_bytes_new_static("picture", 7), .width = 40, .height = 30};
}

static void refused(GBytes *info, X509 *maker, EVP_PKEY *key, Instant now, const char *detail) {
  g_autoptr(GError) error = NULL;
  g_assert_null(eseal_sign(info, maker, key, now, &error));
  g_assert_cmpint(error_kind(error), ==, ERROR_PERMANENT);
  g_assert_cmpstr(error_reason(error), ==, "seal_maker");
  g_assert_cmpstr(error_fact(error, "detail"), ==, detail);
}

static void test_maker(void) {
  g_auto(Picture) picture;
  picture_fake(&picture);
  g_autoptr(GBytes) info = info_of(&picture);
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2"), *other = EVP_PKEY_Q_keygen(NULL, NULL, "SM2"),
           *prime = EVP_EC_gen("P-256");
  X509 *maker = certificate(key, EVP_sm3()), *strange = certificate(prime, EVP_sha256());
  refused(info, maker, other, noon, "maker_key_other");
  refused(info, strange, prime, noon, "maker_key_kind");
  refused(info, maker, key, noon - 101 * INSTANT_SECOND, "maker_early");
  refused(info, maker, key, noon + 101 * INSTANT_SECOND, "maker_expired");
  X509_free(maker);
  X509_free(strange);
  EVP_PKEY_free(key);
  EVP_PKEY_free(other);
  EVP_PKEY_free(prime);
}

/* What was recorded before signing is what stands in the seal. */
static void test_recorded(void) {
  g_auto(Picture) picture;
  picture_fake(&picture);
  g_autoptr(GBytes) info = info_of(&picture), again = info_of(&picture);
  g_assert_true(g_bytes_equal(info, again));
  EVP_PKEY *key = EVP_RSA_gen(2048);
  X509 *maker = certificate(key, EVP_sha256());
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) seal = eseal_sign(info, maker, key, noon, &error);
  g_assert_no_error(error);
  gsize size, info_size;
  const guint8 *der = g_bytes_get_data(seal, &size), *part = g_bytes_get_data(info, &info_size);
  g_assert_true(memmem(der, size, part, info_size) == der + 4);
  const guint8 *end = der;
  SES_SEAL *read = (SES_SEAL *)ASN1_item_d2i(NULL, &end, (long)size, ASN1_ITEM_rptr(SES_SEAL));
  g_assert_nonnull(read);
  g_assert_true(end == der + size);
  g_assert_cmpint(OBJ_obj2nid(read->algorithm), ==, NID_sha256WithRSAEncryption);
  ASN1_item_free((ASN1_VALUE *)read, ASN1_ITEM_rptr(SES_SEAL));
  X509_free(maker);
  EVP_PKEY_free(key);
}

static void test_words(void) {
  static const struct {
    const char *called;
    int number, count;
    const char *below;
  } rows[] = {{NULL, 1, 1, "业务专用章"},
              {"一分公司", 1, 1, "业务专用章"},
              {"合同专用章", 1, 1, "合同专用章"},
              {"一分公司合同专用章", 2, 3, "合同专用章(2)"},
              {"别家公司", 1, 1, "别家公司"}};
  g_auto(EsealWords) company = {0};
  eseal_words_organization("一分公司", &company);
  g_assert_cmpstr(company.arc, ==, "一分公司");
  g_assert_null(company.below);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(EsealWords) words = {0};
    eseal_words_business("一分公司", rows[i].called, rows[i].number, rows[i].count, &words);
    g_autofree char *name = g_strconcat("一分公司", rows[i].below, NULL);
    g_assert_cmpstr(words.arc, ==, "一分公司");
    g_assert_cmpstr(words.below, ==, rows[i].below);
    g_assert_cmpstr(words.name, ==, name);
  }
}

static void judge_words(const char *name, const char *below, const char *reason, const char *value) {
  g_auto(Picture) picture = {0};
  g_autoptr(GError) error = NULL;
  gboolean drawn = picture_draw(name, below, &picture, &error);
  g_assert_cmpstr(drawn ? NULL : error_reason(error), ==, reason);
  if (drawn)
    g_assert_true(picture.width == PICTURE_MM && picture.height == PICTURE_MM);
  else if (value != NULL)
    g_assert_cmpstr(error_fact(error, "value"), ==, value);
}

static void test_draw(void) {
  static const struct {
    const char *name, *below, *reason, *value;
  } rows[] = {
      {"深圳一分", NULL, NULL, NULL},        {"深圳市一分科技有限公司", "合同专用章", NULL, NULL},
      {"", NULL, "seal_name", NULL},         {"深圳\n一分", NULL, "seal_name", NULL},
      {"深圳\xff", NULL, "seal_name", NULL}, {"深圳一分", "一二三四五六七八九十一二三四五六七", "seal_long", "17"},
      {"深圳ก", NULL, "seal_glyph", "ก"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    judge_words(rows[i].name, rows[i].below, rows[i].reason, rows[i].value);
  g_autoptr(GString) name = g_string_new(NULL);
  for (int i = 1; i <= 41; i++) {
    g_string_append(name, "某");
    if (i == 1 || i >= 40)
      judge_words(name->str, "财务专用章", i <= 40 ? NULL : "seal_long", "41");
  }
}

/* A picture of ours is one that may be uploaded; no cut of it is. */
static void test_check(void) {
  g_auto(Picture) drawn = {0}, checked = {0};
  g_autoptr(GError) error = NULL;
  g_assert_true(picture_draw("深圳一分", NULL, &drawn, &error));
  gsize size;
  const guint8 *png = g_bytes_get_data(drawn.png, &size);
  g_assert_true(picture_check(png, size, &checked, &error));
  g_assert_true(checked.width == 40 && checked.height == 40);
  for (gsize i = 0; i < size; i += size / 10) {
    g_auto(Picture) cut = {0};
    g_autoptr(GError) failure = NULL;
    g_assert_false(picture_check(png, i, &cut, &failure));
    g_assert_cmpstr(error_reason(failure), ==, "seal_png");
  }
  g_assert_false(picture_check(png, PICTURE_IN_MAX, &checked, &error));
  g_assert_cmpstr(error_reason(error), ==, "seal_large");
}

/* An uploaded imprint is the organisation's; the business seals of the same order are drawn. */
static void test_order(void) {
  g_auto(Picture) drawn = {0};
  g_assert_true(picture_draw("别样", NULL, &drawn, NULL));
  gsize size;
  const guint8 *png = g_bytes_get_data(drawn.png, &size);
  g_autofree char *base64 = g_base64_encode(png, size);
  g_autofree char *imprint = g_strdup_printf(
      "{\"applicant\":{\"name\":\"一分公司\"},\"seal\":{\"style\":\"imprint\",\"picture\":\"%s\"}}", base64);
  static const char generated[] =
      "{\"applicant\":{\"name\":\"一分公司\"},\"seal\":{\"style\":\"generated\",\"name\":\"别家公司合同章\"}}";
  g_autoptr(GError) error = NULL;
  g_auto(OrderSeal) uploaded = {0}, own = {0}, business = {0}, none = {0};
  g_assert_true(order_seal_organization(imprint, &uploaded, &error) &&
                order_seal_organization(generated, &own, &error) &&
                order_seal_business(imprint, 2, 2, &business, &error));
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(uploaded.picture.png, drawn.png));
  g_assert_false(g_bytes_equal(own.picture.png, drawn.png));
  g_assert_cmpstr(own.words.arc, ==, "一分公司");
  g_assert_cmpstr(business.words.below, ==, "业务专用章(2)");
  g_assert_false(order_seal_business("{\"applicant\":{\"name\":\"一分公司\"}}", 1, 1, &none, &error));
  g_assert_cmpstr(error_reason(error), ==, "seal_none");
}

/* DIR: seal.der and info.der, made with a picture that was drawn and the certificate and key of these files. */
static int make(const char *dir, const char *maker_path, const char *key_path) {
  g_auto(Picture) picture = {0};
  g_autoptr(GError) error = NULL;
  BIO *maker_file = BIO_new_file(maker_path, "r"), *key_file = BIO_new_file(key_path, "r");
  X509 *maker = PEM_read_bio_X509(maker_file, NULL, NULL, NULL);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(key_file, NULL, NULL, NULL);
  g_assert_true(picture_draw("深圳一分科技有限公司", NULL, &picture, &error));
  g_autoptr(GBytes) info = info_of(&picture);
  g_autoptr(GBytes) seal = eseal_sign(info, maker, key, g_get_real_time(), &error);
  g_assert_no_error(error);
  gsize size, info_size;
  const void *der = g_bytes_get_data(seal, &size), *part = g_bytes_get_data(info, &info_size);
  g_assert_true(durable_write(dir, "seal.der", der, size, 0600, FALSE, &error) &&
                durable_write(dir, "info.der", part, info_size, 0600, FALSE, &error));
  BIO_free(maker_file);
  BIO_free(key_file);
  X509_free(maker);
  EVP_PKEY_free(key);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "--make") == 0)
    return make(argv[2], argv[3], argv[4]);
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/eseal/maker", test_maker);
  g_test_add_func("/eseal/recorded", test_recorded);
  g_test_add_func("/eseal/words", test_words);
  g_test_add_func("/eseal/draw", test_draw);
  g_test_add_func("/eseal/order", test_order);
  g_test_add_func("/eseal/check", test_check);
  return g_test_run();
}
