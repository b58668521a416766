/* The HTTP API of the online hall: what requests, answers and their functions are. One process, one thread: a request
 * is answered whole before the next is looked at. */
#ifndef YIFEN_DAEMON_HTTP_HALL_H
#define YIFEN_DAEMON_HTTP_HALL_H

#include <jansson.h>

#include "daemon/conf.h"
#include "daemon/http/limits.h"
#include "spool/keys.h"
#include "spool/orders.h"
#include "spool/store.h"
#include "spool/verification.h"

typedef struct {
  const Conf *conf;
  Store *store;
  const Calendar *calendar;
  SealKey code_key;
  char *token; /* bearer token of the TCP listener; NULL: there is none */
  Limits *limits;
  guint64 answered[6]; /* requests by hundreds of their status: [2] counts 200 to 299 */
} Hall;

typedef struct {
  const char *method, *path; /* the path without its query */
  char *argument;            /* what stood for "*" in the route; NULL when it has none */
  const char *after, *type;  /* of the query; NULL when absent */
  const char *body;
  gsize size;
  Instant now;
} Request;

/* The answer. A function sets it with one of the calls below. */
typedef struct {
  int status;
  const char *type; /* media type */
  char *body;
  char *allow;     /* methods, for 405 */
  int retry_after; /* seconds; 0: not sent */
} Reply;
void reply_clear(Reply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reply, reply_clear)

typedef void HallFunction(Hall *hall, const Request *request, Reply *reply);
HallFunction hall_post_order, hall_get_order, hall_post_code, hall_put_account, hall_post_verification,
    hall_post_receipt, hall_post_refund_request, hall_get_refunds, hall_post_refund_result, hall_get_cases,
    hall_post_decision, hall_get_events, hall_get_health, hall_get_metrics, hall_get_sms_report;

/* Bytes that the body of such a request may have. */
gsize hall_body_limit(const char *method, const char *path);

/* Does its address itself give the right to ask (the ticket of a short message)? */
gboolean hall_open(const char *method, const char *path);

/* Routes a request and always sets the reply. */
void hall_answer(Hall *hall, const Request *request, Reply *reply);

/* Steals the object. */
void reply_json(Reply *reply, int status, json_t *object);

/* Problem documents, RFC 9457: type, title, status, detail, and where known reason, field. */
void reply_error(Reply *reply, GError *error); /* frees the error; its reason chooses the status */
void reply_problem(Reply *reply, int status, const char *reason, const char *detail,
                   json_t *more); /* steals more; may be NULL */

#endif
