from __future__ import annotations

from django.urls import path

from .views import basis, board, drafts, rewards

app_name = "creative"
urlpatterns = [
    path("creative/", basis.library, name="library"),
    path("creative/groups/add/", basis.group_add, name="group_add"),
    path("creative/groups/<int:group>/", basis.group_change, name="group_change"),
    path("creative/groups/<int:group>/drop/", basis.group_drop, name="group_drop"),
    path("creative/forms/add/", basis.form_add, name="form_add"),
    path("creative/forms/<int:form>/", basis.form_change, name="form_change"),
    path("creative/forms/<int:form>/drop/", basis.form_drop, name="form_drop"),
    path("creative/studies/add/<slug:kind>/", basis.study_add, name="study_add"),
    path("creative/studies/<int:study>/", basis.study_change, name="study_change"),
    path("s/<int:pk>/creative/basis/forms/", basis.forms_choose, name="forms_choose"),
    path("s/<int:pk>/creative/basis/channels/<int:group>/", basis.channels_take, name="channels_take"),
    path("s/<int:pk>/creative/basis/link/", basis.study_link, name="study_link"),
    path("s/<int:pk>/creative/basis/unlink/<int:study>/", basis.study_unlink, name="study_unlink"),
    path("s/<int:pk>/creative/<slug:part>/", board.board, name="board"),
    path("s/<int:pk>/creative/offers/add/", rewards.offer_add, name="offer_add"),
    path("s/<int:pk>/creative/offers/<int:offer>/grant/", rewards.offer_grant, name="offer_grant"),
    path("s/<int:pk>/creative/lotteries/add/", rewards.lottery_add, name="lottery_add"),
    path("s/<int:pk>/creative/lotteries/<int:lottery>/", rewards.lottery_detail, name="lottery_detail"),
    path("s/<int:pk>/creative/lotteries/<int:lottery>/enter/", rewards.lottery_enter, name="lottery_enter"),
    path("s/<int:pk>/creative/lotteries/<int:lottery>/draw/", rewards.lottery_draw, name="lottery_draw"),
    path(
        "s/<int:pk>/creative/lotteries/<int:lottery>/publish/",
        rewards.lottery_publish,
        name="lottery_publish",
    ),
    path("s/<int:pk>/creative/drafts/add/", drafts.draft_add, name="draft_add"),
    path("s/<int:pk>/creative/drafts/<int:draft>/", drafts.draft_detail, name="draft_detail"),
    path("s/<int:pk>/creative/drafts/<int:draft>/version/", drafts.draft_version, name="draft_version"),
    path("s/<int:pk>/creative/drafts/<int:draft>/remark/", drafts.draft_remark, name="draft_remark"),
    path("s/<int:pk>/creative/drafts/<int:draft>/approve/", drafts.draft_approve, name="draft_approve"),
    path("s/<int:pk>/creative/remark/<int:remark>/", drafts.remark_resolve, name="remark_resolve"),
    path("s/<int:pk>/creative/module/<int:row>/switch/", board.module_switch, name="module_switch"),
    path("s/<int:pk>/creative/module/<int:row>/effect/", board.switch_effect, name="switch_effect"),
    path("s/<int:pk>/creative/plan/confirm/", board.final_confirm, name="final_confirm"),
]
