/* The cage from inside: what a process that took over the parser would try. Each attempt is made in a child of its own,
 * after the same sandbox_close() that yifen-parse calls. */
#include "daemon/parse/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

#define FILE_SIZE (40 << 20)

enum { HELD = 7 }; /* exit code of a child that the cage refused something without killing it */

typedef void Attempt(void);

/* Runs it in a closed child; its wait status. The child's descriptor 0 is a file, 1 the end of a pipe, as in
 * yifen-parse; it ends with 0 when the attempt came through. */
static int in_cage(Attempt *attempt) {
  pid_t pid = fork();
  if (pid == 0) {
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (file < 0 || dup2(file, STDIN_FILENO) < 0 || !sandbox_close(FILE_SIZE))
      _exit(99);
    attempt();
    syscall(SYS_exit_group, 0);
  }
  int status = 0;
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  return status;
}

/* A call that gives -1 without a kill is a wall too. */
static void came_through(long result) {
  if (result < 0)
    syscall(SYS_exit_group, HELD);
}

#define ATTEMPT(name, ...)                                                                                             \
  static void name(void) {                                                                                             \
    came_through(syscall(__VA_ARGS__));                                                                                \
  }
#define EXECUTABLE (PROT_READ | PROT_WRITE | PROT_EXEC)

ATTEMPT(try_open, SYS_open, "/etc/passwd", O_RDONLY, 0)
ATTEMPT(try_openat, SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0)
ATTEMPT(try_openat2, SYS_openat2, AT_FDCWD, "/etc/passwd", (long[]){0, 0, 0}, 24)
ATTEMPT(try_create, SYS_openat, AT_FDCWD, "/tmp/yifen-sandbox-probe", O_WRONLY | O_CREAT, 0600)
ATTEMPT(try_stat, SYS_newfstatat, AT_FDCWD, "/etc/passwd", (char[512]){0}, 0)
ATTEMPT(try_readlink, SYS_readlinkat, AT_FDCWD, "/proc/self/exe", (char[512]){0}, 512)
ATTEMPT(try_unlink, SYS_unlinkat, AT_FDCWD, "/tmp/yifen-sandbox-probe", 0)
ATTEMPT(try_rename, SYS_rename, "/tmp/yifen-sandbox-probe", "/tmp/yifen-sandbox-probe2")
ATTEMPT(try_mkdir, SYS_mkdirat, AT_FDCWD, "/tmp/yifen-sandbox-probe", 0700)
ATTEMPT(try_memfd, SYS_memfd_create, "x", 0)
ATTEMPT(try_dup, SYS_dup, 0)
ATTEMPT(try_fcntl, SYS_fcntl, 1, F_GETFL, 0)
ATTEMPT(try_ioctl, SYS_ioctl, 1, 0x5401, (char[64]){0})
ATTEMPT(try_socket, SYS_socket, AF_INET, SOCK_STREAM, 0)
ATTEMPT(try_unix, SYS_socket, AF_UNIX, SOCK_STREAM, 0)
ATTEMPT(try_socketpair, SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, (int[2]){0})
ATTEMPT(try_send, SYS_sendto, 1, "x", 1, 0, NULL, 0)
ATTEMPT(try_execve, SYS_execve, "/bin/true", (char *[]){NULL}, (char *[]){NULL})
ATTEMPT(try_execveat, SYS_execveat, 0, "", (char *[]){NULL}, (char *[]){NULL}, AT_EMPTY_PATH)
ATTEMPT(try_fork, SYS_fork)
ATTEMPT(try_clone, SYS_clone, SIGCHLD, 0, 0, 0, 0)
ATTEMPT(try_thread, SYS_clone, CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0)
ATTEMPT(try_clone3, SYS_clone3, (long[11]){0}, 88)
ATTEMPT(try_ptrace, SYS_ptrace, PTRACE_TRACEME, 0, 0, 0)
ATTEMPT(try_read_other, SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0)
ATTEMPT(try_kill, SYS_kill, getppid(), 0)
ATTEMPT(try_map_executable, SYS_mmap, NULL, 4096, EXECUTABLE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
ATTEMPT(try_map_file, SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0)
ATTEMPT(try_prctl, SYS_prctl, 4, 1, 0, 0, 0)
ATTEMPT(try_more_time, SYS_prlimit64, 0, RLIMIT_CPU, (long[2]){1000, 1000}, NULL)
ATTEMPT(try_keys, SYS_add_key, "user", "x", "x", 1, -2)
ATTEMPT(try_ring, SYS_io_uring_setup, 1, (char[120]){0})
ATTEMPT(try_bpf, SYS_bpf, 0, (char[64]){0}, 64)
ATTEMPT(try_perf, SYS_perf_event_open, (char[128]){0}, 0, -1, -1, 0)
ATTEMPT(try_mount, SYS_mount, "x", "/mnt", "tmpfs", 0, NULL)
ATTEMPT(try_setuid, SYS_setuid, 0)
ATTEMPT(try_sleep, SYS_nanosleep, (long[2]){0, 1}, NULL)

static void try_make_executable(void) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  came_through(page == MAP_FAILED ? 0 : syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC));
}

