#include "spool/drop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/durable.h"
#include "spool/job.h"

typedef struct {
  char *section; /* NULL: inbox/ itself */
  int fd;        /* of the folder */
  int watch;
} Folder;

typedef struct { /* what was seen of one name */
  dev_t device;
  ino_t inode;
  off_t size;
  struct timespec modified, changed;
  Instant since;    /* unchanged, as far as we saw */
  gboolean renamed; /* moved in whole */
  gboolean told;    /* odd, and said so */
  gboolean taken;   /* claimed, but it could not be unlinked */
  guint round;      /* of the last scan that saw it */
} Seen;

struct Drop {
  int inotify;
  GArray *folders;  /* Folder */
  GHashTable *seen; /* "SECTION/NAME" -> Seen */
  guint round;
};

int drop_fd(const Drop *drop) {
  return drop->inotify;
}

void drop_close(Drop *drop) {
  if (drop == NULL)
    return;
  for (guint i = 0; i < drop->folders->len; i++) {
    Folder *folder = &g_array_index(drop->folders, Folder, i);
    g_free(folder->section);
    close(folder->fd);
  }
  g_array_unref(drop->folders);
  g_hash_table_unref(drop->seen);
  if (drop->inotify >= 0)
    close(drop->inotify);
  g_free(drop);
}

static gboolean system_error(GError **error, const char *what, const char *file) {
  return error_set(error, ERROR_PERMANENT, "system", "file", file, "field", what, "detail", g_strerror(errno), NULL);
}

