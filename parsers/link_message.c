#include "parsers/link_message.h"

#include <openssl/crypto.h>
#include <string.h>

#include "parsers/encoding.h"
#include "parsers/link_variable.h"
#include "rules/error.h"

enum { CUSTOMER = 16, VARIABLES = 32 };

typedef enum { ESCAPE_NONE, ESCAPE_JSON, ESCAPE_XML, ESCAPE_URL } Escape;

/* The values of variables, by name; owned, and overwritten when they go. */
typedef struct {
  const char *names[VARIABLES];
  char *values[VARIABLES];
  gsize count;
} Values;

static void put(Values *values, const char *name, char *owned) {
  g_assert(values->count < VARIABLES);
  values->names[values->count] = name;
  values->values[values->count++] = owned != NULL ? owned : g_strdup("");
}

static void put_copy(Values *values, const char *name, const char *value) {
  put(values, name, g_strdup(value));
}

static void forget(char *text) {
  OPENSSL_cleanse(text, strlen(text));
  g_free(text);
}

static void values_clear(Values *values) {
  for (gsize i = 0; i < values->count; i++)
    forget(values->values[i]);
  values->count = 0;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Values, values_clear)

static void append_json(GString *out, const char *value) {
  for (; *value != '\0'; value++)
    if (*value == '"' || *value == '\\')
      g_string_append_printf(out, "\\%c", *value);
    else if ((guchar)*value < 0x20)
      g_string_append_printf(out, "\\u%04x", (guchar)*value);
    else
      g_string_append_c(out, *value);
}

static void append(GString *out, const char *value, Escape escape) {
  g_autofree char *escaped = NULL;
  switch (escape) {
  case ESCAPE_NONE:
    g_string_append(out, value);
    return;
  case ESCAPE_JSON:
    append_json(out, value);
    return;
  case ESCAPE_XML:
    escaped = g_markup_escape_text(value, -1);
    break;
  case ESCAPE_URL:
    escaped = g_uri_escape_string(value, NULL, FALSE);
    break;
  }
  g_string_append(out, escaped);
  OPENSSL_cleanse(escaped, strlen(escaped));
}

/* {transfers} and {message} hold what was escaped already. */
static void append_variable(GString *out, const Values *values, const char *name, Escape escape) {
  for (gsize i = 0; i < values->count; i++)
    if (g_str_equal(values->names[i], name))
      append(out, values->values[i], g_str_equal(name, "transfers") ? ESCAPE_NONE : escape);
}

static char *fill(const char *template, const Values *values, Escape escape) {
  GString *out = g_string_sized_new(4096);
  char name[LINK_NAME_MAX];
  while (*template != '\0') {
    gsize length = link_variable_at(template, name);
    if (length > 0)
      append_variable(out, values, name, escape);
    else
      g_string_append_c(out, *template);
    template += MAX(length, 1);
  }
  return g_string_free(out, FALSE);
}

static char *pad_customer(const char *customer) {
  g_autofree char *padded = g_strconcat(customer != NULL ? customer : "", "0000000000000000", NULL);
  return g_strndup(padded, CUSTOMER);
}

char *link_customer_text(const char *template, const char *customer) {
  g_auto(Values) values = {0};
  put_copy(&values, "customer", customer);
  put(&values, "customer16", pad_customer(customer));
  return fill(template, &values, ESCAPE_NONE);
}

static char *plain_date(Day day) {
  int year, month, dom;
  day_to_ymd(day, &year, &month, &dom);
  return g_strdup_printf("%04d%02d%02d", year, month, dom);
}

/* Banks write their own time, Shanghai's: instant_format() gives "2026-11-22T09:30:00+08:00". */
static char *plain_time(Instant now) {
  g_autofree char *text = instant_format(now);
  return g_strdup_printf("%.2s%.2s%.2s", text + 11, text + 14, text + 17);
}

static void put_message(Values *values, const PainMessage *m) {
  gint64 sum = 0;
  for (gsize i = 0; i < m->count; i++)
    sum += m->transfers[i].amount.minor;
  g_autofree char *date = plain_date(day_of_instant(m->created_at)), *time = plain_time(m->created_at);
  Money total = m->transfers[0].amount;
  total.minor = sum;
  put_copy(values, "request", m->message_id);
  put_copy(values, "date", date);
  put_copy(values, "time", time);
  put(values, "datetime", g_strconcat(date, time, NULL));
  put(values, "sent_date", plain_date(m->execution));
  put_copy(values, "payer_name", m->payer_name);
  put_copy(values, "payer_account", m->payer_account);
  put_copy(values, "payer_bank", m->payer_bank);
  put(values, "count", g_strdup_printf("%" G_GSIZE_FORMAT, m->count));
  put(values, "total", money_format(total));
}

