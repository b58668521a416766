#include "daemon/issue/guard.h"

#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>

#include "daemon/start.h"
#include "rules/error.h"

enum { SECURE_HEAP = 1 << 18, SECURE_LEAST = 32 };

static void *allocate(size_t size, G_GNUC_UNUSED const char *file, G_GNUC_UNUSED int line) {
  return malloc(size);
}

static void release(void *memory, G_GNUC_UNUSED const char *file, G_GNUC_UNUSED int line) {
  if (memory != NULL)
    explicit_bzero(memory, malloc_usable_size(memory));
  free(memory);
}

/* realloc() would leave the old bytes behind when it moves them. */
static void *resize(void *memory, size_t size, const char *file, int line) {
  size_t old = memory != NULL ? malloc_usable_size(memory) : 0;
  void *moved = size > 0 ? malloc(size) : NULL;
  if (moved != NULL && old > 0)
    memcpy(moved, memory, MIN(old, size));
  if (moved != NULL || size == 0)
    release(memory, file, line);
  return moved;
}

gboolean guard_memory(GError **error) {
  start_secret();
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
    return error_set(error, ERROR_PERMANENT, "key_memory", "detail", g_strerror(errno), NULL);
  if (CRYPTO_set_mem_functions(allocate, resize, release) != 1 ||
      CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST) != 1)
    return error_set(error, ERROR_PERMANENT, "key_memory", "detail", "OpenSSL's secure heap", NULL);
  return TRUE;
}
