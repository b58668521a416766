/* replay FILE [PROFILES PROFILE]: reads a statement the way intake does, yifen-parse in its cage at the other end of a
 * pipe, and counts. Prints entries, and CPU time (seconds) and peak memory (KiB) of both processes. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/cage.h"
#include "rules/error.h"

typedef struct {
  gint64 entries, credits, debits;
} Count;

static gboolean on_statement(void *user, const Statement *statement, GError **error) {
  (void)user, (void)statement, (void)error;
  return TRUE;
}

static gboolean on_entry(void *user, const Entry *entry, GError **error) {
  Count *count = user;
  (void)error;
  count->entries++;
  *(entry->direction == DIRECTION_CREDIT ? &count->credits : &count->debits) += entry->amount.minor;
  return TRUE;
}

static double seconds(const struct rusage *usage) {
  return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
         (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1e-6;
}

int main(int argc, char **argv) {
  struct rusage reader, child;
  Count count = {0};
  GError *error = NULL;
  int fd = argc == 2 || argc == 4 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return ERROR_USAGE;
  CageRequest request = {.profiles = argc == 4 ? argv[2] : NULL, .profile = argc == 4 ? argv[3] : NULL};
  RecordSink sink = {.statement = on_statement, .entry = on_entry, .statement_end = on_statement, .user = &count};
  if (!cage_parse(fd, &request, &sink, &error)) {
    fprintf(stderr, "%s\n", error->message);
    return ERROR_REFUSED;
  }
  getrusage(RUSAGE_SELF, &reader);
  getrusage(RUSAGE_CHILDREN, &child);
  printf(
      "{\"entries\":%" PRId64 ",\"credits\":%" PRId64 ",\"debits\":%" PRId64 ",\"reader_cpu\":%.3f,\"child_cpu\":%.3f,"
      "\"reader_kib\":%ld,\"child_kib\":%ld}\n",
      count.entries, count.credits, count.debits, seconds(&reader), seconds(&child), reader.ru_maxrss, child.ru_maxrss);
  return 0;
}
