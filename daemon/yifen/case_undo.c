#include "daemon/yifen/case_undo.h"

#include <jansson.h>

#include "daemon/text.h"
#include "rules/error.h"
#include "rules/undo.h"
#include "spool/decisions.h"

static json_t *step_words(unsigned steps) {
  json_t *words = json_array();
  for (int i = 0; i < UNDO_STEPS; i++)
    if (steps & (1U << i))
      (void)json_array_append_new(words, json_string(undo_word(i)));
  return words;
}

/* "缴费，受理" */
static char *step_text(unsigned steps) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < UNDO_STEPS; i++) {
    g_autofree char *word = g_strconcat("undo_step.", undo_word(i), NULL);
    if (steps & (1U << i))
      g_string_append_printf(text, "%s%s", text->len > 0 ? _("，") : "", text_word(word));
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

int case_undo(CommandContext *context, gint64 id, const char *reason, const OrderBy *by) {
  GError *error = NULL;
  UndoResult is;
  if (!decision_undo(context->store, id, reason, by, &is, &error))
    return command_failed(context, error);
  g_autofree char *steps = step_text(is.steps), *word = g_strconcat("undo.", is.against, NULL);
  if (context->json) {
    json_auto_t *answer =
        json_pack("{s:I, s:s, s:I, s:o, s:s*}", "id", (json_int_t)id, "result", is.against ? "too_late" : "undone",
                  "case", (json_int_t)is.case_id, "reopened", step_words(is.steps), "against", is.against);
    g_autofree char *line = json_dumps(answer, JSON_COMPACT);
    (void)fprintf(context->out, "%s\n", line);
  } else if (is.against != NULL)
    (void)fprintf(context->out, _("来不及撤销：%s。没有改动，请处理审核案 %lld。\n"), text_word(word),
                  (long long)is.case_id);
  else
    (void)fprintf(context->out, _("入账已撤销，重新打开：%s。款项见审核案 %lld。\n"), steps, (long long)is.case_id);
  return is.against != NULL ? ERROR_REFUSED : 0;
}
