#include "daemon/match_text.h"

#include "daemon/text.h"

#define CANDIDATES_SHOWN 3
#define TEXT_SHOWN 60

static void join(GString *text, const char *separator, const char *part) {
  g_string_append_printf(text, "%s%s", text->len > 0 ? separator : "", part);
}

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static const char *word_of(const char *cycle, const char *word) {
  g_autofree char *qualified = g_strconcat(cycle, ".", word, NULL);
  return text_word(qualified);
}

/* Where in the text, in characters from the first, and the characters themselves. */
static void add_hit(GString *text, const json_t *hit) {
  const char *found = text_of(hit, "text"), *field = text_of(hit, "field"), *order_no = text_of(hit, "order_no");
  if (found == NULL || field == NULL || order_no == NULL)
    return; /* a card of an earlier version */
  g_autofree char *clean = text_clean(found, TEXT_SHOWN);
  g_autofree char *line =
      g_strdup_printf(_("%s第 %lld 字起“%s”：业务单号 %s"), text_word(field),
                      (long long)json_integer_value(json_object_get(hit, "position")), clean, order_no);
  join(text, "\n", line);
}

/* "户名相同（写法不同：全角、空格），账号不同" */
static void add_evidence(GString *line, const json_t *candidate) {
  const char *grade = text_of(candidate, "grade");
  const json_t *changes = json_object_get(candidate, "normalised");
  gsize i;
  json_t *change;
  g_autoptr(GString) evened = g_string_new(NULL);
  json_array_foreach(changes, i, change) join(evened, _("、"), word_of("change", json_string_value(change)));
  if (grade == NULL)
    return;
  g_string_append_printf(line, _("，户名%s"), word_of("name", grade));
  if (evened->len > 0)
    g_string_append_printf(line, _("（%s）"), evened->str);
  g_string_append(line, json_is_true(json_object_get(candidate, "account")) ? _("，账号相同") : _("，账号不同"));
}

static void add_candidate(GString *text, const json_t *candidate) {
  const char *order_no = text_of(candidate, "order_no"), *due = text_of(candidate, "due");
  const char *against = text_of(candidate, "against");
  if (order_no == NULL || due == NULL)
    return;
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_append_printf(line, against == NULL ? _("选中 %s 应收 %s") : _("候选 %s 应收 %s"), order_no, due);
  add_evidence(line, candidate);
  if (against != NULL)
    g_string_append_printf(line, _("：%s"), word_of("against", against));
  join(text, "\n", line->str);
}

char *match_text(const json_t *entry) {
  const json_t *candidates = json_object_get(entry, "candidates");
  GString *text = g_string_new(NULL);
  gsize i, shown = 0, left = 0;
  json_t *item;
  json_array_foreach(json_object_get(entry, "hits"), i, item) add_hit(text, item);
  json_array_foreach(candidates, i, item) {
    gboolean chosen = text_of(item, "against") == NULL;
    if (chosen || shown < CANDIDATES_SHOWN)
      add_candidate(text, item);
    else
      left++;
    shown += chosen ? 0 : 1;
  }
  if (left > 0) {
    g_autofree char *more = g_strdup_printf(_("另有 %zu 个候选"), left);
    join(text, "\n", more);
  }
  return g_string_free(text, FALSE);
}
