/* Money whose fate is unknown, as people are told of it: since when, and what will end it. */
#ifndef YIFEN_DAEMON_FATE_H
#define YIFEN_DAEMON_FATE_H

#include <jansson.h>

#include "daemon/conf.h"
#include "parsers/profile.h"
#include "spool/absence.h"

typedef struct {
  AbsenceFacts facts;
  gboolean asked; /* the bank is asked about it, next at the transfer's due_at */
  Instant left;   /* when it may first have left */
  Instant alarm;  /* when people must hear of it */
} Fate;

/* profiles: Profile *, of the configuration. */
gboolean fate_load(Store *store, const Conf *conf, const Calendar *calendar, GPtrArray *profiles,
                   const Transfer *transfer, Fate *fate, GError **error);

/* {"by":"query","at"}? or {"by":"answer","until"}?, {"by":"statement","on","proven_to"?}? {"by":"person","suspects"?}:
 * an array, in the order in which they will come. A new reference. */
json_t *fate_ends(const Fate *fate, const Transfer *transfer);

/* The same in one sentence. The caller frees. */
char *fate_text(const Fate *fate, const Transfer *transfer);

/* "2026-11-22 14:05" in Shanghai; NULL for INSTANT_NONE. The caller frees. */
char *fate_minute(Instant instant);

#endif
