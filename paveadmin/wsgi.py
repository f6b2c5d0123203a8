"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from paveadmin import read_env_file

read_env_file()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paveadmin.settings")

application = get_wsgi_application()
