/* Invoices for the accountant: each day one workbook (XLSX) in results/invoices/ with those that were asked for since
 * the last. */
#ifndef YIFEN_DAEMON_INTAKE_INVOICE_H
#define YIFEN_DAEMON_INTAKE_INVOICE_H

#include "daemon/role.h"

/* Writes what is due. *next: the hour of the next file; INSTANT_NONE when the configuration names no [invoice]. */
gboolean invoice_write(RoleRun *run, Instant now, Instant *next, GError **error);

#endif
