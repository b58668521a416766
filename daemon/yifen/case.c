/* yifen case: what a person must decide. */
#include <stdlib.h>
#include <string.h>

#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/case_refund.h"
#include "daemon/yifen/case_show.h"
#include "daemon/yifen/case_undo.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/option.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/case_note.h"
#include "spool/decisions.h"
#include "spool/refund_decide.h"

static const char usage[] =
    N_("case list | show 案号 | accept 案号 [--reason 理由] | refuse 案号 --reason 理由 | send-back 案号 [--field "
       "字段]... --reason 理由 | "
       "settle 案号 业务单=金额... [--waive 业务单=金额]... [--reason 理由] | close 案号 --reason 理由 | refund 案号 "
       "[流水=金额...] --reason 理由 | approve 案号 | "
       "consent 案号 --reason 理由 | undo 案号 --reason 理由 | assign 案号 审核员 | note 案号 备注");

/* A pointer, since the arguments of a call are evaluated in any order. */
static int decided(CommandContext *context, gint64 id, gboolean ok, GError **error) {
  if (!ok)
    return command_failed(context, *error);
  if (context->json)
    (void)fprintf(context->out, "{\"id\":%" G_GINT64_FORMAT ",\"state\":\"closed\"}\n", id);
  else
    (void)fprintf(context->out, _("审核案 %lld 已办结。\n"), (long long)id);
  return 0;
}

static void share_clear(gpointer data) {
  g_free(((Share *)data)->order_no);
}

/* "ORDER=AMOUNT" in CNY. */
static gboolean parse_share(const char *text, Share *share, GError **error) {
  const char *equals = strchr(text, '=');
  if (equals == NULL || equals == text)
    return error_set(error, ERROR_USAGE, "share", "value", text, NULL);
  if (!money_parse(equals + 1, "CNY", &share->amount, error))
    return FALSE;
  share->order_no = g_strndup(text, (gsize)(equals - text));
  return TRUE;
}

static gboolean add_share(GArray *shares, const char *text, GError **error) {
  Share share = {0};
  if (!parse_share(text, &share, error))
    return FALSE;
  g_array_append_val(shares, share);
  return TRUE;
}

static GArray *shares_new(void) {
  GArray *shares = g_array_new(FALSE, TRUE, sizeof(Share));
  g_array_set_clear_func(shares, share_clear);
  return shares;
}

/* ORDER=AMOUNT... [--waive ORDER=AMOUNT]... [--reason TEXT] */
static int settle(CommandContext *context, gint64 id, int argc, char **argv, const OrderBy *by) {
  GError *error = NULL;
  const char *waive, *reason = option_take(&argc, argv, "--reason");
  g_autoptr(GArray) shares = shares_new(), waives = shares_new();
  while ((waive = option_take(&argc, argv, "--waive")) != NULL)
    if (!add_share(waives, waive, &error))
      return command_failed(context, error);
  if ((reason != NULL && *reason == '\0') || argc + waives->len == 0)
    return command_usage(context, _(usage));
  for (int i = 0; i < argc; i++)
    if (!add_share(shares, argv[i], &error))
      return command_failed(context, error);
  const Settlement is = {.shares = (const Share *)(void *)shares->data,
                         .count = shares->len,
                         .waives = (const Share *)(void *)waives->data,
                         .waive_count = waives->len,
                         .text = reason};
  return decided(context, id, decision_settle(context->store, id, &is, by, &error), &error);
}

/* [--field NAME]... --reason TEXT */
static int send_back(CommandContext *context, gint64 id, int argc, char **argv, const OrderBy *by) {
  GError *error = NULL;
  const char *field, *reason = option_take(&argc, argv, "--reason");
  g_autoptr(GPtrArray) fields = g_ptr_array_new();
  while ((field = option_take(&argc, argv, "--field")) != NULL)
    g_ptr_array_add(fields, (gpointer)field);
  g_ptr_array_add(fields, NULL);
  if (argc > 0 || reason == NULL || *reason == '\0')
    return command_usage(context, _(usage));
  return decided(context, id,
                 decision_send_back(context->store, id, (const char *const *)fields->pdata, reason, by, &error),
                 &error);
}

