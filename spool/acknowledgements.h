/* File names by which banks said that they have a message, or refuse it: seen by fetch, believed by pay. */
#ifndef YIFEN_SPOOL_ACKNOWLEDGEMENTS_H
#define YIFEN_SPOOL_ACKNOWLEDGEMENTS_H

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  char *channel, *message_id, *name;
  gint64 batch_id;
  gboolean taken;    /* else refused */
  gboolean too_late; /* taken, and it was said to be refused before: both cannot be true */
} Acknowledgement;
void acknowledgement_clear(Acknowledgement *acknowledgement);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Acknowledgement, acknowledgement_clear)

/* The first time that this channel says so of one of its messages: a row, and a job "acknowledged" of pay, in a
 * transaction of its own. What it said before, and what it says of messages that it never got, is nothing. */
gboolean acknowledgement_note(Store *store, const char *channel, const char *message_id, gboolean taken,
                              const char *name, Instant now, gboolean *fresh, GError **error);

/* *found FALSE: there is none of this id. */
gboolean acknowledgement_load(Store *store, gint64 id, Acknowledgement *acknowledgement, gboolean *found,
                              GError **error);

#endif
