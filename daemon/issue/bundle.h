/* PKCS#12 files with a random PIN (RFC 7292, RFC 9579 not used: its MAC is unknown to NSS of Debian 12). */
#ifndef YIFEN_DAEMON_ISSUE_BUNDLE_H
#define YIFEN_DAEMON_ISSUE_BUNDLE_H

#include "daemon/issue/cakey.h"

/* Of a file: 12 of 2-9 A-H J-N P-Z, 60 random bits, since a file can be tried without end. Of a token, which locks
 * itself: 8 digits. */
typedef enum { PIN_FILE, PIN_TOKEN } PinKind;

/* The caller wipes and frees (pin_free). ERROR_TEMPORARY "crypto". */
char *pin_make(PinKind kind, GError **error);
void pin_free(char *pin); /* overwrites it; takes NULL */

typedef struct {
  EVP_PKEY *key;
  GBytes *certificate; /* DER, of ours */
} BundleItem;

/* One file of one pair, or of two (dual), and the CA's certificate. `name` (UTF-8) is what lists of certificates show.
 * Keys and certificates are encrypted by AES-256-CBC, PBKDF2 with HMAC-SHA-256; MAC of SHA-256. ERROR_PERMANENT
 * "crypto". */
GBytes *bundle_make(const BundleItem *items, gsize count, const X509 *ca, const char *name, const char *pin,
                    GError **error);

#endif
