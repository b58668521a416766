#include "parsers/pain001.h"

#include <libxml/xmlwriter.h>

#include "rules/error.h"

#define XML(text) ((const xmlChar *)(text))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextWriter, xmlFreeTextWriter)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlBuffer, xmlBufferFree)

/* One message being written; failed remembers that a call of the writer did not succeed. */
typedef struct {
  xmlTextWriter *xml;
  const PainMessage *message;
  gboolean failed;
} Writer;

static void start(Writer *w, const char *name) {
  w->failed |= xmlTextWriterStartElement(w->xml, XML(name)) < 0;
}

static void end(Writer *w) {
  w->failed |= xmlTextWriterEndElement(w->xml) < 0;
}

static void text(Writer *w, const char *name, const char *value) {
  w->failed |= xmlTextWriterWriteElement(w->xml, XML(name), XML(value)) < 0;
}

/* NAME/inner.../value: the one-child chains that the schema is full of. */
static void nested(Writer *w, const char *outer, const char *inner, const char *value) {
  start(w, outer);
  text(w, inner, value);
  end(w);
}

static void account(Writer *w, const char *name, const char *number) {
  start(w, name);
  start(w, "Id");
  nested(w, "Othr", "Id", number);
  end(w);
  end(w);
}

static void agent(Writer *w, const char *name, const char *cnaps, const char *bank) {
  start(w, name);
  start(w, "FinInstnId");
  if (cnaps != NULL) {
    start(w, "ClrSysMmbId");
    if (w->message->clearing_id)
      nested(w, "ClrSysId", "Cd", "CNAPS");
    text(w, "MmbId", cnaps);
    end(w);
  }
  text(w, "Nm", bank);
  end(w);
  end(w);
}

static gboolean fits(const char *field, const char *value, glong most, const char *reference, GError **error) {
  gboolean good =
      value != NULL && *value != '\0' && g_utf8_validate(value, -1, NULL) && g_utf8_strlen(value, -1) <= most;
  for (const char *p = value; good && *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
    gunichar c = g_utf8_get_char(p);
    good = c >= 0x20 && c != 0x7F && c != 0xFFFE && c != 0xFFFF;
  }
  if (good)
    return TRUE;
  g_autofree char *expected = g_strdup_printf("%ld", most);
  return error_set(error, ERROR_REFUSED, "pain_field", "field", field, "value", reference, "expected", expected, NULL);
}

gboolean pain001_check(const PainTransfer *t, GError **error) {
  const char *reference = t->reference == NULL ? "" : t->reference;
  return fits("reference", t->reference, PAIN001_ID_MAX, reference, error) &&
         fits("account_name", t->payee_name, PAIN001_TEXT_MAX, reference, error) &&
         fits("account_number", t->payee_account, 34, reference, error) &&
         fits("account_bank", t->payee_bank, PAIN001_TEXT_MAX, reference, error) &&
         (t->payee_cnaps == NULL || fits("account_cnaps", t->payee_cnaps, 35, reference, error)) &&
         fits("remark", t->remark, PAIN001_TEXT_MAX, reference, error);
}

static gboolean check(const PainMessage *m, Money *sum, GError **error) {
  if (g_strcmp0(m->version, "pain.001.001.03") != 0 && g_strcmp0(m->version, "pain.001.001.09") != 0)
    return error_set(error, ERROR_REFUSED, "pain_version", "value", m->version, NULL);
  if (!fits("message_id", m->message_id, PAIN001_ID_MAX, m->message_id, error) ||
      !fits("payer_name", m->payer_name, PAIN001_TEXT_MAX, m->message_id, error) ||
      !fits("payer_account", m->payer_account, 34, m->message_id, error) ||
      !fits("payer_bank", m->payer_bank, PAIN001_TEXT_MAX, m->message_id, error))
    return FALSE;
  g_assert(m->count > 0);
  for (gsize i = 0; i < m->count; i++) {
    if (!pain001_check(&m->transfers[i], error))
      return FALSE;
    if (i == 0)
      *sum = m->transfers[0].amount;
    else if (!money_add(*sum, m->transfers[i].amount, sum))
      return error_set(error, ERROR_REFUSED, "amount", "value", m->transfers[i].reference, NULL);
  }
  return TRUE;
}

