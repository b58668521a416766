/* The command line's side of the staff socket. */
#ifndef YIFEN_DAEMON_STAFF_CALL_H
#define YIFEN_DAEMON_STAFF_CALL_H

#include "daemon/staff/request.h"

/* Sends the request to the socket, copies what comes to our standard output and error, and gives the exit code. files:
 * the descriptors, `request->file_count` of them. ERROR_TEMPORARY "staff_absent": nobody listens there; "staff_silent":
 * no answer came, so nobody knows whether it was done. ERROR_USAGE "staff_long": too many arguments. */
gboolean staff_call(const char *socket, const StaffRequest *request, const int *files, int *code, GError **error);

#endif
