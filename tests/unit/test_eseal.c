/* Electronic seals: made around a picture, signed, and again readable; the pictures come from yifen-seal. With --make
 * DIR it writes one seal for tests/flow/seal_test.py, which reads it without this code. */
#include "daemon/issue/eseal.h"

#include "daemon/issue/order_seal.h"
#include "daemon/issue/ses.h"
#include "rules/error.h"
#include "rules/eseal_words.h"
#include "spool/durable.h"
#include "tests/unit/authority.h"
#include "tests/unit/spooldir.h"

static const Instant noon = 1795320000 * INSTANT_SECOND; /* 2026-11-22T12:00:00+08:00 */

/* maker.pem for the key that authority_make wrote, with this key usage. */
static void certify(const char *folder, const char *usage) {
  g_autofree char *path = g_build_filename(folder, "ca.key", NULL);
  BIO *file = BIO_new_file(path, "r"), *pem = BIO_new(BIO_s_mem());
  g_autoptr(EVP_PKEY) key = PEM_read_bio_PrivateKey(file, NULL, NULL, (char *)AUTHORITY_PASS);
  g_autoptr(X509) maker = X509_new();
  X509_set_version(maker, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(maker), 7);
  ASN1_TIME_set(X509_getm_notBefore(maker), (time_t)AUTHORITY_BEGIN);
  ASN1_TIME_set(X509_getm_notAfter(maker), (time_t)AUTHORITY_END);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(maker), "CN", MBSTRING_UTF8, (const guint8 *)"制章者", -1, -1, 0);
  X509_set_issuer_name(maker, X509_get_subject_name(maker));
  X509_set_pubkey(maker, key);
  authority_extend(maker, NID_key_usage, usage);
  authority_sign(maker, key);
  PEM_write_bio_X509(pem, maker);
  authority_write(folder, "maker.pem", pem);
  BIO_free(file);
}

static CaKey *open_maker(const char *folder, const char *key, const char *certificate, GError **error) {
  g_autofree char *key_path = g_build_filename(folder, key, NULL), *pass = g_build_filename(folder, "ca.pass", NULL),
                  *certificate_path = g_build_filename(folder, certificate, NULL);
  return cakey_open_maker(key_path, pass, certificate_path, error);
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

/* Only a certificate that may sign data, belongs to the key, and is valid. */
static void test_maker(void) {
  char *folder = spooldir_new();
  g_auto(Picture) picture;
  picture_fake(&picture);
  g_autoptr(GBytes) info = info_of(&picture);
  g_autoptr(GError) error = NULL;
  authority_make(folder, KEY_SM2);
  g_assert_null(open_maker(folder, "ca.key", "ca.pem", &error)); /* keyCertSign and cRLSign only */
  g_assert_cmpstr(error_reason(error), ==, "seal_maker");
  g_clear_error(&error);
  certify(folder, "digitalSignature");
  g_autoptr(CaKey) maker = open_maker(folder, "ca.key", "maker.pem", &error);
  g_assert_no_error(error);
  g_assert_null(eseal_sign(info, maker, (AUTHORITY_BEGIN - 1) * INSTANT_SECOND, &error));
  g_assert_cmpstr(error_reason(error), ==, "seal_maker");
  g_clear_error(&error);
  g_assert_null(eseal_sign(info, maker, (AUTHORITY_END + 1) * INSTANT_SECOND, &error));
  g_assert_cmpstr(error_reason(error), ==, "seal_maker");
  g_clear_error(&error);
  authority_make(folder, KEY_SM2); /* another key beside the same certificate */
  g_assert_null(open_maker(folder, "ca.key", "maker.pem", &error));
  g_assert_cmpstr(error_reason(error), ==, "seal_maker");
  spooldir_remove(folder);
}

/* What was recorded before signing is what stands in the seal. */
static void check_recorded(const char *folder, KeyKind kind, int algorithm) {
  g_auto(Picture) picture;
  picture_fake(&picture);
  g_autoptr(GBytes) info = info_of(&picture), again = info_of(&picture);
  g_assert_true(g_bytes_equal(info, again));
  authority_make(folder, kind);
  certify(folder, "critical,digitalSignature,nonRepudiation");
  g_autoptr(GError) error = NULL;
  g_autoptr(CaKey) maker = open_maker(folder, "ca.key", "maker.pem", &error);
  g_autoptr(GBytes) seal = eseal_sign(info, maker, noon, &error);
  g_assert_no_error(error);
  gsize size, info_size;
  const guint8 *der = g_bytes_get_data(seal, &size), *part = g_bytes_get_data(info, &info_size), *end = der;
  g_assert_true(memmem(der, size, part, info_size) == der + 4);
  SES_SEAL *read = (SES_SEAL *)ASN1_item_d2i(NULL, &end, (long)size, ASN1_ITEM_rptr(SES_SEAL));
  g_assert_nonnull(read);
  g_assert_true(end == der + size);
  g_assert_cmpint(OBJ_obj2nid(read->algorithm), ==, algorithm);
  g_autoptr(GBytes) signature =
      g_bytes_new(ASN1_STRING_get0_data(read->signature), (gsize)ASN1_STRING_length(read->signature));
  g_assert_true(cakey_verify(cakey_certificate(maker), info, signature));
  ASN1_item_free((ASN1_VALUE *)read, ASN1_ITEM_rptr(SES_SEAL));
}

static void test_recorded(void) {
  char *folder = spooldir_new();
  check_recorded(folder, KEY_SM2, NID_SM2_with_SM3);
  check_recorded(folder, KEY_P256, NID_ecdsa_with_SHA256);
  check_recorded(folder, KEY_RSA_3072, NID_sha256WithRSAEncryption);
  spooldir_remove(folder);
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

/* DIR: seal.der and info.der, made with a picture that was drawn and the key and certificate of DIR. */
static int make(const char *dir) {
  g_auto(Picture) picture = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(CaKey) maker = open_maker(dir, "ca.key", "maker.pem", &error);
  g_assert_no_error(error);
  g_assert_true(picture_draw("深圳一分科技有限公司", NULL, &picture, &error));
  g_autoptr(GBytes) info = info_of(&picture);
  g_autoptr(GBytes) seal = eseal_sign(info, maker, g_get_real_time(), &error);
  g_assert_no_error(error);
  gsize size, info_size;
  const void *der = g_bytes_get_data(seal, &size), *part = g_bytes_get_data(info, &info_size);
  g_assert_true(durable_write(dir, "seal.der", der, size, 0600, FALSE, &error) &&
                durable_write(dir, "info.der", part, info_size, 0600, FALSE, &error));
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--make") == 0)
    return make(argv[2]);
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
