/* What the configuration points to. */
#ifndef YIFEN_DAEMON_YIFEN_CONFIG_H
#define YIFEN_DAEMON_YIFEN_CONFIG_H

#include "daemon/conf.h"

/* Are the calendar, the files that it names and the profiles of its banks there and readable, and can its banks pay as
 * it says? ERROR_PERMANENT "config_file", "config_bank", "config_bank_pays", "calendar", and what a profile's reader
 * says. */
gboolean config_check(const Conf *conf, GError **error);

#endif
