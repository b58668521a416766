/* Entry.origin of MT940: one text for each way in which the places of an entry's fields meet. */
#ifndef YIFEN_PARSERS_MT940_ORIGIN_H
#define YIFEN_PARSERS_MT940_ORIGIN_H

#include "parsers/mt940_info.h"

typedef struct Mt940Origins Mt940Origins;
Mt940Origins *mt940_origins_new(void);
void mt940_origins_free(Mt940Origins *origins);

/* The origin of an entry: what :61: always says, and the places of these fields. Owned by `origins`. */
char *mt940_origin(Mt940Origins *origins, const Mt940Info *info);

#endif
