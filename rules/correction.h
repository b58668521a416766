/* What an application that is sent back may name for correction: fields as the order's JSON names them, and "receipt".
 */
#ifndef YIFEN_RULES_CORRECTION_H
#define YIFEN_RULES_CORRECTION_H

#include <glib.h>

extern const char *const correction_fields[]; /* sorted, ends with NULL; people read `field.NAME` of daemon/words.h */

gboolean correction_known(const char *field);

#endif