static void put_party(Values *values, const LinkParty *party, const LinkCall *call) {
  put_copy(values, "customer", party->customer);
  put(values, "customer16", pad_customer(party->customer));
  put_copy(values, "operator", party->operator_no);
  put_copy(values, "authorization", party->authorization);
  put_copy(values, "function", call->function);
}

static void put_transfer(Values *values, const Link *link, const PainMessage *m, gsize i, const gboolean *same_bank) {
  const PainTransfer *t = &m->transfers[i];
  gboolean same = same_bank != NULL && same_bank[i];
  put_copy(values, "reference", t->reference);
  put(values, "amount", money_format(t->amount));
  put(values, "fen", g_strdup_printf("%" G_GINT64_FORMAT, t->amount.minor));
  put_copy(values, "payee_name", t->payee_name);
  put_copy(values, "payee_account", t->payee_account);
  put_copy(values, "payee_bank", t->payee_bank);
  put_copy(values, "payee_cnaps", t->payee_cnaps);
  put_copy(values, "remark", t->remark);
  put_copy(values, "same_bank", link == NULL ? NULL : link->same_bank[same ? 0 : 1]);
  put(values, "number", g_strdup_printf("%" G_GSIZE_FORMAT, i + 1));
}

static Escape escape_of(const Link *link) {
  return link->format == LINK_JSON ? ESCAPE_JSON : ESCAPE_XML;
}

static char *items(const Link *link, const LinkCall *call, const LinkParty *party, const PainMessage *m,
                   const gboolean *same_bank) {
  GString *out = g_string_sized_new(4096);
  for (gsize i = 0; i < m->count; i++) {
    g_auto(Values) values = {0};
    put_message(&values, m);
    put_party(&values, party, call);
    put_transfer(&values, link, m, i, same_bank);
    char *item = fill(call->item, &values, escape_of(link));
    if (i > 0 && link->format == LINK_JSON)
      g_string_append_c(out, ',');
    g_string_append(out, item);
    forget(item);
  }
  return g_string_free(out, FALSE);
}

static void forget_bytes(GBytes *bytes) {
  gsize size = 0;
  void *data = g_bytes_unref_to_data(bytes, &size);
  OPENSSL_cleanse(data, size);
  g_free(data);
}

static GBytes *join(GBytes *head, const char *middle, GBytes *tail) {
  GString *all = g_string_sized_new(g_bytes_get_size(head) + strlen(middle) + g_bytes_get_size(tail) + 1);
  g_string_append_len(all, g_bytes_get_data(head, NULL), (gssize)g_bytes_get_size(head));
  g_string_append(all, middle);
  g_string_append_len(all, g_bytes_get_data(tail, NULL), (gssize)g_bytes_get_size(tail));
  return g_string_free_to_bytes(all);
}

/* A part of the template in the bank's encoding. */
static GBytes *encode(const Link *link, const char *template, gsize length, const Values *values, GError **error) {
  g_autofree char *part = g_strndup(template, length);
  char *text = fill(part, values, escape_of(link));
  GBytes *bytes = encoding_encode(text, link->encoding, error);
  forget(text);
  return bytes;
}

static GBytes *sign(const Link *link, const LinkParty *party, GBytes *head, GBytes *tail, GError **error) {
  if (link->sign == SIGNATURE_NONE)
    return g_bytes_ref(head);
  GBytes *bare = join(head, link->unsigned_text, tail);
  g_autofree char *made = signature_make(&party->ours, g_bytes_get_data(bare, NULL), g_bytes_get_size(bare), error);
  forget_bytes(bare);
  return made == NULL ? NULL : join(head, made, tail);
}

/* The template filled, encoded and signed. */
static GBytes *write_signed(const Link *link, const LinkCall *call, const LinkParty *party, const Values *values,
                            GError **error) {
  static const char place[] = "{signature}";
  const char *template = call->template, *at = strstr(template, place), *end = template + strlen(template);
  const char *rest = at == NULL ? end : at + strlen(place);
  GBytes *head = encode(link, template, (gsize)((at == NULL ? end : at) - template), values, error);
  GBytes *tail = head == NULL ? NULL : encode(link, rest, (gsize)(end - rest), values, error);
  GBytes *made = tail == NULL ? NULL : sign(link, party, head, tail, error);
  if (made != head)
    g_clear_pointer(&head, forget_bytes);
  else
    g_bytes_unref(head);
  g_clear_pointer(&tail, forget_bytes);
  return made;
}

static GBytes *close_envelope(const Link *link, const LinkParty *party, GBytes *message) {
  if (!link->envelope)
    return message;
  char *closed = envelope_close(&party->envelope, g_bytes_get_data(message, NULL), g_bytes_get_size(message));
  forget_bytes(message);
  return g_bytes_new_take(closed, strlen(closed));
}

