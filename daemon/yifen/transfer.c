/* yifen transfer show|resolve: the three-way proof of one transfer, and what a person knows better. */
#include "daemon/yifen/transfer.h"

#include <stdlib.h>

#include "daemon/fate.h"
#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/option.h"
#include "parsers/json_text.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/batches.h"
#include "spool/entries.h"
#include "spool/evidence.h"
#include "spool/job.h"
#include "spool/routes.h"

static const char usage_one[] =
    N_("用法：yifen transfer show 参考号 | resolve 参考号 --as booked|rejected|returned --evidence 凭据说明");

void transfer_set_instant(json_t *object, const char *key, Instant value) {
  g_autofree char *text = instant_format(value);
  json_text_set(object, key, text);
}

json_t *transfer_json(const Transfer *t) {
  json_t *object = json_object();
  g_autofree char *amount = money_format(t->amount);
  json_text_set(object, "reference", t->reference);
  json_text_set(object, "purpose", t->purpose);
  json_text_set(object, "order_no", t->order_no);
  if (t->round > 0)
    (void)json_object_set_new(object, "round", json_integer(t->round));
  json_text_set(object, "account", t->account);
  json_text_set(object, "amount", amount);
  json_text_set(object, "currency", t->amount.currency);
  json_text_set(object, "payee_name", t->payee_name);
  json_text_set(object, "payee_account", t->payee_account);
  json_text_set(object, "payee_bank", t->payee_bank);
  json_text_set(object, "payee_cnaps", t->payee_cnaps);
  json_text_set(object, "state", life_transfer.states[t->state]);
  json_text_set(object, "bank_status", t->bank_status);
  json_text_set(object, "bank_reason", t->bank_reason);
  json_text_set(object, "reason_class", t->reason_class);
  json_text_set(object, "bank_reference", t->bank_reference);
  transfer_set_instant(object, "created_at", t->created_at);
  transfer_set_instant(object, "changed_at", t->changed_at);
  transfer_set_instant(object, "due_at", t->due_at);
  return object;
}

void transfer_print(CommandContext *context, json_t *object) {
  char *line = json_dumps(object, JSON_COMPACT);
  (void)fprintf(context->out, "%s\n", line);
  free(line);
  json_decref(object);
}

const char *transfer_word(const Transfer *t) {
  g_autofree char *key = g_strconcat("transfer.", life_transfer.states[t->state], NULL);
  return text_word(key);
}

/* "RJCT BE01", or nothing. */
char *transfer_answer(const Transfer *t) {
  return g_strdup_printf("%s%s%s", t->bank_status != NULL ? t->bank_status : "", t->bank_reason != NULL ? " " : "",
                         t->bank_reason != NULL ? t->bank_reason : "");
}

/* ---- instruction, the bank's answer, our own statement ---- */

typedef struct {
  Transfer transfer;
  gboolean has_batch;
  Batch batch;
  EntryRow debit, returned, credit; /* line.id 0: none. credit: on our other account, of a fen that proves a channel */
  GPtrArray *evidence;
} Proof;

