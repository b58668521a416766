/* Signed mails: S/MIME 4.0, multipart/signed (RFC 8551, section 3.5.3) with a detached CMS signature (RFC 5652) over
 * SHA-256, made by OpenSSL. */
#ifndef YIFEN_DAEMON_MAIL_SMIME_H
#define YIFEN_DAEMON_MAIL_SMIME_H

#include "daemon/conf.h"

typedef struct Signer Signer;

/* Reads the configured certificate (PEM; further certificates in the file lead to its root and travel along) and its
 * private key (PEM, secret_read()), and looks whether they fit: one pair, made for mail, for the address that mails
 * come from. ERROR_PERMANENT "mail_certificate" with file and detail. Without a configured certificate *signer is NULL.
 */
gboolean signer_load(const Conf *conf, Signer **signer, GError **error);
void signer_free(Signer *signer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Signer, signer_free)

/* mail: as mime_write() makes it. Its content becomes the signed part, byte by byte; the other headers stay. Signing
 * the same mail again gives other bytes under the same Message-ID. NULL: ERROR_PERMANENT "mail_certificate". */
GBytes *smime_sign(const Signer *signer, const char *mail, gsize size, GError **error);

#endif
