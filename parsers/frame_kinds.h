/* What frames hold, once for writer and reader: field by field, with the range of every integer. */
#ifndef YIFEN_PARSERS_FRAME_KINDS_H
#define YIFEN_PARSERS_FRAME_KINDS_H

#include "parsers/record.h"

typedef enum {
  FRAME_STATEMENT_BEGIN = 1,
  FRAME_ENTRY,
  FRAME_STATEMENT_END,
  FRAME_STATUS,
  FRAME_END,
  FRAME_REFUSED,
  FRAME_READY,
  FRAME_ORIGIN,
  FRAME_COLUMN_FIT,
  FRAME_LEFT_OUT
} FrameKind;

/* clang-format off */
/* RECORD_DAY_MIN is checked apart, because of DAY_NONE. */
#define FRAME_DAY(X, field) X(field, DAY_NONE, RECORD_DAY_MAX)

#define FRAME_STATEMENT(INT, TEXT, MONEY)                                                                              \
  INT(number, 1, G_MAXINT32) INT(kind, STATEMENT_LEDGER, STATEMENT_ADVICE)                                             \
  TEXT(account) TEXT(owner)                                                                                            \
  TEXT(currency) TEXT(id) TEXT(sequence) INT(page, 1, G_MAXINT32) INT(last_page, 0, 1) FRAME_DAY(INT, from)            \
      FRAME_DAY(INT, to) MONEY(has_opening, opening) MONEY(has_closing, closing) INT(derived, 0, 1) INT(broken, 0, 1)  \
          INT(open_end, 0, 1) INT(doubtful, 0, 1) TEXT(format) TEXT(profile) TEXT(unproven) INT(claimed_entries, -1, G_MAXINT32)                    \
          INT(has_credit_count, 0, 1) INT(credit_count, 0, G_MAXINT32) INT(has_debit_count, 0, 1)                      \
              INT(debit_count, 0, G_MAXINT32) MONEY(has_claimed_credit, claimed_credit)    \
              MONEY(has_claimed_debit, claimed_debit)

/* Amount and account come before these. */
#define FRAME_ENTRY_FIELDS(INT, TEXT, MONEY)                                                                           \
  INT(statement, 1, G_MAXINT32)                                                                                        \
  INT(line, 1, G_MAXINT64) FRAME_DAY(INT, booking_date) FRAME_DAY(INT, value_date) TEXT(time)            \
      INT(direction, DIRECTION_CREDIT, DIRECTION_DEBIT) INT(status, ENTRY_BOOKED, ENTRY_INFO) INT(reversal, 0, 1)      \
          TEXT(return_reason) TEXT(bank_reference) TEXT(entry_reference) INT(index, 0, G_MAXINT32)                     \
              INT(transactions, 0, G_MAXINT32) TEXT(end_to_end_id) TEXT(counterparty_name) TEXT(counterparty_account)  \
                  TEXT(counterparty_bank) TEXT(remark) TEXT(purpose) TEXT(summary) MONEY(has_balance, balance)

#define FRAME_STATUS_FIELDS(INT, TEXT)                                                                                 \
  INT(level, STATUS_GROUP, STATUS_TRANSACTION)                                                                         \
  TEXT(message_id) TEXT(payment_id) TEXT(end_to_end_id) TEXT(status) TEXT(reason) TEXT(detail) TEXT(bank_reference)

#define FRAME_COLUMN_FIT_FIELDS(INT, TEXT)                                                                             \
  TEXT(layout) INT(line, 1, G_MAXINT64) TEXT(column) TEXT(wanted) INT(found, 0, 1) INT(at, 0, 256) TEXT(header)

extern const char *const frame_facts[]; /* names of the facts of an error, ended by NULL */
/* clang-format on */

#endif
