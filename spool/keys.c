#include "spool/keys.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/durable.h"

#define HEX_SIZE (2 * SEAL_KEY_SIZE)

static char *keys_dir(const char *dir) {
  return g_build_filename(dir, "keys", NULL);
}

static gboolean refuse(GError **error, const char *reason, const char *path, const char *value, const char *expected) {
  return error_set(error, ERROR_PERMANENT, reason, "file", path, "value", value, "expected", expected, NULL);
}

static gboolean check_mode(int fd, const char *path, GError **error) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
    return refuse(error, "key_shape", path, NULL, NULL);
  if ((st.st_mode & 077) == 0)
    return TRUE;
  g_autofree char *mode = g_strdup_printf("%04o", (unsigned)(st.st_mode & 07777));
  return refuse(error, "key_open", path, mode, "0600");
}

static gboolean decode(const char text[HEX_SIZE], guint8 bytes[SEAL_KEY_SIZE]) {
  for (int i = 0; i < SEAL_KEY_SIZE; i++) {
    int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return FALSE;
    bytes[i] = (guint8)(high << 4 | low);
  }
  return TRUE;
}

static gboolean read_hex(int fd, SealKey *key) {
  char text[HEX_SIZE + 2];
  guint8 bytes[SEAL_KEY_SIZE];
  gssize got = read(fd, text, sizeof text);
  gboolean shaped = (got == HEX_SIZE || (got == HEX_SIZE + 1 && text[HEX_SIZE] == '\n')) && decode(text, bytes);
  if (shaped)
    seal_key_set(key, bytes);
  OPENSSL_cleanse(text, sizeof text);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return shaped;
}

gboolean keys_read(const char *dir, const char *name, SealKey *key, GError **error) {
  g_autofree char *folder = keys_dir(dir);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return refuse(error, "key_missing", path, g_strerror(errno), NULL);
  gboolean done = check_mode(fd, path, error) && (read_hex(fd, key) || refuse(error, "key_shape", path, NULL, NULL));
  close(fd);
  return done;
}

static gboolean write_hex(const char *folder, const char *name, const guint8 bytes[SEAL_KEY_SIZE], GError **error) {
  char text[HEX_SIZE + 2];
  for (int i = 0; i < SEAL_KEY_SIZE; i++)
    g_snprintf(text + 2 * i, 3, "%02x", bytes[i]);
  text[HEX_SIZE] = '\n';
  gboolean done = durable_write(folder, name, text, HEX_SIZE + 1, 0600, TRUE, error);
  OPENSSL_cleanse(text, sizeof text);
  return done;
}

static gboolean present(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return access(path, F_OK) == 0;
}

static gboolean create(const char *folder, const char *name, GError **error) {
  if (present(folder, name))
    return TRUE;
  guint8 bytes[SEAL_KEY_SIZE];
  if (RAND_bytes(bytes, sizeof bytes) != 1)
    return error_set(error, ERROR_PERMANENT, "crypto", "detail", "random", NULL);
  gboolean done = write_hex(folder, name, bytes, error);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return done;
}

/* The public half follows from the private one, so that a crash between the two files is mended. */
static gboolean create_pair(const char *dir, const char *folder, const char *name, const char *public_name,
                            GError **error) {
  if (!create(folder, name, error))
    return FALSE;
  if (present(folder, public_name))
    return TRUE;
  g_auto(SealKey) private_key = {0};
  SealKey public_key;
  return keys_read(dir, name, &private_key, error) && seal_public(&private_key, &public_key, error) &&
         write_hex(folder, public_name, public_key.bytes, error);
}

gboolean keys_create_notify(const char *dir, GError **error) {
  g_autofree char *folder = keys_dir(dir);
  return create_pair(dir, folder, KEY_NOTIFY, KEY_NOTIFY_PUBLIC, error);
}

gboolean keys_create(const char *dir, GError **error) {
  g_autofree char *folder = keys_dir(dir);
  return durable_mkdir(dir, "keys", 0700, error) && create(folder, KEY_CODE, error) &&
         create(folder, KEY_BATCH, error) && create_pair(dir, folder, KEY_PAY, KEY_PAY_PUBLIC, error) &&
         keys_create_notify(dir, error);
}
