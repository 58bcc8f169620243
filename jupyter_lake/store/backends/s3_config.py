"""One configuration for two clients: s3fs's own, and obstore's derived from it.

s3fs (through botocore) knows how to find credentials, profiles, regions and
endpoints; obstore is fast. So the s3fs client is asked what it found, and
obstore is given the answers, with a callback for credentials that expire.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from jupyter_lake.store.backends.forking import held

if TYPE_CHECKING:
    from obstore.store import S3Credential, S3Store

__all__ = ["obstore_for", "s3_filesystem"]

# Nothing that runs in a notebook may hang for minutes: without a network, two
# attempts of this long are all that is waited for, be it for a connection or a word.
_CLIENT_DEFAULTS: dict[str, object] = {
    "connect_timeout": 4,
    "read_timeout": 30,
    "retries": {"mode": "standard", "total_max_attempts": 2},
    "max_pool_connections": 32,
    "tcp_keepalive": True,
    # Objects are checked by sha256, and many S3 look-alikes refuse checksum trailers.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}
_CREDENTIALS_LAST = timedelta(minutes=5)

_lock = threading.Lock()
_opened: dict[tuple[int, str, str], S3Store] = {}


def s3_filesystem(storage_options: Mapping[str, object]) -> Any:
    """Return the s3fs filesystem of these options, with timeouts fit for a notebook.

    Parameters
    ----------
    storage_options
        As for `s3fs.S3FileSystem`; what they leave open, ``AWS_*`` variables,
        profiles and instance roles answer, as always with s3fs.
    """
    import fsspec
    from botocore.handlers import add_expect_header

    options = {"use_listings_cache": False, **storage_options}
    options["config_kwargs"] = _CLIENT_DEFAULTS | _section(options, "config_kwargs")
    filesystem = held(fsspec.filesystem("s3", **options))
    filesystem.retries = 1  # botocore retries what may be retried
    # Who asks whether to go on with a write waits for one answer more, and has no
    # timeout for that one: in a network that swallows it, for ever.
    filesystem.s3.meta.events.unregister("before-call.s3", add_expect_header)
    return filesystem


def obstore_for(bucket: str, storage_options: Mapping[str, object]) -> S3Store:
    """Return an obstore client of a bucket, configured as s3fs would be.

    Parameters
    ----------
    bucket
        The bucket's name; keys are given in full.
    storage_options
        As for `s3fs.S3FileSystem`.

    Notes
    -----
    The client is made once per process and set of options, and may be used by
    any number of threads.
    """
    key = (os.getpid(), bucket, json.dumps(dict(storage_options), sort_keys=True, default=repr))
    with _lock:
        if key not in _opened:
            _opened[key] = _make_obstore(bucket, storage_options)
        return _opened[key]


def _make_obstore(bucket: str, storage_options: Mapping[str, object]) -> S3Store:
    from obstore.store import S3Store

    filesystem = s3_filesystem(storage_options)
    meta = filesystem.s3.meta
    endpoint = cast("str", meta.endpoint_url)
    settings: dict[str, Any] = {"region": _region(filesystem, bucket, endpoint)}
    provider = None
    if storage_options.get("anon"):
        settings["skip_signature"] = True
    else:
        provider = _CredentialProvider(filesystem, storage_options)
    if not _is_amazon(endpoint):
        settings["endpoint"] = endpoint
    if _wants_virtual_host(meta.config, endpoint):
        settings["virtual_hosted_style_request"] = True
        if "endpoint" in settings:
            scheme, _, host = endpoint.partition("://")
            settings["endpoint"] = f"{scheme}://{bucket}.{host}"
    if storage_options.get("requester_pays"):
        settings["request_payer"] = True
    patience = timedelta(seconds=meta.config.read_timeout)
    client: dict[str, Any] = {
        "allow_http": endpoint.startswith("http://"),
        "connect_timeout": timedelta(seconds=meta.config.connect_timeout),
        "read_timeout": patience,
        "timeout": 4 * patience,  # of a request that goes on, however slowly
    }
    verify = _section(storage_options, "client_kwargs").get("verify")
    if verify is False:
        client["allow_invalid_certificates"] = True
    return S3Store(
        bucket,
        client_options=cast("Any", client),
        # What was waited for once in vain is asked for once more.
        retry_config={"max_retries": 4, "retry_timeout": 1.5 * patience},
        credential_provider=provider,
        **settings,
    )


class _CredentialProvider:
    """Hands obstore the credentials botocore holds, fresh whenever they have run out."""

    def __init__(self, filesystem: Any, storage_options: Mapping[str, object]) -> None:
        self._filesystem = filesystem
        self._given = _given_credentials(storage_options)

    def __call__(self) -> S3Credential:
        if self._given is not None:
            return self._given
        from fsspec.asyn import sync

        access_key, secret_key, token = sync(self._filesystem.loop, self._found)
        return {
            "access_key_id": access_key,
            "secret_access_key": secret_key,
            "token": token,
            # botocore renews in time what expires; asking it often is cheap.
            "expires_at": datetime.now(UTC) + _CREDENTIALS_LAST,
        }

    async def _found(self) -> tuple[str, str, str | None]:
        from botocore.exceptions import NoCredentialsError

        credentials = await self._filesystem.session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        frozen = await credentials.get_frozen_credentials()
        return frozen.access_key, frozen.secret_key, frozen.token


def _given_credentials(options: Mapping[str, object]) -> S3Credential | None:
    client = _section(options, "client_kwargs")
    access_key = options.get("key") or options.get("username") or client.get("aws_access_key_id")
    secret = options.get("secret") or options.get("password") or client.get("aws_secret_access_key")
    token = options.get("token") or client.get("aws_session_token")
    if not (access_key and secret):
        return None
    return {
        "access_key_id": str(access_key),
        "secret_access_key": str(secret),
        "token": str(token) if token else None,
        "expires_at": None,
    }


def _region(filesystem: Any, bucket: str, endpoint: str) -> str:
    """Return the region the bucket lies in; obstore, unlike botocore, follows no redirects."""
    named = filesystem.s3.meta.region_name
    if not _is_amazon(endpoint):
        return named or "us-east-1"
    try:
        answer = filesystem.call_s3("head_bucket", Bucket=bucket)
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
    except OSError as error:
        response = getattr(error.__cause__, "response", None) or {}
        headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(headers.get("x-amz-bucket-region") or named or "us-east-1")


def _is_amazon(endpoint: str) -> bool:
    host = endpoint.partition("://")[2].partition("/")[0]
    # A private (vpce) endpoint is named by the user, as any other server is.
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn")) and ".vpce." not in host


def _wants_virtual_host(config: Any, endpoint: str) -> bool:
    style = (getattr(config, "s3", None) or {}).get("addressing_style", "auto")
    return style == "virtual" or (style == "auto" and _is_amazon(endpoint))


def _section(options: Mapping[str, object], name: str) -> dict[str, object]:
    return dict(cast("Mapping[str, object]", options.get(name) or {}))
