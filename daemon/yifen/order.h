/* The parts of `yifen order`. */
#ifndef YIFEN_DAEMON_YIFEN_ORDER_H
#define YIFEN_DAEMON_YIFEN_ORDER_H

#include "daemon/yifen/command.h"
#include "spool/orders.h"
#include "spool/verification.h"

/* By the caller, now. */
OrderBy order_command_by(const CommandContext *context);
VerificationLimits order_command_limits(const CommandContext *context);

CommandFunction order_command_import; /* argv[0] is the file */
CommandFunction order_command_list, order_command_show;

/* Reads options "--name value" into the strings of a table ended by NULL, and at most `words` other arguments into
 * `word`. FALSE for an unknown option, a missing value, or another number of words. */
typedef struct {
  const char *name; /* "--reason" */
  const char **value;
} OrderOption;
gboolean order_command_options(int argc, char **argv, const OrderOption *options, const char **word, int words);

#endif
