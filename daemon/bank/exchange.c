#include "daemon/bank/exchange.h"

#include <string.h>

#include "daemon/bank/folder.h"
#include "daemon/bank/sftp.h"

struct Exchange {
  Sftp *sftp; /* NULL: folders of this machine */
};

ExchangeFile *exchange_file_new(const char *name, gint64 size, gint64 mtime) {
  ExchangeFile *file = g_new0(ExchangeFile, 1);
  *file = (ExchangeFile){.name = g_strdup(name), .size = size, .mtime = mtime};
  return file;
}

void exchange_file_free(ExchangeFile *file) {
  g_free(file->name);
  g_free(file);
}

int exchange_by_name(gconstpointer a, gconstpointer b) {
  const ExchangeFile *const *left = a, *const *right = b;
  return strcmp((*left)->name, (*right)->name);
}

gboolean exchange_name_fits(const char *name) {
  return name[0] != '.' && name[0] != '\0' && strchr(name, '/') == NULL && g_utf8_validate(name, -1, NULL);
}

Exchange *exchange_open(const ConfChannel *channel, GError **error) {
  g_autoptr(Exchange) exchange = g_new0(Exchange, 1);
  if (channel->kind == CHANNEL_FOLDER)
    return folder_reached(channel, error) ? g_steal_pointer(&exchange) : NULL;
  exchange->sftp = sftp_open(channel, error);
  return exchange->sftp != NULL ? g_steal_pointer(&exchange) : NULL;
}

void exchange_close(Exchange *exchange) {
  if (exchange == NULL)
    return;
  sftp_close(exchange->sftp);
  g_free(exchange);
}

GPtrArray *exchange_list(Exchange *exchange, const char *folder, GError **error) {
  return exchange->sftp != NULL ? sftp_list(exchange->sftp, folder, error) : folder_list(folder, error);
}

gboolean exchange_size(Exchange *exchange, const char *path, gint64 *size, GError **error) {
  return exchange->sftp != NULL ? sftp_size(exchange->sftp, path, size, error) : folder_size(path, size, error);
}

ChannelOutcome exchange_put(Exchange *exchange, const char *path, const void *bytes, gsize size, GError **error) {
  return exchange->sftp != NULL ? sftp_put(exchange->sftp, path, bytes, size, error)
                                : folder_put(path, bytes, size, error);
}

ChannelOutcome exchange_rename(Exchange *exchange, const char *from, const char *to, GError **error) {
  return exchange->sftp != NULL ? sftp_rename(exchange->sftp, from, to, error) : folder_rename(from, to, error);
}

gboolean exchange_sync(Exchange *exchange, const char *folder, GError **error) {
  return exchange->sftp != NULL || folder_sync(folder, error);
}

gboolean exchange_get(Exchange *exchange, const char *path, int to, gint64 *size, GError **error) {
  return exchange->sftp != NULL ? sftp_get(exchange->sftp, path, to, EXCHANGE_FILE_MAX, size, error)
                                : folder_get(path, to, EXCHANGE_FILE_MAX, size, error);
}
