#include "parsers/biff.h"

#include <string.h>

#include "parsers/ieee.h"

enum { HEAD = 4, WIDE = 1 << 0, EXTENDED = 1 << 2, RICH = 1 << 3, TEXT_MAX = 32767 };

static guint16 u16(const guint8 *at) {
  return (guint16)(at[0] | at[1] << 8);
}

gboolean biff_record(const guint8 *stream, gsize size, gsize *offset, guint *kind, BiffCursor *cursor) {
  if (size < HEAD || *offset > size - HEAD)
    return FALSE;
  const guint8 *head = stream + *offset;
  gsize length = u16(head + 2);
  if (length > size - HEAD - *offset)
    return FALSE;
  *kind = u16(head);
  *cursor = (BiffCursor){head + HEAD, head + HEAD + length, stream + size, FALSE};
  *offset += HEAD + length;
  return TRUE;
}

/* Goes on in the CONTINUE record that follows, if one does. */
static gboolean go_on(BiffCursor *cursor) {
  const guint8 *head = cursor->end;
  if (cursor->stream_end - head < HEAD || u16(head) != BIFF_CONTINUE ||
      cursor->stream_end - head - HEAD < u16(head + 2)) {
    cursor->over = TRUE;
    return FALSE;
  }
  cursor->at = head + HEAD;
  cursor->end = cursor->at + u16(head + 2);
  return TRUE;
}

guint64 biff_number(BiffCursor *cursor, guint bytes) {
  guint64 value = 0;
  if (cursor->end - cursor->at < (gssize)bytes) {
    cursor->over = TRUE;
    return 0;
  }
  for (guint i = bytes; i-- > 0;)
    value = value << 8 | cursor->at[i];
  cursor->at += bytes;
  return value;
}

/* Passes over what follows a text, on over CONTINUE records. */
static void pass_over(BiffCursor *cursor, guint64 bytes) {
  while (bytes > 0 && !cursor->over) {
    guint64 here = MIN(bytes, (guint64)(cursor->end - cursor->at));
    cursor->at += here;
    bytes -= here;
    if (bytes > 0)
      go_on(cursor);
  }
}

/* Characters up to the end of the record: UTF-16, or its low bytes alone. */
static guint take_units(BiffCursor *cursor, gboolean wide, guint count, gunichar2 *units) {
  guint size = wide ? 2 : 1, here = MIN(count, (guint)(cursor->end - cursor->at) / size);
  for (guint i = 0; i < here; i++, cursor->at += size)
    if ((units[i] = wide ? u16(cursor->at) : cursor->at[0]) == 0)
      units[i] = ' ';
  return here;
}

static gboolean wide_text(BiffCursor *cursor, guint count, GString *out) {
  guint flags = (guint)biff_number(cursor, 1);
  guint64 after = (flags & RICH) ? 4 * biff_number(cursor, 2) : 0;
  after += (flags & EXTENDED) ? biff_number(cursor, 4) : 0;
  g_autofree gunichar2 *units = g_new0(gunichar2, count + 1);
  for (guint done = 0; done < count && !cursor->over;) {
    done += take_units(cursor, (flags & WIDE) != 0, count - done, units + done);
    cursor->over |= done < count && cursor->at != cursor->end; /* half a character */
    if (done < count && !cursor->over && go_on(cursor))
      flags = (guint)biff_number(cursor, 1);
  }
  pass_over(cursor, after);
  g_autofree char *text = cursor->over ? NULL : g_utf16_to_utf8(units, count, NULL, NULL, NULL);
  if (text != NULL)
    g_string_append(out, text);
  return text != NULL;
}

static gboolean page_text(BiffCursor *cursor, const BiffTexts *texts, guint count, GString *out) {
  if (cursor->end - cursor->at < (gssize)count)
    return FALSE;
  g_autoptr(Decoder) decoder = decoder_new(texts->encoding);
  gboolean good = decoder_feed(decoder, (const char *)cursor->at, count, out, NULL) && decoder_finish(decoder, NULL);
  cursor->at += count;
  return good;
}

gboolean biff_text(BiffCursor *cursor, const BiffTexts *texts, guint count_bytes, GString *out) {
  guint count = (guint)biff_number(cursor, count_bytes);
  if (cursor->over || count > TEXT_MAX)
    return FALSE;
  return texts->wide ? wide_text(cursor, count, out) : page_text(cursor, texts, count, out);
}

const char *biff_error(guint code) {
  static const struct {
    guint code;
    const char *text;
  } errors[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"},
                {0x1D, "#NAME?"}, {0x24, "#NUM!"},   {0x2A, "#N/A"}};
  for (gsize i = 0; i < G_N_ELEMENTS(errors); i++)
    if (errors[i].code == code)
      return errors[i].text;
  return "#?";
}

char *biff_rk(guint32 rk) {
  static const guint32 hundredths = 1, integer = 2;
  g_autofree char *text = NULL;
  if (rk & integer)
    text = g_strdup_printf("%dE0", (gint32)rk >> 2);
  else
    text = ieee_decimal((guint64)(rk & ~(hundredths | integer)) << 32);
  if (text == NULL || !(rk & hundredths))
    return g_steal_pointer(&text);
  char *exponent = strchr(text, 'E');
  int power = exponent == NULL ? 0 : (int)g_ascii_strtoll(exponent + 1, NULL, 10);
  return g_strdup_printf("%.*sE%d", (int)(exponent == NULL ? strlen(text) : (gsize)(exponent - text)), text, power - 2);
}
