/* yifen-label: prints courier labels 快递面单. Knows no store and no configuration: whoever asks for labels decides
 * what stands on them, and keeps that they were printed.
 *
 *     yifen-label [--format pdf|png|zpl|tspl] [--size 76x130|100x150|100x180] [--dpi 203|300] [--hide N]
 *                 [--full-address] --output DIR
 *
 * stdin: a label a line, JSON (docs/labels.md). DIR/labels.FORMAT has them all in their order; of png there is one
 * ORDER.png each. A label that is refused is told on stderr, the others are printed; the worst exit code is given.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/label/draw.h"
#include "daemon/label/paper.h"
#include "daemon/start.h"
#include "daemon/text.h"
#include "parsers/fields.h"
#include "rules/error.h"
#include "rules/label_mask.h"
#include "spool/durable.h"

enum { HIDE_STANDARD = 8, HIDE_MOST = 20 };

typedef struct {
  PaperFormat format;
  LabelSize size;
  PaperDpi dpi;
  int hide;
  gboolean full_address;
  const char *output;
} Options;

typedef struct {
  const Options *options;
  FILE *from;
  const char *line; /* of png: the one label; else NULL */
  int number, printed, code;
} Run;

static const Field party_fields[] = {{"name", FIELD_TEXT, .min = 1, .max = 50},
                                     {"phone", FIELD_TEXT, .min = 1, .max = 30},
                                     {"address", FIELD_TEXT, .min = 1, .max = 200},
                                     {NULL}};

static const Field label_fields[] = {
    {"order_no", FIELD_ORDER_NO},
    {"courier", FIELD_TEXT, .min = 1, .max = 20},
    {"carriage", FIELD_WORD, .words = "prepaid|collect"},
    {"waybill", FIELD_TEXT, .min = 1, .max = 32},
    {"destination", FIELD_TEXT, .min = 1, .max = 60},
    {"sorting", FIELD_TEXT, .optional = TRUE, .min = 1, .max = 24},
    {"receiver", FIELD_OBJECT, .children = party_fields},
    {"sender", FIELD_OBJECT, .children = party_fields},
    {"contents", FIELD_TEXT, .min = 1, .max = 60},
    {"printed", FIELD_TEXT, .min = 1, .max = 20},
    {"reprint", FIELD_BOOLEAN, .optional = TRUE},
    {NULL},
};

static gboolean add(const Options *options, Paper *paper, const json_t *given, GError **error) {
  g_autofree char *name = label_mask_name(fields_text(given, "receiver.name")),
                  *phone = label_mask_phone(fields_text(given, "receiver.phone"), options->hide),
                  *address = options->full_address ? g_strdup(fields_text(given, "receiver.address"))
                                                   : label_mask_address(fields_text(given, "receiver.address"));
  gboolean prepaid = g_str_equal(fields_text(given, "carriage"), "prepaid");
  const Label label = {
      .order_no = fields_text(given, "order_no"),
      .courier = fields_text(given, "courier"),
      .carriage = prepaid ? "寄付" : "到付",
      .waybill = fields_text(given, "waybill"),
      .destination = fields_text(given, "destination"),
      .sorting = fields_text(given, "sorting"),
      .receiver = {name, phone, address},
      .sender = {fields_text(given, "sender.name"), fields_text(given, "sender.phone"),
                 fields_text(given, "sender.address")},
      .contents = fields_text(given, "contents"),
      .printed = fields_text(given, "printed"),
      .reprint = json_is_true(json_object_get(given, "reprint")),
  };
  return paper_add(paper, &label, error);
}

static void tell(Run *run, GError *error) {
  g_autofree char *line = g_strdup_printf("%d", run->number);
  error_add(&error, "line", line);
  g_autofree char *sentence = text_error(error);
  (void)fprintf(stderr, "%s\n", sentence);
  run->code = MAX(run->code, (int)error_kind(error));
  g_error_free(error);
}

