"""Who may call which address, by its name. Read it with `manage.py routes`; `tests/test_routes.py` holds the product to it.

An address without a line of its own is judged by its room. "own" addresses show only what is the person's: duties,
notifications, sessions. "rows" are lists in which everybody finds what the right shows them, perhaps nothing. "subject" rights
are asked of the object in the address, after it was found to be visible.
"""

from __future__ import annotations

from .routes import Access

SIGNED_IN = Access()
OWN = Access(scope="own")


def subject(right: str) -> Access:
    return Access(right, "subject")


def unit(right: str) -> Access:
    return Access(right, "unit")


ROOMS = {
    "accounts": OWN,
    "approvals": OWN,
    "archive": subject("archive.view"),
    "budgets": subject("budgets.view"),
    "calendar": SIGNED_IN,
    "campaigns": subject("campaigns.view"),
    "duties": OWN,
    "files": Access(scope="subject"),
    "jobs": OWN,
    "metrics": subject("metrics.view"),
    "notify": OWN,
    "operations": subject("operations.view"),
    "organisation": Access("organisation.view", "any"),
    "reviews": subject("reviews.view"),
    "rulebook": Access("rulebook.view", "any"),
    "sheets": Access(scope="subject"),
    "supervision": subject("supervision.view"),
    "ui": SIGNED_IN,
    "work": Access(scope="subject"),
}

SIGN_IN = Access(public="signing in and recovering an account come before being known")
PROBE = Access(public="tells a load balancer that the process lives, and nothing else")

