#include "parsers/pain002.h"

#include "parsers/xml.h"
#include "rules/error.h"

enum { DETAIL_MAX = 16 * 1024 };

/* The fields of a level are LEVEL * 8 + field, so that one function reads all three. */
enum { WHOLE = 1, STATUS, REASON, DETAIL, REFERENCE, END_TO_END, FIELDS = 8 };
enum { MESSAGE = 1, GROUP = 8, PAYMENT = 16, TRANSACTION = 24, MESSAGE_ID = 32, PAYMENT_ID };

#define R "CstmrPmtStsRpt/"
#define G R "OrgnlGrpInfAndSts/"
#define P R "OrgnlPmtInfAndSts/"
#define T P "TxInfAndSts/"
#define LEVEL(path, level, status)                                                                                     \
  {path status, level + STATUS}, {path "StsRsnInf/Rsn/Cd", level + REASON},                                            \
      {path "StsRsnInf/Rsn/Prtry", level + REASON}, {                                                                  \
    path "StsRsnInf/AddtlInf", level + DETAIL                                                                          \
  }

static const XmlPath paths[] = {{"CstmrPmtStsRpt", MESSAGE},
                                {R "OrgnlGrpInfAndSts", GROUP + WHOLE},
                                {G "OrgnlMsgId", MESSAGE_ID},
                                LEVEL(G, GROUP, "GrpSts"),
                                {R "OrgnlPmtInfAndSts", PAYMENT + WHOLE},
                                {P "OrgnlPmtInfId", PAYMENT_ID},
                                LEVEL(P, PAYMENT, "PmtInfSts"),
                                {P "TxInfAndSts", TRANSACTION + WHOLE},
                                LEVEL(T, TRANSACTION, "TxSts"),
                                {T "OrgnlEndToEndId", TRANSACTION + END_TO_END},
                                {T "AcctSvcrRef", TRANSACTION + REFERENCE},
                                {NULL, 0}};

struct Pain002 {
  RecordSink sink;
  XmlReader *xml;
  gboolean seen, payment_told;
  gint64 statuses;
  BankStatus levels[3]; /* by StatusLevel; each owns what the file says there */
};

static gboolean set(char **field, const char *text, const char *name, GError **error) {
  if (text == NULL)
    return TRUE;
  if (*field != NULL)
    return error_set(error, ERROR_REFUSED, "repeated", "field", name, "value", text, NULL);
  *field = g_strdup(text);
  return TRUE;
}

static gboolean join(char **field, const char *text, GError **error) {
  if (text == NULL)
    return TRUE;
  char *joined = *field == NULL ? g_strdup(text) : g_strconcat(*field, " ", text, NULL);
  g_free(*field);
  *field = joined;
  return strlen(joined) <= DETAIL_MAX || error_set(error, ERROR_REFUSED, "field_too_long", "field", "AddtlInf", NULL);
}

static gboolean tell(Pain002 *pain002, const BankStatus *status, GError **error) {
  if (status->status == NULL)
    return TRUE;
  pain002->statuses++;
  return pain002->sink.status(pain002->sink.user, status, error);
}

/* The payment's own record comes before those of its transactions, or at its end when it names none. */
static gboolean tell_payment(Pain002 *pain002, GError **error) {
  BankStatus *payment = &pain002->levels[STATUS_PAYMENT];
  if (pain002->payment_told)
    return TRUE;
  pain002->payment_told = TRUE;
  payment->message_id = g_strdup(pain002->levels[STATUS_GROUP].message_id);
  return tell(pain002, payment, error);
}

