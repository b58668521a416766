#include "parsers/voucher.h"

#include <string.h>

#include "parsers/voucher_lines.h"
#include "parsers/voucher_receipt.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { UNITS_MAX = 1000, CONTEXTS_MAX = 10000, TEXTS_MAX = 4 << 20 /* of the single facts, or of one line */ };

typedef enum { KIND_NONE, KIND_STATEMENT, KIND_RECEIPT } Kind;

/* Ids of paths: these, then the single facts, then those of a line. */
enum { SCHEMA = 1, UNIT, MEASURE, CONTEXT, INSTANT, END_DATE, LINE, SINGLE, IN_LINE = SINGLE + SINGLE_FACTS };

/* clang-format off */
static const XmlPath paths[] = {
    {"xbrl/schemaRef", SCHEMA},
    {"xbrl/unit", UNIT},
    {"xbrl/unit/measure", MEASURE},
    {"xbrl/context", CONTEXT},
    {"xbrl/context/period/instant", INSTANT},
    {"xbrl/context/period/endDate", END_DATE},
    {"xbrl/" VOUCHER_LINE, LINE},
#define X(name) {"xbrl/" #name, SINGLE + SINGLE_##name},
    VOUCHER_SINGLE_FACTS(X)
#undef X
#define X(name) {"xbrl/" VOUCHER_LINE "/" #name, IN_LINE + LINE_##name},
    VOUCHER_LINE_FACTS(X)
#undef X
    {NULL, 0}};
/* clang-format on */

typedef struct {
  VoucherFact *facts;
  GStringChunk *texts;
  gsize kept;
} Facts;

struct Voucher {
  RecordSink sink;
  XmlReader *xml;
  int number;
  Kind kind;
  char format[24];              /* "bkrs.2023-12-31" */
  char schema[VOUCHER_ID_SIZE]; /* what schemaRef refers to */
  GHashTable *units;            /* id -> currency, "" when it is none */
  GHashTable *contexts;         /* id -> its last day */
  char open[VOUCHER_ID_SIZE];   /* the unit or context being read */
  Facts singles, line;
  gboolean line_ours; /* the open line is of the taxonomy */
  gboolean ours, nil; /* so is the open fact; it has no value */
  VoucherFact fact;   /* the open one, without its text */
  VoucherLines lines;
};

/* The taxonomy's kind of a namespace ".../taxonomy/DATE/bkrs"; *from: where "DATE/bkrs" begins. */
static Kind kind_of(const char *namespace, const char **from) {
  const char *at = namespace == NULL ? NULL : strstr(namespace, "/taxonomy/");
  const char *name = at == NULL ? NULL : strchr(at + strlen("/taxonomy/"), '/');
  if (name == NULL)
    return KIND_NONE;
  *from = at + strlen("/taxonomy/");
  return g_str_equal(name, "/bkrs") ? KIND_STATEMENT : g_str_equal(name, "/bker") ? KIND_RECEIPT : KIND_NONE;
}

/* Does the element belong to the taxonomy of this voucher? The first that does says which. */
static gboolean claim(Voucher *voucher, const XmlElement *element, GError **error) {
  const char *from;
  Kind kind = kind_of(element->namespace, &from);
  voucher->ours = kind != KIND_NONE;
  if (!voucher->ours || kind == voucher->kind)
    return TRUE;
  if (voucher->kind != KIND_NONE)
    return error_set(error, ERROR_REFUSED, "voucher_mixed", NULL);
  voucher->kind = kind;
  const char *slash = strchr(from, '/');
  g_snprintf(voucher->format, sizeof voucher->format, "%s.%.*s", slash + 1, MIN((int)(slash - from), 10), from);
  voucher->lines.format = voucher->format;
  return TRUE;
}

static gboolean fact_begin(Voucher *voucher, const char *name, const XmlElement *element, GError **error) {
  char unit[VOUCHER_ID_SIZE], context[VOUCHER_ID_SIZE], nil[8];
  VoucherFact *fact = &voucher->fact;
  *fact = (VoucherFact){.name = name, .day = DAY_NONE};
  voucher->nil = xml_attribute(element, "nil", nil, sizeof nil) && (g_str_equal(nil, "true") || g_str_equal(nil, "1"));
  xml_attribute(element, "decimals", fact->decimals, sizeof fact->decimals);
  if (xml_attribute(element, "contextRef", context, sizeof context)) {
    gpointer day;
    if (g_hash_table_lookup_extended(voucher->contexts, context, NULL, &day))
      fact->day = GPOINTER_TO_INT(day);
  }
  if (!voucher->ours || !xml_attribute(element, "unitRef", unit, sizeof unit))
    return TRUE;
  const char *currency = g_hash_table_lookup(voucher->units, unit);
  if (currency == NULL || *currency == '\0')
    return error_set(error, ERROR_REFUSED, "voucher_unit", "field", name, "value", unit, NULL);
  g_strlcpy(fact->currency, currency, sizeof fact->currency);
  return TRUE;
}

static gboolean open_named(Voucher *voucher, const XmlElement *element, GHashTable *known, guint most, GError **error) {
  xml_attribute(element, "id", voucher->open, sizeof voucher->open);
  return g_hash_table_size(known) < most || error_set(error, ERROR_REFUSED, "voucher_units", NULL);
}

static void line_begin(Voucher *voucher) {
  voucher->line_ours = voucher->ours && voucher->kind == KIND_STATEMENT;
  memset(voucher->line.facts, 0, sizeof(VoucherFact) * LINE_FACTS);
  for (int i = 0; i < LINE_FACTS; i++)
    voucher->line.facts[i].name = voucher_line_names[i];
  g_string_chunk_clear(voucher->line.texts);
  voucher->line.kept = 0;
}

