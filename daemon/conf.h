/* The configuration: yifen.conf read whole, checked whole, immutable. */
#ifndef YIFEN_DAEMON_CONF_H
#define YIFEN_DAEMON_CONF_H

#include <glib.h>

#include "parsers/match_rules.h"
#include "rules/day.h"
#include "rules/invoice.h"
#include "rules/money.h"
#include "rules/permit.h"
#include "rules/tell.h"

typedef struct {
  char *name;       /* section */
  char *number;     /* digits */
  char *owner;      /* account holder's name */
  char *bank;       /* profile */
  char *statements; /* "folder" or a channel; NULL: none come */
  char *payments;   /* channel; NULL: pays nothing */
  gboolean pays_verification, pays_refund;
  char **also;                    /* other spellings of the number, digits; never NULL */
  int expect_hour, expect_minute; /* a statement is expected daily by then; -1: none is expected */
} ConfAccount;

typedef enum { CHANNEL_SFTP, CHANNEL_FOLDER, CHANNEL_HTTPS } ConfKind;

typedef struct {
  char *name;
  ConfKind kind;
  char *host; /* to host_key: of sftp, host and port of https too; else NULL */
  int port;
  char *user;
  char *key;          /* path of the private key */
  char *passphrase;   /* path of a file that holds it, or NULL */
  char *host_key;     /* "SHA256:base64" pin */
  char *upload;       /* folder for pain.001, at the bank (sftp) or on this machine (folder), as the next two */
  char *answers;      /* folder of pain.002 */
  char *statements;   /* folder of statements */
  char *answer_names; /* pattern (* ?) of answers' names where other files lie beside them; NULL: all */
  char **acknowledged, **refused; /* names by which the bank says that it has a message, or refuses it, in upload or
                                   * answers (rules/acknowledge.h); NULL: none */
  int poll_seconds;               /* how often to look */

  char *path;                                   /* of https: where requests go */
  char *ca, *cert, *cert_key;                   /* paths: the bank's CA; our certificate and its key, or NULL */
  char *sign_key, *bank_key;                    /* paths: our private key, the bank's public one; or NULL */
  char *secret, *envelope_key;                  /* paths: shared with the bank, or NULL */
  char *customer, *operator_no, *authorization; /* what the bank calls us, or NULL */
  int timeout_seconds;                          /* of one request with its answer */
} ConfChannel;

/* A message to handlers, [message KIND]; everything may be NULL. */
typedef struct {
  char *text, *text_en; /* in place of the built-in templates (rules/tell.h) */
  char *template_id;    /* the gateway's; NULL: no short message where the gateway sends templates */
  char **variables;     /* names of facts in the template's order; NULL: none */
} ConfMessage;

typedef struct {
  char *file;
  char *state;    /* folder of everything durable */
  char *profiles; /* folder of bank profiles */
  char *calendar; /* file of working days; NULL: STATE/calendar.tsv */
  char *language; /* of mails, reports, result files: "zh_CN" */
  int settle_seconds;
  char *socket; /* of the HTTP API */
  char *listen; /* "127.0.0.1:PORT" or NULL */
  char *token;  /* path of a file with the bearer token for `listen`, or NULL */

  char *remark; /* "办理数字证书编码: {code}" */
  int tries, valid_days, rounds, rounds_a_day, daily_count;
  int companies_an_account, accounts_a_company, spread_days; /* more within so many days: people decide */
  Money daily_sum;

  char *smtp_host;
  int smtp_port;
  char *smtp_tls;                  /* "none" (loopback only), "starttls", "tls" */
  char *smtp_user, *smtp_password; /* password: path of a file */
  char *mail_from;
  char *mail_certificate, *mail_key; /* paths: mails are signed with these; or NULL */
  char **reviewers;
  int report_hour, report_minute;

  InvoiceGoods invoice_certificates, invoice_courier; /* goods NULL: nobody takes invoices */
  int invoice_hour, invoice_minute;                   /* of each day's file */

  ConfMessage messages[TELL_KINDS];
  char *pin_template; /* its one variable is pin */

  char *sms_kind;                /* "kannel", "aliyun", "tencent"; NULL: no short messages */
  char *sms_url;                 /* without a slash at its end; http only to loopback */
  char *sms_user, *sms_password; /* of Kannel, or key id and secret; password: path of a file */
  char *sms_from;                /* sender, or the signature of templates */
  char *sms_app, *sms_region;    /* of Tencent */
  char *sms_ca;                  /* path of the gateway's CA; NULL: the system's */
  char *sms_report;              /* "http://127.0.0.1:PORT" of our API, where Kannel reports; NULL: no reports */
  int sms_quiet_from[2], sms_quiet_until[2]; /* hour, minute; equal: there is no night */
  int sms_an_hour, sms_a_day;                /* most to one number */

  Money second_above;              /* exceptions of more need a second person */
  char *staff_socket;              /* of the staff's command line */
  char *staff_groups[STAFF_ROLES]; /* Unix groups, by name or number, whose members have the role */

  GPtrArray *accounts; /* ConfAccount, in file order */
  GPtrArray *channels; /* ConfChannel */

  char *rules_file;  /* rules.conf beside the file; NULL: there is none */
  MatchRules *rules; /* of it, or the built-in ones */
} Conf;

/* ERROR_PERMANENT with file, line, field, value, expected: "config_unreadable", "config_syntax", "config_twice",
 * "config_section", "config_key" (expected: the nearest known one), "config_missing", "config_value". Relative paths
 * start from the file's folder. Without [mail] smtp_host is NULL and reviewers is empty. A channel that pays has
 * upload; one that brings statements has statements. rules.conf is read too (parsers/match_rules.h). */
Conf *conf_load(const char *file, GError **error);
void conf_free(Conf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conf, conf_free)

/* Where `yifen calendar import` puts the calendar: the configured file, else STATE/calendar.tsv. The caller frees. */
char *conf_calendar_file(const Conf *conf);

/* That calendar of working days, the built-in one as long as there is none; the caller frees. ERROR_PERMANENT
 * "calendar". */
Calendar *conf_calendar(const Conf *conf, GError **error);

const ConfAccount *conf_account(const Conf *conf, const char *name);
const ConfAccount *conf_account_by_number(const Conf *conf, const char *number); /* compares as digits */
const ConfChannel *conf_channel(const Conf *conf, const char *name);

#endif
