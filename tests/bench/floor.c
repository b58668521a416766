/* floor camt|csv FILE: the least that a program must do to read a statement with the same libraries, to measure ours
 * against. camt: libxml2's SAX2 push parser, thirteen fields of each entry copied out. csv: libcsv on the raw bytes,
 * each cell trimmed of a TAB and, when it is not ASCII, turned from GB18030 to UTF-8 by a table. Nothing is checked,
 * kept or sent; a sum over all texts keeps the compiler honest. Prints entries and sum. */
#include <csv.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, ROOM = 4096, DEPTH = 64 };

static guint64 entries, sum;

static void take(const char *text, gsize size, guint64 place) {
  guint64 hash = 88172645463325252u, word;
  for (; size >= sizeof word; text += sizeof word, size -= sizeof word) {
    memcpy(&word, text, sizeof word);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 30;
  }
  for (; size > 0; text++, size--)
    hash = (hash ^ (guchar)*text) * 1099511628211u;
  sum += hash * place;
}

/* ---- camt */

typedef enum {
  OTHER,
  NM,
  ID,
  DT,
  AMT,
  NTRY,
  DBTR,
  CDTR,
  DT_TM,
  VAL_DT,
  USTRD,
  REFERENCE,
  BOOK,
  DEBTOR_ACCOUNT,
  CREDITOR_ACCOUNT,
  DIRECTION,
  END_TO_END,
  SERVICER
} Tag;
typedef enum {
  F_REFERENCE,
  F_AMOUNT,
  F_CURRENCY,
  F_DIRECTION,
  F_BOOKED,
  F_VALUE,
  F_SERVICER,
  F_END_TO_END,
  F_DEBTOR,
  F_DEBTOR_ACCOUNT,
  F_CREDITOR,
  F_CREDITOR_ACCOUNT,
  F_REMARK,
  FIELDS
} Field;

static struct {
  Tag stack[DEPTH];
  int depth, entry; /* entry: depth of the open one, 0 without */
  Tag party;
  int field; /* -1: of no interest */
  char text[ROOM];
  gsize used, start[FIELDS], size[FIELDS];
} now = {.field = -1};

static Tag tag_of(const char *name) {
  static const struct {
    const char *name;
    Tag tag;
  } tags[][5] = {[2] = {{"Nm", NM}, {"Id", ID}, {"Dt", DT}},
                 [3] = {{"Amt", AMT}},
                 [4] = {{"Ntry", NTRY}, {"Dbtr", DBTR}, {"Cdtr", CDTR}, {"DtTm", DT_TM}},
                 [5] = {{"ValDt", VAL_DT}, {"Ustrd", USTRD}},
                 [7] = {{"NtryRef", REFERENCE}, {"BookgDt", BOOK}},
                 [8] = {{"DbtrAcct", DEBTOR_ACCOUNT}, {"CdtrAcct", CREDITOR_ACCOUNT}},
                 [9] = {{"CdtDbtInd", DIRECTION}},
                 [10] = {{"EndToEndId", END_TO_END}},
                 [11] = {{"AcctSvcrRef", SERVICER}}};
  gsize size = strlen(name);
  for (int i = 0; size < G_N_ELEMENTS(tags) && tags[size][i].name != NULL; i++)
    if (memcmp(tags[size][i].name, name, size) == 0)
      return tags[size][i].tag;
  return OTHER;
}

static int field_of(Tag tag, Tag above) {
  switch (tag) {
  case REFERENCE:
    return F_REFERENCE;
  case AMT:
    return above == NTRY ? F_AMOUNT : -1;
  case DIRECTION:
    return above == NTRY ? F_DIRECTION : -1;
  case DT:
  case DT_TM:
    return above == BOOK ? F_BOOKED : above == VAL_DT ? F_VALUE : -1;
  case SERVICER:
    return F_SERVICER;
  case END_TO_END:
    return F_END_TO_END;
  case NM:
    return now.party == DBTR ? F_DEBTOR : now.party == CDTR ? F_CREDITOR : -1;
  case ID:
    return now.party == DEBTOR_ACCOUNT ? F_DEBTOR_ACCOUNT : now.party == CREDITOR_ACCOUNT ? F_CREDITOR_ACCOUNT : -1;
  case USTRD:
    return F_REMARK;
  default:
    return -1;
  }
}

static void append(int field, const char *text, gsize size) {
  if (now.used + size > ROOM)
    return;
  memcpy(now.text + now.used, text, size);
  now.used += size;
  now.size[field] += size;
}

