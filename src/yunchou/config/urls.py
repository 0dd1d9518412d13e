"""Every address of the product; each app brings its own `urls.py`."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from yunchou.config.health import healthz, readyz

# Addresses by app; an app that has pages has a `urls.py`.
ROOMS = {
    "": "yunchou.lifecycle.insights.urls",
    "accounts/": "yunchou.kernel.accounts.urls",
    "approvals/": "yunchou.kernel.approvals.urls",
    "duties/": "yunchou.kernel.duties.urls",
    "protection/": "yunchou.kernel.backups.urls",
    "calendar/": "yunchou.kernel.calendar.urls",
    "files/": "yunchou.kernel.files.urls",
    "jobs/": "yunchou.kernel.jobs.urls",
    "notify/": "yunchou.kernel.notify.urls",
    "ui/": "yunchou.kernel.ui.urls",
    "organisation/": "yunchou.directory.organisation.urls",
    "suppliers/": "yunchou.directory.suppliers.urls",
    "customers/": "yunchou.directory.customers.urls",
    "messages/": "yunchou.capabilities.messaging.urls",
    "money/": "yunchou.capabilities.ledger.urls",
    "plans/": "yunchou.lifecycle.planning.urls",
    "rules/": "yunchou.capabilities.rulebook.urls",
}
# Rooms whose pages belong to a subject; they bring whole addresses, `s/<pk>/budget/`.
SUBJECT_ROOMS = (
    "yunchou.kernel.sheets.urls",
    "yunchou.kernel.discussion.urls",
    "yunchou.capabilities.budgets.urls",
    "yunchou.capabilities.purchasing.urls",
    "yunchou.capabilities.expenses.urls",
    "yunchou.capabilities.work.urls",
    "yunchou.capabilities.metrics.urls",
    "yunchou.capabilities.creative.urls",
    "yunchou.capabilities.preparation.urls",
    "yunchou.capabilities.operations.urls",
    "yunchou.capabilities.messaging.public_urls",
    "yunchou.capabilities.audiences.urls",
    "yunchou.capabilities.surveys.urls",
    "yunchou.capabilities.sales.urls",
    "yunchou.capabilities.promotions.urls",
    "yunchou.lifecycle.campaigns.urls",
    "yunchou.lifecycle.seating.urls",
    "yunchou.lifecycle.hospitality.urls",
    "yunchou.lifecycle.programme.urls",
    "yunchou.lifecycle.wall.urls",
    "yunchou.lifecycle.reviews.urls",
    "yunchou.lifecycle.supervision.urls",
    "yunchou.lifecycle.archive.urls",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # Before all others: addresses are tried in turn, and a door asks hundreds of times a minute.
    path("", include("yunchou.lifecycle.events.urls")),
    *[path(prefix, include(module)) for prefix, module in ROOMS.items() if find_spec(module)],
    *[path("", include(module)) for module in SUBJECT_ROOMS if find_spec(module)],
]
