/* Who may do what: a closed table of commands and staff roles, every cell filled. Asked by the daemon for callers of
 * its staff socket (daemon/staff); the owner of the instance needs no role, since the files are the owner's anyway.
 *
 * finance 财务 sees money come and go, brings statements, ends transfers, approves refunds; reviewer 审核员 decides
 * cases and orders; supervisor 主管 may do both, undoes, and releases; operator 运维 keeps it running and sees no
 * applicant. */
#ifndef YIFEN_RULES_PERMIT_H
#define YIFEN_RULES_PERMIT_H

#include <glib.h>

typedef enum { STAFF_FINANCE, STAFF_REVIEWER, STAFF_SUPERVISOR, STAFF_OPERATOR, STAFF_ROLES } StaffRole;
extern const char *const staff_role_words[STAFF_ROLES]; /* "finance" ... */

#define STAFF_ROLE_SET(role) (1u << (role)) /* people may have several roles: a set */

typedef enum { PERMIT_UNFILLED, PERMIT_NO, PERMIT_YES } PermitCell;

typedef struct {
  const char *command; /* the command and, where it has verbs, its verb: "case accept" */
  const char *option;  /* the command with this option ("--mail"), which fewer may use; NULL: without */
  PermitCell cells[STAFF_ROLES];
  gboolean changes; /* it changes something; else it only looks */
  gboolean files;   /* it reads files that its arguments name */
} Permit;

/* A row with an option stands before the row without. Ended by a row without a command. */
extern const Permit permits[];

/* The row of a command line without the program's name; NULL when there is none: nobody may. */
const Permit *permit_find(int argc, char *const *argv);

gboolean permit_allows(const Permit *permit, guint roles);

/* The whole table as Markdown, for docs/staff.md. The caller frees. */
char *permit_print(void);

#endif
