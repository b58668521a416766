/* The folders through which a bank and we exchange files, wherever they lie: one visit, opened, used and closed. Errors
 * are those of the place (daemon/bank/sftp.h, daemon/bank/folder.h). */
#ifndef YIFEN_DAEMON_BANK_EXCHANGE_H
#define YIFEN_DAEMON_BANK_EXCHANGE_H

#include <glib.h>

#include "daemon/bank/channel.h"
#include "daemon/conf.h"

#define EXCHANGE_NAMES_MAX 20000 /* names in one folder; more is refused */
#define EXCHANGE_FILE_MAX (100 * 1024 * 1024)

typedef struct {
  char *name; /* no '/', not "." or ".." */
  gint64 size;
  gint64 mtime; /* seconds, the bank's clock; 0 when it tells none */
} ExchangeFile;
ExchangeFile *exchange_file_new(const char *name, gint64 size, gint64 mtime);
void exchange_file_free(ExchangeFile *file);
int exchange_by_name(gconstpointer a, gconstpointer b); /* sorts ExchangeFile ** */

/* Is it a name that we take: UTF-8, not hidden, no path? */
gboolean exchange_name_fits(const char *name);

typedef struct Exchange Exchange;

Exchange *exchange_open(const ConfChannel *channel, GError **error);
void exchange_close(Exchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exchange, exchange_close)

/* The regular files of a folder whose names fit, by name. */
GPtrArray *exchange_list(Exchange *exchange, const char *folder, GError **error);

/* *size -1: there is no such file. FALSE when the answer is not known. */
gboolean exchange_size(Exchange *exchange, const char *path, gint64 *size, GError **error);

/* Writes the bytes to a temporary path, replacing what is there, made durable where the place can, and reads the size
 * back. CHANNEL_DONE or CHANNEL_RETRY with error. */
ChannelOutcome exchange_put(Exchange *exchange, const char *path, const void *bytes, gsize size, GError **error);

/* Renames, never onto an existing file. CHANNEL_UNKNOWN with error when the answer did not come; CHANNEL_RETRY when it
 * was refused: look at both names before asking again. */
ChannelOutcome exchange_rename(Exchange *exchange, const char *from, const char *to, GError **error);

/* Makes what was renamed in a folder last over a power cut; SFTP has no word for it. */
gboolean exchange_sync(Exchange *exchange, const char *folder, GError **error);

/* Copies a file to an open descriptor; at most EXCHANGE_FILE_MAX bytes. ERROR_REFUSED: this one is not to be had. */
gboolean exchange_get(Exchange *exchange, const char *path, int to, gint64 *size, GError **error);

#endif
