/* The shell around what was signed, for certificates and CRLs alike:
 *     SEQUENCE { tbs ANY, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }    (RFC 5280 4.1, 5.1)
 * and the algorithm identifiers: sha256WithRSAEncryption with NULL (RFC 4055 5), ecdsa-with-SHA256 (RFC 5758 3.2) and
 * sm2-with-sm3 1.2.156.10197.1.501 (GM/T 0006) without parameters. */
#ifndef YIFEN_DAEMON_ISSUE_SIGNED_H
#define YIFEN_DAEMON_ISSUE_SIGNED_H

#include "daemon/issue/cakey.h"

/* Signs these recorded bytes, unchanged, and gives the whole in DER. It signs only what names this CA's algorithm and
 * its subject as issuer: certificate_tbs() and crl_tbs() give such bytes. ERROR_PERMANENT "ca_tbs" for others;
 * cakey_sign()'s errors. */
GBytes *signed_make(CaKey *ca, GBytes *tbs, GError **error);

/* Is the signature of such DER by this certificate's key? What is inside is not looked at further. */
gboolean signed_verify(const X509 *certificate, GBytes *signed_der);

/* The to-be-signed bytes inside, to compare them with those that were recorded; NULL when it is no such DER. */
GBytes *signed_tbs(GBytes *signed_der);

/* The shell of other signed bytes, whose place the caller has checked: BasicOCSPResponse has the same (RFC 6960
 * section 4.2.1). */
GBytes *signed_wrap(CaKey *ca, GBytes *tbs, GError **error);

/* Sets an algorithm identifier. */
gboolean signed_algorithm(SignAlgorithm algorithm, X509_ALGOR *identifier);

#endif