static GBytes *wrap(const Link *link, const LinkParty *party, const LinkCall *call, GBytes *message) {
  if (link->wrap == NULL)
    return message;
  g_auto(Values) values = {0};
  gsize size = 0;
  const char *text = g_bytes_get_data(message, &size);
  put_party(&values, party, call);
  put(&values, "message", g_strndup(text, size));
  forget_bytes(message);
  char *wrapped = fill(link->wrap, &values, ESCAPE_URL);
  return g_bytes_new_take(wrapped, strlen(wrapped));
}

static GBytes *frame(const Link *link, GBytes *message) {
  gsize size = g_bytes_get_size(message);
  if (link->length == 0)
    return message;
  g_autofree char *header =
      g_strdup_printf(link->zeros ? "%s%0*" G_GSIZE_FORMAT : "%s%-*" G_GSIZE_FORMAT, link->flag, link->length, size);
  GString *all = g_string_sized_new(size + strlen(header) + 1);
  g_string_append(all, header);
  g_string_append_len(all, g_bytes_get_data(message, NULL), (gssize)size);
  forget_bytes(message);
  return g_string_free_to_bytes(all);
}

GBytes *link_write(const Link *link, const LinkCall *call, const LinkParty *party, const PainMessage *message,
                   const gboolean *same_bank, GError **error) {
  g_auto(Values) values = {0};
  g_assert(message->count >= 1 && (message->count == 1 || call->item != NULL));
  put_message(&values, message);
  put_party(&values, party, call);
  if (call->item != NULL)
    put(&values, "transfers", items(link, call, party, message, same_bank));
  else
    put_transfer(&values, link, message, 0, same_bank);
  GBytes *made = write_signed(link, call, party, &values, error);
  return made == NULL ? NULL : frame(link, wrap(link, party, call, close_envelope(link, party, made)));
}

char *link_echo(const LinkCall *call, const PainMessage *message) {
  g_auto(Values) values = {0};
  put_message(&values, message);
  put_transfer(&values, NULL, message, 0, NULL);
  return fill(call->echo, &values, ESCAPE_NONE);
}

/* ---- answers ---- */

gssize link_frame_size(const Link *link, const char *bytes, gsize size) {
  gsize flag = strlen(link->flag), header = flag + (gsize)link->length;
  guint64 length = 0;
  if (size < header)
    return 0;
  g_autofree char *digits = g_strstrip(g_strndup(bytes + flag, (gsize)link->length));
  if (strncmp(bytes, link->flag, flag) != 0 ||
      !g_ascii_string_to_unsigned(digits, 10, 1, LINK_ANSWER_MAX, &length, NULL))
    return -1;
  return (gssize)(header + length);
}

/* NULL with error when the frame does not hold exactly what it says. */
static GBytes *unframe(const Link *link, const char *bytes, gsize size, GError **error) {
  gsize header = link->length == 0 ? 0 : strlen(link->flag) + (gsize)link->length;
  if (size <= LINK_ANSWER_MAX + header && (link->length == 0 || link_frame_size(link, bytes, size) == (gssize)size))
    return g_bytes_new(bytes + header, size - header);
  error_set(error, ERROR_REFUSED, "answer_frame", NULL);
  return NULL;
}

static const char *find(const char *bytes, gsize size, const char *text) {
  return size == 0 ? NULL : memmem(bytes, size, text, strlen(text));
}

/* The signature stands between its marks, once; what was signed is the message with `unsigned` in its place. */
static gboolean check(const Link *link, const LinkParty *party, GBytes *message, GError **error) {
  gsize size = 0;
  const char *bytes = g_bytes_get_data(message, &size), *end = bytes + size;
  const char *mark = find(bytes, size, link->before), *from = mark == NULL ? NULL : mark + strlen(link->before);
  const char *to = from == NULL ? NULL : find(from, (gsize)(end - from), link->after);
  if (to == NULL || find(from, (gsize)(end - from), link->before) != NULL)
    return error_set(error, ERROR_REFUSED, "answer_signature", NULL);
  g_autofree char *given = g_strndup(from, (gsize)(to - from));
  g_autoptr(GString) bare = g_string_new_len(bytes, from - bytes);
  g_string_append(bare, link->unsigned_text);
  g_string_append_len(bare, to, end - to);
  return signature_check(&party->theirs, bare->str, bare->len, given, error);
}

GBytes *link_open(const Link *link, const LinkParty *party, const void *bytes, gsize size, GError **error) {
  g_autoptr(GBytes) message = unframe(link, bytes, size, error);
  if (message != NULL && link->envelope) {
    g_autoptr(GBytes) closed = g_steal_pointer(&message);
    message = envelope_open(&party->envelope, g_bytes_get_data(closed, NULL), g_bytes_get_size(closed), error);
  }
  if (message == NULL || (link->sign != SIGNATURE_NONE && !check(link, party, message, error)))
    return NULL;
  return g_steal_pointer(&message);
}
