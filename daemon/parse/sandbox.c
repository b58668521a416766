#include "daemon/parse/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MEMORY_MAX = 256 << 20, SECONDS = 5, BYTES_A_SECOND = 4 << 20 };

#ifdef __SANITIZE_ADDRESS__
static const gboolean sanitized = TRUE;

/* The leak checker reads /proc at exit, which the cage closes; unit tests look for leaks in the same code. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "detect_leaks=0";
}
#else
static const gboolean sanitized = FALSE;
#endif

static gboolean limit(int resource, rlim_t value) {
  struct rlimit both = {value, value};
  return setrlimit(resource, &both) == 0;
}

static gboolean limit_all(goffset file_size) {
  rlim_t seconds = (rlim_t)(SECONDS + file_size / BYTES_A_SECOND);
  return (sanitized || limit(RLIMIT_AS, MEMORY_MAX)) && limit(RLIMIT_CPU, sanitized ? 10 * seconds : seconds) &&
         limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && (sanitized || limit(RLIMIT_NOFILE, 0)) &&
         (sanitized || limit(RLIMIT_NPROC, 0));
}

/* No rule: nothing may be opened. A kernel without Landlock leaves this to the other walls. */
static gboolean deny_files(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1)
    return TRUE;
  /* The 13 rights of the first version; later ones only if both kernel and header know them. */
  struct landlock_ruleset_attr attributes = {.handled_access_fs = (1ULL << 13) - 1};
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (ruleset < 0)
    return FALSE;
  gboolean done = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return done;
}

static gboolean allow_calls(scmp_filter_ctx filter) {
  static const int plain[] = {SCMP_SYS(read),          SCMP_SYS(pread64), SCMP_SYS(write),        SCMP_SYS(exit),
                              SCMP_SYS(exit_group),    SCMP_SYS(brk),     SCMP_SYS(munmap),       SCMP_SYS(mremap),
                              SCMP_SYS(madvise),       SCMP_SYS(futex),   SCMP_SYS(rt_sigreturn), SCMP_SYS(getrandom),
                              SCMP_SYS(clock_gettime), SCMP_SYS(close),   SCMP_SYS(lseek)};
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain[i], 0) != 0)
      return FALSE;
  /* memory only: never executable */
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                          SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) ==
             0;
}

static gboolean filter_calls(void) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == NULL)
    return FALSE;
  gboolean done = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
                  allow_calls(filter) && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return done;
}

gboolean sandbox_close(goffset file_size) {
  return (sanitized || prctl(PR_SET_DUMPABLE, 0) == 0) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && deny_files() &&
         limit_all(file_size) && (sanitized || filter_calls());
}
