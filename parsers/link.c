#include "parsers/link.h"

#include <string.h>

#include "parsers/link_variable.h"
#include "rules/error.h"

enum { MOST_KEYS = 24 };

typedef struct {
  const KeyFile *file;
  const KeySection *section;
  GError **error;
} Reader;

/* How the value of one key is read into its field. Templates are texts whose lines are joined. */
typedef enum { TEXT, TEMPLATE, LIST, NUMBER, CHOICE } Shape;

typedef struct {
  const char *key;
  Shape shape;
  gsize offset;
  const char *standard; /* NULL: the field stays empty */
  int least, most;      /* NUMBER */
  const char *choices;  /* CHOICE: the field becomes the place in the list */
} Setting;

#define IN(field) G_STRUCT_OFFSET(Link, field)
static const Setting link_settings[] = {
    {"transport", CHOICE, IN(transport), "https", .choices = "https|socket"},
    {"format", CHOICE, IN(format), "json", .choices = "json|xml"},
    {"encoding", TEXT, IN(encoding), "UTF-8"},
    {"content_type", TEXT, IN(content_type), "application/octet-stream"},
    {"transfers", NUMBER, IN(most), "1", 1, 500},
    {"same_bank", LIST, IN(same_bank), "Y|N"},
    {"query_minutes", NUMBER, IN(query_minutes), "5", 1, 1440},
    {"signature", CHOICE, IN(sign), NULL, .choices = "none|rsa|sm2|hmac"},
    {"signature_form", CHOICE, IN(sign_raw), "der", .choices = "der|raw"},
    {"sm2_id", TEXT, IN(sm2_id), SIGNATURE_SM2_ID},
    {"unsigned", TEXT, IN(unsigned_text), ""},
    {"signature_before", TEXT, IN(before)},
    {"signature_after", TEXT, IN(after)},
    {"envelope", CHOICE, IN(envelope), "none", .choices = "none|sm4-cbc"},
    {"envelope_first", TEXT, IN(first)},
    {"wrap", TEMPLATE, IN(wrap)},
    {"flag", TEXT, IN(flag), ""},
    {"length", NUMBER, IN(length), "0", 0, 10},
    {"length_fill", CHOICE, IN(zeros), "blanks", .choices = "blanks|zeros"},
    {NULL},
};
#undef IN

#define IN(field) G_STRUCT_OFFSET(LinkCall, field)
static const Setting call_settings[] = {
    {"function", TEXT, IN(function), ""},
    {"template", TEMPLATE, IN(template)},
    {"item", TEMPLATE, IN(item)},
    {"pause", NUMBER, IN(pause), "0", 0, 3600},
    {"request", TEXT, IN(request)},
    {"echo", TEXT, IN(echo), "{request}"},
    {"each", TEXT, IN(each)},
    {"reference", TEXT, IN(reference)},
    {"status", LIST, IN(status)},
    {"reason", TEXT, IN(reason)},
    {"text", TEXT, IN(text)},
    {"bank_reference", TEXT, IN(bank_reference)},
    {"settled", LIST, IN(words[LINK_SETTLED])},
    {"progress", LIST, IN(words[LINK_PROGRESS])},
    {"rejected", LIST, IN(words[LINK_REJECTED])},
    {"returned", LIST, IN(words[LINK_RETURNED])},
    {"not_found", LIST, IN(words[LINK_NOT_FOUND])},
    {NULL},
};
#undef IN

static gboolean refuse(const Reader *reader, const char *key, const char *reason, const char *expected) {
  g_autofree char *line = g_strdup_printf("%d", keysection_line(reader->section, key));
  return error_set(reader->error, ERROR_PERMANENT, reason, "file", reader->file->file, "line", line, "field", key,
                   "value", keysection_value(reader->section, key), "expected", expected, NULL);
}

/* Lines that continue a value have lost their outer blanks already. */
static char *join_lines(const char *value) {
  g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
  return g_strjoinv("", lines);
}

static char **split_list(const char *value) {
  char **words = g_strsplit(value, "|", -1);
  for (char **word = words; *word != NULL; word++)
    g_strstrip(*word);
  return words;
}

static gboolean read_choice(const Reader *reader, const Setting *setting, const char *value, int *into) {
  g_auto(GStrv) choices = g_strsplit(setting->choices, "|", -1);
  for (int i = 0; choices[i] != NULL; i++)
    if (g_str_equal(choices[i], value)) {
      *into = i;
      return TRUE;
    }
  return refuse(reader, setting->key, "config_value", setting->choices);
}

static gboolean read_number(const Reader *reader, const Setting *setting, const char *value, int *into) {
  guint64 number = 0;
  g_autofree char *expected = g_strdup_printf("%d-%d", setting->least, setting->most);
  if (!g_ascii_string_to_unsigned(value, 10, (guint64)setting->least, (guint64)setting->most, &number, NULL))
    return refuse(reader, setting->key, "config_value", expected);
  *into = (int)number;
  return TRUE;
}

static gboolean read_setting(const Reader *reader, const Setting *setting, char *into) {
  const char *given = keysection_value(reader->section, setting->key),
             *value = given != NULL ? given : setting->standard;
  char *field = into + setting->offset;
  if (value == NULL)
    return TRUE;
  switch (setting->shape) {
  case TEXT:
    *(char **)(void *)field = g_strdup(value);
    return TRUE;
  case TEMPLATE:
    *(char **)(void *)field = join_lines(value);
    return TRUE;
  case LIST:
    *(char ***)(void *)field = split_list(value);
    return TRUE;
  case NUMBER:
    return read_number(reader, setting, value, (int *)(void *)field);
  case CHOICE:
    return read_choice(reader, setting, value, (int *)(void *)field);
  }
  g_assert_not_reached();
}