static gboolean add_folder(Drop *drop, const char *state_dir, const char *section, GError **error) {
  g_autofree char *relative = section != NULL ? g_strdup_printf("inbox/%s", section) : g_strdup("inbox");
  g_autofree char *path = g_build_filename(state_dir, relative, NULL);
  if (!g_file_test(path, G_FILE_TEST_IS_DIR) && !durable_mkdir(state_dir, relative, 0770, error))
    return FALSE;
  Folder folder = {.fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (folder.fd < 0)
    return system_error(error, "open", path);
  folder.section = g_strdup(section);
  folder.watch = inotify_add_watch(drop->inotify, path, IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_ATTRIB);
  g_array_append_val(drop->folders, folder);
  /* cppcheck-suppress memleak; the array owns it */
  return folder.watch >= 0 || system_error(error, "inotify_add_watch", path);
}

Drop *drop_open(const char *state_dir, const char *const *sections, GError **error) {
  g_autoptr(Drop) drop = g_new0(Drop, 1);
  drop->folders = g_array_new(FALSE, FALSE, sizeof(Folder));
  drop->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  drop->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (drop->inotify < 0) {
    system_error(error, "inotify_init1", state_dir);
    return NULL;
  }
  if (!add_folder(drop, state_dir, NULL, error))
    return NULL;
  for (; *sections != NULL; sections++)
    if (!add_folder(drop, state_dir, *sections, error))
      return NULL;
  return g_steal_pointer(&drop);
}

static char *seen_key(const Folder *folder, const char *name) {
  return g_strdup_printf("%s/%s", folder->section != NULL ? folder->section : "", name);
}

static void note_rename(Drop *drop, int watch, const char *name) {
  for (guint i = 0; i < drop->folders->len; i++) {
    const Folder *folder = &g_array_index(drop->folders, Folder, i);
    if (folder->watch != watch)
      continue;
    Seen *seen = g_new0(Seen, 1);
    seen->renamed = TRUE;
    g_hash_table_insert(drop->seen, seen_key(folder, name), seen);
  }
}

static void drain(Drop *drop) {
  char buffer[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
  ssize_t size;
  while ((size = read(drop->inotify, buffer, sizeof buffer)) > 0)
    for (const char *at = buffer; at < buffer + size;) {
      struct inotify_event event;
      memcpy(&event, at, sizeof event);
      if ((event.mask & IN_MOVED_TO) != 0 && event.len > 0)
        note_rename(drop, event.wd, at + sizeof event);
      at += sizeof event + event.len;
    }
}

static gboolean left_alone(const char *name) {
  static const char *const names[] = {".DS_Store", "Thumbs.db", "desktop.ini"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(name, names[i]) == 0)
      return TRUE;
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || g_str_has_prefix(name, "~$") ||
         g_str_has_suffix(name, ".tmp");
}

static gboolean same_time(struct timespec a, struct timespec b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static gboolean unchanged(const Seen *seen, const struct stat *now) {
  return seen->device == now->st_dev && seen->inode == now->st_ino && seen->size == now->st_size &&
         same_time(seen->modified, now->st_mtim) && same_time(seen->changed, now->st_ctim);
}

/* The note of this name, brought up to date: a change starts the settle time anew. */
static Seen *look(Drop *drop, const Folder *folder, const char *name, const struct stat *stat, Instant now) {
  g_autofree char *key = seen_key(folder, name);
  Seen *seen = g_hash_table_lookup(drop->seen, key);
  if (seen == NULL) {
    seen = g_new0(Seen, 1);
    g_hash_table_insert(drop->seen, g_steal_pointer(&key), seen);
  }
  if (!unchanged(seen, stat)) {
    gboolean fresh = seen->round == 0;
    *seen = (Seen){.device = stat->st_dev,
                   .inode = stat->st_ino,
                   .size = stat->st_size,
                   .modified = stat->st_mtim,
                   .changed = stat->st_ctim,
                   .since = now,
                   .renamed = fresh && seen->renamed};
  }
  seen->round = drop->round;
  return seen;
}

static int open_beneath(int folder, const char *name) {
  struct open_how how = {.flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                         .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV};
  return (int)syscall(SYS_openat2, folder, name, &how, sizeof how);
}

/* Why a thing can never be taken, by its kind alone; NULL: it can. */
static const char *oddness(const struct stat *stat) {
  if (S_ISLNK(stat->st_mode))
    return "drop_link";
  if (!S_ISREG(stat->st_mode))
    return S_ISDIR(stat->st_mode) ? "drop_folder" : "drop_special";
  if (stat->st_nlink != 1)
    return "drop_hard_link";
  return stat->st_size > DROP_FILE_LIMIT ? "too_large" : NULL;
}

static gboolean tell(const Folder *folder, const char *name, Seen *seen, const char *reason, const DropSink *sink,
                     GError **error) {
  if (seen->told)
    return TRUE;
  seen->told = TRUE;
  g_autoptr(GError) why = NULL;
  error_set(&why, ERROR_REFUSED, reason, "file", name, NULL);
  Instant since = (Instant)seen->changed.tv_sec * INSTANT_SECOND;
  return sink->odd(sink->user, folder->section, name, why, since, error);
}

static char *owner_name(uid_t uid) {
  struct passwd entry, *found = NULL;
  char buffer[4096];
  if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    return g_strdup(found->pw_name);
  return g_strdup_printf("%lu", (unsigned long)uid);
}

gboolean drop_claim(Store *store, int fd, FileRow *file, const char *actor, Instant now, GError **error) {
  guint32 random;
  if (getrandom(&random, sizeof random, 0) != sizeof random)
    return system_error(error, "getrandom", file->name);
  g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT "-%08x", now, random);
  g_autofree char *work = g_build_filename(store_dir(store), "work", NULL);
  goffset size;
  struct stat before, after;
  if (fstat(fd, &before) != 0 || !durable_copy(fd, work, name, 0600, DROP_FILE_LIMIT, &size, file->sha256, error))
    return error != NULL && *error != NULL ? FALSE : system_error(error, "fstat", file->name);
  if (fstat(fd, &after) != 0 || before.st_size != after.st_size || !same_time(before.st_mtim, after.st_mtim))
    return error_set(error, ERROR_TEMPORARY, "file_changes", "file", file->name, NULL);
  g_free(file->path);
  file->path = g_strdup_printf("work/%s", name);
  file->size = size;
  if (!store_begin(store, error))
    return FALSE;
  if (file_receive(store, file, actor, now, error)) {
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, file->id);
    if (job_add(store, "intake", "file", subject, now, error) && store_commit(store, error))
      return TRUE;
  }
  store_rollback(store);
  return FALSE;
}

static gboolean claim(const Folder *folder, const char *name, Seen *seen, int fd, const struct stat *stat, Store *store,
                      Instant now, gboolean *claimed, GError **error) {
  g_autofree char *owner = owner_name(stat->st_uid);
  g_autofree char *shown = g_utf8_make_valid(name, -1);
  g_auto(FileRow) file = {.account = g_strdup(folder->section), .name = g_steal_pointer(&shown)};
  file.origin = folder->section != NULL ? g_strdup_printf("inbox/%s:%s", folder->section, owner)
                                        : g_strdup_printf("inbox:%s", owner);
  g_autoptr(GError) failure = NULL;
  if (!drop_claim(store, fd, &file, "intake", now, &failure)) {
    *claimed = FALSE;
    if (g_strcmp0(error_reason(failure), "file_changes") == 0)
      return TRUE; /* the next scan sees the change, the sweep takes the copy */
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  *claimed = TRUE;
  struct stat there;
  if (fstatat(folder->fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && there.st_dev == stat->st_dev &&
      there.st_ino == stat->st_ino && unlinkat(folder->fd, name, 0) != 0)
    seen->taken = TRUE;
  return TRUE;
}

/* A file that is ready. What it is was seen through its name; what counts is what the descriptor says. */
static gboolean take(const Folder *folder, const char *name, Seen *seen, Store *store, Instant now,
                     const DropSink *sink, gboolean *claimed, GError **error) {
  if (seen->taken || faccessat(folder->fd, ".", W_OK | X_OK, AT_EACCESS) != 0) /* it would come again and again */
    return tell(folder, name, seen, "drop_fixed", sink, error);
  int fd = open_beneath(folder->fd, name);
  if (fd < 0)
    return errno == ENOENT || tell(folder, name, seen, "drop_unreadable", sink, error);
  struct stat stat;
  gboolean done = TRUE;
  if (fstat(fd, &stat) != 0)
    done = system_error(error, "fstat", name);
  else if (oddness(&stat) != NULL)
    done = tell(folder, name, seen, oddness(&stat), sink, error);
  else if (unchanged(seen, &stat)) {
    done = claim(folder, name, seen, fd, &stat, store, now, claimed, error);
  }
  close(fd);
  return done;
}

static gboolean visit(Drop *drop, const Folder *folder, const char *name, Store *store, Instant now, int settle_seconds,
                      const DropSink *sink, Instant *next, int *claimed, GError **error) {
  struct stat stat;
  if (fstatat(folder->fd, name, &stat, AT_SYMLINK_NOFOLLOW) != 0)
    return TRUE;
  Seen *seen = look(drop, folder, name, &stat, now);
  Instant ready = seen->renamed ? now : seen->since + settle_seconds * INSTANT_SECOND;
  if (ready > now) {
    *next = *next == INSTANT_NONE ? ready : MIN(*next, ready);
    return TRUE;
  }
  if (oddness(&stat) != NULL)
    return tell(folder, name, seen, oddness(&stat), sink, error);
  gboolean taken = FALSE;
  if (!take(folder, name, seen, store, now, sink, &taken, error))
    return FALSE;
  *claimed += taken;
  return TRUE;
}

static gboolean own_section(const Drop *drop, const Folder *folder, const char *name) {
  for (guint i = 0; folder->section == NULL && i < drop->folders->len; i++)
    if (g_strcmp0(g_array_index(drop->folders, Folder, i).section, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean scan_folder(Drop *drop, const Folder *folder, Store *store, Instant now, int settle_seconds,
                            const DropSink *sink, Instant *next, int *claimed, GError **error) {
  int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
  if (dir == NULL)
    return system_error(error, "opendir", "inbox");
  gboolean done = TRUE;
  for (struct dirent *item; done && (item = readdir(dir)) != NULL;)
    if (!left_alone(item->d_name) && !own_section(drop, folder, item->d_name))
      done = visit(drop, folder, item->d_name, store, now, settle_seconds, sink, next, claimed, error);
  closedir(dir);
  return done;
}

static gboolean gone(gpointer key, gpointer value, gpointer user) {
  (void)key;
  return ((const Seen *)value)->round != *(const guint *)user;
}

gboolean drop_scan(Drop *drop, Store *store, Instant now, int settle_seconds, const DropSink *sink, Instant *next,
                   int *claimed, GError **error) {
  int count = 0;
  *next = INSTANT_NONE;
  drop->round++;
  drain(drop);
  for (guint i = 0; i < drop->folders->len; i++)
    if (!scan_folder(drop, &g_array_index(drop->folders, Folder, i), store, now, settle_seconds, sink, next, &count,
                     error))
      return FALSE;
  g_hash_table_foreach_remove(drop->seen, gone, &drop->round);
  if (claimed != NULL)
    *claimed = count;
  return TRUE;
}

static gboolean sweep_one(Store *store, int folder, const char *name, Instant now, GError **error) {
  struct stat stat;
  gboolean claimed;
  g_autofree char *path = g_strdup_printf("work/%s", name);
  if (fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(stat.st_mode) ||
      (Instant)stat.st_mtim.tv_sec * INSTANT_SECOND > now - 3600 * INSTANT_SECOND)
    return TRUE;
  if (!file_claims_path(store, path, &claimed, error))
    return FALSE;
  return claimed || unlinkat(folder, name, 0) == 0 || system_error(error, "unlinkat", path);
}

gboolean drop_sweep(Store *store, Instant now, GError **error) {
  g_autofree char *work = g_build_filename(store_dir(store), "work", NULL);
  DIR *dir = opendir(work);
  if (dir == NULL)
    return errno == ENOENT || system_error(error, "opendir", work);
  gboolean done = TRUE;
  for (struct dirent *item; done && (item = readdir(dir)) != NULL;)
    if (item->d_name[0] != '.')
      done = sweep_one(store, dirfd(dir), item->d_name, now, error);
  closedir(dir);
  return done;
}
