#include "daemon/refund_text.h"

#include "daemon/text.h"

static void add_line(GString *text, const char *line) {
  g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", line);
}

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static char *number_of(const json_t *object, const char *key) {
  return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(object, key)));
}

static char *refund_line(const json_t *refund) {
  g_autofree char *id = number_of(refund, "id"), *entry = number_of(refund, "entry");
  const char *account = text_of(refund, "payee_account"), *bank = text_of(refund, "payee_bank");
  const char *state = text_of(refund, "state"), *approved = text_of(refund, "approved_by");
  g_autofree char *word = g_strconcat("refund.", state, NULL);
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_append_printf(line, _("退费 %s：%s 元"), id, text_of(refund, "amount"));
  if (account != NULL)
    g_string_append_printf(line, _("，流水 %s，退给 %s %s（%s）"), entry, text_of(refund, "payee_name"), account, bank);
  else
    g_string_append(line, _("，由网上营业厅按原支付方式退回"));
  g_string_append_printf(line, _("，%s，提出 %s"), text_word(word), text_of(refund, "requested_by"));
  if (approved != NULL)
    g_string_append_printf(line, _("，复核 %s"), approved);
  g_string_append_printf(line, _("，理由：%s"), text_of(refund, "reason"));
  return g_string_free(g_steal_pointer(&line), FALSE);
}

/* What could go back, and from which account it cannot. */
static void add_refund_lines(GString *text, const json_t *lines) {
  gsize i;
  json_t *line;
  json_array_foreach(lines, i, line) {
    g_autofree char *id = number_of(line, "id");
    g_autofree char *part =
        json_is_true(json_object_get(line, "pays"))
            ? g_strdup_printf(_("流水 %s 可退 %s 元"), id, text_of(line, "amount"))
            : g_strdup_printf(_("流水 %s 有 %s 元，但账户 %s 不能付退费（它的 pays 里没有 refund）"), id,
                              text_of(line, "amount"), text_of(line, "account"));
    add_line(text, part);
  }
}

static void add_refund_card(GString *text, const json_t *about) {
  const char *wish = text_of(about, "wish"), *why = text_of(about, "why"), *field = text_of(about, "field");
  const char *payee = text_of(about, "payee_name"), *amount = text_of(about, "amount");
  g_autofree char *word = g_strconcat("bank_account.", field, NULL);
  g_autofree char *wished = wish == NULL ? NULL : g_strdup_printf(_("申请单位要求退费：%s"), wish);
  g_autofree char *paid =
      payee == NULL ? NULL : g_strdup_printf(_("%s 元，退给 %s %s"), amount, payee, text_of(about, "payee_account"));
  g_autofree char *said = why == NULL ? NULL : g_strdup_printf(_("对方答复：%s"), why);
  g_autofree char *wrong = field == NULL ? NULL : g_strdup_printf(_("请核对：%s"), text_word(word));
  const char *const parts[] = {wished, paid, said, wrong};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i] != NULL)
      add_line(text, parts[i]);
  add_refund_lines(text, json_object_get(about, "lines"));
}

static gboolean any_requested(const json_t *refunds) {
  gsize i;
  json_t *refund;
  json_array_foreach(refunds, i, refund) if (g_strcmp0(text_of(refund, "state"), "requested") == 0) return TRUE;
  return FALSE;
}

static void add_refund_way(GString *text, const json_t *one, gboolean requested) {
  g_autofree char *id = number_of(one, "id");
  g_autofree char *way =
      requested ? g_strdup_printf(_("由另一人复核：yifen case approve %s\n不同意：yifen case refuse %s --reason 理由"),
                                  id, id)
                : g_strdup_printf(_("提出退费：yifen case refund %s 流水=金额 --reason 理由"), id);
  add_line(text, way);
}

char *refund_text(const json_t *one) {
  GString *text = g_string_new(NULL);
  const json_t *refunds = json_object_get(one, "refunds"),
               *about = json_object_get(json_object_get(one, "card"), "refund");
  gsize i;
  json_t *refund;
  add_refund_card(text, about);
  json_array_foreach(refunds, i, refund) {
    g_autofree char *line = refund_line(refund);
    add_line(text, line);
  }
  gboolean requested = any_requested(refunds);
  if (g_strcmp0(text_of(one, "state"), "open") == 0 && (requested || about != NULL))
    add_refund_way(text, one, requested);
  return g_string_free(text, FALSE);
}
