/* Files: every file that came, each in one state (life_file). A row is made when the bytes lie durably under `path`.
 * The row says where our copy lies and what became of it; the folders follow the row, never the other way round. */
#ifndef YIFEN_SPOOL_FILES_H
#define YIFEN_SPOOL_FILES_H

#include "rules/day.h"
#include "rules/life.h"
#include "spool/store.h"

#define FILE_SHA256_SIZE 32

typedef struct {
  gint64 id;
  char *origin;  /* "inbox:USER", "inbox/ACCOUNT:USER", "channel:NAME", "person:NAME" */
  char *account; /* section, NULL when the origin names none */
  char *kind;    /* "statement", "status"; NULL while unknown */
  char *name;    /* as it came, for people only; never a path */
  char *path;    /* ours, relative to the state folder */
  gint64 size;
  guint8 sha256[FILE_SHA256_SIZE];
  /* What follows is read by file_load and file_list; file_receive makes the state claimed. */
  FileState state;
  char *reason, *facts;  /* why it was refused or is held: reason word and JSON object */
  gint64 entries, added; /* booked lines in it; those that were new */
  char *profile;         /* that read it */
  char *result;          /* its result file, relative to the state folder */
  Instant received_at, changed_at;
} FileRow;
void file_row_clear(FileRow *file);
void file_row_free(FileRow *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileRow, file_row_clear)

/* Within a transaction: a new row, claimed, with audit row "file.receive". Sets file->id. The caller adds the job. */
gboolean file_receive(Store *store, FileRow *file, const char *actor, Instant now, GError **error);

/* ERROR_REFUSED "unknown_file" when there is none. */
gboolean file_load(Store *store, gint64 id, FileRow *file, GError **error);

/* All of them, oldest first. */
GPtrArray *file_list(Store *store, GError **error);

/* Those whose fate is known while our copy does not lie where it belongs, or whose people have no answer yet; status
 * files are not among them. */
GPtrArray *file_unfinished(Store *store, GError **error);

/* Status files that pay has read or refused and whose copy is not put away yet. */
GPtrArray *file_answers_unfinished(Store *store, GError **error);

/* The oldest row of this origin, name and content; *id 0 when there is none. */
gboolean file_known(Store *store, const FileRow *file, gint64 *id, GError **error);

/* Another file of the same content, for the same account, that was taken; for a claimed file also one
 * that is held. *id 0 when there is none. */
gboolean file_twin(Store *store, const FileRow *file, gint64 *id, GError **error);

/* Does a row point at this path? For clearing away what a crash left without a row. */
gboolean file_claims_path(Store *store, const char *path, gboolean *claimed, GError **error);

/* Within a transaction: the file lies elsewhere now. */
gboolean file_moved(Store *store, gint64 id, const char *path, Instant now, GError **error);

/* Within a transaction: the people who brought it find their answer in `result`. */
gboolean file_answered(Store *store, gint64 id, const char *result, Instant now, GError **error);

/* Within a transaction: applies `event` and keeps why; who brought it is to be answered anew. reason: a reason word,
 * facts: JSON object; both NULL when it was taken and there is nothing to say. */
gboolean file_end(Store *store, gint64 id, FileEvent event, const char *reason, const char *facts, const char *actor,
                  Instant now, GError **error);

/* Within a transaction: what was in it, once it is read; what was added is counted piece by piece (entries.h). account:
 * the section it turned out to be of; NULL: unchanged. */
gboolean file_counted(Store *store, gint64 id, gint64 entries, const char *profile, const char *account,
                      GError **error);

/* An error's facts as a JSON object, and the error again; the caller frees both. file_error is NULL when there was
 * none. */
char *file_facts(const GError *error);
GError *file_error(const FileRow *file);

/* Moves our copy to FOLDER/NAME below the state folder; to FOLDER/RECEIVED-NAME when another file is there, since the
 * numbers of a restored store begin again. To be run again after a crash between it and file_moved. *path: where it is
 * now, relative, the caller frees; *gone: our copy is neither here nor there. */
gboolean file_put_away(Store *store, const FileRow *file, const char *folder, const char *name, char **path,
                       gboolean *gone, GError **error);

#endif
