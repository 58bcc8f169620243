"""Secrets never reach the record of a cell's source; code that is none stays as it was.

The values have the formats their issuers document and were made up here, in
pieces, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_lake.lineage.redaction import HIDDEN, redact
from tests.lineage.conftest import Notebook, runs_of

if TYPE_CHECKING:
    from jupyter_lake import store

A40 = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2bC3d"
HEX32 = "0123456789abcdef" * 2

BY_FORMAT = {
    "AWS key id": "AKIA" + "IOSFODNN7EXAMPLE",
    "AWS temporary key id": "ASIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp_" + A40[:36],
    "GitHub server token": "ghs_" + A40[:36],
    "GitHub fine-grained token": "github_pat_" + A40[:22] + "_" + A40 + A40[:19],
    "GitLab token": "glpat-" + A40[:20],
    "Slack bot token": "xoxb-" + "123456789012-1234567890123-" + A40[:24],
    "Slack user token": "xoxp-" + "123456789012-123456789012-" + HEX32,
    "Slack app token": "xapp-" + "1-A0123456789-1234567890123-" + HEX32,
    "Google API key": "AIza" + A40[:35],
    "Google OAuth token": "ya29." + A40,
    "Google client secret": "GOCSPX-" + A40[:28],
    "Google refresh token": "1//0" + A40,
    "Stripe key": "sk_live_" + A40[:24],
    "Stripe webhook": "whsec_" + A40[:32],
    "OpenAI key": "sk-proj-" + A40,
    "Anthropic key": "sk-ant-" + "api03-" + A40,
    "Hugging Face token": "hf_" + A40[:34],
    "npm token": "npm_" + A40[:36],
    "PyPI token": "pypi-" + "AgEIcHlwaS5vcmc" + A40 + A40,
    "Databricks token": "dapi" + HEX32,
    "SendGrid key": "SG." + A40[:22] + "." + A40 + A40[:3],
    "Twilio key": "SK" + HEX32,
    "DigitalOcean token": "dop_v1_" + HEX32 * 2,
    "Shopify token": "shpat_" + HEX32,
    "Vault token": "hvs." + A40,
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + A40,
    "age key": "AGE-SECRET-KEY-1" + "Q" * 58,
}


@pytest.mark.parametrize("secret", BY_FORMAT.values(), ids=BY_FORMAT)
@pytest.mark.parametrize(
    "line",
    ["x = '{}'", "# {}", "client({})", "!tool --with {} --more", "value: {},", "f'{}/path'"],
)
def test_a_key_is_known_by_its_format(secret: str, line: str) -> None:
    found = redact(line.format(secret))
    assert secret not in found
    assert HIDDEN in found


IN_CONTEXT = {
    "password keyword": ("connect(user='ana', password='hunter22')", "hunter22"),
    "password variable": ('PASSWORD = "it\'s me"', "it's me"),
    "typed variable": ("db_password: str = 'hunter22'", "hunter22"),
    "prefixed variable": ("PGPASSWORD='hunter22'", "hunter22"),
    "JSON": ('{"user": "ana", "password": "hunter22"}', "hunter22"),
    "dictionary": ("options = {'secret': 'wJalrXUtnFEMI'}", "wJalrXUtnFEMI"),
    "environment": ("os.environ['AWS_SECRET_ACCESS_KEY'] = 'wJalr/XUtn+FEMI'", "wJalr/XUtn+FEMI"),
    "storage options": ("storage_options={'key': 'x', 'client_secret': 'abcdef'}", "abcdef"),
    "multiline": ('token = """first\nsecond"""', "second"),
    "escaped quote": (r"pwd = 'with\'quote'", "quote'"),
    "byte string": ("secret_key=b'0123456789'", "0123456789"),
    "%env": ("%env API_KEY=abcdef123456", "abcdef123456"),
    "shell export": ("!export DB_PASSWORD=hunter22secret", "hunter22secret"),
    "option": ("!tool --password hunter22", "hunter22"),
    "option with =": ("!tool --api-key=abc123def", "abc123def"),
    "curl": ("!curl -u ana:hunter22 https://example.org", "hunter22"),
    "postgres URL": ("'postgresql://ana:hunter22@db.example.org/sales'", "hunter22"),
    "sqlalchemy URL": ('"mysql+pymysql://ana:p%40ss@host:3306/db"', "p%40ss"),
    "mongodb URL": ("'mongodb+srv://ana:hunter22@cluster.example.org/'", "hunter22"),
    "redis URL": ("'redis://:hunter22@host:6379/0'", "hunter22"),
    "git URL": ("!git clone https://ana:hunter22@example.org/repo.git", "hunter22"),
    "ODBC": ("'Driver=x;Server=y;UID=ana;PWD=hunter22;'", "hunter22"),
    "Azure storage": (
        "'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + A40 + "==;'",
        A40,
    ),
    "Azure SAS": ("'https://a.blob.core.windows.net/c?sv=2024&sig=" + A40[:30] + "'", A40[:30]),
    "AWS presigned": ("'https://b.s3.amazonaws.com/k?X-Amz-Signature=" + HEX32 + "'", HEX32),
    "bearer": ("headers={'X': 'Bearer " + A40 + "'}", A40),
    "authorization": ("headers = {'Authorization': 'whatever-it-is'}", "whatever-it-is"),
    "basic": ("'Authorization: Basic dXNlcjpodW50ZXIyMg=='", "dXNlcjpodW50ZXIyMg"),
    "Slack webhook": ("'https://hooks.slack.com/services/T0/B0/" + A40[:24] + "'", A40[:24]),
    "private key": (
        (
            "key = '''-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQ\n"
            "-----END RSA PRIVATE KEY-----'''"
        ),
        "MIIEpAIBAAKCAQ",
    ),
    "OpenSSH key": ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r", "b3BlbnNzaC1r"),
    "service account": (
        (
            '{"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n'
            '-----END PRIVATE KEY-----\\n"}'
        ),
        "MIIEvQIBADANBg",
    ),
}


@pytest.mark.parametrize(("source", "secret"), IN_CONTEXT.values(), ids=IN_CONTEXT)
def test_a_secret_is_known_by_where_it_stands(source: str, secret: str) -> None:
    found = redact(source)
    assert secret not in found
    assert HIDDEN in found


HARMLESS = [
    "df = pd.read_csv('sales.csv')",
    "total = df.groupby('region').amount.sum()",
    "for key, value in counts.items(): print(key, value)",
    "df.sort_values(by='amount', key=lambda x: x.abs())",
    "password = getpass.getpass()",
    "token = os.environ['TOKEN']",
    "connect(password=password)",
    "url = f'postgresql://{user}:{password}@{host}/db'",
    "model.generate(max_tokens=1024)",
    "dict(primary_key=['id'])",
    "commit = '3f9c2a4190be0c77a01b9d3f9c2a4190be0c77a01b9d3f9c2a4190be0c77a01b'",
    "SELECT * FROM sales.orders WHERE key = 5",
    "passengers = 3",
    "%lake publish delays --to reports/delays -m 'tokens per day'",
    "url = 'https://example.org/data.csv'",
    "lake = 's3://bucket/lake'",
]


@pytest.mark.parametrize("source", HARMLESS)
def test_what_is_no_secret_stays_as_it_was(source: str) -> None:
    assert redact(source) == source


def test_the_rest_of_a_line_with_a_secret_is_kept() -> None:
    source = "c = connect('db', user='ana', password='hunter22', timeout=5)"
    assert redact(source) == f"c = connect('db', user='ana', password='{HIDDEN}', timeout=5)"


def test_a_redacted_cell_is_still_python() -> None:
    for source, _ in IN_CONTEXT.values():
        try:
            compile(source, "<cell>", "exec")
        except SyntaxError:
            continue
        compile(redact(source), "<cell>", "exec")


def test_redacting_twice_changes_nothing_more() -> None:
    for source, _ in IN_CONTEXT.values():
        assert redact(redact(source)) == redact(source)


def test_neither_spool_nor_lake_ever_holds_the_secret(
    notebook: Notebook, lake: store.Lake, tmp_path: object
) -> None:
    notebook.ok("api_key = 'abcdef-123456'")
    assert runs_of(lake)[-1].source == f"api_key = '{HIDDEN}'"
    spooled = [path.read_bytes() for path in notebook.recorder.spools()]
    assert spooled
    assert not any(b"abcdef-123456" in data for data in spooled)


def test_a_long_cell_is_redacted_in_no_time() -> None:
    rows = "\n".join(f"data['token_{i}'] = [{i}, {i}, 'secret text {i}']" for i in range(2000))
    hostile = "password=" * 3000 + "'" * 3000 + "-----BEGIN PRIVATE KEY-----" * 200
    assert redact(rows)
    assert redact(hostile)
