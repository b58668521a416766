/* Within token*.c. */
#ifndef YIFEN_DAEMON_ISSUE_TOKEN_OWN_H
#define YIFEN_DAEMON_ISSUE_TOKEN_OWN_H

#include <p11-kit-1/p11-kit/pkcs11.h>

#include "daemon/issue/token.h"

struct Token {
  char *module;
  CK_FUNCTION_LIST *call;
  CK_SESSION_HANDLE session;
};

/* TRUE for CKR_OK; else the error of token.h, by what the code means. */
gboolean token_done(const char *module, CK_RV code, const char *what, GError **error);

/* Loads and starts the module, once a process; it stays until the process ends. */
CK_FUNCTION_LIST *token_load(const char *module, GError **error);

/* The only object of this class and name; CK_INVALID_HANDLE, TRUE when there is none. */
gboolean token_find(Token *token, CK_OBJECT_CLASS class, const char *name, CK_OBJECT_HANDLE *found, GError **error);

#endif
