"""WSGI entry of the web workers."""

import os

from django.core.wsgi import get_wsgi_application

from luoshi.kit.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.settings")
application = get_wsgi_application()
settle()
