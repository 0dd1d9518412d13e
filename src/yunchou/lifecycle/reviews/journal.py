"""Kinds of journal entries about evaluations, retrospectives and improvement actions."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

OPENED = kind(
    "reviews.evaluation_opened", _("opened the evaluation: {count} indicators added"), icon="chart-bar"
)
ACTUAL = kind(
    "reviews.actual_recorded",
    _("recorded the actual value of {indicator}: {before} → {after}"),
    icon="pencil",
)
TAKEN = kind(
    "reviews.actuals_taken", _("took {count} actual values from their sources: {indicators}"), icon="refresh"
)
FOUR = kind(
    "reviews.four_opened", _("added the indicators of high-end events: {count} lines"), icon="chart-bar"
)
GAIN = kind("reviews.gain_stated", _("stated the sales that the ROI is computed from"), icon="coin-yuan")
MEETING = kind(
    "reviews.meeting_recorded",
    _("recorded the retrospective meeting of {day}: {present} of {invited} came"),
    icon="users",
)
SUBMITTED = kind(
    "reviews.retrospective_submitted", _("submitted the retrospective: {count} actions"), icon="send"
)
DONE = kind("reviews.action_done", _("finished the action “{action}”: {result}"), icon="check")
VERIFIED = kind(
    "reviews.action_verified", _("verified the action “{action}”: {verification}"), icon="circle-check"
)
REOPENED = kind(
    "reviews.action_reopened", _("found the action “{action}” not done: {verification}"), icon="arrow-back-up"
)
