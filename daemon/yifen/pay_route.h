/* yifen pay status|prove: which routes may pay, and why others are held. */
#ifndef YIFEN_DAEMON_YIFEN_PAY_ROUTE_H
#define YIFEN_DAEMON_YIFEN_PAY_ROUTE_H

#include "daemon/yifen/command.h"
#include "spool/tally.h"

int pay_status(CommandContext *context);

/* Another fen for an account whose last one failed; role pay plans it. Refused while the fate of the last one is open.
 */
int pay_prove_account(CommandContext *context, const char *account);

/* For `yifen status`: a TallyRow of kind "route" for each state; and a sentence for each that is held. */
gboolean pay_route_tally(CommandContext *context, GPtrArray *rows, GError **error);
gboolean pay_route_print_held(CommandContext *context, GError **error);

#endif
