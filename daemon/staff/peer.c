#include "daemon/staff/peer.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>

#include "daemon/text.h"
#include "rules/error.h"
#include "rules/permit.h"

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

static GArray *person_groups(const struct passwd *user) {
  int count = 64;
  GArray *groups = g_array_new(FALSE, FALSE, sizeof(gid_t));
  for (int had = 0; had < count;) { /* the second time it knows how many there are */
    had = count;
    g_array_set_size(groups, (guint)count);
    if (getgrouplist(user->pw_name, user->pw_gid, &g_array_index(groups, gid_t, 0), &count) >= 0)
      break;
  }
  g_array_set_size(groups, (guint)MIN(count, (int)groups->len));
  return groups;
}

gboolean staff_person(const char *name, const Conf *conf, StaffPeer *peer, GError **error) {
  const struct passwd *user = getpwnam(name);
  if (user == NULL)
    return error_set(error, ERROR_REFUSED, "person_unknown", "value", name, NULL);
  g_autoptr(GArray) groups = person_groups(user);
  *peer = (StaffPeer){
      .uid = user->pw_uid, .roles = roles_of(groups, conf), .actor = g_strconcat("staff:", user->pw_name, NULL)};
  return TRUE;
}

/* "finance, supervisor" as people read it. */
static char *who_may(const Permit *permit) {
  GString *text = g_string_new(NULL);
  for (int role = 0; role < STAFF_ROLES; role++) {
    g_autofree char *word = g_strconcat("staff.", staff_role_words[role], NULL);
    if (permit_allows(permit, STAFF_ROLE_SET(role)))
      g_string_append_printf(text, "%s%s", text->len > 0 ? _("、") : "", text_word(word));
  }
  return g_string_free(text, FALSE);
}

gboolean staff_right(const StaffPeer *peer, int argc, char *const *argv, GError **error) {
  const Permit *permit = permit_find(argc, argv);
  const char *command = permit != NULL ? permit->command : argv[0];
  if (permit_allows(permit, peer->roles))
    return TRUE;
  g_autofree char *who = who_may(permit);
  return *who == '\0' ? error_set(error, ERROR_REFUSED, "staff_nobody", "value", command, NULL)
                      : error_set(error, ERROR_REFUSED, "staff_right", "value", command, "expected", who, NULL);
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
