/* The envelope that some banks put around messages: SM4-CBC (GB/T 32907, GB/T 17964) with PKCS#7 padding, in base64.
 * Key and first block are what the bank agreed with its customer. It hides; it proves nothing: what was opened is
 * believed only after its signature was checked. */
#ifndef YIFEN_PARSERS_ENVELOPE_H
#define YIFEN_PARSERS_ENVELOPE_H

#include <glib.h>

#define ENVELOPE_BLOCK 16 /* bytes of the key, and of the first block */

typedef struct {
  guint8 key[ENVELOPE_BLOCK], first[ENVELOPE_BLOCK];
} Envelope;

/* The caller frees. */
char *envelope_close(const Envelope *envelope, const void *bytes, gsize size);

/* ERROR_REFUSED "answer_envelope" when it is no base64 or does not open; blanks around it are passed over. */
GBytes *envelope_open(const Envelope *envelope, const void *bytes, gsize size, GError **error);

#endif
