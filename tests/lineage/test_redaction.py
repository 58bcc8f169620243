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
    "Atlassian token": "ATATT3" + A40 + A40,
    "Docker token": "dckr_pat_" + A40[:27],
    "Figma token": "figd_" + A40,
    "Linear key": "lin_api_" + A40,
    "Perplexity key": "pplx-" + A40 + A40,
    "Groq key": "gsk_" + A40 + A40[:12],
    "Replicate token": "r8_" + A40[:37],
    "Tavily key": "tvly-" + A40[:32],
    "Grafana token": "glsa_" + A40[:32] + "_0a1b2c3d",
    "Postman key": "PMAK-" + A40[:24] + "-" + A40[:34],
    "old OpenAI key": "sk-" + A40 + "12345678",
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


MORE_CONTEXT = [
    ("fs = s3fs.S3FileSystem(key='minio', secret='hunter22')", "hunter22"),
    ("CREATE SECRET s (TYPE s3, KEY_ID 'minio', SECRET 'hunter22')", "hunter22"),
    ("con.execute(\"CREATE SECRET (TYPE s3, SECRET 'hunter22')\")", "hunter22"),
    ("con.execute(\"SET s3_secret_access_key='hunter22'\")", "hunter22"),
    ("ATTACH 'host=db user=ana password=hunter22 dbname=x' AS pg (TYPE postgres)", "hunter22"),
    ("ALTER USER ana WITH PASSWORD 'hunter22'", "hunter22"),
    ("CREATE USER ana IDENTIFIED BY 'hunter22'", "hunter22"),
    ("connect(\"dbname=x user=ana password='hunter 22'\")", "hunter 22"),
    ("create_engine('snowflake://ana:hunter22@account/db')", "hunter22"),
    ("create_engine('postgresql://ana:p@ss22@db/x')", "ss22"),
    ("create_engine(f'postgresql://ana:hunter22@{host}/x')", "hunter22"),
    ("'jdbc:sqlserver://h;user=sa;password=hunter22;'", "hunter22"),
    ("'DRIVER={x};UID=sa;PWD={hun;ter22}'", "hun;ter22"),
    ("requests.get(url, auth=('ana', 'hunter22'))", "hunter22"),
    ("requests.get(url, auth=HTTPBasicAuth(user, 'hunter22'))", "hunter22"),
    ("headers={'X-API-Key': 'abcd1234efgh'}", "abcd1234efgh"),
    ("headers={'Cookie': 'session=abcdef12345'}", "abcdef12345"),
    ("!echo 'machine h login ana password hunter22' > ~/.netrc", "hunter22"),
    ("%%writefile .env\nDB_PASSWORD=hunter 22\nUSER=ana", "hunter 22"),
    ("%%writefile c.yml\npassword: hunter22\nuser: ana", "hunter22"),
    ("os.environ.setdefault('OPENAI_API_KEY', 'abcdefghi')", "abcdefghi"),
    ("%env DB_PASSWORD hunter22", "hunter22"),
    ("!mysql -u root -phunter22 db", "hunter22"),
    ("!PGPASSWORD=hunter22 psql", "hunter22"),
    ("!sshpass -p hunter22 ssh h", "hunter22"),
    ("!docker login -u ana -p hunter22", "hunter22"),
    ("!curl -H 'X-Auth-Token: abcdef123456' u", "abcdef123456"),
    ("!aws configure set aws_secret_access_key hunter22", "hunter22"),
    ("twilio = Client('AC" + HEX32 + "', '" + HEX32[::-1] + "')", HEX32[::-1]),
    ("wandb.login(key='" + HEX32 + "')", HEX32),
    ("//registry.example.org/:_authToken=abcdefgh-1234", "abcdefgh-1234"),
    ("'https://oauth2:abcdefgh@gitlab.example.org/x'", "abcdefgh"),
    ("'https://storage.example.org/k?GoogleAccessId=x&Signature=" + A40 + "%3D'", A40),
    ("'Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=" + A40 + "='", A40),
    ("pw = 'hunter22'", "hunter22"),
    ("dbpass = 'hunter22'", "hunter22"),
]


