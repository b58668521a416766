/* The answer to who dropped a file: results/SECTION/YYYYMMDD-HHMMSS-NAME.结果.csv, one row a line of the file and where
 * its fields stand and what became of it, or one plain sentence why it was refused. UTF-8 with BOM for spreadsheet
 * programs; no cell of it can be taken for a formula; no file is ever overwritten. */
#ifndef YIFEN_DAEMON_INTAKE_RESULT_H
#define YIFEN_DAEMON_INTAKE_RESULT_H

#include "daemon/intake/line.h"
#include "spool/files.h"

/* For a file that is no longer claimed. *path: relative to the state folder; the caller frees. Written once more it
 * gives the same name and bytes. */
gboolean result_write(const Intake *intake, const FileRow *file, char **path, GError **error);

/* For something in the drop folder that can never be taken: one sentence. */
gboolean result_odd(const Intake *intake, const char *section, const char *name, const GError *why, Instant since,
                    GError **error);

/* The one sentence about a file as a whole. The caller frees. */
char *result_sentence(Store *store, const FileRow *file);

/* A name that came from outside, fit to be part of a file's name: no path, no control characters, at most 80
 * characters. The caller frees. */
char *result_safe_name(const char *name);

/* Appends one cell of a CSV line, quoted; what a spreadsheet would take for a formula gets a ' in front. NULL is an
 * empty cell. */
void result_cell(GString *line, const char *text);

#endif
