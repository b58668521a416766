/* A transfer as the command line prints it. */
#ifndef YIFEN_DAEMON_YIFEN_TRANSFER_H
#define YIFEN_DAEMON_YIFEN_TRANSFER_H

#include <jansson.h>

#include "daemon/yifen/command.h"
#include "spool/transfers.h"

json_t *transfer_json(const Transfer *transfer);                           /* a new reference */
void transfer_set_instant(json_t *object, const char *key, Instant value); /* RFC 3339; nothing for INSTANT_NONE */
void transfer_print(CommandContext *context, json_t *object);              /* one line; takes the object */

const char *transfer_word(const Transfer *transfer);
/* "RJCT BE01", or nothing. The caller frees. */
char *transfer_answer(const Transfer *transfer);

#endif
