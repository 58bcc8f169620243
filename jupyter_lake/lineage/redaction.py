"""Taking secrets out of what is recorded: keys, tokens, passwords, private keys.

A rule that finds too much costs a word in a recorded source; one that finds
too little leaks a key to everybody who reads the lake. The formats are those
their issuers document (the prefixes of AWS, GitHub, GitLab, Slack, Google,
Stripe and so on); what has no format of its own is caught by the name it is
assigned to (``password=``, ``api_key:``).
"""

from __future__ import annotations

import re

__all__ = ["CUT", "HIDDEN", "recordable", "redact"]

HIDDEN = "[hidden]"
LONGEST_SOURCE = 1_000_000
CUT = "# ... the rest of this cell was too long to be recorded"

_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----).*?"
    r"(-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)

_FORMATS = re.compile(
    r"""(?x)(?<![A-Za-z0-9])(?:
      (?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}(?![A-Za-z0-9])   # AWS key ids
    | gh[pousr]_[A-Za-z0-9]{36,255}                     # GitHub
    | github_pat_[A-Za-z0-9_]{22,255}
    | gl(?:pat|dt|ptt|rt|cbt|soat|ft|agent|oas)-[A-Za-z0-9_.-]{20,}   # GitLab
    | xox[abcdeoprs]-[A-Za-z0-9-]{10,}                  # Slack
    | xapp-\d-[A-Za-z0-9-]{10,}
    | AIza[A-Za-z0-9_-]{35}                             # Google API key
    | ya29\.[A-Za-z0-9_-]{20,}                          # Google OAuth
    | GOCSPX-[A-Za-z0-9_-]{20,}
    | 1//0[A-Za-z0-9_-]{30,}                            # Google refresh token
    | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}       # Stripe
    | whsec_[A-Za-z0-9+/=]{20,}
    | sk-(?:ant-|proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{20,}   # OpenAI, Anthropic
    | hf_[A-Za-z0-9]{30,}                               # Hugging Face
    | npm_[A-Za-z0-9]{36}                               # npm
    | pypi-[A-Za-z0-9_-]{50,}                           # PyPI
    | dapi[a-f0-9]{32}(?:-\d)?                          # Databricks
    | SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}        # SendGrid
    | SK[a-f0-9]{32}                                    # Twilio
    | (?:dop|doo|dor)_v1_[a-f0-9]{64}                   # DigitalOcean
    | shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}                # Shopify
    | (?:hvs|hvb|hvr)\.[A-Za-z0-9_-]{24,}               # Vault
    | eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*   # JSON web token
    | secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,}       # Notion
    | AGE-SECRET-KEY-1[A-Z0-9]{58}                      # age
    )"""
)

_WEBHOOKS = re.compile(
    r"(https://(?:hooks\.slack\.com/(?:services|workflows)/|[a-z.]*discord(?:app)?\.com/api/webhooks/))[^\s'\"]+"
)

_URL_PASSWORD = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9+.-]*://[^\s:/@'\"]*:)([^\s@'\"]+)(?=@)"
)

_URL_PARAMETER = re.compile(
    r"(?i)([?&;](?:sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential"
    r"|x-goog-signature|x-goog-credential|access_token|token|api_?key|key|password|pwd"
    r"|accountkey|sharedaccesskey|awsaccesskeyid)=)([^\s&;'\"]{4,})"
)

_BEARER = re.compile(r"(?i)\b((?:bearer|basic|token|apikey)\s+)([A-Za-z0-9+/_.~=-]{16,})")

_NAME = (
    r"[A-Za-z0-9_.-]*(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|credential"
    r"|api[_-]?key|apikey|access[_-]?key|account[_-]?key|private[_-]?key|auth[_-]?key"
    r"|encryption[_-]?key|signing[_-]?key|shared[_-]?access[_-]?key|client[_-]?secret"
    r"|authorization|pass(?![a-z]))[A-Za-z0-9_.-]*"
)