static void proof_clear(Proof *proof) {
  transfer_clear(&proof->transfer);
  batch_clear(&proof->batch);
  entry_row_clear(&proof->debit);
  entry_row_clear(&proof->returned);
  entry_row_clear(&proof->credit);
  g_clear_pointer(&proof->evidence, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Proof, proof_clear)

static gboolean proof_load(Store *store, const char *reference, Proof *proof, GError **error) {
  Transfer *t = &proof->transfer;
  gint64 credit;
  if (!transfer_load(store, reference, t, error) || !route_credit(store, t->id, &credit, error))
    return FALSE;
  proof->has_batch = t->batch_id != 0;
  return (!proof->has_batch || batch_by_id(store, t->batch_id, &proof->batch, error)) &&
         (t->debit_entry_id == 0 || entry_load(store, t->debit_entry_id, &proof->debit, error)) &&
         (t->return_entry_id == 0 || entry_load(store, t->return_entry_id, &proof->returned, error)) &&
         (credit == 0 || entry_load(store, credit, &proof->credit, error)) &&
         (proof->evidence = transfer_evidence(store, t->id, error)) != NULL;
}

static char *sha256_text(const Batch *batch) {
  GString *text = g_string_new(NULL);
  for (int i = 0; i < BATCH_SHA256_SIZE; i++)
    g_string_append_printf(text, "%02x", batch->sha256[i]);
  return g_string_free(text, FALSE);
}

static json_t *line_json(const EntryRow *row) {
  g_autofree char *day = day_format(row->line.booking_date), *amount = money_format(row->line.amount);
  json_t *object = json_pack("{s:I}", "id", (json_int_t)row->line.id);
  json_text_set(object, "account", row->account);
  json_text_set(object, "booking_date", day);
  json_text_set(object, "amount", amount);
  json_text_set(object, "counterparty_account", row->line.counterparty_account);
  json_text_set(object, "bank_reference", row->line.bank_reference);
  json_text_set(object, "return_reason", row->line.return_reason);
  return object;
}

static json_t *evidence_json(const EvidenceRow *row) {
  json_t *object = json_object();
  json_text_set(object, "event", row->event);
  json_text_set(object, "verdict", row->verdict);
  json_text_set(object, "source", row->source);
  if (row->detail != NULL)
    (void)json_object_set_new(object, "detail", json_loads(row->detail, 0, NULL));
  transfer_set_instant(object, "at", row->at);
  return object;
}

static json_t *proof_json(const Proof *proof) {
  json_t *object = transfer_json(&proof->transfer), *list = json_array();
  if (proof->has_batch) {
    g_autofree char *sha256 = sha256_text(&proof->batch);
    json_t *batch =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "message_id", proof->batch.message_id, "channel", proof->batch.channel,
                  "file", proof->batch.file_name, "state", life_batch.states[proof->batch.state], "sha256", sha256);
    transfer_set_instant(batch, "sent_at", proof->batch.sent_at);
    (void)json_object_set_new(object, "batch", batch);
  }
  if (proof->debit.line.id != 0)
    (void)json_object_set_new(object, "debit", line_json(&proof->debit));
  if (proof->returned.line.id != 0)
    (void)json_object_set_new(object, "return", line_json(&proof->returned));
  if (proof->credit.line.id != 0)
    (void)json_object_set_new(object, "credit", line_json(&proof->credit));
  for (guint i = 0; i < proof->evidence->len; i++)
    (void)json_array_append_new(list, evidence_json(proof->evidence->pdata[i]));
  (void)json_object_set_new(object, "evidence", list);
  return object;
}

static void row_instruction(Table *table, const Proof *proof) {
  const Transfer *t = &proof->transfer;
  g_autofree char *amount = money_format(t->amount), *created = fate_minute(t->created_at);
  g_autofree char *sent = proof->has_batch ? fate_minute(proof->batch.sent_at) : NULL;
  g_autofree char *batch = g_strdup_printf(_("报文 %s"), proof->has_batch ? proof->batch.message_id : "-");
  table_row(table, _("付款指令"), created, amount, t->payee_account, batch);
  if (proof->has_batch)
    table_row(table, _("送达银行"), sent, "", "", sent != NULL ? "" : _("不明"));
}

/* When the bank last spoke of it: the state of the answer is of then. */
static char *answered_at(const Proof *proof) {
  Instant at = INSTANT_NONE;
  for (guint i = 0; i < proof->evidence->len; i++) {
    const EvidenceRow *row = proof->evidence->pdata[i];
    at = g_str_has_prefix(row->event, "status_") ? row->at : at;
  }
  return fate_minute(at);
}

static void row_answer(Table *table, const Proof *proof) {
  const Transfer *t = &proof->transfer;
  g_autofree char *answer = transfer_answer(t), *at = answered_at(proof);
  g_autofree char *what = g_strdup_printf("%s %s", *answer != '\0' ? answer : _("没有"),
                                          t->reason_class != NULL ? text_word(t->reason_class) : "");
  table_row(table, _("银行答复"), at, "", "", what);
}

