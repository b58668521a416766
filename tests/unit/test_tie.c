/* Tying lines to transfers: by reference, else by amount, account and code together, never by amount alone. */
#include <string.h>

#include "rules/tie.h"

#define R1 "Y0123456789ABCDEF"
#define R2 "YFEDCBA9876543210"
#define NAME "深圳市甲乙有限公司"
#define ACCOUNT "4000021219200000001"
#define OTHER "755952180510888"
#define REMARK "办理数字证书编码: "

static const TieTransfer transfers[] = {
    {.id = 1,
     .reference = R1,
     .payee_name = NAME,
     .payee_account = ACCOUNT,
     .amount = {1, "CNY"},
     .here = TRUE,
     .code = "056869"},
    {.id = 2,
     .reference = R2,
     .payee_name = NAME,
     .payee_account = ACCOUNT,
     .amount = {1, "CNY"},
     .here = TRUE,
     .code = "111111"},
};

typedef struct {
  const char *name;
  TieLine line;
  TransferState states[2];
  gboolean debited, returned; /* the first transfer */
  gboolean elsewhere;         /* both leave another account of ours */
  gboolean arrives;           /* the first is a fen to the line's account */
  gboolean from_payer;        /* and the line comes from the account that pays it */
  TieKind want;
  gint64 transfer;
} Case;

#define DEBIT .direction = DIRECTION_DEBIT
#define CREDIT .direction = DIRECTION_CREDIT
#define FEN .amount = {1, "CNY"}, .fen = TRUE
#define THEIRS .name = NAME, .account = ACCOUNT
#define BOTH_BOOKED .states = {TRANSFER_BOOKED, TRANSFER_BOOKED}
#define BOTH_SENT .states = {TRANSFER_ACCEPTED, TRANSFER_ACCEPTED}

