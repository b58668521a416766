#include "parsers/zip.h"

#include <string.h>
#include <zlib.h>

#include "parsers/clean.h"
#include "parsers/encoding.h"
#include "rules/error.h"

enum {
  PIECE = 64 * 1024,
  END_SIZE = 22, /* of the end record, without its comment */
  COMMENT_MAX = 65535,
  END64_SIZE = 56,
  LOCATOR_SIZE = 20,
  CENTRAL_SIZE = 46,
  LOCAL_SIZE = 30,
  EXTRA_ZIP64 = 1,
  STORED = 0,
  DEFLATED = 8,
  /* general purpose flags: encrypted, strongly, with a hidden directory */
  ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
};

typedef struct {
  char *name;  /* UTF-8 */
  GBytes *raw; /* as it stands, to compare with the local header */
  guint flags, method;
  guint32 crc;
  guint64 packed, size, offset;
} Member;

struct Zip {
  const Source *source;
  GPtrArray *members;
  GHashTable *by_name; /* name -> Member, both of members */
  goffset directory;   /* where it begins: all data stand before */
};

/* A run of bytes being read; `short_` once something was asked for past its end. */
typedef struct {
  const guchar *at, *end;
  gboolean over;
} Cursor;

static guint64 number(Cursor *cursor, int bytes) {
  if (cursor->end - cursor->at < bytes) {
    cursor->over = TRUE;
    return 0;
  }
  guint64 value = 0;
  for (int i = bytes - 1; i >= 0; i--)
    value = value << 8 | cursor->at[i];
  cursor->at += bytes;
  return value;
}

static void skip(Cursor *cursor, gsize bytes) {
  if ((gsize)(cursor->end - cursor->at) < bytes)
    cursor->over = TRUE;
  else
    cursor->at += bytes;
}

static Cursor take_part(Cursor *cursor, gsize bytes) {
  Cursor part = {cursor->at, cursor->at, FALSE};
  skip(cursor, bytes);
  if (!cursor->over)
    part.end = cursor->at;
  return part;
}

static gboolean refuse(const char *reason, const char *name, GError **error) {
  if (error != NULL && *error != NULL)
    return FALSE; /* the source's own error says more */
  return error_set(error, ERROR_REFUSED, reason, "value", name, NULL);
}

static void member_free(void *data) {
  Member *member = data;
  g_free(member->name);
  g_clear_pointer(&member->raw, g_bytes_unref);
  g_free(member);
}

/* UTF-8, or what Chinese Windows writes without saying so. */
static char *decode_name(Cursor raw) {
  gsize size = (gsize)(raw.end - raw.at);
  GString *name = g_string_new(NULL);
  g_autoptr(Decoder) decoder =
      decoder_new(g_utf8_validate_len((const char *)raw.at, size, NULL) ? ENCODING_UTF8 : ENCODING_GB18030);
  gboolean good = decoder_feed(decoder, (const char *)raw.at, size, name, NULL) && decoder_finish(decoder, NULL);
  g_strdelimit(name->str, "\\", '/');
  return g_string_free(name, !good);
}

static gboolean name_inside(const char *name) {
  g_auto(GStrv) parts = g_strsplit(name, "/", -1);
  if (*name == '\0' || *name == '/' || strchr(name, ':') != NULL || clean_has_control(name, strlen(name)))
    return FALSE;
  return !g_strv_contains((const char *const *)parts, "..") && !g_strv_contains((const char *const *)parts, ".");
}

/* Sizes and offset that do not fit 32 bits stand here, in this order (APPNOTE 4.5.3). */
static void read_zip64(Member *member, Cursor extra) {
  while (extra.at < extra.end && !extra.over) {
    guint64 id = number(&extra, 2), size = number(&extra, 2);
    Cursor part = take_part(&extra, size);
    if (id != EXTRA_ZIP64)
      continue;
    guint64 *const wide[] = {&member->size, &member->packed, &member->offset};
    for (gsize i = 0; i < G_N_ELEMENTS(wide); i++)
      if (*wide[i] == G_MAXUINT32)
        *wide[i] = number(&part, 8);
  }
}