static void row_line(Table *table, const char *label, const EntryRow *row) {
  g_autofree char *day = row->line.id != 0 ? day_format(row->line.booking_date) : NULL;
  g_autofree char *amount = row->line.id != 0 ? money_format(row->line.amount) : NULL;
  g_autofree char *what = row->line.id == 0
                              ? g_strdup(_("没有"))
                              : g_strdup_printf(_("流水 %lld %s"), (long long)row->line.id,
                                                row->line.return_reason != NULL ? row->line.return_reason : "");
  table_row(table, label, day, amount, row->line.counterparty_account, what);
}

/* What the three of them say together. */
static const char *proof_word(const Proof *proof) {
  const Transfer *t = &proof->transfer;
  gboolean answered = t->bank_status != NULL;
  switch (t->state) {
  case TRANSFER_BOOKED:
    return t->debit_entry_id == 0 ? _("由人工认定已付，我方流水上还没有这笔")
           : answered             ? _("三方相符：指令、银行答复、我方流水")
                                  : _("指令与我方流水相符，银行没有答复");
  case TRANSFER_RETURNED:
    return t->return_entry_id != 0 ? _("已付出又退回，退回的流水在案") : _("已退回，我方流水上还没有退回的这笔");
  case TRANSFER_REJECTED:
    return t->debit_entry_id != 0 ? _("相矛盾：已拒绝，却有扣款") : _("没有付出");
  default:
    return _("还没有凭据说明结果");
  }
}

static void print_history(CommandContext *context, const Proof *proof) {
  g_autoptr(Table) history = table_new(_("时间"), _("经过"), _("来源"), _("结果"), NULL);
  for (guint i = 0; i < proof->evidence->len; i++) {
    const EvidenceRow *row = proof->evidence->pdata[i];
    g_autofree char *at = fate_minute(row->at), *event = g_strconcat("event.", row->event, NULL);
    g_autofree char *verdict = g_strconcat("verdict.", row->verdict, NULL);
    table_row(history, at, text_word(event), row->source, text_word(verdict));
  }
  table_print(history, context->out);
}

static gboolean print_fate(CommandContext *context, const Transfer *t, GError **error) {
  Fate fate;
  if (t->state != TRANSFER_UNKNOWN)
    return TRUE;
  g_autoptr(GPtrArray) profiles = profiles_load(context->conf->profiles, error);
  if (profiles == NULL || !fate_load(context->store, context->conf, context->calendar, profiles, t, &fate, error))
    return FALSE;
  g_autofree char *ends = fate_text(&fate, t);
  (void)fprintf(context->out, _("了结：%s\n"), ends);
  return TRUE;
}

static gboolean print_proof(CommandContext *context, const Proof *proof, GError **error) {
  const Transfer *t = &proof->transfer;
  g_autofree char *round = t->round > 0 ? g_strdup_printf(_("第 %d 次认证"), t->round) : g_strdup(_("退费"));
  if (t->order_no == NULL)
    (void)fprintf(context->out, _("转账 %s：%s\n验证账户 %s 的付款通道，付给我方账户 %s\n\n"), t->reference,
                  transfer_word(t), t->account, t->payee_account);
  else
    (void)fprintf(context->out, _("转账 %s：%s\n业务单 %s %s，付给 %s\n\n"), t->reference, transfer_word(t),
                  t->order_no, round, t->payee_name);
  g_autoptr(Table) table = table_new(_("三方核对"), _("时间"), _(">金额"), _("对方账号"), _("内容"), NULL);
  row_instruction(table, proof);
  row_answer(table, proof);
  row_line(table, _("我方流水"), &proof->debit);
  if (proof->returned.line.id != 0)
    row_line(table, _("退回流水"), &proof->returned);
  if (t->order_no == NULL)
    row_line(table, _("收款账户流水"), &proof->credit);
  table_print(table, context->out);
  (void)fprintf(context->out, _("\n结论：%s\n"), proof_word(proof));
  if (!print_fate(context, t, error))
    return FALSE;
  (void)fprintf(context->out, "\n");
  print_history(context, proof);
  return TRUE;
}

