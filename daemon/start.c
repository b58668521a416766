#include "daemon/start.h"

#include <locale.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void start_program(void) {
  setlocale(LC_ALL, "C.UTF-8");
  umask(0027);
  signal(SIGPIPE, SIG_IGN);
}

void start_daemon(void) {
  (void)close_range(STDERR_FILENO + 1, ~0U, 0);
}

void start_secret(void) {
  const struct rlimit none = {0, 0};
  g_assert(setrlimit(RLIMIT_CORE, &none) == 0);
#ifndef __SANITIZE_ADDRESS__ /* its leak check must attach to the process */
  g_assert(prctl(PR_SET_DUMPABLE, 0) == 0);
#endif
}

gboolean start_tied(int parent) {
  g_assert(prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
  return getppid() == parent;
}
