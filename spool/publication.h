/* The publication folder: DIR/SERIAL.cer, one certificate in DER each (RFC 2585), readable for everybody, for a web
 * server or a directory's loader to take. A file is there whole or not at all and never changes. */
#ifndef YIFEN_SPOOL_PUBLICATION_H
#define YIFEN_SPOOL_PUBLICATION_H

#include <glib.h>

/* Publishes a certificate, for which publication_allowed (rules/publication.h) has said yes. serial: hexadecimal
 * digits. May be run again, as recovery does. ERROR_PERMANENT "publication_differs" (file): another certificate lies
 * under this serial number. */
gboolean publication_put(const char *dir, const char *serial, const void *der, gsize size, GError **error);

#endif
