#include "daemon/issue/order_seal.h"

#include <jansson.h>

#include "rules/error.h"

void order_seal_clear(OrderSeal *seal) {
  eseal_words_clear(&seal->words);
  picture_clear(&seal->picture);
}

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static gboolean wanted(const json_t *order, const json_t **seal, const char **applicant, GError **error) {
  *seal = json_object_get(order, "seal");
  *applicant = text(json_object_get(order, "applicant"), "name");
  return (*seal != NULL && *applicant != NULL) || error_set(error, ERROR_REFUSED, "seal_none", NULL);
}

static gboolean check_imprint(const char *base64, Picture *picture, GError **error) {
  gsize size;
  g_autofree guint8 *png = g_base64_decode(base64, &size);
  return picture_check(png, size, picture, error);
}

gboolean order_seal_organization(const char *body, OrderSeal *seal, GError **error) {
  json_auto_t *order = json_loads(body, 0, NULL);
  const json_t *asked;
  const char *applicant;
  if (!wanted(order, &asked, &applicant, error))
    return FALSE;
  eseal_words_organization(applicant, &seal->words);
  const char *imprint = text(asked, "picture");
  return imprint != NULL ? check_imprint(imprint, &seal->picture, error)
                         : picture_draw(seal->words.arc, NULL, &seal->picture, error);
}

gboolean order_seal_business(const char *body, int number, int count, OrderSeal *seal, GError **error) {
  json_auto_t *order = json_loads(body, 0, NULL);
  const json_t *asked;
  const char *applicant;
  if (!wanted(order, &asked, &applicant, error))
    return FALSE;
  eseal_words_business(applicant, text(asked, "name"), number, count, &seal->words);
  return picture_draw(seal->words.arc, seal->words.below, &seal->picture, error);
}
