/* The stored history judged anew, to see what other rules would have made of it. Changes nothing. Money that a person
 * placed or decided about stays; an order that was accepted on automatic settlements alone counts as open again. */
#ifndef YIFEN_SPOOL_REPLAY_H
#define YIFEN_SPOOL_REPLAY_H

#include "rules/match.h"
#include "spool/entries.h"
#include "spool/store.h"

typedef struct {
  Disposition disposition;
  const char *reason; /* may be NULL */
  const char *rule;   /* NULL: not known */
  GPtrArray *orders;  /* EntryOrder, ordered by number */
} ReplayVerdict;

typedef struct {
  const Entry *line;
  ReplayVerdict was, now;
} ReplayDifference;

typedef struct {
  gint64 total, done, different; /* lines that matching judges */
} ReplayCount;

typedef struct {
  void (*different)(void *user, const ReplayDifference *difference);
  void (*progress)(void *user, const ReplayCount *count); /* after each group; may be NULL */
  void *user;
} ReplayShow;

/* By the store's passes (store_set_passes()), in one read transaction: lines in the order of their ids, each group as a
 * whole. Lines that wait for their first judgement are not compared. Two verdicts differ when disposition, reason or
 * orders and amounts do; a rule's name alone is no difference. */
gboolean replay_run(Store *store, const ReplayShow *show, ReplayCount *count, GError **error);

#endif
