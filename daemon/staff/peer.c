#include "daemon/staff/peer.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>

#include "rules/error.h"

/* Group numbers: the peer's first, then its supplementary ones. */
static GArray *peer_groups(int fd, gid_t first) {
  GArray *groups = g_array_new(FALSE, FALSE, sizeof(gid_t));
  socklen_t size = 0;
  g_array_append_val(groups, first);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0 || errno != ERANGE)
    return groups; /* none */
  g_array_set_size(groups, 1 + size / (guint)sizeof(gid_t));
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, &g_array_index(groups, gid_t, 1), &size) != 0)
    g_array_set_size(groups, 1);
  return groups;
}

/* A group that does not exist has no members. */
static gboolean group_number(const char *text, gid_t *number) {
  guint64 given;
  if (g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32 - 1, &given, NULL)) {
    *number = (gid_t)given;
    return TRUE;
  }
  const struct group *group = getgrnam(text);
  if (group != NULL)
    *number = group->gr_gid;
  return group != NULL;
}

static guint roles_of(const GArray *groups, const Conf *conf) {
  guint roles = 0;
  for (int role = 0; role < STAFF_ROLES; role++) {
    gid_t number;
    gboolean exists = group_number(conf->staff_groups[role], &number);
    for (guint i = 0; exists && i < groups->len; i++)
      if (g_array_index(groups, gid_t, i) == number)
        roles |= STAFF_ROLE_SET(role);
  }
  return roles;
}

char *staff_actor(gint64 uid) {
  const struct passwd *user = getpwuid((uid_t)uid);
  return user != NULL ? g_strconcat("staff:", user->pw_name, NULL) : g_strdup_printf("staff:%" G_GINT64_FORMAT, uid);
}

gboolean staff_peer(int fd, const Conf *conf, StaffPeer *peer, GError **error) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return error_set(error, ERROR_TEMPORARY, "peer", "detail", g_strerror(errno), NULL);
  g_autoptr(GArray) groups = peer_groups(fd, credentials.gid);
  *peer = (StaffPeer){
      .uid = credentials.uid, .roles = roles_of(groups, conf), .actor = staff_actor((gint64)credentials.uid)};
  return TRUE;
}

void staff_peer_clear(StaffPeer *peer) {
  g_clear_pointer(&peer->actor, g_free);
}
