#include "daemon/bank/link_exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/bank/statuses.h"
#include "daemon/cage.h"
#include "rules/error.h"

/* A file without a name, since the answer may repeat codes. */
static int file_of(GBytes *message) {
  gsize size = 0;
  const char *bytes = g_bytes_get_data(message, &size);
  int fd = memfd_create("answer", MFD_CLOEXEC);
  if (fd >= 0 && write(fd, bytes, size) != (gssize)size) {
    close(fd);
    fd = -1;
  }
  return fd;
}

static gboolean parse(const LinkPeer *peer, gboolean query, GBytes *message, GPtrArray *statuses, GError **error) {
  const CageRequest request = {
      .profiles = peer->profiles, .profile = peer->profile->name, .kind = query ? CAGE_ANSWER_QUERY : CAGE_ANSWER_PAY};
  const RecordSink sink = {.status = statuses_keep, .user = statuses};
  int fd = file_of(message);
  if (fd < 0)
    return error_set(error, ERROR_TEMPORARY, "call", "file", peer->channel->host, "detail", g_strerror(errno), NULL);
  gboolean done = cage_parse(fd, &request, &sink, error);
  close(fd);
  return done;
}

/* An answer to another request says nothing about this one. */
static gboolean ours(const LinkCall *call, GPtrArray *statuses, const char *echo, GError **error) {
  for (guint i = 0; call->request != NULL && i < statuses->len; i++)
    if (g_strcmp0(((const BankStatus *)statuses->pdata[i])->message_id, echo) != 0)
      return error_set(error, ERROR_REFUSED, "answer_foreign", "expected", echo, NULL);
  return TRUE;
}

GPtrArray *link_exchange(const LinkPeer *peer, const Party *party, gboolean query, GBytes *request, const char *echo,
                         Call *call, GError **error) {
  const Link *link = peer->profile->link;
  g_autoptr(GPtrArray) statuses = statuses_new();
  g_autoptr(GBytes) answer = call_bank(peer->channel, link, request, call, error);
  g_autoptr(GBytes) message =
      answer == NULL ? NULL
                     : link_open(link, &party->party, g_bytes_get_data(answer, NULL), g_bytes_get_size(answer), error);
  if (message == NULL || !parse(peer, query, message, statuses, error) ||
      !ours(query ? &link->query : &link->pay, statuses, echo, error))
    return NULL;
  return g_steal_pointer(&statuses);
}
