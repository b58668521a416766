#include "daemon/yifend/supervisor.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifend/child.h"
#include "rules/error.h"
#include "spool/durable.h"
#include "spool/lock.h"

#define PATIENCE (25 * G_TIME_SPAN_SECOND) /* for a role to finish its work in hand */
#define MOST_ROLES 16

typedef struct {
  const Conf *conf;
  Child children[MOST_ROLES];
  int count, signals;
  gboolean draining;
  gint64 watchdog; /* how often systemd wants a sign of life; 0: never */
} Supervisor;

/* systemd's status line and run/roles.json, for `yifen status`. */
static void publish(const Supervisor *supervisor) {
  json_t *all = json_object();
  g_autoptr(GString) line = g_string_new(NULL);
  for (int i = 0; i < supervisor->count; i++) {
    const Child *child = &supervisor->children[i];
    json_object_set_new(
        all, child->name,
        json_pack("{s:s, s:i, s:i}", "state", child_word(child), "exit", child->exit_code, "pid", child->pid));
    g_string_append_printf(line, "%s%s %s", i > 0 ? ", " : "", child->name, child_word(child));
  }
  char *text = json_dumps(all, JSON_COMPACT | JSON_PRESERVE_ORDER);
  json_decref(all);
  g_autofree char *run = g_build_filename(supervisor->conf->state, "run", NULL);
  g_autoptr(GError) error = NULL;
  if (!durable_write(run, "roles.json", text, strlen(text), 0640, FALSE, &error))
    log_error(error, "the roles' states cannot be written", NULL);
  free(text);
  (void)sd_notifyf(0, "STATUS=%s", line->str);
}

static void start_due(Supervisor *supervisor, gint64 now) {
  for (int i = 0; i < supervisor->count; i++) {
    Child *child = &supervisor->children[i];
    if (child->state != CHILD_WAITING || child->start_at > now || supervisor->draining)
      continue;
    child->reload = FALSE;
    child_start(child, supervisor->conf->file, now);
    log_event(LOG_INFO, "role started", "CHILD", child->name, NULL);
    publish(supervisor);
  }
}

static void tell_end(const Child *child) {
  g_autofree char *code = g_strdup_printf("%d", child->exit_code);
  if (child->state == CHILD_DOWN)
    log_event(LOG_ERR, "role stays down until its cause is mended and the configuration read again", "CHILD",
              child->name, "EXIT", code, NULL);
  else
    log_event(child->exit_code == 0 ? LOG_INFO : LOG_WARNING, "role ended", "CHILD", child->name, "EXIT", code, NULL);
}

static void reap(Supervisor *supervisor, gint64 now) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    for (int i = 0; i < supervisor->count; i++) {
      Child *child = &supervisor->children[i];
      if (child->pid != pid)
        continue;
      child_ended(child, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), now);
      tell_end(child);
      publish(supervisor);
    }
}

static void reload(Supervisor *supervisor) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Conf) fresh = conf_load(supervisor->conf->file, &error);
  if (fresh != NULL && !g_str_equal(fresh->state, supervisor->conf->state))
    error_set(&error, ERROR_PERMANENT, "state_moved", "file", fresh->file, "value", fresh->state, "expected",
              supervisor->conf->state, NULL);
  if (error != NULL) {
    g_autofree char *sentence = text_error(error);
    log_error(error, "the configuration is bad; the old one stays in use", "SENTENCE", sentence, NULL);
    (void)sd_notifyf(0, "STATUS=%s", error->message);
    return;
  }
  log_event(LOG_NOTICE, "the configuration is good; the roles restart one by one", NULL);
  for (int i = 0; i < supervisor->count; i++)
    supervisor->children[i].reload = TRUE;
}

/* The next role to restart for a new configuration, once no other is on its way down or up. */
static void step_reload(Supervisor *supervisor, gint64 now) {
  for (int i = 0; i < supervisor->count; i++) {
    Child *child = &supervisor->children[i];
    if (child->state == CHILD_STOPPING)
      return;
    if (!child->reload)
      continue;
    if (child->state == CHILD_UP) {
      child_stop(child, now, PATIENCE);
      return;
    }
    child->state = CHILD_WAITING;
    child->start_at = now;
    child->failures = 0;
  }
}

static void drain(Supervisor *supervisor, gint64 now) {
  log_event(LOG_NOTICE, "stopping", NULL);
  (void)sd_notify(0, "STOPPING=1");
  supervisor->draining = TRUE;
  for (int i = 0; i < supervisor->count; i++)
    child_stop(&supervisor->children[i], now, PATIENCE);
}

static void take_signals(Supervisor *supervisor, gint64 now) {
  struct signalfd_siginfo info;
  while (read(supervisor->signals, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGCHLD)
      reap(supervisor, now);
    else if (info.ssi_signo == SIGHUP)
      reload(supervisor);
    else if (!supervisor->draining)
      drain(supervisor, now);
  }
}

static gboolean any_process(const Supervisor *supervisor) {
  for (int i = 0; i < supervisor->count; i++)
    if (supervisor->children[i].pid != 0)
      return TRUE;
  return FALSE;
}

static int time_out(const Supervisor *supervisor, gint64 now) {
  gint64 next = supervisor->watchdog > 0 ? now + supervisor->watchdog / 2 : 0;
  for (int i = 0; i < supervisor->count; i++) {
    gint64 one = child_next(&supervisor->children[i]);
    if (one != 0 && (next == 0 || one < next))
      next = one;
  }
  return next == 0 ? -1 : (int)(MAX(next - now, 0) / 1000 + 1);
}

static void watch(Supervisor *supervisor) {
  while (!supervisor->draining || any_process(supervisor)) {
    gint64 now = g_get_monotonic_time();
    start_due(supervisor, now);
    if (!supervisor->draining)
      step_reload(supervisor, now);
    struct pollfd fd = {.fd = supervisor->signals, .events = POLLIN};
    g_assert(poll(&fd, 1, time_out(supervisor, now)) >= 0 || errno == EINTR);
    now = g_get_monotonic_time();
    take_signals(supervisor, now);
    for (int i = 0; i < supervisor->count; i++)
      child_tick(&supervisor->children[i], now);
    if (supervisor->watchdog > 0)
      (void)sd_notify(0, "WATCHDOG=1");
  }
}

static int open_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  const int ours[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
  for (gsize i = 0; i < G_N_ELEMENTS(ours); i++)
    sigaddset(&set, ours[i]);
  g_assert(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

gboolean supervisor_run(const Conf *conf, GError **error) {
  int lock = lock_role(conf->state, "yifend", error);
  if (lock < 0)
    return FALSE;
  Supervisor supervisor = {.conf = conf, .signals = open_signals()};
  g_assert(supervisor.signals >= 0);
  uint64_t watchdog = 0;
  if (sd_watchdog_enabled(0, &watchdog) > 0)
    supervisor.watchdog = (gint64)watchdog;
  for (const Role *const *role = roles; *role != NULL && supervisor.count < MOST_ROLES; role++)
    supervisor.children[supervisor.count++] = (Child){.name = (*role)->name};
  start_due(&supervisor, g_get_monotonic_time());
  (void)sd_notify(0, "READY=1");
  watch(&supervisor);
  (void)close(supervisor.signals);
  (void)close(lock);
  return TRUE;
}
