/* yifen doctor: looks at everything that must be right around Yifen, and says what a person has to mend. What the work
 * itself waits for is told by `yifen status` and the daily report. */
#include <fcntl.h>
#include <jansson.h>
#include <linux/landlock.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include "daemon/bank/tcp.h"
#include "daemon/cage.h"
#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/config.h"
#include "daemon/yifen/status.h"
#include "rules/error.h"
#include "spool/audit.h"
#include "spool/backup.h"

#define CALENDAR_DAYS 60       /* due times reach so far */
#define DISK_LEAST (1LL << 30) /* bytes */
#define CONNECT_MS 3000
#define CERTIFICATE_DAYS 30 /* a new one takes time */

typedef gboolean Examine(const CommandContext *context, GError **error);

static gboolean examine_config(const CommandContext *context, GError **error) {
  return config_check(context->conf, error);
}

static gboolean is_secret(const char *path, GError **error) {
  struct stat status;
  if (path == NULL || stat(path, &status) != 0 || (status.st_mode & 077) == 0) /* an absent one: config says so */
    return TRUE;
  g_autofree char *mode = g_strdup_printf("%04o", status.st_mode & 07777);
  return error_set(error, ERROR_PERMANENT, "secret_open", "file", path, "value", mode, "expected", "0600", NULL);
}

static gboolean examine_secrets(const CommandContext *context, GError **error) {
  const Conf *conf = context->conf;
  g_autofree char *keys = g_build_filename(conf->state, "keys", NULL),
                  *store = g_build_filename(conf->state, "store.db", NULL);
  gboolean good = is_secret(keys, error) && is_secret(store, error) && is_secret(conf->token, error) &&
                  is_secret(conf->smtp_password, error);
  for (guint i = 0; good && i < conf->channels->len; i++) {
    const ConfChannel *channel = conf->channels->pdata[i];
    good = is_secret(channel->key, error) && is_secret(channel->passphrase, error) &&
           is_secret(channel->cert_key, error) && is_secret(channel->sign_key, error) &&
           is_secret(channel->secret, error) && is_secret(channel->envelope_key, error);
  }
  return good;
}

static gboolean examine_store(const CommandContext *context, GError **error) {
  return store_check(context->store, error);
}

static gboolean examine_audit(const CommandContext *context, GError **error) {
  gint64 rows;
  g_autofree char *head = NULL;
  return audit_verify(context->store, &rows, &head, error);
}

static gboolean examine_calendar(const CommandContext *context, GError **error) {
  gboolean workday;
  Day until = day_of_instant(clock_now()) + CALENDAR_DAYS;
  g_autofree char *day = day_format(until);
  return calendar_workday(context->calendar, until, &workday) ||
         error_set(error, ERROR_REFUSED, "calendar_ends", "value", day, NULL);
}

static gboolean examine_disk(const CommandContext *context, GError **error) {
  struct statvfs room;
  const char *dir = context->conf->state;
  if (statvfs(dir, &room) != 0)
    return error_set(error, ERROR_PERMANENT, "file_system", "file", dir, "detail", g_strerror(errno), NULL);
  gint64 left = (gint64)room.f_bavail * (gint64)room.f_frsize;
  if (left >= DISK_LEAST && (room.f_files == 0 || room.f_favail > room.f_files / 100))
    return TRUE;
  g_autofree char *value = g_format_size_full((guint64)left, G_FORMAT_SIZE_IEC_UNITS);
  return error_set(error, ERROR_PERMANENT, "disk_low", "file", dir, "value", value, NULL);
}

/* The clock decides days, cut-off times and how long a code is good. */
static gboolean examine_clock(const CommandContext *context, GError **error) {
  (void)context;
  struct timex time = {0};
  return adjtimex(&time) != TIME_ERROR || error_set(error, ERROR_PERMANENT, "clock_unsynchronised", NULL);
}

/* A file that is no statement must be refused by a child that is alive: then its cage holds on this machine. */
static gboolean examine_cage(const CommandContext *context, GError **error) {
  static const char text[] = "yifen doctor\n";
  const CageRequest request = {.profiles = context->conf->profiles, .kind = CAGE_STATEMENT};
  const RecordSink sink = {NULL};
  GError *said = NULL;
  int fd = memfd_create("doctor", MFD_CLOEXEC);
  gboolean wrote = fd >= 0 && write(fd, text, strlen(text)) == (gssize)strlen(text);
  gboolean parsed = wrote && cage_parse(fd, &request, &sink, &said);
  gboolean good =
      said != NULL && error_kind(said) == ERROR_REFUSED && g_strcmp0(error_reason(said), "parser_died") != 0;
  if (!good && said != NULL)
    g_propagate_error(error, g_steal_pointer(&said));
  else if (!good)
    error_set(error, ERROR_PERMANENT, "parser_died", "detail", parsed ? "parsed" : g_strerror(errno), NULL);
  g_clear_error(&said);
  if (fd >= 0)
    (void)close(fd);
  return good;
}

static gboolean examine_landlock(const CommandContext *context, GError **error) {
  (void)context;
  return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1 ||
         error_set(error, ERROR_REFUSED, "landlock_absent", NULL);
}

