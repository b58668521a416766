/* Preloaded into the programs by tests (LD_PRELOAD): moves the clock and ends, fails, delays or pauses durable calls.
 * The production programs contain no hooks; this file is the only way a test reaches inside them.
 *
 *   YIFEN_SHIM_CLOCK=FILE    8 bytes, little-endian int64: microseconds added to CLOCK_REALTIME, read at every call
 *   YIFEN_SHIM_STAMP=1       statx(2) tells every file's inode and birth as 1, so that a copied world is the same one
 *   YIFEN_SHIM_ROLE=NAME     the rest works only in a process whose arguments hold "--role NAME"
 *   YIFEN_SHIM_COUNT=FILE    8 bytes: the counter of durable calls, shared by all processes of one run
 *   YIFEN_SHIM_TRACE=FILE    a line "k call path" for each
 *   YIFEN_SHIM_NET=1         sends on TCP sockets count too
 *   YIFEN_SHIM_END=k[:how]   SIGKILL for the caller at the k-th: "before" it (default), "after" it, "torn" (half a
 * write) YIFEN_SHIM_FAIL=k:errno  the k-th fails with this errno and does nothing YIFEN_SHIM_DELAY=us      each takes
 * so much longer YIFEN_SHIM_PAUSE=A,B     before each: writes "k call path\n" to the FIFO A and waits for a byte from
 * the FIFO B
 *   YIFEN_SHIM_UID=n         getuid(): who the caller is taken for
 *   YIFEN_SHIM_PORT=a:b      who connects to TCP port a comes to port b
 *   YIFEN_SHIM_BREAK=class:k[:ever]  the k-th call of a class fails, and with "ever" all after it: write, fsync
 * (durable calls), connect, send, recv (TCP sockets) YIFEN_SHIM_BROKEN=FILE   8 bytes: the counter of calls of that
 * class
 *
 * A durable call changes or syncs a regular file or directory: not descriptors 0 to 2, not SQLite's -shm, nothing below
 * a folder named run (locks, bells, sockets). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define REAL(name) ((__typeof__(&name))real_function(#name))

static void *real_function(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL)
    abort();
  return found;
}

/* ---- setting up: on first use, since libraries write before our constructor runs ---- */

typedef enum { BEFORE, AFTER, TORN } How;

static struct {
  int ready;
  volatile int64_t *clock;
  int64_t *count;
  int trace, pause_out, pause_in;
  int net;
  int64_t end, fail;
  How how;
  int fail_errno;
  useconds_t delay;
  char class[16]; /* of calls that break */
  int64_t break_at, *broken;
  int ever;
  int active;
} shim = {.trace = -1, .pause_out = -1, .pause_in = -1};

static void *map_word(const char *path, int writable) {
  if (path == NULL)
    return NULL;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (fd < 0)
    return NULL;
  void *at = mmap(NULL, sizeof(int64_t), PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  return at == MAP_FAILED ? NULL : at;
}

static int role_is(const char *role) {
  char arguments[4096];
  int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  ssize_t size = fd < 0 ? 0 : syscall(SYS_read, fd, arguments, sizeof arguments - 1);
  syscall(SYS_close, fd);
  arguments[size > 0 ? size : 0] = 0;
  for (char *at = arguments; at < arguments + size; at += strlen(at) + 1)
    if (strcmp(at, "--role") == 0 && strcmp(at + sizeof "--role", role) == 0)
      return 1;
  return 0;
}

static int64_t number_of(const char *text, const char **rest) {
  char *end = NULL;
  int64_t value = text == NULL ? 0 : strtoll(text, &end, 10);
  *rest = text == NULL || *end != ':' ? NULL : end + 1;
  return value;
}

/* A descriptor out of the way of programs that close or count their own. */
static int open_far(const char *path, int flags) {
  int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
  int far = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 200);
  if (fd >= 0)
    syscall(SYS_close, fd);
  return far;
}

static void open_pause(const char *pair) {
  char out[PATH_MAX];
  const char *comma = pair == NULL ? NULL : strchr(pair, ',');
  if (comma == NULL)
    return;
  snprintf(out, sizeof out, "%.*s", (int)(comma - pair), pair);
  shim.pause_out = open_far(out, O_WRONLY);
  shim.pause_in = open_far(comma + 1, O_RDONLY);
}

static void set_break(const char *order) {
  const char *colon = order == NULL ? NULL : strchr(order, ':'), *rest;
  if (colon == NULL)
    return;
  snprintf(shim.class, sizeof shim.class, "%.*s", (int)(colon - order), order);
  shim.break_at = number_of(colon + 1, &rest);
  shim.ever = rest != NULL;
  shim.broken = map_word(getenv("YIFEN_SHIM_BROKEN"), 1);
}

