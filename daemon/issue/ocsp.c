#include "daemon/issue/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include "daemon/issue/der.h"
#include "daemon/issue/signed.h"
#include "rules/error.h"

typedef struct {
  OCSP_RESPID *responder;
  ASN1_GENERALIZEDTIME *produced;
  STACK_OF(OCSP_SINGLERESP) * responses;
} OCSP_DATA;

/* clang-format off */
ASN1_SEQUENCE(OCSP_DATA) = {
  ASN1_SIMPLE(OCSP_DATA, responder, OCSP_RESPID),
  ASN1_SIMPLE(OCSP_DATA, produced, ASN1_GENERALIZEDTIME),
  ASN1_SEQUENCE_OF(OCSP_DATA, responses, OCSP_SINGLERESP),
} static_ASN1_SEQUENCE_END(OCSP_DATA)
    /* clang-format on */

    static void data_free(OCSP_DATA * data) {
  ASN1_item_free((ASN1_VALUE *)data, ASN1_ITEM_rptr(OCSP_DATA));
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OCSP_DATA, data_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OCSP_CERTID, OCSP_CERTID_free)
typedef OCSP_BASICRESP Basic;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Basic, OCSP_BASICRESP_free)
typedef OCSP_RESPONSE Response;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Response, OCSP_RESPONSE_free)

static ASN1_TIME *time_of(Instant at) {
  return ASN1_GENERALIZEDTIME_set(NULL, (time_t)(at / INSTANT_SECOND));
}

static OCSP_CERTID *name_of(const char *serial, const X509 *ca) {
  g_autoptr(ASN1_INTEGER) number = der_serial(serial);
  return number == NULL ? NULL
                        : OCSP_cert_id_new(EVP_sha1(), X509_get_subject_name(ca), X509_get0_pubkey_bitstr(ca), number);
}

static gboolean add_status(const OcspPlan *plan, OCSP_CERTID *name, ASN1_TIME *begin, ASN1_TIME *end, Basic *basic) {
  g_autoptr(ASN1_TIME) at = plan->revoked != NULL ? time_of(plan->revoked->at) : NULL;
  int reason = plan->revoked == NULL || plan->revoked->reason == REVOKED_UNSPECIFIED ? OCSP_REVOKED_STATUS_NOSTATUS
                                                                                     : (int)plan->revoked->reason;
  int status = plan->revoked != NULL ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD;
  return OCSP_basic_add1_status(basic, name, status, reason, at, begin, end) != NULL;
}

/* The library's own BasicOCSPResponse only lends its answer: it would not give the bytes before it signs them. */
GBytes *ocsp_tbs(const OcspPlan *plan, const CaKey *ca, GError **error) {
  X509 *authority = (X509 *)cakey_certificate(ca);
  if (!cakey_check(ca, plan->this_update, plan->next_update, error))
    return NULL;
  g_autoptr(OCSP_CERTID) name = name_of(plan->serial, authority);
  g_autoptr(ASN1_TIME) begin = time_of(plan->this_update), end = time_of(plan->next_update);
  g_autoptr(Basic) basic = OCSP_BASICRESP_new();
  g_autoptr(OCSP_DATA) data = (OCSP_DATA *)ASN1_item_new(ASN1_ITEM_rptr(OCSP_DATA));
  if (name == NULL || !add_status(plan, name, begin, end, basic) ||
      OCSP_RESPID_set_by_name(data->responder, authority) != 1 || ASN1_STRING_copy(data->produced, begin) != 1 ||
      sk_OCSP_SINGLERESP_push(data->responses, OCSP_resp_get0(basic, 0)) == 0) {
    der_fail("OCSP", error);
    return NULL;
  }
  GBytes *der = der_encode(data, ASN1_ITEM_rptr(OCSP_DATA), error);
  (void)sk_OCSP_SINGLERESP_pop(data->responses);
  return der;
}

static gboolean ours(const X509 *ca, GBytes *tbs) {
  gsize size;
  const guint8 *at = g_bytes_get_data(tbs, &size), *end = at + size;
  g_autoptr(OCSP_DATA) data = (OCSP_DATA *)ASN1_item_d2i(NULL, &at, (long)size, ASN1_ITEM_rptr(OCSP_DATA));
  ERR_clear_error();
  return data != NULL && at == end && OCSP_RESPID_match(data->responder, (X509 *)ca) == 1;
}

GBytes *ocsp_make(CaKey *ca, GBytes *tbs, GError **error) {
  if (!ours(cakey_certificate(ca), tbs)) {
    error_set(error, ERROR_PERMANENT, "ca_tbs", NULL);
    return NULL;
  }
  g_autoptr(GBytes) der = signed_wrap(ca, tbs, error);
  if (der == NULL)
    return NULL;
  gsize size;
  const guint8 *at = g_bytes_get_data(der, &size);
  g_autoptr(Basic) basic = d2i_OCSP_BASICRESP(NULL, &at, (long)size);
  g_autoptr(Response) whole = basic != NULL ? OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic) : NULL;
  if (whole == NULL) {
    der_fail("OCSP", error);
    return NULL;
  }
  return der_encode(whole, ASN1_ITEM_rptr(OCSP_RESPONSE), error);
}
