#include "parsers/encoding.h"

#include <errno.h>
#include <string.h>

#include "parsers/gb18030.h"
#include "parsers/utf8.h"
#include "rules/error.h"

static const char *const names[ENCODING_COUNT] = {"UTF-8", "GB18030", "UTF-16LE", "UTF-16BE", "ISO-8859-1"};

static const struct {
  const char *label;
  Encoding encoding;
} labels[] = {
    {"UTF-8", ENCODING_UTF8},       {"UTF8", ENCODING_UTF8},        {"US-ASCII", ENCODING_UTF8},
    {"ASCII", ENCODING_UTF8},       {"GB18030", ENCODING_GB18030},  {"GBK", ENCODING_GB18030},
    {"GB2312", ENCODING_GB18030},   {"CP936", ENCODING_GB18030},    {"UTF-16", ENCODING_UTF16LE},
    {"UTF-16LE", ENCODING_UTF16LE}, {"UTF-16BE", ENCODING_UTF16BE}, {"ISO-8859-1", ENCODING_LATIN1},
    {"LATIN1", ENCODING_LATIN1},
};

enum { CARRY = 8 }; /* longer than any character */

/* A cage has no files to load a converter from, and glibc unloads what is closed: so one of each stays open. */
static GIConv spare[ENCODING_COUNT];

struct Decoder {
  Encoding encoding;
  GIConv iconv; /* not used for UTF-8 */
  gboolean cut_fields;
  char carry[CARRY]; /* the start of a character whose end is in the next piece */
  gsize carried;
  gint64 line, column; /* of the next byte */
};

void encodings_prepare(void) {
  for (int i = 0; i < ENCODING_COUNT; i++)
    decoder_free(decoder_new((Encoding)i));
}

gboolean encoding_by_name(const char *name, Encoding *encoding) {
  for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
    if (g_ascii_strcasecmp(name, labels[i].label) == 0) {
      *encoding = labels[i].encoding;
      return TRUE;
    }
  return FALSE;
}

gboolean encoding_by_mark(const char *bytes, gsize size, Encoding *encoding, gsize *mark) {
  static const struct {
    const char *mark;
    gsize size;
    Encoding encoding;
  } marks[] = {{"\xEF\xBB\xBF", 3, ENCODING_UTF8},
               {"\xFF\xFE", 2, ENCODING_UTF16LE},
               {"\xFE\xFF", 2, ENCODING_UTF16BE},
               {"\x84\x31\x95\x33", 4, ENCODING_GB18030}};
  for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
    if (size >= marks[i].size && memcmp(bytes, marks[i].mark, marks[i].size) == 0) {
      *encoding = marks[i].encoding;
      *mark = marks[i].size;
      return TRUE;
    }
  return FALSE;
}

Decoder *decoder_new(Encoding encoding) {
  Decoder *decoder = g_new0(Decoder, 1);
  decoder->encoding = encoding;
  decoder->line = decoder->column = 1;
  if (encoding != ENCODING_UTF8) {
    decoder->iconv =
        spare[encoding] != NULL ? g_steal_pointer(&spare[encoding]) : g_iconv_open("UTF-8", names[encoding]);
    g_assert(decoder->iconv != (GIConv)-1); /* the C library always has these */
  }
  return decoder;
}

void decoder_free(Decoder *decoder) {
  if (decoder == NULL)
    return;
  if (decoder->encoding != ENCODING_UTF8 && spare[decoder->encoding] == NULL) {
    g_iconv(decoder->iconv, NULL, NULL, NULL, NULL);
    spare[decoder->encoding] = decoder->iconv;
  } else if (decoder->encoding != ENCODING_UTF8)
    g_iconv_close(decoder->iconv);
  g_free(decoder);
}

void decoder_cut_fields(Decoder *decoder, gboolean cut_fields) {
  decoder->cut_fields = cut_fields;
}

/* Moves the place on over what was decoded: UTF-8, whole characters. */
static void advance(Decoder *decoder, const char *text, gsize size) {
  const char *feed = memrchr(text, '\n', size), *last = feed == NULL ? text : feed + 1;
  if (feed != NULL) {
    decoder->line += (gint64)utf8_lines(text, size);
    decoder->column = 1;
  }
  decoder->column += g_utf8_strlen(last, text + size - last);
}

static gboolean refuse(const Decoder *decoder, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, decoder->line);
  g_autofree char *column = g_strdup_printf("%" G_GINT64_FORMAT, decoder->column);
  return error_set(error, ERROR_REFUSED, "encoding", "value", names[decoder->encoding], "line", line, "column", column,
                   NULL);
}

/* Length of a broken GB18030 character that a field's end cuts off; 0 when that is not what stands here. */
static gsize cut_length(const guchar *at, gsize size) {
  for (gsize n = 1; n <= 3 && n < size; n++) {
    gboolean lead = at[n - 1] >= 0x81 && at[n - 1] <= 0xFE, digit = at[n - 1] >= '0' && at[n - 1] <= '9';
    if (n == 2 ? !digit : !lead)
      return 0;
    if (strchr(",\"\t\r\n", at[n]) != NULL && at[n] != 0)
      return n;
  }
  return 0;
}

/* Can what follows valid UTF-8 not be the beginning of a character? */
static gboolean is_broken(const char *rest, gsize size) {
  return size >= 4 || (size > 0 && g_utf8_get_char_validated(rest, (gssize)size) != (gunichar)-2);
}

/* Validates UTF-8; what is decoded is what is valid. */
static gsize take_utf8(const char *bytes, gsize size, GString *out, gboolean *broken) {
  gsize done = utf8_valid(bytes, size);
  g_string_append_len(out, bytes, (gssize)done);
  *broken = is_broken(bytes + done, size - done);
  return done;
}

