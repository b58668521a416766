#include "parsers/ole.h"

#include <string.h>

#include "rules/error.h"

enum { HEADER = 512, HEADER_FATS = 109, ENTRY = 128, MINI_SECTOR = 64, MINI_CUTOFF = 4096, NAME_UNITS = 32 };
enum { STREAM = 2, ROOT = 5 };
static const guint32 LAST = 0xFFFFFFFA; /* above: end of chain, free, and the like */

typedef struct {
  char name[NAME_UNITS + 1]; /* what is not ASCII is '?' */
  int kind;
  guint32 start;
  guint64 size;
} Entry;

struct Ole {
  const Source *source;
  guint sector;           /* bytes of a sector */
  GArray *fat, *mini_fat; /* guint32: the next sector */
  GArray *entries;        /* Entry */
  GBytes *mini;           /* the stream that holds the small ones */
};

static guint16 u16(const guint8 *at) {
  return (guint16)(at[0] | at[1] << 8);
}

static guint32 u32(const guint8 *at) {
  return (guint32)u16(at) | (guint32)u16(at + 2) << 16;
}

static gboolean refuse(const char *reason, GError **error) {
  if (error != NULL && *error != NULL)
    return FALSE; /* the source's own error says more */
  return error_set(error, ERROR_REFUSED, reason, NULL);
}

/* `size` bytes of a sector; the last one of a file may be short of the rest. */
static gboolean read_sector(const Ole *ole, guint32 sector, void *buffer, gsize size, GError **error) {
  goffset at = ((goffset)sector + 1) * ole->sector;
  return source_read(ole->source, at, buffer, size, error) || refuse("ole_damaged", error);
}

/* Appends the numbers that a sector holds. */
static gboolean read_numbers(const Ole *ole, guint32 sector, guint count, GArray *numbers, GError **error) {
  g_autofree guint8 *bytes = g_malloc(ole->sector);
  if (numbers->len > OLE_SECTORS_MAX)
    return refuse("ole_too_large", error);
  if (!read_sector(ole, sector, bytes, ole->sector, error))
    return FALSE;
  for (guint i = 0; i < count; i++) {
    guint32 number = u32(bytes + 4 * i);
    g_array_append_val(numbers, number);
  }
  return TRUE;
}

static guint32 next_of(const GArray *fat, guint32 sector) {
  return sector < fat->len ? g_array_index(fat, guint32, sector) : LAST;
}

/* Where the sectors of the FAT are: in the header, and in a chain of sectors whose last number is the next one. */
static gboolean read_fat(Ole *ole, const guint8 *header, GError **error) {
  g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint32));
  guint numbers = ole->sector / 4;
  guint32 wanted = u32(header + 44), more = u32(header + 68);
  for (guint i = 0; i < HEADER_FATS; i++) {
    guint32 place = u32(header + 76 + 4 * i);
    g_array_append_val(places, place);
  }
  while (places->len < wanted) {
    if (more >= LAST || !read_numbers(ole, more, numbers, places, error))
      return refuse("ole_damaged", error);
    more = g_array_index(places, guint32, places->len - 1);
    g_array_set_size(places, places->len - 1);
  }
  for (guint i = 0; i < wanted; i++)
    if (!read_numbers(ole, g_array_index(places, guint32, i), numbers, ole->fat, error))
      return FALSE;
  return TRUE;
}

