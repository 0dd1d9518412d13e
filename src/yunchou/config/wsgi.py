"""The entry point of a WSGI server: `granian --interface wsgi yunchou.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunchou.config.settings")
application = get_wsgi_application()
