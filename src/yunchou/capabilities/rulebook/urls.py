from __future__ import annotations

from django.urls import path

from .views import documents, proposals, routes, rules

app_name = "rulebook"
urlpatterns = [
    path("", rules.rule_list, name="rule_list"),
    path("documents/", documents.regulation_list, name="regulation_list"),
    path("documents/<slug:number>/", documents.regulation_detail, name="regulation_detail"),
    path("documents/<slug:number>/compare/", documents.regulation_compare, name="regulation_compare"),
    path("documents/<slug:number>/draft/", documents.edition_draft, name="edition_draft"),
    path("documents/<slug:number>/draft/about/", documents.edition_revise, name="edition_revise"),
    path("documents/<slug:number>/draft/drop/", documents.edition_drop, name="edition_drop"),
    path("documents/<slug:number>/draft/propose/", documents.edition_propose, name="edition_propose"),
    path("documents/<slug:number>/draft/clauses/", documents.clause_add, name="clause_add"),
    path("documents/<slug:number>/draft/clauses/<int:pk>/", documents.clause_change, name="clause_change"),
    path("documents/<slug:number>/draft/clauses/<int:pk>/drop/", documents.clause_drop, name="clause_drop"),
    path("routes/", routes.route_list, name="route_list"),
    path("routes/<slug:key>/", routes.route_detail, name="route_detail"),
    path("routes/<slug:key>/edit/", routes.route_edit, name="route_edit"),
    path("routes/<slug:key>/check/", routes.route_check, name="route_check"),
    path("proposals/", proposals.proposal_list, name="proposal_list"),
    path("proposals/<int:pk>/", proposals.proposal_detail, name="proposal_detail"),
    path("proposals/<int:pk>/again/", proposals.proposal_again, name="proposal_again"),
    path("proposals/<int:pk>/withdraw/", proposals.proposal_withdraw, name="proposal_withdraw"),
    path("proposals/<int:pk>/drop/", proposals.proposal_drop, name="proposal_drop"),
    path("trials/<int:pk>/", rules.trial_detail, name="trial_detail"),
    path("decisions/<int:pk>/", rules.decision_detail, name="decision_detail"),
    path("<slug:rule_id>/", rules.rule_detail, name="rule_detail"),
    path("<slug:rule_id>/try/", rules.rule_try, name="rule_try"),
    path("<slug:rule_id>/propose/", rules.rule_propose, name="rule_propose"),
]