/* One header of the directory; NULL when the bytes are none. */
static Member *read_member(Cursor *cursor) {
  g_autofree Member *member = g_new0(Member, 1);
  if (number(cursor, 4) != 0x02014B50)
    return NULL;
  skip(cursor, 4); /* versions */
  member->flags = (guint)number(cursor, 2);
  member->method = (guint)number(cursor, 2);
  skip(cursor, 4); /* time */
  member->crc = (guint32)number(cursor, 4);
  member->packed = number(cursor, 4);
  member->size = number(cursor, 4);
  guint64 name_size = number(cursor, 2), extra_size = number(cursor, 2), comment_size = number(cursor, 2);
  skip(cursor, 8); /* disk and attributes */
  member->offset = number(cursor, 4);
  Cursor name = take_part(cursor, name_size), extra = take_part(cursor, extra_size);
  skip(cursor, comment_size);
  if (cursor->over)
    return NULL;
  read_zip64(member, extra);
  member->name = decode_name(name);
  member->raw = g_bytes_new(name.at, (gsize)(name.end - name.at));
  return g_steal_pointer(&member);
}

/* Takes over the member. Folders are passed over: what is in them says where it is. */
static gboolean keep(Zip *zip, Member *member, GError **error) {
  g_ptr_array_add(zip->members, member);
  if (member->name == NULL || !name_inside(member->name))
    return refuse("zip_name", member->name, error);
  if (g_str_has_suffix(member->name, "/")) {
    g_ptr_array_set_size(zip->members, (gint)zip->members->len - 1);
    return TRUE;
  }
  if ((member->flags & ENCRYPTED) != 0)
    return refuse("zip_encrypted", member->name, error);
  if (member->method != STORED && member->method != DEFLATED)
    return refuse("zip_method", member->name, error);
  return g_hash_table_insert(zip->by_name, member->name, member) || refuse("zip_name", member->name, error);
}

/* Two members that share bytes would let a small file claim to be huge: their sum fits before the directory. */
static gboolean check_sizes(const Zip *zip, GError **error) {
  guint64 size = 0, packed = 0;
  for (guint i = 0; i < zip->members->len; i++) {
    const Member *member = g_ptr_array_index(zip->members, i);
    if (member->size > ZIP_INFLATED_MAX || (size += member->size) > ZIP_INFLATED_MAX)
      return refuse("zip_too_large", member->name, error);
    if (member->packed > (guint64)zip->directory || (packed += member->packed) > (guint64)zip->directory ||
        member->offset > (guint64)zip->directory)
      return refuse("zip_damaged", member->name, error);
  }
  return TRUE;
}

static gboolean read_directory(Zip *zip, guint64 count, guint64 size, GError **error) {
  if (count > ZIP_ENTRIES_MAX || size > ZIP_DIRECTORY_MAX)
    return refuse("zip_too_large", NULL, error);
  g_autofree guchar *bytes = g_malloc(size + 1);
  if (!source_read(zip->source, zip->directory, bytes, size, error))
    return refuse("zip_damaged", NULL, error);
  Cursor cursor = {bytes, bytes + size, FALSE};
  for (guint64 i = 0; i < count; i++) {
    Member *member = read_member(&cursor);
    if (member == NULL)
      return refuse("zip_damaged", NULL, error);
    if (!keep(zip, member, error))
      return FALSE;
  }
  return cursor.at == cursor.end ? check_sizes(zip, error) : refuse("zip_damaged", NULL, error);
}

/* What stands at the end of the file: how many members, and their directory. */
typedef struct {
  goffset at; /* of the first end record */
  guint64 count, size, offset;
} End;