static gboolean tell_transaction(Pain002 *pain002, GError **error) {
  const BankStatus *levels = pain002->levels, *own = &levels[STATUS_TRANSACTION];
  const BankStatus *from = own->status != NULL                     ? own
                           : levels[STATUS_PAYMENT].status != NULL ? &levels[STATUS_PAYMENT]
                                                                   : &levels[STATUS_GROUP];
  if (from != own && g_strcmp0(from->status, "PART") == 0) /* some, but not which */
    return TRUE;
  BankStatus status = *own; /* borrows */
  status.message_id = levels[STATUS_GROUP].message_id;
  status.payment_id = levels[STATUS_PAYMENT].payment_id;
  status.status = from->status;
  if (own->reason == NULL && own->detail == NULL) {
    status.reason = from->reason;
    status.detail = from->detail;
  }
  return tell(pain002, &status, error);
}

static void level_begin(Pain002 *pain002, StatusLevel level) {
  bank_status_clear(&pain002->levels[level]);
  pain002->levels[level].level = level;
}

static gboolean on_start(void *user, int id, G_GNUC_UNUSED const XmlElement *element, GError **error) {
  Pain002 *pain002 = user;
  switch (id) {
  case MESSAGE:
    pain002->seen = TRUE;
    level_begin(pain002, STATUS_GROUP);
    return TRUE;
  case PAYMENT + WHOLE:
    level_begin(pain002, STATUS_PAYMENT);
    pain002->payment_told = FALSE;
    return TRUE;
  case TRANSACTION + WHOLE:
    level_begin(pain002, STATUS_TRANSACTION);
    return tell_payment(pain002, error);
  default:
    return TRUE;
  }
}

static gboolean level_over(Pain002 *pain002, StatusLevel level, GError **error) {
  return level == STATUS_GROUP     ? tell(pain002, &pain002->levels[STATUS_GROUP], error)
         : level == STATUS_PAYMENT ? tell_payment(pain002, error)
                                   : tell_transaction(pain002, error);
}

static gboolean level_field(Pain002 *pain002, StatusLevel level, int field, const char *text, GError **error) {
  BankStatus *status = &pain002->levels[level];
  switch (field) {
  case STATUS:
    return set(&status->status, text, "Sts", error);
  case REASON: /* the first of several */
    return status->reason != NULL || set(&status->reason, text, "Rsn", error);
  case DETAIL:
    return join(&status->detail, text, error);
  case REFERENCE:
    return set(&status->bank_reference, text, "AcctSvcrRef", error);
  case END_TO_END:
    return set(&status->end_to_end_id, text, "OrgnlEndToEndId", error);
  default:
    return level_over(pain002, level, error);
  }
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Pain002 *pain002 = user;
  if (id == MESSAGE)
    return TRUE;
  if (id == MESSAGE_ID)
    return set(&pain002->levels[STATUS_GROUP].message_id, text, "OrgnlMsgId", error);
  if (id == PAYMENT_ID)
    return set(&pain002->levels[STATUS_PAYMENT].payment_id, text, "OrgnlPmtInfId", error);
  return level_field(pain002, (StatusLevel)(id / FIELDS - 1), id % FIELDS, text, error);
}

Pain002 *pain002_new(const RecordSink *sink) {
  Pain002 *pain002 = g_new0(Pain002, 1);
  pain002->sink = *sink;
  XmlHandler handler = {on_start, on_end, pain002};
  pain002->xml = xml_reader_new(paths, &handler);
  return pain002;
}

void pain002_free(Pain002 *pain002) {
  if (pain002 == NULL)
    return;
  xml_reader_free(pain002->xml);
  for (int level = STATUS_GROUP; level <= STATUS_TRANSACTION; level++)
    bank_status_clear(&pain002->levels[level]);
  g_free(pain002);
}

gboolean pain002_feed(Pain002 *pain002, const char *bytes, gsize size, GError **error) {
  return xml_reader_feed(pain002->xml, bytes, size, error);
}

gboolean pain002_finish(Pain002 *pain002, GError **error) {
  if (!xml_reader_finish(pain002->xml, error))
    return FALSE;
  if (!pain002->seen)
    return error_set(error, ERROR_REFUSED, "xml_root", "value", xml_reader_root(pain002->xml), "expected", "pain.002",
                     NULL);
  return pain002->statuses > 0 || error_set(error, ERROR_REFUSED, "status_empty", NULL);
}
