/* A claimed statement file to stored lines: read twice, first to see whether it may be stored (plan.h), then to store
 * it in pieces. A crash between leaves the file claimed, and the same again adds only what is missing. */
#ifndef YIFEN_DAEMON_INTAKE_IMPORT_H
#define YIFEN_DAEMON_INTAKE_IMPORT_H

#include "daemon/intake/line.h"
#include "spool/files.h"

/* Brings a claimed file to taken, duplicate, rejected or held, in transactions of its own; a held one that a person
 * decided about (spool/held.h) to taken, duplicate or rejected. An error means that it is as it was and the same may be
 * tried again. */
gboolean import_file(const Intake *intake, const FileRow *file, Instant now, GError **error);

#endif
