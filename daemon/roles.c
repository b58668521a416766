/* The roles of yifend, in the order in which they start. */
#include "daemon/role.h"

const Role *const roles[] = {
    &role_fetch, &role_intake, &role_pay, &role_notify, &role_serve, &role_staff, NULL,
};

const Role *role_find(const char *name) {
  for (const Role *const *role = roles; *role != NULL; role++)
    if (g_str_equal((*role)->name, name))
      return *role;
  return NULL;
}
