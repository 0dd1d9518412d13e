from __future__ import annotations

from django.urls import path

from .views import board, people, research, rows, site, stock, venues

app_name = "preparation"
urlpatterns = [
    path("s/<int:pk>/preparation/", board.board, name="board"),
    path("s/<int:pk>/preparation/go-ahead/", board.go_ahead, name="go_ahead"),
    path("s/<int:pk>/preparation/bookings/add/", venues.booking_add, name="booking_add"),
    path("s/<int:pk>/preparation/booking/<int:booking>/longer/", venues.booking_prolong, name="booking_prolong"),
    path("s/<int:pk>/preparation/booking/<int:booking>/sign/", venues.booking_confirm, name="booking_confirm"),
    path("s/<int:pk>/preparation/booking/<int:booking>/free/", venues.booking_release, name="booking_release"),
    path("s/<int:pk>/preparation/trainings/add/", people.training_add, name="training_add"),
    path("s/<int:pk>/preparation/training/<int:training>/", people.training_change, name="training_change"),
    path("s/<int:pk>/preparation/training/<int:training>/who/", people.training_attend, name="training_attend"),
    path("s/<int:pk>/preparation/training/<int:training>/out/", people.training_remove, name="training_remove"),
    path("s/<int:pk>/preparation/research/attach/", research.research_attach, name="research_attach"),
    path("s/<int:pk>/preparation/research/<int:research>/", research.research_detach, name="research_detach"),
    path("s/<int:pk>/preparation/site/issue/", site.site_issue, name="site_issue"),
    path("s/<int:pk>/preparation/site/<int:item>/<int:person>/", site.site_settle, name="site_settle"),
    path("s/<int:pk>/preparation/reports/plan/", site.reports_plan, name="reports_plan"),
    path("s/<int:pk>/preparation/<slug:table>/<int:row>/<slug:step>/", rows.row_step, name="row_step"),
    path("venues/", venues.venue_list, name="venue_list"),
    path("venues/add/", venues.venue_add, name="venue_add"),
    path("venues/<int:pk>/", venues.venue_detail, name="venue_detail"),
    path("venues/<int:pk>/change/", venues.venue_change, name="venue_change"),
    path("venues/<int:pk>/block/", venues.venue_block, name="venue_block"),
    path("venues/<int:pk>/unblock/", venues.venue_unblock, name="venue_unblock"),
    path("venues/<int:pk>/close/", venues.venue_close, name="venue_close"),
    path("venues/<int:pk>/closures/<int:booking>/end/", venues.closure_end, name="closure_end"),
    path("venues/<int:pk>/files/add/", venues.venue_file, name="venue_file"),
    path("venues/<int:pk>/files/<int:file>/remove/", venues.venue_file_remove, name="venue_file_remove"),
    path("stock/", stock.stock_list, name="stock_list"),
    path("stock/add/", stock.stock_add, name="stock_add"),
    path("stock/<int:pk>/", stock.stock_detail, name="stock_detail"),
    path("stock/<int:pk>/change/", stock.stock_change, name="stock_change"),
    path("stock/<int:pk>/move/", stock.stock_move, name="stock_move"),
    path("stock/slips/<int:pk>/", stock.stock_slip, name="stock_slip"),
    path("research/", research.research_list, name="research_list"),
    path("research/add/", research.research_add, name="research_add"),
    path("research/<int:pk>/", research.research_detail, name="research_detail"),
    path("research/<int:pk>/change/", research.research_change, name="research_change"),
    path("research/<int:pk>/files/add/", research.research_file, name="research_file"),
]  # fmt: skip
