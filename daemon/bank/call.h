/* One request to a bank's direct link, and its answer: over HTTPS, or over a socket to the bank's front-end machine.
 *
 * A request may move money, so it goes out at most once: `before` is called when the connection stands (TLS done, the
 * bank's certificate checked) and before the first byte of the request; what fails earlier surely reached nobody. HTTPS
 * by daemon/client.h, without `Expect`; the bank's CA only, our certificate where the bank wants one. All bounded:
 * LINK_ANSWER_MAX bytes, CALL_CONNECT_S, the channel's timeout. */
#ifndef YIFEN_DAEMON_BANK_CALL_H
#define YIFEN_DAEMON_BANK_CALL_H

#include "daemon/conf.h"
#include "parsers/link.h"

#define CALL_CONNECT_S 15

typedef struct {
  gboolean (*before)(void *user); /* FALSE: send nothing */
  void *user;
  gboolean began; /* a byte of the request may have left */
} Call;

/* The answer's bytes, as they came; NULL with ERROR_TEMPORARY "call" (file: the host, detail), or "call_status" (value)
 * for an HTTP status other than 200, or ERROR_PERMANENT "link_key" (the client certificate). */
GBytes *call_bank(const ConfChannel *channel, const Link *link, GBytes *request, Call *call, GError **error);

#endif