static int show(CommandContext *context, const char *reference) {
  GError *error = NULL;
  g_auto(Proof) proof = {0};
  if (!proof_load(context->store, reference, &proof, &error))
    return command_failed(context, error);
  if (context->json)
    transfer_print(context, proof_json(&proof));
  else if (!print_proof(context, &proof, &error))
    return command_failed(context, error);
  return 0;
}

/* ---- a person knows better ---- */

static const struct {
  const char *word;
  TransferEvent event;
} verdicts[] = {
    {"booked", TRANSFER_PERSON_BOOKED}, {"rejected", TRANSFER_PERSON_REJECTED}, {"returned", TRANSFER_PERSON_RETURNED}};

static gboolean parse_verdict(const char *word, TransferEvent *event, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++)
    if (g_strcmp0(word, verdicts[i].word) == 0) {
      *event = verdicts[i].event;
      return TRUE;
    }
  return error_set(error, ERROR_USAGE, "resolve_as", "value", word, NULL);
}

/* A round that was not paid is due again; pay makes it when the order still wants one. */
static gboolean learn(CommandContext *context, const Transfer *t, TransferEvent event, const char *detail,
                      GError **error) {
  Instant now = clock_now();
  g_autofree char *source = g_strdup_printf("person:%s", context->actor);
  const Learner by = {.actor = context->actor,
                      .now = now,
                      .calendar = context->calendar,
                      .valid_days = context->conf->valid_days,
                      .rounds = context->conf->rounds};
  const Evidence evidence = {.event = event,
                             .source = source,
                             .detail = detail,
                             .ours = TRUE,
                             .settled_on = event == TRANSFER_PERSON_BOOKED ? day_of_instant(now) : DAY_NONE,
                             .due_at = INSTANT_NONE};
  return transfer_learn(context->store, t->id, &evidence, &by, NULL, error) &&
         (event != TRANSFER_PERSON_REJECTED || t->verification_id == 0 ||
          job_add(context->store, "pay", "verify", t->order_no, now, error));
}

static gboolean resolve_in(CommandContext *context, const char *reference, TransferEvent event, const char *text,
                           GError **error) {
  g_auto(Transfer) transfer = {0};
  g_autofree char *masked = mask_codes(text);
  if (!store_begin(context->store, error))
    return FALSE;
  json_t *detail = json_pack("{s:s}", "evidence", masked);
  char *json = json_dumps(detail, JSON_COMPACT);
  gboolean done = transfer_load(context->store, reference, &transfer, error) &&
                  learn(context, &transfer, event, json, error) && store_commit(context->store, error);
  if (!done)
    store_rollback(context->store);
  free(json);
  json_decref(detail);
  return done;
}

static int resolve(CommandContext *context, const char *reference, const char *as, const char *evidence) {
  GError *error = NULL;
  TransferEvent event = TRANSFER_EVENTS;
  if (!parse_verdict(as, &event, &error) || !resolve_in(context, reference, event, evidence, &error))
    return command_failed(context, error);
  return show(context, reference);
}

/* Blanks are no evidence. */
static gboolean says_something(const char *evidence) {
  g_autofree char *text = g_strdup(evidence != NULL ? evidence : "");
  return *g_strstrip(text) != '\0';
}

int command_transfer(CommandContext *context, int argc, char **argv) {
  const char *as = option_take(&argc, argv, "--as"), *evidence = option_take(&argc, argv, "--evidence");
  if (argc == 2 && g_str_equal(argv[0], "show") && as == NULL && evidence == NULL)
    return show(context, argv[1]);
  if (argc == 2 && g_str_equal(argv[0], "resolve") && as != NULL && says_something(evidence))
    return resolve(context, argv[1], as, evidence);
  return command_usage(context, _(usage_one));
}
