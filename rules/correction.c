#include "rules/correction.h"

const char *const correction_fields[] = {
    "applicant.address",
    "applicant.division",
    "applicant.name",
    "applicant.uscc",
    "bank_account.bank",
    "bank_account.cnaps",
    "bank_account.name",
    "bank_account.number",
    "certificates",
    "delivery.address",
    "delivery.division",
    "delivery.mobile",
    "delivery.name",
    "handler.email",
    "handler.id_number",
    "handler.mobile",
    "handler.name",
    "invoice.kind",
    "invoice.tax_number",
    "invoice.title",
    "legal_representative.id_number",
    "legal_representative.mobile",
    "legal_representative.name",
    "payment.amount",
    "receipt",
    "seal",
    NULL,
};

gboolean correction_known(const char *field) {
  return g_strv_contains(correction_fields, field) != FALSE;
}
