#include "daemon/yifend/child.h"

#include <signal.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/start.h"
#include "rules/error.h"

#define FIRST_DELAY (100 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_DELAY (60 * G_TIME_SPAN_SECOND)
#define STABLE (30 * G_TIME_SPAN_SECOND)

/* In the new process: a clean mask, none of the supervisor's links to systemd, death with the parent. */
static void become_role(const char *name, const char *conf_file, int parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  static const char *const private[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};
  for (gsize i = 0; i < G_N_ELEMENTS(private); i++)
    unsetenv(private[i]);
  if (start_tied(parent))
    execl("/proc/self/exe", "yifend", "--role", name, "-c", conf_file, (char *)NULL);
  _exit(ERROR_TEMPORARY);
}

void child_start(Child *child, const char *conf_file, gint64 now) {
  int parent = getpid();
  pid_t pid = fork();
  if (pid == 0)
    become_role(child->name, conf_file, parent);
  child->started_at = now;
  if (pid < 0) {
    child_ended(child, ERROR_TEMPORARY, now);
    return;
  }
  child->pid = pid;
  child->state = CHILD_UP;
}

void child_stop(Child *child, gint64 now, gint64 patience) {
  if (child->state != CHILD_UP)
    return;
  child->state = CHILD_STOPPING;
  child->kill_at = now + patience;
  (void)kill(child->pid, SIGTERM);
}

void child_ended(Child *child, int exit_code, gint64 now) {
  gboolean asked = child->state == CHILD_STOPPING;
  child->pid = 0;
  child->exit_code = exit_code;
  child->state = exit_code == ERROR_PERMANENT && !asked ? CHILD_DOWN : CHILD_WAITING;
  if (asked || now - child->started_at >= STABLE)
    child->failures = 0;
  gint64 delay = asked ? 0 : MIN(FIRST_DELAY << MIN(child->failures, 16), LONGEST_DELAY);
  child->start_at = now + delay;
  if (!asked)
    child->failures++;
}

void child_tick(Child *child, gint64 now) {
  if (child->state != CHILD_STOPPING || now < child->kill_at)
    return;
  log_event(LOG_WARNING, "role does not stop: killed", "CHILD", child->name, NULL);
  (void)kill(child->pid, SIGKILL);
  child->kill_at = now + LONGEST_DELAY;
}

gint64 child_next(const Child *child) {
  return child->state == CHILD_WAITING ? child->start_at : child->state == CHILD_STOPPING ? child->kill_at : 0;
}

const char *child_word(const Child *child) {
  static const char *const words[] = {"waiting", "up", "stopping", "down"};
  return words[child->state];
}