static void open_field(int field) {
  now.start[field] = now.used;
  now.size[field] = 0;
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
                     const xmlChar **namespaces, int count, int defaulted, const xmlChar **attributes) {
  Tag tag = tag_of((const char *)name), above = now.depth == 0 ? OTHER : now.stack[now.depth - 1];
  (void)user, (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted;
  if (now.depth < DEPTH)
    now.stack[now.depth++] = tag;
  if (now.entry == 0 && tag == NTRY) {
    now.entry = now.depth;
    now.used = 0;
    memset(now.size, 0, sizeof now.size);
  }
  if (now.entry == 0)
    return;
  if (tag == DBTR || tag == CDTR || tag == DEBTOR_ACCOUNT || tag == CREDITOR_ACCOUNT)
    now.party = tag;
  now.field = field_of(tag, above);
  if (now.field == F_AMOUNT && count > 0 && strcmp((const char *)attributes[0], "Ccy") == 0) {
    open_field(F_CURRENCY);
    append(F_CURRENCY, (const char *)attributes[3], (gsize)(attributes[4] - attributes[3]));
  }
  if (now.field >= 0)
    open_field(now.field);
}

static void on_text(void *user, const xmlChar *text, int size) {
  (void)user;
  if (now.field >= 0)
    append(now.field, (const char *)text, (gsize)size);
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  (void)user, (void)name, (void)prefix, (void)uri;
  now.field = -1;
  if (now.entry == 0) {
    now.depth--;
    return;
  }
  if (now.stack[now.depth - 1] == now.party)
    now.party = OTHER;
  if (now.depth-- != now.entry)
    return;
  now.entry = 0;
  entries++;
  for (int i = 0; i < FIELDS; i++)
    take(now.text + now.start[i], now.size[i], (guint64)i + 1);
}

static int camt(int fd) {
  static char piece[PIECE];
  xmlSAXHandler sax = {
      .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end, .characters = on_text};
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_COMPACT);
  ssize_t size;
  int code = 0;
  while (code == 0 && (size = read(fd, piece, sizeof piece)) > 0)
    code = xmlParseChunk(parser, piece, (int)size, 0);
  code |= xmlParseChunk(parser, "", 0, 1);
  xmlFreeParserCtxt(parser);
  return code;
}

/* ---- csv */

enum { LEADS = 0xFF - 0x81, TRAILS = 0xFF - 0x40, COLUMNS = 12 };
static guint32 table[LEADS][TRAILS]; /* UTF-8 bytes, first one lowest; their number on top */
static GIConv converter;
static guint64 cells;

static void fill_table(void) {
  converter = g_iconv_open("UTF-8", "GB18030");
  for (int lead = 0; lead < LEADS; lead++)
    for (int trail = 0; trail < TRAILS; trail++) {
      char in[2] = {(char)(lead + 0x81), (char)(trail + 0x40)}, out[4] = "", *from = in, *to = out;
      gsize left = sizeof in, room = 3;
      if (g_iconv(converter, &from, &left, &to, &room) == (gsize)-1)
        g_iconv(converter, NULL, NULL, NULL, NULL);
      else
        memcpy(&table[lead][trail], out, 3), table[lead][trail] |= (guint32)(3 - room) << 24;
    }
}

static gsize to_utf8(const guchar *at, gsize size, char *out) {
  const guchar *end = at + size;
  char *to = out;
  while (at < end) {
    guint32 known = *at >= 0x81 && *at < 0xFF && end - at > 1 && at[1] >= 0x40 && at[1] < 0xFF
                        ? table[*at - 0x81][at[1] - 0x40]
                        : 0;
    if (*at < 0x80)
      *to++ = (char)*at++;
    else if (known != 0) {
      memcpy(to, &known, 4);
      to += known >> 24;
      at += 2;
    } else {
      char *from = (char *)(guintptr)at;
      gsize left = MIN((gsize)(end - at), 4), room = 8;
      if (g_iconv(converter, &from, &left, &to, &room) == (gsize)-1 && from == (const char *)at)
        from++;
      at = (const guchar *)from;
    }
  }
  return (gsize)(to - out);
}

static gboolean is_ascii(const char *text, gsize size) {
  guint64 all = 0, word;
  for (; size >= sizeof word; text += sizeof word, size -= sizeof word) {
    memcpy(&word, text, sizeof word);
    all |= word;
  }
  for (; size > 0; text++, size--)
    all |= (guchar)*text;
  return (all & 0x8080808080808080u) == 0;
}

static void on_cell(void *cell, size_t size, void *user) {
  static char utf8[PIECE * 2];
  const char *text = cell;
  (void)user;
  if (size > 0 && *text == '\t')
    text++, size--;
  if (size < PIECE && !is_ascii(text, size)) {
    size = to_utf8((const guchar *)text, size, utf8);
    text = utf8;
  }
  take(text, size, ++cells);
}

static void on_row(int end, void *user) {
  (void)end, (void)user;
  entries += cells == COLUMNS;
  cells = 0;
}

static int csv(int fd) {
  static char piece[PIECE];
  struct csv_parser parser;
  ssize_t size;
  fill_table();
  csv_init(&parser, CSV_APPEND_NULL);
  while ((size = read(fd, piece, sizeof piece)) > 0)
    if (csv_parse(&parser, piece, (gsize)size, on_cell, on_row, NULL) != (gsize)size)
      return 1;
  csv_fini(&parser, on_cell, on_row, NULL);
  csv_free(&parser);
  entries -= MIN(entries, 2); /* the header, the totals */
  return 0;
}

int main(int argc, char **argv) {
  int fd = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return 2;
  int code = g_str_equal(argv[1], "camt") ? camt(fd) : g_str_equal(argv[1], "csv") ? csv(fd) : 2;
  printf("{\"entries\":%" PRIu64 ",\"sum\":\"%016" PRIx64 "\"}\n", entries, sum);
  return code == 0 ? 0 : 1;
}
