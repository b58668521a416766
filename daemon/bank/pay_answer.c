/* Job "answer": a bank's status file (pain.002). It is read whole in the cage, counts only from the channel its message
 * went out on, and speaks only for transfers of that message; else the file is refused whole and changes nothing. */
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "daemon/bank/pay.h"
#include "daemon/bank/statuses.h"
#include "daemon/cage.h"
#include "daemon/log.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/files.h"

typedef struct {
  RoleRun *run;
  FileRow *file;
  const char *channel;
  char *source; /* "file:ID" */
  Learner by;
  GPtrArray *statuses; /* BankStatus */
} Answer;

static gboolean parse(Answer *answer, GError **error) {
  g_autofree char *path = g_build_filename(answer->run->conf->state, answer->file->path, NULL);
  const CageRequest request = {.profiles = NULL, .profile = NULL, .kind = CAGE_STATUS};
  const RecordSink sink = {.status = statuses_keep, .user = answer->statuses};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return error_set(error, ERROR_PERMANENT, "file_system", "file", answer->file->path, "detail", g_strerror(errno),
                     NULL);
  gboolean done = cage_parse(fd, &request, &sink, error);
  close(fd);
  return done;
}

static gboolean apply(Answer *answer, const Job *job, GError **error) {
  Store *store = answer->run->store;
  return store_begin(store, error) &&
         pay_statuses(answer->run, answer->channel, answer->source, answer->statuses, answer->by.now, error) &&
         file_end(store, answer->file->id, FILE_STORE, NULL, NULL, "pay", answer->by.now, error) &&
         job_done(store, job, error) && store_commit(store, error);
}

static char *facts_of(const GError *error) {
  static const char *const names[] = {"line", "column", "field", "value", "expected", "detail"};
  json_t *facts = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (error_fact(error, names[i]) != NULL) {
      g_autofree char *masked = mask_codes(error_fact(error, names[i]));
      json_object_set_new(facts, names[i], json_string(masked));
    }
  char *text = json_dumps(facts, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(facts);
  return text;
}

static gboolean refuse(Answer *answer, const Job *job, const GError *why, GError **error) {
  Store *store = answer->run->store;
  store_rollback(store);
  log_error(why, "status file refused", "FILE", job->subject, NULL);
  char *facts = facts_of(why);
  gboolean done =
      store_begin(store, error) &&
      file_end(store, answer->file->id, FILE_REFUSE, error_reason(why), facts, "pay", answer->by.now, error) &&
      job_done(store, job, error) && store_commit(store, error);
  free(facts);
  return done;
}

static gboolean answer_file(Answer *answer, const Job *job, GError **error) {
  g_autoptr(GError) why = NULL;
  if (parse(answer, &why) && apply(answer, job, &why))
    return TRUE;
  if (error_kind(why) == ERROR_REFUSED)
    return refuse(answer, job, why, error);
  g_propagate_error(error, g_steal_pointer(&why));
  return FALSE;
}

gboolean pay_answer(RoleRun *run, const Job *job, GError **error) {
  g_auto(FileRow) file = {0};
  Instant now = clock_now();
  if (!file_load(run->store, g_ascii_strtoll(job->subject, NULL, 10), &file, error))
    return FALSE;
  if (file.state != FILE_CLAIMED || !g_str_has_prefix(file.origin, "channel:"))
    return pay_job_done(run, job, error);
  Answer answer = {.run = run,
                   .file = &file,
                   .channel = file.origin + strlen("channel:"),
                   .source = g_strconcat("file:", job->subject, NULL),
                   .by = pay_learner(run, now),
                   .statuses = statuses_new()};
  gboolean done = answer_file(&answer, job, error);
  g_free(answer.source);
  g_ptr_array_unref(answer.statuses);
  return done;
}
