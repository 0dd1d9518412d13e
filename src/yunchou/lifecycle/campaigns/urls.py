from django.urls import URLPattern, URLResolver, include, path

from .views import aims, changes, goals, listing, moves, pages

app_name = "campaigns"

urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns/", listing.campaign_list, name="campaign_list"),
    path("campaigns/new/", pages.campaign_create, name="campaign_create"),
    path("campaigns/purposes/", aims.aim_list, name="aim_list"),
    path("campaigns/purposes/add/", aims.aim_add, name="aim_add"),
    path("campaigns/purposes/<slug:sort>/<str:name>/", aims.aim_change, name="aim_change"),
    path("campaigns/audiences/add/", aims.audience_add, name="audience_add"),
    path("campaigns/audiences/<slug:key>/", aims.audience_change, name="audience_change"),
    path("campaigns/", include("yunchou.lifecycle.campaigns.import_urls")),
    path("campaigns/<int:pk>/", pages.campaign_detail, name="campaign_detail"),
    path("campaigns/<int:pk>/proposal/", pages.proposal_detail, name="proposal_detail"),
    path("campaigns/<int:pk>/proposal/goals/<int:goal>/confirm/", pages.goal_confirm, name="goal_confirm"),
    path("campaigns/<int:pk>/proposal/purpose/", goals.purpose_edit, name="purpose_edit"),
    path("campaigns/<int:pk>/proposal/goals/suggest/", goals.goal_suggest, name="goal_suggest"),
    path(
        "campaigns/<int:pk>/proposal/goals/<int:goal>/indicators/",
        goals.goal_indicators,
        name="goal_indicators",
    ),
    path("campaigns/<int:pk>/proposal/principles/", changes.principles_confirm, name="principles_confirm"),
    path("campaigns/<int:pk>/change/", changes.change_detail, name="change_detail"),
    path("campaigns/<int:pk>/change/send/", changes.change_send, name="change_send"),
    path("campaigns/<int:pk>/change/drop/", changes.change_drop, name="change_drop"),
    path("campaigns/<int:pk>/change/open/<slug:kind>/", changes.change_open, name="change_open"),
    path("campaigns/<int:pk>/findings/", pages.finding_list, name="finding_list"),
    path("campaigns/<int:pk>/timeline/", pages.timeline, name="timeline"),
    path("campaigns/<int:pk>/submit/", moves.campaign_submit, name="campaign_submit"),
    path("campaigns/<int:pk>/withdraw/", moves.campaign_withdraw, name="campaign_withdraw"),
    path("campaigns/<int:pk>/redate/", moves.campaign_redate, name="campaign_redate"),
    path("campaigns/<int:pk>/move/<slug:key>/", moves.campaign_move, name="campaign_move"),
]