static gsize take_iconv(Decoder *decoder, const char *bytes, gsize size, GString *out, gboolean *broken) {
  gsize before = out->len, room = size * 3 + 16, left = size, space = room;
  g_string_set_size(out, before + room);
  char *from = (char *)(guintptr)bytes, *to = out->str + before;
  gsize result = g_iconv(decoder->iconv, &from, &left, &to, &space);
  *broken = result == (gsize)-1 && errno != EINVAL;
  g_string_set_size(out, before + room - space);
  return size - left;
}

static gsize take_gb18030(Decoder *decoder, const char *bytes, gsize size, GString *out, gboolean *broken) {
  gsize before = out->len, written;
  g_string_set_size(out, before + GB18030_ROOM(size));
  gsize used = gb18030_decode(decoder->iconv, bytes, size, out->str + before, &written, broken);
  g_string_set_size(out, before + written);
  return used;
}

/* Decodes a run; gives how many bytes were used, all but half a character. */
static gboolean take(Decoder *decoder, const char *bytes, gsize size, GString *out, gsize *used, GError **error) {
  *used = 0;
  while (*used < size) {
    gboolean broken = FALSE;
    const char *at = bytes + *used;
    gsize left = size - *used, before = out->len;
    gsize done = decoder->encoding == ENCODING_UTF8      ? take_utf8(at, left, out, &broken)
                 : decoder->encoding == ENCODING_GB18030 ? take_gb18030(decoder, at, left, out, &broken)
                                                         : take_iconv(decoder, at, left, out, &broken);
    const char *text = out->str + before; /* valid UTF-8 holds no NUL */
    const char *zero = decoder->encoding == ENCODING_UTF8 ? NULL : memchr(text, 0, out->len - before);
    advance(decoder, text, zero == NULL ? out->len - before : (gsize)(zero - text));
    if (zero != NULL)
      return refuse(decoder, error);
    *used += done;
    if (!broken)
      return TRUE;
    gsize cut = decoder->encoding == ENCODING_GB18030 && decoder->cut_fields
                    ? cut_length((const guchar *)at + done, left - done)
                    : 0;
    if (cut == 0)
      return refuse(decoder, error);
    decoder->column++;
    *used += cut;
  }
  return TRUE;
}

/* Completes a carried character from the new piece, byte by byte. */
static gboolean take_carried(Decoder *decoder, const char **bytes, gsize *size, GString *out, GError **error) {
  while (decoder->carried > 0 && *size > 0) {
    if (decoder->carried == CARRY)
      return refuse(decoder, error);
    decoder->carry[decoder->carried++] = **bytes;
    (*bytes)++, (*size)--;
    gsize used;
    if (!take(decoder, decoder->carry, decoder->carried, out, &used, error))
      return FALSE;
    decoder->carried -= used;
    memmove(decoder->carry, decoder->carry + used, decoder->carried);
  }
  return TRUE;
}

/* Half a character at the end waits for the next piece. */
static gboolean carry_on(Decoder *decoder, const char *rest, gsize size, GError **error) {
  if (size > CARRY)
    return refuse(decoder, error);
  memcpy(decoder->carry + decoder->carried, rest, size);
  decoder->carried += size;
  return TRUE;
}

gboolean decoder_feed(Decoder *decoder, const char *bytes, gsize size, GString *out, GError **error) {
  gsize used = 0;
  return take_carried(decoder, &bytes, &size, out, error) &&
         (size == 0 || take(decoder, bytes, size, out, &used, error)) &&
         carry_on(decoder, bytes + used, size - used, error);
}

gboolean decoder_view(Decoder *decoder, const char *bytes, gsize size, GString *room, const char **text, gsize *length,
                      GError **error) {
  *text = bytes;
  if (decoder->encoding == ENCODING_UTF8 && decoder->carried == 0) {
    *length = utf8_valid(bytes, size);
    advance(decoder, bytes, *length);
    return !is_broken(bytes + *length, size - *length) ? carry_on(decoder, bytes + *length, size - *length, error)
                                                       : refuse(decoder, error);
  }
  g_string_truncate(room, 0);
  gboolean good = decoder_feed(decoder, bytes, size, room, error);
  *text = room->str;
  *length = room->len;
  return good;
}

gint64 decoder_line(const Decoder *decoder) {
  return decoder->line;
}

gboolean decoder_finish(Decoder *decoder, GError **error) {
  return decoder->carried == 0 || refuse(decoder, error);
}

void encoding_runs_add(EncodingRuns *runs, const char *bytes, gsize size) {
  for (gsize i = 0; i < size; i++)
    if ((guchar)bytes[i] >= 0x80)
      runs->open++;
    else if (runs->open > 0) {
      *(runs->open >= 4 ? &runs->longer : &runs->shorter) += 1;
      runs->open = 0;
    }
}

gboolean encoding_runs_chinese(const EncodingRuns *runs) {
  return runs->longer + (runs->open >= 4) > runs->shorter;
}

GBytes *encoding_encode(const char *text, const char *encoding, GError **error) {
  gsize size;
  char *bytes = g_convert(text, -1, encoding, "UTF-8", NULL, &size, NULL);
  if (bytes == NULL) {
    error_set(error, ERROR_REFUSED, "encoding", "expected", encoding, NULL);
    return NULL;
  }
  return g_bytes_new_take(bytes, size);
}

gssize encoding_bytes(const char *text, const char *encoding) {
  g_autoptr(GBytes) bytes = encoding_encode(text, encoding, NULL);
  return bytes == NULL ? -1 : (gssize)g_bytes_get_size(bytes);
}
