/* Readers of single values of the configuration. Each takes one line of text without outer blanks, never empty, and
 * writes the field (owned by the caller); NULL when it fits, else what was expected, in machine form ("1..10",
 * "HH:MM"). The caller frees it. */
#ifndef YIFEN_DAEMON_CONF_VALUE_H
#define YIFEN_DAEMON_CONF_VALUE_H

#include <glib.h>

typedef struct {
  const char *folder; /* that relative paths start from */
  int least, most;    /* of a count */
  const char *words;  /* of a choice: "none|starttls|tls" */
} ValueBounds;

typedef char *ValueReader(const ValueBounds *bounds, const char *text, void *field);

ValueReader value_text;      /* char * */
ValueReader value_path;      /* char *, absolute */
ValueReader value_remote;    /* char *, a path at the bank: absolute, without ".." */
ValueReader value_count;     /* int, within the bounds */
ValueReader value_choice;    /* char *, one of the words */
ValueReader value_money;     /* Money, CNY, positive */
ValueReader value_clock;     /* int[2]: hour and minute of "HH:MM" */
ValueReader value_daily;     /* int[2] of "daily HH:MM" */
ValueReader value_digits;    /* char *, an account number: digits, blanks and "-" are dropped */
ValueReader value_numbers;   /* char **, account numbers separated by commas */
ValueReader value_address;   /* char *, a mail address without a name */
ValueReader value_addresses; /* char **, separated by commas */
ValueReader value_names;     /* char **, words of small letters and "_" separated by commas */
ValueReader value_patterns;  /* char **, patterns of rules/acknowledge.h separated by commas */
ValueReader value_pin;       /* char *, "SHA256:" and 43 characters of base64, as OpenSSH prints it */
ValueReader value_loopback;  /* char *, "127.0.0.1:PORT" or "[::1]:PORT" */
ValueReader value_remark;    /* char *, one line that holds {code} once */

/* Takes "host:port", "[v6]:port" or "host" apart; FALSE when it is none. port is untouched when the text names none. */
gboolean value_host_port(const char *text, char **host, int *port);

/* Only the digits of a text; the caller frees. */
char *value_only_digits(const char *text);

#endif
