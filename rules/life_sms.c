#include "rules/life_cells.h"

static const char *const sms_states[SMS_STATES] = {
    [SMS_QUEUED] = "queued",   [SMS_SENDING] = "sending",     [SMS_SENT] = "sent",    [SMS_UNKNOWN] = "unknown",
    [SMS_ARRIVED] = "arrived", [SMS_UNREACHED] = "unreached", [SMS_FAILED] = "failed"};
static const char *const sms_events[SMS_EVENTS] = {[SMS_SEND] = "send",
                                                   [SMS_DONE] = "done",
                                                   [SMS_REJECT] = "reject",
                                                   [SMS_RETRY] = "retry",
                                                   [SMS_LOSE] = "lose",
                                                   [SMS_AGAIN] = "again",
                                                   [SMS_GIVE_UP] = "give_up",
                                                   [SMS_REPORT_ARRIVED] = "report_arrived",
                                                   [SMS_REPORT_UNREACHED] = "report_unreached"};

/* clang-format off */
static const LifeCell sms_cells[SMS_STATES][SMS_EVENTS] = {
  [SMS_QUEUED] = {
    [SMS_SEND]             = GO(SMS_SENDING),
    [SMS_DONE]             = REFUSE,
    [SMS_REJECT]           = GO(SMS_FAILED),
    [SMS_RETRY]            = STAY,
    [SMS_LOSE]             = REFUSE,
    [SMS_AGAIN]            = STAY,
    [SMS_GIVE_UP]          = GO(SMS_FAILED),
    [SMS_REPORT_ARRIVED]   = GO(SMS_ARRIVED),
    [SMS_REPORT_UNREACHED] = GO(SMS_UNREACHED),
  },
  [SMS_SENDING] = {
    [SMS_SEND]             = REFUSE,
    [SMS_DONE]             = GO(SMS_SENT),
    [SMS_REJECT]           = GO(SMS_FAILED),
    [SMS_RETRY]            = GO(SMS_QUEUED),
    [SMS_LOSE]             = GO(SMS_UNKNOWN),
    [SMS_AGAIN]            = REFUSE,
    [SMS_GIVE_UP]          = REFUSE,
    [SMS_REPORT_ARRIVED]   = GO(SMS_ARRIVED),
    [SMS_REPORT_UNREACHED] = GO(SMS_UNREACHED),
  },
  [SMS_SENT] = {
    [SMS_SEND]             = REFUSE,
    [SMS_DONE]             = STAY,
    [SMS_REJECT]           = REFUSE,
    [SMS_RETRY]            = REFUSE,
    [SMS_LOSE]             = REFUSE,
    [SMS_AGAIN]            = REFUSE,
    [SMS_GIVE_UP]          = STAY,
    [SMS_REPORT_ARRIVED]   = GO(SMS_ARRIVED),
    [SMS_REPORT_UNREACHED] = GO(SMS_UNREACHED),
  },
  [SMS_UNKNOWN] = {
    [SMS_SEND]             = REFUSE,
    [SMS_DONE]             = REFUSE,
    [SMS_REJECT]           = REFUSE,
    [SMS_RETRY]            = REFUSE,
    [SMS_LOSE]             = STAY,
    [SMS_AGAIN]            = GO(SMS_QUEUED),
    [SMS_GIVE_UP]          = GO(SMS_FAILED),
    [SMS_REPORT_ARRIVED]   = GO(SMS_ARRIVED),
    [SMS_REPORT_UNREACHED] = GO(SMS_UNREACHED),
  },
  [SMS_ARRIVED] = {
    [SMS_SEND]             = REFUSE,
    [SMS_DONE]             = STAY,
    [SMS_REJECT]           = STAY,
    [SMS_RETRY]            = STAY,
    [SMS_LOSE]             = STAY,
    [SMS_AGAIN]            = STAY,
    [SMS_GIVE_UP]          = STAY,
    [SMS_REPORT_ARRIVED]   = STAY,
    [SMS_REPORT_UNREACHED] = STAY,
  },
  [SMS_UNREACHED] = {
    [SMS_SEND]             = REFUSE,
    [SMS_DONE]             = STAY,
    [SMS_REJECT]           = STAY,
    [SMS_RETRY]            = STAY,
    [SMS_LOSE]             = STAY,
    [SMS_AGAIN]            = STAY,
    [SMS_GIVE_UP]          = STAY,
    [SMS_REPORT_ARRIVED]   = GO(SMS_ARRIVED),
    [SMS_REPORT_UNREACHED] = STAY,
  },
  [SMS_FAILED] = {
    [SMS_SEND]             = REFUSE,
    [SMS_DONE]             = REFUSE,
    [SMS_REJECT]           = STAY,
    [SMS_RETRY]            = REFUSE,
    [SMS_LOSE]             = REFUSE,
    [SMS_AGAIN]            = REFUSE,
    [SMS_GIVE_UP]          = STAY,
    [SMS_REPORT_ARRIVED]   = GO(SMS_ARRIVED),
    [SMS_REPORT_UNREACHED] = GO(SMS_UNREACHED),
  },
};
/* clang-format on */

const LifeCycle life_sms = LIFE_CYCLE("sms", SMS_STATES, SMS_EVENTS, sms_states, sms_events, sms_cells);
