/* A courier label 快递电子运单: what is printed on it and where. The zones are those of GB/T 41833-2022 (码号区,
 * 目的地信息区, 收件人信息区, 寄件人信息区, 内件信息区, 签收区); the standard leaves their sizes to the courier's
 * paper. Plain data, nothing owned. */
#ifndef YIFEN_RULES_LABEL_H
#define YIFEN_RULES_LABEL_H

#include <glib.h>

typedef enum { LABEL_76X130, LABEL_100X150, LABEL_100X180, LABEL_SIZES } LabelSize;

typedef enum {
  LABEL_HEAD,        /* courier, who pays, reprint mark */
  LABEL_CODE,        /* waybill number as Code 128 and in figures */
  LABEL_DESTINATION, /* destination and sorting code, large */
  LABEL_RECEIVER,
  LABEL_SENDER,
  LABEL_CONTENTS,
  LABEL_SIGN, /* left empty for the receiver's hand */
  LABEL_QR,   /* the waybill number again, as QR */
  LABEL_ZONES
} LabelZone;

/* Tenths of a millimetre from the paper's upper left corner. */
typedef struct {
  int x, y, width, height;
} LabelBox;

typedef struct {
  const char *word;            /* "76x130" */
  int width, height;           /* tenths of a millimetre */
  LabelBox zones[LABEL_ZONES]; /* apart from each other, within the paper */
} LabelPaper;

extern const LabelPaper label_papers[LABEL_SIZES];

/* TRUE and the size of a word like "76x130". */
gboolean label_size(const char *word, LabelSize *size);

typedef struct {
  const char *name, *phone, *address; /* as they are to be printed: already masked (rules/label_mask.h) */
} LabelParty;

typedef struct {
  const char *order_no;
  const char *courier;     /* 京东快递 */
  const char *carriage;    /* 寄付 or 到付 */
  const char *waybill;     /* the courier's number, ASCII without control characters */
  const char *destination; /* 广东省深圳市 */
  const char *sorting;     /* the courier's sorting code 三段码; NULL: it gave none */
  LabelParty receiver, sender;
  const char *contents;
  const char *printed; /* when */
  gboolean reprint;    /* this parcel has been given a label before */
} Label;

#endif
