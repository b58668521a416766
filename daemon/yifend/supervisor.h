/* Starts, watches and restarts one process per role, and speaks with systemd. */
#ifndef YIFEN_DAEMON_YIFEND_SUPERVISOR_H
#define YIFEN_DAEMON_YIFEND_SUPERVISOR_H

#include "daemon/conf.h"

/* Runs until SIGTERM or SIGINT, then drains the roles. SIGHUP reads the configuration again; a good one restarts the
 * roles one by one, a bad one is logged and changes nothing. Keeps STATE/run/roles.json:
 * {"ROLE":{"state","exit","pid"}}. */
gboolean supervisor_run(const Conf *conf, GError **error);

#endif
