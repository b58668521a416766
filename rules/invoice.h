/* What an e-invoice 数电票 says of an order: its lines, with the tax that is inside the price. */
#ifndef YIFEN_RULES_INVOICE_H
#define YIFEN_RULES_INVOICE_H

#include "rules/money.h"

/* A kind of service as the tax bureau classifies it; the operator's accountant decides it. */
typedef struct {
  char *goods; /* "*信息技术服务*数字证书服务": category and name */
  char *code;  /* 税收分类编码: 19 digits */
  int rate;    /* per cent */
} InvoiceGoods;

typedef struct {
  const InvoiceGoods *what;
  Money included, excluded, tax; /* 含税金额, 不含税金额, 税额; the first is the sum of the others */
} InvoiceLine;

enum { INVOICE_LINES = 2, INVOICE_NUMBER_DIGITS = 20, INVOICE_CODE_DIGITS = 19 };

/* The certificates, and the courier where the price holds its fee. Of a red invoice 红字发票 every amount is negative.
 * The tax of a line is rounded to the fen, half up. Gives how many lines. */
gsize invoice_lines(Money price, Money carriage, const InvoiceGoods *certificates, const InvoiceGoods *courier,
                    gboolean red, InvoiceLine lines[INVOICE_LINES]);

/* Is it the number of a 数电票: 20 digits? */
gboolean invoice_number(const char *text);

#endif
