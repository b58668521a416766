/* One message of an MT940 or MT942 file, field by field: what its fields mean (mt940.h), apart from how lines carry
 * them. Only for mt940.c. */
#ifndef YIFEN_PARSERS_MT940_MESSAGE_H
#define YIFEN_PARSERS_MT940_MESSAGE_H

#include "parsers/record.h"

enum { MT940_FIELD_BYTES = 16 * 1024 /* of one field */, MT940_NATIONAL = 0 /* the number that stands for :NS: */ };

typedef struct Mt940Message Mt940Message;
Mt940Message *mt940_message_new(const RecordSink *sink);
void mt940_message_free(Mt940Message *message);

/* A whole field: its tag ("61", "62F"; "00" for :NS:), its lines joined by LF, the line it began in. :20: ends the
 * message before and begins one. */
gboolean mt940_message_field(Mt940Message *message, const char *tag, const GString *text, gint64 line, GError **error);

/* The message is over, if one is open. ended: its own end was seen; else the file has ended. */
gboolean mt940_message_over(Mt940Message *message, gboolean ended, GError **error);

/* An envelope says what the next message is. */
void mt940_message_expect(Mt940Message *message, gboolean interim);

gboolean mt940_message_is_open(const Mt940Message *message);
gboolean mt940_message_is_closed(const Mt940Message *message); /* open, and its closing balance was read */
gboolean mt940_message_found(const Mt940Message *message);     /* has there been any? */

/* Adds line and field (a tag, "" for none) to an error on its way up; FALSE. */
gboolean mt940_at_line(gint64 line, const char *tag, GError **error);

#endif
