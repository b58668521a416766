#include "daemon/fate.h"

#include "daemon/text.h"
#include "parsers/json_text.h"

gboolean fate_load(Store *store, const Conf *conf, const Calendar *calendar, GPtrArray *profiles,
                   const Transfer *transfer, Fate *fate, GError **error) {
  static const Profile none = {.answer_hours = 24, .not_found_days = 2};
  const ConfAccount *account = conf_account(conf, transfer->account);
  const Profile *known = account == NULL ? NULL : profiles_find(profiles, account->bank);
  const Profile *profile = known == NULL ? &none : known;
  const ConfChannel *channel =
      account == NULL || account->payments == NULL ? NULL : conf_channel(conf, account->payments);
  *fate = (Fate){.asked = channel != NULL && channel->kind == CHANNEL_HTTPS};
  if (!absence_load(store, transfer, calendar, profile->not_found_days, &fate->facts, error) ||
      !absence_left(store, transfer, &fate->left, error))
    return FALSE;
  fate->alarm = absence_alarm(&profile->absence, profile->answer_hours,
                              fate->left == INSTANT_NONE ? transfer->changed_at : fate->left);
  return TRUE;
}

static gboolean waits_for_statement(const AbsenceFacts *facts) {
  return facts->last != DAY_NONE && (facts->proven_to == DAY_NONE || facts->proven_to < facts->last);
}

static json_t *end_by(const char *by) {
  return json_pack("{s:s}", "by", by);
}

json_t *fate_ends(const Fate *fate, const Transfer *transfer) {
  json_t *ends = json_array(), *person = end_by("person");
  g_autofree char *last = day_format(fate->facts.last), *proven_to = day_format(fate->facts.proven_to);
  g_autofree char *at = instant_format(transfer->due_at);
  if (at != NULL) {
    json_t *answer = end_by(fate->asked ? "query" : "answer");
    json_text_set(answer, fate->asked ? "at" : "until", at);
    (void)json_array_append_new(ends, answer);
  }
  if (waits_for_statement(&fate->facts)) {
    json_t *statement = end_by("statement");
    json_text_set(statement, "on", last);
    json_text_set(statement, "proven_to", proven_to);
    (void)json_array_append_new(ends, statement);
  }
  if (fate->facts.suspects > 0)
    (void)json_object_set_new(person, "suspects", json_integer(fate->facts.suspects));
  (void)json_array_append_new(ends, person);
  return ends;
}

/* What the statements have shown so far, and when they will have shown all. */
static void say_statement(GString *text, const AbsenceFacts *facts) {
  g_autofree char *last = day_format(facts->last), *proven_to = day_format(facts->proven_to);
  if (facts->suspects > 0)
    g_string_append_printf(text, _("对账单上有 %u 笔扣款可能是它，请看审核案；"), facts->suspects);
  else if (last == NULL)
    g_string_append(text, _("工作日历不够长，算不出哪天的对账单能说明；"));
  else if (!waits_for_statement(facts))
    g_string_append_printf(text, _("到 %s 的对账单都没有这笔扣款；"), last);
  else if (proven_to == NULL)
    g_string_append_printf(text, _("等 %s 为止的对账单（还没有核实的）；"), last);
  else
    g_string_append_printf(text, _("等 %s 为止的对账单（已核实到 %s，没有扣款）；"), last, proven_to);
}

char *fate_text(const Fate *fate, const Transfer *transfer) {
  GString *text = g_string_new(NULL);
  g_autofree char *until = fate_minute(transfer->due_at);
  if (until != NULL)
    g_string_append_printf(text, fate->asked ? _("向银行查询，下次 %s；") : _("等银行答复到 %s；"), until);
  say_statement(text, &fate->facts);
  g_string_append(text, waits_for_statement(&fate->facts) || until != NULL ? _("再没有结果由人工认定")
                                                                           : _("请向银行核实，由人工认定"));
  return g_string_free(text, FALSE);
}

char *fate_minute(Instant instant) {
  char *text = instant_format(instant);
  if (text != NULL) { /* RFC 3339: the minute ends at 16 */
    text[10] = ' ';
    text[16] = '\0';
  }
  return text;
}
