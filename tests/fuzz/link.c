/* Answers of direct links, by the built-in profiles. */
#include "parsers/link_answer.h"
#include "parsers/parse.h"
#include "parsers/profile.h"
#include "tests/fuzz/records.h"

static GPtrArray *profiles;
static const Link *link_now;
static const LinkCall *call_now;

void fuzz_prepare(void) {
  parse_prepare();
  profiles = profiles_load(NULL, NULL);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  FuzzSource memory = {bytes, size, piece};
  const Source source = {fuzz_read, &memory};
  return link_answer_parse(link_now, call_now, &source, sink, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  static const char *const banks[] = {"cmb", "icbc", "abc"};
  for (gsize i = 0; i < G_N_ELEMENTS(banks); i++) {
    link_now = profiles_find(profiles, banks[i])->link;
    call_now = size % 2 == 0 ? &link_now->pay : &link_now->query;
    fuzz_records(parse, data, size);
  }
  return 0;
}