static void set_up(void) {
  if (shim.ready)
    return;
  shim.ready = 1;
  const char *role = getenv("YIFEN_SHIM_ROLE"), *rest;
  shim.clock = map_word(getenv("YIFEN_SHIM_CLOCK"), 0);
  shim.active = role == NULL || role_is(role);
  if (!shim.active)
    return;
  shim.count = map_word(getenv("YIFEN_SHIM_COUNT"), 1);
  shim.trace = open_far(getenv("YIFEN_SHIM_TRACE"), O_WRONLY | O_CREAT | O_APPEND);
  set_break(getenv("YIFEN_SHIM_BREAK"));
  shim.net = getenv("YIFEN_SHIM_NET") != NULL || strcmp(shim.class, "send") == 0;
  shim.end = number_of(getenv("YIFEN_SHIM_END"), &rest);
  shim.how = rest == NULL ? BEFORE : strcmp(rest, "after") == 0 ? AFTER : strcmp(rest, "torn") == 0 ? TORN : BEFORE;
  shim.fail = number_of(getenv("YIFEN_SHIM_FAIL"), &rest);
  shim.fail_errno = rest == NULL ? EIO : (int)strtol(rest, NULL, 10);
  shim.delay = (useconds_t)number_of(getenv("YIFEN_SHIM_DELAY"), &rest);
  open_pause(getenv("YIFEN_SHIM_PAUSE"));
}

__attribute__((constructor)) static void start(void) {
  set_up();
}

/* ---- the clock ---- */

static void shift(struct timespec *now) {
  set_up();
  int64_t offset = shim.clock == NULL ? 0 : *shim.clock;
  int64_t nanoseconds = now->tv_nsec + (offset % 1000000) * 1000;
  now->tv_sec += offset / 1000000;
  if (nanoseconds < 0) {
    nanoseconds += 1000000000;
    now->tv_sec--;
  }
  now->tv_sec += nanoseconds / 1000000000;
  now->tv_nsec = nanoseconds % 1000000000;
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *now) {
  static __typeof__(&clock_gettime) real;
  if (real == NULL)
    real = REAL(clock_gettime);
  int result = real(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    shift(now);
  return result;
}

EXPORT time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL)
    *out = now.tv_sec;
  return now.tv_sec;
}

EXPORT int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec precise;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

/* ---- the person ---- */

EXPORT uid_t getuid(void) {
  const char *uid = getenv("YIFEN_SHIM_UID");
  return uid == NULL ? (uid_t)syscall(SYS_getuid) : (uid_t)strtoul(uid, NULL, 10);
}

/* ---- stamps of files ---- */

EXPORT int statx(int dir, const char *restrict path, int flags, unsigned mask, struct statx *restrict out) {
  static __typeof__(&statx) real;
  if (real == NULL)
    real = REAL(statx);
  int result = real(dir, path, flags, mask, out);
  if (result == 0 && getenv("YIFEN_SHIM_STAMP") != NULL) {
    out->stx_ino = 1;
    out->stx_btime = (struct statx_timestamp){.tv_sec = 1};
  }
  return result;
}

/* ---- durable calls ---- */

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;)
    pause();
}

static int path_counts(const char *path) {
  size_t length = strlen(path);
  if (strstr(path, "/run/") != NULL || strncmp(path, "run/", 4) == 0)
    return 0;
  return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static int is_tcp(int fd) {
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  return getsockname(fd, (struct sockaddr *)&name, &size) == 0 &&
         (name.ss_family == AF_INET || name.ss_family == AF_INET6);
}

static int descriptor_counts(int fd, char path[PATH_MAX]) {
  struct stat facts;
  char link[64];
  set_up();
  if (!shim.active || fd <= 2 || fd == shim.trace || fd == shim.pause_out || fstat(fd, &facts) != 0)
    return 0;
  if (S_ISSOCK(facts.st_mode)) {
    snprintf(path, PATH_MAX, "socket");
    return shim.net && is_tcp(fd);
  }
  if (!S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode))
    return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, PATH_MAX - 1);
  path[size > 0 ? size : 0] = 0;
  return path_counts(path);
}

static int name_counts(const char *path) {
  set_up();
  return shim.active && path_counts(path);
}

static void wait_for_leave(const char *line, int size) {
  char leave;
  if (syscall(SYS_write, shim.pause_out, line, size) != size || syscall(SYS_read, shim.pause_in, &leave, 1) != 1)
    die();
}

