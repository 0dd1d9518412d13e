"""Addresses of the care of guests."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import care, gifts, menus, rooms, travel

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
    path("s/<int:pk>/hospitality/runs/", travel.run_list, name="run_list"),
    path("s/<int:pk>/hospitality/runs/add/", travel.run_keep, name="run_add"),
    path("s/<int:pk>/hospitality/runs/<int:run>/", travel.run_detail, name="run_detail"),
    path("s/<int:pk>/hospitality/runs/<int:run>/keep/", travel.run_keep, name="run_keep"),
    path("s/<int:pk>/hospitality/runs/<int:run>/drop/", travel.run_drop, name="run_drop"),
    path("s/<int:pk>/hospitality/runs/<int:run>/print/", travel.run_print, name="run_print"),
    path("s/<int:pk>/hospitality/runs/<int:run>/start/", travel.run_start, name="run_start"),
    path("s/<int:pk>/hospitality/runs/<int:run>/finish/", travel.run_finish, name="run_finish"),
    path("s/<int:pk>/hospitality/runs/<int:run>/guests/", travel.riders_put, name="riders_put"),
    path("s/<int:pk>/hospitality/runs/<int:run>/rides/<int:ride>/", travel.ride_set, name="ride_set"),
    path(
        "s/<int:pk>/hospitality/runs/<int:run>/rides/<int:ride>/drop/", travel.rider_drop, name="rider_drop"
    ),
    path("s/<int:pk>/hospitality/vehicles/add/", travel.vehicle_keep, name="vehicle_add"),
    path("s/<int:pk>/hospitality/vehicles/<int:vehicle>/", travel.vehicle_keep, name="vehicle_keep"),
    path("s/<int:pk>/hospitality/vehicles/<int:vehicle>/drop/", travel.vehicle_drop, name="vehicle_drop"),
    path("s/<int:pk>/hospitality/vehicles/<int:vehicle>/driver/", travel.driver_show, name="driver_show"),
    path("s/<int:pk>/hospitality/guests/<int:guest>/travel/", travel.travel_keep, name="travel_keep"),
    path("s/<int:pk>/hospitality/guests/<int:guest>/delay/", travel.travel_delay, name="travel_delay"),
    path("s/<int:pk>/hospitality/rooms/", rooms.room_list, name="room_list"),
    path("s/<int:pk>/hospitality/rooms/print/", rooms.room_print, name="room_print"),
    path("s/<int:pk>/hospitality/rooms/<int:room>/number/", rooms.room_number, name="room_number"),
    path("s/<int:pk>/hospitality/rooms/blocks/add/", rooms.block_keep, name="block_add"),
    path("s/<int:pk>/hospitality/rooms/blocks/<int:block>/", rooms.block_keep, name="block_keep"),
    path("s/<int:pk>/hospitality/rooms/blocks/<int:block>/drop/", rooms.block_drop, name="block_drop"),
    path("s/<int:pk>/hospitality/rooms/blocks/<int:block>/settle/", rooms.block_settle, name="block_settle"),
    path("s/<int:pk>/hospitality/stays/add/", rooms.stay_keep, name="stay_add"),
    path("s/<int:pk>/hospitality/stays/<int:guest>/", rooms.stay_keep, name="stay_keep"),
    path("s/<int:pk>/hospitality/stays/<int:guest>/drop/", rooms.stay_drop, name="stay_drop"),
    path("s/<int:pk>/hospitality/stays/<int:guest>/room/", rooms.room_assign, name="room_assign"),
    path("s/<int:pk>/hospitality/stays/<int:guest>/no-room/", rooms.room_unassign, name="room_unassign"),
    path("s/<int:pk>/hospitality/stays/<int:guest>/key/", rooms.key_give, name="key_give"),
]
