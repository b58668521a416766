/* Records and texts of BIFF5 and BIFF8, the streams inside XLS workbooks (MS-XLS 2.1.4, 2.5.293 and 2.5.296). Hostile
 * bytes: a cursor that was asked for more than is there says so (`over`) and gives zeros. */
#ifndef YIFEN_PARSERS_BIFF_H
#define YIFEN_PARSERS_BIFF_H

#include <glib.h>

#include "parsers/encoding.h"

enum {
  BIFF_FORMULA = 0x06,
  BIFF_EOF = 0x0A,
  BIFF_1904 = 0x22,
  BIFF_PASSWORD = 0x2F,
  BIFF_CONTINUE = 0x3C,
  BIFF_CODEPAGE = 0x42,
  BIFF_SHEET = 0x85,
  BIFF_MULRK = 0xBD,
  BIFF_MULBLANK = 0xBE,
  BIFF_RICH_TEXT = 0xD6,
  BIFF_ROWS_END = 0xD7,
  BIFF_XF = 0xE0,
  BIFF_STRINGS = 0xFC,
  BIFF_SHARED_TEXT = 0xFD,
  BIFF_LINK = 0x1B8,
  BIFF_BLANK = 0x201,
  BIFF_NUMBER = 0x203,
  BIFF_TEXT = 0x204,
  BIFF_BOOLEAN = 0x205,
  BIFF_RESULT = 0x207,
  BIFF_ROW = 0x208,
  BIFF_ARRAY = 0x221,
  BIFF_TABLE = 0x236,
  BIFF_RK = 0x27E,
  BIFF_FORMAT = 0x41E,
  BIFF_SHARED_FORMULA = 0x4BC,
  BIFF_FORMAT5 = 0x1E,
  BIFF_BOF = 0x809
};

/* A place in the stream: within a record and the CONTINUE records after it. */
typedef struct {
  const guint8 *at, *end; /* of the record's own bytes, or of the CONTINUE that was reached */
  const guint8 *stream_end;
  gboolean over;
} BiffCursor;

/* The record at an offset: its kind, a cursor on its bytes, and the offset of the next one. FALSE at the end of the
 * stream, or where a record is cut. */
gboolean biff_record(const guint8 *stream, gsize size, gsize *offset, guint *kind, BiffCursor *cursor);

/* Little endian; within one record. */
guint64 biff_number(BiffCursor *cursor, guint bytes);

/* How texts are written: BIFF8 has Unicode, BIFF5 the bytes of a code page. */
typedef struct {
  gboolean wide; /* BIFF8 */
  Encoding encoding;
} BiffTexts;

/* A text of `count` characters, or whose count stands first in count_bytes; BIFF8 texts go on in CONTINUE records.
 * Appends to `out`, control characters as they are; FALSE when it is cut or not of its encoding. */
gboolean biff_text(BiffCursor *cursor, const BiffTexts *texts, guint count_bytes, GString *out);

/* The text of an error code (#N/A), "#?" for others. */
const char *biff_error(guint code);

/* An RK number (2.5.217) as decimal text, NULL when it is none; the caller frees. */
char *biff_rk(guint32 rk);

#endif
