#include "parsers/clean.h"
#include "parsers/encoding.h"
#include "parsers/sniff.h"
#include "rules/error.h"

#include <string.h>

static void test_bytes(void) {
  static const struct {
    const char *text, *encoding;
    gssize want;
  } cases[] = {
      {"", "GB18030", 0},    {"abc", "GB18030", 3}, {"证书", "GB18030", 4}, {"𠮷", "GB18030", 4},
      {"㐀a", "GB18030", 5}, {"证书", "UTF-8", 6},  {"𠮷", "UTF-8", 4},     {"证", "ISO-8859-1", -1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(encoding_bytes(cases[i].text, cases[i].encoding), ==, cases[i].want);
}

/* Decodes in pieces of `piece` bytes; NULL when refused. */
static char *decode(Encoding encoding, gboolean cut_fields, const char *bytes, gsize size, gsize piece) {
  g_autoptr(Decoder) decoder = decoder_new(encoding);
  GString *text = g_string_new(NULL);
  decoder_cut_fields(decoder, cut_fields);
  gboolean good = TRUE;
  for (gsize at = 0; good && at < size; at += piece)
    good = decoder_feed(decoder, bytes + at, MIN(piece, size - at), text, NULL);
  good = good && decoder_finish(decoder, NULL);
  return g_string_free(text, !good);
}

static void test_decode(void) {
#define BYTES(text) text, sizeof text - 1
  static const struct {
    Encoding encoding;
    gboolean cut;
    const char *bytes;
    gsize size;
    const char *want; /* NULL: refused */
  } cases[] = {
      {ENCODING_UTF8, FALSE, BYTES("a证𠮷"), "a证𠮷"},
      {ENCODING_UTF8, FALSE, BYTES("a\xE8\xAF"), NULL},
      {ENCODING_UTF8, FALSE, BYTES("a\xC0\x80"), NULL},
      {ENCODING_UTF8, FALSE, BYTES("a\0b"), NULL},
      {ENCODING_UTF8, FALSE, BYTES("a\xED\xA0\x80"), NULL},
      {ENCODING_GB18030, FALSE, BYTES("a\xD6\xA4,\x95\x34\xB2\x35"), "a证,𠮷"},
      {ENCODING_GB18030, FALSE, BYTES("\xD6,x"), NULL},
      {ENCODING_GB18030, TRUE, BYTES("\xD6\xA4\xD6,x"), "证,x"},
      {ENCODING_GB18030, TRUE, BYTES("\xD6\xA4\x95\x32\r\n"), "证\r\n"},
      {ENCODING_GB18030, TRUE, BYTES("\xD6\xA4\x95\x32\xB7\",x"), "证\",x"},
      {ENCODING_GB18030, TRUE, BYTES("\xD6!x"), NULL},
      {ENCODING_GB18030, TRUE, BYTES("\xD6\xA4\xD6"), NULL},
      {ENCODING_GB18030, FALSE, BYTES("a\0"), NULL},
      {ENCODING_UTF16LE, FALSE, BYTES("a\0\xC1\x8B"), "a证"},
      {ENCODING_UTF16BE, FALSE, BYTES("\0a\x8B\xC1"), "a证"},
      {ENCODING_UTF16LE, FALSE, BYTES("a\0\0\0"), NULL},
      {ENCODING_LATIN1, FALSE, BYTES("\xE4"), "ä"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    for (gsize piece = 1; piece <= cases[i].size; piece++) {
      g_autofree char *got = decode(cases[i].encoding, cases[i].cut, cases[i].bytes, cases[i].size, piece);
      if (g_strcmp0(got, cases[i].want) != 0)
        g_test_fail_printf("case %" G_GSIZE_FORMAT " in pieces of %" G_GSIZE_FORMAT ": %s", i, piece, got);
    }
}

static void test_place(void) {
  static const struct {
    Encoding encoding;
    const char *bytes;
    gsize size;
    const char *line, *column;
  } cases[] = {
      {ENCODING_GB18030, BYTES("ab\ncd\xFF!"), "2", "3"},
      {ENCODING_GB18030, BYTES("ab\n\xD6\xA4\xFF!"), "2", "2"},
      {ENCODING_UTF8, BYTES("ab\n\xE8\xAF\x81\0!"), "2", "2"},
      {ENCODING_UTF16LE, BYTES("\x0A\x4E\n\0\x01\x0A\0\0"), "2", "2"}, /* bytes of 上 and U+0A01 are no line feeds */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Decoder) decoder = decoder_new(cases[i].encoding);
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new(NULL);
    g_assert_false(decoder_feed(decoder, cases[i].bytes, cases[i].size, text, &error) &&
                   decoder_finish(decoder, &error));
    g_assert_cmpstr(error_fact(error, "line"), ==, cases[i].line);
    g_assert_cmpstr(error_fact(error, "column"), ==, cases[i].column);
    g_string_free(text, TRUE);
  }
}

static void test_names(void) {
  static const char *const known[] = {"utf-8", "GB2312", "gbk", "GB18030", "CP936", "US-ASCII", "UTF-16", "ISO-8859-1"};
  static const char *const strange[] = {"", "EBCDIC-US", "UTF-7", "windows-1252", "ISO-8859-5", "GB"};
  Encoding encoding;
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    g_assert_true(encoding_by_name(known[i], &encoding));
  for (gsize i = 0; i < G_N_ELEMENTS(strange); i++)
    g_assert_false(encoding_by_name(strange[i], &encoding));
}

static void test_clean(void) {
  static const struct {
    const char *text, *want;
  } cases[] = {{" a b ", "a b"},
               {"\ta\n", "a"},
               {"　证 书　", "证 书"},
               {"a\x1b[31mb", "a [31mb"},
               {"\xC2\x85x", "x"},
               {" \t\r\n", NULL},
               {"", NULL},
               {"\xEF\xBB\xBF"
                "x",
                "x"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *copy = g_strdup(cases[i].text);
    g_assert_cmpstr(clean_text(copy, strlen(copy)), ==, cases[i].want);
  }
  g_autofree char *key = clean_key(" 交 易　日期\n（元）Ａ");
  g_assert_cmpstr(key, ==, "交易日期(元)A");
}

static void test_sniff(void) {
  static const struct {
    const char *bytes;
    gsize size;
    const char *want; /* reason, or NULL */
    Sniffed sniffed;
  } cases[] = {
      {BYTES(""), "file_empty", 0},
      {BYTES(" \r\n"), "file_empty", 0},
      {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1xx"), NULL, SNIFF_OLE},
      {BYTES("PK\x03\x04xx"), NULL, SNIFF_ZIP},
      {BYTES("%PDF-1.7"), NULL, SNIFF_PDF},
      {BYTES("<?xml version='1.0'?><!-- <a> --><xbrl>"), NULL, SNIFF_VOUCHER},
      {BYTES("\xFF\xFE<\0x\0:\0x\0b\0r\0l\0>\0"), NULL, SNIFF_VOUCHER},
      {BYTES("<xbrlJson>"), NULL, SNIFF_XML},
      {BYTES("<HTML><body>"), NULL, SNIFF_HTML},
      {BYTES("  <table border=1>"), NULL, SNIFF_HTML},
      {BYTES("\xFF\xFE<\0t\0a\0b\0l\0e\0"), NULL, SNIFF_HTML},
      {BYTES("\x1F\x8B\x08"), "file_archive", 0},
      {BYTES("\x89PNG\r\n"), "file_image", 0},
      {BYTES(":20:X\r\n:25:1"), NULL, SNIFF_MT940},
      {BYTES("{1:F01X}{4:\r\n:20:X"), NULL, SNIFF_MT940},
      {BYTES("\xEF\xBB\xBF<?xml version='1.0'?><a/>"), NULL, SNIFF_XML},
      {BYTES("\xFF\xFE<\0?\0x\0"), NULL, SNIFF_XML},
      {BYTES("<?xml version='1.0'?><!-- x --><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>"), NULL,
       SNIFF_XMLSS},
      {BYTES("<Workbook>"), NULL, SNIFF_XML},
      {BYTES("<!DOCTYPE html><html>"), NULL, SNIFF_HTML},
      {BYTES("日期,金额\n"), NULL, SNIFF_TEXT},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    Sniffed sniffed;
    gboolean good = sniff(cases[i].bytes, cases[i].size, &sniffed, &error);
    g_assert_cmpstr(good ? NULL : error_reason(error), ==, cases[i].want);
    if (good)
      g_assert_cmpint(sniffed, ==, cases[i].sniffed);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/encoding/bytes", test_bytes);
  g_test_add_func("/encoding/decode", test_decode);
  g_test_add_func("/encoding/place", test_place);
  g_test_add_func("/encoding/names", test_names);
  g_test_add_func("/encoding/clean", test_clean);
  g_test_add_func("/encoding/sniff", test_sniff);
  return g_test_run();
}
