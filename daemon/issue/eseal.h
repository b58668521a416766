/* Electronic seals 电子印章: SESeal, version 4, of GB/T 38540-2020, in DER.
 *
 *   SESeal ::= SEQUENCE { eSealInfo SES_SealInfo, cert OCTET STRING, signAlgID OBJECT IDENTIFIER, signedValue BIT
 * STRING } SES_SealInfo ::= SEQUENCE { header SES_Header, esID IA5String, property SES_ESPropertyInfo, picture
 * SES_ESPictureInfo }                  -- no extDatas SES_Header ::= SEQUENCE { ID IA5String ("ES"), version INTEGER
 * (4), Vid IA5String } SES_ESPropertyInfo ::= SEQUENCE { type INTEGER, name UTF8String, certListType INTEGER (1:
 * certificates), certList SEQUENCE OF OCTET STRING, createDate, validStart, validEnd GeneralizedTime }
 *   SES_ESPictureInfo ::= SEQUENCE { type IA5String ("PNG"), data OCTET STRING, width INTEGER, height INTEGER } -- mm
 *
 * cert is the seal maker's 制章者 certificate; the signature is over the DER of eSealInfo: SM2 with SM3 under the id
 * 1234567812345678 (GB/T 35276; 1.2.156.10197.1.501), or RSA or P-256 with SHA-256.
 *
 * Making has two steps, so that what will be signed is recorded before it is signed: eseal_info, eseal_sign. */
#ifndef YIFEN_DAEMON_ISSUE_ESEAL_H
#define YIFEN_DAEMON_ISSUE_ESEAL_H

#include "daemon/issue/cakey.h"
#include "daemon/issue/picture.h"

#define ESEAL_TYPE_UNIT 1     /* 单位章 */
#define ESEAL_TYPE_PERSONAL 2 /* 个人章 */

typedef struct {
  const char *vendor; /* ASCII: who made the seal system */
  const char *id;     /* ASCII: unique name of this seal */
  int type;
  const char *name;                         /* UTF-8 */
  GBytes *const *certificates;              /* DER, of those who may use the seal; ended by NULL */
  Instant made_at, valid_from, valid_until; /* whole seconds count */
  const Picture *picture;
} Eseal;

/* The DER of eSealInfo: what is signed. NULL, and ERROR_PERMANENT "crypto". */
GBytes *eseal_info(const Eseal *eseal, GError **error);

/* The DER of the SESeal around such bytes. maker: cakey_open_maker. NULL, and ERROR_PERMANENT "seal_maker" (detail: its
 * certificate is not valid at `now`), "crypto", or the errors of cakey_sign. */
GBytes *eseal_sign(GBytes *info, CaKey *maker, Instant now, GError **error);

#endif
