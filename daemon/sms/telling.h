/* What a handler reads: the text of one telling (spool/tell.h), in its language, from the built-in templates or those
 * of the configuration. */
#ifndef YIFEN_DAEMON_SMS_TELLING_H
#define YIFEN_DAEMON_SMS_TELLING_H

#include "daemon/conf.h"
#include "daemon/role.h"
#include "spool/order_change.h"
#include "spool/tell.h"

/* The template of a kind in the language that is on. */
const char *telling_template(const Conf *conf, TellKind kind);

/* The telling's facts as people read them, by name; free with g_hash_table_unref. In the language that is on. */
GHashTable *telling_facts(const Telling *telling, const Order *order);

/* Subject of the mail, and the text. The caller frees. */
char *telling_subject(const Telling *telling, GHashTable *facts);
char *telling_text(const Conf *conf, const Telling *telling, GHashTable *facts);

/* Is it still so? What has been mended meanwhile is told to nobody. */
gboolean telling_stands(Store *store, const Telling *telling, gboolean *stands, GError **error);

/* Job "tell": queues mail and short message of it, as far as they are configured and the handler has an address. One
 * transaction, the job's end in it. */
gboolean telling_job(RoleRun *run, const Job *job, GError **error);

#endif
