/* Compound files (MS-CFB): what XLS workbooks are, and XLSX workbooks under a password. Streams are read whole, over a
 * Source; what a chain may hold is bounded before it is followed, so that none can run in circles. */
#ifndef YIFEN_PARSERS_OLE_H
#define YIFEN_PARSERS_OLE_H

#include "parsers/source.h"

enum { OLE_ENTRIES_MAX = 4096, OLE_STREAM_MAX = 64 << 20, OLE_SECTORS_MAX = 1 << 20 };

typedef struct Ole Ole;

/* ERROR_REFUSED "ole_damaged", "ole_too_large". The source must outlive it. */
Ole *ole_open(const Source *source, GError **error);
void ole_free(Ole *ole);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ole, ole_free)

/* Is there a stream or storage of this name (ASCII), anywhere in it? */
gboolean ole_has(const Ole *ole, const char *name);

/* The first stream of that name; NULL with error. */
GBytes *ole_read(const Ole *ole, const char *name, GError **error);

#endif
