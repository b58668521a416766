/* Zip archives (PKWARE APPNOTE 6.3.10, with Zip64 as Apache POI writes it), read over a Source: what XLSX and OFD
 * files are. Hostile bytes, so: the central directory is the only truth and local headers must agree with it; sizes and
 * CRC-32 of every entry that is read are checked (libgsf hands on damaged bytes without a word, hence zlib itself);
 * entries that are encrypted, compressed by other ways than Deflate, twice there, or named outside of the archive are
 * refused; numbers and sizes are bounded before anything is inflated.
 *
 * Calling sequence:
 *     g_autoptr(Zip) zip = zip_open(source, error);
 *     if (zip == NULL || !zip_read(zip, "xl/workbook.xml", take, user, error)) return FALSE;
 *
 * Errors are ERROR_REFUSED: "zip_damaged" (value: the entry, if one), "zip_encrypted", "zip_method", "zip_name",
 * "zip_too_large", "zip_missing" (value: the entry). */
#ifndef YIFEN_PARSERS_ZIP_H
#define YIFEN_PARSERS_ZIP_H

#include "parsers/source.h"

enum {
  ZIP_ENTRIES_MAX = 4096,
  ZIP_DIRECTORY_MAX = 1 << 20, /* bytes of the central directory */
  ZIP_INFLATED_MAX = 512 << 20 /* bytes of all entries together */
};

typedef struct Zip Zip;

/* Reads the directory. The source must outlive the zip. */
Zip *zip_open(const Source *source, GError **error);
void zip_free(Zip *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zip, zip_free)

/* Names of the files in it, in the archive's order, UTF-8 with '/' between folders; NULL past the last. */
const char *zip_name(const Zip *zip, guint index);

/* Is there a file of exactly this name? */
gboolean zip_has(const Zip *zip, const char *name);

/* Hands over the whole file in pieces of at most 64 KiB. FALSE of `take` ends it with its error. Pieces handed over
 * before an error mean nothing: only the end proves them. */
typedef gboolean ZipTake(void *user, const char *bytes, gsize size, GError **error);
gboolean zip_read(Zip *zip, const char *name, ZipTake *take, void *user, GError **error);

/* The whole file at once, proven; NULL with error, also "zip_too_large" over `limit` bytes. */
GBytes *zip_read_all(Zip *zip, const char *name, gsize limit, GError **error);

#endif
