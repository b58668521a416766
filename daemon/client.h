/* HTTP requests of ours, by libcurl: bounded, and to nobody but the configured host. Each has a connection of its own,
 * since libcurl repeats a request by itself on one that was used before; HTTP/1.1, no redirects, no proxy (nor those of
 * the environment), no .netrc, TLS 1.2 or later with certificate and name checked. */
#ifndef YIFEN_DAEMON_CLIENT_H
#define YIFEN_DAEMON_CLIENT_H

#include <curl/curl.h>
#include <glib.h>

typedef CURL Curl;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Curl, curl_easy_cleanup)

/* protocol: "https", or "http" to a server that needs no TLS. ca: path of the only CA that is believed; NULL: the
 * system's. Ends the program when libcurl does not work. */
Curl *client_new(const char *protocol, const char *ca, int connect_seconds, int whole_seconds);

#endif
