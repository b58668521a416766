/* Within cakey*.c: how a CA key is made of its two kinds. */
#ifndef YIFEN_DAEMON_ISSUE_CAKEY_OWN_H
#define YIFEN_DAEMON_ISSUE_CAKEY_OWN_H

#include "daemon/issue/cakey.h"

typedef GBytes *CaSigner(void *user, SignAlgorithm algorithm, GBytes *bytes, GError **error);

struct CaKey {
  X509 *certificate;
  SignAlgorithm algorithm;
  CaSigner *sign;
  void *user;
  GDestroyNotify release; /* of user */
};

/* Takes user, also on failure. Reads the certificate, checks that it is a CA's, and that what the signer signs verifies
 * with it. */
CaKey *cakey_join(CaSigner *sign, void *user, GDestroyNotify release, const char *certificate, GError **error);

#endif
