"""Addresses of the care of guests."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import care, gifts, menus

app_name = "hospitality"
urlpatterns: list[URLPattern] = [
    path("s/<int:pk>/hospitality/", care.care_list, name="care_list"),
    path("s/<int:pk>/hospitality/hosts/", care.hosts_name, name="hosts_name"),
    path("s/<int:pk>/hospitality/guests/<int:guest>/", care.care_card, name="care_card"),
    path("s/<int:pk>/hospitality/guests/<int:guest>/brief/", care.brief_keep, name="brief_keep"),
    path("s/<int:pk>/hospitality/guests/<int:guest>/gift/", gifts.gift_reserve, name="gift_reserve"),
    path("s/<int:pk>/hospitality/reception/", care.reception_list, name="reception_list"),
    path("s/<int:pk>/hospitality/reception/add/", care.task_keep, name="task_add"),
    path("s/<int:pk>/hospitality/reception/<int:task>/", care.task_keep, name="task_keep"),
    path("s/<int:pk>/hospitality/reception/<int:task>/drop/", care.task_drop, name="task_drop"),
    path("s/<int:pk>/hospitality/reception/<int:task>/done/", care.task_done, name="task_done"),
    path("s/<int:pk>/hospitality/menu/", menus.menu_list, name="menu_list"),
    path("s/<int:pk>/hospitality/menu/<int:session>/", menus.menu_detail, name="menu_detail"),
    path("s/<int:pk>/hospitality/menu/<int:session>/keep/", menus.menu_keep, name="menu_keep"),
    path("s/<int:pk>/hospitality/menu/<int:session>/kitchen.pdf", menus.kitchen_print, name="kitchen_print"),
    path("s/<int:pk>/hospitality/menu/<int:session>/fix/", menus.menu_fix, name="menu_fix"),
    path("s/<int:pk>/hospitality/menu/<int:session>/reopen/", menus.menu_reopen, name="menu_reopen"),
    path("s/<int:pk>/hospitality/menu/<int:session>/offers/add/", menus.offer_keep, name="offer_add"),
    path(
        "s/<int:pk>/hospitality/menu/<int:session>/offers/<int:offer>/", menus.offer_keep, name="offer_keep"
    ),
    path(
        "s/<int:pk>/hospitality/menu/<int:session>/offers/<int:offer>/choose/",
        menus.offer_choose,
        name="offer_choose",
    ),
    path("s/<int:pk>/hospitality/menu/<int:session>/dishes/add/", menus.dish_keep, name="dish_add"),
    path("s/<int:pk>/hospitality/menu/<int:session>/dishes/<int:dish>/", menus.dish_keep, name="dish_keep"),
    path(
        "s/<int:pk>/hospitality/menu/<int:session>/dishes/<int:dish>/remove/",
        menus.dish_remove,
        name="dish_remove",
    ),
    path(
        "s/<int:pk>/hospitality/menu/<int:session>/dishes/<int:dish>/up/",
        menus.dish_move,
        {"is_up": True},
        name="dish_up",
    ),
    path(
        "s/<int:pk>/hospitality/menu/<int:session>/dishes/<int:dish>/down/",
        menus.dish_move,
        {"is_up": False},
        name="dish_down",
    ),
    path(
        "s/<int:pk>/hospitality/menu/<int:session>/dishes/<int:dish>/guests/<int:guest>/",
        menus.substitute_put,
        name="substitute_put",
    ),
    path(
        "s/<int:pk>/hospitality/menu/<int:session>/substitutes/<int:substitute>/drop/",
        menus.substitute_drop,
        name="substitute_drop",
    ),
    path("s/<int:pk>/hospitality/gifts/", gifts.gift_list, name="gift_list"),
    path("s/<int:pk>/hospitality/gifts/lines/add/", gifts.line_keep, name="line_add"),
    path("s/<int:pk>/hospitality/gifts/lines/<int:line>/", gifts.line_keep, name="line_keep"),
    path("s/<int:pk>/hospitality/gifts/lines/<int:line>/plan/", gifts.gifts_plan, name="gifts_plan"),
    path("s/<int:pk>/hospitality/gifts/<int:gift>/release/", gifts.gift_release, name="gift_release"),
    path("s/<int:pk>/hospitality/gifts/<int:gift>/give/", gifts.gift_give, name="gift_give"),
]
