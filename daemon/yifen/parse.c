/* yifen parse: any statement file as it is, without a store; with the profiles of the instance, if there is one. A file
 * that is refused prints nothing but the reason. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/cage.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/parse_fit.h"
#include "parsers/entry_json.h"
#include "rules/error.h"

typedef enum { AS_TABLE, AS_JSON, AS_CSV } Form;

enum { NAMES_MAX = 1000 /* bytes of sheets' names that are told */ };

typedef struct {
  Form form;
  const char *profiles, *profile; /* folder, or NULL; name, or NULL */
  const char *name;               /* of the file */
  FILE *out, *err;
  FILE *entries;         /* printed lines, until the file proves good */
  GPtrArray *statements; /* Part */
  json_t *layouts;       /* why none of them fits */
  gboolean open_end, doubtful;
  GString *left_out; /* names of sheets */
} Printer;

/* A statement, complete, and where its lines end. */
typedef struct {
  char *head;
  long end;
} Part;

static const char *const csv_keys[] = {"statement",
                                       "line",
                                       "account",
                                       "booking_date",
                                       "value_date",
                                       "time",
                                       "amount",
                                       "currency",
                                       "direction",
                                       "status",
                                       "reversal",
                                       "return_reason",
                                       "bank_reference",
                                       "entry_reference",
                                       "index",
                                       "transactions",
                                       "end_to_end_id",
                                       "counterparty_name",
                                       "counterparty_account",
                                       "counterparty_bank",
                                       "remark",
                                       "purpose",
                                       "summary",
                                       "balance"};

static void part_free(gpointer data) {
  Part *part = data;
  g_free(part->head);
  g_free(part);
}

static void print_csv_cell(FILE *to, const char *text) {
  if (text[strcspn(text, ",\"\r\n")] == '\0') {
    fputs(text, to);
    return;
  }
  fputc('"', to);
  for (; *text != '\0'; text++) {
    if (*text == '"')
      fputc('"', to);
    fputc(*text, to);
  }
  fputc('"', to);
}

static void print_csv(FILE *to, json_t *object) {
  for (gsize i = 0; i < G_N_ELEMENTS(csv_keys); i++) {
    json_t *value = json_object_get(object, csv_keys[i]);
    if (i > 0)
      fputc(',', to);
    if (json_is_string(value))
      print_csv_cell(to, json_string_value(value));
    else if (json_is_integer(value))
      fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (value != NULL)
      fputs(json_is_true(value) ? "true" : "false", to);
  }
  fputc('\n', to);
}

static const char *text_at(json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text == NULL ? "" : text;
}

static void print_table(FILE *to, json_t *object, const Entry *entry) {
  fprintf(to, "%6" G_GINT64_FORMAT "  %s  %s %15s  %s  %s  %s", entry->line, text_at(object, "booking_date"),
          entry->direction == DIRECTION_CREDIT ? _("收") : _("支"), text_at(object, "amount"),
          text_at(object, "counterparty_name"), text_at(object, "counterparty_account"), text_at(object, "remark"));
  if (entry->status != ENTRY_BOOKED)
    fputs(entry->status == ENTRY_PENDING ? _("  （未入账）") : _("  （仅供参考）"), to);
  fputc('\n', to);
}

static gboolean print_entry(void *user, const Entry *entry, G_GNUC_UNUSED GError **error) {
  Printer *printer = user;
  json_t *object = entry_json(entry, printer->name);
  if (printer->form == AS_JSON) {
    json_dumpf(object, printer->entries, JSON_COMPACT);
    fputc('\n', printer->entries);
  } else if (printer->form == AS_CSV)
    print_csv(printer->entries, object);
  else
    print_table(printer->entries, object, entry);
  json_decref(object);
  return TRUE;
}

static gboolean begin_statement(G_GNUC_UNUSED void *user, G_GNUC_UNUSED const Statement *statement,
                                G_GNUC_UNUSED GError **error) {
  return TRUE;
}

static char *statement_head(const Printer *printer, json_t *object) {
  if (printer->form == AS_JSON) {
    char *text = json_dumps(object, JSON_COMPACT);
    char *line = g_strconcat(text, "\n", NULL);
    free(text);
    return line;
  }
  if (printer->form == AS_CSV)
    return g_strdup("");
  return g_strdup_printf(_("%s  账号 %s  %s  期初 %s  期末 %s  格式 %s %s\n"), printer->name,
                         text_at(object, "account"), text_at(object, "currency"), text_at(object, "opening"),
                         text_at(object, "closing"), text_at(object, "format"), text_at(object, "profile"));
}

/* Only now are all facts of the statement known. */
static gboolean end_statement(void *user, const Statement *statement, G_GNUC_UNUSED GError **error) {
  Printer *printer = user;
  json_t *object = statement_json(statement, printer->name);
  Part *part = g_new0(Part, 1);
  part->head = statement_head(printer, object);
  part->end = ftell(printer->entries);
  g_ptr_array_add(printer->statements, part);
  printer->open_end |= statement->open_end;
  printer->doubtful |= statement->doubtful;
  json_decref(object);
  return TRUE;
}

static gboolean note_fit(void *user, const ColumnFit *fit, G_GNUC_UNUSED GError **error) {
  const Printer *printer = user;
  parse_fit_add(printer->layouts, fit);
  return TRUE;
}