static const struct {
  const char *name;
  Attempt *attempt;
} attempts[] = {
    {"open", try_open},
    {"openat", try_openat},
    {"openat2", try_openat2},
    {"create", try_create},
    {"stat", try_stat},
    {"readlink", try_readlink},
    {"unlink", try_unlink},
    {"rename", try_rename},
    {"mkdir", try_mkdir},
    {"memfd", try_memfd},
    {"dup", try_dup},
    {"fcntl", try_fcntl},
    {"ioctl", try_ioctl},
    {"socket", try_socket},
    {"unix socket", try_unix},
    {"socketpair", try_socketpair},
    {"send", try_send},
    {"execve", try_execve},
    {"execveat", try_execveat},
    {"fork", try_fork},
    {"clone", try_clone},
    {"thread", try_thread},
    {"clone3", try_clone3},
    {"ptrace", try_ptrace},
    {"read another process", try_read_other},
    {"kill", try_kill},
    {"map executable memory", try_map_executable},
    {"make memory executable", try_make_executable},
    {"map a file", try_map_file},
    {"prctl", try_prctl},
    {"more time", try_more_time},
    {"keys", try_keys},
    {"io_uring", try_ring},
    {"bpf", try_bpf},
    {"perf", try_perf},
    {"mount", try_mount},
    {"setuid", try_setuid},
    {"sleep", try_sleep},
};

static void test_attempts(void) {
  if (SANITIZED) {
    g_test_skip("the sanitizer's cage has no filter of calls");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++) {
    int status = in_cage(attempts[i].attempt);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
      g_test_fail_printf("%s: wait status %x", attempts[i].name, status);
  }
}

/* Landlock and the limits stand behind the filter; in a sanitizer's cage they stand alone. */
static void test_files_without_filter(void) {
  static const struct {
    const char *name;
    Attempt *attempt;
  } files[] = {{"open", try_openat}, {"create", try_create}, {"mkdir", try_mkdir}};
  if (!SANITIZED || syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 1) {
    g_test_skip("only in a sanitizer's cage, with Landlock");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    int status = in_cage(files[i].attempt);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != HELD)
      g_test_fail_printf("%s: wait status %x", files[i].name, status);
  }
}

static void work(void) {
  char byte[16];
  char *memory = malloc(8 << 20);
  if (memory == NULL || pread(STDIN_FILENO, byte, sizeof byte, 4) != sizeof byte)
    syscall(SYS_exit_group, 1);
  memset(memory, 1, 8 << 20);
  free(memory);
}

static void test_work(void) {
  int status = in_cage(work);
  g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void too_much_memory(void) {
  void *all = mmap(NULL, (gsize)256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  came_through(all == MAP_FAILED ? -1 : 0);
}

static void test_memory(void) {
  if (SANITIZED) {
    g_test_skip("a sanitizer's memory is not limited");
    return;
  }
  int status = in_cage(too_much_memory);
  g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == HELD);
}

static rlim_t limit_of(pid_t pid, int resource) {
  struct rlimit limit = {0};
  g_assert_cmpint(prlimit(pid, (enum __rlimit_resource)resource, NULL, &limit), ==, 0);
  g_assert_cmpuint(limit.rlim_cur, ==, limit.rlim_max);
  return limit.rlim_cur;
}

/* Looked at from outside, while the child waits in its cage. */
static void test_limits(void) {
  int ready[2], go[2];
  char byte;
  g_assert_true(pipe2(ready, O_CLOEXEC) == 0 && pipe2(go, O_CLOEXEC) == 0);
  pid_t pid = fork();
  if (pid == 0) {
    if (!sandbox_close(FILE_SIZE) || write(ready[1], "x", 1) != 1 || read(go[0], &byte, 1) != 1)
      _exit(1);
    syscall(SYS_exit_group, 0);
  }
  g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
  rlim_t seconds = (5 + FILE_SIZE / (4 << 20)) * (SANITIZED ? 10 : 1);
  g_assert_cmpuint(limit_of(pid, RLIMIT_CPU), ==, seconds);
  g_assert_cmpuint(limit_of(pid, RLIMIT_CORE), ==, 0);
  g_assert_cmpuint(limit_of(pid, RLIMIT_FSIZE), ==, 0);
  if (!SANITIZED) {
    g_assert_cmpuint(limit_of(pid, RLIMIT_AS), ==, 256 << 20);
    g_assert_cmpuint(limit_of(pid, RLIMIT_NOFILE), ==, 0);
    g_assert_cmpuint(limit_of(pid, RLIMIT_NPROC), ==, 0);
  }
  g_assert_cmpint(write(go[1], "x", 1), ==, 1);
  int status = 0;
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Processor time that ends: with a shorter limit than yifen-parse has, which would take seconds. */
static void test_time(void) {
  int ready[2];
  char byte;
  g_assert_cmpint(pipe2(ready, O_CLOEXEC), ==, 0);
  pid_t pid = fork();
  if (pid == 0) {
    if (!sandbox_close(FILE_SIZE) || write(ready[1], "x", 1) != 1)
      _exit(1);
    for (volatile guint64 i = 0;; i++)
      continue;
  }
  struct rlimit second = {1, 1};
  g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
  g_assert_cmpint(prlimit(pid, RLIMIT_CPU, &second, NULL), ==, 0);
  int status = 0;
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/sandbox/attempts", test_attempts);
  g_test_add_func("/sandbox/files_without_filter", test_files_without_filter);
  g_test_add_func("/sandbox/work", test_work);
  g_test_add_func("/sandbox/memory", test_memory);
  g_test_add_func("/sandbox/limits", test_limits);
  g_test_add_func("/sandbox/time", test_time);
  return g_test_run();
}