/* A Zip64 end record before the plain one outranks it. */
static gboolean read_end64(const Zip *zip, End *end) {
  guchar bytes[END64_SIZE];
  if (end->at < LOCATOR_SIZE || !source_read(zip->source, end->at - LOCATOR_SIZE, bytes, LOCATOR_SIZE, NULL))
    return TRUE;
  Cursor locator = {bytes, bytes + LOCATOR_SIZE, FALSE};
  if (number(&locator, 4) != 0x07064B50)
    return TRUE;
  skip(&locator, 4); /* disk */
  guint64 offset = number(&locator, 8);
  if (offset != (guint64)end->at - LOCATOR_SIZE - END64_SIZE ||
      !source_read(zip->source, (goffset)offset, bytes, END64_SIZE, NULL))
    return FALSE;
  Cursor cursor = {bytes, bytes + END64_SIZE, FALSE};
  if (number(&cursor, 4) != 0x06064B50)
    return FALSE;
  skip(&cursor, 20); /* size, versions, disks */
  guint64 here = number(&cursor, 8);
  *end = (End){(goffset)offset, number(&cursor, 8), 0, 0};
  end->size = number(&cursor, 8);
  end->offset = number(&cursor, 8);
  return here == end->count;
}

/* The end record whose comment ends with the file. Also refuses archives of several disks. */
static gboolean read_end(const Zip *zip, goffset size, End *end, GError **error) {
  gsize tail = (gsize)MIN(size, END_SIZE + COMMENT_MAX);
  g_autofree guchar *bytes = g_malloc(tail + 1);
  if (!source_read(zip->source, size - (goffset)tail, bytes, tail, error))
    return FALSE;
  for (const guchar *at = bytes + tail - MIN(tail, END_SIZE); at >= bytes; at--) {
    Cursor cursor = {at, bytes + tail, FALSE};
    if (number(&cursor, 4) != 0x06054B50)
      continue;
    guint64 disks = number(&cursor, 4), here = number(&cursor, 2);
    *end = (End){size - (goffset)tail + (at - bytes), number(&cursor, 2), 0, 0};
    end->size = number(&cursor, 4);
    end->offset = number(&cursor, 4);
    if (number(&cursor, 2) == (guint64)(cursor.end - cursor.at) && !cursor.over)
      return disks == 0 && here == end->count && read_end64(zip, end);
  }
  return FALSE;
}

static gboolean open_directory(Zip *zip, GError **error) {
  End end;
  goffset size = source_size(zip->source, error);
  if (size < 0)
    return FALSE;
  if (!read_end(zip, size, &end, error) || end.offset > (guint64)end.at || end.size != (guint64)end.at - end.offset)
    return refuse("zip_damaged", NULL, error);
  zip->directory = (goffset)end.offset;
  return read_directory(zip, end.count, end.size, error);
}

Zip *zip_open(const Source *source, GError **error) {
  g_autoptr(Zip) zip = g_new0(Zip, 1);
  zip->source = source;
  zip->members = g_ptr_array_new_with_free_func(member_free);
  zip->by_name = g_hash_table_new(g_str_hash, g_str_equal);
  GError *failure = NULL;
  if (open_directory(zip, &failure))
    return g_steal_pointer(&zip);
  g_propagate_error(error, failure);
  return NULL;
}

void zip_free(Zip *zip) {
  if (zip == NULL)
    return;
  g_hash_table_unref(zip->by_name);
  g_ptr_array_unref(zip->members);
  g_free(zip);
}

const char *zip_name(const Zip *zip, guint index) {
  return index < zip->members->len ? ((Member *)g_ptr_array_index(zip->members, index))->name : NULL;
}

gboolean zip_has(const Zip *zip, const char *name) {
  return g_hash_table_contains(zip->by_name, name);
}

/* One entry on its way out. */
typedef struct {
  Zip *zip;
  const Member *member;
  ZipTake *take;
  void *user;
  guint64 done; /* bytes handed over */
  uLong crc;
} Reading;

/* Where the data begin, when the local header agrees; -1 otherwise. */
static goffset data_offset(const Zip *zip, const Member *member) {
  guchar bytes[LOCAL_SIZE];
  gsize size;
  const void *raw = g_bytes_get_data(member->raw, &size);
  g_autofree char *name = g_malloc(size + 1);
  goffset offset = (goffset)member->offset;
  if (!source_read(zip->source, offset, bytes, LOCAL_SIZE, NULL) ||
      !source_read(zip->source, offset + LOCAL_SIZE, name, size, NULL) || memcmp(name, raw, size) != 0)
    return -1;
  Cursor cursor = {bytes, bytes + LOCAL_SIZE, FALSE};
  gboolean same = number(&cursor, 4) == 0x04034B50;
  skip(&cursor, 2); /* version */
  same &= number(&cursor, 2) == member->flags;
  same &= number(&cursor, 2) == member->method;
  skip(&cursor, 16); /* time, CRC and sizes: zero here when they follow the data */
  same &= number(&cursor, 2) == size;
  goffset data = offset + LOCAL_SIZE + (goffset)size + (goffset)number(&cursor, 2);
  return same && data + (goffset)member->packed <= zip->directory ? data : -1;
}

