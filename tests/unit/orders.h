/* An order that is good in every field, and the same with one text replaced. */
#ifndef YIFEN_TESTS_ORDERS_H
#define YIFEN_TESTS_ORDERS_H

#include <glib.h>
#include <string.h>

#include "parsers/order_json.h"

#define GOOD_ORDER                                                                                                               \
  "{\"order_no\":\"202611220000038\",\"submitted_at\":\"2026-11-20T09:12:33+08:00\","                                            \
  "\"applicant\":{\"name\":\"深圳市一分科技有限公司\",\"uscc\":\"91440300123456788M\",\"division\":\"440304\","       \
  "\"address\":\"深圳市福田区一路1号\"},"                                                                               \
  "\"handler\":{\"name\":\"张三\",\"id_number\":\"44030119900307233X\",\"mobile\":\"13800138000\","                            \
  "\"email\":\"zs@example.com\",\"title\":\"出纳\"},"                                                                          \
  "\"legal_representative\":{\"name\":\"李四\",\"id_number\":\"44030119900307233X\",\"mobile\":\"13900139000\"},"              \
  "\"bank_account\":{\"name\":\"深圳市一分科技有限公司\",\"number\":\"4000021219200012345\","                         \
  "\"bank\":\"中国工商银行深圳市分行\",\"cnaps\":\"308584000013\"},"                                                  \
  "\"certificates\":[{\"kind\":\"organization\",\"years\":1,\"quantity\":1},"                                                    \
  "{\"kind\":\"business\",\"years\":2,\"quantity\":8},"                                                                          \
  "{\"kind\":\"personal\",\"years\":5,\"name\":\"王五\",\"id_number\":\"44030119900307233X\","                                 \
  "\"mobile\":\"13700137000\"}],"                                                                                                \
  "\"delivery\":{\"name\":\"张三\",\"mobile\":\"13800138000\",\"division\":\"440304\",\"address\":\"福田区一路1号\","    \
  "\"postcode\":\"518000\",\"carriage\":\"prepaid\",\"fee\":\"13.00\"},"                                                         \
  "\"invoice\":{\"kind\":\"electronic\",\"title\":\"深圳市一分科技有限公司\",\"tax_number\":\"91440300123456788M\"}," \
  "\"seal\":{\"style\":\"generated\",\"name\":\"深圳市一分科技有限公司\"},\"publish\":true,"                          \
  "\"payment\":{\"method\":\"wire\",\"amount\":\"1048.00\",\"currency\":\"CNY\"}}"

#define WIRE "\"method\":\"wire\""
#define ALIPAY "\"method\":\"alipay\",\"transaction_id\":\"4245557038\",\"paid_at\":\"2026-11-20T09:12:33+08:00\""

static inline char *order_text(const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(GOOD_ORDER, from, 2);
  g_assert(parts[0] != NULL && parts[1] != NULL);
  return g_strconcat(parts[0], to, parts[1], NULL);
}

static inline Order *order_good(const char *from, const char *to) {
  g_autofree char *text = order_text(from, to);
  GError *error = NULL;
  Order *order = order_json_read(text, strlen(text), &error);
  if (order == NULL)
    g_error("%s", error->message);
  return order;
}

#endif
