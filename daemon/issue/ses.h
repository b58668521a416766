/* The structures of GB/T 38540-2020 as OpenSSL's ASN.1 templates know them (eseal.h shows the ASN.1). */
#ifndef YIFEN_DAEMON_ISSUE_SES_H
#define YIFEN_DAEMON_ISSUE_SES_H

#include <openssl/asn1t.h>

DEFINE_STACK_OF(ASN1_OCTET_STRING)

typedef struct {
  ASN1_IA5STRING *id;
  ASN1_INTEGER *version;
  ASN1_IA5STRING *vendor;
} SES_HEADER;

typedef struct {
  ASN1_INTEGER *type;
  ASN1_UTF8STRING *name;
  ASN1_INTEGER *list_type;
  STACK_OF(ASN1_OCTET_STRING) * certificates;
  ASN1_GENERALIZEDTIME *made_at, *valid_from, *valid_until;
} SES_PROPERTY;

typedef struct {
  ASN1_IA5STRING *type;
  ASN1_OCTET_STRING *data;
  ASN1_INTEGER *width, *height;
} SES_PICTURE;

typedef struct {
  SES_HEADER *header;
  ASN1_IA5STRING *id;
  SES_PROPERTY *property;
  SES_PICTURE *picture;
} SES_INFO;

typedef struct {
  ASN1_TYPE *info; /* as it was recorded and signed, byte for byte */
  ASN1_OCTET_STRING *maker;
  ASN1_OBJECT *algorithm;
  ASN1_BIT_STRING *signature;
} SES_SEAL;

DECLARE_ASN1_ITEM(SES_INFO)
DECLARE_ASN1_ITEM(SES_SEAL)

#endif