static void print_line(Run *run, Paper *paper, const char *line) {
  GError *error = NULL;
  g_autoptr(GString) warnings = g_string_new(NULL);
  json_auto_t *given = fields_read(line, strlen(line), label_fields, warnings, &error);
  if (given != NULL && add(run->options, paper, given, &error))
    run->printed++;
  else
    tell(run, error);
}

/* Streams into the file, so that memory stays the same however many there are. */
static char *print_all(int fd, gpointer user) {
  Run *run = user;
  GError *error = NULL;
  g_autoptr(Paper) paper = paper_begin(run->options->format, run->options->size, run->options->dpi, fd);
  char *line = NULL;
  size_t room = 0;
  if (run->line != NULL)
    print_line(run, paper, run->line);
  while (run->line == NULL && getline(&line, &room, run->from) >= 0) {
    run->number++;
    print_line(run, paper, line);
  }
  free(line);
  if (run->printed > 0 && !paper_end(paper, &error))
    tell(run, error);
  errno = ENODATA;
  return run->printed > 0 && run->code < ERROR_PERMANENT ? g_strdup("") : NULL;
}

static void print_file(Run *run, const char *name) {
  GError *error = NULL;
  run->printed = 0;
  if (durable_write_made(run->options->output, name, print_all, run, 0640, &error))
    return;
  if (run->code == 0) /* else told already why nothing was printed */
    tell(run, error);
  else
    g_error_free(error);
}

static void print_pictures(Run *run) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, run->from) >= 0) {
    GError *error = NULL;
    g_autoptr(GString) warnings = g_string_new(NULL);
    run->number++;
    json_auto_t *given = fields_read(line, strlen(line), label_fields, warnings, &error);
    if (given == NULL) {
      tell(run, error);
      continue;
    }
    g_autofree char *name = g_strconcat(fields_text(given, "order_no"), ".png", NULL);
    run->line = line;
    print_file(run, name);
  }
  free(line);
}

static gboolean choose(const char *word, const char *const *words, guint count, guint *chosen) {
  for (*chosen = 0; *chosen < count; (*chosen)++)
    if (g_str_equal(words[*chosen], word))
      return TRUE;
  return FALSE;
}

static gboolean take_option(Options *options, const char *name, const char *value) {
  static const char *const dpis[PAPER_DPIS] = {"203", "300"};
  if (g_str_equal(name, "--format"))
    return choose(value, paper_words, PAPER_FORMATS, &options->format);
  if (g_str_equal(name, "--dpi"))
    return choose(value, dpis, PAPER_DPIS, &options->dpi);
  if (g_str_equal(name, "--size"))
    return label_size(value, &options->size);
  guint64 hide = 0;
  if (g_str_equal(name, "--hide") &&
      g_ascii_string_to_unsigned(value, 10, LABEL_MASK_DIGITS_LEAST, HIDE_MOST, &hide, NULL)) {
    options->hide = (int)hide;
    return TRUE;
  }
  options->output = g_str_equal(name, "--output") ? value : options->output;
  return g_str_equal(name, "--output");
}

static gboolean take_options(Options *options, int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (g_str_equal(argv[i], "--full-address"))
      options->full_address = TRUE;
    else if (i + 1 == argc || !take_option(options, argv[i], argv[i + 1]))
      return FALSE;
    else
      i++;
  return options->output != NULL;
}

int main(int argc, char **argv) {
  start_program();
  text_init(NULL);
  GError *error = NULL;
  Options options = {.hide = HIDE_STANDARD};
  Run run = {.options = &options, .from = stdin};
  if (!take_options(&options, argc, argv)) {
    (void)fprintf(stderr, "%s\n",
                  _("用法：yifen-label [--format pdf|png|zpl|tspl] [--size 76x130|100x150|100x180] [--dpi 203|300] "
                    "[--hide 位数] [--full-address] --output 目录 < 面单.jsonl"));
    return ERROR_USAGE;
  }
  if (!draw_ready(&error)) {
    tell(&run, error);
    return run.code;
  }
  g_autofree char *name = g_strconcat("labels.", paper_words[options.format], NULL);
  if (options.format == PAPER_PNG)
    print_pictures(&run);
  else
    print_file(&run, name);
  return run.code;
}