/* A refund that is refused leaves its case open. */
static int refused(CommandContext *context, gint64 id, const char *reason, const OrderBy *by) {
  GError *error = NULL;
  gboolean waits = FALSE;
  g_autofree char *masked = mask_codes(reason);
  if (!refund_asked(context->store, id, &waits, &error) ||
      !decision_refuse(context->store, id, waits ? masked : reason, context->conf->rounds, by, &error))
    return command_failed(context, error);
  if (!waits)
    return decided(context, id, TRUE, &error);
  if (context->json)
    (void)fprintf(context->out, "{\"id\":%" G_GINT64_FORMAT ",\"state\":\"open\"}\n", id);
  else
    (void)fprintf(context->out, _("审核案 %lld：退费没有通过复核，审核案仍待处理。\n"), (long long)id);
  return 0;
}

/* The reviewer that `who` names: a configured address, or what stands before its "@". Where no mail is configured any
 * name will do. NULL: nobody. */
static const char *reviewer(const CommandContext *context, const char *who) {
  char *const *reviewers = context->conf->reviewers;
  if (reviewers[0] == NULL)
    return who;
  gsize length = strlen(who);
  for (; *reviewers != NULL; reviewers++)
    if (g_str_has_prefix(*reviewers, who) && ((*reviewers)[length] == '@' || (*reviewers)[length] == '\0'))
      return *reviewers;
  return NULL;
}

/* It stays open. */
static int noted(CommandContext *context, gint64 id, gboolean ok, const char *said, GError **error) {
  if (!ok)
    return command_failed(context, *error);
  if (context->json)
    return case_print(context, id);
  (void)fprintf(context->out, _("审核案 %lld：%s\n"), (long long)id, said);
  return 0;
}

static int assign(CommandContext *context, gint64 id, const char *who, const OrderBy *by) {
  GError *error = NULL;
  const char *found = *who == '\0' ? NULL : reviewer(context, who);
  if (found == NULL) {
    g_autofree char *all = g_strjoinv(" ", context->conf->reviewers);
    error_set(&error, ERROR_REFUSED, "assignee_unknown", "value", who, "expected", all, NULL);
    return command_failed(context, error);
  }
  g_autofree char *said = g_strdup_printf(_("已指派给 %s。"), found);
  return noted(context, id, case_assign(context->store, id, found, by, &error), said, &error);
}

static int note(CommandContext *context, gint64 id, const char *text, const OrderBy *by) {
  GError *error = NULL;
  return noted(context, id, case_note(context->store, id, text, by, &error), _("备注已记下。"), &error);
}

static gboolean parse_id(const char *text, gint64 *id) {
  return g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, id, NULL);
}

static const char *reason_option(int argc, char **argv) {
  return argc == 4 && g_str_equal(argv[2], "--reason") && *argv[3] != '\0' ? argv[3] : NULL;
}

int command_case(CommandContext *context, int argc, char **argv) {
  gint64 id = 0;
  OrderBy by = {.actor = context->actor,
                .now = clock_now(),
                .calendar = context->calendar,
                .uid = context->uid,
                .second_above = context->conf->second_above.minor};
  GError *error = NULL;
  const char *verb = argc > 0 ? argv[0] : "", *reason = reason_option(argc, argv);
  if (g_str_equal(verb, "list") && argc == 1)
    return case_print_list(context);
  if (argc < 2 || !parse_id(argv[1], &id))
    return command_usage(context, _(usage));
  if (g_str_equal(verb, "show") && argc == 2)
    return case_print(context, id);
  if (g_str_equal(verb, "accept") && (argc == 2 || reason != NULL))
    return decided(context, id, decision_accept(context->store, id, reason, &by, &error), &error);
  if (g_str_equal(verb, "refuse") && reason != NULL)
    return refused(context, id, reason, &by);
  if (g_str_equal(verb, "send-back"))
    return send_back(context, id, argc - 2, argv + 2, &by);
  if (g_str_equal(verb, "close") && reason != NULL)
    return decided(context, id, decision_close(context->store, id, reason, &by, &error), &error);
  if (g_str_equal(verb, "refund"))
    return case_refund(context, id, argc - 2, argv + 2, &by);
  if (g_str_equal(verb, "approve") && argc == 2)
    return case_approve(context, id, &by);
  if (g_str_equal(verb, "settle") && argc > 2)
    return settle(context, id, argc - 2, argv + 2, &by);
  if (g_str_equal(verb, "consent") && reason != NULL)
    return decided(context, id, decision_consent(context->store, id, reason, &by, &error), &error);
  if (g_str_equal(verb, "undo") && reason != NULL)
    return case_undo(context, id, reason, &by);
  if (g_str_equal(verb, "assign") && argc == 3)
    return assign(context, id, argv[2], &by);
  if (g_str_equal(verb, "note") && argc == 3 && *argv[2] != '\0')
    return note(context, id, argv[2], &by);
  return command_usage(context, _(usage));
}