static const Case cases[] = {
    {"reference", {DEBIT, FEN, THEIRS, .texts = R1 "\n"}, BOTH_SENT, .want = TIE_DEBIT, .transfer = 1},
    {"reference, no account", {DEBIT, FEN, .texts = "ref " R2}, BOTH_SENT, .want = TIE_DEBIT, .transfer = 2},
    {"reference, other amount",
     {DEBIT, .amount = {2, "CNY"}, THEIRS, .texts = R1},
     BOTH_SENT,
     .want = TIE_UNKNOWN_DEBIT,
     .transfer = 1},
    {"reference, other account",
     {DEBIT, FEN, .account = "999", .texts = R1},
     BOTH_SENT,
     .want = TIE_UNKNOWN_DEBIT,
     .transfer = 1},
    {"reference, our other account",
     {DEBIT, FEN, THEIRS, .texts = R1},
     BOTH_SENT,
     .elsewhere = TRUE,
     .want = TIE_UNKNOWN_DEBIT,
     .transfer = 1},
    {"second debit",
     {DEBIT, FEN, THEIRS, .texts = R1},
     BOTH_BOOKED,
     .debited = TRUE,
     .want = TIE_UNKNOWN_DEBIT,
     .transfer = 1},
    {"two references", {DEBIT, FEN, THEIRS, .texts = R1 R2}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT, .transfer = 1},
    {"code", {DEBIT, FEN, THEIRS, .texts = REMARK "111111"}, BOTH_SENT, .want = TIE_DEBIT, .transfer = 2},
    {"code within a longer run", {DEBIT, FEN, THEIRS, .texts = REMARK "1111111"}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT},
    {"cut code", {DEBIT, FEN, THEIRS, .texts = REMARK "11111"}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT},
    {"code, other account",
     {DEBIT, FEN, .account = "999", .texts = REMARK "111111"},
     BOTH_SENT,
     .want = TIE_UNKNOWN_DEBIT},
    {"code, no account", {DEBIT, FEN, .texts = REMARK "111111"}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT},
    {"code, line used",
     {DEBIT, FEN, THEIRS, .texts = REMARK "056869"},
     BOTH_BOOKED,
     .debited = TRUE,
     .want = TIE_UNKNOWN_DEBIT},
    {"amount and account alone", {DEBIT, FEN, THEIRS, .texts = ""}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT},
    {"code and account, another sum",
     {DEBIT, .amount = {100, "CNY"}, THEIRS, .our_words = TRUE, .texts = REMARK "111111"},
     BOTH_SENT,
     .want = TIE_UNKNOWN_DEBIT},
    {"code and account, another sum, no words of ours",
     {DEBIT, .amount = {100, "CNY"}, THEIRS, .texts = "111111"},
     BOTH_SENT,
     .want = TIE_ORDINARY},
    {"code and account, one cent of another currency",
     {DEBIT, .amount = {1, "USD"}, THEIRS, .our_words = TRUE, .texts = REMARK "111111"},
     BOTH_SENT,
     .want = TIE_UNKNOWN_DEBIT},
    {"code and account, our other account",
     {DEBIT, FEN, THEIRS, .texts = REMARK "111111"},
     BOTH_SENT,
     .elsewhere = TRUE,
     .want = TIE_UNKNOWN_DEBIT},
    {"account with stars",
     {DEBIT, FEN, .name = NAME, .account = "4000****0001", .texts = REMARK "111111"},
     BOTH_SENT,
     .want = TIE_UNKNOWN_DEBIT},
    {"a date is no code", {DEBIT, FEN, THEIRS, .texts = REMARK "20111111"}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT},
    {"code of one that we believe never left",
     {DEBIT, FEN, THEIRS, .texts = REMARK "056869"},
     .states = {TRANSFER_PLANNED, TRANSFER_ACCEPTED},
     .want = TIE_DEBIT,
     .transfer = 1},
    {"code of one that was refused",
     {DEBIT, FEN, THEIRS, .texts = REMARK "056869"},
     .states = {TRANSFER_REJECTED, TRANSFER_ACCEPTED},
     .want = TIE_DEBIT,
     .transfer = 1},
    {"both codes", {DEBIT, FEN, THEIRS, .texts = REMARK "056869 111111"}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT},
    {"name alone", {DEBIT, FEN, .name = NAME, .texts = REMARK "111111"}, BOTH_SENT, .want = TIE_UNKNOWN_DEBIT},
    {"salary of the payee, our words nowhere",
     {DEBIT, .amount = {104800, "CNY"}, THEIRS, .texts = "货款"},
     BOTH_SENT,
     .want = TIE_ORDINARY},
    {"our words, another sum",
     {DEBIT, .amount = {5000, "CNY"}, .our_words = TRUE, .texts = REMARK "056869"},
     BOTH_SENT,
     .want = TIE_UNKNOWN_DEBIT},
    {"supplier",
     {DEBIT, .amount = {5000, "CNY"}, .name = "甲", .account = "1", .texts = "货款"},
     BOTH_SENT,
     .want = TIE_ORDINARY},
    {"our fen to ourselves arrives, by reference",
     {CREDIT, FEN, .name = NAME, .account = OTHER, .texts = R1},
     BOTH_SENT,
     .elsewhere = TRUE,
     .arrives = TRUE,
     .from_payer = TRUE,
     .want = TIE_ARRIVED,
     .transfer = 1},
    {"by reference, the line does not say from where",
     {CREDIT, FEN, .texts = R1},
     BOTH_SENT,
     .elsewhere = TRUE,
     .arrives = TRUE,
     .want = TIE_ARRIVED,
     .transfer = 1},
    {"by reference, from an account that does not pay it",
     {CREDIT, FEN, .account = "999", .texts = R1},
     BOTH_SENT,
     .elsewhere = TRUE,
     .arrives = TRUE,
     .want = TIE_UNKNOWN_RETURN,
     .transfer = 1},
    {"by its two accounts",
     {CREDIT, FEN, .account = OTHER, .texts = ""},
     BOTH_SENT,
     .elsewhere = TRUE,
     .arrives = TRUE,
     .from_payer = TRUE,
     .want = TIE_ARRIVED,
     .transfer = 1},
    {"by amount alone",
     {CREDIT, FEN, .texts = ""},
     BOTH_SENT,
     .elsewhere = TRUE,
     .arrives = TRUE,
     .want = TIE_ORDINARY},
    {"another sum between these accounts",
     {CREDIT, .amount = {2, "CNY"}, .account = OTHER, .texts = ""},
     BOTH_SENT,
     .elsewhere = TRUE,
     .arrives = TRUE,
     .from_payer = TRUE,
     .want = TIE_ORDINARY},
    {"marked as coming back",
     {CREDIT, FEN, .account = OTHER, .return_evidence = TRUE, .texts = ""},
     BOTH_SENT,
     .elsewhere = TRUE,
     .arrives = TRUE,
     .from_payer = TRUE,
     .want = TIE_UNKNOWN_RETURN},
    {"before it left",
     {CREDIT, FEN, .account = OTHER, .texts = ""},
     .states = {TRANSFER_PLANNED, TRANSFER_ACCEPTED},
     .elsewhere = TRUE,
     .arrives = TRUE,
     .from_payer = TRUE,
     .want = TIE_ORDINARY},
    {"return by reference", {CREDIT, FEN, THEIRS, .texts = "退汇 " R1}, BOTH_BOOKED, .want = TIE_RETURN, .transfer = 1},
    {"return by reference before its debit", {CREDIT, FEN, .texts = R1}, BOTH_SENT, .want = TIE_RETURN, .transfer = 1},
    {"second return",
     {CREDIT, FEN, .texts = R1},
     BOTH_BOOKED,
     .returned = TRUE,
     .want = TIE_UNKNOWN_RETURN,
     .transfer = 1},
    {"return of one of two",
     {CREDIT, FEN, THEIRS, .return_evidence = TRUE, .texts = "退汇"},
     BOTH_BOOKED,
     .want = TIE_UNKNOWN_RETURN},
    {"return of one of two, by code",
     {CREDIT, FEN, THEIRS, .return_evidence = TRUE, .texts = "退汇" REMARK "111111"},
     BOTH_BOOKED,
     .want = TIE_RETURN,
     .transfer = 2},
    {"return of the booked one",
     {CREDIT, FEN, THEIRS, .return_evidence = TRUE, .texts = "退汇"},
     .states = {TRANSFER_REJECTED, TRANSFER_BOOKED},
     .want = TIE_RETURN,
     .transfer = 2},
    {"the line of one that the bank has said came back",
     {CREDIT, FEN, THEIRS, .return_evidence = TRUE, .texts = "退汇"},
     .states = {TRANSFER_RETURNED, TRANSFER_REJECTED},
     .want = TIE_RETURN,
     .transfer = 1},
    {"a second line of one that came back",
     {CREDIT, FEN, THEIRS, .return_evidence = TRUE, .texts = "退汇"},
     .states = {TRANSFER_RETURNED, TRANSFER_REJECTED},
     .returned = TRUE,
     .want = TIE_UNKNOWN_RETURN},
    {"return of one whose debit has not come",
     {CREDIT, FEN, THEIRS, .return_evidence = TRUE, .texts = "退汇"},
     .states = {TRANSFER_UNKNOWN, TRANSFER_REJECTED},
     .want = TIE_UNKNOWN_RETURN},
    {"a wire of the payee is no return",
     {CREDIT, .amount = {104800, "CNY"}, THEIRS, .texts = "证书"},
     BOTH_BOOKED,
     .want = TIE_ORDINARY},
    {"return, other name",
     {CREDIT, FEN, .name = "乙丙有限公司", .account = ACCOUNT, .return_evidence = TRUE, .texts = "退汇"},
     .states = {TRANSFER_REJECTED, TRANSFER_BOOKED},
     .want = TIE_UNKNOWN_RETURN},
    {"return, no account",
     {CREDIT, FEN, .name = NAME, .return_evidence = TRUE, .texts = "退汇"},
     .states = {TRANSFER_REJECTED, TRANSFER_BOOKED},
     .want = TIE_UNKNOWN_RETURN},
    {"return, other sum",
     {CREDIT, .amount = {2, "CNY"}, THEIRS, .return_evidence = TRUE, .texts = "退汇"},
     .states = {TRANSFER_REJECTED, TRANSFER_BOOKED},
     .want = TIE_UNKNOWN_RETURN},
    {"fen sent back", {CREDIT, FEN, THEIRS, .texts = "谢谢"}, BOTH_BOOKED, .want = TIE_SENT_BACK},
    {"fen from a stranger",
     {CREDIT, FEN, .name = "甲", .account = "1", .texts = "test"},
     BOTH_BOOKED,
     .want = TIE_ORDINARY},
    {"fen, never sent",
     {CREDIT, FEN, THEIRS, .texts = ""},
     .states = {TRANSFER_PLANNED, TRANSFER_REJECTED},
     .want = TIE_ORDINARY},
};

