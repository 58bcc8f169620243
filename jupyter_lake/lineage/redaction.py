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
    | sk-(?:ant-|proj-|svcacct-|or-v1-)[A-Za-z0-9_-]{20,}    # OpenAI, Anthropic
    | sk-(?=[a-z0-9_-]{0,60}[A-Z])(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,}
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
    | ATATT3[A-Za-z0-9_=-]{40,}                         # Atlassian
    | dckr_pat_[A-Za-z0-9_-]{20,}                       # Docker
    | figd_[A-Za-z0-9_-]{30,}|lin_api_[A-Za-z0-9]{30,}  # Figma, Linear
    | pplx-[A-Za-z0-9]{40,}|gsk_[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{37}|tvly-[A-Za-z0-9-]{20,}
    | glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}                  # Grafana
    | PMAK-[a-zA-Z0-9]{24}-[a-zA-Z0-9]{34}              # Postman
    )"""
)

_WEBHOOKS = re.compile(
    r"(https://(?:hooks\.slack\.com/(?:services|workflows)/|[a-z.]*discord(?:app)?\.com/api/webhooks/))[^\s'\"]+"
)

_URL_PASSWORD = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9+.-]{0,40}://[^\s:/@'\"]{0,200}:)([^\s'\"]{1,200})(?=@)"
)

_URL_PARAMETER = re.compile(
    r"(?i)([?&;](?:sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential"
    r"|x-goog-signature|x-goog-credential|access_token|token|api_?key|key|password|pwd"
    r"|accountkey|sharedaccesskey|awsaccesskeyid)=)([^\s&;'\"]{4,})"
)

_BEARER = re.compile(r"(?i)\b((?:bearer|basic|token|apikey)\s+)([A-Za-z0-9+/_.~=-]{16,})")

_NAME = (
    r"[A-Za-z0-9_.-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|cookie"
    r"|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|auth[_-]?key"
    r"|encryption[_-]?key|signing[_-]?key|shared[_-]?access[_-]?key|authorization"
    r"|(?:db|pg|my|user|root|admin|ssh|smtp|mail|ftp)pass(?![a-z])"
    r"|(?<![A-Za-z])(?:pass|pw)(?![A-Za-z]))[A-Za-z0-9_.-]{0,40}"
)

_GAP = r"\s{0,9}"

# name = "value", "name": "value", os.environ["NAME"] = "value", setdefault("NAME", "value")
_QUOTED_VALUE = re.compile(
    rf"""(?ix)((?:(?<![A-Za-z0-9_.-])(?P<name>{_NAME})["']?{_GAP}\]?{_GAP}
    (?::{_GAP}[A-Za-z_.\[\] |]{{1,60}}?{_GAP}=|:=|=>|[:=])|\(\s*["']{_NAME}["']\s*,)\s*
    (?:[rbfu]{{0,2}})(?P<quote>\"\"\"|'''|["']))
    (?P<value>(?:\\.|(?!(?P=quote)).)*?)(?P=quote)""",
    re.DOTALL,
)

# name=value, name: value, --name value in a shell line or a connection string
_BARE_VALUE = re.compile(
    rf"""(?ix)((?<![A-Za-z0-9_.-]){_NAME}{_GAP}=)(?![\s=])(?![A-Za-z_][\w.]*[(\[])
    ([^\s'",;&)\]}}\[]{{4,}})"""
)
_OPTION = re.compile(rf"(?i)(--{_NAME}[ =]{{1,9}})(?!{_GAP}=)([^\s'\"\[]{{4,}})")

_NAMED_VALUES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # SQL: SECRET 'value', IDENTIFIED BY 'value'
        (
            r"(\b(?:secret|password|passwd|credentials|session_token|bearer_token|account_key"
            r"|connection_string|identified\s+by)\s+')([^'\n]+)(?=')"
        ),
        # a pair of name and password
        (
            r"(\b(?:auth\s*=\s*(?:[\w.]+\(|\()|HTTP(?:Basic|Digest|Proxy)Auth\(|BasicAuth\()"
            r"\s*(?:['\"][^'\"\n]*['\"]|[\w.]+)\s*,\s*['\"])([^'\"\n]+)"
        ),
        r"(\bAC[0-9a-f]{32}['\"\s,:]+)([0-9a-f]{32}\b)",  # Twilio
        r"(\blogin\s+\S+\s+password\s+)([^\s'\"]+)",  # .netrc
        r"(\blogin\([^)\n]{0,200}?key\s*=\s*['\"])([^'\"\n]+)",
        rf"(%(?:set_)?env\s+{_NAME}[ =]+)(\S+)",
        rf"(\baws\s+configure\s+set\s+{_NAME}\s+)(\S+)",
        r"(\baws_secret_access_key\s*[=:]\s*)([A-Za-z0-9/+]{40}\b)",
        rf"((?:-H|--header)[ =]*['\"]{_NAME}\s*:\s*)([^'\"\n]+)",
        r"(\bcurl\b[^\n]{0,500}?\s(?:-u|--user)[ =]+['\"]?[^\s:'\"]+:)([^\s'\"]+)",
        r"(\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]{0,500}?\s-p)([^\s'\"-][^\s'\"]*)",
        r"(\b(?:sshpass|docker\s+login|podman\s+login)\b[^\n]{0,500}?\s-p[ =]?)([^\s'\"]+)",
    )
)
_SETTINGS_CELL = re.compile(r"\s*%%(?:writefile|file|bash|sh|script|html|javascript)\b")
_SETTING = re.compile(rf"(?im)^(\s*(?:export\s+)?{_NAME}\s*[:=][ \t]*)([^\s'\"].*)$")

_WORDS = (
    *("pass", "pwd", "pw", "secret", "token", "key", "credential", "bearer", "basic ", "auth"),
    *("://", "sig=", "signature", "-----begin", "curl", "cookie", "identified", "login", "mysql"),
    *("mariadb", "docker", "podman"),
)
_PREFIXES = (
    *("AKIA", "ASIA", "ABIA", "ACCA", "AGPA", "AIDA", "AROA", "ANPA", "AIza", "ya29", "GOCSPX"),
    *("1//0", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat", "xox", "xapp-", "sk_", "rk_"),
    *("glpat-", "gldt-", "glptt-", "glrt-", "glcbt-", "glsoat-", "glft-", "glagent-", "gloas-"),
    *("pk_", "sk-", "whsec", "hf_", "npm_", "pypi-", "dapi", "SG.", "SK", "AC", "_v1_", "shp"),
    *("hvs.", "hvb.", "hvr.", "eyJ", "ntn_", "ATATT", "dckr_", "figd_", "lin_api", "pplx-"),
    *("gsk_", "r8_", "tvly-", "glsa_", "PMAK-"),
)


def _may_hold_secrets(source: str) -> bool:
    """Say in no time of most cells that there is nothing to look for."""
    lower = source.lower()
    return any(word in lower for word in _WORDS) or any(word in source for word in _PREFIXES)


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
    if not _may_hold_secrets(source):
        return source
    text = _PRIVATE_KEY.sub(rf"\1{HIDDEN}\2", source)
    text = _FORMATS.sub(HIDDEN, text)
    text = _WEBHOOKS.sub(rf"\1{HIDDEN}", text)
    text = _URL_PASSWORD.sub(_hide_unless_variable, text)
    text = _URL_PARAMETER.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    text = _QUOTED_VALUE.sub(_hide_quoted, text)
    text = _OPTION.sub(_hide_unless_variable, text)
    for pattern in _NAMED_VALUES:
        text = pattern.sub(_hide_unless_variable, text)
    if _SETTINGS_CELL.match(text):
        text = _SETTING.sub(_hide_unless_variable, text)
    return _BARE_VALUE.sub(_hide_bare, text)


_PLAIN_WORDS = re.compile(r"[A-Za-z]{0,15}|[\w.,;!?-]+(?: [\w.,;!?-]+)+")


def _hide_quoted(match: re.Match[str]) -> str:
    """Leave words that are called tokens: those of languages are words, those of issuers not."""
    name, value = match["name"] or "", match["value"]
    is_word = "token" in name.lower() and "secret" not in name.lower()
    if not value or (is_word and _PLAIN_WORDS.fullmatch(value)):
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
