"""The WSGI application that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from paveadmin import read_env_file

read_env_file()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paveadmin.settings")

application = get_wsgi_application()
# Who serves pages must not be able to seal, not even where the key was lent by mistake.
settings.AUDIT_SEAL_KEY = ""
os.environ.pop("AUDIT_SEAL_KEY", None)