static void totals(Writer *w, Money sum) {
  g_autofree char *count = g_strdup_printf("%" G_GSIZE_FORMAT, w->message->count), *amount = money_format(sum);
  text(w, "NbOfTxs", count);
  text(w, "CtrlSum", amount);
}

static void header(Writer *w, Money sum) {
  g_autofree char *created = instant_format(w->message->created_at);
  start(w, "GrpHdr");
  text(w, "MsgId", w->message->message_id);
  text(w, "CreDtTm", created);
  totals(w, sum);
  nested(w, "InitgPty", "Nm", w->message->payer_name);
  end(w);
}

static void transfer(Writer *w, const PainTransfer *t) {
  g_autofree char *amount = money_format(t->amount);
  start(w, "CdtTrfTxInf");
  nested(w, "PmtId", "EndToEndId", t->reference);
  start(w, "Amt");
  start(w, "InstdAmt");
  w->failed |= xmlTextWriterWriteAttribute(w->xml, XML("Ccy"), XML(t->amount.currency)) < 0;
  w->failed |= xmlTextWriterWriteString(w->xml, XML(amount)) < 0;
  end(w);
  end(w);
  agent(w, "CdtrAgt", t->payee_cnaps, t->payee_bank);
  nested(w, "Cdtr", "Nm", t->payee_name);
  account(w, "CdtrAcct", t->payee_account);
  nested(w, "RmtInf", "Ustrd", t->remark);
  end(w);
}

static void payment(Writer *w, Money sum) {
  const PainMessage *m = w->message;
  g_autofree char *day = day_format(m->execution);
  start(w, "PmtInf");
  text(w, "PmtInfId", m->message_id);
  text(w, "PmtMtd", "TRF");
  text(w, "BtchBookg", "false");
  totals(w, sum);
  if (g_str_equal(m->version, "pain.001.001.03"))
    text(w, "ReqdExctnDt", day);
  else
    nested(w, "ReqdExctnDt", "Dt", day);
  nested(w, "Dbtr", "Nm", m->payer_name);
  account(w, "DbtrAcct", m->payer_account);
  agent(w, "DbtrAgt", NULL, m->payer_bank);
  text(w, "ChrgBr", "DEBT");
  for (gsize i = 0; i < m->count; i++)
    transfer(w, &m->transfers[i]);
  end(w);
}

static void document(Writer *w, Money sum) {
  g_autofree char *space = g_strdup_printf("urn:iso:std:iso:20022:tech:xsd:%s", w->message->version);
  w->failed |= xmlTextWriterSetIndent(w->xml, 1) < 0;
  w->failed |= xmlTextWriterStartDocument(w->xml, NULL, "UTF-8", NULL) < 0;
  w->failed |= xmlTextWriterStartElementNS(w->xml, NULL, XML("Document"), XML(space)) < 0;
  start(w, "CstmrCdtTrfInitn");
  header(w, sum);
  payment(w, sum);
  end(w);
  end(w);
  w->failed |= xmlTextWriterEndDocument(w->xml) < 0;
}

GBytes *pain001_write(const PainMessage *message, GError **error) {
  Money sum;
  if (!check(message, &sum, error))
    return NULL;
  g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
  g_autoptr(xmlTextWriter) xml = buffer == NULL ? NULL : xmlNewTextWriterMemory(buffer, 0);
  if (xml == NULL)
    g_error("out of memory");
  Writer writer = {.xml = xml, .message = message};
  document(&writer, sum);
  if (writer.failed || xmlTextWriterFlush(xml) < 0) {
    error_set(error, ERROR_PERMANENT, "pain_writer", "value", message->message_id, NULL);
    return NULL;
  }
  return g_bytes_new(xmlBufferContent(buffer), (gsize)xmlBufferLength(buffer));
}
