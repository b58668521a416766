#include "rules/permit.h"

#include <string.h>

const char *const staff_role_words[STAFF_ROLES] = {"finance", "reviewer", "supervisor", "operator"};

#define Y PERMIT_YES
#define N PERMIT_NO
#define LOOKS FALSE
#define CHANGES TRUE
#define FILES TRUE

/* clang-format off */
const Permit permits[] = {
    /*                              finance, reviewer, supervisor, operator */
    {"audit verify",     NULL,         {N, N, Y, Y}, LOOKS},
    {"backup",           NULL,         {N, N, N, N}, CHANGES}, /* a copy of everybody's data goes to its owner alone */
    {"calendar import",  NULL,         {N, N, Y, Y}, CHANGES, FILES},
    {"case accept",      NULL,         {N, Y, Y, N}, CHANGES},
    {"case approve",     NULL,         {Y, N, Y, N}, CHANGES},
    {"case assign",      NULL,         {N, Y, Y, N}, CHANGES},
    {"case close",       NULL,         {N, Y, Y, N}, CHANGES},
    {"case consent",     NULL,         {N, Y, Y, N}, CHANGES},
    {"case list",        NULL,         {Y, Y, Y, N}, LOOKS},
    {"case note",        NULL,         {Y, Y, Y, N}, CHANGES},
    {"case refund",      NULL,         {Y, Y, Y, N}, CHANGES},
    {"case refuse",      NULL,         {Y, Y, Y, N}, CHANGES},
    {"case send-back",   NULL,         {N, Y, Y, N}, CHANGES},
    {"case settle",      NULL,         {N, Y, Y, N}, CHANGES},
    {"case show",        NULL,         {Y, Y, Y, N}, LOOKS},
    {"case undo",        NULL,         {N, N, Y, N}, CHANGES},
    {"config check",     NULL,         {N, N, N, Y}, LOOKS},
    {"doctor",           NULL,         {N, N, N, Y}, LOOKS},
    {"entries",          NULL,         {Y, Y, Y, N}, LOOKS},
    {"invoice issued",   NULL,         {Y, N, Y, N}, CHANGES},
    {"invoice list",     NULL,         {Y, Y, Y, N}, LOOKS},
    {"match explain",    NULL,         {Y, Y, Y, N}, LOOKS},
    {"match replay",     NULL,         {Y, Y, Y, N}, LOOKS, FILES},
    {"match rules",      NULL,         {Y, Y, Y, Y}, LOOKS},
    {"order account",    NULL,         {N, Y, Y, N}, CHANGES},
    {"order code",       NULL,         {N, Y, Y, N}, CHANGES},
    {"order import",     NULL,         {N, N, Y, Y}, CHANGES, FILES},
    {"order list",       NULL,         {Y, Y, Y, N}, LOOKS},
    {"order prove",      NULL,         {N, Y, Y, N}, CHANGES},
    {"order receipt",    NULL,         {Y, Y, Y, N}, CHANGES, FILES},
    {"order resend",     NULL,         {N, Y, Y, N}, CHANGES},
    {"order show",       NULL,         {Y, Y, Y, N}, LOOKS},
    {"order withdraw",   NULL,         {N, Y, Y, N}, CHANGES},
    {"pay hold",         NULL,         {Y, N, Y, Y}, CHANGES}, /* the brake: whoever sees that something is wrong */
    {"pay prove",        NULL,         {Y, N, Y, N}, CHANGES},
    {"pay release",      "--restored", {N, N, Y, N}, CHANGES},
    {"pay release",      NULL,         {Y, N, Y, N}, CHANGES},
    {"report",           "--mail",     {N, Y, Y, N}, CHANGES},
    {"report",           NULL,         {Y, Y, Y, N}, LOOKS},
    {"statement gaps",   NULL,         {Y, Y, Y, Y}, LOOKS},
    {"statement import", NULL,         {Y, N, Y, N}, CHANGES, FILES},
    {"statement list",   NULL,         {Y, Y, Y, Y}, LOOKS},
    {"statement supersede", NULL,      {Y, N, Y, N}, CHANGES},
    {"status",           NULL,         {Y, Y, Y, Y}, LOOKS},
    {"transfer resolve", NULL,         {Y, N, Y, N}, CHANGES},
    {"transfer show",    NULL,         {Y, Y, Y, N}, LOOKS},
    {"transfers",        NULL,         {Y, Y, Y, N}, LOOKS},
    {NULL},
};
/* clang-format on */

/* Anywhere, also where the command would take it for a value: so it meets the stricter row. */
static gboolean has_option(int argc, char *const *argv, const char *option) {
  for (int i = 1; i < argc; i++)
    if (g_str_equal(argv[i], option))
      return TRUE;
  return FALSE;
}

static gboolean names(const char *command, int argc, char *const *argv) {
  const char *blank = strchr(command, ' ');
  if (blank == NULL)
    return g_str_equal(command, argv[0]);
  gsize first = (gsize)(blank - command);
  return argc > 1 && strlen(argv[0]) == first && memcmp(command, argv[0], first) == 0 &&
         g_str_equal(blank + 1, argv[1]);
}

const Permit *permit_find(int argc, char *const *argv) {
  for (const Permit *permit = permits; argc > 0 && permit->command != NULL; permit++)
    if (names(permit->command, argc, argv) && (permit->option == NULL || has_option(argc, argv, permit->option)))
      return permit;
  return NULL;
}

gboolean permit_allows(const Permit *permit, guint roles) {
  for (int role = 0; permit != NULL && role < STAFF_ROLES; role++)
    if ((roles & STAFF_ROLE_SET(role)) != 0 && permit->cells[role] == PERMIT_YES)
      return TRUE;
  return FALSE;
}

char *permit_print(void) {
  GString *text = g_string_new("| |");
  for (int role = 0; role < STAFF_ROLES; role++)
    g_string_append_printf(text, " %s |", staff_role_words[role]);
  g_string_append(text, "\n|---|---|---|---|---|\n");
  for (const Permit *permit = permits; permit->command != NULL; permit++) {
    g_string_append_printf(text, "| %s%s%s |", permit->command, permit->option != NULL ? " " : "",
                           permit->option != NULL ? permit->option : "");
    for (int role = 0; role < STAFF_ROLES; role++)
      g_string_append_printf(text, " %s |", permit->cells[role] == PERMIT_YES ? "yes" : "-");
    g_string_append_c(text, '\n');
  }
  return g_string_free(text, FALSE);
}
