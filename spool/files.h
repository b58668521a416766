/* Files: every file that came, each in one state (life_file). A row is made when the bytes lie durably under `path`. */
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
  FileState state; /* read by file_load; file_receive makes it claimed */
} FileRow;
void file_row_clear(FileRow *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileRow, file_row_clear)

/* Within a transaction: a new row, claimed, with audit row "file.receive". Sets file->id. */
gboolean file_receive(Store *store, FileRow *file, const char *actor, Instant now, GError **error);

/* ERROR_REFUSED "unknown_file" when there is none. */
gboolean file_load(Store *store, gint64 id, FileRow *file, GError **error);

/* The oldest row of this origin, name and content; *id 0 when there is none. */
gboolean file_known(Store *store, const FileRow *file, gint64 *id, GError **error);

/* Within a transaction: the file lies elsewhere now. */
gboolean file_moved(Store *store, gint64 id, const char *path, Instant now, GError **error);

/* Within a transaction: applies `event` and keeps why. reason: a reason word, facts: JSON object; both NULL when it was
 * taken. */
gboolean file_end(Store *store, gint64 id, FileEvent event, const char *reason, const char *facts, const char *actor,
                  Instant now, GError **error);

#endif