static gboolean on_start(void *user, int id, const XmlElement *element, GError **error) {
  Voucher *voucher = user;
  switch (id) {
  case SCHEMA:
    xml_attribute(element, "href", voucher->schema, sizeof voucher->schema);
    return TRUE;
  case UNIT:
    return open_named(voucher, element, voucher->units, UNITS_MAX, error);
  case CONTEXT:
    return open_named(voucher, element, voucher->contexts, CONTEXTS_MAX, error);
  case MEASURE:
  case INSTANT:
  case END_DATE:
    return TRUE;
  default:
    break;
  }
  if (!claim(voucher, element, error))
    return FALSE;
  if (id == LINE) {
    line_begin(voucher);
    return TRUE;
  }
  const char *name = id >= IN_LINE ? voucher_line_names[id - IN_LINE] : voucher_single_names[id - SINGLE];
  return fact_begin(voucher, name, element, error);
}

/* A fact that stands twice: the one of the later context, if one is later. */
static gboolean outranks(const VoucherFact *fact, const VoucherFact *before, gboolean *replaces, GError **error) {
  *replaces = before->text == NULL || fact->day > before->day;
  return *replaces || fact->day < before->day || g_str_equal(fact->text, before->text) ||
         error_set(error, ERROR_REFUSED, "repeated", "field", fact->name, "value", fact->text, NULL);
}

/* Generators write "null" where they have nothing. */
static gboolean keep(Voucher *voucher, Facts *facts, int index, const char *text, GError **error) {
  VoucherFact *fact = &voucher->fact;
  gboolean replaces;
  if (!voucher->ours || voucher->nil || text == NULL || g_str_equal(text, "null"))
    return TRUE;
  facts->kept += strlen(text) + 1;
  if (facts->kept > TEXTS_MAX)
    return error_set(error, ERROR_REFUSED, "field_too_long", "field", fact->name, NULL);
  fact->text = text;
  if (!outranks(fact, &facts->facts[index], &replaces, error))
    return FALSE;
  if (replaces) {
    fact->text = g_string_chunk_insert(facts->texts, text);
    facts->facts[index] = *fact;
  }
  return TRUE;
}

/* "iso4217:CNY" */
static void learn_unit(Voucher *voucher, const char *measure) {
  const char *colon = measure == NULL ? NULL : strrchr(measure, ':');
  const char *code = colon == NULL ? measure : colon + 1;
  g_hash_table_insert(voucher->units, g_strdup(voucher->open),
                      money_exponent(code) < 0 ? g_strdup("") : g_strdup(code));
}

static void learn_context(Voucher *voucher, const char *text) {
  Day day;
  char date[11];
  g_strlcpy(date, text == NULL ? "" : text, sizeof date);
  if (day_parse(date, &day))
    g_hash_table_insert(voucher->contexts, g_strdup(voucher->open), GINT_TO_POINTER(day));
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Voucher *voucher = user;
  switch (id) {
  case SCHEMA:
  case UNIT:
  case CONTEXT:
    return TRUE;
  case MEASURE:
    learn_unit(voucher, text);
    return TRUE;
  case INSTANT:
  case END_DATE:
    learn_context(voucher, text);
    return TRUE;
  case LINE:
    return !voucher->line_ours ||
           voucher_lines_add(&voucher->lines, voucher->singles.facts, voucher->line.facts, error);
  default:
    return id >= IN_LINE ? keep(voucher, &voucher->line, id - IN_LINE, text, error)
                         : keep(voucher, &voucher->singles, id - SINGLE, text, error);
  }
}

static Facts facts_make(int count) {
  return (Facts){g_new0(VoucherFact, count), g_string_chunk_new(1024), 0};
}

Voucher *voucher_new(int number, const RecordSink *sink) {
  Voucher *voucher = g_new0(Voucher, 1);
  XmlHandler handler = {on_start, on_end, voucher};
  voucher->sink = *sink;
  voucher->number = number;
  voucher->xml = xml_reader_new(paths, &handler);
  voucher->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  voucher->contexts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  voucher->singles = facts_make(SINGLE_FACTS);
  voucher->line = facts_make(LINE_FACTS);
  for (int i = 0; i < SINGLE_FACTS; i++)
    voucher->singles.facts[i].name = voucher_single_names[i];
  voucher_lines_init(&voucher->lines, number, &voucher->sink);
  return voucher;
}

void voucher_free(Voucher *voucher) {
  if (voucher == NULL)
    return;
  xml_reader_free(voucher->xml);
  g_hash_table_unref(voucher->units);
  g_hash_table_unref(voucher->contexts);
  g_free(voucher->singles.facts);
  g_string_chunk_free(voucher->singles.texts);
  g_free(voucher->line.facts);
  g_string_chunk_free(voucher->line.texts);
  voucher_lines_clear(&voucher->lines);
  g_free(voucher);
}

gboolean voucher_feed(Voucher *voucher, const char *bytes, gsize size, GError **error) {
  return xml_reader_feed(voucher->xml, bytes, size, error);
}

gboolean voucher_finish(Voucher *voucher, GError **error) {
  if (!xml_reader_finish(voucher->xml, error))
    return FALSE;
  switch (voucher->kind) {
  case KIND_STATEMENT:
    return voucher_lines_end(&voucher->lines, voucher->singles.facts, error);
  case KIND_RECEIPT:
    return voucher_receipt(voucher->singles.facts, voucher->format, voucher->number, &voucher->sink, error);
  default:
    return error_set(error, ERROR_REFUSED, "voucher_kind", "value", *voucher->schema == '\0' ? NULL : voucher->schema,
                     NULL);
  }
}
