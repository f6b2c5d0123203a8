"""Load the certificates with which PAVE's server is verified."""

import ssl

from requests.adapters import DEFAULT_CA_BUNDLE_PATH

from sessions_ui.pave.config import PaveConfig


def tls_context(config: PaveConfig) -> ssl.SSLContext | None:
    """Return the TLS settings of all calls, None for plain http to loopback.

    Loading the certificates is slow, so call this once per client. Raises OSError if the file in
    ``config.verify`` cannot be read.
    """
    if not config.is_https:
        return None
    bundle = config.verify if isinstance(config.verify, str) else DEFAULT_CA_BUNDLE_PATH
    context = ssl.create_default_context(cafile=bundle)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
