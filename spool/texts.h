/* The texts of one of our own debits (or of its return) as the bank showed them, with the code in clear: sealed by
 * intake to pay's public key, opened by pay alone. */
#ifndef YIFEN_SPOOL_TEXTS_H
#define YIFEN_SPOOL_TEXTS_H

#include "rules/entry.h"
#include "spool/seal.h"

/* Seals end_to_end_id, remark, purpose, summary and return_reason of a line, before they are masked. account: section;
 * the blob opens only for it. */
GBytes *texts_seal(const SealKey *public_key, const char *account, const Entry *line, GError **error);

typedef struct {
  char *all; /* every text, one a line; overwritten when cleared */
} Texts;
void texts_clear(Texts *texts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Texts, texts_clear)

gboolean texts_open(const SealKey *private_key, const char *account, const void *blob, gsize size, Texts *texts,
                    GError **error);

#endif
