"""Make the WSGI application that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from paveadmin import read_env_file

read_env_file()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paveadmin.settings")

application = get_wsgi_application()
# The web process must not be able to seal, even if it was given the key by mistake.
settings.AUDIT_SEAL_KEY = ""
os.environ.pop("AUDIT_SEAL_KEY", None)
