"""The product's addresses and this room's, wherever the product mounts them."""

from django.urls import include, path

from yunchou.config.urls import urlpatterns as product

urlpatterns = [*product, path("", include("yunchou.capabilities.work.urls"))]
