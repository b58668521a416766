/* Renders labels that a test has made up, with the drawing of yifen-label and without a store.
 *
 *     render FORMAT SIZE DPI PATTERN   stdin: a label a line, fields by tab as below; PATTERN: a file for all, or with
 *                                      a %d one file a label (png). stderr: "LINE REASON FIELD VALUE" of each refused.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/label/draw.h"
#include "daemon/label/paper.h"
#include "rules/error.h"
#include "rules/label_mask.h"

enum { ORDER, COURIER, CARRIAGE, WAYBILL, DESTINATION, SORTING, NAME, PHONE, ADDRESS, CONTENTS, REPRINT, FIELDS };

static gboolean add(Paper *paper, char **fields, GError **error) {
  g_autofree char *name = label_mask_name(fields[NAME]), *phone = label_mask_phone(fields[PHONE], 8),
                  *address = label_mask_address(fields[ADDRESS]);
  const Label label = {.order_no = fields[ORDER],
                       .courier = fields[COURIER],
                       .carriage = fields[CARRIAGE],
                       .waybill = fields[WAYBILL],
                       .destination = fields[DESTINATION],
                       .sorting = *fields[SORTING] == '\0' ? NULL : fields[SORTING],
                       .receiver = {name, phone, address},
                       .sender = {"数字证书受理处", "0755-12345678", "广东省深圳市福田区一路1号"},
                       .contents = fields[CONTENTS],
                       .printed = "2026-11-23 12:00",
                       .reprint = *fields[REPRINT] == '1'};
  return paper_add(paper, &label, error);
}

static int open_file(const char *pattern, int number) {
  char *const *parts = g_strsplit(pattern, "%d", 2);
  g_autofree char *path = parts[1] == NULL ? g_strdup(pattern) : g_strdup_printf("%s%d%s", parts[0], number, parts[1]);
  g_strfreev((char **)parts);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0)
    perror(path);
  return fd;
}

static void tell(int number, GError *error) {
  const char *field = error_fact(error, "field"), *value = error_fact(error, "value");
  (void)fprintf(stderr, "%d %s %s %s\n", number, error_reason(error), field != NULL ? field : "-",
                value != NULL ? value : "-");
  g_error_free(error);
}

int main(int argc, char **argv) {
  GError *error = NULL;
  LabelSize size;
  PaperFormat format = 0;
  while (argc == 5 && format < PAPER_FORMATS && !g_str_equal(paper_words[format], argv[1]))
    format++;
  if (argc != 5 || format == PAPER_FORMATS || !label_size(argv[2], &size))
    return 2;
  if (!draw_ready(&error)) {
    tell(0, error);
    return 100;
  }
  gboolean each = strstr(argv[4], "%d") != NULL;
  PaperDpi dpi = g_str_equal(argv[3], "300") ? PAPER_300 : PAPER_203;
  Paper *paper = NULL;
  int fd = -1, number = 0;
  char line[8192];
  for (; fgets(line, sizeof line, stdin) != NULL; number++) {
    if (paper == NULL)
      paper = paper_begin(format, size, dpi, fd = open_file(argv[4], number));
    g_auto(GStrv) fields = g_strsplit(g_strchomp(line), "\t", FIELDS);
    if (g_strv_length(fields) != FIELDS)
      return 2;
    if (!add(paper, fields, &error))
      tell(number, g_steal_pointer(&error));
    if (each) {
      g_clear_pointer(&paper, paper_free);
      (void)close(fd);
    }
  }
  if (paper != NULL && !paper_end(paper, &error))
    tell(number, error);
  paper_free(paper);
  return 0;
}
