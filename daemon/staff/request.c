#include "daemon/staff/request.h"

#include <string.h>

#define MAGIC "yifen-staff 1"
#define LANGUAGE_LONGEST 32

static void put(GByteArray *message, const char *text) {
  g_byte_array_append(message, (const guint8 *)text, (guint)strlen(text) + 1);
}

GByteArray *staff_request_write(const StaffRequest *request) {
  if (request->argc > STAFF_ARGUMENTS)
    return NULL;
  GByteArray *message = g_byte_array_new();
  g_autoptr(GString) files = g_string_new(NULL);
  for (int i = 0; i < request->file_count; i++)
    g_string_append_printf(files, "%s%d", i > 0 ? "," : "", request->files[i]);
  put(message, MAGIC);
  put(message, request->language);
  g_autofree char *flags = g_strconcat(request->json ? "j" : "", request->terminal ? "t" : "", NULL);
  put(message, flags);
  put(message, files->str);
  for (int i = 0; i < request->argc; i++)
    put(message, request->argv[i]);
  if (message->len <= STAFF_REQUEST_BYTES)
    return message;
  g_byte_array_unref(message);
  return NULL;
}

/* It becomes part of a path of catalogues. */
static gboolean is_language(const char *text) {
  gsize length = strlen(text);
  return length > 0 && length <= LANGUAGE_LONGEST &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == length;
}

static gboolean read_flags(const char *text, StaffRequest *request) {
  for (; *text != '\0'; text++)
    if (*text == 'j' && !request->json)
      request->json = TRUE;
    else if (*text == 't' && !request->terminal)
      request->terminal = TRUE;
    else
      return FALSE;
  return TRUE;
}

static gboolean read_files(const char *text, StaffRequest *request) {
  g_auto(GStrv) places = g_strsplit(text, ",", STAFF_FILES + 1);
  guint64 last = 0;
  for (char **place = places; *place != NULL; place++, request->file_count++) {
    guint64 number;
    if (request->file_count == STAFF_FILES ||
        !g_ascii_string_to_unsigned(*place, 10, 1, STAFF_ARGUMENTS, &number, NULL) || number <= last ||
        number >= (guint64)request->argc)
      return FALSE;
    request->files[request->file_count] = (int)number;
    last = number;
  }
  return TRUE;
}

gboolean staff_request_read(char *message, gsize size, StaffRequest *request) {
  char *head[4];
  *request = (StaffRequest){0};
  if (size == 0 || size > STAFF_REQUEST_BYTES || message[size - 1] != '\0')
    return FALSE;
  int count = 0;
  for (char *at = message; at < message + size; at += strlen(at) + 1, count++)
    if (count < (int)G_N_ELEMENTS(head))
      head[count] = at;
    else if (request->argc == STAFF_ARGUMENTS)
      return FALSE;
    else
      request->argv[request->argc++] = at;
  if (request->argc == 0 || !g_str_equal(head[0], MAGIC) || !is_language(head[1]))
    return FALSE;
  request->language = head[1];
  return read_flags(head[2], request) && read_files(head[3], request);
}
