/* The facts of an electronic voucher that are read, and what one says. Names: the taxonomies bker and bkrs of the
 * 电子凭证会计数据标准 (Ministry of Finance; GB/T 44554.4-2025). */
#ifndef YIFEN_PARSERS_VOUCHER_FACTS_H
#define YIFEN_PARSERS_VOUCHER_FACTS_H

#include "parsers/sheet_value.h"
#include "parsers/xml.h"
#include "rules/entry.h"

/* clang-format off */
/* Those that stand alone: of a receipt, and of a statement around its lines. */
#define VOUCHER_SINGLE_FACTS(X)                                                                                        \
  X(AccountBalanceAtTheEndOfReconciliationCycleAmount) X(AccountNameOfPayee) X(AccountNameOfPayer)                     \
  X(AccountNumberOfPayee) X(AccountNumberOfPayer) X(AccountNumberOfRecipient) X(BusinessProductType)                   \
  X(BusinessSerialNumber) X(Currency) X(CustomerSettlementBankAccount) X(DateOfBookkeeping)                            \
  X(IdentificationOfCreditOrDebit) X(MonthOfBankReconciliationStatement) X(Notes) X(NumberOfBankElectronicReceipt)     \
  X(OpeningBankOfPayee) X(OpeningBankOfPayer) X(PrintDate) X(TimeOfBookkeeping) X(TransactionAmountInFigures) X(Usage)              \
  X(YearOfBankReconciliationStatement)

/* Those of one line of a statement. */
#define VOUCHER_LINE_FACTS(X)                                                                                          \
  X(AccountBalance) X(AccountOfCounterparty) X(BusinessSerialNumber) X(DateOfBookkeeping) X(DebitOrCreditOfBalance)    \
  X(DepositoryBankOfCounterparty) X(IdentificationOfCreditOrDebit) X(NameOfCounterparty)                               \
  X(NotesOfBankElectronicReceipt) X(NumberOfBankElectronicReceipt) X(OtherAccountingInformation) X(TimeOfBookkeeping)  \
  X(TransactionAmount) X(TypesOfBusinessProducts)

#define VOUCHER_LINE "InformationOfReconcileDetailsTuple"

#define X(name) SINGLE_##name,
typedef enum { VOUCHER_SINGLE_FACTS(X) SINGLE_FACTS } VoucherSingleFact;
#undef X
#define X(name) LINE_##name,
typedef enum { VOUCHER_LINE_FACTS(X) LINE_FACTS } VoucherLineFact;
#undef X
/* clang-format on */

extern const char *const voucher_single_names[SINGLE_FACTS];
extern const char *const voucher_line_names[LINE_FACTS];

enum { VOUCHER_ID_SIZE = 64, VOUCHER_DECIMALS_SIZE = 12 };

/* One fact; zeroed when absent. */
typedef struct {
  const char *text; /* NULL when absent, empty or nil */
  const char *name;
  char currency[MONEY_CURRENCY_SIZE]; /* of its unit, "" without one */
  char decimals[VOUCHER_DECIMALS_SIZE];
  Day day; /* the last one of its context */
} VoucherFact;

/* All errors are ERROR_REFUSED with field and value. */

/* *has is FALSE for an absent fact. currency: the voucher's own, NULL while unknown; that of the unit must be the same.
 * An amount with more digits than @decimals vouches for is refused, for it was rounded: "amount". May be negative. */
gboolean voucher_amount(const VoucherFact *fact, const char *currency, gboolean *has, Money *amount, GError **error);

/* 0, 借, D: debit; 1, 贷, C: credit. *has is FALSE for an absent fact; all else is "voucher_flag". */
gboolean voucher_direction(const VoucherFact *fact, gboolean *has, Direction *direction, GError **error);

/* "missing" when absent, "date" when it is none. */
gboolean voucher_day(const VoucherFact *fact, Day *day, GError **error);

/* "YYYY-MM-DDTHH:MM:SS" on that day, the caller frees; NULL when the fact is absent or no time. */
char *voucher_time(const VoucherFact *fact, Day day);

#endif