static gboolean hand_over(Reading *reading, const char *bytes, gsize size, GError **error) {
  reading->done += size;
  if (reading->done > reading->member->size)
    return refuse("zip_damaged", reading->member->name, error);
  reading->crc = crc32(reading->crc, (const Bytef *)bytes, (uInt)size);
  return size == 0 || reading->take(reading->user, bytes, size, error);
}

/* What one piece of packed bytes holds. */
static gboolean inflate_piece(Reading *reading, z_stream *stream, int *state, char *out, GError **error) {
  do {
    stream->next_out = (Bytef *)out;
    stream->avail_out = PIECE;
    *state = inflate(stream, Z_NO_FLUSH);
    if (*state != Z_OK && *state != Z_STREAM_END && *state != Z_BUF_ERROR)
      return refuse("zip_damaged", reading->member->name, error);
    if (!hand_over(reading, out, PIECE - stream->avail_out, error))
      return FALSE;
  } while (*state == Z_OK && (stream->avail_in > 0 || stream->avail_out == 0));
  return TRUE;
}

/* All packed bytes, in pieces, through `stream`, or as they are without one. */
static gboolean read_packed(Reading *reading, goffset from, z_stream *stream, GError **error) {
  g_autofree char *in = g_malloc(PIECE), *out = g_malloc(PIECE);
  int state = stream == NULL ? Z_STREAM_END : Z_OK;
  for (guint64 left = reading->member->packed; left > 0;) {
    gsize size = (gsize)MIN(left, PIECE);
    if (!source_read(reading->zip->source, from, in, size, error))
      return refuse("zip_damaged", reading->member->name, error);
    from += (goffset)size;
    left -= size;
    if (stream == NULL) {
      if (!hand_over(reading, in, size, error))
        return FALSE;
      continue;
    }
    stream->next_in = (Bytef *)in;
    stream->avail_in = (uInt)size;
    if (state == Z_STREAM_END || !inflate_piece(reading, stream, &state, out, error))
      return refuse("zip_damaged", reading->member->name, error);
  }
  gboolean whole = state == Z_STREAM_END && (stream == NULL || stream->avail_in == 0);
  return whole || refuse("zip_damaged", reading->member->name, error);
}

gboolean zip_read(Zip *zip, const char *name, ZipTake *take, void *user, GError **error) {
  const Member *member = g_hash_table_lookup(zip->by_name, name);
  if (member == NULL)
    return refuse("zip_missing", name, error);
  Reading reading = {zip, member, take, user, 0, crc32(0, NULL, 0)};
  z_stream stream = {0};
  GError *failure = NULL;
  goffset from = data_offset(zip, member);
  gboolean packed = member->method == DEFLATED;
  if (packed && inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    g_error("no memory to inflate");
  gboolean good = from >= 0 && read_packed(&reading, from, packed ? &stream : NULL, &failure) &&
                  reading.done == member->size && reading.crc == member->crc;
  if (packed)
    inflateEnd(&stream);
  if (!good)
    refuse("zip_damaged", member->name, &failure);
  if (failure != NULL)
    g_propagate_error(error, failure);
  return good;
}

static gboolean append(void *user, const char *bytes, gsize size, G_GNUC_UNUSED GError **error) {
  g_byte_array_append(user, (const guint8 *)bytes, (guint)size);
  return TRUE;
}

GBytes *zip_read_all(Zip *zip, const char *name, gsize limit, GError **error) {
  const Member *member = g_hash_table_lookup(zip->by_name, name);
  if (member != NULL && member->size > limit) {
    refuse("zip_too_large", name, error);
    return NULL;
  }
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  if (!zip_read(zip, name, append, bytes, error))
    return NULL;
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}
