/* Role fetch: brings statements and status files from the banks' folders to DIR/fetched, each once. Nothing is deleted
 * or renamed at the bank. A file is taken when two looks, two seconds apart, show the same size and time, or when it is
 * older than the settle time; from a folder of this machine when it has not changed for the settle time; the copy must
 * have the listed size. A file that changes later is simply another file. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/bank/pay.h"
#include "daemon/bank/exchange.h"
#include "daemon/log.h"
#include "daemon/role.h"
#include "rules/acknowledge.h"
#include "rules/error.h"
#include "spool/acknowledgements.h"
#include "spool/durable.h"
#include "spool/remote.h"
#include "spool/transfers.h"

#define LOOK_AGAIN (2 * G_USEC_PER_SEC)

typedef struct {
  gint64 size, mtime;
  gint64 since;     /* it looks like this; monotonic, since the clock may be moved */
  gboolean refused; /* too large, or not given: said once */
} Look;

typedef struct {
  GHashTable *waits;
  GHashTable *polls; /* channel -> Instant of the next poll */
  GHashTable *looks; /* "channel/folder/name" -> Look: not taken yet */
} FetchState;

/* One folder of one channel being looked through. */
typedef struct {
  RoleRun *run;
  Exchange *exchange;
  const ConfChannel *channel;
  const char *folder, *account;
  const char *kind; /* NULL: nothing is fetched from here */
  Instant now;
  const char *names; /* only files of this pattern, or only the others; NULL: all */
  gboolean others;
  gboolean soon; /* something is still growing */
} Folder;

/* A nameless file beside the fetched ones: what a cut connection leaves behind is gone with it. */
static int scratch(const char *dir, GError **error) {
  int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
  g_autofree char *path = g_build_filename(dir, ".part-XXXXXX", NULL);
  fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    error_set(error, ERROR_PERMANENT, "folder", "file", dir, "detail", g_strerror(errno), NULL);
  else
    (void)unlink(path);
  return fd;
}

static gboolean keep(Folder *folder, const RemoteFile *remote, int fd, const char *dir, GError **error) {
  g_autofree char *name = reference_new('F'), *path = g_build_filename("fetched", name, NULL);
  FileRow file = {.kind = g_strdup(folder->kind),
                  .account = g_strdup(folder->account),
                  .name = g_strdup(remote->name),
                  .path = g_strdup(path),
                  .origin = g_strconcat("channel:", remote->channel, NULL)};
  goffset size = 0;
  gboolean fresh = FALSE;
  gboolean done =
      lseek(fd, 0, SEEK_SET) == 0 && durable_copy(fd, dir, name, 0600, EXCHANGE_FILE_MAX, &size, file.sha256, error);
  file.size = size;
  done = done && remote_taken(folder->run->store, remote, &file, folder->now, &fresh, error);
  if (done && !fresh) {
    g_autofree char *copy = g_build_filename(dir, name, NULL);
    (void)unlink(copy);
  }
  if (done && fresh)
    log_event(LOG_INFO, "file fetched", "CHANNEL", remote->channel, "FILE", remote->name, "KIND", folder->kind, NULL);
  file_row_clear(&file);
  return done;
}

static gboolean fetch(Folder *folder, const RemoteFile *remote, GError **error) {
  g_autofree char *path = g_build_path("/", remote->folder, remote->name, NULL);
  g_autofree char *dir = g_build_filename(folder->run->conf->state, "fetched", NULL);
  gint64 got = 0, after = 0;
  if (remote->size > EXCHANGE_FILE_MAX)
    return error_set(error, ERROR_REFUSED, "too_large", "file", path, NULL);
  int fd = scratch(dir, error);
  if (fd < 0)
    return FALSE;
  gboolean done =
      exchange_get(folder->exchange, path, fd, &got, error) && exchange_size(folder->exchange, path, &after, error);
  if (done && (got != remote->size || after != remote->size))
    folder->soon = TRUE; /* it grew meanwhile */
  else if (done)
    done = keep(folder, remote, fd, dir, error);
  close(fd);
  return done;
}

