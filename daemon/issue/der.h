/* What OpenSSL encoded, as GBytes; and the owners of its types that several files need. */
#ifndef YIFEN_DAEMON_ISSUE_DER_H
#define YIFEN_DAEMON_ISSUE_DER_H

#include <glib.h>
#include <openssl/asn1t.h>
#include <openssl/x509.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_ALGOR, X509_ALGOR_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_INTEGER, ASN1_INTEGER_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_TIME, ASN1_TIME_free)

/* Takes what an i2d function allocated; size <= 0, or the library's failure, is NULL and ERROR_PERMANENT "crypto". */
GBytes *der_take(guint8 *der, int size, GError **error);
GBytes *der_encode(const void *value, const ASN1_ITEM *item, GError **error);

/* ERROR_PERMANENT "crypto" with what could not be done; always FALSE. */
gboolean der_fail(const char *what, GError **error);

/* A serial number in lower or upper hex digits; NULL when it is none of at most 20 bytes, or 0. */
ASN1_INTEGER *der_serial(const char *hex);

#endif
