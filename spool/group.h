/* The group of lines and orders that hang together in the store (rules/match.h says when they do), loaded. */
#ifndef YIFEN_SPOOL_GROUP_H
#define YIFEN_SPOOL_GROUP_H

#include "rules/match.h"
#include "spool/entries.h"
#include "spool/store.h"

typedef struct {
  Order order;
  MatchOrderState state;
  int payment, proof; /* PaymentState, ProofState */
} GroupOrder;

typedef struct {
  gint64 id;
  gsize entry, order; /* indices within the group */
  gint64 amount;
  gboolean proves;
  gboolean by_person;
  gboolean fixed; /* a person's, or of an accepted order */
} GroupAllocation;

typedef struct {
  Store *store;
  GPtrArray *entries;     /* EntryRow */
  GPtrArray *orders;      /* GroupOrder */
  GArray *allocations;    /* GroupAllocation */
  GHashTable *entry_seen; /* id -> index + 1 */
  GHashTable *order_seen;
  GHashTable *asked; /* what was looked for: thousands of lines share a payer */
} Group;

Group *group_new(Store *store);
void group_free(Group *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Group, group_free)

/* Members to start from. */
gboolean group_add_entry(Group *group, gint64 id, GError **error);
gboolean group_add_order(Group *group, gint64 purchase_id, GError **error);

/* Adds everything that hangs together with the members, then their allocations. */
gboolean group_close(Group *group, GError **error);

/* What match_decide takes; borrows from the group. */
typedef struct {
  MatchGroup match;
  GArray *entries, *orders, *fixed;
} GroupInput;
void group_input(const Group *group, GroupInput *input);
void group_input_clear(GroupInput *input);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GroupInput, group_input_clear)

#endif
