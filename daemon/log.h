/* The journal of the programs, in English: structured fields, one event an entry. Under systemd it is the journal
 * itself, else JSON lines on stderr. Control and bidirectional characters are replaced, long values are cut, an event
 * stays below 4 KiB. Never log codes, PINs, keys, full ID numbers. */
#ifndef YIFEN_DAEMON_LOG_H
#define YIFEN_DAEMON_LOG_H

#include <glib.h>
#include <syslog.h>

/* Who speaks: "yifend" or a role's name; a string that stays. */
void log_init(const char *who);

/* priority: LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO. The fields are pairs of NAME and value ended by NULL, names in
 * capitals (ORDER, TRANSFER, FILE, JOB, CHANNEL, ...); a pair whose value is NULL is left out. */
void log_event(int priority, const char *message, ...) G_GNUC_NULL_TERMINATED;

/* The same with the error's reason word and facts as REASON and ERROR. Refused is a notice, temporary a warning, the
 * others are errors. */
void log_error(const GError *error, const char *message, ...) G_GNUC_NULL_TERMINATED;

#endif
