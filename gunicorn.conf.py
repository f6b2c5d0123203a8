"""gunicorn: threads, because a request mostly waits for PAVE.

The order that must hold: PAVE_PUT_DEADLINE < 25 s for a page < timeout <= graceful_timeout <
whatever the machine allows before it kills. Address and workers come from the command line or
from WEB_CONCURRENCY.
"""

worker_class = "gthread"
# More than the eight calls to PAVE that a process makes at a time: pages that need no PAVE stay
# quick while it hangs.
threads = 32
timeout = 30
graceful_timeout = 30
keepalive = 5

# gunicorn would otherwise open a control socket in the home folder.
control_socket_disable = True

# The application writes one line per request itself (paveadmin/middleware.py), with the hash of a
# session key in place of the key. Where gunicorn's own line is switched on, it has no path.
accesslog = None
access_log_format = "%(t)s %(m)s %(s)s %(B)s %(M)sms"

forwarded_allow_ips = "127.0.0.1,::1"
