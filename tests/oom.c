/* Preloaded by tests (LD_PRELOAD): lets allocations fail, those of SQLite, libssh2, libcurl and OpenSSL as well as
 * ours. Not for sanitized programs, whose allocator is the sanitizer's.
 *
 *   YIFEN_OOM_AT=k[:ever]   the k-th malloc, calloc or realloc of the process gives NULL, and with "ever" all after it
 *   YIFEN_OOM_COUNT=FILE    8 bytes: the counter of allocations */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* glibc's own, which need no dlsym (it allocates itself). */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static int64_t at, *count, own;
static int ever;

/* From here on they count: after the loader, before main. */
__attribute__((constructor)) static void start(void) {
  const char *order = getenv("YIFEN_OOM_AT"), *path = getenv("YIFEN_OOM_COUNT");
  char *rest = NULL;
  if (order == NULL)
    return;
  int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  void *word = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  count = word == MAP_FAILED ? &own : word;
  at = strtoll(order, &rest, 10);
  ever = *rest == ':';
}

static int fails(void) {
  if (count == NULL)
    return 0;
  int64_t k = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
  if (at == 0 || (k != at && !(ever && k > at)))
    return 0;
  errno = ENOMEM;
  return 1;
}

EXPORT void *malloc(size_t size) {
  return fails() ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t number, size_t size) {
  return fails() ? NULL : __libc_calloc(number, size);
}

EXPORT void *realloc(void *old, size_t size) {
  return fails() ? NULL : __libc_realloc(old, size);
}