static void test_decide(gconstpointer data) {
  const Case *c = data;
  TieTransfer rows[G_N_ELEMENTS(transfers)];
  for (gsize i = 0; i < G_N_ELEMENTS(transfers); i++) {
    rows[i] = transfers[i];
    rows[i].state = c->states[i];
    rows[i].here = !c->elsewhere;
  }
  rows[0].debited = c->debited;
  rows[0].returned = c->returned;
  rows[0].due_here = c->arrives;
  rows[0].from_payer = c->from_payer;
  TieVerdict verdict = tie_decide(&c->line, rows, G_N_ELEMENTS(rows));
  g_assert_cmpstr(tie_word(verdict.kind), ==, tie_word(c->want));
  g_assert_cmpint(verdict.transfer == NULL ? 0 : verdict.transfer->id, ==, c->transfer);
}

/* Two refunds of one amount to one payee, and what a debit without a reference is. */
static void test_refunds(void) {
  static const struct {
    const char *what;
    TransferState states[2];
    gboolean debited; /* the first */
    const char *account;
    gint64 amount;
    TieKind want;
    gint64 transfer;
  } lines[] = {
      {"neither has a line", {TRANSFER_ACCEPTED, TRANSFER_BOOKED}, FALSE, ACCOUNT, 500, TIE_UNKNOWN_DEBIT, 0},
      {"of one that no line shows yet", {TRANSFER_REJECTED, TRANSFER_BOOKED}, FALSE, ACCOUNT, 500, TIE_DEBIT, 2},
      {"of one that is open", {TRANSFER_UNKNOWN, TRANSFER_REJECTED}, FALSE, ACCOUNT, 500, TIE_DEBIT, 1},
      {"of one that came back", {TRANSFER_RETURNED, TRANSFER_SENDING}, TRUE, ACCOUNT, 500, TIE_DEBIT, 2},
      {"two are open", {TRANSFER_ACCEPTED, TRANSFER_UNKNOWN}, FALSE, ACCOUNT, 500, TIE_UNKNOWN_DEBIT, 0},
      {"a second debit", {TRANSFER_BOOKED, TRANSFER_PLANNED}, TRUE, ACCOUNT, 500, TIE_UNKNOWN_DEBIT, 0},
      {"paid by hand", {TRANSFER_REJECTED, TRANSFER_REJECTED}, FALSE, ACCOUNT, 500, TIE_UNKNOWN_DEBIT, 0},
      {"nothing has left", {TRANSFER_PLANNED, TRANSFER_PLANNED}, FALSE, ACCOUNT, 500, TIE_ORDINARY, 0},
      {"another amount", {TRANSFER_ACCEPTED, TRANSFER_REJECTED}, FALSE, ACCOUNT, 501, TIE_ORDINARY, 0},
      {"another account", {TRANSFER_ACCEPTED, TRANSFER_REJECTED}, FALSE, "999", 500, TIE_ORDINARY, 0},
      {"no account", {TRANSFER_ACCEPTED, TRANSFER_REJECTED}, FALSE, NULL, 500, TIE_ORDINARY, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
    TieTransfer rows[2] = {transfers[0], transfers[1]};
    for (int k = 0; k < 2; k++) {
      rows[k].code = NULL;
      rows[k].amount.minor = 500;
      rows[k].state = lines[i].states[k];
    }
    rows[0].debited = lines[i].debited;
    const TieLine line = {DEBIT, .amount = {lines[i].amount, "CNY"}, .name = NAME, .account = lines[i].account,
                          .texts = "转账 111111"};
    TieVerdict verdict = tie_decide(&line, rows, 2);
    g_test_message("%s", lines[i].what);
    g_assert_cmpstr(tie_word(verdict.kind), ==, tie_word(lines[i].want));
    g_assert_cmpint(verdict.transfer == NULL ? 0 : verdict.transfer->id, ==, lines[i].transfer);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strdup_printf("/tie/%s", cases[i].name);
    g_test_add_data_func(path, &cases[i], test_decide);
  }
  g_test_add_func("/tie/refunds", test_refunds);
  return g_test_run();
}