@pytest.mark.parametrize(("source", "secret"), MORE_CONTEXT)
def test_a_secret_is_known_in_statements_shells_and_settings(source: str, secret: str) -> None:
    found = redact(source)
    assert secret not in found
    assert HIDDEN in found
    assert redact(found) == found


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
    "sha = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'",
    "md5 = '0123456789abcdef0123456789abcdef'",
    "run = '01a20aaa-ba81-70ae-8053-40e07bb15309'",
    "id='550e8400-e29b-41d4-a716-446655440000'",
    "SELECT f.carrier FROM flights.flights f WHERE token_count > 5 AND key = 'x' GROUP BY 1",
    "lake.sql(\"SELECT * FROM flights.flights WHERE tailnum = 'N14228'\")",
    "img = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'",
    "%lake log flights@a01b9d",
    "%lake get flights@a01b9d/flights/2013-01.parquet",
    'FROM "flights@main~2".flights',
    'FROM "sales@main@{2026-10-01T12:00Z}".orders',
    "%lake use sales@3f9c2a4190be",
    "%lake publish t --to reports@main/tokens -m 'secret santa list'",
    "pd.read_csv('tokens/passwords_2013.csv')",
    "df = pd.read_parquet('s3://bucket/keys/part-00000-3f9c2a41-90be-4c77-a01b-9d3f9c2a4190.snappy.parquet')",
    "tokenizer = AutoTokenizer.from_pretrained('bert-base')",
    "tokens = tokenizer.encode(text)",
    "token_ids = [1,2,3]",
    "n_tokens: int = 5",
    "max_tokens = 4096",
    "for token in tokens: print(token)",
    "print('token:', token)",
    "token = tokens[0]",
    "if x:\n    pass\nelse: y = 'a string'",
    "df['password_length'] = df.password.str.len()",
    "df.rename(columns={'key': 'id', 'token': 'word'})",
    "df.merge(other, left_on='key', right_on='key')",
    "sort_keys=True",
    "by_key = {'a': 1}",
    "secrets.token_hex(16)",
    "from secrets import token_urlsafe",
    "import getpass",
    "class PasswordField(str): pass",
    "def check_password(password: str) -> bool: return len(password) > 8",
    "password = input('Password: ')",
    "password = getpass.getpass('Password: ')",
    "api_key = os.getenv('API_KEY')",
    "api_key=os.environ['API_KEY']",
    "token = userdata.get('HF_TOKEN')",
    "secret = dbutils.secrets.get(scope='a', key='b')",
    "assert 'password' not in df.columns",
    "df.drop(columns=['password', 'ssn'])",
    "'https://example.org/a?page=2&sort=key'",
    "'https://api.example.org/v1/data?start=2013-01-01&key_type=a'",
    "mail = 'ana@example.org'",
    "f'{user}@{host}'",
    "print(f'token {token}')",
    "compass = 'north'",
    "bypass='yes'",
    "passengers='many'",
    "passage = 'text here'",
    "surpass=1",
    "monkey = 'Curious George'",
    "keyboard='qwerty'",
    "turkey='Ankara'",
    "author = 'ana'",
    "authors: list[str] = ['a']",
    "# the basic idea of tokenization explained here",
    "basic = 'statistics'",
    "the token economy",
    "x = df.query(\"password == ''\")",
    "df = df[df.token == 'the']",
    "df.loc[df['token'] == 'the', 'n'] = 1",
    "counts['token'] = 'the'",
    "{'token': 'the', 'pos': 'DET'}",
    "plt.title('Tokens: a story')",
    "doc.token: Token = x",
    "df.columns = ['user', 'password']",
    "col_key='carrier'",
    "sns.histplot(hue='token_type')",
    "sk-learn is scikit-learn",
    "from sklearn.model_selection import train_test_split",
    "path='/home/ana/sk-model-checkpoint-final-version-2013-large'",
    "pd.read_sql('SELECT token, count(*) FROM words GROUP BY token', con)",
    "name='hf_hub_download_example_of_long_name_x'",
    "key = 'carrier'",
    "df.set_index('key')",
    "d = {'key': 'value'}",
    "h5['keys/token'][:]",
    "ssh_keygen='x'",
    "primary_key='order_id'",
    "partition_key: 'month'",
    "ALTER TABLE t ADD PRIMARY KEY (token)",
    "CREATE TABLE users (id INT, password VARCHAR(20))",
    "SELECT password FROM users",
    "author_token_count = 'x'",
    "url = 'http://localhost:8888/lab?reset'",
    "signature = inspect.signature(f)",
    "def f(token='a'): ...",
    "access_token_lifetime = '30 days'",
    "spacy: Doc -> token.text, token.lemma_",
    "'abfss://container@account.dfs.core.windows.net/path'",
    "uri = 's3://bucket:80/x'",
    "time = '12:30'",
    "x: 'a:b@c'",
    "'user:ana@example.org'",
    "scp ana@host:file.csv .",
    "!git log --author=ana",
    "!pip install --token-file x",
    "!jupyter lab --ServerApp.token=''",
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


def test_what_was_read_past_the_lake_is_named_without_secrets(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok(
        "recorder._bypassed(['https://ana:hunter22@example.org/a.csv',"
        "'https://example.org/b.csv?X-Amz-Signature=" + HEX32 + "'])"
    )
    named = " ".join(runs_of(lake)[-1].untracked)
    assert "example.org/a.csv" in named
    assert "hunter22" not in named
    assert HEX32 not in named


def test_a_long_cell_is_redacted_in_no_time() -> None:
    rows = "\n".join(f"data['token_{i}'] = [{i}, {i}, 'secret text {i}']" for i in range(2000))
    hostile = "password=" * 3000 + "'" * 3000 + "-----BEGIN PRIVATE KEY-----" * 200
    spaces = "password" + " " * 20_000 + "token" * 20_000 + "sk-a" * 5_000 + "curl " * 5_000
    assert redact(rows)
    assert redact(hostile)
    assert redact(spaces)