/* A chain of sectors of known size, whole; size G_MAXUINT64: to its end. */
static GBytes *read_chain(const Ole *ole, guint32 start, guint64 size, GError **error) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  gboolean open_end = size == G_MAXUINT64;
  guint64 left = open_end ? (guint64)OLE_ENTRIES_MAX * ENTRY : size;
  if (!open_end && size > OLE_STREAM_MAX) {
    refuse("ole_too_large", error);
    return NULL;
  }
  for (guint32 sector = start; left > 0 && sector < LAST; sector = next_of(ole->fat, sector)) {
    guint part = (guint)MIN(left, ole->sector);
    g_byte_array_set_size(bytes, bytes->len + part);
    if (!read_sector(ole, sector, bytes->data + bytes->len - part, part, error))
      return NULL;
    left -= part;
  }
  if (left > 0 && !open_end) {
    refuse("ole_damaged", error);
    return NULL;
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

static GBytes *read_mini(const Ole *ole, guint32 start, guint64 size, GError **error) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  gsize mini_size = 0;
  const guint8 *mini = ole->mini == NULL ? NULL : g_bytes_get_data(ole->mini, &mini_size);
  for (guint32 sector = start; bytes->len < size; sector = next_of(ole->mini_fat, sector)) {
    guint part = (guint)MIN(size - bytes->len, MINI_SECTOR);
    if (sector >= LAST || (gsize)sector * MINI_SECTOR + part > mini_size) {
      refuse("ole_damaged", error);
      return NULL;
    }
    g_byte_array_append(bytes, mini + (gsize)sector * MINI_SECTOR, part);
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

static void read_entry(const guint8 *at, gboolean wide, Entry *entry) {
  guint units = u16(at + 64) / 2;
  *entry = (Entry){.kind = at[66], .start = u32(at + 116), .size = u32(at + 120)};
  if (wide)
    entry->size |= (guint64)u32(at + 124) << 32;
  for (guint i = 0; i + 1 < MIN(units, NAME_UNITS); i++)
    entry->name[i] = at[2 * i + 1] == 0 && at[2 * i] < 0x80 ? (char)at[2 * i] : '?';
}

static gboolean read_directory(Ole *ole, const guint8 *header, GError **error) {
  gsize size;
  g_autoptr(GBytes) bytes = read_chain(ole, u32(header + 48), G_MAXUINT64, error);
  if (bytes == NULL)
    return FALSE;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  for (gsize at = 0; at + ENTRY <= size; at += ENTRY) {
    Entry entry;
    read_entry(data + at, u16(header + 26) == 4, &entry);
    g_array_append_val(ole->entries, entry);
  }
  const Entry *root = size < ENTRY ? NULL : &g_array_index(ole->entries, Entry, 0);
  if (root == NULL || root->kind != ROOT)
    return refuse("ole_damaged", error);
  if (root->size > 0 && root->start < LAST)
    ole->mini = read_chain(ole, root->start, root->size, error);
  return root->size == 0 || root->start >= LAST || ole->mini != NULL;
}

static gboolean read_mini_fat(Ole *ole, const guint8 *header, GError **error) {
  guint32 count = u32(header + 64), sector = u32(header + 60);
  for (guint32 i = 0; i < count && sector < LAST; i++, sector = next_of(ole->fat, sector))
    if (!read_numbers(ole, sector, ole->sector / 4, ole->mini_fat, error))
      return FALSE;
  return TRUE;
}

static gboolean read_all(Ole *ole, GError **error) {
  guint8 header[HEADER];
  if (!source_read(ole->source, 0, header, HEADER, error))
    return refuse("ole_damaged", error);
  guint shift = u16(header + 30);
  if (u16(header + 28) != 0xFFFE || (shift != 9 && shift != 12) || u16(header + 32) != 6 ||
      u32(header + 56) != MINI_CUTOFF || u32(header + 44) > OLE_SECTORS_MAX / (1 << 7))
    return refuse("ole_damaged", error);
  ole->sector = 1u << shift;
  return read_fat(ole, header, error) && read_mini_fat(ole, header, error) && read_directory(ole, header, error);
}

Ole *ole_open(const Source *source, GError **error) {
  g_autoptr(Ole) ole = g_new0(Ole, 1);
  ole->source = source;
  ole->fat = g_array_new(FALSE, FALSE, sizeof(guint32));
  ole->mini_fat = g_array_new(FALSE, FALSE, sizeof(guint32));
  ole->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
  GError *failure = NULL;
  if (read_all(ole, &failure))
    return g_steal_pointer(&ole);
  g_propagate_error(error, failure);
  return NULL;
}

void ole_free(Ole *ole) {
  if (ole == NULL)
    return;
  g_array_unref(ole->fat);
  g_array_unref(ole->mini_fat);
  g_array_unref(ole->entries);
  g_clear_pointer(&ole->mini, g_bytes_unref);
  g_free(ole);
}

gboolean ole_has(const Ole *ole, const char *name) {
  for (guint i = 0; i < ole->entries->len; i++) {
    const Entry *entry = &g_array_index(ole->entries, Entry, i);
    if (entry->kind != 0 && g_ascii_strcasecmp(entry->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

GBytes *ole_read(const Ole *ole, const char *name, GError **error) {
  GError *failure = NULL;
  GBytes *bytes = NULL;
  const Entry *entry = NULL;
  for (guint i = 0; i < ole->entries->len && entry == NULL; i++) {
    const Entry *one = &g_array_index(ole->entries, Entry, i);
    if (one->kind == STREAM && g_ascii_strcasecmp(one->name, name) == 0)
      entry = one;
  }
  if (entry == NULL)
    refuse("ole_damaged", &failure);
  else if (entry->size < MINI_CUTOFF)
    bytes = read_mini(ole, entry->start, entry->size, &failure);
  else
    bytes = read_chain(ole, entry->start, entry->size, &failure);
  if (failure != NULL)
    g_propagate_error(error, failure);
  return bytes;
}