static gboolean examine_roles(const CommandContext *context, GError **error) {
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(tally_row_free);
  g_autoptr(GString) idle = g_string_new(NULL);
  status_roles(context->conf->state, rows);
  for (guint i = 0; i < rows->len; i++) {
    const TallyRow *row = rows->pdata[i];
    if (!g_str_has_suffix(row->state, "/up"))
      g_string_append_printf(idle, "%s%.*s", idle->len > 0 ? ", " : "", (int)strcspn(row->state, "/"), row->state);
  }
  if (rows->len > 0 && idle->len == 0)
    return TRUE;
  return error_set(error, ERROR_TEMPORARY, "role_idle", "value", idle->len > 0 ? idle->str : "yifend", NULL);
}

static gboolean reaches(const char *host, int port, GError **error) {
  int fd = tcp_connect(host, port, CONNECT_MS, error);
  if (fd >= 0)
    (void)close(fd);
  return fd >= 0;
}

static gboolean examine_mail(const CommandContext *context, GError **error) {
  const Conf *conf = context->conf;
  if (conf->smtp_host == NULL)
    return error_set(error, ERROR_REFUSED, "mail_absent", "file", conf->file, NULL);
  return reaches(conf->smtp_host, conf->smtp_port, error);
}

/* A file may hold several. */
static gboolean lasts(const char *file, Instant until, GError **error) {
  BIO *bio = file == NULL ? NULL : BIO_new_file(file, "r");
  const time_t seconds = (time_t)(until / INSTANT_SECOND);
  gboolean good = TRUE;
  for (X509 *one; bio != NULL && good && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL; X509_free(one)) {
    struct tm end;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(one), &end) == 1 && timegm(&end) < seconds) {
      g_autofree char *day = day_format(day_of_instant((Instant)timegm(&end) * INSTANT_SECOND));
      good = error_set(error, ERROR_REFUSED, "certificate_ends", "file", file, "value", day, NULL);
    }
  }
  BIO_free(bio);
  ERR_clear_error(); /* "no start line" ends every file; one that is absent or none is config's to say */
  return good;
}

static gboolean examine_certificates(const CommandContext *context, GError **error) {
  const Conf *conf = context->conf;
  Instant until = clock_now() + CERTIFICATE_DAYS * 86400 * INSTANT_SECOND;
  gboolean good = lasts(conf->mail_certificate, until, error);
  for (guint i = 0; good && i < conf->channels->len; i++) {
    const ConfChannel *channel = conf->channels->pdata[i];
    good = lasts(channel->cert, until, error) && lasts(channel->ca, until, error) &&
           lasts(channel->bank_key, until, error);
  }
  return good;
}

static gboolean can_use(const char *folder, int how, GError **error) {
  return folder == NULL || access(folder, how) == 0 ||
         error_set(error, ERROR_PERMANENT, "file_system", "file", folder, "detail", g_strerror(errno), NULL);
}

static gboolean examine_banks(const CommandContext *context, GError **error) {
  const Conf *conf = context->conf;
  for (guint i = 0; i < conf->channels->len; i++) {
    const ConfChannel *channel = conf->channels->pdata[i];
    gboolean good = channel->kind == CHANNEL_FOLDER ? can_use(channel->upload, R_OK | W_OK | X_OK, error) &&
                                                          can_use(channel->answers, R_OK | X_OK, error) &&
                                                          can_use(channel->statements, R_OK | X_OK, error)
                                                    : reaches(channel->host, channel->port, error);
    if (!good)
      return FALSE;
  }
  return TRUE;
}

static const struct {
  const char *what; /* word "check.WHAT" */
  Examine *examine;
} checks[] = {{"config", examine_config},
              {"secrets", examine_secrets},
              {"store", examine_store},
              {"audit", examine_audit},
              {"disk", examine_disk},
              {"clock", examine_clock},
              {"calendar", examine_calendar},
              {"cage", examine_cage},
              {"landlock", examine_landlock},
              {"roles", examine_roles},
              {"mail", examine_mail},
              {"banks", examine_banks},
              {"certificates", examine_certificates}};

static void tell(const CommandContext *context, const char *what, const GError *found) {
  g_autofree char *sentence = found == NULL ? NULL : text_error(found);
  g_autofree char *key = g_strconcat("check.", what, NULL);
  if (context->json) {
    json_t *line = json_pack("{s:s, s:b}", "check", what, "ok", found == NULL);
    if (found != NULL)
      (void)json_object_update_new(line, json_pack("{s:s, s:s}", "reason", error_reason(found), "text", sentence));
    g_autofree char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);
    (void)fprintf(context->out, "%s\n", text);
    json_decref(line);
  } else if (found == NULL)
    (void)fprintf(context->out, _("正常  %s\n"), text_word(key));
  else
    (void)fprintf(context->out, _("不对  %s：%s\n"), text_word(key), sentence);
  (void)fflush(context->out);
}

int command_doctor(CommandContext *context, int argc, char **argv) {
  (void)argv;
  if (argc != 0)
    return command_usage(context, "doctor [--json]");
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
    g_autoptr(GError) found = NULL;
    wrong += !checks[i].examine(context, &found);
    tell(context, checks[i].what, found);
  }
  return wrong > 0 ? ERROR_REFUSED : 0;
}
