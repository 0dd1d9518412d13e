"""The entry point of an ASGI server, for pages that stay open; everything else is faster over WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunchou.config.settings")
application = get_asgi_application()
