/* Certificate requests (PKCS#10, RFC 2986): a key that somebody else holds. Only the key is taken from them; subject
 * and all else come from the order. The bytes are hostile: only inside the cage. What comes out is a PlainKey, whose
 * text goes to yifen-issue, which decodes no structure from outside (rules/plainkey.h, subject_key_public()). */
#ifndef YIFEN_DAEMON_ISSUE_CSR_H
#define YIFEN_DAEMON_ISSUE_CSR_H

#include "rules/plainkey.h"

#define CSR_MAX 16384

/* PEM or DER. The request's own signature shows that its sender holds the key; SM2 with SIGNATURE_SM2_ID. ERROR_REFUSED
 * "csr" (detail: "form", "key", "signature"). */
gboolean csr_read(const void *bytes, gsize size, PlainKey *key, GError **error);

#endif
