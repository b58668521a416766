/* What staff wrote: a profile (key file and layouts), the rules of matching. */
#include "parsers/keyfile.h"

#include "parsers/layout.h"
#include "parsers/match_rules.h"
#include "tests/fuzz/fuzz.h"

void fuzz_prepare(void) {
}

static void layouts(const KeyFile *file) {
  for (guint i = 0; i < file->sections->len; i++) {
    const KeySection *section = file->sections->pdata[i];
    g_assert(section->kind != NULL && section->line > 0);
    if (section->name == NULL)
      continue;
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = layout_parse(file, section, "x", &error);
    g_assert((layout == NULL) == (error != NULL));
    if (layout == NULL)
      fuzz_refused(error, ERROR_PERMANENT);
  }
}

/* Whatever stands in the file, no pass of it bends the rules. */
static void rules(const char *text, gsize size) {
  g_autoptr(GError) error = NULL;
  g_autoptr(MatchRules) rules = match_rules_parse("rules.conf", text, size, &error);
  g_assert((rules == NULL) == (error != NULL));
  if (rules == NULL)
    fuzz_refused(error, ERROR_PERMANENT);
  for (const MatchPass *pass = rules != NULL ? rules->passes : NULL; pass != NULL && pass->name != NULL; pass++)
    g_assert(match_pass_unsafe(pass) == NULL);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autofree char *text = g_memdup2(data, MAX(size, 1));
  g_autoptr(GError) error = NULL;
  g_autoptr(KeyFile) file = keyfile_parse("x.conf", text, size, &error);
  g_assert((file == NULL) == (error != NULL));
  if (file == NULL)
    fuzz_refused(error, ERROR_PERMANENT);
  else
    layouts(file);
  rules(text, size);
  return 0;
}
