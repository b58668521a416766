#include "rules/acknowledge.h"

#define ID "MQ05P5S34Y50JMFZH"

static const struct {
  const char *pattern;
  gboolean fits;
} patterns[] = {
    {"{file}.ack", TRUE},
    {"{message}.ok", TRUE},
    {"ACK_{message}.txt", TRUE},
    {"done-{file}", TRUE},
    {"{message}.xml.done", TRUE},
    {"{file}", FALSE}, /* ours */
    {"{message}.xml", FALSE},
    {"{message}.XML", FALSE},
    {"{file}.tmp", FALSE},
    {"{message}", FALSE},
    {"", FALSE},
    {".ack", FALSE},
    {"*.ack", FALSE},
    {"{file}{file}", FALSE},
    {"{file}.{message}", FALSE},
    {"{message}.{file}", FALSE},
    {"../{file}.ack", FALSE},
    {"{file}/ack", FALSE},
    {".{file}.ack", FALSE}, /* hidden names are not looked at */
    {"{files}.ack", FALSE},
};

static void test_patterns(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++)
    if (acknowledge_pattern_fits(patterns[i].pattern) != patterns[i].fits)
      g_test_message("%s", patterns[i].pattern), g_test_fail();
}

static const char *const taken[] = {"{file}.ack", "OK_{message}.txt", "{message}.both", NULL};
static const char *const refused[] = {"{file}.err", "{message}.bad", "{message}.both", NULL};

static const struct {
  const char *name;
  Acknowledge said;
} names[] = {
    {ID ".xml.ack", ACKNOWLEDGE_TAKEN},
    {ID ".XML.ACK", ACKNOWLEDGE_TAKEN},
    {"mq05p5s34y50jmfzh.xml.ack", ACKNOWLEDGE_TAKEN},
    {"OK_" ID ".txt", ACKNOWLEDGE_TAKEN},
    {ID ".xml.err", ACKNOWLEDGE_REFUSED},
    {ID ".bad", ACKNOWLEDGE_REFUSED},
    {ID ".both", ACKNOWLEDGE_NOTHING},
    {ID ".ack", ACKNOWLEDGE_NOTHING},
    {ID ".xml", ACKNOWLEDGE_NOTHING},
    {ID ".xml.tmp", ACKNOWLEDGE_NOTHING},
    {ID ".xml.ack.tmp", ACKNOWLEDGE_NOTHING},
    {ID ".xml.ack ", ACKNOWLEDGE_NOTHING},
    {"x" ID ".xml.err.ack", ACKNOWLEDGE_NOTHING},
    {".xml.ack", ACKNOWLEDGE_NOTHING},
    {"OK_.txt", ACKNOWLEDGE_NOTHING},
    {"OK_" ID "-0001.txt", ACKNOWLEDGE_NOTHING}, /* no message id of ours */
    {"A" ID ID ID ".bad", ACKNOWLEDGE_NOTHING},  /* longer than any */
    {"", ACKNOWLEDGE_NOTHING},
};

static void test_names(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *id = NULL;
    Acknowledge said = acknowledge_read(names[i].name, taken, refused, &id);
    if (said != names[i].said)
      g_test_message("%s: %d", names[i].name, said), g_test_fail();
    g_assert_cmpstr(id, ==, said == ACKNOWLEDGE_NOTHING ? NULL : ID);
  }
}

static void test_none(void) {
  g_autofree char *id = NULL;
  g_assert_cmpint(acknowledge_read(ID ".xml.ack", NULL, NULL, &id), ==, ACKNOWLEDGE_NOTHING);
  g_assert_cmpint(acknowledge_read(ID ".xml.err", NULL, refused, &id), ==, ACKNOWLEDGE_REFUSED);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/acknowledge/patterns", test_patterns);
  g_test_add_func("/acknowledge/names", test_names);
  g_test_add_func("/acknowledge/none", test_none);
  return g_test_run();
}
