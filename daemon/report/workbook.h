/* A page as a workbook (XLSX, ECMA-376) for finance, by libxlsxwriter: a sheet for each section that has a table, with
 * typed cells, a frozen header and widths. Nothing is ever written as a formula or a link: a text stays a text,
 * whatever it begins with, and so do long numbers (order numbers, references), which a spreadsheet would round. */
#ifndef YIFEN_DAEMON_REPORT_WORKBOOK_H
#define YIFEN_DAEMON_REPORT_WORKBOOK_H

#include "daemon/report/page.h"
#include "rules/day.h"

#define WORKBOOK_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* made: stands in the file as its time; the same page gives the same bytes. ERROR_TEMPORARY "workbook". */
GBytes *workbook_make(const Page *page, Instant made, GError **error);

#endif
