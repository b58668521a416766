/* The drop folder: inbox/ and inbox/SECTION/, where people put statement files. Nothing in it is trusted: no name,
 * link, pipe or device. A file is ready when it was renamed in, or has not changed for the settle time; then it is
 * opened without following anything, copied to work/, its row and job are committed, and only then it is unlinked,
 * because a person's open descriptor could still write to a renamed file. Left alone: names that editors and desktops
 * make for themselves. */
#ifndef YIFEN_SPOOL_DROP_H
#define YIFEN_SPOOL_DROP_H

#include "rules/day.h"
#include "spool/files.h"
#include "spool/store.h"

#define DROP_FILE_LIMIT (G_GINT64_CONSTANT(100) * 1024 * 1024) /* bytes of one file */

typedef struct Drop Drop;

typedef struct {
  /* Something lies there that can never be taken: a link, a pipe, a folder, a file that cannot be read or is too large.
   * section NULL: inbox/ itself. `why` is ERROR_REFUSED; `since` is when it last changed. May be called again after a
   * restart. */
  gboolean (*odd)(void *user, const char *section, const char *name, const GError *why, Instant since, GError **error);
  void *user;
} DropSink;

/* Makes the folders that are missing and watches them. sections: ended by NULL. */
Drop *drop_open(const char *state_dir, const char *const *sections, GError **error);
int drop_fd(const Drop *drop); /* readable when something happened there; for poll */
void drop_close(Drop *drop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Drop, drop_close)

/* Looks at every file once and claims those that are ready. *next: when one of the others may be ready; INSTANT_NONE:
 * never by time alone. *claimed: how many were claimed; may be NULL. */
gboolean drop_scan(Drop *drop, Store *store, Instant now, int settle_seconds, const DropSink *sink, Instant *next,
                   int *claimed, GError **error);

/* Copies an open descriptor to work/, and commits its row and its job of intake. Fills path, size, sha256, id and state
 * of `file`; origin, account and name are the caller's. ERROR_REFUSED "too_large";
 * ERROR_TEMPORARY "file_changes": it changed while it was copied. */
gboolean drop_claim(Store *store, int fd, FileRow *file, const char *actor, Instant now, GError **error);

/* Unlinks what lies in work/ for more than an hour and belongs to no row: a crash between copy and commit left it. */
gboolean drop_sweep(Store *store, Instant now, GError **error);

#endif
