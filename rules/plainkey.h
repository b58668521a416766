/* Public keys of subjects as plain numbers, so that the process with the CA key never decodes a structure from outside:
 * a CSR is read in the cage, and only this text comes out and goes over the socket.
 *
 *     rsa-3072:HEX   the modulus, 384 bytes, first bit set, odd; the exponent is 65537
 *     p-256:HEX      x and y, 32 bytes each
 *     sm2:HEX        x and y, 32 bytes each
 *
 * HEX is lower case. Whether a point is on its curve is for subject_key_public() to find. */
#ifndef YIFEN_RULES_PLAINKEY_H
#define YIFEN_RULES_PLAINKEY_H

#include <glib.h>

typedef enum { KEY_RSA_3072, KEY_P256, KEY_SM2 } KeyKind;
#define KEY_KINDS 3

const char *keykind_word(KeyKind kind); /* "rsa-3072" "p-256" "sm2" */
gboolean keykind_parse(const char *word, KeyKind *kind);

#define PLAINKEY_MAX 384

typedef struct {
  KeyKind kind;
  guint8 bytes[PLAINKEY_MAX];
} PlainKey;

gsize plainkey_size(KeyKind kind); /* of its bytes */

/* FALSE, out untouched, unless the text is exactly of one of these forms. */
gboolean plainkey_parse(const char *text, PlainKey *key);
char *plainkey_format(const PlainKey *key); /* the caller frees */

#endif
