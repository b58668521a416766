#include "rules/label.h"

const LabelPaper label_papers[LABEL_SIZES] = {
    [LABEL_76X130] = {"76x130",
                      760,
                      1300,
                      {[LABEL_HEAD] = {20, 20, 720, 100},
                       [LABEL_CODE] = {20, 120, 720, 220},
                       [LABEL_DESTINATION] = {20, 340, 720, 240},
                       [LABEL_RECEIVER] = {20, 580, 720, 250},
                       [LABEL_SENDER] = {20, 830, 720, 150},
                       [LABEL_CONTENTS] = {20, 980, 500, 150},
                       [LABEL_SIGN] = {20, 1130, 500, 150},
                       [LABEL_QR] = {520, 980, 220, 300}}},
    [LABEL_100X150] = {"100x150",
                       1000,
                       1500,
                       {[LABEL_HEAD] = {20, 20, 960, 120},
                        [LABEL_CODE] = {20, 140, 960, 260},
                        [LABEL_DESTINATION] = {20, 400, 960, 280},
                        [LABEL_RECEIVER] = {20, 680, 960, 290},
                        [LABEL_SENDER] = {20, 970, 960, 170},
                        [LABEL_CONTENTS] = {20, 1140, 680, 170},
                        [LABEL_SIGN] = {20, 1310, 680, 170},
                        [LABEL_QR] = {700, 1140, 280, 340}}},
    [LABEL_100X180] = {"100x180",
                       1000,
                       1800,
                       {[LABEL_HEAD] = {20, 20, 960, 130},
                        [LABEL_CODE] = {20, 150, 960, 280},
                        [LABEL_DESTINATION] = {20, 430, 960, 320},
                        [LABEL_RECEIVER] = {20, 750, 960, 350},
                        [LABEL_SENDER] = {20, 1100, 960, 230},
                        [LABEL_CONTENTS] = {20, 1330, 620, 200},
                        [LABEL_SIGN] = {20, 1530, 620, 250},
                        [LABEL_QR] = {640, 1330, 340, 450}}},
};

gboolean label_size(const char *word, LabelSize *size) {
  for (guint i = 0; i < LABEL_SIZES; i++)
    if (g_str_equal(label_papers[i].word, word)) {
      *size = i;
      return TRUE;
    }
  return FALSE;
}