/* Is this the call of its class that breaks? Sets errno. */
static int breaks(const char *class, int why) {
  static int64_t own;
  if (shim.break_at == 0 || strcmp(class, shim.class) != 0)
    return 0;
  int64_t k = __atomic_add_fetch(shim.broken == NULL ? &own : shim.broken, 1, __ATOMIC_SEQ_CST);
  if (k != shim.break_at && !(shim.ever && k > shim.break_at))
    return 0;
  errno = why;
  return 1;
}

static int call_breaks(const char *call) {
  if (strcmp(call, "fsync") == 0 || strcmp(call, "fdatasync") == 0)
    return breaks("fsync", EIO);
  if (strcmp(call, "write") == 0 || strcmp(call, "pwrite") == 0)
    return breaks("write", shim.break_at % 2 ? EIO : ENOSPC);
  return strcmp(call, "send") == 0 && breaks("send", EPIPE);
}

typedef struct {
  int fails, last, torn;
} Verdict;

/* What a call is about, for who models the disk. Names are absolute. */
typedef struct {
  const char *path, *from;
  off_t at;
  size_t size;
} Detail;

static int pause_line(char line[3 * PATH_MAX], int64_t k, const char *call, const Detail *detail) {
  return snprintf(line, 3 * PATH_MAX, "%lld %s %s\t%lld\t%zu\t%s\n", (long long)k, call, detail->path,
                  (long long)detail->at, detail->size, detail->from == NULL ? "" : detail->from);
}

static Verdict pass_gate(const char *call, const Detail *detail) {
  static int64_t own;
  const char *path = detail->path;
  char line[3 * PATH_MAX];
  int64_t k = __atomic_add_fetch(shim.count == NULL ? &own : shim.count, 1, __ATOMIC_SEQ_CST);
  int size = snprintf(line, sizeof line, "%lld %s %s\n", (long long)k, call, path);
  if (shim.trace >= 0)
    syscall(SYS_write, shim.trace, line, size);
  if (shim.pause_out >= 0)
    wait_for_leave(line, pause_line(line, k, call, detail));
  if (shim.delay > 0)
    usleep(shim.delay);
  if (k == shim.end && shim.how == BEFORE)
    die();
  int breaks_now = call_breaks(call);
  if (k == shim.fail)
    errno = shim.fail_errno;
  return (Verdict){
      .fails = k == shim.fail || breaks_now, .last = k == shim.end, .torn = k == shim.end && shim.how == TORN};
}

/* Runs CALL unless it is to fail, then dies when it was to be the last. */
#define GATED(name, detail, call)                                                                                      \
  do {                                                                                                                 \
    Verdict verdict = pass_gate(name, detail);                                                                         \
    if (verdict.fails)                                                                                                 \
      return -1;                                                                                                       \
    __typeof__(call) result = call;                                                                                    \
    if (verdict.last)                                                                                                  \
      die();                                                                                                           \
    return result;                                                                                                     \
  } while (0)

#define GATED_BYTES(name, detail, size, call)                                                                          \
  do {                                                                                                                 \
    Verdict verdict = pass_gate(name, detail);                                                                         \
    if (verdict.fails)                                                                                                 \
      return -1;                                                                                                       \
    size = verdict.torn ? size / 2 : size;                                                                             \
    ssize_t result = call;                                                                                             \
    if (verdict.last)                                                                                                  \
      die();                                                                                                           \
    return result;                                                                                                     \
  } while (0)

EXPORT ssize_t write(int fd, const void *bytes, size_t size) {
  char path[PATH_MAX];
  static __typeof__(&write) real;
  if (real == NULL)
    real = REAL(write);
  if (!descriptor_counts(fd, path))
    return real(fd, bytes, size);
  off_t at = lseek(fd, 0, SEEK_CUR);
  GATED_BYTES("write", &((Detail){path, NULL, at, size}), size, real(fd, bytes, size));
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  char path[PATH_MAX];
  static __typeof__(&pwrite) real;
  if (real == NULL)
    real = REAL(pwrite);
  if (!descriptor_counts(fd, path))
    return real(fd, bytes, size, at);
  GATED_BYTES("pwrite", &((Detail){path, NULL, at, size}), size, real(fd, bytes, size, at));
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  return pwrite(fd, bytes, size, at);
}

EXPORT ssize_t send(int fd, const void *bytes, size_t size, int flags) {
  char path[PATH_MAX];
  static __typeof__(&send) real;
  if (real == NULL)
    real = REAL(send);
  if (!descriptor_counts(fd, path))
    return real(fd, bytes, size, flags);
  GATED_BYTES("send", &((Detail){path, NULL, 0, size}), size, real(fd, bytes, size, flags));
}

