"""What an S3 server, or the lack of one, says: told in the words of `jupyter_lake.errors`."""

from __future__ import annotations

from jupyter_lake.errors import (
    AccessDeniedError,
    InvalidInputError,
    LakeError,
    LakeNotFoundError,
    UnreachableError,
    UnsafeStoreError,
)
from jupyter_lake.store.objectstore import LostAnswerError, ObjectExists, ObjectMissing

__all__ = ["explain", "is_passing", "not_s3"]

_BAD_CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "TokenRefreshRequired",
    "RequestTimeTooSkewed",
    "InvalidClientTokenId",
}
_DENIED = {"AccessDenied", "403", "AllAccessDisabled", "AccountProblem", "NotSignedUp", "Forbidden"}
_ELSEWHERE = {
    "PermanentRedirect",
    "301",
    "307",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
}
_NOT_S3 = {"405", "MethodNotAllowed", "400", "BadRequest"}
_PASSING = {
    "SlowDown",
    "503",
    "ServiceUnavailable",
    "InternalError",
    "500",
    "502",
    "504",
    "429",
    "RequestTimeout",
    "OperationAborted",
    "ConditionalRequestConflict",
    "409",
    "XAmzContentSHA256Mismatch",
}
_NO_CREDENTIALS = {
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "ProfileNotFound",
    "TokenRetrievalError",
    "UnauthorizedSSOTokenError",
    "SSOTokenLoadError",
    "NoAuthTokenError",
}
_BROKEN_OFF = {
    "ClientPayloadError",
    "ConnectionClosedError",
    "ConnectionResetError",
    "IncompleteReadError",
    "ResponseStreamingError",
    "ServerDisconnectedError",
}
_NOT_CONNECTED = {
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ProxyConnectionError",
    "SSLError",
}


def is_passing(error: BaseException, *, reading: bool = False) -> bool:
    """Return whether to come back in a moment: the server asks for it, or a read broke off."""
    broken = reading and {type(each).__name__ for each in _chain(error)} & _BROKEN_OFF
    return bool(broken) or _code(error) in _PASSING


def explain(error: BaseException, *, url: str, key: str = "", endpoint: str = "") -> LakeError:
    """Return the `LakeError` that says what botocore's or s3fs's error means.

    Parameters
    ----------
    error
        As s3fs raised it; botocore's own error may be its cause.
    url, key
        The lake, and the object that was asked for.
    endpoint
        The server that was asked.
    """
    if isinstance(error, LakeError):
        return error
    code = _code(error)
    if code:
        return _answered(code, error, url=url, key=key, endpoint=endpoint)
    return _unanswered(error, url=url, endpoint=endpoint)


def not_s3(endpoint: str, what: str) -> LakeError:
    """Return the error for a server that is something else."""
    return UnreachableError(
        f"{endpoint} does not answer as an S3 server would ({what}).",
        hint="Check `endpoint_url` (or AWS_ENDPOINT_URL).",
        kind="wrong-endpoint",
    )


def _answered(code: str, error: BaseException, *, url: str, key: str, endpoint: str) -> LakeError:
    bucket = url.partition("://")[2].partition("/")[0]
    if code in ("NoSuchKey", "404", "NotFound"):
        return ObjectMissing(key, url)
    if code in ("PreconditionFailed", "412"):
        return ObjectExists(key, url)
    if code == "NoSuchBucket":
        return LakeNotFoundError(
            f"There is no bucket {bucket!r} at {endpoint}.",
            hint="Check the bucket's name and the endpoint, or make the bucket first.",
            kind="bucket-not-found",
        )
    if code in _BAD_CREDENTIALS:
        return AccessDeniedError(
            f"{endpoint} does not accept these credentials ({code}).",
            hint="Renew them (e.g. `aws sso login`), or choose others by AWS_PROFILE, AWS_* "
            "variables or storage options.",
            kind="bad-credentials",
        )
    if code in _DENIED:
        return AccessDeniedError(
            f"These credentials give no permission for {url.rstrip('/')}/{key}.",
            hint=f"Ask whoever keeps the bucket {bucket!r} for it, or choose other credentials.",
        )
    if code in _ELSEWHERE:
        return UnreachableError(
            f"The bucket {bucket!r} lies in another region than {endpoint} ({code}).",
            hint="Set AWS_REGION, or `client_kwargs={'region_name': ...}`, to the bucket's region.",
            kind="wrong-endpoint",
        )
    if code in ("501", "NotImplemented"):
        return UnsafeStoreError(
            f"{endpoint} does not know 'If-None-Match', so writers would overwrite each other.",
            hint="Put the lake in a store that honours conditional writes, or in a folder.",
        )
    if code == "InvalidBucketName":
        return InvalidInputError(
            f"{bucket!r} is not a bucket's name.", hint="Check the lake's URL."
        )
    if code in _NOT_S3:
        return not_s3(endpoint, code)
    return UnreachableError(f"{endpoint} answered {code}: {error}.", hint="Try again in a moment.")


def _unanswered(error: BaseException, *, url: str, endpoint: str) -> LakeError:
    where = endpoint or url
    names = {type(each).__name__ for each in _chain(error)}
    if names & _NO_CREDENTIALS:
        return AccessDeniedError(
            f"There are no credentials for {url}: {error}.",
            hint="Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or open it with "
            "storage_options={'anon': True} if it is public.",
            kind="no-credentials",
        )
    if names & {"ParamValidationError", "InvalidRegionError"} or isinstance(error, ValueError):
        return InvalidInputError(f"{url}: {error}.", hint="Check the lake's URL and the endpoint.")
    if "ResponseParserError" in names:
        return not_s3(where, "no XML")
    if names & _NOT_CONNECTED:
        return UnreachableError(
            f"Nothing answers at {where}.",
            hint="Check the network, and `endpoint_url` if the lake is not on AWS.",
        )
    return LostAnswerError(
        f"{where} broke off before it answered ({type(error).__name__}).",
        hint="Check the network and try again.",
    )


def _code(error: BaseException) -> str:
    for each in _chain(error):
        response = getattr(each, "response", None)
        if isinstance(response, dict) and "Error" in response:
            code = str(response["Error"].get("Code") or "")
            status = str(response.get("ResponseMetadata", {}).get("HTTPStatusCode") or "")
            return code if code and code != "Unknown" else status
    return ""


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