NAMES = {
    "healthz": PROBE,
    "readyz": PROBE,
    "home": OWN,
    "areas": Access(scope="own"),
    "search": Access(scope="own"),
    "account_login": SIGN_IN,
    "account_reset_password": SIGN_IN,
    "account_reset_password_done": SIGN_IN,
    "account_reset_password_from_key": SIGN_IN,
    "account_reset_password_from_key_done": SIGN_IN,
    "mfa_authenticate": SIGN_IN,
    "mfa_login_webauthn": SIGN_IN,
    "account_logout": Access(public="signing out is harmless and asks for a form token"),
    "ui:preference_set": Access(public="language and theme are chosen before signing in, too"),
    "calendar:day_set": Access("calendar.edit", "any"),
    "calendar:day_release": Access("calendar.edit", "any"),
    "calendar:settings_change": Access("calendar.edit", "any"),
    "organisation:work_route_list": Access("organisation.view", "any"),
    "organisation:unit_add": unit("organisation.manage"),
    "organisation:unit_rename": unit("organisation.manage"),
    "organisation:unit_duties": unit("organisation.manage"),
    "organisation:unit_deactivate": unit("organisation.manage"),
    "organisation:unit_reactivate": unit("organisation.manage"),
    "organisation:person_add": unit("organisation.manage"),
    "organisation:person_change": Access("organisation.manage", "any"),
    "organisation:person_deactivate": Access("organisation.manage", "any"),
    "organisation:person_reactivate": Access("organisation.manage", "any"),
    "organisation:appointment_add": Access("organisation.appoint", "any"),
    "organisation:appointment_end": Access("organisation.appoint", "any"),
    "organisation:deputy_set": Access("organisation.appoint", "any"),
    "organisation:unit_move": unit("organisation.manage"),
    "organisation:role_assign": unit("organisation.appoint"),
    "organisation:hand_over": Access("organisation.manage", "any"),
    "organisation:main_post_set": Access("organisation.appoint", "any"),
    "organisation:role_list": Access("organisation.view", "any"),
    "organisation:staffing_list": Access("organisation.view", "any"),
    "organisation:centre_set": Access("organisation.staffing", "any"),
    "organisation:standard_change": Access("organisation.staffing", "any"),
    "organisation:opening_list": Access("organisation.personnel", "rows"),
    "organisation:training_list": Access("organisation.personnel", "rows"),
    "organisation:opening_add": Access("organisation.personnel", "any"),
    "organisation:opening_detail": Access("organisation.personnel", "any"),
    "organisation:opening_change": Access("organisation.personnel", "any"),
    "organisation:opening_close": Access("organisation.personnel", "any"),
    "organisation:candidate_add": Access("organisation.personnel", "any"),
    "organisation:candidate_assess": Access("organisation.personnel", "any"),
    "organisation:training_add": Access("organisation.personnel", "any"),
    "organisation:training_detail": Access("organisation.personnel", "any"),
    "organisation:training_change": Access("organisation.personnel", "any"),
    "organisation:series_list": Access("organisation.see_meetings", "rows"),
    "organisation:series_add": Access("organisation.keep_meetings", "any"),
    "organisation:series_detail": subject("organisation.see_meetings"),
    "organisation:meeting_detail": subject("organisation.see_meetings"),
    "organisation:series_change": subject("organisation.keep_meetings"),
    "organisation:series_end": subject("organisation.keep_meetings"),
    "organisation:meeting_plan": subject("organisation.keep_meetings"),
    "organisation:meeting_minutes": subject("organisation.keep_meetings"),
    "organisation:follow_up_add": subject("organisation.keep_meetings"),
    "organisation:follow_up_change": subject("organisation.keep_meetings"),
    "organisation:follow_up_close": OWN,
    "organisation:follow_up_reopen": OWN,
    "organisation:centre_home": Access("organisation.oversee_centre", "rows"),
    "organisation:centre_report": Access("organisation.oversee_centre", "rows"),
    "organisation:centre_detail": Access("organisation.oversee_centre", "rows"),
    "organisation:risk_add": Access("organisation.oversee_centre", "rows"),
    "organisation:report_add": Access("organisation.oversee_centre", "rows"),
    "organisation:list_start": Access("organisation.export", "any"),
    "organisation:list_template": Access("organisation.export", "any"),
    "organisation:list_export": Access("organisation.export", "rows"),
    "organisation:list_import": Access("organisation.manage", "any"),
    "organisation:list_apply": Access("organisation.manage", "any"),
    "organisation:list_marked": Access("organisation.manage", "any"),
    "organisation:my_rights": OWN,
    "organisation:person_rights": OWN,
    "organisation:who_may": Access("access.explain", "any"),
    "organisation:rights_position_list": Access("access.explain", "any"),
    "organisation:rights_position": Access("access.explain", "any"),
    "organisation:grant_set": Access("access.grant", "any"),
    "organisation:extra_grant_set": Access("access.grant", "any"),
    "organisation:journal_list": Access("access.audit", "any"),
    "organisation:journal_entry": Access("access.audit", "any"),
    "organisation:journal_export": Access("access.audit", "any"),
    "rulebook:edition_draft": Access("rulebook.propose", "any"),
    "rulebook:edition_revise": Access("rulebook.propose", "any"),
    "rulebook:edition_drop": Access("rulebook.propose", "any"),
    "rulebook:edition_propose": Access("rulebook.propose", "any"),
    "rulebook:clause_add": Access("rulebook.propose", "any"),
    "rulebook:clause_change": Access("rulebook.propose", "any"),
    "rulebook:clause_drop": Access("rulebook.propose", "any"),
    "rulebook:route_edit": Access("rulebook.propose", "any"),
    "rulebook:route_check": Access("rulebook.propose", "any"),
    "rulebook:proposal_again": Access("rulebook.propose", "any"),
    "rulebook:proposal_withdraw": Access("rulebook.propose", "any"),
    "rulebook:proposal_drop": Access("rulebook.propose", "any"),
    "rulebook:rule_try": Access("rulebook.propose", "any"),
    "rulebook:rule_propose": Access("rulebook.propose", "any"),
    "rulebook:decision_detail": Access("rulebook.view", "rows"),
    "budgets:actual_book": subject("budgets.book"),
    "work:my_tasks": OWN,
    "work:task_drag": subject("work.edit"),
    "work:task_add": subject("work.edit"),
    "work:task_delete": subject("work.edit"),
    "work:task_link": subject("work.edit"),
    "work:task_unlink": subject("work.edit"),
    "work:task_restore": subject("work.edit"),
    "work:assignment_add": subject("work.edit"),
    "work:assignment_delete": subject("work.edit"),
    "metrics:readings_record": subject("metrics.record"),
    "metrics:readings_upload": subject("metrics.record"),
    "metrics:series_terms": subject("metrics.edit"),
    "metrics:alert_sign": subject("metrics.sign"),
    "operations:report_new": subject("operations.report"),
    "operations:data_report_new": subject("operations.report"),
    "operations:risk_trigger": subject("operations.report"),
    "operations:risk_settings": subject("operations.edit"),
    "operations:issue_new": subject("operations.report"),
    "reviews:evaluation_open": subject("reviews.edit"),
    "reviews:evaluation_complete": subject("reviews.edit"),
    "reviews:gain_edit": subject("reviews.edit"),
    "reviews:meeting_edit": subject("reviews.edit"),
    "reviews:retrospective_submit": subject("reviews.edit"),
    "reviews:action_verify": subject("reviews.verify"),
    "campaigns:campaign_list": Access("campaigns.view", "rows"),
    "campaigns:campaign_create": Access("campaigns.create", "any"),
    "campaigns:change_open": subject("campaigns.submit"),
    "campaigns:change_send": subject("campaigns.submit"),
    "campaigns:change_drop": subject("campaigns.submit"),
    "campaigns:principles_confirm": subject("campaigns.edit"),
    "campaigns:template": Access("campaigns.view", "any"),
    "supervision:team_list": Access("supervision.view", "rows"),
    "supervision:team_add": Access("supervision.appoint", "any"),
    "archive:item_file": subject("archive.file"),
    "archive:package_list": Access("archive.view", "rows"),
}


def access_of(name: str) -> Access | None:
    """What is told about an address; None where nobody said anything about it or its room."""
    if name in NAMES:
        return NAMES[name]
    room, has_room, _rest = name.partition(":")
    if has_room:
        return ROOMS.get(room)
    return OWN if name.startswith(("account_", "mfa_")) else None