static void copy(FILE *from, FILE *to, long size) {
  char piece[16384];
  while (size > 0) {
    size_t got = fread(piece, 1, (size_t)MIN(size, (long)sizeof piece), from);
    if (got == 0)
      return;
    fwrite(piece, 1, got, to);
    size -= (long)got;
  }
}

static void print_all(Printer *printer) {
  long at = 0;
  rewind(printer->entries);
  for (guint i = 0; i < printer->statements->len; i++) {
    const Part *part = printer->statements->pdata[i];
    fputs(part->head, printer->out);
    copy(printer->entries, printer->out, part->end - at);
    at = part->end;
  }
}

static gboolean note_left_out(void *user, const char *sheet, G_GNUC_UNUSED GError **error) {
  const Printer *printer = user;
  if (printer->left_out->len < NAMES_MAX)
    g_string_append_printf(printer->left_out, "%s%s", printer->left_out->len > 0 ? _("、") : "", sheet);
  return TRUE;
}

static void give_notice(const Printer *printer, const char *reason, const char *value) {
  g_autoptr(GError) notice = NULL;
  error_set(&notice, ERROR_REFUSED, reason, "file", printer->name, "value", value, NULL);
  g_autofree char *sentence = text_error(notice);
  fprintf(printer->err, _("注意：%s\n"), sentence);
}

/* What a person should know of a file that was read. */
static void give_notices(const Printer *printer) {
  if (printer->open_end)
    give_notice(printer, "open_end", NULL);
  if (printer->doubtful)
    give_notice(printer, "totals_doubtful", NULL);
  if (printer->left_out->len > 0)
    give_notice(printer, "sheets_left_out", printer->left_out->str);
}

static gboolean parse_open(Printer *printer, int fd, GError **error) {
  CageRequest request = {.profiles = printer->profiles, .profile = printer->profile, .kind = CAGE_STATEMENT};
  RecordSink sink = {begin_statement, print_entry, end_statement, NULL, printer, note_fit, note_left_out};
  g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(part_free);
  printer->statements = statements;
  printer->entries = tmpfile();
  if (printer->entries == NULL)
    return error_set(error, ERROR_TEMPORARY, "file_system", "detail", g_strerror(errno), NULL);
  gboolean good = cage_parse(fd, &request, &sink, error);
  if (good) {
    print_all(printer);
    give_notices(printer);
  }
  fclose(printer->entries);
  return good;
}

static gboolean parse_file(const CommandContext *context, Printer *printer, const char *path, GError **error) {
  g_autofree char *name = g_path_get_basename(path), *valid = g_utf8_make_valid(name, -1);
  printer->name = valid;
  int fd = command_open(context, path);
  if (fd < 0)
    return error_set(error, ERROR_REFUSED, "unreadable", "file", valid, "detail", g_strerror(errno), NULL);
  gboolean good = parse_open(printer, fd, error);
  close(fd);
  error_add(error, "file", valid);
  return good;
}

/* Takes the options out of the arguments; gives how many files are left, -1 for wrong usage. */
static int take_options(Printer *printer, int argc, char **argv) {
  int files = 0;
  gboolean options = TRUE;
  for (int i = 0; i < argc; i++) {
    if (options && g_str_equal(argv[i], "--"))
      options = FALSE;
    else if (options && g_str_equal(argv[i], "--csv"))
      printer->form = AS_CSV;
    else if (options && g_str_equal(argv[i], "--profile")) {
      if (++i == argc)
        return -1;
      printer->profile = argv[i];
    } else if (options && g_str_has_prefix(argv[i], "--"))
      return -1;
    else
      argv[files++] = argv[i];
  }
  return files;
}

/* Gives the exit code. */
static int show_file(CommandContext *context, Printer *printer, const char *path) {
  GError *error = NULL;
  int code = 0;
  printer->layouts = json_array();
  printer->open_end = printer->doubtful = FALSE;
  printer->left_out = g_string_new(NULL);
  if (!parse_file(context, printer, path, &error)) {
    if (printer->form == AS_JSON)
      parse_fit_print_json(printer->layouts, error, context->out);
    code = command_failed(context, error);
    if (printer->form != AS_JSON)
      parse_fit_print(printer->layouts, context->err);
  }
  json_decref(printer->layouts);
  g_string_free(printer->left_out, TRUE);
  return code;
}

int command_parse(CommandContext *context, int argc, char **argv) {
  Printer printer = {.form = context->json ? AS_JSON : AS_TABLE, .out = context->out, .err = context->err};
  printer.profiles = context->conf == NULL ? NULL : context->conf->profiles;
  int files = take_options(&printer, argc, argv), worst = 0;
  if (files <= 0)
    return command_usage(context, _("parse [--json|--csv] [--profile 名称] 文件…"));
  for (gsize i = 0; printer.form == AS_CSV && i < G_N_ELEMENTS(csv_keys); i++)
    fprintf(context->out, "%s%s", csv_keys[i], i + 1 < G_N_ELEMENTS(csv_keys) ? "," : "\n");
  for (int i = 0; i < files; i++)
    worst = command_worse(worst, show_file(context, &printer, argv[i]));
  return worst;
}
