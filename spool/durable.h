/* Durable files: temporary name, write, fsync, checked close, rename, fsync of the directory. No stdio, so that every
 * durable step can be seen and broken by a test. Modes: 0600, or 0640 for what staff read. */
#ifndef YIFEN_SPOOL_DURABLE_H
#define YIFEN_SPOOL_DURABLE_H

#include <glib.h>
#include <sys/types.h>

/* Writes a whole file DIR/NAME, replacing it, or failing with ERROR_REFUSED "exists" when `fresh`. name holds no '/'.
 */
gboolean durable_write(const char *dir, const char *name, const void *bytes, gsize size, mode_t mode, gboolean fresh,
                       GError **error);

/* The same for a text that depends on its own file: made when the temporary file is there, and freed. NULL from `make`
 * fails with errno. Replaces. */
typedef char *DurableMake(int fd, gpointer user);
gboolean durable_write_made(const char *dir, const char *name, DurableMake *make, gpointer user, mode_t mode,
                            GError **error);

/* Copies an open descriptor to DIR/NAME, at most `limit` bytes (ERROR_REFUSED "too_large"), and gives size and SHA-256.
 */
gboolean durable_copy(int from, const char *dir, const char *name, mode_t mode, goffset limit, goffset *size,
                      guint8 sha256[32], GError **error);

/* Renames and fsyncs both directories; never replaces (ERROR_REFUSED "exists"). */
gboolean durable_move(const char *from_dir, const char *from_name, const char *to_dir, const char *to_name,
                      GError **error);

/* Makes DIR and what is missing above it, below `root`, and fsyncs the parents. */
gboolean durable_mkdir(const char *root, const char *relative, mode_t mode, GError **error);

/* Reads a whole regular file of at most `limit` bytes; the caller frees. A NUL follows the bytes. */
gboolean durable_read(const char *path, gsize limit, char **bytes, gsize *size, GError **error);
/* The same of an open descriptor, from where it stands; path is for errors. */
gboolean durable_read_open(int fd, const char *path, gsize limit, char **bytes, gsize *size, GError **error);

#endif