/* Has it stopped growing? */
static gboolean settled(Folder *folder, const RemoteFile *remote, Look **out) {
  FetchState *state = folder->run->state;
  g_autofree char *key = g_strjoin("\n", remote->channel, remote->folder, remote->name, NULL);
  Look *look = g_hash_table_lookup(state->looks, key);
  if (look == NULL || look->size != remote->size || look->mtime != remote->mtime) {
    look = g_new0(Look, 1);
    *look = (Look){.size = remote->size, .mtime = remote->mtime, .since = g_get_monotonic_time()};
    g_hash_table_insert(state->looks, g_steal_pointer(&key), look);
  }
  *out = look;
  gint64 still = g_get_monotonic_time() - look->since;
  if (folder->channel->kind == CHANNEL_FOLDER) /* whoever writes there need not know of temporary names */
    return still >= MAX(folder->run->conf->settle_seconds * G_USEC_PER_SEC, LOOK_AGAIN);
  gboolean old = remote->mtime > 0 &&
                 remote->mtime * INSTANT_SECOND < folder->now - folder->run->conf->settle_seconds * INSTANT_SECOND;
  return old || still >= LOOK_AGAIN;
}

static gboolean look_at(Folder *folder, const ExchangeFile *file, GError **error) {
  const RemoteFile remote = {folder->channel->name, folder->folder, file->name, file->size, file->mtime};
  gboolean known = FALSE;
  Look *look = NULL;
  if (!remote_known(folder->run->store, &remote, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (!settled(folder, &remote, &look)) {
    folder->soon = TRUE;
    return TRUE;
  }
  g_autoptr(GError) problem = NULL;
  if (fetch(folder, &remote, &problem))
    return TRUE;
  if (error_kind(problem) != ERROR_REFUSED) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  if (!look->refused)
    log_error(problem, "file left at the bank", "CHANNEL", remote.channel, "FILE", remote.name, NULL);
  look->refused = TRUE;
  return TRUE;
}

static gboolean wanted(const Folder *folder, const char *name) {
  return folder->kind != NULL &&
         (folder->names == NULL || g_pattern_match_simple(folder->names, name) != folder->others);
}

/* A name that speaks for itself. The file is not fetched: what the bank has renamed is our own message, codes and all.
 */
static gboolean hear(const Folder *folder, const char *name, gboolean *heard, GError **error) {
  const ConfChannel *channel = folder->channel;
  g_autofree char *message_id = NULL;
  Acknowledge said = acknowledge_read(name, (const char *const *)channel->acknowledged,
                                      (const char *const *)channel->refused, &message_id);
  gboolean fresh = FALSE;
  *heard = said != ACKNOWLEDGE_NOTHING;
  return !*heard || acknowledgement_note(folder->run->store, channel->name, message_id, said == ACKNOWLEDGE_TAKEN, name,
                                         folder->now, &fresh, error);
}

static gboolean look_through(Folder *folder, GError **error) {
  if (folder->folder == NULL)
    return TRUE;
  g_autoptr(GPtrArray) files = exchange_list(folder->exchange, folder->folder, error);
  for (guint i = 0; files != NULL && i < files->len; i++) {
    const ExchangeFile *file = files->pdata[i];
    gboolean heard = FALSE;
    if (!hear(folder, file->name, &heard, error) ||
        (!heard && wanted(folder, file->name) && !look_at(folder, file, error)))
      return FALSE;
  }
  return files != NULL;
}

static gboolean look_again(Folder *folder, GError **error) {
  folder->soon = FALSE;
  return look_through(folder, error);
}

/* What of our accounts comes over this channel. */
typedef struct {
  gboolean statements, answers;
  const char *account; /* the only one whose statements come here, else NULL */
} Use;

static Use use_of(const Conf *conf, const ConfChannel *channel) {
  Use use = {0};
  int count = 0;
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *account = conf->accounts->pdata[i];
    use.answers |= channel->kind != CHANNEL_HTTPS && g_strcmp0(account->payments, channel->name) == 0;
    if (g_strcmp0(account->statements, channel->name) != 0)
      continue;
    use.statements = TRUE;
    use.account = ++count == 1 ? account->name : NULL;
  }
  return use;
}

static gboolean poll_channel(RoleRun *run, const ConfChannel *channel, Instant now, gboolean *soon, GError **error) {
  const Use use = use_of(run->conf, channel);
  g_autoptr(Exchange) exchange = exchange_open(channel, error);
  if (exchange == NULL)
    return FALSE;
  Folder answers = {.run = run, .exchange = exchange, .channel = channel, .kind = "status", .now = now};
  Folder statements = answers, uploaded = answers;
  answers.folder = use.answers ? channel->answers : NULL;
  answers.names = channel->answer_names;
  statements.kind = "statement";
  statements.folder = use.statements ? channel->statements : NULL;
  statements.account = use.account;
  statements.names = g_strcmp0(channel->statements, channel->answers) == 0 ? channel->answer_names : NULL;
  statements.others = TRUE;
  uploaded.kind = NULL; /* only names are looked at */
  uploaded.folder = use.answers && (channel->acknowledged != NULL || channel->refused != NULL) ? channel->upload : NULL;
  if (!look_through(&uploaded, error) || !look_through(&answers, error) || !look_through(&statements, error))
    return FALSE;
  if (answers.soon || statements.soon)
    g_usleep(LOOK_AGAIN);
  if ((answers.soon && !look_again(&answers, error)) || (statements.soon && !look_again(&statements, error)))
    return FALSE;
  *soon = answers.soon || statements.soon;
  return TRUE;
}

static void note_poll(FetchState *state, const char *channel, Instant when) {
  g_hash_table_insert(state->polls, g_strdup(channel), g_memdup2(&when, sizeof when));
}

/* Our store and our disk; the rest is the bank's. */
static gboolean own_trouble(const GError *problem) {
  static const char *const reasons[] = {"store", "folder", "file_system", "disk", NULL};
  return g_strv_contains(reasons, error_reason(problem));
}

/* Our own troubles end the tick; the bank's put the channel off. */
static gboolean poll_one(RoleRun *run, const ConfChannel *channel, Instant now, GError **error) {
  FetchState *state = run->state;
  g_autoptr(GError) problem = NULL;
  gboolean soon = FALSE;
  if (poll_channel(run, channel, now, &soon, &problem)) {
    wait_clear(state->waits, channel->name);
    note_poll(state, channel->name, now + (soon ? LOOK_AGAIN : channel->poll_seconds * INSTANT_SECOND));
    return TRUE;
  }
  store_rollback(run->store);
  if (own_trouble(problem)) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  log_error(problem, "bank not reached", "CHANNEL", channel->name, NULL);
  note_poll(state, channel->name, wait_after(state->waits, channel->name, now));
  return TRUE;
}

static gboolean tick(RoleRun *run, Instant now, Instant *next, GError **error) {
  FetchState *state = run->state;
  for (guint i = 0; i < run->conf->channels->len; i++) {
    const ConfChannel *channel = run->conf->channels->pdata[i];
    const Use use = use_of(run->conf, channel);
    if (!use.answers && !use.statements)
      continue;
    const Instant *due = g_hash_table_lookup(state->polls, channel->name);
    gboolean set_back = due != NULL && *due > now + MAX(channel->poll_seconds, 600) * INSTANT_SECOND;
    if ((due == NULL || *due <= now || set_back) && !poll_one(run, channel, now, error))
      return FALSE;
    due = g_hash_table_lookup(state->polls, channel->name);
    *next = instant_earlier(*next, *due);
  }
  return TRUE;
}

static void stop(RoleRun *run) {
  FetchState *state = run->state;
  g_hash_table_unref(state->waits);
  g_hash_table_unref(state->polls);
  g_hash_table_unref(state->looks);
  g_free(state);
  run->state = NULL;
}

/* Copies that a crash left before their rows. */
static gboolean sweep(RoleRun *run, GError **error) {
  g_autofree char *path = g_build_filename(run->conf->state, "fetched", NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  if (dir == NULL)
    return error_set(error, ERROR_PERMANENT, "folder", "file", path, NULL);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *relative = g_build_filename("fetched", name, NULL), *whole = g_build_filename(path, name, NULL);
    gboolean claimed = TRUE;
    if (!file_claims_path(run->store, relative, &claimed, error))
      return FALSE;
    if (!claimed)
      (void)unlink(whole);
  }
  return TRUE;
}

static gboolean start(RoleRun *run, GError **error) {
  FetchState *state = g_new0(FetchState, 1);
  state->waits = waits_new();
  state->polls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  state->looks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  run->state = state;
  if (sweep(run, error))
    return TRUE;
  stop(run);
  return FALSE;
}

const Role role_fetch = {.name = "fetch", .start = start, .tick = tick, .stop = stop};