# name = "value", "name": "value", name="value", os.environ["NAME"] = "value"
_QUOTED_VALUE = re.compile(
    rf"""(?ix)((?<![A-Za-z0-9_.-]){_NAME}["']?\s*\]?\s*(?::\s*[A-Za-z_.\[\] |]+?\s*=|:=|=>|[:=,])\s*
    (?:[rbfu]{{0,2}})(?P<quote>\"\"\"|'''|["']))
    (?P<value>(?:\\.|(?!(?P=quote)).)*?)(?P=quote)""",
    re.DOTALL,
)

# name=value, name: value, --name value in a shell line or a connection string
_BARE_VALUE = re.compile(
    rf"""(?ix)((?<![A-Za-z0-9_.-]){_NAME}\s*=)(?![\s=])(?![A-Za-z_][\w.]*[(\[])([^\s'",;&)\]}}\[]{{4,}})"""
)
_OPTION = re.compile(rf"(?i)(--{_NAME}[ =]+)(?!\s*=)([^\s'\"\[]{{4,}})")
_BASIC_AUTH = re.compile(r"(\bcurl\b[^\n]*?\s(?:-u|--user)[ =]+['\"]?[^\s:'\"]+:)([^\s'\"]+)")

_HINT = re.compile(
    r"(?i)pass|pwd|secret|token|key|credential|bearer|basic |auth|://|sig=|signature|"
    r"-----BEGIN|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|gh[pousr]_|github_pat|gl[a-z]+-|xox|xapp-|AIza|"
    r"ya29|GOCSPX|1//0|sk_|rk_|pk_|sk-|whsec|hf_|npm_|pypi-|dapi|SG\.|SK[a-f0-9]|"
    r"_v1_|shp|hv[sbr]\.|eyJ|ntn_|curl"
)


def recordable(source: str) -> str:
    """Return a cell's source as it is recorded: in Unicode, of bearable length, without secrets."""
    if len(source) > LONGEST_SOURCE:
        lines = source[:LONGEST_SOURCE].rpartition("\n")[0]
        source = f"{lines}\n{CUT}"
    # A lone surrogate is no Unicode: no file and no other language takes it.
    return redact(source.encode("utf-8", "backslashreplace").decode())


def redact(source: str) -> str:
    """Return a cell's source with what looks like a secret replaced by ``[hidden]``.

    Examples
    --------
    >>> redact('connect(password="hunter22")')
    'connect(password="[hidden]")'
    """
    if not _HINT.search(source):
        return source
    text = _PRIVATE_KEY.sub(rf"\1{HIDDEN}\2", source)
    text = _FORMATS.sub(HIDDEN, text)
    text = _WEBHOOKS.sub(rf"\1{HIDDEN}", text)
    text = _URL_PASSWORD.sub(_hide_unless_variable, text)
    text = _URL_PARAMETER.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    text = _QUOTED_VALUE.sub(_hide_quoted, text)
    text = _OPTION.sub(_hide_unless_variable, text)
    text = _BASIC_AUTH.sub(rf"\1{HIDDEN}", text)
    return _BARE_VALUE.sub(_hide_bare, text)


def _hide_quoted(match: re.Match[str]) -> str:
    if not match["value"]:
        return match[0]
    return f"{match[1]}{HIDDEN}{match['quote']}"


def _hide_unless_variable(match: re.Match[str]) -> str:
    """Leave ``{password}`` and ``$PASSWORD`` as they are: they hold no secret."""
    value = match[2]
    if HIDDEN in value or re.fullmatch(r"\{[\w.\[\]]+\}|\$\{?\w+\}?|%\(?\w+\)?s?", value):
        return match[0]
    return f"{match[1]}{HIDDEN}"


_CODE_VALUE = re.compile(r"[A-Za-z_][A-Za-z_.]*|\d+(?:\.\d+)?|None|True|False")


def _hide_bare(match: re.Match[str]) -> str:
    """Leave what is Python: ``token=token``, ``max_tokens=1024``, ``key=lambda``."""
    if HIDDEN in match[2] or _CODE_VALUE.fullmatch(match[2]):
        return match[0]
    return _hide_unless_variable(match)
