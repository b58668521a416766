#include "rules/tell.h"

#include <string.h>

static const struct {
  const char *word;
  const char *facts[7];
} kinds[TELL_KINDS] = {
    [TELL_CODE_SENT] = {"code_sent", {TELL_ORDER_FACTS, "account", "expected"}},
    [TELL_WRONG_CODE] = {"wrong_code", {TELL_ORDER_FACTS, "left"}},
    [TELL_BOUNCED] = {"bounced", {TELL_ORDER_FACTS, "cause", "field", "account"}},
    [TELL_SENT_BACK] = {"sent_back", {TELL_ORDER_FACTS, "why", "fields"}},
    [TELL_ACCEPTED] = {"accepted", {TELL_ORDER_FACTS}},
    [TELL_SHIPPED] = {"shipped", {TELL_ORDER_FACTS, "courier", "number", "link"}},
    [TELL_RENEWAL] = {"renewal", {TELL_ORDER_FACTS, "certificate", "expires"}},
    [TELL_REFUNDED] = {"refunded", {TELL_ORDER_FACTS, "amount"}},
    [TELL_INVOICED] = {"invoiced", {TELL_ORDER_FACTS, "number", "link"}},
};

const char *tell_word(TellKind kind) {
  g_assert(kind < TELL_KINDS);
  return kinds[kind].word;
}

int tell_kind(const char *word) {
  for (int i = 0; word != NULL && i < TELL_KINDS; i++)
    if (strcmp(kinds[i].word, word) == 0)
      return i;
  return -1;
}

const char *const *tell_facts(TellKind kind) {
  g_assert(kind < TELL_KINDS);
  return kinds[kind].facts;
}

char *tell_misfit(TellKind kind, const char *text) {
  for (const char *at = strpbrk(text, "{}"); at != NULL; at = strpbrk(at + 1, "{}")) {
    const char *end = strpbrk(at + 1, "{}");
    if (*at != '{' || end == NULL || *end != '}')
      return g_strdup(at);
    g_autofree char *name = g_strndup(at + 1, (gsize)(end - at - 1));
    if (!g_strv_contains(tell_facts(kind), name))
      return g_steal_pointer(&name);
    at = end;
  }
  return NULL;
}

char *tell_fill(const char *text, const char *(*fact)(void *user, const char *name), void *user) {
  GString *out = g_string_new(NULL);
  const char *open;
  for (; (open = strchr(text, '{')) != NULL; text = strchr(open, '}') + 1) {
    g_autofree char *name = g_strndup(open + 1, strcspn(open + 1, "}"));
    const char *value = fact(user, name);
    g_string_append_len(out, text, open - text);
    g_string_append(out, value != NULL ? value : "");
  }
  g_string_append(out, text);
  return g_string_free(out, FALSE);
}
