/* Delivery reports of Kannel (user guide 1.4.5, "Delivery reports"): the type is %d of the address that sendsms was
 * given; 1 delivered, 2 failed, 4 buffered, 8 accepted by the SMSC, 16 rejected by it. */
#include "daemon/http/hall.h"
#include "spool/sms.h"

void hall_get_sms_report(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  const OrderBy by = {.actor = "gateway", .now = request->now, .calendar = hall->calendar};
  gboolean arrived = g_strcmp0(request->type, "1") == 0;
  gboolean failed = g_strcmp0(request->type, "2") == 0 || g_strcmp0(request->type, "16") == 0;
  g_autofree char *why = failed ? g_strconcat("report ", request->type, NULL) : NULL;
  if ((arrived || failed) && !sms_report(hall->store, request->argument, arrived, why, &by, &error))
    reply_error(reply, error);
  else
    reply_json(reply, 200, json_pack("{s:b}", "ok", 1));
}
