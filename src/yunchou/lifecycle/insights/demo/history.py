"""The whole demo: the company, and everything that has happened in it up to now."""

from __future__ import annotations

from django.db import transaction

from yunchou.kernel.accounts import demo as accounts
from yunchou.kernel.approvals.actions import install_definitions
from yunchou.kernel.core import clock
from yunchou.kernel.journal.actions import seal_all

from .clockwork import Days, midnights, play
from .company import DemoCompany, make_company
from .roster import PASSWORD, PEOPLE
from .stories.arriving import arriving
from .stories.audits import audits, outside
from .stories.books import east_books, south_books
from .stories.campus import campus
from .stories.concert import concert
from .stories.creating import creating, proofing, rewarding
from .stories.customers import customers
from .stories.doors import doors
from .stories.forum import forum
from .stories.gala import gala
from .stories.gifts import gifts
from .stories.guests import guests
from .stories.hospitality import hospitality
from .stories.imported import imported
from .stories.inviting import inviting
from .stories.leads import leads
from .stories.office import office
from .stories.past import promotion, sports_day
from .stories.plans import plans
from .stories.preparing import preparing
from .stories.programme import programme
from .stories.promoting import promoting
from .stories.purchases import purchases
from .stories.registers import registers
from .stories.seating import seating
from .stories.stands import stands
from .stories.supervision import supervision
from .stories.suppliers import suppliers
from .stories.surveys import what_families_said, what_guests_say
from .stories.talk import talk
from .stories.targets import targets
from .stories.team import dailies, team
from .stories.wall import wall

# Long before anything that is told of it, so that everybody was already there.
FOUNDED = -240
# When the first campaign was running.
FIRST_RUN = -124


@transaction.atomic
def make_demo() -> DemoCompany:
    """Found the company and let its history happen up to the present moment; nothing in it is random."""
    days = Days(clock.now())
    with clock.at(days.at(FOUNDED)):
        company = make_company()
        install_definitions(actor=company["admin"])
    stories = [
        sports_day,
        promotion,
        campus,
        concert,
        gifts,
        forum,
        imported,
        office,
        suppliers,
        customers,
        purchases,
        stands,
        plans,
        targets,
        gala,
        guests,
        doors,
        hospitality,
        arriving,
        wall,
        seating,
        preparing,
        programme,
        inviting,
        leads,
        promoting,
        east_books,
        south_books,
        audits,
        outside,
        team,
        dailies,
        talk,
        supervision,
        registers,
        creating,
        proofing,
        rewarding,
        what_families_said,
        what_guests_say,
    ]
    play([midnights(days, FIRST_RUN), *(story(company, days) for story in stories)], until=days.now)
    seal_all()
    accounts.write(shown_accounts())
    return company


def shown_accounts() -> list[accounts.DemoAccount]:
    """The people of the roster who stand for a role, as the sign-in page and `seed --accounts` show them."""
    return [
        accounts.DemoAccount(member.username, PASSWORD, member.name, member.role, member.role_en)
        for member in PEOPLE
        if member.role
    ]
