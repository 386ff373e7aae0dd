"""The application, put together, and its start."""

from __future__ import annotations

import gc
import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, Router, get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from auditor.central import settings
from auditor.central.chores import Chores
from auditor.central.web import (
    api_read,
    api_send,
    files,
    pages_admin,
    pages_overview,
    pages_school,
    sign_on,
    signing_in,
)
from auditor.central.web.answers import shown, told
from auditor.central.web.shield import Shield
from auditor.central.web.state import Centre, opened
from auditor.central.web.visiting import form_of, visit_of
from auditor.errors import CentralError

API = "/api/v1"


@get("/healthz", include_in_schema=False, sync_to_thread=False)
def health() -> dict[str, str]:
    """That the server is there."""
    return {"state": "up"}


def application(centre: Centre) -> Litestar:
    """The application over an open store."""
    api = Router(
        API,
        route_handlers=[
            api_send.send_report,
            api_send.enrol_key,
            api_send.upload_state,
            api_send.upload_part,
            *api_read.HANDLERS,
        ],
        exception_handlers={Exception: told},
        security=[{"token": []}],
    )
    open_api = Router(API, route_handlers=[api_read.about], exception_handlers={Exception: told})
    pages = Router(
        "/",
        route_handlers=[
            *signing_in.HANDLERS,
            *sign_on.HANDLERS,
            *pages_overview.HANDLERS,
            *pages_school.HANDLERS,
            *pages_admin.HANDLERS,
            *files.HANDLERS,
        ],
        dependencies={
            "visit": Provide(visit_of, sync_to_thread=True),
            "form": Provide(form_of),
            "part": Provide(pages_overview.slice_of, sync_to_thread=False),
        },
        exception_handlers={Exception: shown},
    )
    app = Litestar(
        route_handlers=[health, open_api, api, pages],
        middleware=[Shield],
        exception_handlers={Exception: _either},
        openapi_config=_described(),
        request_max_body_size=(centre.home.settings.largest_mb + 1) * 1024 * 1024,
        on_shutdown=[centre.close],
        logging_config=None,
    )
    app.state.centre = centre
    return app


def _either(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """An address that no part knows is answered as the part would."""
    return (told if request.url.path.startswith("/api/") else shown)(request, error)


def _described() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="auditor central",
        version="1",
        description="Hands in reports, and reads what an authority knows of its schools.",
        path=f"{API}/openapi",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
        ),
    )


def worker() -> Litestar:
    """The application of the home folder in the environment: what each worker process runs.

    A report is some thousands of objects that live for a moment, and none of them in a circle: that
    they are not looked through for circles each time, together with all that was imported, saves a
    sixth of the work of taking it in.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    return application(opened(settings.read(settings.chosen(None))))


def serve(
    home: Path,
    *,
    host: str,
    port: int,
    workers: int,
    certificate: str | None,
    key: str | None,
    proxies: Sequence[str],
) -> None:
    """Serves until stopped.

    Args:
        home: The home folder.
        host: The address to listen on.
        port: The port.
        workers: Processes; more than one only with PostgreSQL.
        certificate: A PEM file with the certificate chain, for TLS without a proxy.
        key: Its private key.
        proxies: Addresses of proxies whose word on the client's address is taken.

    Raises:
        CentralError: Listening so would send passwords in the clear, the certificate cannot be
            used, or the store is not there.
    """
    import uvicorn

    read = settings.read(home)
    _may(read, f"{host}:{port}", workers, certificate)
    _usable(certificate, key)
    opened(read).close()
    options: dict[str, Any] = {
        "factory": True,
        "host": host,
        "port": port,
        "http": "auditor.central.web.connection:Connection",
        "workers": workers,
        "ssl_certfile": certificate,
        "ssl_keyfile": key,
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": list(proxies),
        "server_header": False,
        "access_log": False,
        "log_level": "warning",
        "timeout_graceful_shutdown": 20,
        # A worker on a busy machine is slow, not dead.
        "timeout_worker_healthcheck": 60,
        "limit_concurrency": 500,
        "h11_max_incomplete_event_size": 32_768,
    }
    chores = Chores(read)
    chores.start()
    try:
        uvicorn.run("auditor.central.web.serving:worker", **options)
    finally:
        chores.stop()


def _may(read: settings.Home, where: str, workers: int, certificate: str | None) -> None:
    """Refuses what would send passwords in the clear, or share a file between processes."""
    if not certificate and not _loopback(where.rpartition(":")[0]):
        raise CentralError(
            "without TLS it listens on this machine alone",
            where=where,
            hint="give --certificate and --key, or put a proxy with TLS before 127.0.0.1",
        )
    if workers > 1 and read.database.startswith("sqlite"):
        raise CentralError("more than one worker needs PostgreSQL", hint="leave out --workers")


def _usable(certificate: str | None, key: str | None) -> None:
    if certificate is None and key is None:
        return
    if certificate is None:
        raise CentralError("a key without its certificate", hint="give --certificate as well")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ValueError) as e:
        raise CentralError(
            f"the certificate and its key cannot be used: {getattr(e, 'reason', None) or e}",
            where=certificate,
            hint="both are PEM: --certificate with the chain from the server's own upwards, --key "
            "without a password",
        ) from e


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