static gboolean read_section(const Reader *reader, const Setting *settings, void *into) {
  const char *known[MOST_KEYS + 1] = {NULL};
  for (gsize i = 0; settings[i].key != NULL; i++) {
    g_assert(i < MOST_KEYS);
    known[i] = settings[i].key;
  }
  if (!keysection_check(reader->file, reader->section, known, reader->error))
    return FALSE;
  for (; settings->key != NULL; settings++)
    if (!read_setting(reader, settings, into))
      return FALSE;
  return TRUE;
}

static gboolean check_template(const Reader *reader, const char *key, const char *template) {
  g_autofree char *unknown = template == NULL ? NULL : link_unknown_variable(template);
  return unknown == NULL || refuse(reader, key, "config_value", LINK_VARIABLES);
}

/* An answer that names neither its request nor its transfer could be anybody's. */
static gboolean check_call(const Reader *reader, const Link *link, const LinkCall *call) {
  const char *place = call->template == NULL ? NULL : strstr(call->template, "{signature}");
  const struct {
    const char *key;
    gboolean missing;
  } needs[] = {{"template", call->template == NULL},
               {"status", call->status == NULL},
               {"reference", call->reference == NULL && (call->request == NULL || call->each != NULL)},
               {"item", link->most > 1 && call == &link->pay && call->item == NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(needs); i++)
    if (needs[i].missing)
      return refuse(reader, needs[i].key, "config_missing", NULL);
  if ((link->sign != SIGNATURE_NONE) != (place != NULL) || (place != NULL && strstr(place + 1, "{signature}") != NULL))
    return refuse(reader, "template", "config_value", "{signature}");
  return check_template(reader, "template", call->template) && check_template(reader, "item", call->item) &&
         check_template(reader, "echo", call->echo);
}

static gboolean check_link(const Reader *reader, const Link *link) {
  static const char *const encodings[] = {"UTF-8", "GBK", "GB18030", NULL};
  if (!g_strv_contains(encodings, link->encoding))
    return refuse(reader, "encoding", "config_value", "UTF-8|GBK|GB18030");
  if (g_strv_length(link->same_bank) != 2)
    return refuse(reader, "same_bank", "config_value", "Y|N");
  if (keysection_value(reader->section, "signature") == NULL)
    return refuse(reader, "signature", "config_missing", NULL);
  if (link->sign != SIGNATURE_NONE && (link->before == NULL || *link->before == '\0'))
    return refuse(reader, "signature_before", "config_missing", NULL);
  if (link->sign != SIGNATURE_NONE && (link->after == NULL || *link->after == '\0'))
    return refuse(reader, "signature_after", "config_missing", NULL);
  if (link->envelope && link->first == NULL)
    return refuse(reader, "envelope_first", "config_missing", NULL);
  if (link->transport == LINK_SOCKET && link->length == 0)
    return refuse(reader, "length", "config_missing", NULL);
  return check_template(reader, "wrap", link->wrap) && check_template(reader, "sm2_id", link->sm2_id) &&
         check_template(reader, "envelope_first", link->first);
}

static gboolean parse_call(const KeyFile *file, const char *name, const Link *link, LinkCall *call, GError **error) {
  const Reader reader = {file, keyfile_section(file, "link", name), error};
  if (reader.section == NULL)
    return error_set(error, ERROR_PERMANENT, "config_missing", "file", file->file, "field", name, "value", "link",
                     NULL);
  return read_section(&reader, call_settings, call) && check_call(&reader, link, call);
}

gboolean link_parse(const KeyFile *file, Link **link, GError **error) {
  const Reader reader = {file, keyfile_section(file, "link", NULL), error};
  *link = NULL;
  if (reader.section == NULL)
    return TRUE;
  Link *read = g_new0(Link, 1);
  if (read_section(&reader, link_settings, read) && check_link(&reader, read) &&
      parse_call(file, "pay", read, &read->pay, error) && parse_call(file, "query", read, &read->query, error)) {
    *link = read;
    return TRUE;
  }
  link_free(read);
  return FALSE;
}

static void clear_section(const Setting *settings, char *from) {
  for (; settings->key != NULL; settings++) {
    void *field = from + settings->offset;
    if (settings->shape == TEXT || settings->shape == TEMPLATE)
      g_free(*(char **)field);
    else if (settings->shape == LIST)
      g_strfreev(*(char ***)field);
  }
}

void link_free(Link *link) {
  if (link == NULL)
    return;
  clear_section(call_settings, (char *)&link->pay);
  clear_section(call_settings, (char *)&link->query);
  clear_section(link_settings, (char *)link);
  g_free(link);
}

const char *link_status_word(LinkMeaning meaning) {
  static const char *const words[] = {[LINK_SETTLED] = "ACSC",
                                      [LINK_PROGRESS] = "PDNG",
                                      [LINK_REJECTED] = "RJCT",
                                      [LINK_RETURNED] = LINK_WORD_RETURNED,
                                      [LINK_NOT_FOUND] = LINK_WORD_NOT_FOUND,
                                      [LINK_MEANINGS] = LINK_WORD_NOTHING};
  return words[meaning];
}
