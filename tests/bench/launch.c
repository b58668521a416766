/* launch SECONDS PROGRAM ARGUMENT...: runs it, with its output as ours, and tells on descriptor 3 how long it took, its
 * CPU time with that of its children (seconds), and the peak memory of the largest (KiB). A small program of its own,
 * since a child begins with its parent's peak. Ends it after so many seconds. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;

static void on_alarm(int number) {
  (void)number;
  kill(child, SIGKILL);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  struct rusage usage;
  int status = 0;
  if (argc < 3)
    return 2;
  double start = now();
  child = fork();
  if (child == 0) {
    close(3);
    execv(argv[2], argv + 2);
    _exit(127);
  }
  signal(SIGALRM, on_alarm);
  alarm((unsigned)strtoul(argv[1], NULL, 10));
  while (wait4(child, &status, 0, &usage) < 0)
    continue;
  dprintf(3, "{\"wall\":%.4f,\"cpu\":%.4f,\"kib\":%ld}\n", now() - start,
          (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
              (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
          usage.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
