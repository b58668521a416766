/* Short messages on their way: job "sms" of notify. */
#ifndef YIFEN_DAEMON_SMS_SEND_H
#define YIFEN_DAEMON_SMS_SEND_H

#include "daemon/role.h"

/* One message: put off at night and beyond a number's limits; handed to the gateway under a durable mark; an outcome
 * that nobody knows is waited for, then it goes out once more. Ends the job. */
gboolean sms_job(RoleRun *run, const Job *job, GError **error);

/* When a message may leave: INSTANT_NONE now, else then. Pure; from and until are {hour, minute} in Shanghai, equal:
 * there is no night. */
Instant sms_quiet(Instant now, const int from[2], const int until[2]);

#endif
