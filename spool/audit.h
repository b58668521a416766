/* The audit log: append-only rows that chain. hash = SHA-256(previous hash, id, at, actor, action, subject, detail
 * digest), every field length-prefixed; the digest is SHA-256(salt || detail), the detail stands apart so that it may
 * be wiped. */
#ifndef YIFEN_SPOOL_AUDIT_H
#define YIFEN_SPOOL_AUDIT_H

#include "rules/day.h"
#include "spool/store.h"

/* Within a transaction. actor: "pay", "intake", ... (roles), "staff:NAME", "hall". action: "transfer.send",
 * "case.accept", ... subject: "transfer:Y...", "order:NO", "file:12". detail: JSON text; never a code, PIN, key or full
 * ID number. */
gboolean audit_append(Store *store, Instant now, const char *actor, const char *action, const char *subject,
                      const char *detail, GError **error);

/* Walks the chain. TRUE when whole, with the number of rows and the head in hex (caller frees). ERROR_REFUSED
 * "audit_broken" names the first bad row. */
gboolean audit_verify(Store *store, gint64 *rows, char **head, GError **error);

#endif
