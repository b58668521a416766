/* Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED, SO_PEERGROUPS: unix(7), socket(7)), and
 * which roles that gives by the configuration's groups. */
#ifndef YIFEN_DAEMON_STAFF_PEER_H
#define YIFEN_DAEMON_STAFF_PEER_H

#include "daemon/conf.h"

typedef struct {
  gint64 uid;  /* effective, when it connected; so are the groups */
  guint roles; /* STAFF_ROLE_SET */
  char *actor; /* "staff:NAME", "staff:UID" for a number without a name */
} StaffPeer;

/* Asks the system's user database, which may be slow. ERROR_TEMPORARY "peer". */
gboolean staff_peer(int fd, const Conf *conf, StaffPeer *peer, GError **error);
void staff_peer_clear(StaffPeer *peer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StaffPeer, staff_peer_clear)

/* The same of somebody who is not there, but whom a trusted caller names by the name of a user of this machine.
 * ERROR_REFUSED "person_unknown" (value: the name). */
gboolean staff_person(const char *name, const Conf *conf, StaffPeer *peer, GError **error);

/* May this person run this command line (rules/permit.h)? Else ERROR_REFUSED "staff_right" or "staff_nobody" (value:
 * the command). */
gboolean staff_right(const StaffPeer *peer, int argc, char *const *argv, GError **error);

/* "staff:NAME" of a user id. The caller frees. */
char *staff_actor(gint64 uid);

#endif
