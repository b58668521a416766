/* A case decided over HTTP: the hall names the person and vouches for them; the person's own roles say whether they
 * may, and the function is that of the command line. */
#include <stdlib.h>
#include <string.h>

#include "daemon/http/hall.h"
#include "daemon/staff/peer.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "parsers/order_json.h"
#include "rules/error.h"
#include "spool/audit.h"

static void add(GPtrArray *argv, const char *option, char *value) {
  if (option != NULL)
    g_ptr_array_add(argv, g_strdup(option));
  g_ptr_array_add(argv, value);
}

static void add_text(GPtrArray *argv, const char *option, const json_t *body, const char *path) {
  const char *text = fields_text(body, path);
  if (text != NULL)
    add(argv, option, g_strdup(text));
}

/* "NAME=AMOUNT" */
static void add_parts(GPtrArray *argv, const char *option, const json_t *body, const char *key) {
  gsize i;
  const json_t *part;
  json_array_foreach(json_object_get(body, key), i, part) {
    const json_t *id = json_object_get(part, "id");
    g_autofree char *line = id != NULL ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(id)) : NULL;
    add(argv, option,
        g_strconcat(line != NULL ? line : fields_text(part, "order_no"), "=", fields_text(part, "amount"), NULL));
  }
}

static void add_fields(GPtrArray *argv, const json_t *body) {
  gsize i;
  const json_t *one;
  json_array_foreach(json_object_get(body, "fields"), i, one) {
    add_text(argv, "--field", one, "field");
  }
}

/* The command line of this decision. What a decision does not take makes it a wrong one. */
static GPtrArray *command_line(const char *id, const json_t *body) {
  static const char *const payee[][2] = {
      {"--name", "payee.name"}, {"--number", "payee.number"}, {"--bank", "payee.bank"}, {"--cnaps", "payee.cnaps"}};
  GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *verb = g_strdelimit(g_strdup(fields_text(body, "decision")), "_", '-');
  gboolean note = g_str_equal(verb, "note");
  add(argv, NULL, g_strdup("case"));
  add(argv, NULL, g_strdup(verb));
  add(argv, NULL, g_strdup(id));
  add_text(argv, NULL, body, "assignee");
  add_parts(argv, NULL, body, "orders");
  add_parts(argv, NULL, body, "entries");
  add_text(argv, note ? NULL : "--reason", body, "reason");
  add_parts(argv, "--waive", body, "waive");
  add_fields(argv, body);
  for (gsize i = 0; i < G_N_ELEMENTS(payee); i++)
    add_text(argv, payee[i][0], body, payee[i][1]);
  g_ptr_array_add(argv, NULL);
  return argv;
}

/* Who vouched for whom, before anything is done. */
static gboolean vouch(Hall *hall, const Request *request, const json_t *body, GError **error) {
  g_autofree char *subject = g_strconcat("case:", request->argument, NULL);
  json_auto_t *object =
      json_pack("{s:s, s:s}", "decision", fields_text(body, "decision"), "person", fields_text(body, "person"));
  g_autofree char *detail = fields_canonical(object);
  if (!store_begin(hall->store, error))
    return FALSE;
  if (audit_append(hall->store, request->now, "hall", "hall.decision", subject, detail, error) &&
      store_commit(hall->store, error))
    return TRUE;
  store_rollback(hall->store);
  return FALSE;
}

/* What the command printed is its answer; what it refused without an error it has explained so too. */
static void answer(int code, const char *out, GError *why, Reply *reply) {
  json_auto_t *object = json_loads(out, JSON_DISABLE_EOF_CHECK, NULL);
  if (why != NULL)
    reply_error(reply, why);
  else if (code == 0)
    reply_json(reply, 200, object != NULL ? json_incref(object) : json_object());
  else if (code == ERROR_USAGE)
    reply_problem(reply, 422, "decision_fields", _("这个决定少了或多了内容，请看 docs/cases.md。"), NULL);
  else
    reply_problem(reply, 409, "decision_late", _("已经来不及，什么也没有改；请看新的审核案。"), json_incref(object));
}

static void decide(Hall *hall, const StaffPeer *peer, GPtrArray *argv, Reply *reply) {
  char *out = NULL, *err = NULL;
  size_t out_size, err_size;
  GError *why = NULL;
  CommandContext context = {.conf = hall->conf,
                            .store = hall->store,
                            .calendar = hall->calendar,
                            .json = TRUE,
                            .actor = peer->actor,
                            .uid = peer->uid,
                            .remote = TRUE,
                            .out = open_memstream(&out, &out_size),
                            .err = open_memstream(&err, &err_size),
                            .why = &why};
  g_assert(context.out != NULL && context.err != NULL);
  g_autofree char **words = g_memdup2(argv->pdata, argv->len * sizeof *words); /* commands take their options out */
  int code = command_case(&context, (int)argv->len - 2, words + 1);
  g_assert(!store_in_transaction(hall->store));
  (void)fclose(context.out);
  (void)fclose(context.err);
  answer(code, out, why, reply);
  free(out);
  free(err);
}

void hall_post_decision(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  g_auto(StaffPeer) peer = {0};
  json_auto_t *body = fields_read(request->body, request->size, order_decision_fields, NULL, &error);
  g_autoptr(GPtrArray) argv = body != NULL ? command_line(request->argument, body) : NULL;
  if (body == NULL || !staff_person(fields_text(body, "person"), hall->conf, &peer, &error) ||
      !staff_right(&peer, (int)argv->len - 1, (char *const *)argv->pdata, &error) ||
      !vouch(hall, request, body, &error))
    reply_error(reply, error);
  else
    decide(hall, &peer, argv, reply);
}
