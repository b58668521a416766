/* How requests to gateways are signed. Pure: clock and nonce are parameters. */
#ifndef YIFEN_DAEMON_SMS_SIGNATURE_H
#define YIFEN_DAEMON_SMS_SIGNATURE_H

#include <glib.h>

/* RFC 3986: everything but letters, digits and "-_.~" as %XX of its UTF-8. The caller frees. */
char *signature_encode(const char *text);

/* name=value&..., sorted by name, both encoded; pairs: name, value, ..., NULL. The caller frees. */
char *signature_query(const char *const *pairs);

/* Aliyun V3 (ACS3-HMAC-SHA256) of a POST to "/" with an empty body: the value of Authorization. query:
 * signature_query(); headers: name, value, ..., NULL in lower case, sorted, as they are sent. The caller frees. */
char *signature_acs3(const char *query, const char *const *headers, const char *key_id, const char *secret);

/* Tencent TC3-HMAC-SHA256 of a POST to "/" with headers content-type (JSON) and host: the value of Authorization.
 * at: seconds since 1970. The caller frees. */
char *signature_tc3(const char *host, const char *service, const char *body, gint64 at, const char *key_id,
                    const char *secret);

#endif
