from __future__ import annotations

from django.urls import path

from .views import board, coupons, forwarding, public, streams

app_name = "promotions"
urlpatterns = [
    path("s/<int:pk>/promotions/", board.board, name="board"),
    path("s/<int:pk>/promotions/people/", board.customer_options, name="customer_options"),
    path("s/<int:pk>/promotions/coupons/add/", coupons.series_add, name="series_add"),
    path("s/<int:pk>/promotions/coupons/<int:series>/", coupons.series_detail, name="series_detail"),
    path("s/<int:pk>/promotions/coupons/<int:series>/change/", coupons.series_change, name="series_change"),
    path("s/<int:pk>/promotions/coupons/<int:series>/close/", coupons.series_close, name="series_close"),
    path("s/<int:pk>/promotions/coupons/<int:series>/issue/", coupons.coupon_issue, name="coupon_issue"),
    path("s/<int:pk>/promotions/coupon/<int:coupon>/void/", coupons.coupon_void, name="coupon_void"),
    path("s/<int:pk>/promotions/coupon/<int:coupon>/order/", coupons.coupon_link, name="coupon_link"),
    path("s/<int:pk>/promotions/tasks/add/", forwarding.task_add, name="task_add"),
    path("s/<int:pk>/promotions/tasks/<int:task>/people/", forwarding.promoters_add, name="promoters_add"),
    path("s/<int:pk>/promotions/tasks/<int:task>/close/", forwarding.task_close, name="task_close"),
    path("s/<int:pk>/promotions/promoters/<int:promoter>/", forwarding.promoter_link, name="promoter_link"),
    path("s/<int:pk>/promotions/promoters/<int:promoter>/forwards/", forwarding.forwards_note, name="forwards_note"),
    path("s/<int:pk>/promotions/promoters/<int:promoter>/reward/", forwarding.reward_give, name="reward_give"),
    path("s/<int:pk>/promotions/promoters/<int:promoter>/remove/", forwarding.promoter_remove, name="promoter_remove"),
    path("s/<int:pk>/promotions/streams/add/", streams.stream_add, name="stream_add"),
    path("s/<int:pk>/promotions/streams/import/", streams.stream_import, name="stream_import"),
    path("s/<int:pk>/promotions/streams/template.csv", streams.stream_template, name="stream_template"),
    path("s/<int:pk>/promotions/streams/<int:stream>/change/", streams.stream_change, name="stream_change"),
    path("s/<int:pk>/promotions/streams/<int:stream>/result/", streams.stream_tell, name="stream_tell"),
    path("s/<int:pk>/promotions/streams/<int:stream>/remove/", streams.stream_remove, name="stream_remove"),
    path("s/<int:pk>/promotions/streams/<int:stream>/link/", streams.stream_poster, name="stream_poster"),
    path("counter/", coupons.counter, name="counter"),
    path("counter/<str:code>/", coupons.coupon_redeem, name="coupon_redeem"),
    path("forwarding/<int:promoter>/", forwarding.own_task, name="own_task"),
    path("forwarding/<int:promoter>/forwards/", forwarding.own_forwards, name="own_forwards"),
    path("take/<str:token>/", public.coupon_take, name="coupon_take"),
    path("coupon/<str:code>/", public.coupon, name="coupon"),
]  # fmt: skip