EXPORT ssize_t recv(int fd, void *bytes, size_t size, int flags) {
  static __typeof__(&recv) real;
  if (real == NULL)
    real = REAL(recv);
  set_up();
  return shim.active && is_tcp(fd) && breaks("recv", ECONNRESET) ? -1 : real(fd, bytes, size, flags);
}

static void redirect(struct sockaddr_in *to) {
  const char *to_port = NULL;
  int64_t from = number_of(getenv("YIFEN_SHIM_PORT"), &to_port);
  if (to_port != NULL && ntohs(to->sin_port) == from)
    to->sin_port = htons((uint16_t)strtoul(to_port, NULL, 10));
}

EXPORT int connect(int fd, const struct sockaddr *name, socklen_t size) {
  static __typeof__(&connect) real;
  struct sockaddr_in to;
  if (real == NULL)
    real = REAL(connect);
  set_up();
  if (shim.active && is_tcp(fd) && breaks("connect", ECONNREFUSED))
    return -1;
  if (name->sa_family != AF_INET || size != sizeof to)
    return real(fd, name, size);
  memcpy(&to, name, sizeof to);
  redirect(&to);
  return real(fd, (const struct sockaddr *)&to, size);
}

#define DESCRIPTOR_CALL(name, length, parameters, ...)                                                                 \
  EXPORT int name parameters {                                                                                         \
    char path[PATH_MAX];                                                                                               \
    static __typeof__(&name) real;                                                                                     \
    if (real == NULL)                                                                                                  \
      real = REAL(name);                                                                                               \
    if (!descriptor_counts(fd, path))                                                                                  \
      return real(__VA_ARGS__);                                                                                        \
    GATED(#name, &((Detail){path, NULL, 0, (size_t)(length)}), real(__VA_ARGS__));                                     \
  }

DESCRIPTOR_CALL(fsync, 0, (int fd), fd)
DESCRIPTOR_CALL(fdatasync, 0, (int fd), fd)
DESCRIPTOR_CALL(ftruncate, size, (int fd, off_t size), fd, size)
DESCRIPTOR_CALL(ftruncate64, size, (int fd, off64_t size), fd, size)

/* The absolute name of a path below an open folder. */
static const char *name_at(int dir, const char *path, char whole[2 * PATH_MAX]) {
  char link[64], folder[PATH_MAX];
  snprintf(link, sizeof link, dir == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", dir);
  ssize_t size = path[0] == '/' ? 0 : readlink(link, folder, PATH_MAX - 1);
  folder[size > 0 ? size : 0] = 0;
  snprintf(whole, 2 * PATH_MAX, "%s%s%s", folder, size > 0 ? "/" : "", path);
  return whole;
}

#define NAME_CALL(name, parameters, dir, named, from_dir, from, ...)                                                   \
  EXPORT int name parameters {                                                                                         \
    char whole[2 * PATH_MAX], old[2 * PATH_MAX];                                                                       \
    static __typeof__(&name) real;                                                                                     \
    if (real == NULL)                                                                                                  \
      real = REAL(name);                                                                                               \
    if (!name_counts(named))                                                                                           \
      return real(__VA_ARGS__);                                                                                        \
    const Detail detail = {name_at(dir, named, whole), name_at(from_dir, from, old), 0, 0};                            \
    GATED(#name, &detail, real(__VA_ARGS__));                                                                          \
  }

#define HERE AT_FDCWD
NAME_CALL(rename, (const char *from, const char *to), HERE, to, HERE, from, from, to)
NAME_CALL(renameat, (int a, const char *from, int b, const char *to), b, to, a, from, a, from, b, to)
NAME_CALL(renameat2, (int a, const char *from, int b, const char *to, unsigned flags), b, to, a, from, a, from, b, to,
          flags)
NAME_CALL(link, (const char *from, const char *to), HERE, to, HERE, from, from, to)
NAME_CALL(linkat, (int a, const char *from, int b, const char *to, int flags), b, to, a, from, a, from, b, to, flags)
NAME_CALL(unlink, (const char *path), HERE, path, HERE, path, path)
NAME_CALL(unlinkat, (int dir, const char *path, int flags), dir, path, dir, path, dir, path, flags)
NAME_CALL(mkdir, (const char *path, mode_t mode), HERE, path, HERE, path, path, mode)
NAME_CALL(mkdirat, (int dir, const char *path, mode_t mode), dir, path, dir, path, dir, path, mode)
